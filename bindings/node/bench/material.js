// What is signed, with what, and when: the same each time, so that a signature made once can be handed back.

import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A path in the repository. */
export function inRepository(path) {
	return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

export const pki = inRepository("tests/pki/certificates");
export const documents = inRepository("tests/vectors/documents");

/** The small document: five pages of text. */
export const smallDocument = `${documents}/pages.pdf`;

/** The keys that are measured, and their files in the PKI. */
export const keys = [
	{ name: "RSA-2048", file: "rsa" },
	{ name: "P-256", file: "p256" },
	{ name: "Ed25519", file: "ed25519" },
];

/** The issuers of every one of them, in DER. */
export const chain = ["issuing", "root"].map((name) => readFileSync(`${pki}/${name}.der`));

/** Time and entropy. */
export const moment = { signingTime: new Date("2026-01-01T00:00:00Z"), entropy: Buffer.alloc(32, 7) };

const font = readFileSync(inRepository("crates/appearance/fonts/NotoSans-Regular.ttf"));

/** Visible signatures that are measured. */
export const APPEARANCES = {
	"the default": {},
	"with a QR code": { qr: "https://example.org/{serial}" },
	"with an own font of 100 KB": { font: [{ regular: font }] },
	"a page of a PDF": { pdf: { data: readFileSync(smallDocument) } },
};

/** A signature by one of the keys of the PKI. */
export function rawSignature(file, data) {
	return sign(file === "ed25519" ? null : "sha256", data, createPrivateKey(readFileSync(`${pki}/${file}.key`)));
}
