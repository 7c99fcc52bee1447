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
