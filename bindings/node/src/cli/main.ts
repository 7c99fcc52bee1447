#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { addAudit } from "./audit.js";
import { addBegin } from "./begin.js";
import { addComplete } from "./complete.js";
import { addExtend } from "./extend.js";
import { failureOf, isUsage, textOf } from "./failure.js";
import { addInspect } from "./inspect.js";
import { addIssuance } from "./issuance.js";
import { addPreview } from "./preview.js";
import { PROFILES, withProfile } from "./profile.js";
import { addRecover } from "./recover.js";
import { addSign } from "./sign.js";
import { addSignMany } from "./sign_many.js";
import { printable, toJson } from "./text.js";
import { addTimestamp } from "./timestamp.js";
import { Interrupted } from "./watch.js";

const program = new Command("rustpdf")
	.description("Signs PDF files with keys that never leave the HSM.")
	.version(manifest.version)
	.exitOverride()
	.configureOutput({
		// An argument can be the name of a file. A suggestion is on a line of its own.
		outputError: (text, write) => write(`${printable(text.trimEnd().replaceAll("\n(Did", " (Did"))}\n`),
		// Only a terminal has a width: elsewhere a line of help is one line, for `grep` to find.
		getOutHelpWidth: () => process.stdout.columns ?? Number.MAX_SAFE_INTEGER,
		getErrHelpWidth: () => process.stderr.columns ?? Number.MAX_SAFE_INTEGER,
	})
	.addHelpText(
		"after",
		`
${PROFILES}

Exit status: 0 done; 1 the file or the answer was refused, with the ERR_ code on standard error; 2 the command line is wrong.

Example:
  rustpdf sign in.pdf -o out.pdf --cert signer.pem --chain ca.pem --exec 'openssl dgst -sha256 -sign key.pem'`,
	);
for (const add of [
	addSign,
	addSignMany,
	addBegin,
	addComplete,
	addExtend,
	addTimestamp,
	addPreview,
	addRecover,
	addInspect,
	addIssuance,
	addAudit,
])
	add(program);

// Whoever reads may have seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code !== "EPIPE") throw error;
	process.exit(0);
});

try {
	await program.parseAsync(withProfile(process.argv.slice(2)), { from: "user" });
} catch (error) {
	process.exitCode = exitStatus(error);
	if (error instanceof Interrupted) process.exit(); // the command that has the key may not end so soon
}

function exitStatus(error: unknown): number {
	if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has said why
	const failure = failureOf(error);
	process.stderr.write(process.argv.includes("--json") ? `${toJson({ error: failure })}\n` : `rustpdf: ${textOf(failure)}\n`);
	if (error instanceof Interrupted) return error.status;
	return isUsage(error) ? 2 : 1;
}
