import { argumentBytes, type ByteInput } from "./bytes.js";
import { Control, type ControlOptions } from "./control.js";
import { type Document, StreamedDocument } from "./document.js";
import type { Report } from "./generated.js";
import { type Done, drive, type Story } from "./machine.js";
import { prepare, resume, type WireSession } from "./operations.js";
import { type Call, partsOf, type ResumeOptions, resumptionOf, type SessionOptions } from "./options.js";
import { type FileOutput, type OutputOptions, openOutput } from "./output.js";
import { signatureBytes } from "./request.js";
import { type Prepared, PreparedSession } from "./session.js";
import { type SignedFile, signedFile } from "./sign_file.js";
import { type DocumentSource, fileChanged, openSource } from "./source.js";

/**
 * A signing in two halves of a document that is not kept in memory.
 *
 * That a file changed between the halves is noticed by its size and time; of bytes, a `Blob` and ranges only by their size, so leave those
 * alone, or resume the serialised session, which reads the document again.
 */
export interface FileSession extends Prepared {
	/** Completes with a finished CMS container, which is checked first, into an output as of `signFileWith`. May be called again. */
	complete(container: ByteInput, output: FileOutput, options?: CompletionOptions): Promise<SignedFile>;
	/** Completes with a raw signature over `request.data`, which is checked first. May be called again. */
	completeWithSignature(signature: ByteInput, output: FileOutput, options?: CompletionOptions): Promise<SignedFile>;
}

/** How to complete a session into an output. */
export interface CompletionOptions extends OutputOptions, ControlOptions {}

/** Prepares a document of any size for a signature that comes later. It is read once, and let go until then. */
export async function beginSigningFile(input: DocumentSource, options?: SessionOptions): Promise<FileSession> {
	const { options: rest, ...call } = partsOf(options);
	return begin(input, call, (document) => prepare(document, rest, call.moment));
}

/** Takes up a serialised session with its document, which is read again and must be the same. */
export async function resumeSigningFile(saved: ByteInput, input: DocumentSource, options?: ResumeOptions): Promise<FileSession> {
	const { documentVouched, ...call } = resumptionOf(options);
	const bytes = argumentBytes(saved, "the saved session");
	return begin(input, call, (document) => resume(document, bytes, documentVouched));
}

async function begin(input: DocumentSource, call: Call, story: (document: Document) => Story<Done<WireSession>>): Promise<FileSession> {
	const source = await openSource(input, call.control);
	try {
		const document = new StreamedDocument(source, call.control);
		const prepared = await drive(story(document), document, [], call.control);
		return new SourceSession(input, source.state, prepared, call);
	} finally {
		await source.close();
	}
}

class SourceSession extends PreparedSession implements FileSession {
	readonly #input: DocumentSource;
	readonly #state: string;
	readonly #onReport: (report: Report) => void;

	constructor(input: DocumentSource, state: string, prepared: Done<WireSession>, call: Call) {
		super(prepared, call.onReport);
		this.#input = input;
		this.#state = state;
		this.#onReport = call.onReport;
	}

	async complete(container: ByteInput, output: FileOutput, options: CompletionOptions = {}): Promise<SignedFile> {
		return this.#completeInto("container", argumentBytes(container, "the container"), output, options);
	}

	async completeWithSignature(signature: ByteInput, output: FileOutput, options: CompletionOptions = {}): Promise<SignedFile> {
		return this.#completeInto("signature", signatureBytes(signature), output, options);
	}

	async #completeInto(
		kind: "signature" | "container",
		answer: Uint8Array,
		output: FileOutput,
		options: CompletionOptions,
	): Promise<SignedFile> {
		const { report, update } = this.completed(kind, answer);
		const { replace, ...watching } = options;
		const control = new Control(watching);
		const source = await openSource(this.#input, control);
		try {
			// The document was let go meanwhile: it must still be the one that was hashed.
			if (source.state !== this.#state) throw fileChanged();
			const target = await openOutput(source, output, { replace }, control);
			try {
				await target.commit(update);
				this.report = report;
				return signedFile(update, [{ ...report, copy: target.copy }], this.#onReport);
			} finally {
				await target.end();
			}
		} finally {
			await source.close();
		}
	}
}
