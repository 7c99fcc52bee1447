import type { Command } from "commander";
import { RustpdfError } from "../errors.js";
import type { ResumeOptions, SessionOptions, SignatureCertificate } from "../options.js";
import { type FileSession, resumeSigningFile, resumeUnsealedFile } from "../session_file.js";
import type { DocumentSource } from "../source.js";
import { UsageError } from "./failure.js";
import { addCertificateFlags, addSigningFlags, certificates, sessionKeyFlag, signingOptions } from "./flags.js";
import { checkDocument, documentFile, readInput, STANDARD } from "./inputs.js";
import { addLevelFlags, CREDENTIALS, httpSettings, type LevelFlags, timestampServices, withLevelFlags } from "./level.js";
import { addDestinationFlags, type DestinationFlags, destination } from "./output.js";
import { print } from "./print.js";
import { addSavedFlag, type SavedFlags, savingSession } from "./saved.js";
import { rowsOf } from "./sign.js";
import { watch } from "./watch.js";

interface CompleteFlags extends Record<string, unknown>, DestinationFlags, LevelFlags, SavedFlags {
	session: string;
	sessionKeyFile?: string;
	signature?: string;
	container?: string;
	advance?: boolean;
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
		.option("--advance", "go on with a session that has its signature, such as one of --session-on-failure")
		.option("--skip-document-check", "do not read IN again to see that it is the document that was prepared; needs a sealed session")
		.option("--json", "tell what was done as JSON");
	addCertificateFlags(addSavedFlag(command));
	addLevelFlags(addSigningFlags(command)).addHelpText("after", EXAMPLES).action(runComplete);
}

const EXAMPLES = `${CREDENTIALS}

A session above B-B asks servers now: give --timestamp-url again, in the same order, for no session has an address.
A session without a seal is not believed: give --cert, --chain and the signing options again, as for \`rustpdf begin\`.
A certificate that was issued with the signature, of a session that was begun without one: give --cert and --chain with --signature.

Examples:
  rustpdf complete in.pdf -o out.pdf --session in.session --session-key-file session.key --signature in.signature
  rustpdf complete in.pdf -o out.pdf --session in.session --session-key-file session.key --container in.p7s

  # after a failure behind the signature, which --session-on-failure has saved
  rustpdf complete in.pdf -o out.pdf --advance --session in.session --session-key-file session.key --timestamp-url http://tsa.example.org`;

/** A session without a seal, and the certificate that came with its signature: one that was not there at the beginning. */
async function resumed(
	saved: Uint8Array,
	document: DocumentSource,
	options: SessionOptions,
	signer: SignatureCertificate,
	calling: Pick<ResumeOptions, "onProgress" | "signal" | "http">,
): Promise<{ session: FileSession; issued: SignatureCertificate }> {
	const resume = (by: SignatureCertificate) => resumeUnsealedFile(saved, document, { ...options, ...by, ...calling });
	try {
		return { session: await resume(signer), issued: {} };
	} catch (error) {
		// The signature is made already: the session decides nothing about what the key signs.
		if (signer.certificate === undefined || !RustpdfError.is(error, "ERR_SESSION_ARGUMENTS")) throw error;
		const session = await resume({});
		if (session.request === undefined) throw error;
		return { session, issued: signer };
	}
}

async function runComplete(path: string, flags: CompleteFlags): Promise<void> {
	const { advance, container, json, sessionKeyFile, signature, skipDocumentCheck = false } = flags;
	const answers = [container, signature].filter((answer) => answer !== undefined);
	if (answers.length + (advance ? 1 : 0) !== 1) throw new UsageError("give either --signature or --container, or --advance");
	const [answer] = answers;
	const services = timestampServices(flags);
	const { httpHeaderFile: _files, timestampUrl: _urls, ...others } = flags;
	// Of the servers, a sealed session lacks only the addresses.
	const given = withLevelFlags(signingOptions(flags), sessionKeyFile === undefined ? flags : others);
	const saveSession = savingSession(flags, [path, flags.session]);
	const signer = certificates(flags);
	const [other] = Object.keys(container === undefined ? given : { ...given, ...signer });
	if (sessionKeyFile !== undefined && other !== undefined && other !== "password")
		throw new UsageError("the certificate and the signing options are in the sealed session; leave them out");
	if (sessionKeyFile === undefined && skipDocumentCheck) throw new UsageError("--skip-document-check needs --session-key-file");
	const { finish, name, options, output, told } = destination(path, flags, [flags.session, ...answers]);
	const saved = readInput(flags.session);
	const key = sessionKeyFile === undefined ? undefined : readInput(sessionKeyFile);
	const bytes = answer === undefined ? new Uint8Array() : readInput(answer);
	if (path !== STANDARD) checkDocument(path);
	const watching = await watch();
	try {
		const { onProgress, signal } = watching;
		const document = await documentFile(path);
		const calling = { onProgress, signal, http: httpSettings(flags) };
		const { session, issued } =
			key === undefined
				? await resumed(saved, document, given, signer, calling)
				: {
						session: await resumeSigningFile(saved, document, key, { skipDocumentCheck, services, password: given.password, ...calling }),
						issued: signer,
					};
		const completed = advance
			? session.advance(output, { ...options, ...calling })
			: container === undefined
				? session.completeWithSignature(bytes, output, { ...options, ...calling, ...issued })
				: session.complete(bytes, output, { ...options, ...calling });
		const signed = await completed.catch(saveSession);
		await finish(signed, document);
		watching.end();
		const { report } = signed;
		print(json, { output: name, report, timings: watching.timings() }, rowsOf(name, flags, report), report.warnings, told);
	} finally {
		watching.end();
	}
}
