import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { argumentError } from "../errors.js";
import type { Job } from "../many.js";
import type { OutputOptions } from "../output.js";
import { fileChanged, isOpenFile } from "../source.js";
import { FileSource } from "./file_source.js";
import { isRunning, pathOf } from "./paths.js";
import type { Ledger, Note } from "./types.js";

/** A line of a ledger. */
interface Line {
	id: string;
	state: "signing" | "signed";
	/** Of the document, and of the signed one, in bytes. */
	length?: number;
	signedLength?: number;
	/** SHA-256 of the update, in hexadecimal: from run to run it has the same length. */
	update?: string;
}

/**
 * What a batch has done, in a file of JSON lines: one before a document's output is committed, one after.
 *
 * The first tells of a batch that was interrupted between the two whether the output was made: by its length.
 */
export class FileLedger implements Ledger {
	readonly #handle: FileHandle;
	readonly #lock: string;
	readonly #lines: Map<string, Line>;
	readonly #begun = new Set<string>();

	private constructor(handle: FileHandle, lock: string, lines: Map<string, Line>) {
		this.#handle = handle;
		this.#lock = lock;
		this.#lines = lines;
	}

	/** Errors: `ERR_ARGUMENT` where the file is no ledger, or another batch uses it. */
	static async open(given: string | URL): Promise<FileLedger> {
		const path = resolve(pathOf(given));
		const lock = `${path}.lock`;
		await takeLock(lock);
		const handle = await open(path, "a+").catch(async (error) => {
			await rm(lock, { force: true });
			throw error;
		});
		try {
			const text = (await handle.readFile("utf8")).split("\n");
			const cut = text.pop() as string; // what was cut short by an interruption was not said
			if (cut !== "") await handle.appendFile("\n");
			return new FileLedger(handle, lock, new Map(text.filter(Boolean).flatMap((line) => parse(line))));
		} catch (error) {
			await handle.close();
			await rm(lock, { force: true });
			throw error;
		}
	}

	async begin(job: Job, { replace }: OutputOptions): Promise<Note> {
		if (job.output === null || isOpenFile(job.output)) throw argumentError("a ledger cannot tell of an output without a path", "give one");
		const id = job.id ?? pathOf(job.output);
		if (this.#begun.has(id)) throw argumentError(`there are two documents with the id ${id}`, "give each its own");
		this.#begun.add(id);
		const line = this.#lines.get(id);
		const signed = () => this.#write({ id, state: "signed" });
		const committing = async (length: number, update: Uint8Array) => {
			await this.#write({ id, state: "signing", length, signedLength: length + update.byteLength, update: sha256(update) });
			await this.#handle.datasync();
		};
		const done = line?.state === "signed" || (line !== undefined && (await wasMade(line, job, replace)));
		if (done && line?.state !== "signed") await signed();
		return { done, committing, signed };
	}

	async close(): Promise<void> {
		await this.#handle.close();
		await rm(this.#lock, { force: true });
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
	const path = pathOf(output);
	const there = await stat(path).catch(() => undefined);
	if (there?.size === line.signedLength && (await endsWith(path, line))) return true;
	if (there === undefined || there.size === line.length || replace) return false;
	throw fileChanged();
}

/** Whether a file ends with the update of a line. Ledgers of old do not say. */
async function endsWith(path: string, { length = 0, signedLength = 0, update }: Line): Promise<boolean> {
	if (update === undefined) return true;
	const handle = await open(path, "r");
	try {
		const bytes = new Uint8Array(Math.max(0, signedLength - length));
		const { bytesRead } = await handle.read(bytes, 0, bytes.byteLength, length);
		return sha256(bytes.subarray(0, bytesRead)) === update;
	} finally {
		await handle.close();
	}
}

function sha256(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}

/** Takes a lock: a file with the number of its process. One whose process is gone is nobody's. Errors: `ERR_ARGUMENT`. */
async function takeLock(path: string): Promise<void> {
	for (;;) {
		try {
			await writeFile(path, String(process.pid), { flag: "wx" });
			return;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
		}
		const owner = Number(await readFile(path, "utf8").catch(() => ""));
		if (owner > 0 && isRunning(owner)) throw argumentError("another batch uses the ledger", "wait for it, or give another name");
		await rm(path, { force: true });
	}
}

function parse(text: string): [string, Line][] {
	try {
		const line = JSON.parse(text) as Line;
		if (typeof line.id === "string" && (line.state === "signing" || line.state === "signed")) return [[line.id, line]];
	} catch {} // a line that was cut short, and gone on behind
	if (text.startsWith('{"id":')) return [];
	throw argumentError("the file is no ledger of signatures", "give another name");
}
