// Calls with named arguments, a signer that has its certificate, and what a document says of itself.

import { X509Certificate } from "node:crypto";
import {
	beginSigning,
	beginSigningAsync,
	beginSigningFile,
	type CertifiedSigner,
	inspect,
	type Session,
	sign,
	signFile,
	signWith,
} from "rustpdf";
import { expect, expectTypeOf, test } from "vitest";
import { eachFolder } from "./support/folder.js";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, signer } from "./support/pki.js";
import { opensslVerify } from "./support/verify.js";

const folder = eachFolder();
const pdf = makePdf({ pages: 2 });
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const key: CertifiedSigner = { certificate: new X509Certificate(certificate("rsa")), chain: chain(), sign: signer("rsa") };

test("named arguments give the document of positional ones, and the report", async () => {
	const expected = signWith(pdf, certificate("rsa"), signer("rsa"), chain(), { ...moment, reason: "Approved" });
	const given = { pdf, certificate: certificate("rsa"), chain: chain(), reason: "Approved", ...moment };
	for (const each of [signer("rsa"), async (...asked: Parameters<CertifiedSigner["sign"]>) => signer("rsa")(...asked)]) {
		const signed = await sign({ ...given, signer: each });
		expect(signed.pdf).toEqual(expected);
		expect(signed.report).toMatchObject({ signatureAlgorithm: "rsa-pkcs1", newField: true, warnings: [] });
	}
	opensslVerify(expected);
});

test("a signer may have its certificate, and keeps its `this`", async () => {
	const expected = signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment);
	class Key implements CertifiedSigner {
		readonly certificate = certificate("rsa");
		readonly chain = chain();
		readonly #sign = signer("rsa");
		sign(...asked: Parameters<CertifiedSigner["sign"]>) {
			return this.#sign(...asked);
		}
	}
	for (const each of [key, new Key()]) expect((await sign({ pdf, signer: each, ...moment })).pdf).toEqual(expected);
	const other = { ...key, certificate: certificate("p256"), chain: [] };
	expect((await sign({ pdf, signer: other, certificate: certificate("rsa"), chain: chain(), ...moment })).pdf).toEqual(expected);
});

test("a document may come from a file, and go into one", async () => {
	folder.write("in.pdf", pdf);
	const expected = signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment);
	expect((await sign({ pdf: folder.at("in.pdf"), signer: key, ...moment })).pdf).toEqual(expected);
	const { report } = await signFile({ input: folder.at("in.pdf"), output: folder.at("out.pdf"), signer: key, ...moment });
	expect(report.byteRange.at(-1)).toBeGreaterThan(0);
	expect(folder.read("out.pdf")).toEqual(expected);
	await expect(signFile({ input: folder.at("in.pdf"), output: folder.at("out.pdf"), signer: key })).rejects.toMatchObject({
		code: "EEXIST",
	});
	await signFile({ input: folder.at("in.pdf"), output: folder.at("out.pdf"), signer: key, replace: true });
});

test.each([
	["no options", undefined, "ERR_ARGUMENT", "the options"],
	["no document", { signer: key }, "ERR_ARGUMENT", "the document"],
	["no signer", { pdf, certificate: certificate("rsa") }, "ERR_ARGUMENT", "the signer"],
	["no certificate", { pdf, signer: signer("rsa") }, "ERR_ARGUMENT", "certificate"],
	["a name that is none", { pdf, signer: key, resaon: "Approved" }, "ERR_OPTION_UNKNOWN", "resaon"],
])("%s", async (_, options, code, text) => {
	await expect(sign(options as never)).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
});

test("a document tells of its fields and signatures", async () => {
	expect(await inspect(pdf)).toMatchObject({ pages: 2, revisions: 1, signatures: [] });
	const signed = await sign({ pdf, signer: key, fieldName: "Approval", reason: "Approved", ...moment });
	folder.write("signed.pdf", signed.pdf);
	for (const source of [signed.pdf, folder.at("signed.pdf"), new Blob([new Uint8Array(signed.pdf)])]) {
		const info = await inspect(source);
		expect(info.fields).toEqual([{ name: "Approval", type: "Sig", signed: true }]);
		expect(info.signatures).toMatchObject([{ field: "Approval", reason: "Approved", coversWholeFile: true }]);
		expect(info.signatures[0]?.signer?.subject).toContain("CN=");
	}
	await expect(inspect("none.pdf")).rejects.toMatchObject({ code: "ENOENT" });
	await expect(inspect(pdf, { pasword: "x" } as never)).rejects.toMatchObject({ code: "ERR_OPTION_UNKNOWN" });
	await expect(inspect(pdf, { signal: AbortSignal.abort() })).rejects.toThrow("abort");
});

test("a session that is begun with a certificate has a request, by its type too", async () => {
	folder.write("in.pdf", pdf);
	const given = { certificate: certificate("rsa"), chain: chain() };
	const session = beginSigning(pdf, given);
	opensslVerify(session.completeWithSignature(signer("rsa")(session.request.data, session.request)));
	for (const begun of [await beginSigningAsync(pdf, given), await beginSigningFile(folder.at("in.pdf"), given)])
		expect(begun.request.digest).toHaveLength(32);
	expectTypeOf(beginSigning).toBeCallableWith(pdf, { pades: false });
	expectTypeOf(beginSigning(pdf, { pades: true })).toEqualTypeOf<Session>();
});
