/** A running digest of a document. */
export interface DocumentHash {
	/** Takes the next bytes. */
	update(bytes: Uint8Array): void;
	/** The digest of what was taken and a suffix; more suffixes may follow. */
	digest(suffix: Uint8Array): Uint8Array;
	/** Lets go of the state. */
	end(): void;
}
