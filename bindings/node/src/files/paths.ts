import { randomBytes } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { open, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { argumentError } from "../errors.js";

/** A path as text. */
export function pathOf(path: string | URL): string {
	return typeof path === "string" ? path : fileURLToPath(path);
}

/** Where the journal of a file lies; `path` is its real one. */
export function journalPath(path: string): string {
	return join(dirname(path), `.${basename(path)}.rustpdf`);
}

/** A free name beside a file, for what becomes it or its journal; it tells whose it is. */
export function temporaryPath(path: string): string {
	return join(dirname(path), `${prefix(path)}${process.pid}-${randomBytes(6).toString("hex")}`);
}

/** Whether a name is that of a temporary file of `path` whose process is gone. */
export function isAbandoned(name: string, path: string): boolean {
	const pid = name.startsWith(prefix(path)) ? /^(\d+)-[0-9a-f]{12}$/.exec(name.slice(prefix(path).length))?.[1] : undefined;
	return pid !== undefined && !isRunning(Number(pid));
}

/** The first part of a temporary's name: fifty characters of the file's, for the longest name there is has no room for more. */
function prefix(path: string): string {
	return `.${[...basename(path)].slice(0, 50).join("")}.rustpdf-`;
}

/** The real path of an open file. Errors: `ERR_ARGUMENT` where the system does not tell it. */
export async function pathOfOpen(fd: number): Promise<string> {
	const path = await realpath(`/proc/self/fd/${fd}`).catch(() => undefined); // Linux
	if (path === undefined) throw argumentError("this system does not tell the path of an open file", "give the path");
	return path;
}

/** Sees to it that the names in the folder of `path` are on the disk. */
export async function syncFolder(path: string): Promise<void> {
	if (process.platform === "win32") return; // it opens no folders, and its journal keeps names
	const folder = await open(dirname(path), "r");
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}

/** Removes a journal if it is still the one that is meant: by its time as well, since numbers of files are given anew. Tells if it was. */
export async function removeOwn(path: string, { ino, mtimeNs }: BigIntStats): Promise<boolean> {
	const found = await stat(path, { bigint: true }).catch(() => undefined);
	if (found?.ino !== ino || found.mtimeNs !== mtimeNs) return false;
	await rm(path, { force: true });
	await syncFolder(path).catch(() => {}); // a journal that comes back does no harm
	return true;
}

/** Whether a process is there. */
export function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code !== "ESRCH";
	}
}
