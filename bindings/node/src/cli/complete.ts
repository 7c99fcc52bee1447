import type { Command } from "commander";
import { resumeSigningFile, resumeUnsealedFile } from "../session_file.js";
import { UsageError } from "./failure.js";
import { addCertificateFlags, addSigningFlags, certificates, sessionKeyFlag, signingOptions } from "./flags.js";
import { checkDocument, documentFile, readInput, STANDARD } from "./inputs.js";
import { addDestinationFlags, type DestinationFlags, destination } from "./output.js";
import { print } from "./print.js";
import { rowsOf } from "./sign.js";
import { watch } from "./watch.js";

interface CompleteFlags extends Record<string, unknown>, DestinationFlags {
	session: string;
	sessionKeyFile?: string;
	signature?: string;
	container?: string;
	skipDocumentCheck?: boolean;
	cert?: string;
	chain?: string[];
	json?: boolean;
}

/** `rustpdf complete`. */
export function addComplete(program: Command): void {
	const command = program
		.command("complete")
		.summary("put the signature into a PDF that was prepared")
		.description("Completes what `rustpdf begin` prepared. A refused answer changes nothing: another may follow.")
		.argument("<IN>", "the PDF that was prepared; - is standard input");
	addDestinationFlags(command)
		.requiredOption("--session <file>", "the session that `rustpdf begin` wrote")
		.addOption(sessionKeyFlag("it is sealed"))
		.option("--signature <file>", "the raw signature over the data to sign")
		.option("--container <file>", "a finished CMS container over the hash")
		.option("--skip-document-check", "do not read IN again to see that it is the document that was prepared; needs a sealed session")
		.option("--json", "tell what was done as JSON");
	addCertificateFlags(command);
	addSigningFlags(command).addHelpText("after", EXAMPLES).action(runComplete);
}

const EXAMPLES = `
A session without a seal is not believed: give --cert, --chain and the signing options again, as for \`rustpdf begin\`.

Examples:
  rustpdf complete in.pdf -o out.pdf --session in.session --session-key-file session.key --signature in.signature
  rustpdf complete in.pdf -o out.pdf --session in.session --session-key-file session.key --container in.p7s`;

async function runComplete(path: string, flags: CompleteFlags): Promise<void> {
	const { container, json, sessionKeyFile, signature, skipDocumentCheck = false } = flags;
	const answer = container ?? signature;
	if (answer === undefined || (container !== undefined && signature !== undefined)) {
		throw new UsageError("give either --signature or --container");
	}
	const begunWith = { ...signingOptions(flags), ...certificates(flags) };
	const [given] = Object.keys(begunWith);
	if (sessionKeyFile !== undefined && given !== undefined && given !== "password")
		throw new UsageError("the certificate and the signing options are in the sealed session; leave them out");
	if (sessionKeyFile === undefined && skipDocumentCheck) throw new UsageError("--skip-document-check needs --session-key-file");
	const { finish, name, options, output, told } = destination(path, flags, [flags.session, answer]);
	const saved = readInput(flags.session);
	const key = sessionKeyFile === undefined ? undefined : readInput(sessionKeyFile);
	const bytes = readInput(answer);
	if (path !== STANDARD) checkDocument(path);
	const watching = await watch();
	try {
		const { onProgress, signal } = watching;
		const document = await documentFile(path);
		const session =
			key === undefined
				? await resumeUnsealedFile(saved, document, { ...begunWith, onProgress, signal })
				: await resumeSigningFile(saved, document, key, { skipDocumentCheck, onProgress, signal });
		const completed =
			container === undefined ? session.completeWithSignature(bytes, output, options) : session.complete(bytes, output, options);
		const signed = await completed;
		await finish(signed, document);
		watching.end();
		const { report } = signed;
		print(json, { output: name, report, timings: watching.timings() }, rowsOf(name, flags, report), report.warnings, told);
	} finally {
		watching.end();
	}
}
