import { concat, toHex, viewOf } from "./bytes.js";
import { RustpdfError } from "./errors.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What crosses the border to the core: a JSON header and one byte payload. */
export interface Frame<Header = object> {
	header: Header;
	payload: Uint8Array;
}

/** The frame as bytes: 4 bytes of length (big-endian), the header as JSON in UTF-8, the payload's pieces. */
export function encode(header: object, payload: readonly Uint8Array[] = []): Uint8Array {
	const json = encoder.encode(JSON.stringify(header, inWire));
	const length = new Uint8Array(4);
	new DataView(length.buffer).setUint32(0, json.byteLength);
	return concat([length, json, ...payload]);
}

/** The frame that the bytes hold; the payload is a view of them. */
export function decode<Header>(frame: Uint8Array): Frame<Header> {
	const end = 4 + new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0);
	return { header: JSON.parse(decoder.decode(frame.subarray(4, end))) as Header, payload: frame.subarray(end) };
}

/** Bytes in a header are hexadecimal. What JSON would drop without a word goes as its type's name, so that the core can refuse it. */
function inWire(this: Record<string, unknown>, key: string, value: unknown): unknown {
	const bytes = viewOf(this[key]); // before Buffer's own `toJSON`
	if (bytes !== undefined) return toHex(bytes);
	if (typeof value === "number" && !Number.isFinite(value)) return String(value);
	return typeof value === "function" || typeof value === "symbol" || typeof value === "bigint" ? typeof value : value;
}

/** An error as it crosses the border. */
export interface WireError {
	code: RustpdfError["code"];
	message: string;
	offset?: number;
	object?: [number, number];
	/** The failure of the host that ended the machine, by its number. */
	failure?: number;
}

/** The error of an error step. */
export function errorOf({ code, message, offset, object }: WireError): RustpdfError {
	return new RustpdfError(code, message, { offset, object });
}
