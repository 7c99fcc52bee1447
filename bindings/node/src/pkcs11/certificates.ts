import { X509Certificate } from "node:crypto";
import type { PKCS11 } from "pkcs11js";
import { keyError } from "./failures.js";
import { attribute, describe, find } from "./keys.js";
import { loadPkcs11Js } from "./load.js";
import type { Opened } from "./session.js";

/** The certificate of a key, and those of its issuers that are in the token too, DER. */
export interface TokenCertificates {
	readonly certificate: Buffer<ArrayBuffer>;
	readonly chain: Buffer<ArrayBuffer>[];
}

/** Reads the certificate with the `CKA_ID` of the key, and its issuers. Errors: `ERR_PKCS11_CERTIFICATE`. */
export function certificatesOf(calls: PKCS11, { key, session }: Opened): TokenCertificates {
	const pkcs11 = loadPkcs11Js();
	const isCertificate = { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_CERTIFICATE };
	const objects = find(calls, session, [isCertificate]);
	const all = objects.flatMap((object) => {
		const value = attribute(calls, session, object, pkcs11.CKA_VALUE);
		const parsed = value === undefined ? undefined : parse(value);
		const id = attribute(calls, session, object, pkcs11.CKA_ID);
		return parsed === undefined ? [] : [{ parsed, isOfKey: id !== undefined && id.length > 0 && id.equals(key.id) }];
	});
	// A renewed certificate of the same key stands beside the old one: the latest counts.
	const [own] = all.filter(({ isOfKey }) => isOfKey).sort((one, other) => start(other.parsed) - start(one.parsed));
	if (own === undefined) {
		const had = objects.map((object) => describe(calls, session, object)).join(", ");
		const found = `the token has no certificate with the id ${key.id.toString("hex") || "of the key"}; it has ${had || "none at all"}`;
		throw keyError("ERR_PKCS11_CERTIFICATE", found, "give the signer's `certificate`, or write it into the token with that id");
	}
	const issuers = issuersOf(
		own.parsed,
		all.map(({ parsed }) => parsed),
	);
	return { certificate: derOf(own.parsed), chain: issuers.map(derOf) };
}

/** Issuers of a certificate and of its issuers, each once. */
function issuersOf(leaf: X509Certificate, all: X509Certificate[]): X509Certificate[] {
	const path = new Map([[leaf.fingerprint256, leaf]]);
	for (const certificate of path.values()) {
		for (const other of all) if (certificate.checkIssued(other)) path.set(other.fingerprint256, other); // a map goes on with what is added
	}
	path.delete(leaf.fingerprint256);
	return [...path.values()];
}

/** The certificate without the padding that some cards add; nothing where it is none. */
function parse(value: Buffer): X509Certificate | undefined {
	try {
		return new X509Certificate(value);
	} catch {
		return undefined;
	}
}

function start({ validFrom }: X509Certificate): number {
	return Date.parse(validFrom);
}

function derOf({ raw }: X509Certificate): Buffer<ArrayBuffer> {
	return Buffer.from(raw);
}
