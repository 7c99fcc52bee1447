import { asBytes, type Bytes } from "#engine";
import { type ByteInput, fromHex, textOrBytes, typeName } from "./bytes.js";
import { RustpdfError } from "./errors.js";

/** A digest algorithm, by its one name in every language. */
export type DigestAlgorithm = "sha256" | "sha384" | "sha512";

/** A signature algorithm, by its one name in every language. */
export type SignatureAlgorithm = "rsa-pkcs1" | "rsa-pss" | "ecdsa" | "ed25519";

/** What a key store is asked to sign, in every form that key stores take: the message, its digest, the DigestInfo. */
export interface SigningRequest {
	/** The message to sign, for a key store that hashes by itself. A copy: it may be kept. */
	readonly data: Bytes;
	/** The digest of `data`, for a key store that signs digests. Ed25519 signs `data` itself. */
	readonly digest: Bytes;
	/** The DER DigestInfo of the digest, for PKCS#11 `CKM_RSA_PKCS`. Only with `rsa-pkcs1`. */
	readonly digestInfo?: Bytes;
	/** The hash of `digest`, and the one to name to a key store. */
	readonly digestAlgorithm: DigestAlgorithm;
	/** The scheme to sign with. */
	readonly signatureAlgorithm: SignatureAlgorithm;
	/** The PSS salt's length in bytes. Only with `rsa-pss`. */
	readonly saltLength?: number;
	/** The curve of the key. Only with `ecdsa`. */
	readonly curve?: "p256" | "p384" | "p521";
}

/** Signs `data` and returns the raw signature at once: ECDSA as DER or r‖s. */
export type SyncSigner = (data: Bytes, request: SigningRequest) => ByteInput;

/** Signs `data` and promises the raw signature: ECDSA as DER or r‖s. */
export type AsyncSigner = (data: Bytes, request: SigningRequest) => PromiseLike<ByteInput>;

/** Signs `data`, at once or later. What it throws reaches the caller unchanged. */
export type Signer = (data: Bytes, request: SigningRequest) => ByteInput | PromiseLike<ByteInput>;

/** A request as it crosses the border: bytes are hexadecimal. */
export interface WireRequest {
	digest: string;
	digestInfo?: string;
	digestAlgorithm: DigestAlgorithm;
	signatureAlgorithm: SignatureAlgorithm;
	saltLength?: number;
	curve?: "p256" | "p384" | "p521";
}

/** The request as the caller sees it. */
export function signingRequest(wire: WireRequest, data: Uint8Array): SigningRequest {
	const { digestAlgorithm, signatureAlgorithm, saltLength, curve } = wire;
	return {
		data: asBytes(data.slice()),
		digest: asBytes(fromHex(wire.digest)),
		...(wire.digestInfo !== undefined && { digestInfo: asBytes(fromHex(wire.digestInfo)) }),
		digestAlgorithm,
		signatureAlgorithm,
		...(saltLength !== undefined && { saltLength }),
		...(curve !== undefined && { curve }),
	};
}

/** What a signer gave back, as bytes. Text passes, for the core to say what it is. Errors: `ERR_CALLBACK_RESULT`. */
export function signatureBytes(result: unknown): Uint8Array {
	const bytes = textOrBytes(result);
	if (bytes === undefined) {
		throw new RustpdfError("ERR_CALLBACK_RESULT", `the signer gave ${typeName(result)} back; return the raw signature as bytes`);
	}
	return bytes;
}
