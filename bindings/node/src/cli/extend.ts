import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { type ExtendedFile, type ExtendJob, type ExtendOutcome, extendFile, extendMany } from "../extend.js";
import type { ExtensionOptions, ExtensionReport } from "../generated.js";
import { failureOf, textOf, UsageError } from "./failure.js";
import { addExtensionFlags, collect, extensionOptions } from "./flags.js";
import { checkDocument, documentFile, isSameFile, STANDARD } from "./inputs.js";
import { addLevelFlags, CREDENTIALS, httpSettings, type LevelFlags, withLevelFlags } from "./level.js";
import { addDestinationFlags, type DestinationFlags, destination } from "./output.js";
import { evidenceRows, inBytes, print, printWarnings, type Row } from "./print.js";
import { printable, toJson } from "./text.js";
import { watch } from "./watch.js";

interface ExtendFlags extends Record<string, unknown>, DestinationFlags, LevelFlags {
	outputDir?: string;
	field?: string[];
	renewBefore?: Date;
	ledger?: string;
	inFlight?: number;
	json?: boolean;
}

/** `rustpdf extend`. */
export function addExtend(program: Command): void {
	const command = program
		.command("extend")
		.summary("raise signatures to a level, or renew their evidence")
		.description(
			"Raises the signatures of every IN to a level, and renews the evidence of those that have B-LTA. No key is needed.\n" +
				"One IN goes to OUT, in place, or into an update; several go into a folder or in place, and a failure concerns its document alone.",
		)
		.argument("<IN...>", "the signed PDFs; - is standard input");
	addDestinationFlags(command)
		.option("--output-dir <folder>", "where the extended documents go, under their own names")
		.addOption(new Option("--field <name>", "raise only the signature of this field (repeatable; default: all)").argParser(collect))
		.addOption(
			new Option("--renew-before <time>", "leave documents alone that have evidence for longer: 90d, 12h or a date").argParser(timeOf),
		)
		.option("--ledger <file>", "where is noted what is done")
		.option("--in-flight <number>", "how many documents at a time (default: 8)", Number)
		.option("--json", "tell what was done as JSON, a line for each document");
	addExtensionFlags(addLevelFlags(command), "extend").addHelpText("after", EXAMPLES).action(runExtend);
}

const EXAMPLES = `${CREDENTIALS}

Examples:
  # signatures that can be checked after the certificates have expired
  rustpdf extend signed.pdf -o lasting.pdf --level B-LTA --timestamp-url http://tsa.example.org --trust root.pem --trust tsa-root.pem

  # an archive, once a month: what ends within 90 days is renewed
  rustpdf extend archive/*.pdf --in-place --renew-before 90d --level B-LTA --timestamp-url http://tsa.example.org --trust roots.pem`;

async function runExtend(paths: string[], flags: ExtendFlags): Promise<void> {
	const { field, inFlight, ledger, outputDir, renewBefore } = flags;
	const options = withLevelFlags({ ...extensionOptions(flags), ...(field !== undefined && { fields: field }) }, flags);
	const [path, ...others] = paths as [string, ...string[]];
	const isOne = others.length === 0 && outputDir === undefined && [renewBefore, ledger, inFlight].every((flag) => flag === undefined);
	if (isOne) return extendOne(path, flags, options);
	const jobs = jobsOf(paths, flags);
	const watching = await watch();
	const count = process.stderr.isTTY ? (await import("./bar.js")).showCount(jobs.length) : undefined;
	try {
		const many = {
			...options,
			replace: flags.force ?? false,
			http: httpSettings(flags),
			signal: watching.signal,
			...(renewBefore !== undefined && { renewBefore }),
			...(inFlight !== undefined && { inFlight }),
			...(ledger !== undefined && { ledger }),
		};
		for await (const outcome of extendMany(jobs, many)) {
			if (count === undefined) printOutcome(flags.json, outcome);
			else count.around(() => printOutcome(flags.json, outcome));
			if (outcome.status === "failed") process.exitCode = 1;
		}
	} finally {
		count?.end();
		watching.end();
	}
}

/** One job for each document. Errors: usage. */
function jobsOf(paths: string[], { force, inPlace, output, outputDir, update }: ExtendFlags): ExtendJob[] {
	if (output !== undefined || update !== undefined || (outputDir === undefined) === (inPlace === undefined)) {
		throw new UsageError("give either --output-dir or --in-place for several documents, and with --renew-before, --ledger and --in-flight");
	}
	if (paths.includes(STANDARD)) throw new UsageError("standard input is one document; give it alone, with --output");
	if (outputDir !== undefined && !(existsSync(outputDir) && statSync(outputDir).isDirectory())) {
		throw new UsageError(`there is no folder ${outputDir}; make it first`);
	}
	const jobs = paths.map((input) => ({ input, output: outputDir === undefined ? input : join(outputDir, basename(input)) }));
	if (new Set(jobs.map(({ output }) => resolve(output))).size < jobs.length) throw new UsageError("two of the documents have one name");
	const own = jobs.find(({ input, output }) => outputDir !== undefined && isSameFile(input, output));
	if (own !== undefined) throw new UsageError(`${own.output} is an input; give another folder, or --in-place`);
	if (inPlace && force) throw new UsageError("--force replaces what is in a folder; leave it out with --in-place");
	return jobs;
}

async function extendOne(path: string, flags: ExtendFlags, options: ExtensionOptions): Promise<void> {
	await intoPlace(path, flags, (call) => extendFile({ ...options, ...call }));
}

/** Has one document extended to where the flags say, and prints the report. */
export async function intoPlace(
	path: string,
	flags: DestinationFlags & LevelFlags & { json?: boolean },
	extend: (call: {
		input: string;
		output: Parameters<typeof extendFile>[0]["output"];
		http: ReturnType<typeof httpSettings>;
		signal: AbortSignal;
	}) => Promise<ExtendedFile>,
): Promise<void> {
	const { finish, name, options: how, output, told } = destination(path, flags);
	if (path !== STANDARD) checkDocument(path);
	const watching = await watch();
	try {
		const { onProgress, signal } = watching;
		const input = await documentFile(path);
		const call = { input, output, ...how, http: httpSettings(flags), onProgress, signal };
		const extended = await extend(call);
		await finish(extended, input);
		watching.end();
		const { report } = extended;
		print(flags.json, { output: name, report, timings: watching.timings() }, rowsOf(name, report), report.warnings, told);
	} finally {
		watching.end();
	}
}

/** A report for people. */
function rowsOf(name: string, report: ExtensionReport): Row[] {
	const { level, revisions, signatures = [], updateLength } = report;
	const rows: Row[] = [["output", `${name}, ${inBytes(updateLength)} appended`]];
	if (revisions === 0) rows.push(["done", "nothing was to be done"]);
	if (level !== undefined) rows.push(["level", level]);
	for (const { before, field, level } of signatures) rows.push(["signature", `${field}: ${before} to ${level}`]);
	return [...rows, ...evidenceRows(report)];
}

function printOutcome(json: boolean | undefined, outcome: ExtendOutcome): void {
	const { job, status } = outcome;
	const output = String(job.output);
	if (json) {
		const more =
			status === "extended" ? { report: outcome.extended.report } : status === "failed" ? { error: failureOf(outcome.error) } : {};
		process.stdout.write(`${toJson({ input: job.input, output, status, ...more })}\n`);
	} else if (status === "failed") {
		process.stderr.write(`rustpdf: ${printable(String(job.input))}: ${textOf(failureOf(outcome.error))}\n`);
	} else {
		if (status === "extended") printWarnings(outcome.extended.report.warnings, String(job.input));
		process.stdout.write(`${status.padEnd(8)}  ${printable(output)}\n`);
	}
}

/** A time from now, or a date. Errors: usage. */
export function timeOf(text: string): Date {
	const [, number, unit] = /^(\d+)([dh])$/.exec(text) ?? [];
	const date = number === undefined ? new Date(text) : new Date(Date.now() + Number(number) * (unit === "d" ? DAY_MS : DAY_MS / 24));
	if (Number.isNaN(date.getTime())) throw new UsageError(`--renew-before is ${text}; give a time such as 90d, 12h or 2027-01-31`);
	return date;
}

const DAY_MS = 24 * 3600 * 1000;
