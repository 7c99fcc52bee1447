import { asBytes, type Bytes } from "#engine";
import { argumentBytes, type ByteInput, concat, typeName } from "./bytes.js";
import { Control, type ControlOptions } from "./control.js";
import { argumentError, RustpdfError } from "./errors.js";
import type { SigningRequest } from "./generated.js";
import { inParallel, type JobOutcome } from "./many.js";
import { partsOf, type ResumeOptions, type SessionOptions } from "./options.js";
import type { FileOutput, OutputOptions } from "./output.js";
import { beginSigningFile, type FileSession, resumeSigningFile } from "./session_file.js";
import type { SignedFile } from "./sign_file.js";
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
	/** What failed, and which document. It does not concern the others. */
	readonly failures: readonly { readonly index: number; readonly error: unknown }[];
	/** What is to be signed: of all sessions, in their order. Only with a certificate. */
	readonly requests: readonly SigningRequest[];
	/** The digests for a service that returns containers: of all sessions, in their order. */
	readonly hashes: readonly Bytes[];
	/** Completes with a raw signature for each of `requests`, in their order; `outputs` has one for each document. */
	completeWithSignatures(signatures: readonly ByteInput[], outputs: readonly FileOutput[], options?: BatchOptions): Completion;
	/** Completes with a CMS container for each of `hashes`, in their order; `outputs` has one for each document. */
	complete(containers: readonly ByteInput[], outputs: readonly FileOutput[], options?: BatchOptions): Completion;
	/** All sessions, without the documents, for `resumeSigningMany`. */
	serialize(): Bytes;
}

/** How to complete many. */
export interface BatchOptions extends OutputOptions, ControlOptions, InFlight {}

/** What became of each document, as it is known; a refused answer concerns its document alone, and may be followed by another. */
export type Completion = AsyncGenerator<JobOutcome, void, undefined>;

/** Prepares many documents for signatures that come later. */
export async function beginSigningMany(inputs: readonly DocumentSource[], options?: SessionOptions & InFlight): Promise<SessionBatch> {
	const { inFlight, ...rest } = options ?? {};
	return batch(inputs, inFlight, rest, (input) => beginSigningFile(input, rest));
}

/** Takes up serialised sessions with their documents, given in the same order, which are read again and must be the same. */
export async function resumeSigningMany(
	saved: ByteInput,
	inputs: readonly DocumentSource[],
	options?: ResumeOptions & InFlight,
): Promise<SessionBatch> {
	const { inFlight, ...rest } = options ?? {};
	const sessions = parse(argumentBytes(saved, "the saved sessions"));
	if (sessions.length !== list(inputs).length) {
		throw argumentError(
			`there are ${sessions.length} saved sessions and ${inputs.length} documents; give all documents, in the same order`,
		);
	}
	return batch(inputs, inFlight, rest, async (input, index) => {
		const session = sessions[index] as Uint8Array;
		if (session.byteLength > 0) return resumeSigningFile(session, input, rest);
		throw new RustpdfError("ERR_SESSION_FORMAT", "there is no session of this document, for it failed when they were begun; begin again");
	});
}

async function batch(
	inputs: readonly DocumentSource[],
	inFlight: number | undefined,
	options: SessionOptions | ResumeOptions,
	begin: (input: DocumentSource, index: number) => Promise<FileSession>,
): Promise<SessionBatch> {
	const { control } = partsOf(options);
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

	completeWithSignatures(signatures: readonly ByteInput[], outputs: readonly FileOutput[], options: BatchOptions = {}): Completion {
		return this.#complete(signatures, outputs, options, (session, ...how) => session.completeWithSignature(...how));
	}

	complete(containers: readonly ByteInput[], outputs: readonly FileOutput[], options: BatchOptions = {}): Completion {
		return this.#complete(containers, outputs, options, (session, ...how) => session.complete(...how));
	}

	serialize(): Bytes {
		const parts = this.sessions.flatMap((session) => {
			const saved = session?.serialize() ?? new Uint8Array();
			const length = new Uint8Array(4);
			new DataView(length.buffer).setUint32(0, saved.byteLength);
			return [length, saved];
		});
		return asBytes(concat([MAGIC, ...parts]));
	}

	async *#complete(
		answers: readonly ByteInput[],
		outputs: readonly FileOutput[],
		{ inFlight, ...options }: BatchOptions,
		complete: (session: FileSession, answer: ByteInput, output: FileOutput, options: OutputOptions & ControlOptions) => Promise<SignedFile>,
	): Completion {
		const begun = this.#begun();
		if (list(answers).length !== begun.length)
			throw argumentError(`there are ${answers.length} answers for ${begun.length} sessions`, "give one for each");
		if (list(outputs).length !== this.sessions.length) {
			throw argumentError(`there are ${outputs.length} outputs for ${this.sessions.length} documents`, "give one for each");
		}
		const items = begun.map(({ index, session }, place) => ({ index, session, answer: answers[place] as ByteInput }));
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

/** Serialised sessions one after the other, each with its length in four bytes before it, big-endian; of a failure it is 0. */
const MAGIC = new TextEncoder().encode("rustpdf sessions \x01");

/** Errors: `ERR_SESSION_FORMAT`, `ERR_SESSION_DAMAGED`. */
function parse(bytes: Uint8Array): Uint8Array[] {
	if (!MAGIC.every((byte, at) => bytes[at] === byte)) {
		throw new RustpdfError("ERR_SESSION_FORMAT", "these are no saved sessions; give the bytes that `serialize` of a batch returned");
	}
	const sessions: Uint8Array[] = [];
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	for (let at = MAGIC.byteLength; at < bytes.byteLength; ) {
		const start = at + 4;
		const end = start <= bytes.byteLength ? start + view.getUint32(at) : Number.POSITIVE_INFINITY;
		if (end > bytes.byteLength)
			throw new RustpdfError("ERR_SESSION_DAMAGED", "the saved sessions are cut short; use an undamaged copy of them");
		sessions.push(bytes.subarray(start, end));
		at = end;
	}
	return sessions;
}

function list<T>(items: readonly T[]): readonly T[] {
	if (!Array.isArray(items)) throw argumentError(`a list is needed, and it is ${typeName(items)}`);
	return items;
}
