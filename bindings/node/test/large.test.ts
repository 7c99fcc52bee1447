// Documents beyond what 32 bits and ten digits can count. Their holes take no room, but every byte is hashed.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import {
	beginSigningFile,
	type DocumentSource,
	type RangeSource,
	resumeSigningFile,
	type SignCallOptions,
	type SigningRequest,
	signFileWith,
	signWith,
} from "rustpdf";
import { expect, test } from "vitest";
import { rustpdf } from "./support/cli.js";
import { eachFolder } from "./support/folder.js";
import { key } from "./support/key.js";
import { certificate, chain, signer } from "./support/pki.js";
import { type SparsePdf, sparsePdf } from "./support/sparse_pdf.js";

const folder = eachFolder();
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const TEN_DIGITS = 9_999_999_999;
const MOST = 60_000;

const sign = (input: DocumentSource, output: string | null, options: SignCallOptions = {}) =>
	signFileWith(input, output, certificate("rsa"), signer("rsa"), chain(), { ...moment, ...options });

function readAt(path: string, offset: number, length: number): Buffer {
	const file = openSync(path, "r");
	const bytes = Buffer.alloc(length);
	readSync(file, bytes, 0, length, offset);
	closeSync(file);
	return bytes;
}

/** Sees to it that the file has the update behind the document, whose two ends are as they were, and that it can be read. */
function expectSigned(path: string, pdf: SparsePdf, update: Buffer, xref: string): void {
	expect(statSync(path).size).toBe(pdf.length + update.length);
	expect(readAt(path, pdf.length, update.length).equals(update)).toBe(true);
	for (const offset of [0, pdf.length - 2000]) expect(readAt(path, offset, 2000).equals(pdf.read(offset, 2000))).toBe(true);
	const { status, stdout } = rustpdf(folder.path, ["inspect", path, "--json"]);
	expect(status).toBe(0);
	expect(JSON.parse(stdout)).toMatchObject({
		length: pdf.length + update.length,
		xref,
		pages: 1,
		revisions: 2,
		signatures: [{ coversWholeFile: true, byteRange: byteRange(pdf.length, update) }],
	});
}

/** What a signature covers that is in an update. */
function byteRange(length: number, update: Buffer): number[] {
	const [, contents = ""] = /\/Contents\s*(<[0-9a-f]+>)/i.exec(update.toString("latin1")) ?? [];
	const before = length + update.indexOf(contents);
	const behind = before + contents.length;
	return [0, before, behind, length + update.length - behind];
}

test(
	"beyond 4 GiB, the objects and their table behind a hole, in place",
	async () => {
		const pdf = sparsePdf({ hole: 2 ** 32 + 12_345 });
		const path = pdf.write(folder.at("in.pdf"));
		const { report, update } = await sign(path, path);
		expect(report).toMatchObject({ xref: "table", documentLength: pdf.length, byteRange: byteRange(pdf.length, update), warnings: [] });
		expectSigned(path, pdf, update, "table");
		expect(folder.names()).toEqual(["in.pdf"]);
	},
	MOST,
);

/** A source that gives the same zeros for every piece of a hole: it is hashed three times as fast as a file. */
function source(pdf: SparsePdf): RangeSource {
	const zeros = Buffer.alloc(8 * 1024 * 1024);
	const read = (offset: number, length: number) => {
		const isHole = pdf.parts.every((part) => offset >= part.offset + part.bytes.length || part.offset >= offset + length);
		return isHole ? zeros.subarray(0, length) : pdf.read(offset, length);
	};
	return pdf.source({ read, pieceLength: zeros.length });
}

test(
	"beyond ten digits, the objects and their cross-reference stream behind a hole: prepared by ranges, completed in place",
	async () => {
		const pdf = sparsePdf({ hole: TEN_DIGITS + 200_000_000, xref: "stream" });
		const begun = await beginSigningFile(source(pdf), { certificate: certificate("rsa"), chain: chain(), ...moment });
		const path = pdf.write(folder.at("in.pdf"));
		const session = await resumeSigningFile(begun.serialize(key), path, key, { skipDocumentCheck: true });
		const { request } = session as { request: SigningRequest };
		const { report, update } = await session.completeWithSignature(signer("rsa")(request.data, request), path);
		expect(report).toMatchObject({ xref: "stream", documentLength: pdf.length, byteRange: byteRange(pdf.length, update), warnings: [] });
		expectSigned(path, pdf, update, "stream");
		expect(folder.names()).toEqual(["in.pdf"]);
	},
	MOST,
);

test(
	"beyond ten digits, a table before the hole: the update has a cross-reference stream",
	async () => {
		const pdf = sparsePdf({ hole: TEN_DIGITS, xref: "table before" });
		const { report, update } = await sign(source(pdf), null);
		expect(report).toMatchObject({ xref: "stream", documentLength: pdf.length, byteRange: byteRange(pdf.length, update) });
		expect(report.warnings.map(({ code }) => code)).toEqual(["WARN_XREF_STREAM"]);
		expect(update.toString("latin1")).toContain(`/Prev ${pdf.parts[0]?.bytes.indexOf("xref")}`);
	},
	MOST,
);

test("beyond ten digits, a table before the hole, in a version without such streams: refused before it is hashed", async () => {
	let asked = 0;
	const pdf = sparsePdf({ hole: TEN_DIGITS, xref: "table before", version: "1.4" });
	const read = (offset: number, length: number) => {
		asked += length;
		return pdf.read(offset, length);
	};
	await expect(sign(pdf.source({ read }), null)).rejects.toMatchObject({ code: "ERR_LIMIT" });
	expect(asked).toBeLessThan(1_000_000);
});

test("a hole in a small document gives the bytes of signWith", async () => {
	for (const xref of ["table", "stream", "table before"] as const) {
		const pdf = sparsePdf({ hole: 100_000, xref });
		const whole = pdf.read(0, pdf.length);
		const { update } = await sign(pdf.source(), null);
		expect(Buffer.concat([whole, update]).equals(signWith(whole, certificate("rsa"), signer("rsa"), chain(), moment))).toBe(true);
	}
});
