import { files } from "#files";
import { typeName } from "./bytes.js";
import type { Control } from "./control.js";
import { hostError } from "./errors.js";
import type { CloseLedgerStart, LedgerJob, LedgerResult } from "./frames.js";
import type { SigningOptions } from "./generated.js";
import { memoryCache } from "./http_cache.js";
import { type CertificateInput, type ChainInput, partsOf, type SignCallOptions } from "./options.js";
import type { FileOutput, OutputOptions } from "./output.js";
import type { Signer } from "./request.js";
import { onDisk, signInto } from "./sign_file.js";
import { type SignedFile, signedFile } from "./signed_file.js";
import { type DocumentSource, isOpenFile } from "./source.js";

/** One of many documents to be signed. */
export interface Job {
	/** The document, as `signFileWith` takes it. */
	readonly input: DocumentSource;
	/** Where it goes, as `signFileWith` takes it. */
	readonly output: FileOutput;
	/** Its name in the ledger: in one batch no two are alike. Default: the path of the output. */
	readonly id?: string | undefined;
	/** Options of its signature alone. */
	readonly options?: SigningOptions | undefined;
}

/** The outcome of a job. A failure concerns its document alone; a job that the ledger lists as signed is skipped. */
export type JobOutcome = { readonly job: Job; readonly index: number } & (
	| { readonly status: "signed"; readonly signed: SignedFile }
	| { readonly status: "skipped" }
	| { readonly status: "failed"; readonly error: unknown }
);

/** How to sign many documents. */
export interface ManyOptions extends Omit<SignCallOptions, "onProgress">, OutputOptions {
	/** How many documents are in the works at a time. Default: 8. */
	inFlight?: number | undefined;
	/**
	 * A file with a note of each signature. Called again with it, after any interruption, each document is signed once. Outputs
	 * must have paths, and one batch at a time uses it.
	 */
	ledger?: string | URL | undefined;
}

/**
 * Signs many documents by one key, several at a time, and yields each outcome as it is known.
 *
 * While one waits for the signer, others are read and hashed. The jobs may come from anywhere, one after the other, and are taken as there
 * is room for them. Stopping to iterate lets those in the works come to their end, and begins no other; so does the signal, and documents
 * in the works are yielded before its reason is thrown.
 *
 * @example
 * for await (const { job, status } of signMany(jobs, certificate, signer, chain, { ledger: "done.ledger" })) console.log(job.output, status);
 */
export async function* signMany(
	jobs: Iterable<Job> | AsyncIterable<Job>,
	certificate: CertificateInput,
	signer: Signer,
	chain?: ChainInput | null,
	options?: ManyOptions,
): AsyncGenerator<JobOutcome, void, undefined> {
	const { options: rest, ...own } = partsOf(options, { emits: false });
	const call = { ...own, http: { ...own.http, cache: own.http.cache ?? memoryCache() } }; // the documents share it
	const { inFlight, ledger: path, replace, ...signature } = rest;
	const ledger = path === undefined ? undefined : await Ledger.open(path);
	const sign = async (job: Job): Promise<SignedFile | undefined> => {
		if (typeof job !== "object" || job === null) throw hostError("argumentType", "a job", "an object", typeName(job));
		const entry = ledger?.entryOf(job);
		const signatory = { certificate, signer, chain: chain ?? null, options: { ...signature, ...job.options } };
		const done = await signInto(job.input, job.output, [signatory], call, { replace }, entry);
		return done.result?.skipped ? undefined : signedFile(done, call.onReport);
	};
	try {
		for await (const [job, index, work] of inParallel(jobs, inFlight, sign, call.control)) {
			if ("error" in work) yield { job, index, status: "failed", error: work.error };
			else if (work.value === undefined) yield { job, index, status: "skipped" };
			else yield { job, index, status: "signed", signed: work.value };
		}
	} finally {
		await ledger?.close();
	}
}

/** The ledger of a batch, which the core keeps. */
export class Ledger {
	readonly #opened: LedgerResult;
	readonly #begun = new Set<string>();

	private constructor(opened: LedgerResult) {
		this.#opened = opened;
	}

	/** Errors: `ERR_ARGUMENT` where the file is no ledger, or another batch uses it; those of the system. */
	static async open(path: string | URL): Promise<Ledger> {
		if (files === undefined) throw hostError("noFileSystem", "a ledger");
		return new Ledger(await onDisk("openLedger", async (disk) => ({ path: (await disk.name(path)).path })));
	}

	/** The place of a job in it. Errors: `ERR_ARGUMENT` where there was one of this name. */
	entryOf({ id, output }: Pick<Job, "id" | "output">): LedgerJob {
		const name = id ?? (output === null || isOpenFile(output) ? "" : (files?.pathOf(output) as string));
		if (this.#begun.has(name)) throw hostError("idTwice", name);
		this.#begun.add(name);
		const { ledger, states } = this.#opened;
		return { ledger, id: name, state: Object.hasOwn(states, name) ? (states[name] ?? null) : null };
	}

	async close(): Promise<void> {
		await onDisk("closeLedger", async (): Promise<CloseLedgerStart> => ({ ledger: this.#opened.ledger }));
	}
}

/** The outcome of a piece of work. */
export type Work<T> = { readonly value: T } | { readonly error: unknown };

/**
 * Works on items, so many at a time, and yields each with its place and outcome, as soon as it is done.
 *
 * Where it is stopped, or the items end in an error, items in the works are brought to their end and yielded first.
 */
export async function* inParallel<Item, T>(
	items: Iterable<Item> | AsyncIterable<Item>,
	inFlight: number | undefined,
	work: (item: Item) => Promise<T>,
	control: Control,
): AsyncGenerator<[Item, number, Work<T>], void, undefined> {
	const most = inFlight ?? IN_FLIGHT;
	if (!Number.isSafeInteger(most) || most < 1) throw hostError("argumentType", "inFlight", "a positive integer", String(most));
	const iterator = iteratorOf(items);
	const running = new Map<number, Promise<() => [Item, number, Work<T>]>>();
	let coming: Promise<() => undefined> | undefined;
	let stopped: { error: unknown } | undefined;
	let [count, ended] = [0, false];

	const start = async (item: Item, index: number) => {
		const done = await work(item).then(
			(value) => ({ value }),
			(error: unknown) => ({ error }),
		);
		return (): [Item, number, Work<T>] => {
			running.delete(index);
			return [item, index, done];
		};
	};
	/** Asks for the next item; its promise takes it in. */
	const next = async () => {
		try {
			control.check();
			const { done, value } = await control.orStopped(Promise.resolve(iterator.next()));
			control.check();
			return () => {
				coming = undefined;
				if (done) ended = true;
				else running.set(count, start(value, count++));
			};
		} catch (error) {
			return () => {
				coming = undefined;
				stopped = { error };
			};
		}
	};
	try {
		for (;;) {
			if (!ended && stopped === undefined && running.size < most) coming ??= next() as Promise<() => undefined>;
			if (running.size === 0 && coming === undefined) break;
			const outcome = (await Promise.race([...running.values(), ...(coming === undefined ? [] : [coming])]))();
			if (outcome !== undefined) yield outcome;
		}
		if (stopped !== undefined) throw stopped.error;
	} finally {
		await Promise.all(running.values());
		if (!ended) Promise.resolve(iterator.return?.()).catch(() => {}); // it may be waiting for its next item, for ever
	}
}

const IN_FLIGHT = 8;

function iteratorOf<Item>(items: Iterable<Item> | AsyncIterable<Item>): Iterator<Item> | AsyncIterator<Item> {
	if (typeof items === "object" && items !== null) {
		if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]();
		if (Symbol.iterator in items) return items[Symbol.iterator]();
	}
	throw hostError("argumentTypes", "the documents", "a list or an iterable", typeName(items));
}
