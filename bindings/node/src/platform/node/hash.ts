// Digests and verification in Node, Deno and Bun: those of `node:crypto`.

import { constants, createHash as createNodeHash, createPublicKey, type KeyObject, verify as verifyNode } from "node:crypto";
import type { DocumentHash, Verification, Verify } from "../../hash_types.js";
import { nativeCore } from "./native.js";

/** A hash by its name in the steps. */
export function createHash(algorithm: string): DocumentHash {
	const hash = createNodeHash(algorithm);
	return {
		update: (bytes) => void hash.update(bytes),
		digest: (suffix) => hash.copy().update(suffix).digest(),
		end: () => {},
	};
}

/** Verification for the core as WebAssembly, which takes ten times as long by itself; nothing where the core is native. */
export function verifier(): Verify | undefined {
	return nativeCore() === undefined ? verify : undefined;
}

function verify({ digestAlgorithm, keyBytes, messageBytes, saltLength, signatureAlgorithm, signatureBytes }: Verification): boolean | null {
	try {
		const key = publicKey(keyBytes);
		switch (signatureAlgorithm) {
			case "rsa-pkcs1":
				return verifyNode(digestAlgorithm, messageBytes, { key, padding: constants.RSA_PKCS1_PADDING }, signatureBytes);
			case "rsa-pss": {
				const padding = constants.RSA_PKCS1_PSS_PADDING;
				return verifyNode(digestAlgorithm, messageBytes, { key, padding, saltLength: saltLength as number }, signatureBytes);
			}
			case "ecdsa":
				return verifyNode(digestAlgorithm, messageBytes, { key, dsaEncoding: "der" }, signatureBytes);
			case "ed25519":
				return verifyNode(null, messageBytes, key, signatureBytes);
			default:
				return null;
		}
	} catch {
		return null; // a key or an algorithm that this host does not have: the core verifies by itself
	}
}

let known: { bytes: Buffer; key: KeyObject } | undefined;

/** The key of a SubjectPublicKeyInfo. That of the last signature is kept, since most calls have the same signer. */
function publicKey(bytes: Uint8Array): KeyObject {
	if (known === undefined || !known.bytes.equals(bytes)) {
		const own = Buffer.from(bytes);
		known = { bytes: own, key: createPublicKey({ key: own, format: "der", type: "spki" }) };
	}
	return known.key;
}
