import { asBytes, type Bytes } from "#engine";
import { argumentBytes, type ByteInput, fromHex } from "./bytes.js";
import type { Control } from "./control.js";
import { type Document, Memory, MemoryDocument, StreamedDocument } from "./document.js";
import type { DigestAlgorithm, Report, SigningRequest } from "./generated.js";
import { type Done, drive, type Story } from "./machine.js";
import { complete, prepare, resume, type WireSession } from "./operations.js";
import { partsOf, type ResumeOptions, resumptionOf, type SessionOptions } from "./options.js";
import { signatureBytes, signingRequest } from "./request.js";
import { type DocumentSource, openSource } from "./source.js";

/** What is known of a signing of which the first half is done. */
export interface Prepared {
	/** The digest of the document's signed part (`/ByteRange`): what a service that returns containers is given. */
	readonly hash: Bytes;
	/** The hash that `hash` was made with. */
	readonly hashAlgorithm: DigestAlgorithm;
	/** Length of the document before the signature, in bytes. */
	readonly documentLength: number;
	/** What a key store is asked to sign. Only of a session with a certificate. */
	readonly request?: SigningRequest;
	/** What was done, with warnings; as of the last completion, once there was one. */
	readonly report: Report;
	/** The session as a few kilobytes, without the document, to be resumed: by this version or a later one that says so. */
	serialize(): Bytes;
}

/** A signing in two halves: what is to be signed is known, and the answer may come much later, or elsewhere. */
export interface Session extends Prepared {
	/** The signed document with a finished CMS container, which is checked first. May be called again. */
	complete(container: ByteInput): Bytes;
	/** The signed document with a raw signature over `request.data`, which is checked first. May be called again. */
	completeWithSignature(signature: ByteInput): Bytes;
}

/**
 * Prepares a PDF for a signature that comes later: a finished container, or with `certificate` a raw signature.
 *
 * The document is kept until the session is let go.
 */
export function beginSigning(pdf: ByteInput, options?: SessionOptions): Session {
	const { control, moment, onReport, options: rest } = partsOf(options);
	const document = new MemoryDocument(pdf, control);
	const prepared = drive(prepare(document, rest, moment), document, [], control) as Done<WireSession>;
	return new DocumentSession(document, prepared, onReport);
}

/** Prepares a PDF from any source for a signature that comes later; never throws at once. The document is kept in memory. */
export async function beginSigningAsync(source: DocumentSource, options?: SessionOptions): Promise<Session> {
	const { control, moment, onReport, options: rest } = partsOf(options);
	return inMemory(source, control, onReport, (document) => prepare(document, rest, moment));
}

/** Takes up a serialised session with its document, which is read again and must be the same. */
export function resumeSigning(saved: ByteInput, pdf: ByteInput, options?: ResumeOptions): Session {
	const { control, documentVouched, onReport } = resumptionOf(options);
	const document = new MemoryDocument(pdf, control);
	const story = resume(document, argumentBytes(saved, "the saved session"), documentVouched);
	return new DocumentSession(document, drive(story, document, [], control) as Done<WireSession>, onReport);
}

/** Takes up a serialised session with its document from any source; never throws at once. The document is kept in memory. */
export async function resumeSigningAsync(saved: ByteInput, source: DocumentSource, options?: ResumeOptions): Promise<Session> {
	const { control, documentVouched, onReport } = resumptionOf(options);
	const bytes = argumentBytes(saved, "the saved session");
	return inMemory(source, control, onReport, (document) => resume(document, bytes, documentVouched));
}

/** A session over a source that is read into memory by the same read that hashes it. */
async function inMemory(
	from: DocumentSource,
	control: Control,
	onReport: (report: Report) => void,
	story: (document: Document) => Story<Done<WireSession>>,
): Promise<Session> {
	const source = await openSource(from, control);
	try {
		const memory = new Memory(source.length);
		const document = new StreamedDocument(source, control, async () => memory);
		const prepared = await drive(story(document), document, [], control);
		await memory.fill(source, control); // a document that is vouched for was not hashed
		return new DocumentSession(memory, prepared, onReport);
	} finally {
		await source.close();
	}
}

/** The first half, done; completing is what its heirs add. */
export class PreparedSession implements Prepared {
	readonly hash: Bytes;
	readonly hashAlgorithm: DigestAlgorithm;
	readonly documentLength: number;
	declare readonly request?: SigningRequest;
	report: Report;
	readonly #saved: Uint8Array;

	constructor({ result, reports, payload }: Done<WireSession>, onReport: (report: Report) => void) {
		this.hash = asBytes(fromHex(result.hash));
		this.hashAlgorithm = result.hashAlgorithm;
		this.documentLength = result.documentLength;
		if (result.request !== null) this.request = signingRequest(result.request, fromHex(result.request.data));
		this.#saved = payload;
		this.report = reports[0] as Report;
		onReport(this.report);
	}

	serialize(): Bytes {
		return asBytes(this.#saved.slice());
	}

	/** The update that an answer completes. It may be asked for again. */
	protected completed(kind: "signature" | "container", answer: Uint8Array): { report: Report; update: Uint8Array } {
		const { payload, reports } = complete(this.#saved, kind, answer);
		return { report: reports[0] as Report, update: payload };
	}
}

class DocumentSession extends PreparedSession implements Session {
	readonly #document: { signed(update: Uint8Array): Bytes };
	readonly #onReport: (report: Report) => void;

	constructor(document: { signed(update: Uint8Array): Bytes }, prepared: Done<WireSession>, onReport: (report: Report) => void) {
		super(prepared, onReport);
		this.#document = document;
		this.#onReport = onReport;
	}

	complete(container: ByteInput): Bytes {
		return this.#complete("container", argumentBytes(container, "the container"));
	}

	completeWithSignature(signature: ByteInput): Bytes {
		return this.#complete("signature", signatureBytes(signature));
	}

	#complete(kind: "signature" | "container", answer: Uint8Array): Bytes {
		const { report, update } = this.completed(kind, answer);
		const signed = this.#document.signed(update);
		this.report = report;
		this.#onReport(report);
		return signed;
	}
}
