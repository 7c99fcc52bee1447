// From a key to its certificate: requests and self-signed certificates, judged by OpenSSL, and a signature with one.

import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, sign as signRaw, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { certificateRequest, type SigningRequest, selfSigned, sign } from "rustpdf";
import { expect, test } from "vitest";
import { rustpdf } from "./support/cli.js";
import { eachFolder } from "./support/folder.js";
import { makePdf } from "./support/pdf.js";

const KEYS = join(import.meta.dirname, "../../../tests/vectors/certificates");
const folder = eachFolder();
const keyOf = (name: string) => createPrivateKey(readFileSync(join(KEYS, `${name}.key`)));
const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder.path, encoding: "utf8", stdio: "pipe" });
const subject = "CN=Zoë Example,O=Example Ltd,C=DE";

/** A key store with one key. */
const store = (name: string) => (data: Uint8Array, request: SigningRequest) =>
	signRaw(name === "ed25519" ? null : request.digestAlgorithm, data, keyOf(name));

test.each(["rsa", "p256", "p384", "ed25519"])("a request by %s", async (name) => {
	const { der, pem } = await certificateRequest({ subject, publicKey: createPublicKey(keyOf(name)) }, store(name));
	folder.write("request.pem", pem);
	folder.write("request.der", der);
	expect(openssl("req", "-in", "request.pem", "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus")).toContain(
		"C=DE,O=Example Ltd,CN=Zoë Example",
	);
	openssl("req", "-inform", "DER", "-in", "request.der", "-verify", "-noout");
});

test("a self-signed certificate signs at once", async () => {
	const publicKey = createPublicKey(keyOf("p256")).export({ type: "spki", format: "pem" }) as string;
	const { der, pem } = await selfSigned({ subject, publicKey, days: 30 }, async (data, request) => store("p256")(data, request));
	const certificate = new X509Certificate(pem);
	expect(certificate.verify(certificate.publicKey)).toBe(true);
	expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(30 * 86_400_000);
	const { report } = await sign({ pdf: makePdf(), certificate: der, signer: store("p256"), onWarnings: () => {} });
	expect(report.signatureAlgorithm).toBe("ecdsa");
	const again = await selfSigned({ subject, publicKey, signingTime: new Date(0), entropy: new Uint8Array(32) }, store("p256"));
	expect(new X509Certificate(again.pem).validFrom).toBe("Jan  1 00:00:00 1970 GMT");
});

test.each<[string, object, string]>([
	["a private key", { publicKey: readFileSync(join(KEYS, "p256.key")) }, "ERR_ARGUMENT"],
	["other bytes", { publicKey: Buffer.from("key") }, "ERR_ARGUMENT"],
	["a number", { publicKey: 5 }, "ERR_ARGUMENT"],
	["a subject that is no name", { subject: "Zoë" }, "ERR_ARGUMENT"],
	["an algorithm of another key", { signatureAlgorithm: "rsa-pss" }, "ERR_ALGORITHM_MISMATCH"],
	["no days", { days: 0 }, "ERR_ARGUMENT"],
	["an unknown algorithm", { digestAlgorithm: "md5" }, "ERR_ALGORITHM_UNKNOWN"],
])("%s is refused", async (_, wrong, code) => {
	const good = { subject, publicKey: createPublicKey(keyOf("p256")) };
	await expect(selfSigned({ ...good, ...(wrong as typeof good) }, store("p256"))).rejects.toMatchObject({ code });
});

test("a signature by another key is refused", async () => {
	const request = certificateRequest({ subject, publicKey: createPublicKey(keyOf("p256")) }, store("p384"));
	await expect(request).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_SIGNATURE_/) });
});

test("the command line", () => {
	folder.write("key.pem", readFileSync(join(KEYS, "rsa.key")));
	openssl("pkey", "-in", "key.pem", "-pubout", "-out", "key.pub.pem");
	const flags = [
		"--subject",
		"/C=DE/O=Example Ltd/CN=Zoë Example",
		"--public-key",
		"key.pub.pem",
		"--exec",
		"openssl dgst -sha256 -sign key.pem",
	];
	expect(rustpdf(folder.path, ["csr", ...flags, "-o", "signer.csr"]).status).toBe(0);
	openssl("req", "-in", "signer.csr", "-verify", "-noout");
	expect(rustpdf(folder.path, ["self-signed", ...flags, "-o", "signer.pem", "--days", "30"]).status).toBe(0);
	openssl("verify", "-CAfile", "signer.pem", "signer.pem");
	expect(rustpdf(folder.path, ["csr", ...flags, "-o", "signer.csr"]).status).toBe(2);
	const wrong = rustpdf(folder.path, ["csr", "--subject", "Zoë", ...flags.slice(2), "-o", "other.csr"]);
	expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining("ERR_ARGUMENT")]);
});
