import { viewOf } from "./bytes.js";
import { RustpdfError } from "./errors.js";
import type { ErrorFrame, PartLength } from "./frames.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A message from the core: a JSON header and a payload (docs/protocol.md). */
export interface Frame<Header = object> {
	header: Header;
	payload: Uint8Array;
}

/** A message to the core: a JSON header and the pieces of a payload. */
export interface Message {
	readonly header: object;
	readonly payload: readonly Uint8Array[];
}

/** Memory of the frames that fit into it. A buffer for each frame would cost a small signature as much as its JSON. */
const scratch = new Uint8Array(64 * 1024);

/**
 * The message as a frame: 4 bytes of length (big-endian), the header as JSON in UTF-8, the payload's pieces.
 *
 * The next call may overwrite the frame: call this only where the core takes it, which copies it.
 */
export function encode({ header, payload }: Message): Uint8Array {
	const json = JSON.stringify(header);
	// A UTF-16 unit has three bytes of UTF-8 at most.
	const most = payload.reduce((length, piece) => length + piece.byteLength, PREFIX + 3 * json.length);
	const frame = most <= scratch.byteLength ? scratch : new Uint8Array(most);
	const { written } = encoder.encodeInto(json, frame.subarray(PREFIX));
	new DataView(frame.buffer).setUint32(0, written);
	let at = PREFIX + written;
	for (const piece of payload) {
		frame.set(piece, at);
		at += piece.byteLength;
	}
	return frame.subarray(0, at);
}

/** The frame that the bytes hold; the payload is a view of them. */
export function decode<Header>(frame: Uint8Array): Frame<Header> {
	const end = PREFIX + new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0);
	return { header: JSON.parse(decoder.decode(frame.subarray(PREFIX, end))) as Header, payload: frame.subarray(end) };
}

/** Bytes of the length before the header. */
const PREFIX = 4;

/** Named parts of a frame's payload. */
export class Parts {
	readonly lengths: PartLength[] = [];
	readonly payload: Uint8Array[] = [];

	/** Adds a part, and returns its name. */
	add(name: string, bytes: Uint8Array): string {
		this.lengths.push({ name, length: bytes.byteLength });
		this.payload.push(bytes);
		return name;
	}
}

/**
 * Options of a caller as JSON has them, for the core to check. Bytes are parts of the frame: a font may have megabytes. A value that JSON would drop
 * silently becomes the name of its type, so that the core can refuse it.
 */
export function plainOptions<Options extends object>(options: Options, parts: Parts): Options {
	if (Object.values(options).every(isPlain)) return options;
	return JSON.parse(
		JSON.stringify(options, function (this: Record<string, unknown>, key, value) {
			const bytes = viewOf(this[key]); // before Buffer's own `toJSON`
			if (bytes !== undefined) return { part: parts.add(`option ${parts.lengths.length}`, bytes) };
			if (typeof value === "number" && !Number.isFinite(value)) return String(value);
			return typeof value === "function" || typeof value === "symbol" || typeof value === "bigint" ? typeof value : value;
		}),
	);
}

/** Whether JSON has the value as it is. */
function isPlain(value: unknown): boolean {
	return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** The error of an error step. */
export function errorOf({ code, message, offset, object }: ErrorFrame): RustpdfError {
	return new RustpdfError(code, message, { offset: offset ?? undefined, object: object ?? undefined });
}
