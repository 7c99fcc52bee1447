import { asBytes, type Bytes } from "#bytes";
import { argumentBytes, type ByteInput, typeName } from "./bytes.js";
import { Control } from "./control.js";
import { hostError } from "./errors.js";
import type { SigningRequest } from "./generated.js";
import { memoryCache } from "./http_cache.js";
import { inParallel, type JobOutcome } from "./many.js";
import { openSealed, openUnsealed, serialize } from "./operations.js";
import {
	issuedOf,
	partsOf,
	type ResumeOptions,
	resumptionOf,
	type SessionCall,
	type SessionCallOptions,
	type SessionOptions,
	type SignatureCertificate,
	sessionCallOf,
	type UnsealedOptions,
} from "./options.js";
import type { FileOutput, OutputOptions } from "./output.js";
import { keyBytes, PreparedSession } from "./session.js";
import { beginSigningFile, type CompletionOptions, type FileSession, resumeFile, type SourceSession } from "./session_file.js";
import type { SignedFile } from "./signed_file.js";
import type { DocumentSource } from "./source.js";

/** How many documents are in the works at a time. */
export interface InFlight {
	/** Default: 8. */
	inFlight?: number | undefined;
}

/** Many signings of which the first half is done, for a service that signs many hashes in one call. */
export interface SessionBatch {
	/** The session of each document, in the order in which they were given; nothing where it failed. */
	readonly sessions: readonly (FileSession | undefined)[];
	/** The failed documents with their errors. The others go on. */
	readonly failures: readonly { readonly index: number; readonly error: unknown }[];
	/** The requests of all sessions, in their order. Only with a certificate, or where it comes with the signature. */
	readonly requests: readonly SigningRequest[];
	/** The digests for a service that returns containers: of all sessions, in their order. */
	readonly hashes: readonly Bytes[];
	/**
	 * Completes with a raw signature for each of `requests`, in their order; `outputs` has one for each document.
	 *
	 * `certificates` has one for each signature, of sessions that were begun without one (`pades: false` and `signatureAlgorithm`).
	 */
	completeWithSignatures(
		signatures: readonly ByteInput[],
		outputs: readonly FileOutput[],
		options?: BatchOptions & { certificates?: readonly SignatureCertificate[] | undefined },
	): Completion;
	/** Completes with a CMS container for each of `hashes`, in their order; `outputs` has one for each document. */
	complete(containers: readonly ByteInput[], outputs: readonly FileOutput[], options?: BatchOptions): Completion;
	/** All sessions, without the documents, sealed by a key of 32 bytes or more, for `resumeSigningMany`. Errors: `ERR_ARGUMENT`. */
	serialize(key: ByteInput): Bytes;
	/** All sessions without a seal, for a place as safe as that of the documents, and for `resumeUnsealedMany`. */
	serializeUnsealed(): Bytes;
	/** Goes on with all sessions that are `signed` and wait for a timestamp or for revocation data; `outputs` has one for each document. */
	advance(outputs: readonly FileOutput[], options?: BatchOptions): Completion;
}

/** How to complete many. */
export interface BatchOptions extends OutputOptions, SessionCallOptions, InFlight {}

/** The outcome of each document, as it is known; a refused answer concerns its document alone, and may be followed by another. */
export type Completion = AsyncGenerator<JobOutcome, void, undefined>;

/**
 * Prepares many documents for signatures that come later.
 *
 * @example
 * const batch = await beginSigningMany(["a.pdf", "b.pdf"], { certificate, chain });
 * const answers = await service.signAll(batch.requests.map(({ digest }) => digest));
 * for await (const { status } of batch.completeWithSignatures(answers, ["a-signed.pdf", "b-signed.pdf"])) console.log(status);
 */
export async function beginSigningMany(inputs: readonly DocumentSource[], options?: SessionOptions & InFlight): Promise<SessionBatch> {
	const { inFlight, ...given } = options ?? {};
	const rest = { ...given, cache: given.cache ?? memoryCache() }; // the documents share it
	return batch(inputs, inFlight, partsOf(rest).control, (input) => beginSigningFile(input, rest));
}

/**
 * Takes up sessions that `serialize` sealed by this key, with their documents in the same order, which are read again and must be the same.
 *
 * @example
 * const saved = (await beginSigningMany(inputs, { certificate, chain })).serialize(sessionKey);
 * const batch = await resumeSigningMany(saved, inputs, sessionKey);
 */
export async function resumeSigningMany(
	saved: ByteInput,
	inputs: readonly DocumentSource[],
	key: ByteInput,
	options?: ResumeOptions & InFlight,
): Promise<SessionBatch> {
	const { inFlight, ...rest } = options ?? {};
	const { skipDocumentCheck, ...call } = resumptionOf({ ...rest, cache: rest.cache ?? memoryCache() });
	return resume(openSealed(argumentBytes(saved, "the saved sessions"), true, keyBytes(key)), inputs, inFlight, call, skipDocumentCheck);
}

/**
 * Takes up sessions that are not sealed, with their documents, and with the certificate and the options that they were begun with.
 *
 * @example
 * const saved = (await beginSigningMany(inputs, { certificate, chain })).serializeUnsealed();
 * const batch = await resumeUnsealedMany(saved, inputs, { certificate, chain });
 */
export async function resumeUnsealedMany(
	saved: ByteInput,
	inputs: readonly DocumentSource[],
	options?: UnsealedOptions & InFlight,
): Promise<SessionBatch> {
	const { inFlight, ...rest } = options ?? {};
	const { options: begunWith, ...call } = sessionCallOf({ ...rest, cache: rest.cache ?? memoryCache() });
	const sessions = openUnsealed(argumentBytes(saved, "the saved sessions"), true, begunWith, call.ambient);
	return resume(sessions, inputs, inFlight, call, false);
}

function resume(
	sessions: readonly Uint8Array[],
	inputs: readonly DocumentSource[],
	inFlight: number | undefined,
	call: SessionCall,
	skipDocumentCheck: boolean,
): Promise<SessionBatch> {
	if (sessions.length !== list(inputs).length) {
		throw hostError("countMismatch", inputs.length, "documents", `${sessions.length} saved sessions`);
	}
	return batch(inputs, inFlight, call.control, async (input, index) => {
		const live = sessions[index] as Uint8Array;
		if (live.byteLength > 0) return resumeFile(live, input, call, skipDocumentCheck);
		throw hostError("noSession");
	});
}

async function batch(
	inputs: readonly DocumentSource[],
	inFlight: number | undefined,
	control: Control,
	begin: (input: DocumentSource, index: number) => Promise<FileSession>,
): Promise<SessionBatch> {
	const sessions: (FileSession | undefined)[] = list(inputs).map(() => undefined);
	const failures: { index: number; error: unknown }[] = [];
	const work = ([input, index]: [DocumentSource, number]) => begin(input, index);
	const items = inputs.map((input, index): [DocumentSource, number] => [input, index]);
	for await (const [, index, done] of inParallel(items, inFlight, work, control)) {
		if ("error" in done) failures.push({ index, error: done.error });
		else sessions[index] = done.value;
	}
	failures.sort((one, other) => one.index - other.index);
	return new Batch(inputs, sessions, failures);
}

class Batch implements SessionBatch {
	readonly sessions: readonly (FileSession | undefined)[];
	readonly failures: readonly { index: number; error: unknown }[];
	readonly #inputs: readonly DocumentSource[];

	constructor(
		inputs: readonly DocumentSource[],
		sessions: readonly (FileSession | undefined)[],
		failures: readonly { index: number; error: unknown }[],
	) {
		this.#inputs = inputs;
		this.sessions = sessions;
		this.failures = failures;
	}

	get requests(): SigningRequest[] {
		return this.#begun().flatMap(({ session }) => session.request ?? []);
	}

	get hashes(): Bytes[] {
		return this.#begun().map(({ session }) => session.hash);
	}

	completeWithSignatures(
		signatures: readonly ByteInput[],
		outputs: readonly FileOutput[],
		{ certificates, ...options }: BatchOptions & { certificates?: readonly SignatureCertificate[] | undefined } = {},
	): Completion {
		const given = certificates === undefined ? undefined : list(certificates);
		if (given !== undefined && given.length !== list(signatures).length) {
			throw hostError("countMismatch", given.length, "certificates", `${signatures.length} signatures`);
		}
		const answers = list(signatures).map((signature, place) => ({ signature, issued: issuedOf(given?.[place]) }));
		return this.#complete(answers, outputs, options, (session, { signature, issued }, output, how) =>
			session.completeWithSignature(signature, output, { ...how, ...issued }),
		);
	}

	complete(containers: readonly ByteInput[], outputs: readonly FileOutput[], options: BatchOptions = {}): Completion {
		return this.#complete(containers, outputs, options, (session, ...how) => session.complete(...how));
	}

	advance(outputs: readonly FileOutput[], options: BatchOptions = {}): Completion {
		const answers = this.#begun().map(() => undefined);
		return this.#complete(answers, outputs, options, (session, _, ...how) => session.advance(...how));
	}

	serialize(key: ByteInput): Bytes {
		return asBytes(serialize(this.#live(), true, keyBytes(key)).slice());
	}

	serializeUnsealed(): Bytes {
		return asBytes(serialize(this.#live(), true, null).slice());
	}

	#live(): (Uint8Array | undefined)[] {
		return this.sessions.map((session) => PreparedSession.liveOf(session as SourceSession | undefined));
	}

	async *#complete<Answer>(
		answers: readonly Answer[],
		outputs: readonly FileOutput[],
		{ inFlight, ...options }: BatchOptions,
		complete: (session: FileSession, answer: Answer, output: FileOutput, options: CompletionOptions) => Promise<SignedFile>,
	): Completion {
		const begun = this.#begun();
		if (list(answers).length !== begun.length) throw hostError("countMismatch", answers.length, "answers", `${begun.length} sessions`);
		if (list(outputs).length !== this.sessions.length) {
			throw hostError("countMismatch", outputs.length, "outputs", `${this.sessions.length} documents`);
		}
		const items = begun.map(({ index, session }, place) => ({ index, session, answer: answers[place] as Answer }));
		const work = ({ answer, index, session }: (typeof items)[number]) => complete(session, answer, outputs[index] as FileOutput, options);
		for await (const [{ index }, , done] of inParallel(items, inFlight, work, new Control(options))) {
			const job = { input: this.#inputs[index] as DocumentSource, output: outputs[index] as FileOutput };
			if ("error" in done) yield { job, index, status: "failed", error: done.error };
			else yield { job, index, status: "signed", signed: done.value };
		}
	}

	#begun(): { index: number; session: FileSession }[] {
		return this.sessions.flatMap((session, index) => (session === undefined ? [] : [{ index, session }]));
	}
}

function list<T>(items: readonly T[]): readonly T[] {
	if (!Array.isArray(items)) throw hostError("argumentType", "the argument", "a list", typeName(items));
	return items;
}
