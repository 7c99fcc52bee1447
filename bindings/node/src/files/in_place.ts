import { constants } from "node:fs";
import { access, type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Control } from "../control.js";
import { RustpdfError } from "../errors.js";
import { makeJournal } from "../operations.js";
import type { Output } from "../output.js";
import { fileChanged, isOpenFile, type OpenFile } from "../source.js";
import type { FileSource } from "./file_source.js";
import { apply, Journal } from "./journal.js";

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
	readonly #given: boolean;
	readonly #control: Control;

	private constructor(source: FileSource, path: string, handle: FileHandle, given: boolean, control: Control) {
		this.#source = source;
		this.#path = path;
		this.#handle = handle;
		this.#given = given;
		this.#control = control;
	}

	/** Errors: those of the system, where the file or its folder cannot be written. */
	static async open(source: FileSource, output: string | URL | OpenFile, control: Control): Promise<InPlace> {
		const path = await source.path();
		await access(dirname(path), constants.W_OK);
		if (isOpenFile(output)) return new InPlace(source, path, output as FileHandle, true, control);
		return new InPlace(source, path, await open(path, "r+"), false, control);
	}

	async sink(): Promise<undefined> {}

	async commit(update: Uint8Array): Promise<void> {
		this.#control.progress("write", 0, update.byteLength);
		await this.#source.refuseChanged();
		const { length } = this.#source;
		const tail = Math.min(length, TAIL);
		const bytes = makeJournal(length, await this.#source.read(length - tail, tail), update);
		const journal = await Journal.write(this.#path, bytes);
		// From here on the signature is as good as there: whatever comes, the journal finishes it.
		try {
			await apply(this.#handle, bytes, false);
		} catch (error) {
			// What stands behind the document now was not written here: then nothing was.
			const changed = RustpdfError.is(error, "ERR_JOURNAL_DOCUMENT");
			if (!changed) await apply(this.#handle, bytes, true); // where even that fails, the journal stays
			await journal.remove();
			throw changed ? fileChanged() : error;
		}
		await journal.remove();
		this.#control.progress("write", update.byteLength, update.byteLength);
	}

	async end(): Promise<void> {
		if (!this.#given) await this.#handle.close();
	}
}

// By its last bytes a journal knows its document.
const TAIL = 1024;
