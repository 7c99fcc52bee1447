import { existsSync } from "node:fs";
import type { Command } from "commander";
import { recover } from "../sign_file.js";
import { checkDocument } from "./inputs.js";
import { print, type Row } from "./print.js";

/** `rustpdf recover`. */
export function addRecover(program: Command): void {
	program
		.command("recover")
		.summary("finish a signing that was interrupted")
		.description(
			"Finishes a signing in place that was interrupted: the signature is completed, or with --undo taken back, byte for byte.\n" +
				"Removes what else a killed signing has left beside FILE.",
		)
		.argument("<FILE>", "the PDF that was being signed")
		.option("--undo", "give the original back")
		.option("--journal-owner <user>", "accept the journal of this user, by name or number, although FILE has another owner")
		.option("--json", "tell it as JSON")
		.addHelpText("after", "\nExample:\n  rustpdf recover contract.pdf")
		.action(runRecover);
}

interface RecoverFlags {
	json?: boolean;
	undo?: boolean;
	journalOwner?: string;
}

async function runRecover(path: string, { json, ...options }: RecoverFlags): Promise<void> {
	const isThere = existsSync(path);
	const { outcome, removed } = await recover(isThere ? checkDocument(path) : path, options).catch((error) => {
		if (!isThere) checkDocument(path);
		throw error;
	});
	const neverCame = !isThere; // an output whose signing was killed
	const rows: Row[] = [["file", `${path}: ${neverCame ? "it was not finished" : TOLD[outcome]}`]];
	if (removed > 0) rows.push(["removed", `${removed} temporary ${removed === 1 ? "file" : "files"}`]);
	print(json, { file: path, outcome, removed }, rows);
}

const TOLD = {
	nothing: "nothing was interrupted",
	signed: "the signature is finished",
	original: "it is again what it was",
} as const;
