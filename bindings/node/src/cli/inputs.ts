import { accessSync, constants, createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { UsageError } from "./failure.js";

/** The name of standard input, or of standard output. */
export const STANDARD = "-";

let isTaken = false;

/** Errors: usage, if standard input is a terminal or serves another argument. */
function takeStandardInput(): void {
	if (process.stdin.isTTY) throw new UsageError("standard input is a terminal; give the name of a file, or pipe one into this command");
	if (isTaken) throw new UsageError(`standard input has one content; only one argument can be ${STANDARD}`);
	isTaken = true;
}

/** The bytes of a small file that the command line names, or of standard input for `-`. Errors: usage. */
export function readInput(path: string): Uint8Array {
	if (path === STANDARD) takeStandardInput();
	try {
		return readFileSync(path === STANDARD ? 0 : path);
	} catch (error) {
		throw new UsageError(`cannot read ${path} (${(error as Error).message})`);
	}
}

/**
 * Makes a document a file: `-` becomes a private copy of standard input, which disappears with this process. Signing reads a document more than
 * once, which a pipe does not permit. Errors: usage.
 */
export async function documentFile(path: string): Promise<string> {
	if (path !== STANDARD) return checkDocument(path);
	takeStandardInput();
	const folder = mkdtempSync(join(tmpdir(), "rustpdf-"));
	process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
	const copy = join(folder, "standard-input.pdf");
	await pipeline(process.stdin, createWriteStream(copy, { mode: 0o600 }));
	return copy;
}

/** Checks that a document exists before a PIN is asked for. Errors: usage. */
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
