import type { Command } from "commander";
import { drive } from "../machine.js";
import { complete, resume } from "../operations.js";
import { UsageError } from "./failure.js";
import { FileDocument } from "./file_document.js";
import { readInput } from "./flags.js";
import { Output } from "./output.js";
import { print } from "./print.js";
import { rowsOf } from "./sign.js";

interface CompleteFlags {
	output: string;
	session: string;
	signature?: string;
	container?: string;
	documentVouched?: boolean;
	force?: boolean;
	json?: boolean;
}

/** `rustpdf complete`. */
export function addComplete(program: Command): void {
	program
		.command("complete")
		.summary("put the signature into a PDF that was prepared")
		.description("Completes what `rustpdf begin` prepared. A refused answer changes nothing: another may follow.")
		.argument("<IN>", "the PDF that was prepared")
		.requiredOption("-o, --output <OUT>", "the signed document")
		.requiredOption("--session <file>", "the session that `rustpdf begin` wrote")
		.option("--signature <file>", "the raw signature over the data to sign")
		.option("--container <file>", "a finished CMS container over the hash")
		.option("--document-vouched", "do not read IN again to see that it is the document that was prepared")
		.option("--force", "replace an existing OUT")
		.option("--json", "tell what was done as JSON")
		.addHelpText("after", EXAMPLES)
		.action(runComplete);
}

const EXAMPLES = `
Examples:
  rustpdf complete in.pdf -o out.pdf --session in.session --signature in.signature
  rustpdf complete in.pdf -o out.pdf --session in.session --container in.p7s`;

async function runComplete(path: string, flags: CompleteFlags): Promise<void> {
	const { container, documentVouched = false, json, signature } = flags;
	const answer = container ?? signature;
	if (answer === undefined || (container !== undefined && signature !== undefined)) {
		throw new UsageError("give either --signature or --container");
	}
	const output = new Output(flags.output, { force: flags.force, inputs: [path, flags.session, answer] });
	const saved = readInput(flags.session);
	const bytes = readInput(answer);
	const document = new FileDocument(path);
	await drive(resume(document, saved, documentVouched), document);
	const { payload, report } = complete(saved, container === undefined ? "signature" : "container", bytes);
	await output.append(document, payload);
	print(json, { output: flags.output, report }, rowsOf(flags.output, report), report.warnings);
}
