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
	readonly #searches: Search[];
	#at = 0;

	constructor(step: DigestRequest, states: HashStates, length: number) {
		this.#step = step;
		this.#states = states;
		this.#searches = step.find.map((pattern) => new Search(fromHex(pattern as string)));
		const isWhole = (ranges: [number, number][]) => ranges.length < 2 && ranges.reduce((sum, [, count]) => sum + count, 0) === length;
		this.#ofRanges = step.parts.map(({ algorithm, ranges }) => (isWhole(ranges) ? this.#begin(algorithm) : createHash(algorithm)));
		for (const algorithm of step.keep) this.#begin(algorithm);
	}

	/** Whether the document has to be read for the answer. */
	get isNeeded(): boolean {
		return this.#begun.size > 0 || this.#searches.length > 0 || this.#ofRanges.some((hash) => hash !== undefined);
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
		for (const search of this.#searches) search.take(piece, this.#at);
		this.#at += piece.byteLength;
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
		const found = this.#searches.map(({ more, offsets }) => ({ offsets, more }));
		const header: AnswerFrame = { answer: "digest", digests: digests.map(({ byteLength }) => byteLength), found, copied };
		return { header, payload: digests };
	}

	/** Frees what no later step needs. */
	end(): void {
		for (const hash of [...this.#ofRanges, ...this.#begun.values()]) hash?.end();
	}

	/** Begins a state at the end of the document, where there is none. */
	#begin(algorithm: string): undefined {
		if (!this.#states.has(algorithm) && !this.#begun.has(algorithm)) this.#begun.set(algorithm, createHash(algorithm));
	}
}

/** A byte pattern, and where it was found. */
class Search {
	readonly offsets: number[] = [];
	more = false;
	readonly #pattern: Uint8Array;
	/** The end of what was taken: one byte shorter than the pattern, at the most. */
	#tail = new Uint8Array();

	constructor(pattern: Uint8Array) {
		this.#pattern = pattern;
	}

	take(piece: Uint8Array, at: number): void {
		const reach = this.#pattern.byteLength - 1;
		// A match across the border begins in the tail, and ends among the first bytes of the piece.
		const border = concat([this.#tail, piece.subarray(0, reach)]);
		this.#find(border, at - this.#tail.byteLength);
		this.#find(piece, at);
		const end = piece.byteLength < reach ? border : piece;
		this.#tail = end.slice(Math.max(0, end.byteLength - reach));
	}

	#find(bytes: Uint8Array, at: number): void {
		for (let hit = indexOf(bytes, this.#pattern, 0); hit >= 0 && !this.more; hit = indexOf(bytes, this.#pattern, hit + 1)) {
			if (this.offsets.length < MOST) this.offsets.push(at + hit);
			else this.more = true;
		}
	}
}

const MOST = 1000;
