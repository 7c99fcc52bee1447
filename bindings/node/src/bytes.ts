import { hostError } from "./errors.js";

/** Bytes that a caller hands over. */
export type ByteInput = Uint8Array | ArrayBuffer;

/** The value as bytes, without a copy; nothing where it is no bytes. Told by form, since a value may come from another realm. */
export function viewOf(value: unknown): Uint8Array | undefined {
	if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
	if (Object.prototype.toString.call(value) === "[object ArrayBuffer]") return new Uint8Array(value as ArrayBuffer);
	return undefined;
}

/** The value as bytes, text as UTF-8; nothing where it is neither. The core tells text in the wrong place from bytes. */
export function textOrBytes(value: unknown): Uint8Array | undefined {
	return typeof value === "string" ? new TextEncoder().encode(value) : viewOf(value);
}

/** The argument as bytes, text as UTF-8. Errors: `ERR_ARGUMENT`. */
export function argumentBytes(value: unknown, name: string): Uint8Array {
	const bytes = textOrBytes(value);
	if (bytes === undefined) throw hostError("argumentType", name, "bytes", typeName(value));
	return bytes;
}

/** A value's type, for a message. */
export function typeName(value: unknown): string {
	if (value === null || value === undefined) return String(value);
	return typeof value === "object" ? (value.constructor?.name ?? "an object") : `a ${typeof value}`;
}

/** The pieces, one after the other. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.byteLength, 0));
	let at = 0;
	for (const piece of pieces) {
		all.set(piece, at);
		at += piece.byteLength;
	}
	return all;
}
