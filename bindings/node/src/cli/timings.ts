const spent: Record<string, number> = {};

/** How long each part took, in milliseconds: what `--json` tells. */
export const timings = {
	/** Starts a part; what it returns ends it. */
	start(part: string): () => void {
		const start = performance.now();
		return () => {
			spent[part] = (spent[part] ?? 0) + performance.now() - start;
		};
	},

	/** Every part's time so far, and the process's. */
	all(): Record<string, number> {
		const parts = Object.entries({ ...spent, totalMs: performance.now() });
		return Object.fromEntries(parts.map(([part, ms]) => [part, Number(ms.toFixed(3))]));
	},
};
