import { asBytes, type Bytes, files } from "#engine";
import { typeName } from "./bytes.js";
import { unwatched } from "./control.js";
import { argumentError } from "./errors.js";
import type { Disk } from "./files/types.js";
import { encode } from "./frame.js";
import { Host } from "./host.js";
import { type Done, drive } from "./machine.js";
import { withOpened } from "./opened.js";
import { momentOf } from "./operations.js";
import { type Call, type CallOptions, type CertificateInput, type ChainInput, callOf, partsOf, type SigningOptions } from "./options.js";
import type { FileOutput, FileReport, OutputOptions } from "./output.js";
import type { Signer } from "./request.js";
import { SourceSession } from "./session_file.js";
import { type Signatory, signDocument } from "./sign.js";
import { type DocumentSource, isFile, isOpenFile } from "./source.js";

/** A document that was signed. */
export interface SignedFile {
	/** What was appended, or is to be appended, to the document: a few kilobytes. */
	readonly update: Bytes;
	/** What was done; of several signatures the last. */
	readonly report: FileReport;
	/** What was done by each who signed in turn. */
	readonly reports: readonly FileReport[];
}

/** What became of a file: nothing was to be done, it is signed, or it is what it was. */
export type Recovered = "nothing" | "signed" | "original";

/** How to recover a file. */
export interface RecoveryOptions {
	/** Gives the original back. Default: the signature is finished. */
	undo?: boolean | undefined;
	/** Name or number of the user whose journal is accepted, besides the caller's own and that of the owner of the document. */
	journalOwner?: string | number | undefined;
}

/**
 * Signs a document of any size: it is read once, in pieces, and never in memory as a whole.
 *
 * `output` is the input itself, which is then signed in place, a new file, or `null` for nothing but the update's bytes. In place the
 * bytes of the document are never touched, and an interruption at any moment loses nothing: see `recoverFile`. Where the signature is made
 * and what comes after it fails, the error carries a session that goes on from there: see `unfinishedSession`.
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
	const signatory = { certificate, signer, chain: chain ?? null, options: signature };
	return signedFile(await signInto(input, output, [signatory], call, { replace }), call.onReport);
}

/** Signs a document of any size by several signers, each over the signatures before. It is read once. */
export async function signFileInTurn(
	input: DocumentSource,
	output: FileOutput,
	signatories: readonly Signatory[],
	options?: CallOptions & OutputOptions,
): Promise<SignedFile> {
	const { replace, ...rest } = options ?? {};
	const call = callOf(rest);
	return signedFile(await signInto(input, output, signatories, call, { replace }), call.onReport);
}

/**
 * Finishes a signing in place that was interrupted, or with `undo` gives the original back, and removes what signings whose process is gone
 * left beside the file.
 *
 * Returns what the file is now: `signed`, the `original`, or `nothing` where nothing was to be done.
 */
export async function recoverFile(path: string | URL, options?: RecoveryOptions | null): Promise<Recovered> {
	return (await recover(path, options ?? {})).outcome;
}

/** The same, with the number of files that were removed. */
export async function recover(path: string | URL, options: RecoveryOptions): Promise<{ outcome: Recovered; removed: number }> {
	if (!isFile(path) || isOpenFile(path)) throw argumentError(`the file must be a path, and is ${typeName(path)}`);
	if (files === undefined) throw argumentError("a path needs a file system", "run it where the file is");
	const { journalOwner, undo = false } = options;
	const owner = journalOwner === undefined ? undefined : String(journalOwner);
	return onDisk(async (disk) => ({ operation: "recover", file: await disk.name(path), undo, journalOwner: owner }));
}

/** A run that is about files alone. */
export async function onDisk<Result>(start: (disk: Disk) => Promise<object>): Promise<Result> {
	const disk = files?.disk() as Disk;
	try {
		const frame = encode({ ...momentOf({}), ...(await start(disk)) });
		return (await drive<Result>(frame, new Host({ disk, control: unwatched }))).result;
	} finally {
		await disk.close();
	}
}

/** Signs into an output; `ledger` is the place of the document in one. */
export function signInto(
	input: DocumentSource,
	output: FileOutput,
	signatories: readonly Signatory[],
	call: Call,
	options: OutputOptions,
	ledger?: object,
): Promise<Done<{ skipped?: boolean } | null>> {
	return withOpened(input, output, options, call.control, (opened) =>
		signDocument(opened, signatories, call, (result, payload) => new SourceSession(input, { result, payload }, call.onReport), ledger),
	);
}

/** What a caller gets, and is told. */
export function signedFile({ copy, payload, reports }: Done, onReport: (report: FileReport) => void): SignedFile {
	const all = reports.map((report) => ({ ...report, copy }));
	for (const report of all) onReport(report);
	return { update: asBytes(payload.slice()), report: all.at(-1) as FileReport, reports: all };
}
