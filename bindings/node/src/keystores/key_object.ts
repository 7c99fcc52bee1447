/**
 * Signs with a `KeyObject` of Node: a key in memory, or behind a provider of OpenSSL.
 *
 * @packageDocumentation
 */

import { constants, createPublicKey, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { askedOf, type CertificateOfKey, type StoreKey } from "./key.js";

export type { CertificateOfKey, StoreKey, StoreRequest } from "./key.js";

/** A private key of Node. */
export interface KeyObjectOptions extends CertificateOfKey {
	/** The private key. */
	key: KeyObject;
}

/**
 * A `KeyObject` as a signer. It signs in the thread pool.
 *
 * @example
 * const signer = keyObjectKey({ key: createPrivateKey(pem), certificate, chain });
 * const { pdf } = await sign({ pdf: "contract.pdf", signer });
 */
export function keyObjectKey({ certificate, chain, key }: KeyObjectOptions): StoreKey {
	return {
		certificate,
		chain,
		options: { completeChain: true, ...(key.asymmetricKeyType === "rsa-pss" && { signatureAlgorithm: "rsa-pss" as const }) },
		async publicKey() {
			return createPublicKey(key).export({ type: "spki", format: "der" });
		},
		async sign(data, request) {
			const { input, name, way } = askedOf("key-object", data, request);
			const padding = way.scheme === undefined ? undefined : constants[way.scheme as "RSA_PKCS1_PADDING"];
			const digest = request.signatureAlgorithm === "ed25519" ? null : name; // it has its own
			return signing(digest, input, { key, padding, saltLength: request.saltLength });
		},
	};
}

const signing = promisify(sign) as (digest: string | null, data: Uint8Array, key: object) => Promise<Buffer>;
