import { randomBytes } from "node:crypto";
import {
	chmodSync,
	closeSync,
	constants,
	existsSync,
	fstatSync,
	fsyncSync,
	openSync,
	realpathSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { copyFile } from "node:fs/promises";
import { constants as osConstants } from "node:os";
import { basename, dirname, join } from "node:path";
import { UsageError } from "./failure.js";
import type { FileDocument } from "./file_document.js";
import { timings } from "./timings.js";

/** A file to be made. It appears when it is complete, and not before. */
export class Output {
	readonly path: string;
	readonly #force: boolean;

	/** Errors: usage, where the file exists without `force`, or is one of the inputs. */
	constructor(path: string, { force = false, inputs = [] }: { force?: boolean | undefined; inputs?: string[] } = {}) {
		this.path = existsSync(path) ? realpathSync(path) : path; // replaces a link's target, not the link
		this.#force = force;
		if (!existsSync(dirname(this.path))) throw new UsageError(`there is no folder ${dirname(path)}`);
		if (inputs.some((input) => isSameFile(input, path))) throw new UsageError(`${path} is an input; give another name for the output`);
		this.#refuseExisting();
	}

	/** Makes the file of these bytes. */
	write(bytes: Uint8Array): Promise<void> {
		return this.#make(async (temporary) => writeFileSync(temporary, bytes, { flag: "wx", flush: true }));
	}

	/** Makes the file of a document and what is appended to it. Errors: `ERR_FILE_CHANGED`. */
	append(document: FileDocument, update: Uint8Array): Promise<void> {
		return this.#make(async (temporary) => {
			const stop = timings.start("copyMs");
			await copyFile(document.path, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
			document.refuseChanged();
			chmodSync(temporary, statSync(temporary).mode | 0o200);
			appendTo(temporary, update);
			stop();
		});
	}

	async #make(fill: (temporary: string) => Promise<void>): Promise<void> {
		const temporary = join(dirname(this.path), `.${basename(this.path)}.${randomBytes(6).toString("hex")}`);
		const keep = removeOnSignal(temporary);
		try {
			await fill(temporary);
			this.#refuseExisting();
			renameSync(temporary, this.path);
		} catch (error) {
			rmSync(temporary, { force: true });
			throw error;
		} finally {
			keep();
		}
	}

	#refuseExisting(): void {
		if (!this.#force && existsSync(this.path)) throw new UsageError(`${this.path} exists; --force replaces it`);
	}
}

/** Removes a file when the process is told to end, until the function that it returns is called. */
function removeOnSignal(path: string): () => void {
	const end = (signal: NodeJS.Signals) => {
		rmSync(path, { force: true });
		process.exit(128 + osConstants.signals[signal]);
	};
	const signals: NodeJS.Signals[] = ["SIGHUP", "SIGINT", "SIGTERM"];
	for (const signal of signals) process.once(signal, end);
	return () => {
		for (const signal of signals) process.off(signal, end);
	};
}

function appendTo(path: string, bytes: Uint8Array): void {
	const file = openSync(path, "r+");
	try {
		const end = fstatSync(file).size;
		for (let written = 0; written < bytes.byteLength; ) {
			written += writeSync(file, bytes, written, bytes.byteLength - written, end + written);
		}
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}

function isSameFile(one: string, other: string): boolean {
	if (!existsSync(one) || !existsSync(other)) return false;
	const [a, b] = [statSync(one, { bigint: true }), statSync(other, { bigint: true })];
	return a.dev === b.dev && a.ino === b.ino;
}
