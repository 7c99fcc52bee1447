/** What a test document has besides its page. */
export interface Contents {
	pages?: number;
	/** Entries of the catalog. */
	catalog?: string;
	/** Further objects; the first has the number that `objects` says. */
	more?: string[];
	/** Entries of the trailer. */
	trailer?: string;
}

/** A small document with a classic table: catalog 1, page tree 2, content 3, then the pages, then what is more. */
export function makePdf({ catalog = "", more = [], pages = 1, trailer = "" }: Contents = {}): Buffer {
	const numbers = Array.from({ length: pages }, (_, index) => 4 + index);
	const content = "10 20 m 30 40 l S";
	const objects = [
		`<</Type/Catalog/Pages 2 0 R${catalog}>>`,
		`<</Type/Pages/Kids[${numbers.map((number) => `${number} 0 R`).join(" ")}]/Count ${pages}>>`,
		`<</Length ${content.length}>>\nstream\n${content}\nendstream`,
		...numbers.map(() => "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200.125 200]/Resources<<>>/Contents 3 0 R>>"),
		...more,
	];
	let out = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";
	let table = "0000000000 65535 f \n";
	for (const [index, body] of objects.entries()) {
		table += `${String(out.length).padStart(10, "0")} 00000 n \n`;
		out += `${index + 1} 0 obj\n${body}\nendobj\n`;
	}
	const size = objects.length + 1;
	const start = out.length;
	out += `xref\n0 ${size}\n${table}trailer\n<</Size ${size}/Root 1 0 R/ID[<00112233><00112233>]${trailer}>>\nstartxref\n${start}\n%%EOF\n`;
	return Buffer.from(out, "latin1");
}

/** A document of about this size. No two of its pieces are alike. */
export function makeLargePdf(size: number): Buffer {
	const lines = Array.from({ length: Math.ceil(size / 16) }, (_, index) => `${String(index).padStart(15)}\n`);
	const content = lines.join("");
	return makePdf({ more: [`<</Length ${content.length}>>\nstream\n${content}endstream`] });
}
