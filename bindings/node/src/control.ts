import { isPromiseLike } from "./awaitable.js";
import { typeName } from "./bytes.js";
import { hostError } from "./errors.js";
import type { Warning } from "./generated.js";

/** How far a signing is. */
export interface Progress {
	/**
	 * `read`: structure of the document, in bytes; `digest`: all of it, in bytes; `sign`: signatures; `http`: responses of servers; `write`: the output,
	 * in bytes.
	 */
	readonly phase: "read" | "digest" | "sign" | "http" | "write";
	/** How much of the phase is done. */
	readonly done: number;
	/** How much there is; of `read` the most that there can be. */
	readonly total: number;
}

/** How a caller watches a signing and stops it. */
export interface ControlOptions {
	/**
	 * Is told how far it is. An error that it throws stops the signing, and reaches the caller unchanged; when the output gets its name, it is too late
	 * for that.
	 */
	onProgress?: ((progress: Progress) => void) | undefined;
	/**
	 * Receives the warnings of a signature, if there are any, before its key is asked. An error that it throws stops the signing, with the key not
	 * asked, and reaches the caller unchanged. Warnings of a level that arise later follow at the end, where it is too late to stop. Default:
	 * `process.emitWarning`, or the console in browsers, with the warning's code; nothing if `onReport` receives them, and for documents of a batch.
	 */
	onWarnings?: ((warnings: readonly Warning[]) => void) | undefined;
	/** Stops the signing when it is aborted, with the signal's reason, until the output gets its name. Nothing is left behind. */
	signal?: AbortSignal | undefined;
}

/** The caller's eyes and hands during a run. */
export class Control {
	readonly #onProgress: ((progress: Progress) => void) | undefined;
	readonly #onWarnings: ((warnings: readonly Warning[]) => void) | undefined;
	readonly #signal: AbortSignal | undefined;
	/** The waits for signers: of many documents there are several, and the signal has one listener. */
	readonly #waiting = new Set<(reason: unknown) => void>();
	readonly #stop = () => {
		for (const stop of this.#waiting) stop(this.#signal?.reason);
		this.#waiting.clear();
	};

	/** Errors: `ERR_ARGUMENT`. */
	constructor({ onProgress, onWarnings, signal }: ControlOptions = {}) {
		if (onProgress !== undefined && typeof onProgress !== "function") {
			throw hostError("argumentType", "onProgress", "a function", typeName(onProgress));
		}
		if (onWarnings !== undefined && typeof onWarnings !== "function") {
			throw hostError("argumentType", "onWarnings", "a function", typeName(onWarnings));
		}
		if (signal !== undefined && typeof signal?.throwIfAborted !== "function") {
			throw hostError("argumentType", "signal", "an AbortSignal", typeName(signal));
		}
		this.#onProgress = onProgress;
		this.#onWarnings = onWarnings;
		this.#signal = signal;
	}

	/** Hands warnings to the caller, and throws the caller's error. */
	warn(warnings: readonly Warning[]): void {
		if (warnings.length > 0) this.#onWarnings?.(warnings);
	}

	/** Hands warnings to the caller when it is too late to stop. */
	warnLate(warnings: readonly Warning[]): void {
		try {
			this.warn(warnings);
		} catch {}
	}

	/** Tells how far it is, and throws where it is to stop. */
	progress(phase: Progress["phase"], done: number, total: number): void {
		this.check();
		this.#onProgress?.({ phase, done, total });
		this.check(); // what is told may stop it
	}

	/** Tells how far it is when it is too late to stop: an error of the caller then changes nothing. */
	tell(phase: Progress["phase"], done: number, total: number): void {
		try {
			this.#onProgress?.({ phase, done, total });
		} catch {}
	}

	/** Throws where it is to stop. */
	check(): void {
		this.#signal?.throwIfAborted();
	}

	/** Whether it is to stop. */
	get isStopped(): boolean {
		return this.#signal?.aborted === true;
	}

	/** The value, or the end when it is stopped before the value comes: a signer or a network may take its time, or stop it itself. */
	orStopped<T>(value: T): T | Promise<Awaited<T>> {
		const signal = this.#signal;
		if (signal === undefined || !isPromiseLike(value)) return value;
		return new Promise((resolve, reject) => {
			if (signal.aborted) {
				reject(signal.reason); // no listener is told any more
			} else {
				if (this.#waiting.size === 0) signal.addEventListener("abort", this.#stop, { once: true });
				this.#waiting.add(reject);
			}
			const done = () => {
				this.#waiting.delete(reject);
				if (this.#waiting.size === 0) signal.removeEventListener("abort", this.#stop);
			};
			value.then(
				(got) => {
					done();
					resolve(got as Awaited<T>);
				},
				(error) => {
					done();
					reject(error);
				},
			);
		});
	}
}

/** Nobody watches. */
export const unwatched: Control = new Control();
