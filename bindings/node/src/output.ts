import { files } from "#engine";
import { typeName } from "./bytes.js";
import type { Control } from "./control.js";
import type { Sink } from "./document.js";
import { argumentError } from "./errors.js";
import type { Report } from "./generated.js";
import { isFile, type OpenFile, type Source } from "./source.js";

/**
 * Where the signed document goes: a path or an open file, or with `null` nowhere, and only the update's bytes are returned.
 *
 * The input itself is signed in place. A new file appears under its path when it is complete.
 */
export type FileOutput = string | URL | OpenFile | null;

/** What may be said of an output. */
export interface OutputOptions {
	/** Replaces an existing file. Default: it is refused (`EEXIST`). */
	replace?: boolean | undefined;
}

/**
 * How the document got into the output: not at all, as a clone that shares its blocks (a reflink), by the kernel, or by the same read
 * that it was hashed by.
 */
export type Copy = "none" | "clone" | "kernel" | "read";

/** What was done, and how the document got into the output. */
export interface FileReport extends Report {
	readonly copy: Copy;
}

/** Where a signed document goes, while it is made. */
export interface Output {
	/** Known when it is committed. */
	readonly copy: Copy;
	/** Begins, before the document is read whole; its pieces go into what is returned. Where nothing is, they are not needed. */
	sink(): Promise<Sink | undefined>;
	/** Completes the output: it is there, whole and on the disk. */
	commit(update: Uint8Array): Promise<void>;
	/** Lets go of everything; what was not committed leaves no trace. */
	end(): Promise<void>;
}

/** Opens an output for the document of `source`. Errors: `ERR_ARGUMENT`, and what the system says of a file. */
export async function openOutput(source: Source, output: unknown, options: OutputOptions, control: Control): Promise<Output> {
	if (output === null) return new UpdateOnly(source, control); // not where it is forgotten
	if (options.replace !== undefined && typeof options.replace !== "boolean") {
		throw argumentError(`replace must be a boolean, and is ${typeName(options.replace)}`);
	}
	if (!isFile(output)) throw argumentError(`the output must be a path, an open file or null, and is ${typeName(output)}`);
	if (files === undefined) throw argumentError("a file needs a file system", "give null as the output, and append the update yourself");
	return files.openOutput(source, output, options, control);
}

class UpdateOnly implements Output {
	readonly copy = "none";
	readonly #source: Source;
	readonly #control: Control;

	constructor(source: Source, control: Control) {
		this.#source = source;
		this.#control = control;
	}

	async sink(): Promise<undefined> {}

	/** Errors: `ERR_FILE_CHANGED`: the update would not fit. */
	async commit(): Promise<void> {
		this.#control.check();
		await this.#source.refuseChanged();
	}

	async end(): Promise<void> {}
}
