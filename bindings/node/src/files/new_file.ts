import { constants } from "node:fs";
import { chmod, copyFile, type FileHandle, link, lstat, open, realpath, rename, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Control } from "../control.js";
import type { Sink } from "../document.js";
import { argumentError } from "../errors.js";
import type { Copy, Output, OutputOptions } from "../output.js";
import type { Source } from "../source.js";
import { FileSource } from "./file_source.js";
import { busy } from "./journal.js";
import { journalPath, syncFolder, temporaryPath } from "./paths.js";
import { PieceWriter } from "./piece_writer.js";
import { writeAll } from "./write_all.js";

/** A file that appears under its path when it is complete. */
export class NewFile implements Output {
	copy: Copy = "none";
	readonly #source: Source;
	readonly #path: string;
	readonly #temporary: string;
	readonly #replace: boolean;
	readonly #control: Control;
	#handle: FileHandle | undefined;
	#writer: PieceWriter | undefined;

	private constructor(source: Source, path: string, replace: boolean, control: Control) {
		this.#source = source;
		this.#path = path;
		this.#temporary = temporaryPath(this.#path);
		this.#replace = replace;
		this.#control = control;
	}

	/** Errors: those of the system, `EEXIST` among them; `ERR_ARGUMENT` where what is to be replaced is no file. */
	static async open(source: Source, path: string, { replace = false }: OutputOptions, control: Control): Promise<NewFile> {
		const named = resolve(path); // wherever the working directory goes
		await refuseJournal(named);
		const there = await lstat(named).catch(() => undefined);
		if (there === undefined) return new NewFile(source, named, replace, control);
		if (!replace) throw exists(path);
		const target = await realpath(named); // replaces what a link leads to, not the link
		await refuseJournal(target);
		if (!(await stat(target)).isFile()) throw argumentError("what the output is to replace is not a regular file", "give another name");
		return new NewFile(source, target, true, control);
	}

	async sink(): Promise<Sink | undefined> {
		if (await this.#copyBy("clone")) return undefined;
		// With the document's permissions from its first byte on; its group is the own one.
		const handle = await open(this.#temporary, "wx", this.#mode);
		this.#handle = handle;
		this.copy = "read";
		this.#writer = new PieceWriter(handle);
		return this.#writer;
	}

	async commit(update: Uint8Array): Promise<void> {
		const { length } = this.#source;
		const total = length + update.byteLength;
		this.#control.progress("write", 0, total);
		if (this.#handle === undefined) await this.#copy();
		this.#control.progress("write", length, total);
		await this.#source.refuseChanged(); // after the copy, which may not be made by the read that hashed the document
		const handle = this.#handle as unknown as FileHandle;
		await writeAll(handle, update, length);
		if (this.#source instanceof FileSource) await handle.chmod(this.#mode);
		await (this.#writer ?? handle).sync();
		this.#control.progress("write", total, total); // the last chance to stop it
		await this.#name();
		await syncFolder(this.#path).catch(() => {}); // it is there: nobody is told otherwise
	}

	async end(): Promise<void> {
		await this.#handle?.close();
		await rm(this.#temporary, { force: true }).catch(() => {}); // what failed before tells more
	}

	/** The permissions are those of the document, but that it can be signed again. */
	get #mode(): number {
		return this.#source instanceof FileSource ? this.#source.mode | 0o200 : 0o666;
	}

	/** A copy of a document that was hashed before, in another call. */
	async #copy(): Promise<void> {
		if ((await this.#copyBy("clone")) || (await this.#copyBy("kernel"))) return;
		const sink = (await this.sink()) as Sink;
		await this.#source.pass((piece) => {
			this.#control.check();
			return sink.write(piece);
		});
	}

	/** Has the document copied by the system, where it can: as a clone, which shares its blocks, or byte by byte. */
	async #copyBy(copy: "clone" | "kernel"): Promise<boolean> {
		if (!(this.#source instanceof FileSource)) return false;
		const how = copy === "clone" ? constants.COPYFILE_FICLONE_FORCE : 0;
		try {
			await copyFile(await this.#source.path(), this.#temporary, constants.COPYFILE_EXCL | how);
			await chmod(this.#temporary, this.#mode);
			this.#handle = await open(this.#temporary, "r+");
		} catch {
			await rm(this.#temporary, { force: true });
			return false; // most file systems cannot clone, and none of the ways in which they say so matters
		}
		this.copy = copy;
		return true;
	}

	/** Gives the file its name. */
	async #name(): Promise<void> {
		if (this.#replace) return rename(this.#temporary, this.#path);
		try {
			await link(this.#temporary, this.#path); // unlike a renaming, it never replaces what has come to be there meanwhile
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === "EEXIST") throw exists(this.#path);
			if ((await stat(this.#path).catch(() => undefined)) !== undefined) throw exists(this.#path);
			await rename(this.#temporary, this.#path); // where a file has one name only
		}
	}
}

/** What was interrupted there would be taken for one of the new file. Errors: `ERR_FILE_BUSY`. */
async function refuseJournal(path: string): Promise<void> {
	if ((await lstat(journalPath(path)).catch(() => undefined)) !== undefined) throw busy();
}

function exists(path: string): NodeJS.ErrnoException {
	return Object.assign(new Error(`EEXIST: ${path} exists; give another name, or replace it by \`replace\``), { code: "EEXIST", path });
}
