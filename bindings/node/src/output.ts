import type { Copied } from "./frames.js";
import type { Report } from "./generated.js";
import type { OpenFile } from "./source.js";

/**
 * Where the signed document goes: a path or an open file, or with `null` nowhere, and only the update's bytes are returned.
 *
 * The input itself is signed in place. A new file appears under its path when it is complete.
 */
export type FileOutput = string | URL | OpenFile | null;

/** Options of an output. */
export interface OutputOptions {
	/** Replaces an existing file. Default: it is refused (`EEXIST`). */
	replace?: boolean | undefined;
}

/**
 * How the document got into the output: not at all, as a clone that shares its blocks (a reflink), by the kernel, or by the same read
 * that it was hashed by.
 */
export type Copy = Copied;

/** The report of a file, and how the document got into the output. */
export interface FileReport extends Report {
	readonly copy: Copy;
}
