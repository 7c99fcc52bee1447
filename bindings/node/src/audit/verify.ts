import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditRecord } from "../frames.js";
import { digestOf, ENDING, START } from "./chain.js";

/** The end of a chain: kept elsewhere, it proves that no later record is cut off. */
export interface AuditHead {
	/** Name of the file. */
	readonly file: string;
	/** Number of its last record, from 0. */
	readonly sequence: number;
	/** SHA-256 of its last line. */
	readonly digest: string;
}

/** A record, or a file, that is not as it was written. */
export interface AuditFault {
	readonly file: string;
	/** Number of the line, from 1. Absent for a fault of the whole file. */
	readonly line?: number;
	readonly found: string;
}

/** The records of a folder. */
export interface AuditResult {
	/** Number of files and of records. */
	readonly files: number;
	readonly records: number;
	/** Requests without a result: the process ended while the key was asked. */
	readonly unanswered: number;
	/** All that was found. None for records that are whole. */
	readonly faults: AuditFault[];
}

/** The ends of all chains in a folder. Errors: those of the system. */
export function auditHeads(directory: string): AuditHead[] {
	return filesOf(directory).flatMap((file) => {
		const all = linesOf(readFileSync(join(directory, file)));
		const last = all.at(-1);
		return last === undefined ? [] : [{ file, sequence: all.length - 1, digest: digestOf(last) }];
	});
}

/**
 * Checks the records of a folder: each line against the digest in the next one, their numbers, and their times. With `heads`, as `auditHeads` returned
 * them earlier, it finds files that are missing and ends that were cut off, too.
 *
 * Errors: those of the system.
 *
 * @example
 * const { faults } = verifyAudit("/var/log/signing", heads);
 */
export function verifyAudit(directory: string, heads: readonly AuditHead[] = []): AuditResult {
	const files = filesOf(directory);
	const faults: AuditFault[] = [];
	let [records, unanswered] = [0, 0];
	const digests = new Map<string, string[]>();
	for (const file of files) {
		const bytes = readFileSync(join(directory, file));
		const all = linesOf(bytes);
		const checked = new CheckedFile(file, faults);
		for (const [index, line] of all.entries()) checked.take(line, index);
		if (bytes.length > 0 && bytes.at(-1) !== LINE_END) faults.push({ file, line: all.length, found: "the last line is cut off" });
		records += all.length;
		unanswered += checked.open.size;
		digests.set(file, all.map(digestOf));
	}
	for (const { digest, file, sequence } of heads) {
		const found = digests.get(file);
		if (found === undefined) faults.push({ file, found: "the file is missing" });
		else if (sequence >= found.length)
			faults.push({ file, found: `it ends at record ${found.length - 1}, and had ${sequence} when its head was taken` });
		else if (found[sequence] !== digest) faults.push({ file, line: sequence + 1, found: "it is not the record whose head was taken" });
	}
	return { files: files.length, records, unanswered, faults };
}

const LINE_END = 0x0a;

/** A file, line by line. */
class CheckedFile {
	/** Requests without a result so far. */
	readonly open = new Set<number>();
	#previous = START;
	readonly #file: string;
	readonly #faults: AuditFault[];

	constructor(file: string, faults: AuditFault[]) {
		this.#file = file;
		this.#faults = faults;
	}

	take(bytes: Buffer, index: number): void {
		const fault = (found: string) => this.#faults.push({ file: this.#file, line: index + 1, found });
		const record = parse(bytes);
		if (record === undefined) fault("it is no record");
		else {
			if (record.previous !== this.#previous) fault("the line before it is not the one that was there, or is missing");
			if (record.sequence !== index) fault(`its number is ${record.sequence}, and it is in place ${index}`);
			if (record.event === "asked") this.open.add(index);
			else if (!this.open.delete(record.asked as number)) fault("it is the result of no request before it");
		}
		this.#previous = digestOf(bytes);
	}
}

function parse(bytes: Buffer): AuditRecord | undefined {
	try {
		const record: unknown = JSON.parse(bytes.toString());
		return typeof record === "object" && record !== null ? (record as AuditRecord) : undefined;
	} catch {
		return undefined;
	}
}

function filesOf(directory: string): string[] {
	return readdirSync(directory)
		.filter((name) => name.endsWith(ENDING))
		.sort();
}

/** The lines, each with its end. */
function linesOf(bytes: Buffer): Buffer[] {
	const lines: Buffer[] = [];
	for (let at = 0; at < bytes.length; ) {
		const found = bytes.indexOf(LINE_END, at);
		const end = found === -1 ? bytes.length : found + 1;
		lines.push(bytes.subarray(at, end));
		at = end;
	}
	return lines;
}

/** The records of a folder, with their files. For `rustpdf audit match`. */
export function recordsOf(directory: string): { file: string; record: AuditRecord }[] {
	return filesOf(directory).flatMap((file) =>
		linesOf(readFileSync(join(directory, file))).flatMap((line) => {
			const record = parse(line);
			return record === undefined ? [] : [{ file, record }];
		}),
	);
}
