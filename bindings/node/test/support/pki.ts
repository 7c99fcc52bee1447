import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SigningRequest } from "rustpdf";

const PKI = join(import.meta.dirname, "../../../../tests/pki/certificates");

/** The path of a file of the test PKI, such as `rsa.key`, `rsa.der`, `rsa.pem`, `chain.pem`. */
export function pkiPath(name: string): string {
	return join(PKI, name);
}

/** The certificate of a name, DER. */
export function certificate(name: string): Buffer {
	return readFileSync(pkiPath(`${name}.der`));
}

/** The issuers of every leaf, as PEM text. */
export function chain(): string {
	return readFileSync(pkiPath("chain.pem"), "utf8");
}

/** The private key of a name. */
export function privateKey(name: string): KeyObject {
	return createPrivateKey(readFileSync(pkiPath(`${name}.key`)));
}

/** A signer with a key in memory, for every kind of request. */
export function signer(name: string): (data: Uint8Array, request: SigningRequest) => Buffer {
	const key = privateKey(name);
	return (data, { digestAlgorithm, saltLength, signatureAlgorithm }) => {
		if (signatureAlgorithm === "ed25519") return sign(null, data, key);
		return sign(digestAlgorithm, data, saltLength === undefined ? key : { key, padding: 6, saltLength });
	};
}
