import type { Awaitable } from "./awaitable.js";
import { isPromiseLike } from "./awaitable.js";
import { Lease } from "./core.js";
import type { Core, CoreMachine } from "./core_types.js";
import { decode, encode, errorOf, type Frame, type Message } from "./frame.js";
import type { Copied, DoneStep, ErrorFrame, StepFrame } from "./frames.js";
import type { Report } from "./generated.js";
import type { Host, Question } from "./host.js";

/** The end of a run: a report for each signature; the payload is the update or the live session. */
export interface Done<Result = unknown> {
	result: Result;
	reports: Report[];
	copy: Copied;
	payload: Uint8Array;
}

/** Makes the session that an error carries, from the live session that the call can go on with. */
export type Unfinished<Session> = (session: Session, live: Uint8Array) => object;

/** Sessions of errors, by the error. */
const unfinished = new WeakMap<object, object>();

/** The session that an error carries. */
export function unfinishedOf(error: unknown): object | undefined {
	return typeof error === "object" && error !== null ? unfinished.get(error) : undefined;
}

/** Runs the machine from a start frame to its end. The first answer that is a promise makes the rest asynchronous. */
export function drive<Result, Session = never>(start: Message, host: Host, keep?: Unfinished<Session>): Awaitable<Done<Result>> {
	const run = new Run<Result, Session>(start, host, keep);
	let answer = NOTHING;
	for (;;) {
		const turn = run.next(answer);
		if (turn.done) return turn.value;
		const answered = host.answer(turn.value.header, turn.value.payload);
		if (isPromiseLike(answered)) return driveOn(run, host, answered);
		answer = answered;
	}
}

async function driveOn<Result, Session>(run: Run<Result, Session>, host: Host, pending: PromiseLike<Message>): Promise<Done<Result>> {
	let turn = run.next(await pending);
	while (!turn.done) turn = run.next(await host.answer(turn.value.header, turn.value.payload));
	return turn.value;
}

/** One run of the machine. Whichever way it ends, its instance is free again. */
class Run<Result, Session> {
	readonly #start: Message;
	readonly #host: Host;
	readonly #keep: Unfinished<Session> | undefined;
	readonly #lease = new Lease();
	#machine: CoreMachine | undefined;

	constructor(start: Message, host: Host, keep: Unfinished<Session> | undefined) {
		this.#start = start;
		this.#host = host;
		this.#keep = keep;
	}

	/** The question that follows an answer, or the end. Errors: the caller's, where the machine ended for that; else its own. */
	next(answer: Message): IteratorResult<Frame<Question>, Done<Result>> {
		let isOver = true;
		try {
			const machine = this.#started();
			const frame = encode(answer);
			const { header, payload } = decode<StepFrame>(this.#lease.enter(() => machine.next(frame)));
			if (header.step === "done") return { done: true, value: doneOf<Result>(header, payload) };
			if (header.step === "error") throw this.#thrown(header.error, (header.session ?? undefined) as Session | undefined, payload);
			isOver = false;
			return { done: false, value: { header, payload } };
		} finally {
			if (isOver) this.#end();
		}
	}

	#started(): CoreMachine {
		if (this.#machine !== undefined) return this.#machine;
		const frame = encode(this.#start);
		this.#machine = this.#lease.enter((core) => new core.Machine(frame));
		return this.#machine;
	}

	#thrown(wire: ErrorFrame, session: Session | undefined, live: Uint8Array): unknown {
		const error = wire.failure == null ? errorOf(wire) : this.#host.thrown(wire.failure);
		const takes = typeof error === "object" && error !== null;
		if (session !== undefined && this.#keep !== undefined && takes) unfinished.set(error, this.#keep(session, live));
		return error;
	}

	#end(): void {
		this.#lease.end(this.#machine);
		this.#host.end();
	}
}

/** The answer before the first question. */
const NOTHING: Message = { header: {}, payload: [] };

/** Has the core answer a message that needs no run. */
export function call(message: Message): Done {
	const lease = new Lease();
	const frame = encode(message);
	const answer = lease.enter((core: Core) => core.call(frame));
	lease.end(undefined);
	const { header, payload } = decode<Exclude<StepFrame, Question>>(answer);
	if (header.step === "error") throw errorOf(header.error);
	return doneOf(header, payload);
}

function doneOf<Result>({ copy, reports, result }: DoneStep, payload: Uint8Array): Done<Result> {
	return { result: result as Result, reports, copy, payload };
}
