// The one pass over a document in a file, and the copy that it makes.

import { read } from "node:fs";
import { constants, copyFile, type FileHandle } from "node:fs/promises";
import { type Awaitable, isPromiseLike } from "../awaitable.js";
import type { Copied } from "../frames.js";
import { fileChanged, type Source } from "../source.js";
import { returnScratch, takeScratch } from "./scratch.js";
import type { Copy } from "./types.js";

/** The document in an open file. */
export async function fileSource(file: FileHandle): Promise<Source> {
	const { size } = await file.stat();
	return {
		length: size,
		async read(offset, length) {
			const bytes = new Uint8Array(length);
			for (let filled = 0; filled < length; ) {
				const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
				if (bytesRead === 0) throw fileChanged();
				filled += bytesRead;
			}
			return bytes;
		},
		async pass(use) {
			const scratch = takeScratch();
			try {
				await passOver(file.fd, size, use, scratch);
			} finally {
				returnScratch(scratch);
			}
		},
		refuseChanged() {}, // the core compares what the system says of the file
	};
}

/**
 * Reads the first `length` bytes of an open file from front to back. While a piece is used, the next one is read.
 *
 * By callbacks: promises for each piece would cost some megabytes of memory more on a file of a gigabyte.
 */
function passOver(fd: number, length: number, use: (piece: Uint8Array) => Awaitable<void>, scratch: Uint8Array): Promise<void> {
	const most = scratch.byteLength / 2;
	let [current, spare] = [scratch.subarray(0, most), scratch.subarray(most)];
	return new Promise((resolve, reject) => {
		let offset = 0;
		let open = 0; // a read and a use, at the most
		let failure: { error: unknown } | undefined;

		/** Goes on when nothing is open: uses what was read, and reads on meanwhile. */
		const turn = () => {
			if (--open > 0) return;
			if (failure !== undefined) return reject(failure.error);
			const piece = current.subarray(0, Math.min(most, length - offset));
			if (piece.byteLength === 0) return resolve();
			offset += piece.byteLength;
			[current, spare] = [spare, current];
			open = 2;
			fill(Math.min(most, length - offset), 0);
			try {
				const using = use(piece);
				if (isPromiseLike(using)) using.then(turn, fail);
				else turn();
			} catch (error) {
				fail(error);
			}
		};
		const fail = (error: unknown) => {
			failure ??= { error };
			turn();
		};
		const fill = (count: number, filled: number) => {
			if (filled === count) return turn();
			read(fd, current, filled, count - filled, offset + filled, (error, bytes) => {
				if (error !== null) fail(error);
				else if (bytes === 0) fail(fileChanged());
				else fill(count, filled + bytes);
			});
		};
		open = 1;
		fill(Math.min(most, length), 0);
	});
}

/**
 * Begins a copy into an open, empty file: a clone where the file system can make one, a copy of the kernel where the document is not read
 * anyway, else by the pieces that are read.
 */
export async function beginCopy(from: FileHandle | undefined, to: FileHandle, isRead: boolean): Promise<Copy> {
	const { mode } = await to.stat();
	for (const [copied, how] of [
		["clone", constants.COPYFILE_FICLONE_FORCE],
		["kernel", 0],
	] as const) {
		if (from === undefined || process.platform !== "linux" || (copied === "kernel" && isRead)) continue;
		try {
			await copyFile(`/proc/self/fd/${from.fd}`, `/proc/self/fd/${to.fd}`, how);
			return { copied, async write() {}, async end() {} };
		} catch {
			if (copied === "kernel") await to.truncate(0); // most file systems cannot clone, and none of the ways in which they say so matters
		} finally {
			await to.chmod(mode & 0o777); // it was given the document's
		}
	}
	return new PieceWriter(to);
}

/** Writes the pieces of a document into a file, one after the other. */
class PieceWriter implements Copy {
	readonly copied: Copied = "read";
	readonly #file: FileHandle;
	#at = 0;
	#unsynced = 0;
	#syncing: Promise<void> | undefined;
	#failure: { error: unknown } | undefined;

	constructor(file: FileHandle) {
		this.#file = file;
	}

	async write(piece: Uint8Array): Promise<void> {
		for (let written = 0; written < piece.byteLength; ) {
			const { bytesWritten } = await this.#file.write(piece, written, piece.byteLength - written, this.#at);
			written += bytesWritten;
			this.#at += bytesWritten;
		}
		this.#unsynced += piece.byteLength;
		if (this.#unsynced < SYNC || this.#syncing !== undefined) return;
		this.#unsynced = 0;
		this.#syncing = this.#file
			.datasync()
			.catch((error) => {
				this.#failure ??= { error };
			})
			.finally(() => {
				this.#syncing = undefined;
			});
	}

	/** Errors: those of the disk meanwhile, which the system reports once, and not where all is synced. */
	async end(): Promise<void> {
		await this.#syncing;
		if (this.#failure !== undefined) throw this.#failure.error;
	}
}

// The disk writes while the rest is read, so that there is little to wait for in the end.
const SYNC = 64 * 1024 * 1024;
