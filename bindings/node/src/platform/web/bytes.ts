// Bytes in browsers, workers and other hosts without `Buffer`.

/** Bytes as they are returned to the caller. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes that nothing else holds, as they are returned to the caller. */
export function asBytes(bytes: Bytes): Bytes {
	return bytes;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Bytes as lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
	let hex = "";
	for (const byte of bytes) hex += HEX[byte];
	return hex;
}

/** The bytes of well-formed hexadecimal. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(hex.length / 2);
	for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
	return bytes;
}

/** Offset of the next occurrence of a pattern; -1 if there is none. */
export function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
	const [first] = pattern as unknown as [number];
	for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
		if (pattern.every((byte, index) => bytes[at + index] === byte)) return at;
	}
	return -1;
}

/** Lets the event loop turn once. A message arrives sooner than a timer, which browsers hold back. */
export function breathe(): Promise<void> {
	return new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = () => {
			port1.close();
			resolve();
		};
		port2.postMessage(undefined);
	});
}

/** Shows a warning that no callback receives. */
export function emitWarning({ code, message }: { code: string; message: string }): void {
	console.warn(`${code}: ${message}`);
}
