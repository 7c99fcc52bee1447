import type { Control } from "../control.js";
import type { Job } from "../many.js";
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
	/** Opens the ledger of a batch, or begins one. */
	openLedger(path: string | URL): Promise<Ledger>;
}

/** What a batch has done. */
export interface Ledger {
	/** Looks a document up. */
	begin(job: Job, options: OutputOptions): Promise<Note>;
	close(): Promise<void>;
}

/** A document's place in a ledger. */
export interface Note {
	/** Whether it was signed before. */
	readonly done: boolean;
	/** Notes that its output is about to be committed. */
	committing(length: number, update: Uint8Array): Promise<void>;
	/** Notes that it is signed. */
	signed(): Promise<void>;
}

/** What became of a file: nothing was to be done, it is signed, or it is what it was. */
export type Recovered = "nothing" | "signed" | "original";
