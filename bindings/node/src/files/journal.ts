import type { BigIntStats } from "node:fs";
import { type FileHandle, link, open, rename, rm, stat } from "node:fs/promises";
import { unwatched } from "../control.js";
import { StreamedDocument } from "../document.js";
import { RustpdfError } from "../errors.js";
import { drive } from "../machine.js";
import { type Recovery, recover } from "../operations.js";
import type { Source } from "../source.js";
import { journalPath, removeOwn, syncFolder, temporaryPath } from "./paths.js";
import { writeAll } from "./write_all.js";

/** The journal of a signing in place, beside the document. It is there whole and on the disk, or not at all. */
export class Journal {
	readonly #path: string;
	readonly #written: BigIntStats;

	private constructor(path: string, written: BigIntStats) {
		this.#path = path;
		this.#written = written;
	}

	/** Writes the journal of the file at `path`, for whoever may read the file; `check` comes at the last moment. Errors: its own, `ERR_FILE_BUSY` where there is one. */
	static async write(path: string, mode: number, bytes: Uint8Array, check: () => Promise<void>): Promise<Journal> {
		const temporary = temporaryPath(path);
		const handle = await open(temporary, "wx", mode | 0o200);
		try {
			await writeAll(handle, bytes, 0);
			await handle.sync();
			const journal = new Journal(journalPath(path), await handle.stat({ bigint: true }));
			await check();
			await nameOnce(temporary, journal.#path);
			await syncFolder(path).catch(async (error) => {
				await journal.remove();
				throw error;
			});
			return journal;
		} finally {
			await handle.close();
			await rm(temporary, { force: true }).catch(() => {}); // what has another name by now must not fail for this one
		}
	}

	/** Removes it, when the file is whole. Tells whether it was there: somebody else may have finished the signature, or taken it back. */
	remove(): Promise<boolean> {
		return removeOwn(this.#path, this.#written);
	}
}

/** Does to the open file what the core says of its journal, and sees that it is on the disk. */
export async function apply(handle: FileHandle, journal: Uint8Array, undo: boolean): Promise<Recovery["outcome"]> {
	const { payload, result, size } = await compare(handle, journal, undo);
	if (result.offset !== null) await writeAll(handle, payload, result.offset);
	if (result.length < size) await handle.truncate(result.length);
	await handle.sync();
	return result.outcome;
}

/** Whether the update is whole behind the document. Errors: `ERR_JOURNAL_DOCUMENT`. */
export async function isWhole(handle: FileHandle, journal: Uint8Array): Promise<boolean> {
	return (await compare(handle, journal, false)).result.offset === null;
}

/** Gives a file a second name that nothing has yet; where files have one name only, renames it. */
async function nameOnce(from: string, to: string): Promise<void> {
	try {
		await link(from, to);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		const taken = code === "EEXIST" || (await stat(to).catch(() => undefined)) !== undefined;
		if (taken) throw busy();
		if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS") throw error;
		await rename(from, to);
	}
}

/** What is raised where a document has a journal that is not of this signing. */
export function busy(): RustpdfError {
	const found = "another process is signing the document in place, or was interrupted";
	return new RustpdfError("ERR_FILE_BUSY", `${found}; wait for it, or run \`rustpdf recover\``);
}

async function compare(handle: FileHandle, journal: Uint8Array, undo: boolean) {
	const { size } = await handle.stat();
	const document = new StreamedDocument(bareSource(handle, size), unwatched);
	return { ...(await drive(recover(document, journal, undo), document, [], unwatched)), size };
}

function bareSource(handle: FileHandle, length: number): Source {
	return {
		length,
		state: "",
		async read(offset, count) {
			const bytes = new Uint8Array(count);
			const { bytesRead } = await handle.read(bytes, 0, count, offset);
			return bytes.subarray(0, bytesRead); // the core says what is missing
		},
		async pass() {},
		async refuseChanged() {},
		async close() {},
	};
}
