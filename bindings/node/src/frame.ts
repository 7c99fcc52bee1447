import { toHex } from "#bytes";
import { concat, viewOf } from "./bytes.js";
import { RustpdfError } from "./errors.js";
import type { ErrorFrame, PartLength } from "./frames.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A message to or from the core: a JSON header and a payload (docs/protocol.md). */
export interface Frame<Header = object> {
	header: Header;
	payload: Uint8Array;
}

/** The frame as bytes: 4 bytes of length (big-endian), the header as JSON in UTF-8, the payload's pieces. */
export function encode(header: object, payload: readonly Uint8Array[] = []): Uint8Array {
	const json = encoder.encode(JSON.stringify(header));
	const length = new Uint8Array(4);
	new DataView(length.buffer).setUint32(0, json.byteLength);
	return concat([length, json, ...payload]);
}

/** The frame that the bytes hold; the payload is a view of them. */
export function decode<Header>(frame: Uint8Array): Frame<Header> {
	const end = 4 + new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0);
	return { header: JSON.parse(decoder.decode(frame.subarray(4, end))) as Header, payload: frame.subarray(end) };
}

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
 * Options of a caller as JSON has them, for the core to check: bytes are hexadecimal. A value that JSON would drop silently becomes the name of
 * its type, so that the core can refuse it.
 */
export function plainOptions<Options extends object>(options: Options): Options {
	return Object.keys(options).length === 0 ? options : JSON.parse(JSON.stringify(options, plain));
}

function plain(this: Record<string, unknown>, key: string, value: unknown): unknown {
	const bytes = viewOf(this[key]); // before Buffer's own `toJSON`
	if (bytes !== undefined) return toHex(bytes);
	if (typeof value === "number" && !Number.isFinite(value)) return String(value);
	return typeof value === "function" || typeof value === "symbol" || typeof value === "bigint" ? typeof value : value;
}

/** The error of an error step. */
export function errorOf({ code, message, offset, object }: ErrorFrame): RustpdfError {
	return new RustpdfError(code, message, { offset: offset ?? undefined, object: object ?? undefined });
}
