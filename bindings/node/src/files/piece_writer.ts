import type { FileHandle } from "node:fs/promises";
import type { Sink } from "../document.js";
import { writeAll } from "./write_all.js";

/** Writes the pieces of a document into a file, one behind the other. */
export class PieceWriter implements Sink {
	readonly #handle: FileHandle;
	#at = 0;
	#unsynced = 0;
	#syncing: Promise<void> | undefined;

	constructor(handle: FileHandle) {
		this.#handle = handle;
	}

	async write(piece: Uint8Array): Promise<void> {
		await writeAll(this.#handle, piece, this.#at);
		this.#at += piece.byteLength;
		this.#unsynced += piece.byteLength;
		if (this.#unsynced < SYNC || this.#syncing !== undefined) return;
		this.#unsynced = 0;
		// What fails here fails again where all is synced.
		this.#syncing = this.#handle
			.datasync()
			.catch(() => {})
			.finally(() => {
				this.#syncing = undefined;
			});
	}
}

// The disk writes while the rest is read, so that there is little to wait for in the end.
const SYNC = 64 * 1024 * 1024;
