import type { FileHandle } from "node:fs/promises";
import type { Sink } from "../document.js";
import { writeAll } from "./write_all.js";

/** Writes the pieces of a document into a file, one behind the other. */
export class PieceWriter implements Sink {
	readonly #handle: FileHandle;
	#at = 0;
	#unsynced = 0;
	#syncing: Promise<void> | undefined;
	#failure: { error: unknown } | undefined;

	constructor(handle: FileHandle) {
		this.#handle = handle;
	}

	async write(piece: Uint8Array): Promise<void> {
		await writeAll(this.#handle, piece, this.#at);
		this.#at += piece.byteLength;
		this.#unsynced += piece.byteLength;
		if (this.#unsynced < SYNC || this.#syncing !== undefined) return;
		this.#unsynced = 0;
		this.#syncing = this.#handle
			.datasync()
			.catch((error) => {
				this.#failure ??= { error };
			})
			.finally(() => {
				this.#syncing = undefined;
			});
	}

	/** Sees to it that all is on the disk. What failed meanwhile is raised here: the system tells it once, and not where all is synced. */
	async sync(): Promise<void> {
		await this.#syncing;
		if (this.#failure !== undefined) throw this.#failure.error;
		await this.#handle.sync();
	}
}

// The disk writes while the rest is read, so that there is little to wait for in the end.
const SYNC = 64 * 1024 * 1024;
