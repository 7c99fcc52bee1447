import type { VerifyRequest } from "./frames.js";

/** A running digest of a document. */
export interface DocumentHash {
	/** Adds the next bytes. */
	update(bytes: Uint8Array): void;
	/** The digest of the bytes so far and a suffix. Other suffixes may follow. */
	digest(suffix: Uint8Array): Uint8Array;
	/** Frees the state. */
	end(): void;
}

/** A signature to verify: algorithms, and the bytes that belong to them. */
export interface Verification extends VerifyRequest {
	keyBytes: Uint8Array;
	messageBytes: Uint8Array;
	signatureBytes: Uint8Array;
}

/** Whether a signature verifies; null if the host does not know. */
export type Verify = (verification: Verification) => boolean | null;
