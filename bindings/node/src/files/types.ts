import type { Copied, FileLocation, Operation, ResultFrame } from "../frames.js";
import type { OpenFile, Source } from "../source.js";

/** Result of an operation; `bytes` are those that were read. */
export type Result = ResultFrame & { bytes?: Uint8Array };

/** A file that is being filled with the pieces of a document. */
export interface Copy {
	/** Clones and copies of the kernel are complete from the start. */
	readonly copied: Copied;
	/** Takes the next piece, and is done with it when the promise is fulfilled. */
	write(piece: Uint8Array): Promise<void>;
	/** Waits for the disk where it was asked to write meanwhile. */
	end(): Promise<void>;
}

/** Files of one run. */
export interface Disk {
	/** Names a file of the caller for the core. */
	name(file: string | URL | OpenFile): Promise<FileLocation>;
	/** Opens a file to be read, as the core would. */
	open(handle: number, path: string): Promise<void>;
	/** Performs one operation; `bytes` are those to write. */
	perform(operation: Operation, bytes: Uint8Array): Promise<Result>;
	/** The document in an open file. */
	source(handle: number): Promise<Source>;
	/** Begins a copy of a document. Where it is not read for digests as well, the kernel may make it. */
	copy(document: number | undefined, to: number, isRead: boolean): Promise<Copy>;
	/** Closes the files that the core opened. */
	close(): Promise<void>;
}

/** Access to files, where there is a file system. */
export interface Files {
	/** A path as text. */
	pathOf(path: string | URL): string;
	/** Files of a run. */
	disk(): Disk;
}
