import { asBytes } from "#bytes";
import { client } from "#http";
import { textOrBytes, typeName, viewOf } from "./bytes.js";
import type { Control } from "./control.js";
import { RustpdfError } from "./errors.js";
import type { Message } from "./frame.js";
import type { AnswerFrame, HttpRequest as HttpRequestFrame, HttpStep, ResponseFrame } from "./frames.js";
import {
	answerError,
	type Client,
	type HttpCache,
	type HttpCall,
	type HttpFailed,
	type HttpRequest,
	type HttpResponse,
	type Outcome,
	type Service,
	wholeSeconds,
} from "./http.js";
import { memoryCache } from "./http_cache.js";
import { HTTP_FAILURES, networkFailure } from "./http_failure.js";

/** Requests of a step that are sent at the same time. */
const AT_ONCE = 8;
/** Seconds for which an entry of a cache is used. */
const FRESH = 3600;

/** End of a request, and whether a cache had it. */
type Answered = Outcome & { readonly cached?: true };

/** Sends the requests of one run. The core decides about retries, other services and other sources; this sends each request once. */
export class HttpHost {
	readonly #call: HttpCall;
	readonly #cache: HttpCache;
	readonly #services: readonly (readonly Service[])[];
	/** Milliseconds that are left for all requests of the run. */
	#left: number;

	/** `services` has the timestamp services of each signer. */
	constructor(call: HttpCall, services: readonly (readonly Service[])[]) {
		this.#call = call;
		this.#cache = call.cache ?? memoryCache();
		this.#services = services;
		this.#left = call.settings.timeouts.runMs;
	}

	/**
	 * The responses to the requests of a step; `signer` is the place of the signer that was asked last. Errors: the caller's own of `http`, `cache` and
	 * `onProgress`; the reason of its signal; `ERR_HTTP_ANSWER`, `ERR_TIMESTAMP_SERVICE`.
	 */
	async answer({ requests }: HttpStep, payload: Uint8Array, control: Control, signer: number): Promise<Message> {
		const began = performance.now();
		const ending = new AbortController();
		const step = { ending: ending.signal, until: began + this.#left, slots: new Slots(AT_ONCE), signer };
		let [at, done] = [0, 0];
		try {
			control.progress("http", 0, requests.length);
			const work = requests.map(async (request) => {
				at += request.body;
				const answered = await this.#answer(request, payload.slice(at - request.body, at), step);
				control.progress("http", ++done, requests.length);
				return answered;
			});
			const answered = await control.orStopped(Promise.all(work));
			const responses = requests.map(({ id }, index) => responseOf(id, answered[index] as Answered));
			const header: AnswerFrame = { answer: "http", now: secondsNow(), responses };
			return { header, payload: answered.flatMap((outcome) => ("failed" in outcome ? [] : [outcome.body])) };
		} finally {
			ending.abort();
			this.#left -= performance.now() - began;
		}
	}

	async #answer(request: HttpRequestFrame, body: Uint8Array<ArrayBuffer>, step: Step): Promise<Answered> {
		const wait = 1000 * (request.delay ?? 0);
		if (wait >= step.until - performance.now()) return { failed: "timeout" };
		if (wait > 0) await pause(wait, step.ending);
		if (request.cache == null) return this.#send(request, body, step);
		const { cache, limit } = request;
		const entry = fresh(await this.#cache.get(cache));
		if (entry !== undefined && entry.byteLength <= limit) return { status: 200, body: entry, cached: true };
		// Of several documents at the same time one asks, and all have its response.
		const asked = askedOf(this.#cache);
		const same = asked.get(cache);
		if (same !== undefined) {
			const outcome = await Promise.race([same, pause(step.until - performance.now(), step.ending)]).catch(() => {});
			if (isGood(outcome) && outcome.body.byteLength <= limit) return { ...outcome, cached: true };
		}
		const sent = this.#send(request, body, step);
		if (!asked.has(cache)) asked.set(cache, sent);
		try {
			const outcome = await sent;
			if (isGood(outcome)) await this.#cache.set(cache, { body: outcome.body, time: secondsNow() });
			return outcome;
		} finally {
			if (asked.get(cache) === sent) asked.delete(cache);
		}
	}

	async #send(frame: HttpRequestFrame, body: Uint8Array<ArrayBuffer>, { ending, signer, slots, until }: Step): Promise<Outcome> {
		const service = frame.service == null ? undefined : this.#service(signer, frame.service);
		const { callback, settings } = this.#call;
		if (callback === undefined && client === undefined) return { failed: "unsupported" };
		return slots.use(async () => {
			const left = Math.min(settings.timeouts.requestMs, until - performance.now());
			if (left <= 0 || ending.aborted) return { failed: "timeout" };
			const timer = new AbortController();
			const stop = () => timer.abort();
			const timeout = setTimeout(stop, left);
			ending.addEventListener("abort", stop, { once: true });
			try {
				const request: HttpRequest = {
					purpose: frame.purpose,
					...(frame.service != null && { service: frame.service }),
					url: service?.url ?? (frame.url as string),
					method: frame.method === "GET" ? "GET" : "POST",
					headers: {
						accept: frame.accept,
						...(frame.contentType != null && { "content-type": frame.contentType }),
						...service?.headers,
					},
					body: asBytes(body),
					limit: frame.limit,
					signal: timer.signal,
				};
				return await (callback === undefined ? (client as Client)(request, settings) : asks(callback, request));
			} finally {
				clearTimeout(timeout);
				ending.removeEventListener("abort", stop);
			}
		});
	}

	/** Errors: `ERR_TIMESTAMP_SERVICE`. */
	#service(signer: number, number: number): Service {
		const services = this.#services[signer] ?? [];
		const service = services[number];
		if (service !== undefined) return service;
		throw new RustpdfError(
			"ERR_TIMESTAMP_SERVICE",
			`timestamp service ${number} is needed, and ${services.length} are given, counted from 0; give the services of the beginning again (\`services\`)`,
		);
	}
}

/** What the requests of a step have in common. */
interface Step {
	/** Aborted at the end of the step. */
	readonly ending: AbortSignal;
	/** Time at which all requests must have ended. */
	readonly until: number;
	readonly slots: Slots;
	readonly signer: number;
}

/** Places for so many at a time. */
class Slots {
	#free: number;
	readonly #waiting: (() => void)[] = [];

	constructor(count: number) {
		this.#free = count;
	}

	async use<T>(work: () => Promise<T>): Promise<T> {
		if (this.#free > 0) this.#free--;
		else await new Promise<void>((resolve) => this.#waiting.push(resolve));
		try {
			return await work();
		} finally {
			const next = this.#waiting.shift();
			if (next === undefined) this.#free++;
			else next();
		}
	}
}

/** Has the caller send a request. */
async function asks(callback: NonNullable<HttpCall["callback"]>, request: HttpRequest): Promise<Outcome> {
	const { signal } = request;
	const ended = new Promise<HttpFailed>((resolve) => {
		signal.addEventListener("abort", () => resolve({ failed: "timeout" }), { once: true });
	});
	try {
		return outcomeOf(await Promise.race([callback(request), ended]), request.limit);
	} catch (error) {
		if (signal.aborted) return { failed: "timeout" };
		const failed = networkFailure(error);
		if (failed === undefined) throw error;
		return { failed };
	}
}

/** What a caller returned, checked. Errors: `ERR_HTTP_ANSWER`. */
function outcomeOf(given: HttpResponse | HttpFailed, limit: number): Outcome {
	if (typeof given !== "object" || given === null) throw answerError(typeName(given));
	if ("failed" in given) {
		const { failed } = given;
		if (!HTTP_FAILURES.includes(failed)) throw answerError("another kind of failure");
		return { failed };
	}
	const { retryAfter, status } = given;
	const body = textOrBytes(given.body);
	if (!Number.isInteger(status) || status < 100 || status > 599) throw answerError("no status code");
	if (body === undefined) throw answerError(`a body of ${typeName(given.body)}`);
	if (body.byteLength > limit) return { failed: "tooLarge" };
	const wait = typeof retryAfter === "number" && Number.isFinite(retryAfter) ? { retryAfter: wholeSeconds(retryAfter) } : {};
	return { status, body, ...wait };
}

function responseOf(id: number, outcome: Answered): ResponseFrame {
	if ("failed" in outcome) return { id, failed: outcome.failed };
	const { body, cached, retryAfter, status } = outcome;
	return { id, status, body: body.byteLength, ...(retryAfter !== undefined && { retryAfter }), ...(cached && { cached }) };
}

function isGood(outcome: unknown): outcome is Exclude<Answered, HttpFailed> {
	return (outcome as { status?: unknown } | undefined)?.status === 200;
}

/** The body of an entry that is not too old. */
function fresh(entry: unknown): Uint8Array | undefined {
	const { body, time } = (entry ?? {}) as { body?: unknown; time?: unknown };
	if (typeof time !== "number" || !(Math.abs(secondsNow() - time) <= FRESH)) return undefined;
	return viewOf(body);
}

/** Requests that were sent for a cache and have no response yet, by their keys. */
const underWay = new WeakMap<HttpCache, Map<string, Promise<Outcome>>>();

function askedOf(cache: HttpCache): Map<string, Promise<Outcome>> {
	let asked = underWay.get(cache);
	if (asked === undefined) {
		asked = new Map();
		underWay.set(cache, asked);
	}
	return asked;
}

/** Waits, at the most until the signal is aborted. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const end = () => {
			clearTimeout(timer);
			signal.removeEventListener("abort", end);
			resolve();
		};
		const timer = setTimeout(end, Math.max(0, milliseconds));
		signal.addEventListener("abort", end, { once: true });
		if (signal.aborted) end();
	});
}

function secondsNow(): number {
	return Math.floor(Date.now() / 1000);
}
