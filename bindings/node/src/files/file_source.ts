import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { argumentError } from "../errors.js";
import type { Eventually } from "../eventually.js";
import { fileChanged, isOpenFile, type OpenFile, type Source } from "../source.js";
import { passOver } from "./pass.js";
import { pathOf, pathOfOpen } from "./paths.js";
import { recover } from "./recover.js";

/** A document in a file: it never lies in memory. */
export class FileSource implements Source {
	readonly length: number;
	readonly #handle: FileHandle;
	readonly #opened: BigIntStats;
	/** The real path; not known of an open file before it is asked for. */
	#path: string | undefined;
	readonly #given: boolean;

	private constructor(handle: FileHandle, opened: BigIntStats, path: string | undefined, given: boolean) {
		this.length = Number(opened.size);
		this.#handle = handle;
		this.#opened = opened;
		this.#path = path;
		this.#given = given;
	}

	/** Opens a file to be signed. An interrupted signing in place is finished first. */
	static async open(file: string | URL | OpenFile): Promise<FileSource> {
		if (isOpenFile(file)) {
			const path = await pathOfOpen(file.fd).catch(() => undefined);
			if (path !== undefined) await recover(path, false);
			return FileSource.#of(file as FileHandle, path, true);
		}
		await recover(file, false);
		return FileSource.openToRead(file);
	}

	/** Opens a file as it is, not to be signed. */
	static async openToRead(file: string | URL): Promise<FileSource> {
		const path = await realpath(pathOf(file));
		const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // a pipe would be waited for
		try {
			return await FileSource.#of(handle, path, false);
		} catch (error) {
			await handle.close();
			throw error;
		}
	}

	static async #of(handle: FileHandle, path: string | undefined, given: boolean): Promise<FileSource> {
		const opened = await handle.stat({ bigint: true });
		if (!opened.isFile()) throw argumentError("the document is not a regular file");
		return new FileSource(handle, opened, path, given);
	}

	/** The permissions of the file. */
	get mode(): number {
		return Number(this.#opened.mode) & 0o777;
	}

	/** The real path. Errors: `ERR_ARGUMENT` where the system does not tell that of an open file. */
	async path(): Promise<string> {
		this.#path ??= await pathOfOpen(this.#handle.fd);
		return this.#path;
	}

	/** Whether an output is this very file. */
	async isFile(output: string | URL | OpenFile): Promise<boolean> {
		const other = isOpenFile(output)
			? await (output as FileHandle).stat({ bigint: true })
			: await stat(pathOf(output), { bigint: true }).catch(() => undefined);
		return other !== undefined && isSame(other, this.#opened);
	}

	get state(): string {
		const { ctimeNs, dev, ino, mtimeNs, size } = this.#opened;
		return [dev, ino, size, mtimeNs, ctimeNs].join(" "); // what was written to may have been given its old time again
	}

	async read(offset: number, length: number): Promise<Uint8Array> {
		const bytes = new Uint8Array(length);
		await this.#fill(bytes, offset);
		return bytes;
	}

	pass(use: (piece: Uint8Array) => Eventually<void>): Promise<void> {
		return passOver(this.#handle.fd, this.length, use);
	}

	/** Errors: `ERR_FILE_CHANGED` where the file is not as it was, or its path leads to another one. */
	async refuseChanged(): Promise<void> {
		const now = await this.#handle.stat({ bigint: true });
		if (now.size !== this.#opened.size || now.mtimeNs !== this.#opened.mtimeNs) throw fileChanged();
		if (this.#path === undefined) return;
		const there = await stat(this.#path, { bigint: true }).catch(() => undefined);
		if (there === undefined || !isSame(there, this.#opened)) throw fileChanged();
	}

	async close(): Promise<void> {
		if (!this.#given) await this.#handle.close();
	}

	async #fill(buffer: Uint8Array, offset: number): Promise<Uint8Array> {
		for (let filled = 0; filled < buffer.byteLength; ) {
			const { bytesRead } = await this.#handle.read(buffer, filled, buffer.byteLength - filled, offset + filled);
			if (bytesRead === 0) throw fileChanged();
			filled += bytesRead;
		}
		return buffer;
	}
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
	return one.dev === other.dev && one.ino === other.ino;
}
