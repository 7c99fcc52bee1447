import { constants } from "node:fs";
import { copyFile, type FileHandle, link, open, realpath, rename, rm, stat } from "node:fs/promises";
import type { Control } from "../control.js";
import type { Sink } from "../document.js";
import type { Copy, Output, OutputOptions } from "../output.js";
import type { Source } from "../source.js";
import { FileSource } from "./file_source.js";
import { syncFolder, temporaryPath } from "./paths.js";
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

	private constructor(source: Source, path: string, replace: boolean, control: Control) {
		this.#source = source;
		this.#path = path;
		this.#temporary = temporaryPath(path);
		this.#replace = replace;
		this.#control = control;
	}

	/** Errors: those of the system, `EEXIST` among them. */
	static async open(source: Source, path: string, { replace = false }: OutputOptions, control: Control): Promise<NewFile> {
		const there = await realpath(path).catch(() => undefined); // replaces a link's target, not the link
		if (there !== undefined && !replace) throw exists(path);
		return new NewFile(source, there ?? path, replace, control);
	}

	async sink(): Promise<Sink | undefined> {
		if (await this.#clone()) return undefined;
		const handle = await open(this.#temporary, "wx");
		this.#handle = handle;
		this.copy = "read";
		return new PieceWriter(handle);
	}

	async commit(update: Uint8Array): Promise<void> {
		const { length } = this.#source;
		const total = length + update.byteLength;
		this.#control.progress("write", 0, total);
		await this.#source.refuseChanged();
		this.#handle ??= await this.#copy();
		this.#control.progress("write", length, total);
		await writeAll(this.#handle, update, length);
		if (this.#source instanceof FileSource) await this.#handle.chmod(this.#source.mode | 0o200);
		await this.#handle.sync();
		this.#control.check();
		await this.#name();
		await syncFolder(this.#path);
		this.#control.progress("write", total, total);
	}

	async end(): Promise<void> {
		await this.#handle?.close();
		await rm(this.#temporary, { force: true });
	}

	/** Lets the file system share the document's blocks with a new file, where it can. */
	async #clone(): Promise<boolean> {
		if (!(this.#source instanceof FileSource)) return false;
		try {
			await copyFile(await this.#source.path(), this.#temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
		} catch {
			await rm(this.#temporary, { force: true });
			return false; // most file systems cannot, and none of the ways in which they say so matters
		}
		this.#handle = await open(this.#temporary, "r+");
		this.copy = "clone";
		return true;
	}

	/** A copy of a document that was hashed before, in another call. */
	async #copy(): Promise<FileHandle> {
		if (await this.#clone()) return this.#handle as FileHandle;
		if (this.#source instanceof FileSource) {
			await copyFile(await this.#source.path(), this.#temporary, constants.COPYFILE_EXCL);
			this.copy = "kernel";
			return open(this.#temporary, "r+");
		}
		const sink = (await this.sink()) as Sink;
		await this.#source.pass((piece) => {
			this.#control.check();
			return sink.write(piece);
		});
		await this.#source.refuseChanged();
		return this.#handle as unknown as FileHandle;
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

function exists(path: string): NodeJS.ErrnoException {
	return Object.assign(new Error(`EEXIST: ${path} exists; give another name, or replace it by \`replace\``), { code: "EEXIST", path });
}
