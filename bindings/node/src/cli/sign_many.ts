import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import { type JobOutcome, signMany } from "../many.js";
import { APPEARANCE_FILE, addAppearanceFlags } from "./appearance.js";
import { failureOf, textOf, UsageError } from "./failure.js";
import { addCertificateFlags, addSigningFlags, signingOptions } from "./flags.js";
import { isSameFile } from "./inputs.js";
import { addLevelFlags, CREDENTIALS, httpSettings, type LevelFlags, withLevelFlags } from "./level.js";
import { printWarnings } from "./print.js";
import { addSignerFlags, CERTIFICATE_OF_TOKEN, openSigner, type SignerFlags } from "./signer.js";
import { printable, toJson } from "./text.js";
import { watch } from "./watch.js";

interface SignManyFlags extends Record<string, unknown>, SignerFlags, LevelFlags {
	outputDir?: string;
	inPlace?: boolean;
	inFlight?: number;
	ledger?: string;
	force?: boolean;
	json?: boolean;
}

/** `rustpdf sign-many`. */
export function addSignMany(program: Command): void {
	const command = program
		.command("sign-many")
		.summary("sign many PDFs, several at a time")
		.description(
			"Signs every IN, several at a time: into a folder, under its own name, or in place. A failure concerns its document alone.\n" +
				"With --ledger, the same command goes on where an interruption stopped it, and signs each document once.",
		)
		.argument("<IN...>", "the PDFs to sign")
		.option("--output-dir <folder>", "where the signed documents go")
		.option("--in-place", "append the signatures to the documents themselves")
		.option("--force", "replace existing documents in the folder")
		.option("--ledger <file>", "where is noted what is done")
		.option("--in-flight <number>", "how many documents at a time (default: 8)", Number);
	addCertificateFlags(command, CERTIFICATE_OF_TOKEN);
	addSignerFlags(command).option("--json", "tell what was done as JSON, a line for each document");
	addLevelFlags(addAppearanceFlags(addSigningFlags(command)))
		.addHelpText("after", EXAMPLE)
		.action(runSignMany);
}

const EXAMPLE = `${CREDENTIALS}
${APPEARANCE_FILE}

Exit status: 1 where a document failed.

Example:
  rustpdf sign-many invoices/*.pdf --output-dir signed --ledger signed.ledger --cert signer.pem --chain ca.pem \\
    --pkcs11-module /usr/lib/softhsm/libsofthsm2.so --pkcs11-key rsa`;

async function runSignMany(paths: string[], flags: SignManyFlags): Promise<void> {
	const { force = false, inFlight, inPlace, json, ledger, outputDir } = flags;
	if ((outputDir === undefined) === (inPlace === undefined)) throw new UsageError("give either --output-dir or --in-place");
	if (outputDir !== undefined && !(existsSync(outputDir) && statSync(outputDir).isDirectory())) {
		throw new UsageError(`there is no folder ${outputDir}; make it first`);
	}
	const jobs = paths.map((input) => ({ input, output: outputDir === undefined ? input : join(outputDir, basename(input)) }));
	if (new Set(jobs.map(({ output }) => resolve(output))).size < jobs.length) throw new UsageError("two of the documents have one name");
	const own = jobs.find(({ input, output }) => outputDir !== undefined && isSameFile(input, output));
	if (own !== undefined) throw new UsageError(`${own.output} is an input; give another folder, or --in-place`);
	if (inPlace && force) throw new UsageError("--force replaces what is in a folder; leave it out with --in-place");
	const rest = withLevelFlags(signingOptions(flags), flags);
	const watching = await watch();
	const { certificate, chain, close, options: ofKey, signerOfMany } = await openSigner(flags, watching.signal);
	const count = process.stderr.isTTY ? (await import("./bar.js")).showCount(jobs.length) : undefined;
	try {
		const many = {
			...ofKey,
			...rest,
			replace: force,
			http: httpSettings(flags),
			signal: watching.signal,
			...(inFlight !== undefined && { inFlight }),
			...(ledger !== undefined && { ledger }),
		};
		for await (const outcome of signMany(jobs, certificate, signerOfMany, chain, many)) {
			if (count === undefined) print(json, outcome);
			else count.around(() => print(json, outcome));
			if (outcome.status === "failed") process.exitCode = 1;
		}
	} finally {
		count?.end();
		watching.end();
		close();
	}
}

function print(json: boolean | undefined, outcome: JobOutcome): void {
	const { job, status } = outcome;
	const output = String(job.output);
	if (json) {
		const more = status === "signed" ? { report: outcome.signed.report } : status === "failed" ? { error: failureOf(outcome.error) } : {};
		process.stdout.write(`${toJson({ input: job.input, output, status, ...more })}\n`);
		return;
	}
	if (status !== "failed") {
		if (status === "signed") printWarnings(outcome.signed.report.warnings, String(job.input));
		process.stdout.write(`${status.padEnd(7)}  ${printable(output)}\n`);
		return;
	}
	process.stderr.write(`rustpdf: ${printable(String(job.input))}: ${textOf(failureOf(outcome.error))}\n`);
}
