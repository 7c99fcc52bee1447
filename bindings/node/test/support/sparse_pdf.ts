import { closeSync, openSync, writeSync } from "node:fs";
import type { RangeSource } from "rustpdf";

/** A document that is mostly a hole, which takes no room on the disk and none in memory. */
export interface SparsePdf {
	length: number;
	/** What is not zero. */
	parts: { offset: number; bytes: Buffer }[];
	/** Writes it into a file, with a hole, and returns the path. */
	write(path: string): string;
	/** Some of it. */
	read(offset: number, length: number): Buffer;
	/** A source that never holds more of it than a piece. */
	source(more?: Partial<RangeSource>): RangeSource;
}

/** What a sparse document is like. */
export interface SparseContents {
	/** How many bytes of zeros there are. */
	hole: number;
	/** The cross-reference: a table or a stream behind the hole, as the objects are, or a table before it, as the objects are. */
	xref?: "table" | "stream" | "table before";
	version?: string;
}

/** A document of one page, a large part of which is a hole: a stream of zeros, or white space before its end. */
export function sparsePdf({ hole, version = "1.7", xref = "table" }: SparseContents): SparsePdf {
	const header = `%PDF-${version}\n`;
	const opening = `5 0 obj\n<</Length ${hole}>>\nstream\n`;
	const closing = "\nendstream\nendobj\n";
	const before = xref === "table before" ? header : header + opening;
	const start = xref === "table before" ? header.length : before.length + hole + closing.length;
	const offsets = [0];
	let objects = "";
	for (const [index, body] of OBJECTS.entries()) {
		offsets.push(start + objects.length);
		objects += `${index + 1} 0 obj\n${body}\nendobj\n`;
	}
	if (xref !== "table before") offsets.push(header.length);
	const at = start + objects.length;
	const reference = xref === "stream" ? xrefStream(offsets, at) : xrefTable(offsets);
	const end = `startxref\n${at}\n%%EOF\n`;
	const parts =
		xref === "table before"
			? [part(0, before + objects + reference), part(at + reference.length + hole, end)]
			: [part(0, before), part(before.length + hole, closing + objects + reference + end)];
	return document(parts);
}

const OBJECTS = [
	"<</Type/Catalog/Pages 2 0 R>>",
	"<</Type/Pages/Kids[4 0 R]/Count 1>>",
	"<</Length 17>>\nstream\n10 20 m 30 40 l S\nendstream",
	"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200.125 200]/Resources<<>>/Contents 3 0 R>>",
];

const trailer = (size: number) => `/Size ${size}/Root 1 0 R/ID[<00112233><00112233>]`;
const part = (offset: number, text: string) => ({ offset, bytes: Buffer.from(text, "latin1") });

function xrefTable(offsets: number[]): string {
	const entries = offsets.map((offset, number) => `${String(offset).padStart(10, "0")} ${number === 0 ? "65535 f" : "00000 n"} \n`);
	return `xref\n0 ${offsets.length}\n${entries.join("")}trailer\n<<${trailer(offsets.length)}>>\n`;
}

function xrefStream(offsets: number[], at: number): string {
	const entries = [...offsets, at].map((offset, number) => {
		const entry = Buffer.alloc(10);
		entry.writeUInt8(number === 0 ? 0 : 1, 0);
		entry.writeBigUInt64BE(BigInt(offset), 1);
		return entry.toString("latin1");
	});
	const size = entries.length;
	return `${size - 1} 0 obj\n<</Type/XRef/W[1 8 1]${trailer(size)}/Length ${10 * size}>>\nstream\n${entries.join("")}\nendstream\nendobj\n`;
}

function document(parts: SparsePdf["parts"]): SparsePdf {
	const last = parts.at(-1) as { offset: number; bytes: Buffer };
	const length = last.offset + last.bytes.length;
	const read = (offset: number, count: number) => {
		const piece = Buffer.alloc(count);
		for (const { offset: start, bytes } of parts) {
			const [from, to] = [Math.max(start, offset), Math.min(start + bytes.length, offset + count)];
			if (from < to) bytes.copy(piece, from - offset, from - start, to - start);
		}
		return piece;
	};
	return {
		length,
		parts,
		read,
		source: (more) => ({ size: length, read, ...more }),
		write(path) {
			const file = openSync(path, "w");
			for (const { offset, bytes } of parts) writeSync(file, bytes, 0, undefined, offset);
			closeSync(file);
			return path;
		},
	};
}
