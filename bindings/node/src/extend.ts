import { asBytes, type Bytes } from "#bytes";
import { verifier } from "#hash";
import { concat, typeName } from "./bytes.js";
import type { ControlOptions } from "./control.js";
import { Memory } from "./document.js";
import { hostError } from "./errors.js";
import type { ExtensionOptions, ExtensionReport } from "./generated.js";
import { Host } from "./host.js";
import type { HttpOptions } from "./http.js";
import { memoryCache } from "./http_cache.js";
import { HttpHost } from "./http_host.js";
import { type Done, drive } from "./machine.js";
import { inParallel, Ledger } from "./many.js";
import { type Opened, readWhole, withOpened } from "./opened.js";
import { type Condition, extend as extendFrame } from "./operations.js";
import { type Call, type CallOptions, partsOf, servicesIn } from "./options.js";
import type { Copy, FileOutput, OutputOptions } from "./output.js";
import { namedOf } from "./sign.js";
import type { DocumentSource } from "./source.js";

/** Options of a call that asks servers and no key. */
export interface ExtendCallOptions extends HttpOptions, Pick<ControlOptions, "onProgress" | "signal">, Pick<CallOptions, "entropy"> {
	/** The time of the call. Default: now. */
	signingTime?: Date | undefined;
}

/** How to raise signatures to a level, or to renew their evidence. */
export interface ExtendOptions extends ExtensionOptions, ExtendCallOptions {}

/** How to give a document a timestamp of its own. */
export interface TimestampCallOptions extends Omit<ExtensionOptions, "level" | "minimumLevel" | "fields">, ExtendCallOptions {}

/** An extended document. */
export interface ExtendedPdf {
	/** The document with what was appended. */
	readonly pdf: Bytes;
	/** The report, with warnings. */
	readonly report: ExtensionReport;
}

/** An extended document in a file. */
export interface ExtendedFile {
	/** The update: the bytes after the document; empty where nothing was to be done. */
	readonly update: Bytes;
	/** The report, with warnings. */
	readonly report: ExtensionReport;
	/** How the document got into the output. */
	readonly copy: Copy;
}

/** The document, its output, and how to extend it. */
export interface ExtendFileOptions extends ExtendOptions, OutputOptions {
	/** The document, from any source. */
	readonly input: DocumentSource;
	/** Where the extended document goes, as for `signFile`. */
	readonly output: FileOutput;
}

/** The document, its output, and how to give it a timestamp. */
export interface TimestampFileOptions extends TimestampCallOptions, OutputOptions {
	/** The document, from any source. */
	readonly input: DocumentSource;
	/** Where the document with its timestamp goes, as for `signFile`. */
	readonly output: FileOutput;
}

/**
 * Raises the signatures of a PDF to a level, and renews the evidence of those that have B-LTA. No key is needed; signatures of other programs are raised
 * too. The document is in memory; `extendFile` extends files of any size.
 *
 * A signature whose digest or signature value is wrong is refused; `fields` leaves it out. Errors: `RustpdfError`, of the group `service` where a
 * server failed.
 *
 * @example
 * const { pdf, report } = await extend("signed.pdf", { level: "B-LTA", timestamp: { services: [{ url }] }, validation: { trust: [root] } });
 */
export function extend(pdf: DocumentSource, options: ExtendOptions): Promise<ExtendedPdf> {
	return inMemory("extend", pdf, options);
}

/**
 * Gives a PDF a document timestamp, signed or not: proof that it existed at that time.
 *
 * @example
 * const { pdf, report } = await timestamp("report.pdf", { timestamp: { services: [{ url }] } });
 */
export function timestamp(pdf: DocumentSource, options: TimestampCallOptions): Promise<ExtendedPdf> {
	return inMemory("timestamp", pdf, options);
}

/**
 * Raises the signatures of a document of any size to a level, or renews their evidence. It is read once. In place nothing is lost by an interruption,
 * and `recoverFile` finishes it, as for `signFile`.
 *
 * @example
 * const { report } = await extendFile({ input: "in.pdf", output: "in.pdf", timestamp: { services: [{ url }] }, validation: { trust: [root] } });
 */
export async function extendFile(options: ExtendFileOptions): Promise<ExtendedFile> {
	const { input, output, replace, ...rest } = namedOf(options);
	return fileOf(await intoFile("extend", input, output, { replace }, callOf(rest)));
}

/**
 * Gives a document of any size a document timestamp. It is read once.
 *
 * @example
 * await timestampFile({ input: "in.pdf", output: "out.pdf", timestamp: { services: [{ url }] } });
 */
export async function timestampFile(options: TimestampFileOptions): Promise<ExtendedFile> {
	const { input, output, replace, ...rest } = namedOf(options);
	return fileOf(await intoFile("timestamp", input, output, { replace }, callOf(rest)));
}

/** One of many documents to be extended. */
export interface ExtendJob {
	/** The document, as `extendFile` takes it. */
	readonly input: DocumentSource;
	/** Where it goes, as `extendFile` takes it. */
	readonly output: FileOutput;
	/** Its name in the ledger: in one batch no two are alike. Default: the path of the output. */
	readonly id?: string | undefined;
	/** Options of this document alone. */
	readonly options?: ExtensionOptions | undefined;
}

/** The outcome of a job. A failure concerns its document alone; one with evidence that lasts longer than `renewBefore` is skipped. */
export type ExtendOutcome = { readonly job: ExtendJob; readonly index: number } & (
	| { readonly status: "extended"; readonly extended: ExtendedFile }
	| { readonly status: "skipped" }
	| { readonly status: "failed"; readonly error: unknown }
);

/** How to extend many documents. */
export interface ExtendManyOptions extends Omit<ExtendOptions, "onProgress">, OutputOptions {
	/** How many documents are in the works at a time. Default: 8. */
	inFlight?: number | undefined;
	/** A file with a note of each document. Called again with it, a document is extended once, until its evidence ends before `renewBefore`. */
	ledger?: string | URL | undefined;
	/** Leave documents alone that have evidence until after this time. Default: extend all. */
	renewBefore?: Date | undefined;
}

/**
 * Extends many documents, several at a time, and yields each outcome as it is known. With `renewBefore` it renews an archive: documents with evidence
 * that lasts longer are skipped. Responses of servers are shared.
 *
 * @example
 * const renewBefore = new Date(Date.now() + 90 * 24 * 3600 * 1000);
 * const options = { timestamp: { services: [{ url }] }, validation: { trust: [root] }, renewBefore };
 * const jobs = inputs.map((input) => ({ input, output: input }));
 * for await (const { job, status } of extendMany(jobs, options)) console.log(job.output, status);
 */
export async function* extendMany(
	jobs: Iterable<ExtendJob> | AsyncIterable<ExtendJob>,
	options: ExtendManyOptions,
): AsyncGenerator<ExtendOutcome, void, undefined> {
	const { inFlight, ledger: path, renewBefore, replace, ...given } = namedOf(options);
	const before = renewBefore === undefined ? undefined : timeOf(renewBefore);
	const { control, ...own } = callOf({ ...given, cache: given.cache ?? memoryCache() });
	const ledger = path === undefined ? undefined : await Ledger.open(path);
	const work = async (job: ExtendJob): Promise<ExtendedFile | undefined> => {
		if (typeof job !== "object" || job === null) throw hostError("argumentType", "a job", "an object", typeName(job));
		const { input, output } = job;
		const call = { ...own, control, options: { ...own.options, ...job.options } };
		const done = await intoFile("extend", input, output, { replace }, call, { ledger: ledger?.entryOf(job), renewBefore: before });
		return "skipped" in (done.result ?? {}) ? undefined : fileOf(done);
	};
	try {
		for await (const [job, index, done] of inParallel(jobs, inFlight, work, control)) {
			if ("error" in done) yield { job, index, status: "failed", error: done.error };
			else if (done.value === undefined) yield { job, index, status: "skipped" };
			else yield { job, index, status: "extended", extended: done.value };
		}
	} finally {
		await ledger?.close();
	}
}

type ExtendCall = Omit<Call, "onReport"> & { options: ExtensionOptions };

/** The options of a call, apart. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`. */
function callOf(given: ExtendOptions | TimestampCallOptions): ExtendCall {
	const { onReport, onWarnings } = namedOf(given) as CallOptions;
	for (const [name, value] of Object.entries({ onReport, onWarnings })) if (value !== undefined) throw hostError("optionUnknown", name);
	const { onReport: _, ...call } = partsOf(given);
	return call as ExtendCall;
}

async function inMemory(
	operation: "extend" | "timestamp",
	from: DocumentSource,
	options: ExtendOptions | TimestampCallOptions,
): Promise<ExtendedPdf> {
	const call = callOf(options);
	const memory = new Memory();
	const use = (opened: Opened) => run(operation, opened, call);
	const { payload, result } = await withOpened(from, null, {}, call.control, use, memory);
	const report = result as ExtensionReport;
	// Where nothing is to be done, the document is not read as a whole.
	if (memory.isEmpty) return { pdf: asBytes(concat([await readWhole(from, call.control), payload])), report };
	return { pdf: await memory.signedMeanwhile(payload), report };
}

function intoFile(
	operation: "extend" | "timestamp",
	input: DocumentSource,
	output: FileOutput,
	options: OutputOptions,
	call: ExtendCall,
	condition?: Condition,
): Promise<Done<ExtensionReport | { skipped: boolean }>> {
	return withOpened(input, output, options, call.control, (opened) => run(operation, opened, call, condition));
}

async function run(
	operation: "extend" | "timestamp",
	opened: Opened,
	{ ambient, control, http, options }: ExtendCall,
	condition?: Condition,
): Promise<Done<ExtensionReport | { skipped: boolean }>> {
	const verify = verifier();
	const frame = extendFrame(operation, opened, options, ambient, verify !== undefined, condition);
	return drive(frame, new Host({ ...opened, verify, http: new HttpHost(http, [servicesIn(options)]), control }));
}

function fileOf({ copy, payload, result }: Done<ExtensionReport | { skipped: boolean }>): ExtendedFile {
	return { update: asBytes(payload.slice()), report: result as ExtensionReport, copy };
}

/** Seconds since 1970. Errors: `ERR_ARGUMENT`. */
function timeOf(time: unknown): number {
	const seconds = Object.prototype.toString.call(time) === "[object Date]" ? Math.floor((time as Date).getTime() / 1000) : Number.NaN;
	if (!Number.isFinite(seconds)) throw hostError("argumentType", "renewBefore", "a valid date", typeName(time));
	return seconds;
}
