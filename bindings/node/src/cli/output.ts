import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { link, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Command, Option } from "commander";
import type { FileOutput, OutputOptions } from "../output.js";
import type { SignedFile } from "../signed_file.js";
import { UsageError } from "./failure.js";
import { isSameFile } from "./inputs.js";

/** A file to be made. It appears when it is complete, and not before. */
export class Output {
	readonly path: string;
	readonly options: { replace: boolean };

	/** Errors: usage, where the file exists without `force`, or is one of the inputs. */
	constructor(path: string, { force = false, inputs = [] }: { force?: boolean | undefined; inputs?: string[] } = {}) {
		if (path === "-") throw new UsageError("an output cannot go to standard output; give the name of a file, or ./- for one named -");
		this.path = path;
		this.options = { replace: force };
		if (!existsSync(dirname(path))) throw new UsageError(`there is no folder ${dirname(path)}; make it first`);
		if (inputs.some((input) => isSameFile(input, path))) {
			throw new UsageError(`${path} is an input; give another name for the output, or --in-place`);
		}
		if (!force && existsSync(path)) throw new UsageError(`${path} exists; --force replaces it`);
	}

	/** Makes the file of these bytes, with at most these permissions. */
	async write(bytes: Uint8Array, mode = 0o666): Promise<void> {
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
	/** What is left to do with the signed document. */
	finish(signed: SignedFile): Promise<void>;
}

/** Where the flags say that the signed document goes. Errors: usage. */
export function destination(input: string, flags: DestinationFlags, inputs: string[] = []): Destination {
	const { force, inPlace, output, update } = flags;
	if ([output, inPlace, update].filter((flag) => flag !== undefined).length !== 1) {
		throw new UsageError("give one of --output, --in-place and --update, for where the signature goes");
	}
	if (inPlace && force) throw new UsageError("--force replaces an OUT; leave it out with --in-place");
	if (inPlace) return { name: input, output: input, options: {}, finish: async () => {} };
	const made = new Output((output ?? update) as string, { force, inputs: [input, ...inputs] });
	if (output !== undefined) return { name: output, output, options: made.options, finish: async () => {} };
	return { name: made.path, output: null, options: {}, finish: (signed) => made.write(signed.update) };
}
