// The search for byte patterns that goes with a digest, beside a search that looks everywhere.

import { describe, expect, test } from "vitest";
import { DigestPass } from "../src/digest.js";

/** Numbers that look random, the same each time. */
function sequence(seed: number) {
	let state = seed;
	return (below: number) => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		return (state >>> 16) % below;
	};
}

/** Matches in a document that comes in pieces of these lengths. */
function found(document: Buffer, patterns: string[], lengths: number[]) {
	const find = patterns.map((pattern) => Buffer.from(pattern).toString("hex"));
	const findIn: [number, number][] = [[0, document.length]];
	const pass = new DigestPass(
		{ parts: [], keep: [], find, findIn, progress: { phase: "digest", total: document.length } },
		new Map(),
		document.length,
	);
	let at = 0;
	for (const length of [...lengths, document.length]) {
		pass.take(document.subarray(at, at + length));
		at += length;
	}
	const { header } = pass.answer(Buffer.alloc(0), "none");
	return (header as unknown as { found: { offsets: number[]; more: boolean }[] }).found;
}

/** The same, place by place. */
function everywhere(document: Buffer, patterns: string[]) {
	const places = Array.from(document.keys());
	return patterns.map((pattern) => {
		const offsets = places.filter((place) => document.subarray(place, place + pattern.length).equals(Buffer.from(pattern)));
		return { offsets: offsets.slice(0, 1000), more: offsets.length > 1000 };
	});
}

const PATTERNS = {
	"with a common end": ["\n1 0 obj", "\r1 0 obj", " 1 0 obj", "\n21 0 obj", "2 0 obj"],
	"one of which is the end of another": ["1 0 obj", "21 0 obj", "0 obj"],
	"with little in common": ["1 0 obj", "1 5 ob", "aaa", "aa"],
	"one alone": ["obj"],
};
const WORDS = ["\n1 0 obj", " 0 obj", "obj", "21 0 obj", "a", "aa", "\r", "1", "2", " 5 ob", "."];

describe.each(Object.entries(PATTERNS))("patterns %s", (_, patterns) => {
	test.each([1, 2, 3, 4, 5, 6])("are found wherever they are (%i)", (seed) => {
		const below = sequence(seed);
		// Many matches, then few, then many: the search goes another way about either.
		const words = [2000, 3, 2000].map((count) => Array.from({ length: count }, () => WORDS[below(WORDS.length)]).join(""));
		const document = Buffer.from(words.join(".".repeat(30_000)));
		const lengths = Array.from({ length: 12 }, () => (below(2) === 0 ? below(12) : below(9000)));
		expect(found(document, patterns, lengths)).toEqual(everywhere(document, patterns));
	});
});
