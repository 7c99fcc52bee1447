// Keys of the platform: WebCrypto and KeyObject, from the key to a certificate and a signature.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type StoreKey, selfSigned, sign, webCryptoKey } from "rustpdf";
import { azureKeyVaultKey } from "rustpdf/azure-key-vault";
import { keyObjectKey } from "rustpdf/key-object";
import { describe, expect, test } from "vitest";
import { eachFolder } from "./support/folder.js";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath } from "./support/pki.js";
import { opensslVerify } from "./support/verify.js";

const pdf = makePdf({ pages: 1 });
const folder = eachFolder();

/** Makes a certificate for a key by its own signature, and signs with it. */
async function prove(make: (more: { certificate?: Buffer }) => StoreKey) {
	const key = make({});
	const { der, pem } = await selfSigned({ subject: "CN=platform", publicKey: await key.publicKey() }, key);
	folder.write("key.pem", pem);
	const { pdf: signed, report } = await sign({ pdf, signer: make({ certificate: der }) });
	return { signed, report, certificate: new X509Certificate(der) };
}

describe("WebCrypto", () => {
	const usages: KeyUsage[] = ["sign", "verify"];
	const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
	test.each([
		["RSASSA-PKCS1-v1_5", { ...rsa, hash: "SHA-256" }, "rsa-pkcs1", "sha256"],
		["RSASSA-PKCS1-v1_5", { ...rsa, hash: "SHA-512" }, "rsa-pkcs1", "sha512"],
		["RSA-PSS", { ...rsa, hash: "SHA-384" }, "rsa-pss", "sha384"],
		["ECDSA", { namedCurve: "P-256" }, "ecdsa", "sha256"],
		["ECDSA", { namedCurve: "P-384" }, "ecdsa", "sha384"],
		["ECDSA", { namedCurve: "P-521" }, "ecdsa", "sha512"],
		["Ed25519", {}, "ed25519", "sha512"],
	])("%s %o", async (name, parameters, signatureAlgorithm, digestAlgorithm) => {
		const pair = (await crypto.subtle.generateKey({ name, ...parameters }, false, usages)) as CryptoKeyPair;
		await expect(crypto.subtle.exportKey("pkcs8", pair.privateKey)).rejects.toThrow();
		const { report, signed } = await prove((more) => webCryptoKey({ key: pair.privateKey, publicKey: pair.publicKey, ...more }));
		expect(report).toMatchObject({ signatureAlgorithm, digestAlgorithm });
		expect(signed.length).toBeGreaterThan(pdf.length);
	});

	test("algorithms of the call come before those of the key, and the store's error arrives", async () => {
		const algorithm = { name: "RSA-PSS", ...rsa, hash: "SHA-256" };
		const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, false, usages);
		const key = webCryptoKey({ key: privateKey, publicKey, certificate: certificate("rsa") });
		await expect(sign({ pdf, signer: key, signatureAlgorithm: "rsa-pkcs1" })).rejects.toMatchObject({ name: "InvalidAccessError" });
		await expect(sign({ pdf, signer: key })).rejects.toMatchObject({ code: "ERR_SIGNATURE_MISMATCH" }); // of another certificate
		await expect(webCryptoKey({ key: privateKey }).publicKey()).rejects.toThrow("`publicKey`");
	});
});

describe("KeyObject", () => {
	const keyOf = (name: string) => createPrivateKey(readFileSync(pkiPath(`${name}.key`)));

	test.each([
		["rsa", {}],
		["rsa", { signatureAlgorithm: "rsa-pss", digestAlgorithm: "sha384" }],
		["p256", {}],
		["p384", {}],
		["p521", {}],
	] as const)("%s %o", async (name, options) => {
		const signer = keyObjectKey({ key: keyOf(name), certificate: certificate(name), chain: chain() });
		const { pdf: signed } = await sign({ pdf, signer, ...options });
		opensslVerify(signed);
	});

	test.each(["rsa", "p256", "p384", "p521", "ed25519"])("%s makes its certificate", async (name) => {
		const made = await prove((more) => keyObjectKey({ key: keyOf(name), ...more }));
		expect(made.certificate.checkPrivateKey(keyOf(name))).toBe(true);
		expect(made.certificate.verify(made.certificate.publicKey)).toBe(true);
	});
});

// The rest is in examples/kms, with the client libraries. These faults are not among theirs.
test("a certificate that Azure Key Vault does not return", async () => {
	const sign = () => Promise.reject(new Error("asked"));
	const none = { getCertificate: async () => ({}), getCertificateVersion: async () => ({ cer: undefined }) };
	for (const path of ["/keys/k", "/keys/k/1"]) {
		const client = { keyID: `https://vault.example${path}`, sign };
		await expect(azureKeyVaultKey({ client, certificates: none })).rejects.toThrow("Azure Key Vault returned no bytes");
	}
	await expect(azureKeyVaultKey({ client: { sign }, certificates: none })).rejects.toThrow("`client` names no key of a vault");
});
