import { existsSync } from "node:fs";
import type { Command } from "commander";
import { removeAbandoned } from "../files/recover.js";
import { recoverFile } from "../sign_file.js";
import { checkDocument } from "./inputs.js";
import { print, type Row } from "./print.js";

/** `rustpdf recover`. */
export function addRecover(program: Command): void {
	program
		.command("recover")
		.summary("finish a signing that was interrupted")
		.description(
			"Finishes a signing in place that was interrupted: the signature is completed, or with --undo taken back, byte for byte.\n" +
				"Removes what else a killed signing has left beside FILE. `rustpdf sign` does the former by itself.",
		)
		.argument("<FILE>", "the PDF that was being signed")
		.option("--undo", "give the original back")
		.option("--json", "tell it as JSON")
		.addHelpText("after", "\nExample:\n  rustpdf recover contract.pdf")
		.action(runRecover);
}

async function runRecover(path: string, { json, undo = false }: { json?: boolean; undo?: boolean }): Promise<void> {
	const removed = await removeAbandoned(path);
	const neverCame = removed > 0 && !existsSync(path); // an output whose signing was killed
	const outcome = neverCame ? "nothing" : await recoverFile(checkDocument(path), { undo });
	const rows: Row[] = [["file", `${path}: ${neverCame ? "it was not finished" : TOLD[outcome]}`]];
	if (removed > 0) rows.push(["removed", `${removed} temporary ${removed === 1 ? "file" : "files"}`]);
	print(json, { file: path, outcome, removed }, rows);
}

const TOLD = {
	nothing: "nothing was interrupted",
	signed: "the signature is finished",
	original: "it is again what it was",
} as const;
