import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { UsageError } from "./failure.js";

/** The bytes of a small file that the command line names. Errors: usage. */
export function readInput(path: string): Uint8Array {
	try {
		return readFileSync(path);
	} catch (error) {
		throw new UsageError(`cannot read ${path} (${(error as Error).message})`);
	}
}

/** Sees to it that a document is there before anybody is asked for a PIN. Errors: usage. */
export function checkDocument(path: string): string {
	try {
		accessSync(path, constants.R_OK);
	} catch (error) {
		throw new UsageError(`cannot read ${path} (${(error as Error).message})`);
	}
	if (!statSync(path).isFile()) throw new UsageError(`${path} is not a regular file`);
	return path;
}

/** Whether two names are of one file. */
export function isSameFile(one: string, other: string): boolean {
	if (!existsSync(one) || !existsSync(other)) return false;
	const [a, b] = [statSync(one, { bigint: true }), statSync(other, { bigint: true })];
	return a.dev === b.dev && a.ino === b.ino;
}
