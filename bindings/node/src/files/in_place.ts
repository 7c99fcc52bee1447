import { constants } from "node:fs";
import { access, type FileHandle, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Control } from "../control.js";
import { RustpdfError } from "../errors.js";
import { makeJournal } from "../operations.js";
import type { Output } from "../output.js";
import { fileChanged } from "../source.js";
import type { FileSource } from "./file_source.js";
import { apply, isWhole, Journal } from "./journal.js";
import { journalPath } from "./paths.js";

/**
 * The file itself. Its bytes are never touched: the update goes behind them by one write.
 *
 * Before it, the update is on the disk in a journal, by which an interrupted write is finished or taken back.
 */
export class InPlace implements Output {
	readonly copy = "none";
	readonly #source: FileSource;
	readonly #path: string;
	readonly #handle: FileHandle;
	readonly #control: Control;

	private constructor(source: FileSource, path: string, handle: FileHandle, control: Control) {
		this.#source = source;
		this.#path = path;
		this.#handle = handle;
		this.#control = control;
	}

	/** Errors: those of the system, where the file cannot be written, or its folder, which takes the journal. */
	static async open(source: FileSource, control: Control): Promise<InPlace> {
		const path = await source.path();
		await access(dirname(path), constants.R_OK | constants.W_OK);
		await stat(journalPath(path)).catch((error) => {
			if (error.code !== "ENOENT") throw error; // the longest names have no room for that of a journal
		});
		// A handle of our own, whatever the caller's may do.
		return new InPlace(source, path, await open(path, "r+"), control);
	}

	async sink(): Promise<undefined> {}

	async commit(update: Uint8Array): Promise<void> {
		this.#control.progress("write", 0, update.byteLength);
		const { length } = this.#source;
		const tail = Math.min(length, TAIL);
		const bytes = makeJournal(length, await this.#source.read(length - tail, tail), update);
		this.#control.progress("write", update.byteLength, update.byteLength); // the last chance to stop it
		const journal = await Journal.write(this.#path, this.#source.mode, bytes, () => this.#source.refuseChanged());
		// From here on the signature is as good as there: whatever comes, the journal finishes it.
		try {
			await apply(this.#handle, bytes, false);
		} catch (error) {
			// What stands behind the document now was not written here: then nothing was.
			const changed = RustpdfError.is(error, "ERR_JOURNAL_DOCUMENT");
			if (!changed) {
				await apply(this.#handle, bytes, true).catch(() => {
					throw error; // and the journal stays
				});
			}
			await journal.remove();
			throw changed ? fileChanged() : error;
		}
		// Where it cannot be removed, it finds the signature whole. Where it is gone, somebody has finished that, or taken it back.
		const own = await journal.remove().catch(() => true);
		if (!own && !(await isWhole(this.#handle, bytes).catch(() => false))) throw fileChanged();
	}

	async end(): Promise<void> {
		await this.#handle.close();
	}
}

// By its last bytes a journal knows its document.
const TAIL = 1024;
