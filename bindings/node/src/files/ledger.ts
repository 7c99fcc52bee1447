import { type FileHandle, open, stat } from "node:fs/promises";
import { argumentError } from "../errors.js";
import type { Job } from "../many.js";
import type { OutputOptions } from "../output.js";
import { fileChanged, isOpenFile } from "../source.js";
import { FileSource } from "./file_source.js";
import { pathOf } from "./paths.js";
import type { Ledger, Note } from "./types.js";

/** A line of a ledger. */
interface Line {
	id: string;
	state: "signing" | "signed";
	/** Of the document, and of the signed one, in bytes. */
	length?: number;
	signedLength?: number;
}

/**
 * What a batch has done, in a file of JSON lines: one before a document's output is committed, one after.
 *
 * The first tells of a batch that was interrupted between the two whether the output was made: by its length.
 */
export class FileLedger implements Ledger {
	readonly #handle: FileHandle;
	readonly #lines: Map<string, Line>;
	readonly #begun = new Set<string>();

	private constructor(handle: FileHandle, lines: Map<string, Line>) {
		this.#handle = handle;
		this.#lines = lines;
	}

	/** Errors: `ERR_ARGUMENT` where the file is no ledger. */
	static async open(path: string | URL): Promise<FileLedger> {
		const handle = await open(path, "a+");
		try {
			const text = (await handle.readFile("utf8")).split("\n");
			const cut = text.pop() as string; // what was cut short by an interruption was not said
			if (cut !== "") await handle.appendFile("\n");
			return new FileLedger(handle, new Map(text.filter(Boolean).flatMap((line) => parse(line))));
		} catch (error) {
			await handle.close();
			throw error;
		}
	}

	async begin(job: Job, { replace }: OutputOptions): Promise<Note> {
		const id = job.id ?? idOf(job);
		if (this.#begun.has(id)) throw argumentError(`there are two documents with the id ${id}; give each its own`);
		this.#begun.add(id);
		const line = this.#lines.get(id);
		const signed = () => this.#write({ id, state: "signed" });
		const committing = async (length: number, update: Uint8Array) => {
			await this.#write({ id, state: "signing", length, signedLength: length + update.byteLength });
			await this.#handle.datasync();
		};
		const done = line?.state === "signed" || (line !== undefined && (await wasMade(line, job, replace)));
		if (done && line?.state !== "signed") await signed();
		return { done, committing, signed };
	}

	async close(): Promise<void> {
		await this.#handle.close();
	}

	async #write(line: Line): Promise<void> {
		await this.#handle.appendFile(`${JSON.stringify(line)}\n`);
	}
}

/** Whether an interrupted signing got as far as its output. Errors: `ERR_FILE_CHANGED`. */
async function wasMade(line: Line, { input, output }: Job, replace = false): Promise<boolean> {
	if (output === null || isOpenFile(output)) return false;
	// Where the output is the input, opening it finishes what was interrupted.
	if (typeof input === "string" || input instanceof URL) await (await FileSource.open(input)).close();
	const there = await stat(pathOf(output)).catch(() => undefined);
	if (there?.size === line.signedLength) return true;
	if (there === undefined || there.size === line.length || replace) return false;
	throw fileChanged();
}

function idOf({ input, output }: Job): string {
	const path = [output, input].find((file) => typeof file === "string" || file instanceof URL);
	if (path === undefined) throw argumentError("a document without a path needs an `id` in a ledger");
	return pathOf(path as string | URL);
}

function parse(text: string): [string, Line][] {
	try {
		const line = JSON.parse(text) as Line;
		if (typeof line.id === "string" && (line.state === "signing" || line.state === "signed")) return [[line.id, line]];
	} catch {} // a line that was cut short, and gone on behind
	if (text.startsWith('{"id":')) return [];
	throw argumentError("the file is no ledger of signatures; give another name");
}
