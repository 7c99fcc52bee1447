// Bytes in Node, Deno and Bun.

/** Bytes as they are returned to the caller. */
export type Bytes = Buffer<ArrayBuffer>;

/** Bytes that nothing else holds, as they are returned to the caller. */
export function asBytes(bytes: Uint8Array<ArrayBuffer>): Bytes {
	return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** The bytes of well-formed hexadecimal. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
	const bytes = Buffer.allocUnsafeSlow(hex.length / 2); // of its own: a small one would share its memory with others
	bytes.write(hex, "hex");
	return bytes as Buffer<ArrayBuffer>;
}

/** Offset of the next occurrence of a pattern; -1 if there is none. */
export function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(pattern, from);
}

/** Lets the event loop turn once. */
export function breathe(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

/** Shows a warning that no callback receives. */
export function emitWarning({ code, message }: { code: string; message: string }): void {
	process.emitWarning(message, { type: "SigningWarning", code });
}
