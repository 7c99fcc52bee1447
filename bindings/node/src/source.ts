import type { Awaitable } from "./awaitable.js";
import { type ByteInput, typeName, viewOf } from "./bytes.js";
import { type Control, unwatched } from "./control.js";
import { hostError, type RustpdfError } from "./errors.js";

/** A document that is read by ranges, such as one in an object store. */
export interface RangeSource {
	/** The document's length in bytes. */
	readonly size: number;
	/** The bytes from an offset on, exactly as many as asked for. Several are asked for at once. */
	read(offset: number, length: number): Awaitable<ByteInput>;
	/** How many bytes to ask for at a time while the whole document is read; four such pieces are in memory. Default: a mebibyte. */
	readonly pieceLength?: number | undefined;
}

/** A `Blob` or `File`. */
export interface BlobSource {
	readonly size: number;
	slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** An open file: a `FileHandle` of `node:fs/promises`. It is not closed. */
export interface OpenFile {
	readonly fd: number;
	stat(): Promise<unknown>;
}

/** A document in any form that is taken: bytes, a path, an open file, a `Blob`, or whatever can be read by ranges. */
export type DocumentSource = ByteInput | string | URL | OpenFile | RangeSource | BlobSource;

/** A document while it is signed: never whole in memory, unless it came so. */
export interface Source {
	/** In bytes; it does not change. */
	readonly length: number;
	/** So many bytes from an offset on. */
	read(offset: number, length: number): Promise<Uint8Array>;
	/** Hands over all of it from front to back. A piece holds until its use is over. */
	pass(use: (piece: Uint8Array) => Awaitable<void>): Promise<void>;
	/** Errors: `ERR_FILE_CHANGED` where it has changed since it was opened, as far as that can be told. */
	refuseChanged(): void;
}

/** A document that is no file; ranges that do not come are no longer waited for when it is stopped. Errors: `ERR_ARGUMENT`. */
export function openSource(source: unknown, control: Control = unwatched): Source {
	if (isRangeSource(source)) return new RangeReader(source, control);
	if (isBlob(source)) {
		const read = (offset: number, length: number) => source.slice(offset, offset + length).arrayBuffer();
		return new RangeReader({ size: source.size, read }, control);
	}
	const bytes = viewOf(source);
	if (bytes === undefined) throw hostError("argumentType", "the document", "bytes, a path, a file or a source", typeName(source));
	return new BytesSource(bytes);
}

/** Whether an argument names or is a file. */
export function isFile(argument: unknown): argument is string | URL | OpenFile {
	return typeof argument === "string" || isUrl(argument) || isOpenFile(argument);
}

/** Whether an argument is an open file. */
export function isOpenFile(argument: unknown): argument is OpenFile {
	const { fd, stat } = (argument ?? {}) as Partial<OpenFile>;
	return typeof fd === "number" && typeof stat === "function";
}

/** The error for a document that changed since the run began. */
export function fileChanged(): RustpdfError {
	return hostError("sourceChanged", "the document changed while it was being signed");
}

/** How many bytes of a document are in hand at a time. */
export const PIECE: number = 1024 * 1024;

/** Bytes in memory. */
class BytesSource implements Source {
	readonly length: number;
	readonly #bytes: Uint8Array;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.length = bytes.byteLength;
	}

	async read(offset: number, length: number): Promise<Uint8Array> {
		return this.#bytes.subarray(offset, offset + length);
	}

	async pass(use: (piece: Uint8Array) => Awaitable<void>): Promise<void> {
		for (let at = 0; at < this.length; at += PIECE) await use(this.#bytes.subarray(at, at + PIECE));
	}

	/** Errors: `ERR_FILE_CHANGED` where the buffer was given away meanwhile. */
	refuseChanged(): void {
		if (this.#bytes.byteLength !== this.length) throw fileChanged();
	}
}

/** Whatever is read by ranges. */
class RangeReader implements Source {
	readonly length: number;
	readonly #source: RangeSource;
	readonly #control: Control;
	readonly #piece: number;

	/** Errors: `ERR_ARGUMENT`. */
	constructor(source: RangeSource, control: Control) {
		this.#source = source;
		this.#control = control;
		this.length = source.size;
		this.#piece = source.pieceLength ?? PIECE;
		if (!Number.isSafeInteger(this.length) || this.length < 0)
			throw hostError("argumentType", "`size` of the document", "a number of bytes", String(source.size));
		if (!Number.isSafeInteger(this.#piece) || this.#piece < 1)
			throw hostError("argumentType", "`pieceLength` of the document", "a positive integer", String(source.pieceLength));
	}

	async read(offset: number, length: number): Promise<Uint8Array> {
		const piece = viewOf(await this.#control.orStopped(this.#source.read(offset, length)));
		if (piece === undefined) throw hostError("sourceRead", "no bytes");
		if (piece.byteLength !== length) {
			throw hostError("sourceShort", piece.byteLength, length);
		}
		return piece;
	}

	async pass(use: (piece: Uint8Array) => Awaitable<void>): Promise<void> {
		const coming: Promise<Uint8Array>[] = [];
		for (let at = 0; at < this.length || coming.length > 0; ) {
			while (coming.length < IN_FLIGHT && at < this.length) {
				const piece = this.read(at, Math.min(this.#piece, this.length - at));
				piece.catch(() => {}); // it is waited for later, or not at all where an earlier one failed
				coming.push(piece);
				at += this.#piece;
			}
			await use((await coming.shift()) as Uint8Array);
		}
	}

	refuseChanged(): void {
		if (this.#source.size !== this.length) throw fileChanged();
	}
}

// Enough to keep a network busy, with the piece that is being hashed.
const IN_FLIGHT = 3;

function isUrl(argument: unknown): argument is URL {
	return Object.prototype.toString.call(argument) === "[object URL]";
}

function isRangeSource(source: unknown): source is RangeSource {
	const { size, read } = (source ?? {}) as Partial<RangeSource>;
	return typeof size === "number" && typeof read === "function";
}

function isBlob(source: unknown): source is BlobSource {
	const { size, slice } = (source ?? {}) as Partial<BlobSource>;
	return typeof size === "number" && typeof slice === "function" && viewOf(source) === undefined;
}
