import { files } from "#files";
import { typeName } from "./bytes.js";
import { unwatched } from "./control.js";
import { hostError } from "./errors.js";
import type { Disk } from "./files/types.js";
import type { LedgerJob, RecoverStart, SessionResult, Start, StartOperation } from "./frames.js";
import { Host } from "./host.js";
import { type Done, drive } from "./machine.js";
import { withOpened } from "./opened.js";
import { plainStart } from "./operations.js";
import { type Call, type CallOptions, type CertificateInput, type ChainInput, callOf, partsOf, type SignCallOptions } from "./options.js";
import type { FileOutput, OutputOptions } from "./output.js";
import type { Signer } from "./request.js";
import { SourceSession } from "./session_file.js";
import { namedOf, type Signatory, type SignerOptions, signatoryOf, signDocument, unfinishedCall } from "./sign.js";
import { type SignedFile, signedFile } from "./signed_file.js";
import { type DocumentSource, isFile, isOpenFile } from "./source.js";

/** The outcome of a recovery: nothing was to be done, the file is signed, or it is the original again. */
export type Recovered = "nothing" | "signed" | "original";

/** How to recover a file. */
export interface RecoveryOptions {
	/** Gives the original back. Default: the signature is finished. */
	undo?: boolean | undefined;
	/** Name or number of a user. Recovery accepts a journal of that user, of the caller and of the document's owner. */
	journalOwner?: string | number | undefined;
}

/** The document, its output, the signer, and the options of a signature. */
export interface SignFileOptions extends SignCallOptions, OutputOptions, SignerOptions {
	/** The document, from any source. */
	readonly input: DocumentSource;
	/** Where the signed document goes. */
	readonly output: FileOutput;
}

/**
 * Signs a document of any size. It is read once, in pieces, and never in memory as a whole. See `signFileWith` for the output.
 *
 * @example
 * const { report } = await signFile({ input: "in.pdf", output: "out.pdf", certificate, chain, signer });
 */
export async function signFile(options: SignFileOptions): Promise<SignedFile> {
	const { input, output, replace, ...rest } = namedOf(options);
	const { signatory, call } = signatoryOf(rest);
	return signedFile(await signInto(input, output, [signatory], call, { replace }), call.onReport);
}

/**
 * Signs a document of any size: it is read once, in pieces, and never in memory as a whole.
 *
 * `output` is the input itself, which is then signed in place, a new file, or `null` for nothing but the update's bytes. In place the
 * bytes of the document are never touched, and an interruption at any moment loses nothing: see `recoverFile`. Where the signature is made
 * and a later step fails, the error carries a session that goes on from there: see `unfinishedSession`.
 *
 * @example
 * await signFileWith("in.pdf", "out.pdf", certificate, signer, chain);
 * const { update } = await signFileWith({ size, read }, null, certificate, signer, chain); // append it yourself
 */
export async function signFileWith(
	input: DocumentSource,
	output: FileOutput,
	certificate: CertificateInput,
	signer: Signer,
	chain?: ChainInput | null,
	options?: SignCallOptions & OutputOptions,
): Promise<SignedFile> {
	const { options: rest, ...call } = partsOf(options);
	const { replace, ...signature } = rest;
	const signatory = { certificate, signer, chain: chain ?? null, options: signature };
	return signedFile(await signInto(input, output, [signatory], call, { replace }), call.onReport);
}

/**
 * Signs a document of any size by several signers, each over the signatures before. It is read once.
 *
 * @example
 * await signFileInTurn("in.pdf", "out.pdf", [{ certificate, chain, signer }, { certificate: other, chain, signer: theirs }]);
 */
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
 * Finishes a signing in place that was interrupted, or with `undo` gives the original back, and removes the leftovers of ended
 * processes beside the file.
 *
 * Returns the state of the file: `signed`, the `original`, or `nothing` where nothing was to be done.
 *
 * @example
 * if ((await recoverFile("in.pdf")) === "signed") console.log("the signature is finished");
 */
export async function recoverFile(path: string | URL, options?: RecoveryOptions | null): Promise<Recovered> {
	return (await recover(path, options ?? {})).outcome;
}

/** The same, with the number of files that were removed. */
export async function recover(path: string | URL, options: RecoveryOptions): Promise<{ outcome: Recovered; removed: number }> {
	if (!isFile(path) || isOpenFile(path)) throw hostError("argumentType", "the file", "a path", typeName(path));
	if (files === undefined) throw hostError("noFileSystem", "a path");
	const { journalOwner, undo = false } = options;
	const owner = journalOwner === undefined ? undefined : String(journalOwner);
	return onDisk(
		"recover",
		async (disk): Promise<Pick<Start, "file"> & RecoverStart> => ({
			file: await disk.name(path),
			undo,
			...(owner !== undefined && { journalOwner: owner }),
		}),
	);
}

/** A run that is about files alone. */
export async function onDisk<Result>(operation: StartOperation, start: (disk: Disk) => Promise<object>): Promise<Result> {
	const disk = files?.disk() as Disk;
	try {
		const frame = plainStart(operation, await start(disk));
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
	ledger?: LedgerJob,
): Promise<Done<{ skipped?: boolean } | null>> {
	const keep = (result: SessionResult, payload: Uint8Array) => {
		return new SourceSession(input, { result, payload }, unfinishedCall(call, signatories));
	};
	return withOpened(input, output, options, call.control, (opened) => signDocument(opened, signatories, call, keep, ledger));
}
