import { open, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RustpdfError } from "../errors.js";
import { apply } from "./journal.js";
import { isAbandoned, journalPath, pathOf, removeOwn, syncFolder } from "./paths.js";
import type { Recovered } from "./types.js";

/** Finishes an interrupted signing in place by its journal, or takes it back. Errors: `ERR_JOURNAL_DAMAGED`, `ERR_JOURNAL_DOCUMENT`. */
export async function recover(path: string | URL, undo: boolean): Promise<Recovered> {
	const document = await realpath(pathOf(path));
	const journal = journalPath(document);
	const found = await stat(journal, { bigint: true }).catch(() => undefined);
	if (found === undefined) return "nothing";
	if (found.size > MOST)
		throw new RustpdfError("ERR_JOURNAL_DAMAGED", `the journal beside the document has more than ${MOST} bytes; remove it`);
	const handle = await open(document, "r+");
	try {
		const outcome = await apply(handle, await readFile(journal), undo);
		await removeOwn(journal, found.ino);
		await syncFolder(journal);
		return outcome;
	} finally {
		await handle.close();
	}
}

/** Removes what killed processes have left beside a file: outputs and journals that were never completed. */
export async function removeAbandoned(path: string | URL): Promise<void> {
	const given = pathOf(path);
	const target = await realpath(given).catch(() => given);
	for (const name of await readdir(dirname(target))) {
		if (isAbandoned(name, target)) await rm(join(dirname(target), name), { force: true });
	}
}

// An update is a few kilobytes, and with the objects of a large form some megabytes.
const MOST = 64 * 1024 * 1024;
