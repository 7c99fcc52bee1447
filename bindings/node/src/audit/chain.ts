import { createHash, randomBytes } from "node:crypto";
import { fdatasyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AuditRecord } from "../frames.js";

/** What `previous` is in the first line. */
export const START = "0".repeat(64);

/** Ending of the names of audit files. */
export const ENDING = ".jsonl";

/** The audit file of this process in a folder. Each line names the digest of the one before. */
export class Chain {
	readonly #file: number;
	#previous = START;
	#sequence = 0;

	private constructor(folder: string) {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		const start = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
		const name = `${start}-${process.pid}-${randomBytes(4).toString("hex")}${ENDING}`;
		this.#file = openSync(join(folder, name), "ax", 0o600);
	}

	/** The chain of a folder; one in each process. Errors: those of the system. */
	static of(folder: string): Chain {
		const path = resolve(folder);
		let chain = chains.get(path);
		if (chain === undefined) {
			chain = new Chain(path);
			chains.set(path, chain);
		}
		return chain;
	}

	/** Writes a line, and returns its number when the disk has it. Errors: those of the system. */
	append(record: Omit<AuditRecord, "previous" | "sequence" | "time">): number {
		const sequence = this.#sequence;
		const complete: AuditRecord = { previous: this.#previous, sequence, time: new Date().toISOString(), ...record };
		const line = Buffer.from(`${JSON.stringify(complete)}\n`);
		for (let at = 0; at < line.length; ) at += writeSync(this.#file, line, at);
		fdatasyncSync(this.#file);
		this.#previous = digestOf(line);
		this.#sequence++;
		return sequence;
	}
}

const chains = new Map<string, Chain>();

/** SHA-256 in hexadecimal. */
export function digestOf(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}
