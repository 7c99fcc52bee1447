import { asBytes, type Bytes } from "#engine";
import { argumentBytes, type ByteInput, fromHex } from "./bytes.js";
import { type DocumentSource, documentOf, MemoryDocument } from "./document.js";
import { type Done, drive } from "./machine.js";
import { complete, prepare, resume, type WireSession } from "./operations.js";
import { optionsOf, type ResumeOptions, type SessionOptions } from "./options.js";
import type { Report } from "./report.js";
import { type DigestAlgorithm, type SigningRequest, signatureBytes, signingRequest } from "./request.js";

/** A signing in two halves: what is to be signed is known, and the answer may come much later, or elsewhere. */
export interface Session {
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
	/** The signed document with a finished CMS container, which is checked first. May be called again. */
	complete(container: ByteInput): Bytes;
	/** The signed document with a raw signature over `request.data`, which is checked first. May be called again. */
	completeWithSignature(signature: ByteInput): Bytes;
	/** The session as a few kilobytes, without the document, for `resumeSigning`: of this version or a later one that says so. */
	serialize(): Bytes;
}

/**
 * Prepares a PDF for a signature that comes later: a finished container, or with `certificate` a raw signature.
 *
 * The document is kept until the session is let go.
 */
export function beginSigning(pdf: ByteInput, options?: SessionOptions): Session {
	const document = MemoryDocument.of(pdf);
	const { onReport, ...rest } = optionsOf(options);
	return new DocumentSession(document, drive(prepare(document, rest), document) as Done<WireSession>, onReport);
}

/** Prepares a PDF from any source for a signature that comes later; never throws at once. */
export async function beginSigningAsync(source: DocumentSource, options?: SessionOptions): Promise<Session> {
	const document = documentOf(source);
	const { onReport, ...rest } = optionsOf(options);
	const prepared = await drive(prepare(document, rest), document);
	return new DocumentSession(await document.whole(), prepared, onReport);
}

/** Takes up a serialised session with its document, which is read again and must be the same. */
export function resumeSigning(saved: ByteInput, pdf: ByteInput, options?: ResumeOptions): Session {
	const document = MemoryDocument.of(pdf);
	const { onReport, documentVouched = false } = optionsOf(options);
	const story = resume(document, argumentBytes(saved, "the saved session"), documentVouched);
	return new DocumentSession(document, drive(story, document) as Done<WireSession>, onReport);
}

/** Takes up a serialised session with its document from any source; never throws at once. */
export async function resumeSigningAsync(saved: ByteInput, source: DocumentSource, options?: ResumeOptions): Promise<Session> {
	const document = documentOf(source);
	const { onReport, documentVouched = false } = optionsOf(options);
	const resumed = await drive(resume(document, argumentBytes(saved, "the saved session"), documentVouched), document);
	return new DocumentSession(await document.whole(), resumed, onReport);
}

class DocumentSession implements Session {
	readonly hash: Bytes;
	readonly hashAlgorithm: DigestAlgorithm;
	readonly documentLength: number;
	declare readonly request?: SigningRequest;
	report: Report;
	readonly #document: MemoryDocument;
	readonly #saved: Uint8Array;
	readonly #onReport: ((report: Report) => void) | undefined;

	constructor(document: MemoryDocument, { result, report, payload }: Done<WireSession>, onReport?: (report: Report) => void) {
		this.hash = asBytes(fromHex(result.hash));
		this.hashAlgorithm = result.hashAlgorithm;
		this.documentLength = result.documentLength;
		if (result.request !== null) this.request = signingRequest(result.request, fromHex(result.request.data));
		this.#document = document;
		this.#saved = payload;
		this.#onReport = onReport;
		this.report = report;
		onReport?.(report);
	}

	complete(container: ByteInput): Bytes {
		return this.#complete("container", argumentBytes(container, "the container"));
	}

	completeWithSignature(signature: ByteInput): Bytes {
		return this.#complete("signature", signatureBytes(signature));
	}

	serialize(): Bytes {
		return asBytes(this.#saved.slice());
	}

	#complete(kind: "signature" | "container", answer: Uint8Array): Bytes {
		const { report, payload } = complete(this.#saved, kind, answer);
		const signed = this.#document.signed(payload);
		this.report = report;
		this.#onReport?.(report);
		return signed;
	}
}
