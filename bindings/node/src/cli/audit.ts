import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { type AuditHead, auditHeads, verifyAudit } from "../audit/index.js";
import { matchAudit, type StoreEvent, storeEvents } from "../audit/match.js";
import { UsageError } from "./failure.js";
import { readInput } from "./inputs.js";
import { print } from "./print.js";
import { printable, toJson } from "./text.js";

interface AuditFlags {
	heads?: string;
	log?: string[];
	within?: number;
	json?: boolean;
}

/** `rustpdf audit heads`, `verify` and `match`. */
export function addAudit(program: Command): void {
	const audit = program.command("audit").description("Checks the records that --audit leaves of each request to a key.");
	audit
		.command("heads")
		.description("Prints the end of each chain as JSON. Kept elsewhere, it proves later that nothing was cut off.")
		.argument("<DIR>", "the audit folder")
		.action((directory: string) => void process.stdout.write(`${toJson(reading(() => auditHeads(directory)))}\n`));
	audit
		.command("verify")
		.description(
			"Finds records that were altered, left out or moved; by the heads also ends that were cut off, and files that are missing.",
		)
		.argument("<DIR>", "the audit folder")
		.option("--heads <file>", "what `rustpdf audit heads` printed earlier")
		.option("--json", "tell what was found as JSON")
		.action(runVerify);
	audit
		.command("match")
		.description("Holds the records against the log of the key store: signatures that only one of them knows are printed.")
		.argument("<DIR>", "the audit folder")
		.requiredOption(
			"--log <file...>",
			"log of the store as JSON: AWS CloudTrail, Azure Key Vault (AuditEvent), Google Cloud Audit Logs, OpenBao or Vault",
		)
		.option("--within <seconds>", "how far the two times may lie apart", Number, 60)
		.option("--json", "tell what was found as JSON")
		.action(runMatch);
}

function runVerify(directory: string, { heads: file, json }: AuditFlags): void {
	const heads = file === undefined ? [] : headsIn(file);
	const result = reading(() => verifyAudit(directory, heads));
	const rows: [string, string][] = [
		["files", String(result.files)],
		["records", String(result.records)],
		["without a result", String(result.unanswered)],
	];
	print(json, result, rows);
	if (!json) {
		for (const { file: name, found, line } of result.faults) tell(`${name}${line === undefined ? "" : `, line ${line}`}: ${found}`);
	}
	if (result.faults.length > 0) process.exitCode = 1;
}

function runMatch(directory: string, { json, log = [], within = 60 }: AuditFlags): void {
	if (!(within >= 0)) throw new UsageError("--within must be a number of seconds");
	const events: StoreEvent[] = log.flatMap((path) => {
		const found = storeEvents(Buffer.from(readInput(path)).toString());
		if (found === undefined) throw new UsageError(`${path} is no log of a key store that is known`);
		return found;
	});
	const result = reading(() => matchAudit(directory, events, within));
	print(json, result, [["matched", String(result.matched)]]);
	if (!json) {
		for (const { keyId, time } of result.onlyInLog) tell(`only in the log: ${time} ${keyId}`);
		for (const { file, keyId, line, time } of result.onlyInRecords)
			tell(`only in the records: ${time} ${keyId ?? ""} (${file}, line ${line})`);
	}
	if (result.onlyInLog.length + result.onlyInRecords.length > 0) process.exitCode = 1;
}

/** Errors: usage, for a folder that cannot be read. */
function reading<T>(work: () => T): T {
	try {
		return work();
	} catch (error) {
		throw new UsageError(`the audit folder cannot be read (${(error as Error).message})`);
	}
}

function headsIn(file: string): AuditHead[] {
	try {
		const heads: unknown = JSON.parse(readFileSync(file, "utf8"));
		if (Array.isArray(heads)) return heads as AuditHead[];
	} catch {}
	throw new UsageError(`${file} is not what \`rustpdf audit heads\` prints`);
}

function tell(text: string): void {
	process.stderr.write(`rustpdf: ${printable(text)}\n`);
}
