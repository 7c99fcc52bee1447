import { asBytes, type Bytes, breathe, createHash, type DocumentHash } from "#engine";
import { concat, typeName, viewOf } from "./bytes.js";
import type { Control } from "./control.js";
import { argumentError } from "./errors.js";
import type { Eventually } from "./eventually.js";
import { fileChanged, PIECE, type Source } from "./source.js";

/** Where bytes are: offset and length. */
export type Range = [offset: number, length: number];

/** What a run asks of a document. */
export interface Document {
	/** In bytes; it does not change during a run. */
	readonly length: number;
	/** The bytes of each range. */
	read(ranges: Range[]): Eventually<Uint8Array[]>;
	/** The digest of the whole document and a suffix. Of the algorithms that come later, the document is hashed in the same pass. */
	digest(algorithm: string, later: readonly string[], suffix: Uint8Array): Eventually<Uint8Array>;
	/** Lets go of what was kept for the run. */
	end(): void;
}

/** Where a document's pieces go while it is hashed, to be read once only. */
export interface Sink {
	/** Takes the next piece, and is done with it when the promise holds. */
	write(piece: Uint8Array): Eventually<void>;
}

/** The states of hashes behind the document, by algorithm: it is read once, however often its digest is asked for. */
class HashStates {
	readonly #states = new Map<string, DocumentHash>();

	/** Those of the algorithms that are not there yet, to be fed with the document. */
	begin(algorithms: readonly string[]): DocumentHash[] {
		return algorithms
			.filter((algorithm) => !this.#states.has(algorithm))
			.map((algorithm) => {
				const hash = createHash(algorithm);
				this.#states.set(algorithm, hash);
				return hash;
			});
	}

	digest(algorithm: string, suffix: Uint8Array): Uint8Array {
		return (this.#states.get(algorithm) as DocumentHash).digest(suffix);
	}

	end(): void {
		for (const hash of this.#states.values()) hash.end();
		this.#states.clear();
	}
}

/** A document in memory, which answers at once. */
export class MemoryDocument implements Document {
	readonly length: number;
	readonly #bytes: Uint8Array;
	readonly #control: Control;
	readonly #states = new HashStates();

	/** The document that the argument is. Errors: `ERR_ARGUMENT`. */
	constructor(pdf: unknown, control: Control) {
		const bytes = viewOf(pdf);
		if (bytes === undefined) throw argumentError(`the document must be bytes, and is ${typeName(pdf)}`);
		this.#bytes = bytes;
		this.#control = control;
		this.length = bytes.byteLength;
	}

	read(ranges: Range[]): Uint8Array[] {
		return ranges.map(([offset, length]) => this.#bytes.subarray(offset, offset + length));
	}

	digest(algorithm: string, later: readonly string[], suffix: Uint8Array): Uint8Array {
		const hashes = this.#states.begin([algorithm, ...later]);
		for (let at = 0; at < this.length && hashes.length > 0; at += PIECE) {
			this.#control.progress("digest", at, this.length);
			const piece = this.#bytes.subarray(at, at + PIECE);
			for (const hash of hashes) hash.update(piece);
		}
		this.#control.progress("digest", this.length, this.length);
		return this.#states.digest(algorithm, suffix);
	}

	end(): void {
		this.#states.end();
	}

	/** The document and what is appended to it. Errors: `ERR_FILE_CHANGED` where its buffer was given away meanwhile. */
	signed(update: Uint8Array): Bytes {
		if (this.#bytes.byteLength !== this.length) throw fileChanged();
		return asBytes(concat([this.#bytes, update]));
	}
}

/** A document that is read in pieces: for what it is asked, and once whole, for its digests. */
export class StreamedDocument implements Document {
	readonly length: number;
	readonly #source: Source;
	readonly #control: Control;
	#openSink: (() => Promise<Sink | undefined>) | undefined;
	readonly #states = new HashStates();
	#bytesRead = 0;

	/** `openSink` is asked before the document is read whole, when all that can be refused has been checked. */
	constructor(source: Source, control: Control, openSink?: () => Promise<Sink | undefined>) {
		this.#source = source;
		this.#control = control;
		this.#openSink = openSink;
		this.length = source.length;
	}

	async read(ranges: Range[]): Promise<Uint8Array[]> {
		const pieces = await Promise.all(ranges.map(([offset, length]) => this.#source.read(offset, length)));
		for (const piece of pieces) this.#bytesRead += piece.byteLength;
		this.#control.progress("read", Math.min(this.#bytesRead, this.length), this.length);
		return pieces;
	}

	async digest(algorithm: string, later: readonly string[], suffix: Uint8Array): Promise<Uint8Array> {
		const hashes = this.#states.begin([algorithm, ...later]);
		if (hashes.length > 0) await this.#pass(hashes);
		return this.#states.digest(algorithm, suffix);
	}

	end(): void {
		this.#states.end();
	}

	/** Reads the document from front to back. While a piece is hashed here, the one before is written and the next is read elsewhere. */
	async #pass(hashes: DocumentHash[]): Promise<void> {
		const sink = await this.#openSink?.();
		this.#openSink = undefined; // what is read again is not written again
		let done = 0;
		const rest = rests();
		const use = (piece: Uint8Array) => {
			this.#control.progress("digest", done, this.length); // first of all: when it throws, nothing is being written
			const written = sink?.write(piece);
			for (const hash of hashes) hash.update(piece);
			done += piece.byteLength;
			const resting = rest();
			return resting === undefined ? written : Promise.all([written, resting]).then(() => {});
		};
		const useLarge = async (piece: Uint8Array) => {
			for (let at = 0; at < piece.byteLength; at += PIECE) await use(piece.subarray(at, at + PIECE));
		};
		await this.#source.pass((piece) => (piece.byteLength > PIECE ? useLarge(piece) : use(piece)));
		this.#control.progress("digest", this.length, this.length);
		await this.#source.refuseChanged();
	}
}

/** Gives the event loop a turn whenever it had none for a while, even where every piece is there at once. */
function rests(): () => Promise<void> | undefined {
	let rested = performance.now();
	return () => {
		if (performance.now() - rested < TURN_MS) return undefined;
		rested = performance.now();
		return breathe();
	};
}

const TURN_MS = 8;

/** Keeps the document in memory while it is hashed. */
export class Memory implements Sink {
	readonly #bytes: Uint8Array;
	#at = 0;

	constructor(length: number) {
		this.#bytes = new Uint8Array(length);
	}

	write(piece: Uint8Array): void {
		this.#bytes.set(piece, this.#at);
		this.#at += piece.byteLength;
	}

	/** Reads what is not there yet. Errors: `ERR_FILE_CHANGED`. */
	async fill(source: Source, control: Control): Promise<void> {
		if (this.#at === this.#bytes.byteLength) return;
		const rest = rests();
		await source.pass((piece) => {
			control.check();
			this.write(piece);
			return rest();
		});
		await source.refuseChanged();
	}

	/** The document and what is appended to it. */
	signed(update: Uint8Array): Bytes {
		return asBytes(concat([this.#bytes, update]));
	}

	/** The same, while the event loop goes on: to copy a large document takes its time. */
	async signedMeanwhile(update: Uint8Array): Promise<Bytes> {
		const { byteLength } = this.#bytes;
		const signed = new Uint8Array(byteLength + update.byteLength);
		const rest = rests();
		for (let at = 0; at < byteLength; at += PIECE) {
			signed.set(this.#bytes.subarray(at, at + PIECE), at);
			await rest();
		}
		signed.set(update, byteLength);
		return asBytes(signed);
	}
}
