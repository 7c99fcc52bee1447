import type { OpenFile, Source } from "../source.js";

/** A file as a start frame names it: its path, or the number of an open one, and its path where the system tells it. */
export interface NamedFile {
	path?: Uint8Array;
	handle?: number;
}

/** An operation of `store` (docs/protocol.md) as it crosses the border: paths are hexadecimal. */
export interface Operation {
	op: string;
	handle: number;
	path: string;
	access: "read" | "write" | "append";
	mode: number | null;
	owner: number | null;
	group: number | null;
	offset: number;
	length: number;
	from: string;
	to: string;
	identity: string | null;
	prefix: string;
	pid: number | null;
	milliseconds: number;
}

/** Result of an operation; `bytes` are those that were read. */
export type Result = { bytes?: Uint8Array; [field: string]: unknown };

/** How the document got into a copy: not at all, as a clone (a reflink), by the kernel, or by the same read that it was hashed by. */
export type Copied = "none" | "clone" | "kernel" | "read";

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
	name(file: string | URL | OpenFile): Promise<NamedFile>;
	/** Opens a file to be read, as the core would. */
	open(handle: number, path: Uint8Array): Promise<void>;
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
