import { SingleBar } from "cli-progress";
import type { Progress } from "../control.js";

/** A bar on the terminal. */
export interface Bar {
	show(progress: Progress): void;
	end(): void;
}

const titles: Partial<Record<Progress["phase"], string>> = { digest: "hashing", write: "writing" };

/** Shows what takes long: hashing and writing a document that is large. */
export function showBar(): Bar {
	const bar = new SingleBar({
		format: "{title} {bar} {percentage}% of {size}, {eta_formatted} left",
		stream: process.stderr,
		clearOnComplete: true,
		hideCursor: true,
	});
	let shown: string | undefined;
	return {
		show({ done, phase, total }) {
			const title = titles[phase];
			if (title === undefined || total < LARGE) return bar.stop();
			if (shown !== phase) bar.start(total, done, { title, size: `${(total / 1e6).toFixed()} MB` });
			else bar.update(done);
			shown = phase;
		},
		end: () => bar.stop(),
	};
}

// What is smaller is done before anybody has read the bar.
const LARGE = 50_000_000;

/** A count of documents on the terminal. */
export interface Count {
	/** Runs what prints the outcome of a document, without the bar in its way. */
	around(print: () => void): void;
	end(): void;
}

/** Shows how many of `total` documents are done. */
export function showCount(total: number): Count {
	const bar = new SingleBar({
		format: "{bar} {value} of {total} documents",
		stream: process.stderr,
		clearOnComplete: true,
		hideCursor: true,
	});
	let done = 0;
	bar.start(total, done);
	return {
		around(print) {
			bar.stop();
			print();
			bar.start(total, ++done);
		},
		end: () => bar.stop(),
	};
}
