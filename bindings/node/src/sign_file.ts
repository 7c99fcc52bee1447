import { asBytes, type Bytes, files } from "#engine";
import { typeName } from "./bytes.js";
import { StreamedDocument } from "./document.js";
import { argumentError } from "./errors.js";
import type { Recovered } from "./files/types.js";
import { type Call, type CallOptions, type CertificateInput, type ChainInput, callOf, partsOf, type SigningOptions } from "./options.js";
import { type FileOutput, type FileReport, type OutputOptions, openOutput } from "./output.js";
import type { Signer } from "./request.js";
import { type Signatory, signDocument } from "./sign.js";
import { type DocumentSource, isFile, isOpenFile, openSource } from "./source.js";

/** A document that was signed. */
export interface SignedFile {
	/** What was appended, or is to be appended, to the document: a few kilobytes. */
	readonly update: Bytes;
	/** What was done; of several signatures the last. */
	readonly report: FileReport;
	/** What was done by each who signed in turn. */
	readonly reports: readonly FileReport[];
}

/**
 * Signs a document of any size: it is read once, in pieces, and never in memory as a whole.
 *
 * `output` is the input itself, which is then signed in place, a new file, or `null` for nothing but the update's bytes. In place the
 * bytes of the document are never touched, and an interruption at any moment loses nothing: see `recoverFile`.
 */
export async function signFileWith(
	input: DocumentSource,
	output: FileOutput,
	certificate: CertificateInput,
	signer: Signer,
	chain?: ChainInput | null,
	options?: SigningOptions & OutputOptions,
): Promise<SignedFile> {
	const { options: rest, ...call } = partsOf(options);
	const { replace, ...signature } = rest;
	return signInto(input, output, [{ certificate, signer, chain: chain ?? null, options: signature }], call, { replace });
}

/** Signs a document of any size by several signers, each over the signatures before. It is read once. */
export async function signFileInTurn(
	input: DocumentSource,
	output: FileOutput,
	signatories: readonly Signatory[],
	options?: CallOptions & OutputOptions,
): Promise<SignedFile> {
	const { replace, ...rest } = options ?? {};
	return signInto(input, output, signatories, callOf(rest), { replace });
}

/**
 * Finishes a signing in place that was interrupted, or with `undo` gives the original back. The next signing does so by itself.
 *
 * Returns what the file is now: `signed`, the `original`, or `nothing` where nothing was to be done.
 */
export async function recoverFile(path: string | URL, options?: { undo?: boolean | undefined } | null): Promise<Recovered> {
	const { undo = false } = options ?? {};
	if (!isFile(path) || isOpenFile(path)) throw argumentError(`the file must be a path, and is ${typeName(path)}`);
	if (files === undefined) throw argumentError("a path needs a file system", "run it where the file is");
	return files.recover(path, undo);
}

/** Signs into an output. `committing` is told the length of the document and the update, just before the output is there. */
export async function signInto(
	input: DocumentSource,
	output: FileOutput,
	signatories: readonly Signatory[],
	call: Call,
	options: OutputOptions,
	committing?: (length: number, update: Uint8Array) => Promise<void>,
): Promise<SignedFile> {
	const source = await openSource(input, call.control);
	try {
		const target = await openOutput(source, output, options, call.control);
		try {
			const document = new StreamedDocument(source, call.control, () => target.sink());
			const { payload, reports } = await signDocument(document, signatories, call);
			await committing?.(source.length, payload);
			await target.commit(payload);
			return signedFile(
				payload,
				reports.map((report) => ({ ...report, copy: target.copy })),
				call.onReport,
			);
		} finally {
			await target.end();
		}
	} finally {
		await source.close();
	}
}

/** What a caller gets, and is told. */
export function signedFile(update: Uint8Array, reports: FileReport[], onReport: (report: FileReport) => void): SignedFile {
	reports.forEach((report) => {
		onReport(report);
	});
	return { update: asBytes(update.slice()), report: reports.at(-1) as FileReport, reports };
}
