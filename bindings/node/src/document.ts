import { asBytes, type Bytes, breathe } from "#bytes";
import type { Awaitable } from "./awaitable.js";
import { concat, typeName, viewOf } from "./bytes.js";
import type { Control } from "./control.js";
import { DigestPass, type HashStates } from "./digest.js";
import { hostError } from "./errors.js";
import type { Copy, Disk } from "./files/types.js";
import type { Message } from "./frame.js";
import type { DigestRequest, ReadStep } from "./frames.js";
import { fileChanged, PIECE, type Source } from "./source.js";

/** A document as a run asks for it. */
export interface Document {
	/** The bytes of each range. */
	read(step: ReadStep): Awaitable<Uint8Array[]>;
	/** The answer to a question for digests. */
	digest(step: DigestRequest, suffixes: Uint8Array): Awaitable<Message>;
	/** Errors: `ERR_FILE_CHANGED` where it has changed, as far as that can be told. */
	refuseChanged(): void;
	/** Frees the run's memory. */
	end(): void;
}

/** The common part of all documents: the states of hashes. */
abstract class Hashed {
	protected readonly states: HashStates = new Map();

	end(): void {
		for (const hash of this.states.values()) hash.end();
		this.states.clear();
	}
}

/** A document in memory, which answers at once. */
export class MemoryDocument extends Hashed implements Document {
	readonly length: number;
	readonly #bytes: Uint8Array;
	readonly #control: Control;

	/** The document that the argument is. Errors: `ERR_ARGUMENT`. */
	constructor(pdf: unknown, control: Control) {
		super();
		const bytes = viewOf(pdf);
		if (bytes === undefined) throw hostError("argumentType", "the document", "bytes", typeName(pdf));
		this.#bytes = bytes;
		this.#control = control;
		this.length = bytes.byteLength;
	}

	read({ ranges }: ReadStep): Uint8Array[] {
		return ranges.map(([offset, length]) => this.#bytes.subarray(offset, offset + length));
	}

	digest(step: DigestRequest, suffixes: Uint8Array): Message {
		const pass = new DigestPass(step, this.states, this.length);
		try {
			for (let at = 0; at < this.length && pass.isNeeded; at += PIECE) {
				this.#control.progress(step.progress.phase, at, this.length);
				pass.take(this.#bytes.subarray(at, at + PIECE));
			}
			this.#control.progress(step.progress.phase, this.length, this.length);
			return pass.answer(suffixes, "none");
		} finally {
			pass.end();
		}
	}

	refuseChanged(): void {
		if (this.#bytes.byteLength !== this.length) throw fileChanged();
	}

	/** The same document for another run. */
	again(control: Control): MemoryDocument {
		return new MemoryDocument(this.#bytes, control);
	}

	/** The document and its update. Errors: `ERR_FILE_CHANGED` where its buffer was given away meanwhile. */
	signed(update: Uint8Array): Bytes {
		this.refuseChanged();
		return asBytes(concat([this.#bytes, update]));
	}
}

/** A document that is read in pieces: for each question, and once whole, for its digests and its copy. */
export class StreamedDocument extends Hashed implements Document {
	readonly #source: Source | undefined;
	readonly #disk: Disk | undefined;
	readonly #control: Control;
	readonly #memory: Memory | undefined;
	#bytesRead = 0;

	/** Of a `source`, or in a file that the core opens on the `disk`. In the first pass over it `memory` takes its bytes. */
	constructor(source: Source | undefined, disk: Disk | undefined, control: Control, memory?: Memory) {
		super();
		this.#source = source;
		this.#disk = disk;
		this.#control = control;
		this.#memory = memory;
	}

	async read({ document, ranges }: ReadStep): Promise<Uint8Array[]> {
		const source = await this.#open(document);
		const pieces = await Promise.all(ranges.map(([offset, length]) => source.read(offset, length)));
		for (const piece of pieces) this.#bytesRead += piece.byteLength;
		this.#control.progress("read", Math.min(this.#bytesRead, source.length), source.length);
		return pieces;
	}

	async digest(step: DigestRequest, suffixes: Uint8Array): Promise<Message> {
		const source = await this.#open(step.document);
		const pass = new DigestPass(step, this.states, source.length);
		try {
			const { phase, total } = step.progress;
			if (!pass.isNeeded && step.copy != null) this.#control.progress(phase, 0, total); // the kernel copies without a word
			const copy = step.copy == null ? undefined : await this.#disk?.copy(step.document ?? undefined, step.copy, pass.isNeeded);
			if (pass.isNeeded || copy !== undefined) await this.#pass(source, step.progress, pass, copy);
			await copy?.end();
			return pass.answer(suffixes, copy?.copied ?? "none");
		} finally {
			pass.end();
		}
	}

	refuseChanged(): void {
		this.#source?.refuseChanged();
	}

	/** Reads the document from front to back. While a piece is hashed here, the one before is written and the next is read elsewhere. */
	async #pass(source: Source, { phase, total }: DigestRequest["progress"], pass: DigestPass, copy: Copy | undefined): Promise<void> {
		let done = 0;
		const rest = rests();
		const memory = this.#memory?.begin(source.length);
		const use = (piece: Uint8Array) => {
			this.#control.progress(phase, done, total); // first of all: when it throws, nothing is being written
			const written = copy?.copied === "read" ? copy.write(piece) : undefined;
			memory?.write(piece);
			pass.take(piece);
			done += piece.byteLength;
			const resting = rest();
			return resting === undefined ? written : Promise.all([written, resting]).then(() => {});
		};
		const useLarge = async (piece: Uint8Array) => {
			for (let at = 0; at < piece.byteLength; at += PIECE) await use(piece.subarray(at, at + PIECE));
		};
		const isRead = pass.isNeeded || copy?.copied === "read";
		if (isRead) await source.pass((piece) => (piece.byteLength > PIECE ? useLarge(piece) : use(piece)));
		this.#control.progress(phase, source.length, total);
		source.refuseChanged();
	}

	async #open(handle: number | null | undefined): Promise<Source> {
		return (handle == null ? this.#source : await this.#disk?.source(handle)) as Source;
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
export class Memory {
	#bytes = new Uint8Array();
	#at = 0;

	/** Whether no document was read into it. */
	get isEmpty(): boolean {
		return this.#at === 0;
	}

	/** Begins with a document of so many bytes; nothing where it is there already. */
	begin(length: number): Memory | undefined {
		if (this.#at > 0) return undefined;
		this.#bytes = new Uint8Array(length);
		return this;
	}

	write(piece: Uint8Array): void {
		this.#bytes.set(piece, this.#at);
		this.#at += piece.byteLength;
	}

	/** Reads a document whole. Errors: `ERR_FILE_CHANGED`. */
	static async read(source: Source, control: Control): Promise<Uint8Array> {
		const memory = new Memory();
		memory.begin(source.length);
		const rest = rests();
		await source.pass((piece) => {
			control.check();
			memory.write(piece);
			return rest();
		});
		source.refuseChanged();
		return memory.#bytes;
	}

	/** The document for another run. */
	again(control: Control): MemoryDocument {
		return new MemoryDocument(this.#bytes, control);
	}

	/** The document and its update. */
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
