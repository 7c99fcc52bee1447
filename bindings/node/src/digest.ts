import { fromHex, indexOf } from "#bytes";
import { createHash } from "#hash";
import { concat } from "./bytes.js";
import type { Message } from "./frame.js";
import type { AnswerFrame, Copied, DigestRequest } from "./frames.js";
import type { DocumentHash } from "./hash_types.js";

/** States of hashes at the end of the document, by algorithm: it is read once, however often its digest is asked for. */
export type HashStates = Map<string, DocumentHash>;

/** The digests and matches of one pass over a document of `length` bytes. */
export class DigestPass {
	readonly #step: DigestRequest;
	readonly #states: HashStates;
	/** States at the end of the document that this pass makes. */
	readonly #begun: HashStates = new Map();
	/** Hashes of ranges; nothing for a part that is the whole document. */
	readonly #ofRanges: (DocumentHash | undefined)[];
	readonly #search: Search | undefined;
	#at = 0;

	constructor(step: DigestRequest, states: HashStates, length: number) {
		this.#step = step;
		this.#states = states;
		if (step.find.length > 0) this.#search = new Search(step.find.map((pattern) => fromHex(pattern as string)));
		const isWhole = (ranges: [number, number][]) => ranges.length < 2 && ranges.reduce((sum, [, count]) => sum + count, 0) === length;
		this.#ofRanges = step.parts.map(({ algorithm, ranges }) => (isWhole(ranges) ? this.#begin(algorithm) : createHash(algorithm)));
		for (const algorithm of step.keep) this.#begin(algorithm);
	}

	/** Whether the document has to be read for the answer. */
	get isNeeded(): boolean {
		return this.#begun.size > 0 || this.#search !== undefined || this.#ofRanges.some((hash) => hash !== undefined);
	}

	/** Takes the next piece of the document. */
	take(piece: Uint8Array): void {
		for (const hash of this.#begun.values()) hash.update(piece);
		for (const [index, hash] of this.#ofRanges.entries()) {
			if (hash === undefined) continue;
			for (const [offset, length] of this.#step.parts[index]?.ranges ?? []) {
				const [from, to] = [Math.max(offset - this.#at, 0), Math.min(offset + length - this.#at, piece.byteLength)];
				if (from < to) hash.update(piece.subarray(from, to));
			}
		}
		if (this.#isSearched(piece.byteLength)) this.#search?.take(piece, this.#at);
		this.#at += piece.byteLength;
	}

	/** Whether matches are wanted in the next piece, of this length. */
	#isSearched(length: number): boolean {
		const end = this.#at + length;
		return this.#step.findIn.some(([offset, count]) => offset < end && this.#at < offset + count);
	}

	/** The answer, after the last piece. */
	answer(suffixes: Uint8Array, copied: Copied): Message {
		for (const [algorithm, hash] of this.#begun) this.#states.set(algorithm, hash);
		this.#begun.clear();
		let at = 0;
		const digests = this.#step.parts.map(({ algorithm, suffix }, index) => {
			const hash = this.#ofRanges[index] ?? (this.#states.get(algorithm) as DocumentHash);
			at += suffix;
			return hash.digest(suffixes.subarray(at - suffix, at));
		});
		const found = this.#search?.found ?? [];
		const header: AnswerFrame = { answer: "digest", digests: digests.map(({ byteLength }) => byteLength), found, copied };
		return { header, payload: digests };
	}

	/** Frees the hashes that no later step needs. */
	end(): void {
		for (const hash of [...this.#ofRanges, ...this.#begun.values()]) hash?.end();
	}

	/** Begins a state at the end of the document, where there is none. */
	#begin(algorithm: string): undefined {
		if (!this.#states.has(algorithm) && !this.#begun.has(algorithm)) this.#begun.set(algorithm, createHash(algorithm));
	}
}

/** A search for byte patterns in a document that comes in pieces. Patterns with a common end need one pass over the bytes. */
class Search {
	readonly found: { offsets: number[]; more: boolean }[];
	readonly #needles: Needle[];
	readonly #reach: number;
	/** The last bytes before `#next`, one fewer than the longest pattern has, at the most. */
	#tail = new Uint8Array();
	#next = 0;

	constructor(patterns: Uint8Array[]) {
		this.found = patterns.map(() => ({ offsets: [], more: false }));
		this.#reach = Math.max(0, ...patterns.map(({ byteLength }) => byteLength - 1));
		const end = commonEnd(patterns);
		const all = patterns.map((_, index) => index);
		this.#needles =
			end.byteLength < LEAST_END ? patterns.map((bytes, index) => new Needle(bytes, patterns, [index])) : [new Needle(end, patterns, all)];
	}

	/** Takes the piece at the offset `at`. It follows the one before, or pieces were passed over. */
	take(piece: Uint8Array, at: number): void {
		if (at !== this.#next) this.#tail = new Uint8Array();
		this.#next = at + piece.byteLength;
		const before = this.#tail.byteLength;
		const border = concat([this.#tail, piece.subarray(0, this.#reach)]);
		this.#find(border, at - before, (start, end) => start < before && before < end);
		this.#find(piece, at, () => true);
		const end = piece.byteLength < this.#reach ? border : piece;
		this.#tail = end.slice(Math.max(0, end.byteLength - this.#reach));
	}

	#find(bytes: Uint8Array, at: number, counts: (start: number, end: number) => boolean): void {
		for (const needle of this.#needles) {
			needle.find(bytes, (index, start, end) => {
				if (!counts(start, end)) return;
				const found = this.found[index] as { offsets: number[]; more: boolean };
				if (found.offsets.length < MOST) found.offsets.push(at + start);
				else found.more = true;
			});
		}
	}
}

/** Bytes to look for: the end of one pattern or of all. */
class Needle {
	readonly #bytes: Uint8Array;
	readonly #patterns: Uint8Array[];
	/** For each byte before the needle the patterns that have it there. The whole pattern may be the needle: then all, whatever is before. */
	readonly #candidates: number[][];
	/** For each byte, how far the needle may move on when that stands at its end (the algorithm of Horspool). */
	readonly #skips: Uint8Array;
	/** Whether there were many in the last piece. */
	#isFrequent = false;

	constructor(bytes: Uint8Array, patterns: Uint8Array[], which: number[]) {
		this.#bytes = bytes;
		this.#patterns = patterns;
		const { byteLength } = bytes;
		this.#skips = new Uint8Array(256).fill(byteLength);
		for (const [place, byte] of bytes.subarray(0, -1).entries()) this.#skips[byte] = byteLength - 1 - place;
		const before = which.map((index) => (patterns[index] as Uint8Array).at(-1 - byteLength));
		this.#candidates = Array.from({ length: 256 }, (_, byte) => which.filter((_, place) => (before[place] ?? byte) === byte));
	}

	/** Tells each pattern that is found, with its start and its end. */
	find(bytes: Uint8Array, tell: (index: number, start: number, end: number) => void): void {
		const length = this.#bytes.byteLength;
		let count = 0;
		for (let place = this.#next(bytes, 0); place >= 0; place = this.#next(bytes, place + 1)) {
			count++;
			for (const index of this.#candidates[bytes[place - 1] ?? 0] as number[]) {
				const pattern = this.#patterns[index] as Uint8Array;
				const start = place + length - pattern.byteLength;
				if (start >= 0 && beginsWith(bytes, start, pattern, place - start)) tell(index, start, place + length);
			}
		}
		// A border of two pieces says nothing.
		if (bytes.byteLength > FREQUENT) this.#isFrequent = count * FREQUENT > bytes.byteLength;
	}

	/** The next offset. A call of `indexOf` costs more than some hundred bytes of this loop, and less than some thousands. */
	#next(bytes: Uint8Array, from: number): number {
		if (!this.#isFrequent) return indexOf(bytes, this.#bytes, from);
		const length = this.#bytes.byteLength;
		for (let start = from; start + length <= bytes.byteLength; start += this.#skips[bytes[start + length - 1] as number] as number) {
			if (beginsWith(bytes, start, this.#bytes, length)) return start;
		}
		return -1;
	}
}

/** Whether the first `length` bytes of `pattern` stand at `start`. The last is compared first: a number differs there, a million times. */
function beginsWith(bytes: Uint8Array, start: number, pattern: Uint8Array, length: number): boolean {
	for (let place = length - 1; place >= 0; place--) if (bytes[start + place] !== pattern[place]) return false;
	return true;
}

function commonEnd([first, ...others]: Uint8Array[]): Uint8Array {
	if (first === undefined) return new Uint8Array();
	let length = 0;
	const has = (other: Uint8Array) => other.byteLength > length && other.at(-1 - length) === first.at(-1 - length);
	while (length < first.byteLength && others.every(has)) length++;
	return first.subarray(first.byteLength - length);
}

const MOST = 1000;
/** Bytes between two matches below which they count as frequent. */
const FREQUENT = 2048;
/** Bytes of a common end that are worth a search of their own. */
const LEAST_END = 3;
