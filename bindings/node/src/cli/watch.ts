import { setMaxListeners } from "node:events";
import { constants } from "node:os";
import type { ControlOptions, Progress } from "../control.js";
import type { Warning } from "../generated.js";
import { printWarnings } from "./print.js";

/** Told to end by a signal. */
export class Interrupted extends Error {
	readonly status: number;

	constructor(signal: NodeJS.Signals) {
		super(`stopped by ${signal}`);
		this.status = 128 + constants.signals[signal];
	}
}

/** Whoever watches a signing from the command line. */
export interface Watch extends Required<Pick<ControlOptions, "onProgress" | "onWarnings" | "signal">> {
	onProgress: (progress: Progress) => void;
	/** Prints warnings, before the key is asked. */
	onWarnings: (warnings: readonly Warning[]) => void;
	signal: AbortSignal;
	/** How long each phase took, in milliseconds. */
	timings(): Record<string, number>;
	/** Takes the bar off the terminal. */
	end(): void;
}

/** Stops at a signal, takes times, and shows a bar where somebody sees it. */
export async function watch(): Promise<Watch> {
	const bar = process.stderr.isTTY ? (await import("./bar.js")).showBar() : undefined;
	const controller = new AbortController();
	setMaxListeners(0, controller.signal); // each command that signs listens
	const signals: NodeJS.Signals[] = ["SIGHUP", "SIGINT", "SIGTERM"];
	const stop = (signal: NodeJS.Signals) => controller.abort(new Interrupted(signal));
	for (const signal of signals) process.once(signal, stop);
	const spent: Record<string, number> = {};
	let phase = "start";
	let since = 0;
	const turn = (next: string) => {
		const now = performance.now();
		spent[`${phase}Ms`] = (spent[`${phase}Ms`] ?? 0) + now - since;
		[phase, since] = [next, now];
	};
	return {
		signal: controller.signal,
		onProgress(progress) {
			turn(progress.phase);
			bar?.show(progress);
		},
		onWarnings(warnings) {
			bar?.end();
			printWarnings(warnings);
		},
		timings() {
			turn("end");
			const parts = Object.entries({ ...spent, totalMs: performance.now() });
			return Object.fromEntries(parts.map(([part, ms]) => [part, Number(ms.toFixed(3))]));
		},
		end() {
			bar?.end();
			for (const signal of signals) process.off(signal, stop);
		},
	};
}
