import { type BigIntStats, constants } from "node:fs";
import { open, readdir, realpath, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { RustpdfError } from "../errors.js";
import { apply } from "./journal.js";
import { isAbandoned, journalPath, pathOf, removeOwn } from "./paths.js";
import type { Recovered } from "./types.js";

/** Finishes an interrupted signing in place by its journal, or takes it back. Errors: `ERR_JOURNAL_…`. */
export async function recover(path: string | URL, undo: boolean): Promise<Recovered> {
	const document = await realpath(pathOf(path));
	for (let attempt = 1; ; attempt++) {
		const journal = await readJournal(journalPath(document));
		if (journal === undefined) return "nothing";
		try {
			return await recoverBy(journal, document, undo);
		} catch (error) {
			// Of two that sign at once the later one notices it with its journal written, and removes it at once.
			if (attempt === ATTEMPTS || !RustpdfError.is(error, "ERR_JOURNAL_DOCUMENT")) throw named(error, journalPath(document));
			await setTimeout(ATTEMPT_MS);
		}
	}
}

/** The error with the name of the journal, which most do not see in a folder. */
function named(error: unknown, path: string): unknown {
	if (!(error instanceof RustpdfError) || !error.code.startsWith("ERR_JOURNAL")) return error;
	return new RustpdfError(error.code, `${error.message} (${path})`, { cause: error });
}

async function recoverBy({ bytes, stats }: FoundJournal, document: string, undo: boolean): Promise<Recovered> {
	const handle = await open(document, "r+");
	try {
		refuseForeign(stats, await handle.stat({ bigint: true }));
		const outcome = await apply(handle, bytes, undo);
		await removeOwn(journalPath(document), stats);
		return outcome;
	} finally {
		await handle.close();
	}
}

/**
 * Whoever may write to the folder, but not to the document, could have something appended to it by a journal: it counts from whoever owns
 * the document, and from whoever asks. Errors: `ERR_JOURNAL_OWNER`.
 */
function refuseForeign(journal: BigIntStats, document: BigIntStats): void {
	if (journal.uid === document.uid || Number(journal.uid) === process.geteuid?.()) return;
	const found = "the journal beside the document is another user's, and that user does not own the document";
	const remedy = "see who may write to the folder, then let that user recover the document, or remove the journal";
	throw new RustpdfError("ERR_JOURNAL_OWNER", `${found}; ${remedy}`);
}

interface FoundJournal {
	bytes: Uint8Array;
	stats: BigIntStats;
}

/** A journal, or nothing where there is none: its process may remove it at any time. Errors: those of the system, `ERR_JOURNAL_DAMAGED`. */
async function readJournal(path: string): Promise<FoundJournal | undefined> {
	const handle = await open(path, FLAGS).catch((error) => {
		if (error.code === "ENOENT" || error.code === "ENAMETOOLONG") return undefined;
		throw error.code === "ELOOP" ? damaged() : error;
	});
	if (handle === undefined) return undefined;
	try {
		const stats = await handle.stat({ bigint: true });
		if (!stats.isFile() || stats.size > MOST) throw damaged();
		return { bytes: await handle.readFile(), stats };
	} finally {
		await handle.close();
	}
}

// Neither a link is followed nor a pipe waited for: where everybody may write, it may be anybody's.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

function damaged(): RustpdfError {
	return new RustpdfError("ERR_JOURNAL_DAMAGED", `the journal is no regular file, or has more than ${MOST} bytes; remove it`);
}

/** Removes what killed processes have left beside a file, outputs and journals that were never completed, and tells how many. */
export async function removeAbandoned(path: string | URL): Promise<number> {
	const given = pathOf(path);
	const target = await realpath(given).catch(() => given);
	const names = await readdir(dirname(target)).catch(() => []);
	const abandoned = names.filter((name) => isAbandoned(name, target));
	const removals = abandoned.map((name) => rm(join(dirname(target), name), { force: true }));
	return (await Promise.allSettled(removals)).filter(({ status }) => status === "fulfilled").length; // others' stay
}

// An update is a few kilobytes, and with the objects of a large form some megabytes.
const MOST = 64 * 1024 * 1024;
// A journal is wrong for milliseconds, unless it stays so.
const ATTEMPTS = 20;
const ATTEMPT_MS = 25;
