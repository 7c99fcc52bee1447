import { files } from "#engine";
import { typeName } from "./bytes.js";
import { argumentError } from "./errors.js";
import { type CertificateInput, type ChainInput, partsOf, type SignatureOptions, type SigningOptions } from "./options.js";
import type { FileOutput, OutputOptions } from "./output.js";
import type { Signer } from "./request.js";
import { type SignedFile, signInto } from "./sign_file.js";
import type { DocumentSource } from "./source.js";

/** One of many documents to be signed. */
export interface Job {
	/** The document, as `signFileWith` takes it. */
	readonly input: DocumentSource;
	/** Where it goes, as `signFileWith` takes it. */
	readonly output: FileOutput;
	/** What the ledger calls it. Default: the path of the output, or else of the input. */
	readonly id?: string;
	/** What is different of its signature. */
	readonly options?: SignatureOptions;
}

/** What became of a job. A failure concerns its document alone; what was done before, by the ledger, is skipped. */
export type JobOutcome = { readonly job: Job; readonly index: number } & (
	| { readonly status: "signed"; readonly signed: SignedFile }
	| { readonly status: "skipped" }
	| { readonly status: "failed"; readonly error: unknown }
);

/** How to sign many documents. */
export interface ManyOptions extends Omit<SigningOptions, "onProgress">, OutputOptions {
	/** How many documents are in the works at a time. Default: 8. */
	inFlight?: number;
	/** A file in which is noted what is done. Called again with it, after whatever interruption, each document is signed once. */
	ledger?: string | URL;
}

/**
 * Signs many documents by one key, several at a time, and yields what became of each as it is known.
 *
 * While one waits for the signer, others are read and hashed. The jobs may come from anywhere, one after the other, and are taken as there
 * is room for them. Stopping to iterate lets those in the works come to their end, and begins no other.
 */
export async function* signMany(
	jobs: Iterable<Job> | AsyncIterable<Job>,
	certificate: CertificateInput,
	signer: Signer,
	chain?: ChainInput | null,
	options?: ManyOptions,
): AsyncGenerator<JobOutcome, void, undefined> {
	const { options: rest, ...call } = partsOf(options);
	const { inFlight, ledger: path, replace, ...signature } = rest;
	if (path !== undefined && files === undefined) throw argumentError("a ledger needs a file system");
	const ledger = path === undefined ? undefined : await files?.openLedger(path);
	const sign = async (job: Job): Promise<SignedFile | undefined> => {
		const note = await ledger?.begin(job, { replace });
		if (note?.done) return undefined;
		const signatory = { certificate, signer, chain: chain ?? null, options: { ...signature, ...job.options } };
		const signed = await signInto(job.input, job.output, [signatory], call, { replace }, note?.committing);
		await note?.signed();
		return signed;
	};
	try {
		for await (const [job, index, work] of inParallel(jobs, inFlight, sign, () => call.control.check())) {
			if ("error" in work) yield { job, index, status: "failed", error: work.error };
			else if (work.value === undefined) yield { job, index, status: "skipped" };
			else yield { job, index, status: "signed", signed: work.value };
		}
	} finally {
		await ledger?.close();
	}
}

/** What came of a piece of work. */
export type Work<T> = { readonly value: T } | { readonly error: unknown };

/** Works on items, so many at a time, and yields each with its place and what came of it, in the order in which they are done. */
export async function* inParallel<Item, T>(
	items: Iterable<Item> | AsyncIterable<Item>,
	inFlight: number | undefined,
	work: (item: Item) => Promise<T>,
	check: () => void,
): AsyncGenerator<[Item, number, Work<T>], void, undefined> {
	const most = inFlight ?? IN_FLIGHT;
	if (!Number.isSafeInteger(most) || most < 1) throw argumentError(`inFlight must be a positive integer, and is ${String(most)}`);
	if (!isIterable(items)) throw argumentError(`the documents must be a list or an iterable, and are ${typeName(items)}`);
	const running = new Map<number, Promise<[Item, number, Work<T>]>>();
	const next = async () => {
		const done = await Promise.race(running.values());
		running.delete(done[1]);
		return done;
	};
	const start = async (item: Item, index: number): Promise<[Item, number, Work<T>]> => {
		try {
			return [item, index, { value: await work(item) }];
		} catch (error) {
			return [item, index, { error }];
		}
	};
	try {
		let index = 0;
		for await (const item of items) {
			check();
			running.set(index, start(item, index));
			index += 1;
			if (running.size >= most) yield await next();
		}
		while (running.size > 0) yield await next();
		check();
	} finally {
		await Promise.all(running.values());
	}
}

const IN_FLIGHT = 8;

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
	return typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}
