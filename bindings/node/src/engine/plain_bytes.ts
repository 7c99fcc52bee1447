/** Bytes as they are given to the caller. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes that nobody else holds, as they are given to the caller. */
export function asBytes(bytes: Bytes): Bytes {
	return bytes;
}
