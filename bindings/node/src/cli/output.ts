import { randomUUID } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { link, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Command, Option } from "commander";
import type { FileOutput, OutputOptions } from "../output.js";
import { UsageError } from "./failure.js";
import { isSameFile, STANDARD } from "./inputs.js";

/** A file to be made, which appears when it is complete; or standard output for `-`. */
export class Output {
	readonly path: string;
	readonly options: { replace: boolean };

	/** Errors: usage, if the file exists without `force`, if it is one of the inputs, or if standard output is a terminal. */
	constructor(path: string, { force = false, inputs = [] }: { force?: boolean | undefined; inputs?: string[] } = {}) {
		this.path = path;
		this.options = { replace: force };
		if (this.isStandard) {
			if (process.stdout.isTTY) throw new UsageError("standard output is a terminal; give the name of a file, or pipe the output");
			if (force) throw new UsageError("--force replaces a file; leave it out for standard output");
			return;
		}
		if (!existsSync(dirname(path))) throw new UsageError(`there is no folder ${dirname(path)}; make it first`);
		if (inputs.some((input) => isSameFile(input, path))) {
			throw new UsageError(`${path} is an input; give another name for the output, or --in-place`);
		}
		if (!force && existsSync(path)) throw new UsageError(`${path} exists; --force replaces it`);
	}

	get isStandard(): boolean {
		return this.path === STANDARD;
	}

	/** Stream for what people read: not the one that has the output. */
	get told(): NodeJS.WritableStream {
		return this.isStandard ? process.stderr : process.stdout;
	}

	/** Makes the file of these bytes, with at most these permissions. */
	async write(bytes: Uint8Array, mode = 0o666): Promise<void> {
		if (this.isStandard) return pipeline([bytes], process.stdout, { end: false });
		const temporary = `${this.path}.${randomUUID()}`;
		try {
			await writeFile(temporary, bytes, { flag: "wx", mode, flush: true });
			await (this.options.replace ? rename : link)(temporary, this.path); // a link replaces nothing
		} finally {
			await rm(temporary, { force: true });
		}
	}
}

/** Where a signed document goes, as flags. */
export interface DestinationFlags {
	output?: string;
	inPlace?: boolean;
	update?: string;
	force?: boolean;
}

/** Adds the flags that say where the signed document goes. */
export function addDestinationFlags(command: Command): Command {
	return command
		.addOption(new Option("-o, --output <OUT>", "the signed document"))
		.addOption(new Option("--in-place", "append the signature to IN itself; an interruption loses nothing"))
		.addOption(new Option("--update <file>", "write only what is to be appended to IN"))
		.addOption(new Option("--force", "replace an existing OUT or update"));
}

/** Where a signed document goes. */
export interface Destination {
	/** As people name it. */
	name: string;
	output: FileOutput;
	options: OutputOptions;
	/** Stream for the report. */
	told: NodeJS.WritableStream;
	/** Writes what is left to be written; `document` is the file that was signed or extended. */
	finish(made: { readonly update: Uint8Array }, document: string): Promise<void>;
}

/** Where the flags say that the signed document goes. Errors: usage. */
export function destination(input: string, flags: DestinationFlags, inputs: string[] = []): Destination {
	const { force, inPlace, output, update } = flags;
	if ([output, inPlace, update].filter((flag) => flag !== undefined).length !== 1) {
		throw new UsageError("give one of --output, --in-place and --update, for where the signature goes");
	}
	if (inPlace && force) throw new UsageError("--force replaces an OUT; leave it out with --in-place");
	if (inPlace) {
		if (input === STANDARD) throw new UsageError("--in-place changes a file; give --output for a document on standard input");
		return { name: input, output: input, options: {}, told: process.stdout, finish: async () => {} };
	}
	const made = new Output((output ?? update) as string, { force, inputs: [input, ...inputs] });
	const { options, path, told } = made;
	if (output !== undefined && !made.isStandard) return { name: path, output, options, told, finish: async () => {} };
	const finish = async ({ update }: { readonly update: Uint8Array }, document: string) => {
		if (output !== undefined) await pipeline(createReadStream(document), process.stdout, { end: false });
		await made.write(update);
	};
	return { name: path, output: null, options: {}, told, finish };
}
