import { expect, test } from "vitest";
import { decode, encode } from "../src/frame.js";

test("a frame is a length, a header and a payload", () => {
	const frame = encode({ name: "Ζ" }, [Uint8Array.of(1), Uint8Array.of(2, 3)]);
	expect([...frame.subarray(0, 4)]).toEqual([0, 0, 0, 13]);
	expect(decode(frame)).toEqual({ header: { name: "Ζ" }, payload: Uint8Array.of(1, 2, 3) });
});

test("bytes in a header are hexadecimal, whichever kind of array they are", () => {
	const header = { policy: { digest: Buffer.from("ff00", "hex") }, entropy: Uint8Array.of(10) };
	expect(decode(encode(header)).header).toEqual({ policy: { digest: "ff00" }, entropy: "0a" });
});

test("what JSON would drop goes as the name of its type, so that the core can refuse it", () => {
	const header = { options: { reazon: () => {}, page: 1n, strict: Symbol("x"), name: undefined } };
	expect(decode(encode(header)).header).toEqual({ options: { reazon: "function", page: "bigint", strict: "symbol" } });
});

test("a number that is none goes as text, for JSON would drop it", () => {
	expect(decode(encode({ now: Number.NaN, size: Number.POSITIVE_INFINITY })).header).toEqual({ now: "NaN", size: "Infinity" });
});
