import type { Control } from "../control.js";
import type { Output, OutputOptions } from "../output.js";
import type { OpenFile, Source } from "../source.js";

/** What there is where there is a file system. */
export interface Files {
	/** Opens a file to be signed. An interrupted signing in place is finished first. */
	openSource(file: string | URL | OpenFile): Promise<Source>;
	/** Opens an output: in place where it is the file of `source`. */
	openOutput(source: Source, output: string | URL | OpenFile, options: OutputOptions, control: Control): Promise<Output>;
	/** Finishes an interrupted signing in place, or takes it back. */
	recover(path: string | URL, undo: boolean): Promise<Recovered>;
}

/** What became of a file: nothing was to be done, it is signed, or it is what it was. */
export type Recovered = "nothing" | "signed" | "original";
