import { createHash } from "node:crypto";
import {
	beginSigning,
	beginSigningAsync,
	type Report,
	resumeSigning,
	resumeSigningAsync,
	resumeUnsealed,
	type SignatureAlgorithm,
	signWith,
} from "rustpdf";
import { expect, test } from "vitest";
import { key } from "./support/key.js";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, signer } from "./support/pki.js";
import { lastSignature, opensslVerify } from "./support/verify.js";

const pdf = makePdf();
const moment = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7) };
const withCertificate = () => beginSigning(pdf, { pades: true, certificate: certificate("rsa"), chain: chain(), ...moment });

function rawSignature({ request }: ReturnType<typeof beginSigning>): Buffer {
	if (request === undefined) throw new Error("the session has no request");
	return signer("rsa")(request.data, request);
}

test("a raw signature completes a session, with the bytes of signWith", () => {
	const session = withCertificate();
	const signed = session.completeWithSignature(rawSignature(session));
	expect(signed).toEqual(signWith(pdf, certificate("rsa"), signer("rsa"), chain(), moment));
	expect(session.completeWithSignature(rawSignature(session))).toEqual(signed);
	opensslVerify(signed);
});

test("hash is the digest of what /ByteRange covers", () => {
	const session = withCertificate();
	const { content } = lastSignature(session.completeWithSignature(rawSignature(session)));
	expect(session.hashAlgorithm).toBe("sha256");
	expect(session.hash).toEqual(createHash("sha256").update(content).digest());
	expect(session.documentLength).toBe(pdf.length);
});

test("a container completes a session that knows no certificate", () => {
	const donor = withCertificate();
	const { container } = lastSignature(donor.completeWithSignature(rawSignature(donor)));
	const session = beginSigning(pdf, { pades: true, containerSize: container.length, ...moment });
	expect(session.request).toBeUndefined();
	expect(session.hash).toEqual(donor.hash);
	const signed = session.complete(container);
	expect(session.complete(container)).toEqual(signed);
	opensslVerify(signed);
});

test("a container completes a session with a certificate as well", () => {
	const donor = withCertificate();
	const signed = donor.completeWithSignature(rawSignature(donor));
	expect(withCertificate().complete(lastSignature(signed).container)).toEqual(signed);
});

test("a session is saved and completed elsewhere", async () => {
	const session = withCertificate();
	const saved = session.serialize(key);
	expect(saved.length).toBeLessThan(16 * 1024);
	const signed = session.completeWithSignature(rawSignature(session));
	const resumed = resumeSigning(saved, pdf, key);
	expect(resumed.request).toEqual(session.request);
	expect(resumed.hash).toEqual(session.hash);
	expect(resumed.completeWithSignature(rawSignature(resumed))).toEqual(signed);
	expect(resumed.serialize(key)).toEqual(saved);
	const later = await resumeSigningAsync(saved, new Blob([new Uint8Array(pdf)]), key);
	expect(later.completeWithSignature(rawSignature(later))).toEqual(signed);
});

test("a skipped check does not read the document to compare it", () => {
	const saved = withCertificate().serialize(key);
	const other = Buffer.from(pdf);
	other.write("11", other.indexOf("10 20 m"));
	expect(() => resumeSigning(saved, other, key)).toThrow(expect.objectContaining({ code: "ERR_SESSION_DOCUMENT" }));
	expect(resumeSigning(saved, other, key, { skipDocumentCheck: true }).request).toBeDefined();
});

test("any source can begin", async () => {
	const source = { size: pdf.length, read: async (offset: number, length: number) => pdf.subarray(offset, offset + length) };
	const session = await beginSigningAsync(source, { certificate: certificate("rsa"), chain: chain(), ...moment });
	expect(session.serialize(key)).toEqual(withCertificate().serialize(key));
	opensslVerify(session.completeWithSignature(rawSignature(session)));
	await expect(beginSigningAsync(7 as never)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
	await expect(resumeSigningAsync(session.serialize(key), 7 as never, key)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
});

test("each half is reported, and the session keeps the last report", () => {
	const reports: Report[] = [];
	const session = beginSigning(pdf, { certificate: certificate("rsa"), onReport: (report) => reports.push(report) });
	expect(session.report).toBe(reports[0]);
	session.completeWithSignature(rawSignature(session));
	expect(reports).toHaveLength(2);
	expect(session.report).toBe(reports[1]);
	expect(session.report.containerLength).toBeGreaterThan(0);
});

test("a refused answer changes nothing: the next one may be right", () => {
	const session = withCertificate();
	expect(() => session.completeWithSignature(Buffer.alloc(256, 1))).toThrow(expect.objectContaining({ group: "answer" }));
	expect(() => session.complete(Buffer.from("nonsense"))).toThrow(expect.objectContaining({ code: "ERR_CONTAINER_FORMAT" }));
	opensslVerify(session.completeWithSignature(rawSignature(session)));
});

test("the document's buffer must not be given away meanwhile", () => {
	const bytes = new Uint8Array(pdf);
	const session = beginSigning(bytes, { certificate: certificate("rsa") });
	const signature = rawSignature(session);
	structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
	expect(() => session.completeWithSignature(signature)).toThrow(expect.objectContaining({ code: "ERR_FILE_CHANGED" }));
});

test.each<[SignatureAlgorithm, string]>([
	["rsa-pkcs1", "rsa"],
	["rsa-pss", "rsa"],
	["ecdsa", "p256"],
	["ed25519", "ed25519"],
])("the certificate comes with the signature: %s", (signatureAlgorithm, name) => {
	const options = { pades: false, signatureAlgorithm };
	const session = beginSigning(pdf, { ...options, ...moment });
	const { request } = session;
	if (request === undefined) throw new Error("the session has no request");
	const raw = signer(name)(request.data, request);
	const issued = { certificate: certificate(name), chain: chain() };
	const refused = (given: Parameters<typeof session.completeWithSignature>[1], code: string) =>
		expect(() => session.completeWithSignature(raw, given)).toThrow(expect.objectContaining({ code }));
	refused(undefined, "ERR_SESSION_NO_CERTIFICATE");
	refused({ chain: chain() }, "ERR_SESSION_NO_CERTIFICATE");
	refused({ ...issued, certificate: certificate("p384") }, name === "p256" ? "ERR_SIGNATURE_MISMATCH" : "ERR_ALGORITHM_MISMATCH");
	refused({ ...issued, reason: "x" } as never, "ERR_OPTION_UNKNOWN");
	refused(certificate(name) as never, "ERR_ARGUMENT");
	const signed = session.completeWithSignature(raw, issued);
	expect(session.report.warnings.map(({ code }) => code)).not.toContain("WARN_CERTIFICATE_EXPIRED");
	if (name !== "ed25519") opensslVerify(signed);
	expect(resumeSigning(session.serialize(key), pdf, key).completeWithSignature(raw, issued)).toEqual(signed);
	expect(resumeUnsealed(session.serializeUnsealed(), pdf, options).completeWithSignature(raw, issued)).toEqual(signed);
	expect(() => withCertificate().completeWithSignature(raw, issued)).toThrow(expect.objectContaining({ code: "ERR_SESSION_ARGUMENTS" }));
	const pades = beginSigning(pdf, { signatureAlgorithm });
	expect(pades.request).toBeUndefined();
	expect(() => pades.completeWithSignature(raw, issued)).toThrow(expect.objectContaining({ code: "ERR_SESSION_NO_CERTIFICATE" }));
});
