import { expect, test } from "vitest";
import { decode, encode, Parts, plainOptions } from "../src/frame.js";

test("a frame is a length, a header and a payload", () => {
	const frame = encode({ header: { name: "Ζ" }, payload: [Uint8Array.of(1), Uint8Array.of(2, 3)] });
	expect([...frame.subarray(0, 4)]).toEqual([0, 0, 0, 13]);
	expect(decode(frame)).toEqual({ header: { name: "Ζ" }, payload: Uint8Array.of(1, 2, 3) });
});

test("a frame may be larger than the shared buffer", () => {
	const payload = new Uint8Array(100_000).fill(7);
	expect(decode(encode({ header: { name: "€😀" }, payload: [payload] }))).toEqual({ header: { name: "€😀" }, payload });
});

test("bytes in options are parts, whichever kind of array they are", () => {
	const parts = new Parts();
	parts.add("certificate", Uint8Array.of(1));
	const options = { policy: { digest: Buffer.from("ff00", "hex") }, list: [{ other: Uint8Array.of(10) }, new ArrayBuffer(3)] };
	expect(plainOptions(options, parts)).toEqual({
		policy: { digest: { part: "option 1" } },
		list: [{ other: { part: "option 2" } }, { part: "option 3" }],
	});
	expect(parts.lengths.map(({ name, length }) => `${name}: ${length}`)).toEqual([
		"certificate: 1",
		"option 1: 2",
		"option 2: 1",
		"option 3: 3",
	]);
	expect(parts.payload.slice(1).map((bytes) => [...bytes])).toEqual([[255, 0], [10], [0, 0, 0]]);
});

test("parts have names and lengths in the order of the payload", () => {
	const parts = new Parts();
	expect([parts.add("certificate", Uint8Array.of(1, 2)), parts.add("key", new Uint8Array())]).toEqual(["certificate", "key"]);
	expect(parts.lengths).toEqual([
		{ name: "certificate", length: 2 },
		{ name: "key", length: 0 },
	]);
});

test("what JSON would drop goes as the name of its type, so that the core can refuse it", () => {
	const options = { reazon: () => {}, page: 1n, strict: Symbol("x"), name: undefined };
	expect(plainOptions(options, new Parts())).toEqual({ reazon: "function", page: "bigint", strict: "symbol" });
});

test("a number that is none goes as text, for JSON would drop it", () => {
	expect(plainOptions({ page: Number.NaN, size: Number.POSITIVE_INFINITY }, new Parts())).toEqual({ page: "NaN", size: "Infinity" });
});
