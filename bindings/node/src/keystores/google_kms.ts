/**
 * Signs with a key in Google Cloud KMS, through the optional peer `@google-cloud/kms`.
 *
 * @packageDocumentation
 */

import { KeyManagementServiceClient } from "@google-cloud/kms";
import type { DigestAlgorithm, SignatureAlgorithm } from "../generated.js";
import { answerBytes, askedOf, type CertificateOfKey, mismatch, type StoreKey } from "./key.js";
import { KEY_STORES } from "./table.js";

export type { CertificateOfKey, StoreKey, StoreRequest } from "./key.js";

/** A `KeyManagementServiceClient` of `@google-cloud/kms`. */
export interface KeyManagementClient {
	getPublicKey(request: object): Promise<unknown[]>;
	asymmetricSign(request: object): Promise<unknown[]>;
}

/** A key version in Google Cloud KMS. */
export interface GoogleKmsOptions extends CertificateOfKey {
	/** `projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/V`. */
	name: string;
	/** The client. Default: one with the credentials that the library finds. */
	client?: KeyManagementClient | undefined;
}

interface Signed {
	name?: string;
	signature?: Uint8Array;
	signatureCrc32c?: { value?: unknown } | null;
	verifiedDigestCrc32c?: boolean;
	verifiedDataCrc32c?: boolean;
}

/**
 * A key version in Google Cloud KMS as a signer. Algorithm and digest belong to the key version, and are read from it. Role:
 * `roles/cloudkms.signerVerifier`.
 *
 * Errors: `ERR_ALGORITHM_MISMATCH` for a key version that makes no signatures of PDF.
 *
 * @example
 * const signer = await googleKmsKey({ name, certificate, chain });
 * const { pdf } = await sign({ pdf: "contract.pdf", signer });
 */
export async function googleKmsKey({ certificate, chain, client, name }: GoogleKmsOptions): Promise<StoreKey> {
	const kms: KeyManagementClient = client ?? new KeyManagementServiceClient();
	const [key] = (await kms.getPublicKey({ name })) as [{ algorithm?: unknown; pem?: string; pemCrc32c?: { value?: unknown } | null }];
	const { pem = "" } = key;
	if (crc32c(new TextEncoder().encode(pem)) !== Number(key.pemCrc32c?.value)) throw corrupted();
	const algorithm = String(key.algorithm);
	return {
		certificate,
		chain,
		options: { ...algorithmsOf(algorithm), completeChain: true },
		async publicKey() {
			return pem;
		},
		async sign(data, request) {
			const { input, way } = askedOf("google-kms", data, request);
			const crc = { value: crc32c(input) };
			const asked =
				way.input === "data"
					? { name, data: input, dataCrc32c: crc }
					: { name, digest: { [request.digestAlgorithm]: input }, digestCrc32c: crc };
			const [signed] = (await kms.asymmetricSign(asked)) as [Signed];
			const signature = answerBytes("Google Cloud KMS", signed.signature);
			// The client library leaves the check of what came over the wire to its caller.
			if (!signed.verifiedDigestCrc32c && !signed.verifiedDataCrc32c) throw new Error("Google Cloud KMS got a corrupted request");
			if (signed.name !== name) throw new Error(`Google Cloud KMS signed with ${signed.name}`);
			if (crc32c(signature) !== Number(signed.signatureCrc32c?.value)) throw corrupted();
			return signature;
		},
	};
}

function corrupted(): Error {
	return new Error("the answer of Google Cloud KMS is corrupted");
}

/** Algorithms of a key version. Errors: `ERR_ALGORITHM_MISMATCH`. */
function algorithmsOf(algorithm: string): { signatureAlgorithm: SignatureAlgorithm; digestAlgorithm: DigestAlgorithm } {
	for (const [signatureAlgorithm, { names }] of Object.entries(KEY_STORES["google-kms"].ways)) {
		for (const [digestAlgorithm, pattern] of Object.entries(names)) {
			const [start, end] = (pattern as string).split("*") as [string, string?];
			if (end === undefined ? algorithm === start : algorithm.startsWith(start) && algorithm.endsWith(end)) {
				return { signatureAlgorithm, digestAlgorithm } as { signatureAlgorithm: SignatureAlgorithm; digestAlgorithm: DigestAlgorithm };
			}
		}
	}
	throw mismatch(`the key version is for ${algorithm}, by which no PDF is signed; make one of another purpose`);
}

/** CRC-32C (Castagnoli). */
export function crc32c(bytes: Uint8Array): number {
	let crc = -1;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc >>> 0;
}
