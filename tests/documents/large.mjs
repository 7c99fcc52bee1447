#!/usr/bin/env node
// Makes documents that are large in one way or another: large.mjs KIND FILE [SIZE or COUNT] [VERSION]
//
// KINDS below says which. What is written goes through one buffer, and of an object only its cross-reference entry is kept (eight
// bytes), so that a document of millions of objects or of many gigabytes costs little memory.

import { randomBytes, randomFillSync } from "node:crypto";
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { deflateSync } from "node:zlib";

const MIB = 2 ** 20;
/** The last offset that the ten digits of a cross-reference table can tell (ISO 32000-2, 7.5.4). */
const TABLE_REACH = 9_999_999_999;
/** A row of a cross-reference stream: kind, offset or object stream, generation or index. Five bytes reach to a tebibyte. */
const WIDTHS = [1, 5, 2];
const ROW = 8;

/** Numbered objects, written as they come, and the cross-reference sections that tell where they are. */
class PdfFile {
	#file;
	#buffer = Buffer.allocUnsafe(MIB);
	#filled = 0;
	#written = 0;
	#rows = Buffer.alloc(ROW * 1024);
	/** One more than the highest object number. */
	size = 1;

	constructor(path, version = "1.7") {
		this.#file = openSync(path, "w");
		this.#rows.writeUInt16BE(65535, ROW - 2);
		this.text(`%PDF-${version}\n%\xe2\xe3\xcf\xd3\n`);
	}

	get at() {
		return this.#written + this.#filled;
	}

	text(text) {
		if (text.length > MIB) return this.bytes(Buffer.from(text, "latin1"));
		if (this.#filled + text.length > MIB) this.#flush();
		this.#filled += this.#buffer.latin1Write(text, this.#filled);
	}

	bytes(bytes) {
		this.#flush();
		for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done, bytes.length - done, this.#written + done);
		this.#written += bytes.length;
	}

	/** Zeros that take no room on the disk. */
	hole(length) {
		this.#flush();
		this.#written += length;
	}

	object(number, body) {
		this.#enter(number, 1, this.at, 0);
		this.text(`${number} 0 obj\n${body}\nendobj\n`);
	}

	/** A stream of `length` bytes, which `write` writes. */
	stream(number, entries, length, write) {
		this.#enter(number, 1, this.at, 0);
		this.text(`${number} 0 obj\n<<${entries}/Length ${length}>>\nstream\n`);
		write();
		this.text("\nendstream\nendobj\n");
	}

	deflated(number, entries, data) {
		const bytes = deflateSync(data);
		this.stream(number, `${entries}/Filter/FlateDecode`, bytes.length, () => this.bytes(bytes));
	}

	/** An object stream; its objects have the numbers from `first` on. */
	objectStream(number, first, bodies) {
		let at = 0;
		let head = "";
		bodies.forEach((body, index) => {
			this.#enter(first + index, 2, number, index);
			head += `${first + index} ${at} `;
			at += body.length + 1;
		});
		this.deflated(number, `/Type/ObjStm/N ${bodies.length}/First ${head.length}`, `${head}${bodies.join("\n")}\n`);
	}

	/** A cross-reference table of the `ranges` of object numbers, each [first, count], and its trailer. Answers where it is. */
	table(trailer, ranges = [[0, this.size]]) {
		const start = this.at;
		this.text("xref\n");
		for (const [first, count] of ranges) {
			this.text(`${first} ${count}\n`);
			for (let number = first; number < first + count; number++) {
				const [kind, offset, generation] = this.#entry(number);
				if (offset > TABLE_REACH) throw new Error(`object ${number} lies where no cross-reference table reaches`);
				this.text(`${String(offset).padStart(10, "0")} ${String(generation).padStart(5, "0")} ${kind === 1 ? "n" : "f"} \n`);
			}
		}
		this.text(`trailer\n<</Size ${this.size}/Root 1 0 R/ID[${ID}${ID}]${trailer}>>\n`);
		return start;
	}

	/** The same as a cross-reference stream, with PNG's Up predictor. It is a new object, and tells of itself. */
	tableStream(trailer, ranges = [[0, this.size]]) {
		const start = this.at;
		const own = this.size;
		this.#enter(own, 1, start, 0);
		const all = [...ranges, [own, 1]];
		const packed = [];
		let above = Buffer.alloc(ROW);
		for (const [first, count] of all) {
			const out = Buffer.allocUnsafe(count * (ROW + 1));
			for (let index = 0, at = 0; index < count; index++) {
				const row = this.#rows.subarray((first + index) * ROW, (first + index + 1) * ROW);
				out[at++] = 2;
				for (let column = 0; column < ROW; column++) out[at++] = row[column] - above[column];
				above = row;
			}
			packed.push(out);
		}
		const entries = `/Type/XRef/Size ${this.size}/W[${WIDTHS.join(" ")}]/Index[${all.flat().join(" ")}]/Root 1 0 R/ID[${ID}${ID}]${trailer}`;
		this.deflated(own, `${entries}/DecodeParms<</Predictor 12/Columns ${ROW}>>`, Buffer.concat(packed));
		return start;
	}

	/** The end of a revision whose cross-reference section is at `start`. */
	end(start) {
		this.text(`startxref\n${start}\n%%EOF\n`);
	}

	close() {
		this.#flush();
		ftruncateSync(this.#file, this.#written);
		closeSync(this.#file);
	}

	#enter(number, kind, where, index) {
		const at = number * ROW;
		while (at + ROW > this.#rows.length) this.#rows = Buffer.concat([this.#rows, Buffer.alloc(this.#rows.length)]);
		this.#rows[at] = kind;
		this.#rows.writeUIntBE(where, at + 1, 5);
		this.#rows.writeUInt16BE(index, at + 6);
		this.size = Math.max(this.size, number + 1);
	}

	#entry(number) {
		const at = number * ROW;
		return [this.#rows[at], this.#rows.readUIntBE(at + 1, 5), this.#rows.readUInt16BE(at + 6)];
	}

	#flush() {
		const bytes = this.#buffer.subarray(0, this.#filled);
		this.#filled = 0;
		if (bytes.length) this.bytes(bytes);
	}
}

const ID = "<00112233445566778899aabbccddeeff>";
const DRAWING = "72 72 200 200 re S";
const PAGE = "/Type/Page/MediaBox[0 0 595 842]/Resources<<>>";

/** Objects 1 to 4: a document of one page. */
function* onePage(catalog = "") {
	yield `<</Type/Catalog/Pages 2 0 R${catalog}>>`;
	yield "<</Type/Pages/Kids[3 0 R]/Count 1>>";
	yield `<<${PAGE}/Parent 2 0 R/Contents 4 0 R>>`;
	yield `<</Length ${DRAWING.length}>>\nstream\n${DRAWING}\nendstream`;
}

function written(path, version, write) {
	const pdf = new PdfFile(path, version);
	try {
		write(pdf);
	} finally {
		pdf.close();
	}
}

/** Writes the body's only cross-reference section and the end of the file. */
function finish(pdf, section = "table", trailer = "") {
	pdf.end(section === "table" ? pdf.table(trailer) : pdf.tableStream(trailer));
}

/**
 * One page, and attachments that make up about `size` bytes, each of a gibibyte at most: what a program cannot do with the file is then
 * due to the file, not to one long stream. The objects that a signer needs come last, as most producers write them, so above 4 GiB their
 * offsets need more than 32 bits. Above 10 GB they need more than the ten digits of a table: there a cross-reference stream follows.
 */
function attached(path, size, { version, section = size > TABLE_REACH ? "stream" : "table" }, fill) {
	const most = 2 ** 30;
	const room = Math.max(size - 1200, 0);
	const count = Math.ceil(room / most);
	written(path, version, (pdf) => {
		let files = "";
		for (let index = 0; index < count; index++) {
			const stream = 5 + index;
			const length = Math.min(most, room - index * most);
			pdf.stream(stream, "/Type/EmbeddedFile", length, () => fill(pdf, length));
			const name = `(bulk${String(index).padStart(4, "0")})`;
			files += `${name}<</Type/Filespec/F${name}/UF${name}/EF<</F ${stream} 0 R>>>>`;
		}
		let number = 1;
		for (const body of onePage(`/Names<</EmbeddedFiles<</Names[${files}]>>>>`)) pdf.object(number++, body);
		finish(pdf, section);
	});
}

/** The bulk is random, so that nothing on the way can make it smaller. */
export function bulk(path, size, options = {}) {
	const block = randomFillSync(Buffer.allocUnsafe(MIB));
	attached(path, size, options, (pdf, length) => {
		for (let left = length; left > 0; left -= MIB) pdf.bytes(left < MIB ? block.subarray(0, left) : block);
	});
}

/** The bulk is a hole, so that terabytes take kilobytes of the disk. */
export function sparse(path, size, options = {}) {
	attached(path, size, options, (pdf, length) => pdf.hole(length));
}

/**
 * All objects and their table are at the front, and `startxref` behind a hole points back to it: the one way in which a file of more than
 * 10 GB can have a table. The hole is white space, for a NUL is (ISO 32000-2, 7.2.3).
 */
export function sparseFront(path, size, { version } = {}) {
	written(path, version, (pdf) => {
		let number = 1;
		for (const body of onePage()) pdf.object(number++, body);
		const start = pdf.table("");
		pdf.hole(Math.max(size - pdf.at - 25, 0));
		pdf.end(start);
	});
}

/** A body of one of very many objects, to which nothing refers. */
const small = (number) => `<</Number ${number}/Text(This is object ${number}.)>>`;

/** `count` objects, and a table of one subsection. */
export function objectsTable(path, count = 1_000_000, { version } = {}) {
	written(path, version, (pdf) => {
		let number = 1;
		for (const body of onePage()) pdf.object(number++, body);
		for (; number <= count; number++) pdf.object(number, small(number));
		finish(pdf);
	});
}

/**
 * `count` objects in object streams of a hundred, and the page's content beside them; a cross-reference stream. `noise` random bytes in
 * each keep the document from being compressed further than real ones are.
 */
export function objectsStream(path, count = 1_000_000, { version, noise = 0 } = {}) {
	const each = 100;
	written(path, version, (pdf) => {
		const [catalog, pages, page] = onePage();
		const contents = count + 1;
		let holder = count + 2;
		for (let first = 1; first <= count; first += each) {
			const bodies = Array.from({ length: Math.min(each, count + 1 - first) }, (_, index) => {
				const body = small(first + index);
				return noise ? body.replace(">>", `/Noise<${randomBytes(noise).toString("hex")}>>>`) : body;
			});
			if (first === 1) bodies.splice(0, 3, catalog, pages, page.replace("4 0 R", `${contents} 0 R`));
			pdf.objectStream(holder++, first, bodies);
		}
		pdf.deflated(contents, "", DRAWING);
		finish(pdf, "stream");
	});
}

/** `count` pages in a tree whose nodes have `fan` kids. */
export function pages(path, count = 100_000, { version, fan = 32 } = {}) {
	written(path, version, (pdf) => {
		const root = pageTree(pdf, 3, count, fan);
		pdf.object(1, `<</Type/Catalog/Pages ${root} 0 R>>`);
		pdf.object(2, `<</Length ${DRAWING.length}>>\nstream\n${DRAWING}\nendstream`);
		finish(pdf);
	});
}

/** `count` pages in one /Kids. */
export function pagesFlat(path, count = 100_000, { version } = {}) {
	pages(path, count, { version, fan: count });
}

/** The pages, numbered from `first` on, whose contents are object 2, then the nodes above them, level by level. Answers the root. */
function pageTree(pdf, first, count, fan, entries = () => "") {
	for (let index = 0; index < count; index++) {
		const parent = first + count + Math.floor(index / fan);
		pdf.object(first + index, `<<${PAGE}/Parent ${parent} 0 R/Contents 2 0 R${entries(index)}>>`);
	}
	let below = { first, count, pages: 1 };
	do {
		const level = { first: below.first + below.count, count: Math.ceil(below.count / fan), pages: below.pages * fan };
		for (let index = 0; index < level.count; index++) {
			const parent = level.count > 1 ? `/Parent ${level.first + level.count + Math.floor(index / fan)} 0 R` : "";
			const kids = references(below.first + index * fan, Math.min(fan, below.count - index * fan));
			const leaves = Math.min(level.pages, count - index * level.pages);
			pdf.object(level.first + index, `<</Type/Pages/Kids[${kids}]/Count ${leaves}${parent}>>`);
		}
		below = level;
	} while (below.count > 1);
	return below.first;
}

const references = (first, count) => Array.from({ length: count }, (_, index) => `${first + index} 0 R`).join(" ");

/** A form of `count` text fields, each merged with its widget, 50 on a page. */
export function fields(path, count = 10_000, { version } = {}) {
	const each = 50;
	const [form, font, look] = [3, 4, 5];
	const first = 6;
	const firstPage = first + count;
	const onPage = (page) => references(first + page * each, Math.min(each, count - page * each));
	written(path, version, (pdf) => {
		for (let index = 0; index < count; index++) {
			const [page, row] = [Math.floor(index / each), index % each];
			const place = `/P ${firstPage + page} 0 R/Rect[72 ${790 - 15 * row} 372 ${802 - 15 * row}]`;
			pdf.object(first + index, `<</Type/Annot/Subtype/Widget/FT/Tx/T(field${index + 1})/F 4${place}/AP<</N ${look} 0 R>>>>`);
		}
		const root = pageTree(pdf, firstPage, Math.ceil(count / each), 32, (page) => `/Annots[${onPage(page)}]`);
		pdf.object(1, `<</Type/Catalog/Pages ${root} 0 R/AcroForm ${form} 0 R>>`);
		pdf.object(2, `<</Length ${DRAWING.length}>>\nstream\n${DRAWING}\nendstream`);
		pdf.object(form, `<</Fields[${references(first, count)}]/DR<</Font<</F1 ${font} 0 R>>>>/DA(/F1 10 Tf 0 g)>>`);
		pdf.object(font, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
		pdf.object(look, "<</Type/XObject/Subtype/Form/BBox[0 0 300 12]/Length 11>>\nstream\n/Tx BMC EMC\nendstream");
		finish(pdf);
	});
}

/** A document of one page with `count` incremental updates, which override the page and the information dictionary in turn. */
export function revisions(path, count = 1_000, { version, section = "table" } = {}) {
	written(path, version, (pdf) => {
		let number = 1;
		for (const body of onePage()) pdf.object(number++, body);
		const bodies = [
			[number, (revision) => `<</Title(Revision ${revision})>>`],
			[3, (revision) => `<<${PAGE}/Parent 2 0 R/Contents 4 0 R/Rotate ${90 * (revision % 4)}>>`],
		];
		let start;
		for (let revision = 0; revision <= count; revision++) {
			const [changed, body] = bodies[revision % 2];
			pdf.object(changed, body(revision));
			const trailer = `/Info ${number} 0 R${revision ? `/Prev ${start}` : ""}`;
			const ranges = revision ? [[changed, 1]] : undefined;
			start = section === "table" ? pdf.table(trailer, ranges) : pdf.tableStream(trailer, ranges);
			pdf.end(start);
		}
	});
}

/** The same with cross-reference streams. */
export function revisionsStream(path, count = 1_000, { version } = {}) {
	revisions(path, count, { version, section: "stream" });
}

/** What the command line makes, by name: (path, size or count, { version }). */
export const KINDS = {
	bulk,
	sparse,
	"sparse-stream": (path, size, options) => sparse(path, size, { ...options, section: "stream" }),
	"sparse-front": sparseFront,
	"objects-table": objectsTable,
	"objects-stream": objectsStream,
	pages,
	"pages-flat": pagesFlat,
	fields,
	revisions,
	"revisions-stream": revisionsStream,
};

/** `20k`, `10m`, `4g` in powers of 1,024, or a plain number. */
export function parseSize(text) {
	const match = /^(\d+(?:\.\d+)?)([kmgt]?)$/i.exec(text);
	if (!match) throw new Error(`not a size: ${text}`);
	return Math.round(match[1] * 1024 ** " kmgt".indexOf(match[2].toLowerCase() || " "));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	const [kind, path, size, version] = process.argv.slice(2);
	if (!path || !Object.hasOwn(KINDS, kind)) {
		console.error(`usage: large.mjs KIND FILE [SIZE or COUNT] [VERSION]\nkinds: ${Object.keys(KINDS).join(", ")}`);
		process.exit(2);
	}
	KINDS[kind](path, size && parseSize(size), { version });
}
