// Makes a contract of three pages: document.mjs OUT.pdf
import { writeFileSync } from "node:fs";

const sections = [
	["1. Subject", "The Supplier delivers to the Customer the instruments listed in Annex A, together with their calibration certificates, at the place and in the order that the delivery plan names."],
	["2. Delivery", "Delivery takes place in three parts. Each part is announced five working days ahead, and is accepted in writing once the instruments have been unpacked and their seals have been examined."],
	["3. Price and payment", "The price is fixed for the term of this agreement. An invoice is issued with each part and is due within thirty days after acceptance. Partial payments are set off against the oldest open invoice first."],
	["4. Calibration", "Each instrument is calibrated against a reference that is traceable to a national standard. The certificate names the reference, the environment, the result and its uncertainty, and is itself signed electronically."],
	["5. Acceptance", "The Customer examines each part within ten working days. What is not objected to within that time counts as accepted. An objection names the instrument by its serial number and describes what was found."],
	["6. Warranty", "The Supplier warrants for twenty-four months that the instruments keep the accuracy stated in Annex A when they are used and stored as their manuals require."],
	["7. Confidentiality", "Either party keeps confidential what it learns about the other's business in performing this agreement, and binds its staff and its subcontractors accordingly, for three years beyond the end of the term."],
	["8. Records", "Records of calibration are kept for ten years in a form that cannot be changed without being noticed. Both parties may inspect them at any time during business hours."],
	["9. Term", "This agreement enters into force when both parties have signed it and ends with the acceptance of the last part, or two years after signature, whichever comes first."],
	["10. Form", "Amendments need the same form as this agreement. A qualified or advanced electronic signature of either party replaces the handwritten one, and a copy printed on paper carries no more weight than the file."],
];
const pages = [sections.slice(0, 4), sections.slice(4, 8), sections.slice(8)];

/** The text in lines of at most `width` characters. */
function lines(text, width = 80) {
	return text.split(" ").reduce(
		(rows, word) => {
			const last = rows.at(-1);
			return last.length + word.length < width ? [...rows.slice(0, -1), `${last} ${word}`.trim()] : [...rows, word];
		},
		[""],
	);
}

const show = (font, size, x, y, text) => `BT /${font} ${size} Tf ${x} ${y} Td (${text.replace(/[\\()]/g, "\\$&")}) Tj ET\n`;

function content(page, number) {
	let y = 770;
	let out = "";
	if (number === 1) {
		out += show("Bold", 20, 72, y, "Supply Agreement") + show("Plain", 11, 72, y - 24, "between Lumen Instruments and Northlight Laboratories");
		out += `0.2 0.35 0.6 RG 1.5 w 72 ${y - 38} m 523 ${y - 38} l S\n`;
		y -= 76;
	}
	for (const [title, text] of page) {
		out += show("Bold", 14, 72, y, title);
		y -= 24;
		for (const line of lines(text)) {
			out += show("Plain", 12, 72, y, line);
			y -= 19;
		}
		y -= 24;
	}
	if (number === pages.length) out += show("Plain", 12, 72, y - 12, "Signed electronically by the Supplier: see the signature panel of your viewer.");
	return out + show("Plain", 9, 72, 48, "Supply Agreement") + show("Plain", 9, 480, 48, `page ${number} of ${pages.length}`);
}

const kids = pages.map((_, index) => `${5 + 2 * index} 0 R`);
const font = (name) => `<</Type/Font/Subtype/Type1/BaseFont/${name}/Encoding/WinAnsiEncoding>>`;
const objects = [
	"<</Type/Catalog/Pages 2 0 R/Lang(en)>>",
	`<</Type/Pages/Kids[${kids.join(" ")}]/Count ${pages.length}/MediaBox[0 0 595.28 841.89]/Resources<</Font<</Plain 3 0 R/Bold 4 0 R>>>>>>`,
	font("Helvetica"),
	font("Helvetica-Bold"),
	...pages.flatMap((page, index) => {
		const text = content(page, index + 1);
		return [`<</Type/Page/Parent 2 0 R/Contents ${6 + 2 * index} 0 R>>`, `<</Length ${text.length}>>\nstream\n${text}\nendstream`];
	}),
];

let file = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";
let table = "0000000000 65535 f \n";
objects.forEach((body, index) => {
	table += `${String(file.length).padStart(10, "0")} 00000 n \n`;
	file += `${index + 1} 0 obj\n${body}\nendobj\n`;
});
file += `xref\n0 ${objects.length + 1}\n${table}trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${file.length}\n%%EOF\n`;
writeFileSync(process.argv[2], Buffer.from(file, "latin1"));
