import { inflateSync } from "fflate/browser";

/** The bytes of a module that was deflated and written in base64. */
export function inflate(deflated: string, length: number): Uint8Array<ArrayBuffer> {
	return inflateSync(fromBase64(deflated), { out: new Uint8Array(length) }) as Uint8Array<ArrayBuffer>;
}

function fromBase64(text: string): Uint8Array {
	const binary = atob(text);
	const bytes = new Uint8Array(binary.length);
	for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
	return bytes;
}
