// Files by `node:fs`.

import { type FileHandle, open, realpath } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { FileLocation, Operation } from "../frames.js";
import { isOpenFile, type OpenFile, type Source } from "../source.js";
import { perform } from "./disk.js";
import { beginCopy, fileSource } from "./pass.js";
import type { Copy, Disk, Files, Result } from "./types.js";

/** Access to files. */
export const files: Files | undefined = {
	pathOf: (path) => (typeof path === "string" ? path : fileURLToPath(path)),
	disk: () => new OpenFiles(),
};

/** The open files of a run: those of the caller from 0 on, those of the core from 16 on. */
class OpenFiles implements Disk {
	readonly #files = new Map<number, FileHandle>();

	async name(file: string | URL | OpenFile): Promise<FileLocation> {
		if (!isOpenFile(file)) return { path: Buffer.from(files?.pathOf(file) as string).toString("hex") };
		const handle = this.#files.size;
		this.#files.set(handle, file as FileHandle);
		const path = await realpath(`/proc/self/fd/${file.fd}`, { encoding: "buffer" }).catch(() => undefined); // only Linux has it
		return { handle, ...(path !== undefined && { path: path.toString("hex") }) };
	}

	async open(handle: number, path: string): Promise<void> {
		this.#files.set(handle, await open(Buffer.from(path, "hex"), "r"));
	}

	perform(operation: Operation, bytes: Uint8Array): Promise<Result> {
		return perform(this.#files, operation, bytes);
	}

	source(handle: number): Promise<Source> {
		return fileSource(this.#file(handle));
	}

	copy(document: number | undefined, to: number, isRead: boolean): Promise<Copy> {
		// The system copies into a file by opening it again: one of the caller's may not permit that.
		const from = document === undefined || to < OWN ? undefined : this.#file(document);
		return beginCopy(from, this.#file(to), isRead);
	}

	async close(): Promise<void> {
		for (const [handle, file] of this.#files) if (handle >= OWN) await file.close();
		this.#files.clear();
	}

	#file(handle: number): FileHandle {
		return this.#files.get(handle) as FileHandle;
	}
}

const OWN = 16;
