import { asBytes, type Bytes, fromHex } from "#bytes";
import { type ByteInput, textOrBytes, typeName } from "./bytes.js";
import { hostError } from "./errors.js";
import type { RequestFrame } from "./frames.js";
import type { SigningOptions, SigningRequest } from "./generated.js";
import type { CertificateInput, ChainInput } from "./options.js";

/** Signs `data` and returns the raw signature at once: ECDSA as DER or r‖s. */
export type SyncSigner = (data: Bytes, request: SigningRequest) => ByteInput;

/** Signs `data` and promises the raw signature: ECDSA as DER or r‖s. */
export type AsyncSigner = (data: Bytes, request: SigningRequest) => PromiseLike<ByteInput>;

/** Signs `data`, at once or later. Its errors reach the caller unchanged. */
export type Signer = (data: Bytes, request: SigningRequest) => ByteInput | PromiseLike<ByteInput>;

/** A signer with the certificate of its key, such as the one that `openPkcs11Key` returns. */
export interface CertifiedSigner {
	/** The signer's certificate. Without one, the call has to name it. */
	readonly certificate?: CertificateInput | undefined;
	/** The certificate's issuers, in any order. */
	readonly chain?: ChainInput | null | undefined;
	/** Algorithms of the key, where it has one only, and whether missing issuers are fetched. Options of the call come first. */
	readonly options?: Pick<SigningOptions, "signatureAlgorithm" | "digestAlgorithm" | "completeChain"> | undefined;
	/** Signs `data`, at once or later. */
	sign(data: Bytes, request: SigningRequest): ByteInput | PromiseLike<ByteInput>;
}

/** Whether a signer is one with a certificate. */
export function isCertified(signer: Signer | CertifiedSigner): signer is CertifiedSigner {
	return typeof signer === "object" && signer !== null && typeof signer.sign === "function";
}

/** The request as the caller sees it. */
export function signingRequest(wire: RequestFrame, data: Uint8Array): SigningRequest {
	const { digestAlgorithm, signatureAlgorithm, saltLength, curve, documentName, fieldName } = wire;
	return {
		data: asBytes(data.slice()),
		digest: asBytes(fromHex(wire.digest)),
		...(wire.digestInfo !== undefined && { digestInfo: asBytes(fromHex(wire.digestInfo)) }),
		digestAlgorithm,
		signatureAlgorithm,
		...(saltLength !== undefined && { saltLength }),
		...(curve !== undefined && { curve }),
		...(wire.documentDigest !== undefined && { documentDigest: asBytes(fromHex(wire.documentDigest)) }),
		...(documentName !== undefined && { documentName }),
		...(fieldName !== undefined && { fieldName }),
		...(wire.certificateDigest !== undefined && { certificateDigest: asBytes(fromHex(wire.certificateDigest)) }),
	};
}

/** The answer of a signer, as bytes. Text passes: the core names its kind. Errors: `ERR_CALLBACK_RESULT`. */
export function signatureBytes(result: unknown): Uint8Array {
	const bytes = textOrBytes(result);
	if (bytes === undefined) throw hostError("signerResult", typeName(result));
	return bytes;
}
