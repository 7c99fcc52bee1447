import type { Command } from "commander";
import { resumeSigningFile } from "../session_file.js";
import { UsageError } from "./failure.js";
import { checkDocument, readInput } from "./inputs.js";
import { addDestinationFlags, type DestinationFlags, destination } from "./output.js";
import { print } from "./print.js";
import { rowsOf } from "./sign.js";
import { watch } from "./watch.js";

interface CompleteFlags extends DestinationFlags {
	session: string;
	signature?: string;
	container?: string;
	documentVouched?: boolean;
	json?: boolean;
}

/** `rustpdf complete`. */
export function addComplete(program: Command): void {
	const command = program
		.command("complete")
		.summary("put the signature into a PDF that was prepared")
		.description("Completes what `rustpdf begin` prepared. A refused answer changes nothing: another may follow.")
		.argument("<IN>", "the PDF that was prepared");
	addDestinationFlags(command)
		.requiredOption("--session <file>", "the session that `rustpdf begin` wrote")
		.option("--signature <file>", "the raw signature over the data to sign")
		.option("--container <file>", "a finished CMS container over the hash")
		.option("--document-vouched", "do not read IN again to see that it is the document that was prepared")
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
	const { finish, name, options, output } = destination(path, flags, [flags.session, answer]);
	const saved = readInput(flags.session);
	const bytes = readInput(answer);
	checkDocument(path);
	const watching = await watch();
	try {
		const { onProgress, signal } = watching;
		const session = await resumeSigningFile(saved, path, { documentVouched, onProgress, signal });
		const completed =
			container === undefined ? session.completeWithSignature(bytes, output, options) : session.complete(bytes, output, options);
		const signed = await completed;
		await finish(signed);
		watching.end();
		const { report } = signed;
		print(json, { output: name, report, timings: watching.timings() }, rowsOf(name, flags, report), report.warnings);
	} finally {
		watching.end();
	}
}
