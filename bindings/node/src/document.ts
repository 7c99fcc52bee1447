import { asBytes, type Bytes, createHash, type DocumentHash } from "#engine";
import { type ByteInput, concat, typeName, viewOf } from "./bytes.js";
import { argumentError, RustpdfError } from "./errors.js";
import type { Eventually } from "./eventually.js";

/** Where bytes are: offset and length. */
export type Range = [offset: number, length: number];

/** What a run asks of a document. */
export interface Document {
	/** In bytes; it does not change during a run. */
	readonly length: number;
	/** The bytes of each range. */
	read(ranges: Range[]): Eventually<Uint8Array[]>;
	/** The digest of the whole document and a suffix. */
	digest(algorithm: string, suffix: Uint8Array): Eventually<Uint8Array>;
	/** Lets go of what was kept for the run. */
	end(): void;
}

/** A document that is read by ranges, such as one in an object store. */
export interface RangeSource {
	/** The document's length in bytes. */
	readonly size: number;
	/** The bytes from an offset on, exactly as many as asked for. */
	read(offset: number, length: number): Eventually<ByteInput>;
}

/** A `Blob` or `File`. */
export interface BlobSource {
	readonly size: number;
	slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A document in any form that is taken. */
export type DocumentSource = ByteInput | RangeSource | BlobSource;

/** A document in memory. */
export class MemoryDocument implements Document {
	readonly length: number;
	readonly #bytes: Uint8Array;
	readonly #hashes = new Map<string, DocumentHash>();

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.length = bytes.byteLength;
	}

	/** The document that the argument is. Errors: `ERR_ARGUMENT`. */
	static of(pdf: unknown): MemoryDocument {
		const bytes = viewOf(pdf);
		if (bytes === undefined) throw argumentError(`the document must be bytes, and is ${typeName(pdf)}`);
		return new MemoryDocument(bytes);
	}

	read(ranges: Range[]): Uint8Array[] {
		return ranges.map(([offset, length]) => this.#bytes.subarray(offset, offset + length));
	}

	digest(algorithm: string, suffix: Uint8Array): Uint8Array {
		let hash = this.#hashes.get(algorithm);
		if (hash === undefined) {
			hash = createHash(algorithm);
			this.#hashes.set(algorithm, hash);
			for (let at = 0; at < this.length; at += PIECE) hash.update(this.#bytes.subarray(at, at + PIECE));
		}
		return hash.digest(suffix);
	}

	end(): void {
		for (const hash of this.#hashes.values()) hash.end();
		this.#hashes.clear();
	}

	/** The document in memory: itself. */
	whole(): MemoryDocument {
		return this;
	}

	/** The document and what is appended to it. Errors: `ERR_FILE_CHANGED` where its buffer was given away meanwhile. */
	signed(update: Uint8Array): Bytes {
		if (this.#bytes.byteLength !== this.length) throw fileChanged();
		return asBytes(concat([this.#bytes, update]));
	}
}

/** A document that is read by ranges, and whole only for its digest: an error is found before that. */
export class RangeDocument implements Document {
	readonly length: number;
	readonly #source: RangeSource;
	#whole: MemoryDocument | undefined;

	constructor(source: RangeSource) {
		this.#source = source;
		this.length = source.size;
	}

	read(ranges: Range[]): Eventually<Uint8Array[]> {
		return this.#whole?.read(ranges) ?? Promise.all(ranges.map(([offset, length]) => this.#piece(offset, length)));
	}

	async digest(algorithm: string, suffix: Uint8Array): Promise<Uint8Array> {
		return (await this.whole()).digest(algorithm, suffix);
	}

	end(): void {
		this.#whole?.end();
	}

	/** The document in memory; read once. Errors: `ERR_FILE_CHANGED` where the source has another size meanwhile. */
	async whole(): Promise<MemoryDocument> {
		this.#whole ??= new MemoryDocument(await this.#piece(0, this.length));
		if (this.#source.size !== this.length) throw fileChanged();
		return this.#whole;
	}

	/** The document and what is appended to it. */
	async signed(update: Uint8Array): Promise<Bytes> {
		return (await this.whole()).signed(update);
	}

	async #piece(offset: number, length: number): Promise<Uint8Array> {
		const piece = viewOf(await this.#source.read(offset, length));
		if (piece === undefined) throw argumentError("the source's `read` gave no bytes");
		if (piece.byteLength !== length) {
			const found = `the source's \`read\` gave ${piece.byteLength} bytes where ${length} were asked for`;
			throw new RustpdfError("ERR_ANSWER_LENGTH", `${found}; answer with exactly the bytes asked for`);
		}
		return piece;
	}
}

/** The document that a source is. Errors: `ERR_ARGUMENT`. */
export function documentOf(source: unknown): MemoryDocument | RangeDocument {
	if (isBlob(source)) {
		return new RangeDocument({ size: source.size, read: (offset, length) => source.slice(offset, offset + length).arrayBuffer() });
	}
	return isRangeSource(source) ? new RangeDocument(source) : MemoryDocument.of(source);
}

/** What is raised where a document is not what it was when the run began. */
export function fileChanged(): RustpdfError {
	return new RustpdfError(
		"ERR_FILE_CHANGED",
		"the document changed while it was being signed; sign it again, and let nothing else write to it meanwhile",
	);
}

// Hashing in small pieces keeps them in the processor's cache, and the core's memory small where it hashes.
const PIECE = 64 * 1024;

function isRangeSource(source: unknown): source is RangeSource {
	const { size, read } = (source ?? {}) as Partial<RangeSource>;
	return typeof size === "number" && typeof read === "function";
}

function isBlob(source: unknown): source is BlobSource {
	const { size, slice } = (source ?? {}) as Partial<BlobSource>;
	return typeof size === "number" && typeof slice === "function" && viewOf(source) === undefined;
}
