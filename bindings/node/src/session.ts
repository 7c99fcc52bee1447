import { drawsLater } from "#appearance";
import { asBytes, type Bytes, fromHex } from "#bytes";
import type { Awaitable } from "./awaitable.js";
import { argumentBytes, type ByteInput, typeName, viewOf } from "./bytes.js";
import type { Control } from "./control.js";
import { Memory, MemoryDocument } from "./document.js";
import { argumentError, hostError } from "./errors.js";
import type { Message } from "./frame.js";
import type { SessionResult } from "./frames.js";
import type { DigestAlgorithm, Level, Report, SignatureAlgorithm, SigningRequest } from "./generated.js";
import { Host } from "./host.js";
import { HttpHost } from "./http_host.js";
import type { LevelB } from "./level_b.js";
import { type Done, drive } from "./machine.js";
import { type Opened, readWhole, withOpened } from "./opened.js";
import { complete, completeInto, openSealed, openUnsealed, prepare, resume, type SessionAnswer, serialize } from "./operations.js";
import {
	type CertificateInput,
	completionOf,
	type HigherLevel,
	isHigherLevel,
	issuedOf,
	isVisible,
	type ResumeOptions,
	resumptionOf,
	type ServiceOptions,
	type SessionCall,
	type SessionCallOptions,
	type SessionOptions,
	type SignatureCertificate,
	sessionCallOf,
	type UnsealedOptions,
} from "./options.js";
import { signatureBytes, signingRequest } from "./request.js";
import type { DocumentSource } from "./source.js";

/** A signing of which the first half is done. */
export interface Prepared {
	/** The digest of the document's signed part (`/ByteRange`): the input of a service that returns containers. */
	readonly hash: Bytes;
	/** The hash that `hash` was made with. */
	readonly hashAlgorithm: DigestAlgorithm;
	/** Length of the document before the signature, in bytes. */
	readonly documentLength: number;
	/** Whether the signature is made already, and `completeSigned` or `advance` needs no answer: see `unfinishedSession`. */
	readonly signed: boolean;
	/** The request to a key store. Only of a session with a certificate, or one whose certificate comes with the signature. */
	readonly request?: SigningRequest;
	/** The report, with warnings: of the last completion, once there was one. */
	readonly report: Report;
	/**
	 * The session as a few kilobytes, without the document, sealed by a key of 32 bytes or more: nobody without the key can change it.
	 *
	 * `resumeSigning` opens it with the same key. Errors: `ERR_ARGUMENT`.
	 */
	serialize(key: ByteInput): Bytes;
	/**
	 * The session without a seal, for a place as safe as that of the document: a changed one has the key sign something else. A session above
	 * B-B has to be sealed, for it has the certificates that are trusted.
	 *
	 * `resumeUnsealed` opens it, and gets certificate, chain and options again.
	 */
	serializeUnsealed(): Bytes;
}

/**
 * A signing in two halves: the request is known, and the answer may come much later, or elsewhere.
 *
 * Above B-B its second half asks servers and returns a promise. If that fails, the error carries a session that has the signature
 * (`unfinishedSession`): `advance` goes on from there, now or much later, without the key.
 */
export interface Session<Completed extends Awaitable<Bytes> = Bytes> extends Prepared {
	/** The signed document with a finished CMS container, which is checked first. May be called again. */
	complete(container: ByteInput, options?: SessionCallOptions): Completed;
	/**
	 * The signed document with a raw signature over `request.data`, which is checked first. May be called again.
	 *
	 * `issued` has the certificate, and its issuers, of a session that was begun without one (`pades: false` and `signatureAlgorithm`).
	 * Errors: `ERR_SESSION_NO_CERTIFICATE`, `ERR_ALGORITHM_MISMATCH`, `ERR_SIGNATURE_…`.
	 */
	completeWithSignature(signature: ByteInput, issued?: SignatureCertificate & SessionCallOptions): Completed;
	/** The signed document of a session that is `signed`. May be called again. */
	completeSigned(options?: SessionCallOptions): Completed;
	/**
	 * Goes on with a session that is `signed` and waits for a timestamp or for revocation data. May be called again.
	 *
	 * @example
	 * const session = resumeSigning(saved, pdf, sessionKey, { services });
	 * const signed = await session.advance({ http });
	 */
	advance(options?: SessionCallOptions): Promise<Bytes>;
}

/** A session of which it is known that it has a request. */
export type WithRequest<Of extends Prepared> = Of & { readonly request: SigningRequest };

/** Options by which a session has a request: they give the certificate, or leave it to the signature. */
export type WithCertificate<Options> = Options &
	({ certificate: CertificateInput } | { pades: false; signatureAlgorithm: SignatureAlgorithm });

/**
 * Prepares a PDF for a signature that comes later: a finished container, or with `certificate` a raw signature.
 *
 * With `pades: false` and `signatureAlgorithm` the certificate may come with the raw signature. The document is kept until the session is let go.
 *
 * @example
 * const session = beginSigning(pdf, { certificate, chain });
 * const signed = session.completeWithSignature(await kms.sign(session.request.digest));
 */
export function beginSigning(
	pdf: ByteInput,
	options: WithCertificate<SessionOptions> & { level: HigherLevel },
): WithRequest<Session<Promise<Bytes>>>;
/** Prepares a PDF for a finished container that comes later, and for servers that are asked then. */
export function beginSigning(pdf: ByteInput, options: SessionOptions & { level: HigherLevel }): Session<Promise<Bytes>>;
/** Prepares a PDF for a raw signature that comes later. */
export function beginSigning(pdf: ByteInput, options: WithCertificate<SessionOptions & LevelB>): WithRequest<Session>;
/**
 * Prepares a PDF for a finished container that comes later, or with `pades: false` and `signatureAlgorithm` for a raw signature and its
 * certificate. The document is kept until the session is let go.
 */
export function beginSigning(pdf: ByteInput, options?: SessionOptions & LevelB): Session;
/** Prepares a PDF for a signature of any level that comes later. A visible one of browsers and workers needs `beginSigningAsync`. */
export function beginSigning(pdf: ByteInput, options?: SessionOptions): Session<Awaitable<Bytes>>;
export function beginSigning(pdf: ByteInput, options?: SessionOptions): Session<Awaitable<Bytes>> {
	const { options: rest, ...call } = sessionCallOf(options);
	if (drawsLater && isVisible(rest))
		throw argumentError(
			"the module that draws a visible signature is loaded first, and this call answers at once",
			"call beginSigningAsync",
		);
	return overMemory(pdf, call, (place) => prepare(place, rest, call.ambient));
}

/**
 * Prepares a PDF from any source for a signature that comes later; never throws at once. The document is kept in memory.
 *
 * @example
 * const session = await beginSigningAsync("in.pdf", { certificate, chain });
 * const signed = session.completeWithSignature(await kms.sign(session.request.digest));
 */
export function beginSigningAsync(
	source: DocumentSource,
	options: WithCertificate<SessionOptions> & { level: HigherLevel },
): Promise<WithRequest<Session<Promise<Bytes>>>>;
/** Prepares a PDF from any source for a finished container that comes later, and for servers that are asked then. */
export function beginSigningAsync(
	source: DocumentSource,
	options: SessionOptions & { level: HigherLevel },
): Promise<Session<Promise<Bytes>>>;
/** Prepares a PDF from any source for a raw signature that comes later; never throws at once. The document is kept in memory. */
export function beginSigningAsync(source: DocumentSource, options: WithCertificate<SessionOptions & LevelB>): Promise<WithRequest<Session>>;
/** Prepares a PDF from any source for a finished container that comes later; never throws at once. The document is kept in memory. */
export function beginSigningAsync(source: DocumentSource, options?: SessionOptions & LevelB): Promise<Session>;
/** Prepares a PDF from any source for a signature of any level that comes later. */
export function beginSigningAsync(source: DocumentSource, options?: SessionOptions): Promise<Session<Awaitable<Bytes>>>;
export async function beginSigningAsync(source: DocumentSource, options?: SessionOptions): Promise<Session<Awaitable<Bytes>>> {
	const { options: rest, ...call } = sessionCallOf(options);
	return overSource(source, call, (place) => prepare(place, rest, call.ambient));
}

/**
 * Takes up a session that `serialize` sealed by this key, with its document, which is read again and must be the same.
 *
 * @example
 * const saved = beginSigning(pdf, { certificate, chain }).serialize(sessionKey);
 * const signed = resumeSigning(saved, pdf, sessionKey).completeWithSignature(raw);
 */
export function resumeSigning(
	saved: ByteInput,
	pdf: ByteInput,
	key: ByteInput,
	options: ResumeOptions & Required<ServiceOptions>,
): Session<Promise<Bytes>>;
/** Takes up a session of level B-B, which needs no timestamp services. */
export function resumeSigning(saved: ByteInput, pdf: ByteInput, key: ByteInput, options?: ResumeOptions): Session;
export function resumeSigning(saved: ByteInput, pdf: ByteInput, key: ByteInput, options?: ResumeOptions): Session<Awaitable<Bytes>> {
	const { skipDocumentCheck, ...call } = resumptionOf(options);
	const live = sealed(saved, key);
	return overMemory(pdf, call, (place) => resume(place, live, skipDocumentCheck));
}

/**
 * Takes up a sealed session with its document from any source; never throws at once. The document is kept in memory.
 *
 * @example
 * const saved = beginSigning(pdf, { certificate, chain }).serialize(sessionKey);
 * const session = await resumeSigningAsync(saved, "in.pdf", sessionKey);
 */
export function resumeSigningAsync(
	saved: ByteInput,
	source: DocumentSource,
	key: ByteInput,
	options: ResumeOptions & Required<ServiceOptions>,
): Promise<Session<Promise<Bytes>>>;
/** Takes up a session of level B-B with its document from any source, and needs no timestamp services. */
export function resumeSigningAsync(saved: ByteInput, source: DocumentSource, key: ByteInput, options?: ResumeOptions): Promise<Session>;
export async function resumeSigningAsync(
	saved: ByteInput,
	source: DocumentSource,
	key: ByteInput,
	options?: ResumeOptions,
): Promise<Session<Awaitable<Bytes>>> {
	const { skipDocumentCheck, ...call } = resumptionOf(options);
	const live = sealed(saved, key);
	if (!skipDocumentCheck) return overSource(source, call, (place) => resume(place, live, false));
	const bytes = await readWhole(source, call.control); // nothing is hashed, so nothing else reads it
	return overMemory(bytes, call, (place) => resume(place, live, true));
}

/**
 * Takes up a session that is not sealed, with its document, and with the certificate and the options that it was begun with.
 *
 * @example
 * const saved = beginSigning(pdf, { certificate, chain }).serializeUnsealed();
 * const signed = resumeUnsealed(saved, pdf, { certificate, chain }).completeWithSignature(raw);
 */
export function resumeUnsealed(saved: ByteInput, pdf: ByteInput, options?: UnsealedOptions): Session {
	const { live, ...call } = unsealed(saved, options);
	return overMemory(pdf, call, (place) => resume(place, live, false)) as Session;
}

/**
 * The same with a document from any source; never throws at once. The document is kept in memory.
 *
 * @example
 * const saved = beginSigning(pdf, { certificate, chain }).serializeUnsealed();
 * const session = await resumeUnsealedAsync(saved, "in.pdf", { certificate, chain });
 */
export async function resumeUnsealedAsync(saved: ByteInput, source: DocumentSource, options?: UnsealedOptions): Promise<Session> {
	const { live, ...call } = unsealed(saved, options);
	return (await overSource(source, call, (place) => resume(place, live, false))) as Session;
}

/** The live session in a sealed one. Errors: `ERR_ARGUMENT`, `ERR_SESSION_…`. */
export function sealed(saved: unknown, key: unknown): Uint8Array {
	return openSealed(argumentBytes(saved, "the saved session"), false, keyBytes(key))[0] as Uint8Array;
}

/** The live session in one that is not sealed, and the options of the call. Errors: `ERR_ARGUMENT`, `ERR_SESSION_…`. */
export function unsealed(saved: unknown, given: UnsealedOptions | null | undefined): SessionCall & { live: Uint8Array } {
	const { options, ...call } = sessionCallOf(given);
	const [live] = openUnsealed(argumentBytes(saved, "the saved session"), false, options, call.ambient);
	return { ...call, live: live as Uint8Array };
}

/** The bytes of a key. Text is refused: it may be hexadecimal or Base64 of one. Errors: `ERR_ARGUMENT`. */
export function keyBytes(key: unknown): Uint8Array {
	const bytes = viewOf(key);
	if (bytes === undefined) throw hostError("keyType", typeName(key));
	return bytes;
}

function overMemory(
	pdf: ByteInput,
	call: SessionCall,
	start: (place: { start: { length: number } }) => Message,
): Session<Awaitable<Bytes>> {
	const { control } = call;
	const document = new MemoryDocument(pdf, control);
	const frame = start({ start: { length: document.length } });
	return begun(document, drive(frame, new Host({ document, control })) as Done<SessionResult>, call);
}

/** A session over a source that is read into memory by the same read that hashes it. */
async function overSource(from: DocumentSource, call: SessionCall, start: (place: Opened) => Message): Promise<Session<Awaitable<Bytes>>> {
	const { control } = call;
	const memory = new Memory();
	const begin = async (opened: Opened) => {
		return begun(memory, await drive<SessionResult>(start(opened), new Host({ ...opened, control })), call);
	};
	return withOpened(from, null, {}, control, begin, memory);
}

function begun(document: Kept, prepared: Done<SessionResult>, call: SessionCall): Session<Awaitable<Bytes>> {
	call.onReport(prepared.result.report);
	return new DocumentSession(document, prepared, call);
}

/** The first half, done; its heirs add the second. */
export class PreparedSession implements Prepared {
	readonly hash: Bytes;
	readonly hashAlgorithm: DigestAlgorithm;
	readonly documentLength: number;
	readonly signed: boolean;
	declare readonly request?: SigningRequest;
	report: Report;
	protected readonly live: Uint8Array;

	constructor({ payload, result }: Pick<Done<SessionResult>, "payload" | "result">) {
		this.hash = asBytes(fromHex(result.hash as string));
		this.hashAlgorithm = result.hashAlgorithm;
		this.documentLength = result.documentLength;
		this.signed = result.signed;
		if (result.request != null) this.request = signingRequest(result.request, fromHex(result.request.data as string));
		this.report = result.report;
		this.live = payload;
	}

	/** The live session, if there is one. */
	static liveOf(session: PreparedSession | undefined): Uint8Array | undefined {
		return session?.live;
	}

	serialize(key: ByteInput): Bytes {
		return asBytes(serialize([this.live], false, keyBytes(key)).slice());
	}

	serializeUnsealed(): Bytes {
		return asBytes(serialize([this.live], false, null).slice());
	}
}

/** A document that is kept in memory until its session is completed. */
interface Kept {
	again(control: Control): MemoryDocument;
	signed(update: Uint8Array): Bytes;
}

/** A session with its document in memory. */
export class DocumentSession extends PreparedSession implements Session<Awaitable<Bytes>> {
	readonly #document: Kept;
	readonly #call: SessionCall;

	constructor(document: Kept, prepared: Pick<Done<SessionResult>, "payload" | "result">, call: SessionCall) {
		super(prepared);
		this.#document = document;
		// A sealed session has its level, and the call that resumes it does not.
		const { level } = prepared.result as SessionResult & { level?: Level | null };
		this.#call = { ...call, isHigher: call.isHigher || isHigherLevel(level) };
	}

	complete(container: ByteInput, options?: SessionCallOptions): Awaitable<Bytes> {
		return this.#complete(() => ({ container: argumentBytes(container, "the container") }), options);
	}

	completeWithSignature(signature: ByteInput, given?: SignatureCertificate & SessionCallOptions): Awaitable<Bytes> {
		const [issued, options] = completionParts(given);
		return this.#complete(() => ({ ...issuedOf(issued), signature: signatureBytes(signature) }), options);
	}

	completeSigned(options?: SessionCallOptions): Awaitable<Bytes> {
		return this.#complete(() => undefined, options);
	}

	async advance(options?: SessionCallOptions): Promise<Bytes> {
		return this.#ask(undefined, options);
	}

	#complete(answer: () => SessionAnswer, options: SessionCallOptions | undefined): Awaitable<Bytes> {
		if (this.#call.isHigher) return (async () => this.#ask(answer(), options))();
		return this.#done(complete(this.live, answer()));
	}

	/** Completes by a run that asks servers. */
	async #ask(answer: SessionAnswer, options: SessionCallOptions = {}): Promise<Bytes> {
		const { ambient, control, http, password, services } = completionOf(options, this.#call);
		const document = this.#document.again(control);
		const host = new Host({ document, http: new HttpHost(http, [services]), control });
		const call = { ...this.#call, http, password, services };
		const start = completeInto({ start: { length: document.length } }, this.live, answer, ambient, password);
		const done = await drive(start, host, (result: SessionResult, payload) => {
			return new DocumentSession(this.#document, { result, payload }, call);
		});
		for (const { warnings } of done.reports) host.warnLate(warnings);
		return this.#done(done);
	}

	#done({ payload, reports }: Pick<Done, "payload" | "reports">): Bytes {
		const signed = this.#document.signed(payload);
		this.report = reports.at(-1) as Report;
		for (const report of reports) this.#call.onReport(report);
		return signed;
	}
}

/** The certificate of a signature, and the options of completing with it. A wrong value stays the first of the two, which is checked. */
function completionParts(
	given: (SignatureCertificate & SessionCallOptions) | undefined,
): [SignatureCertificate | undefined, SessionCallOptions] {
	if (typeof given !== "object" || given === null || ArrayBuffer.isView(given)) return [given, {}];
	const { cache, entropy, http, onProgress, onWarnings, password, services, signal, ...issued } = given;
	return [issued, { cache, entropy, http, onProgress, onWarnings, password, services, signal }];
}
