// Files by `node:fs`.

import type { Control } from "../control.js";
import type { Output, OutputOptions } from "../output.js";
import { isOpenFile, type OpenFile, type Source } from "../source.js";
import { FileSource } from "./file_source.js";
import { HandleOutput } from "./handle_output.js";
import { InPlace } from "./in_place.js";
import { FileLedger } from "./ledger.js";
import { NewFile } from "./new_file.js";
import { pathOf } from "./paths.js";
import { recover } from "./recover.js";
import type { Files } from "./types.js";

/** What there is where there is a file system. */
export const files: Files | undefined = {
	openSource: (file) => FileSource.open(file),
	openOutput,
	recover,
	openLedger: (path) => FileLedger.open(path),
};

async function openOutput(source: Source, output: string | URL | OpenFile, options: OutputOptions, control: Control): Promise<Output> {
	if (source instanceof FileSource && (await source.isFile(output))) return InPlace.open(source, control);
	if (isOpenFile(output)) return HandleOutput.open(source, output, control);
	return NewFile.open(source, pathOf(output), options, control);
}
