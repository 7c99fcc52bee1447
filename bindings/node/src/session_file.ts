import { argumentBytes, type ByteInput } from "./bytes.js";
import type { Message } from "./frame.js";
import type { SessionResult } from "./frames.js";
import { Host } from "./host.js";
import { HttpHost } from "./http_host.js";
import { type Done, drive } from "./machine.js";
import { type Opened, withOpened } from "./opened.js";
import { completeInto, prepare, resume, type SessionAnswer } from "./operations.js";
import {
	completionOf,
	type ResumeOptions,
	resumptionOf,
	type SessionCall,
	type SessionCallOptions,
	type SessionOptions,
	type SignatureCertificate,
	sessionCallOf,
	type UnsealedOptions,
} from "./options.js";
import type { FileOutput, FileReport, OutputOptions } from "./output.js";
import { signatureBytes } from "./request.js";
import { type Prepared, PreparedSession, sealed, unsealed, type WithCertificate, type WithRequest } from "./session.js";
import { type SignedFile, signedFile } from "./signed_file.js";
import type { DocumentSource } from "./source.js";

/**
 * A signing in two halves of a document that is not kept in memory.
 *
 * That a file changed between the halves is noticed by its size and time; of bytes, a `Blob` and ranges only by their size, so leave those
 * alone, or resume the saved session, which reads the document again.
 */
export interface FileSession extends Prepared {
	/** Completes with a finished CMS container, which is checked first, into an output as of `signFileWith`. May be called again. */
	complete(container: ByteInput, output: FileOutput, options?: CompletionOptions): Promise<SignedFile>;
	/**
	 * Completes with a raw signature over `request.data`, which is checked first. May be called again.
	 *
	 * `certificate` and `chain` are for a session that was begun without them (`pades: false` and `signatureAlgorithm`).
	 * Errors: `ERR_SESSION_NO_CERTIFICATE`, `ERR_ALGORITHM_MISMATCH`, `ERR_SIGNATURE_…`.
	 */
	completeWithSignature(signature: ByteInput, output: FileOutput, options?: CompletionOptions & SignatureCertificate): Promise<SignedFile>;
	/** Completes a session that is `signed`, without the key. May be called again. */
	completeSigned(output: FileOutput, options?: CompletionOptions): Promise<SignedFile>;
	/**
	 * Goes on with a session that is `signed` and waits for a timestamp or for revocation data. May be called again.
	 *
	 * @example
	 * const session = await resumeSigningFile(saved, "in.pdf", sessionKey, { services });
	 * await session.advance("out.pdf", { http });
	 */
	advance(output: FileOutput, options?: CompletionOptions): Promise<SignedFile>;
}

/** How to complete a session into an output. */
export interface CompletionOptions extends OutputOptions, SessionCallOptions {}

/**
 * Prepares a document of any size for a signature that comes later. It is read once, and let go until then.
 *
 * @example
 * const session = await beginSigningFile("in.pdf", { certificate, chain });
 * await session.completeWithSignature(await kms.sign(session.request.digest), "out.pdf");
 */
export function beginSigningFile(input: DocumentSource, options: WithCertificate<SessionOptions>): Promise<WithRequest<FileSession>>;
/** Prepares a document of any size for a finished container that comes later. It is read once, and let go until then. */
export function beginSigningFile(input: DocumentSource, options?: SessionOptions): Promise<FileSession>;
export async function beginSigningFile(input: DocumentSource, options?: SessionOptions): Promise<FileSession> {
	const { options: rest, ...call } = sessionCallOf(options);
	return begin(input, call, (place) => prepare(place, rest, call.ambient));
}

/**
 * Takes up a session that `serialize` sealed by this key, with its document, which is read again and must be the same.
 *
 * @example
 * const saved = (await beginSigningFile("in.pdf", { certificate, chain })).serialize(sessionKey);
 * const session = await resumeSigningFile(saved, "in.pdf", sessionKey);
 */
export async function resumeSigningFile(
	saved: ByteInput,
	input: DocumentSource,
	key: ByteInput,
	options?: ResumeOptions,
): Promise<FileSession> {
	const { skipDocumentCheck, ...call } = resumptionOf(options);
	return resumeFile(sealed(saved, key), input, call, skipDocumentCheck);
}

/**
 * Takes up a session that is not sealed, with its document, and with the certificate and the options that it was begun with.
 *
 * @example
 * const saved = (await beginSigningFile("in.pdf", { certificate, chain })).serializeUnsealed();
 * const session = await resumeUnsealedFile(saved, "in.pdf", { certificate, chain });
 */
export async function resumeUnsealedFile(saved: ByteInput, input: DocumentSource, options?: UnsealedOptions): Promise<FileSession> {
	const { live, ...call } = unsealed(saved, options);
	return resumeFile(live, input, call, false);
}

/** Goes on with a live session. */
export function resumeFile(live: Uint8Array, input: DocumentSource, call: SessionCall, skipDocumentCheck: boolean): Promise<FileSession> {
	return begin(input, call, (place) => resume(place, live, skipDocumentCheck));
}

function begin(input: DocumentSource, call: SessionCall, start: (place: Opened) => Message): Promise<FileSession> {
	const { control, onReport } = call;
	return withOpened(input, null, {}, control, async (opened) => {
		const prepared = await drive<SessionResult>(start(opened), new Host({ ...opened, control }));
		onReport(prepared.result.report);
		return new SourceSession(input, prepared, call);
	});
}

/** A session with its document at its source. */
export class SourceSession extends PreparedSession implements FileSession {
	readonly #input: DocumentSource;
	readonly #call: SessionCall;

	constructor(input: DocumentSource, prepared: Pick<Done<SessionResult>, "payload" | "result">, call: SessionCall) {
		super(prepared);
		this.#input = input;
		this.#call = call;
	}

	async complete(container: ByteInput, output: FileOutput, options?: CompletionOptions): Promise<SignedFile> {
		return this.#complete({ container: argumentBytes(container, "the container") }, output, options);
	}

	async completeWithSignature(
		signature: ByteInput,
		output: FileOutput,
		{ certificate, chain, ...options }: CompletionOptions & SignatureCertificate = {},
	): Promise<SignedFile> {
		return this.#complete({ signature: signatureBytes(signature), certificate, chain }, output, options);
	}

	async completeSigned(output: FileOutput, options?: CompletionOptions): Promise<SignedFile> {
		return this.#complete(undefined, output, options);
	}

	async advance(output: FileOutput, options?: CompletionOptions): Promise<SignedFile> {
		return this.#complete(undefined, output, options);
	}

	async #complete(answer: SessionAnswer, output: FileOutput, options: CompletionOptions = {}): Promise<SignedFile> {
		const { replace, ...rest } = options;
		const { ambient, control, http, password, services } = completionOf(rest, this.#call);
		const call = { ...this.#call, http, password, services };
		const keep = (result: SessionResult, payload: Uint8Array) => new SourceSession(this.#input, { result, payload }, call);
		const done = await withOpened(this.#input, output, { replace }, control, async (opened) => {
			const host = new Host({ ...opened, http: new HttpHost(http, [services]), control });
			const done = await drive(completeInto(opened, this.live, answer, ambient, password), host, keep);
			for (const { warnings } of done.reports) host.warnLate(warnings);
			return done;
		});
		const signed = signedFile(done, this.#call.onReport);
		const { copy: _, ...report }: FileReport = signed.report;
		this.report = report;
		return signed;
	}
}
