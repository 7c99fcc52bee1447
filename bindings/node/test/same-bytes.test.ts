// A key in a token and the same key in memory: one of them is all that differs, so the signed documents are the same.
import { execFileSync } from "node:child_process";
import { createPrivateKey, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LevelB, type SignatureAlgorithm, type SignCallOptions, type SigningRequest, type SyncSigner, signWith } from "rustpdf";
import { openPkcs11Key } from "rustpdf/pkcs11";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lastSignature } from "./support/verify.js";

const tests = fileURLToPath(new URL("../../../tests", import.meta.url));
const file = (path: string) => readFileSync(join(tests, "vectors", path));
const moment = { signingTime: new Date("2026-11-25T01:20:00Z"), entropy: new Uint8Array(32).fill(7) };
let folder: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "rustpdf-same-"));
	execFileSync(join(tests, "pki/token.sh"), [folder, join(tests, "vectors/certificates")], { stdio: "pipe" });
	process.env["SOFTHSM2_CONF"] = join(folder, "softhsm2.conf");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Signs with the key of that name: the copy in the token, or the one in memory. */
function signers(name: string): { inToken: SyncSigner; inMemory: SyncSigner; close(): void } {
	const token = openPkcs11Key({ module: "/usr/lib/softhsm/libsofthsm2.so", token: "rustpdf", pin: "1234", key: `${name}-imported` });
	const key = createPrivateKey(file(`certificates/${name}.key`));
	const inMemory = (data: Uint8Array, { digestAlgorithm, saltLength }: SigningRequest) =>
		sign(name === "ed25519" ? null : digestAlgorithm, data, saltLength === undefined ? key : { key, padding: 6, saltLength });
	return { inToken: token.sign, inMemory, close: () => token.close() };
}

/** The document signed by both. */
function signed(name: string, document: string, options: SignCallOptions & LevelB): { token: Buffer; memory: Buffer } {
	const { inToken, inMemory, close } = signers(name);
	const by = (signer: SyncSigner) => {
		const inputs = [file(`certificates/${name}.pem`), signer, file("certificates/chain.pem"), { ...moment, ...options }] as const;
		return Buffer.from(signWith(file(`documents/${document}.pdf`), ...inputs));
	};
	const both = { token: by(inToken), memory: by(inMemory) };
	close();
	return both;
}

const documents = ["classic", "xref-stream", "field", "signed"];
const deterministic: [string, SignCallOptions & LevelB][] = [
	["rsa", {}],
	["rsa", { digestAlgorithm: "sha384", certify: 2 }],
	["rsa", { digestAlgorithm: "sha512", pades: false, signingTimeAttribute: true }],
	["ed25519", { name: "Αθηνά" }],
];

test.each(deterministic)("%s %o: the same bytes", (name, options) => {
	for (const document of options.certify === undefined ? documents : ["classic"]) {
		const { token, memory } = signed(name, document, options);
		expect(token.equals(memory), document).toBe(true);
	}
});

test("the vectors of RSA and Ed25519 come out of the token, too", () => {
	const names = ["rsa-pkcs1-sha256", "rsa-pkcs1-sha384", "rsa-pkcs1-sha512", "ed25519", "policy", "certify-1", "page-3", "hybrid"];
	for (const name of names) {
		const vector = JSON.parse(file(`cases/${name}.json`).toString());
		const { inToken, close } = signers(vector.certificate.replace(".pem", ""));
		const data = Buffer.from(vector.request.data, "hex");
		const hex = ["digest", "digestInfo"]
			.filter((key) => key in vector.request)
			.map((key) => [key, Buffer.from(vector.request[key], "hex")]);
		const request: SigningRequest = { ...vector.request, data, ...Object.fromEntries(hex) };
		expect(Buffer.from(inToken(data, request) as Uint8Array).toString("hex"), name).toBe(vector.signature);
		close();
	}
});

const randomised: [string, SignatureAlgorithm][] = [
	["p256", "ecdsa"],
	["rsa", "rsa-pss"],
];

test.each(randomised)("%s %s: the same but for the signature's value, which is random", (name, signatureAlgorithm) => {
	for (const document of documents) {
		const { token, memory } = signed(name, document, { signatureAlgorithm });
		const [ours, other] = [lastSignature(token), lastSignature(memory)];
		expect(ours.content.equals(other.content), document).toBe(true);
		const [ourLeaves, otherLeaves] = [leaves(ours.container), leaves(other.container)];
		expect(ourLeaves.pop(), document).not.toBe(otherLeaves.pop());
		expect(ourLeaves).toEqual(otherLeaves);
	}
});

/** The values of DER that hold no others, with their tags, in their order. The last of a container is the signature. */
function leaves(der: Buffer): string[] {
	const found: string[] = [];
	let at = 0;
	while (at < der.length && der[at] !== 0) {
		const tag = der.readUInt8(at);
		const short = der.readUInt8(at + 1);
		const octets = short < 0x80 ? 0 : short & 0x7f;
		const start = at + 2 + octets;
		const end = start + (octets === 0 ? short : der.readUIntBE(at + 2, octets));
		if (tag & 0x20) found.push(...leaves(der.subarray(start, end)));
		else found.push(`${tag} ${der.toString("hex", start, end)}`);
		at = end;
	}
	return found;
}
