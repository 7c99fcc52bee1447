const spent: Record<string, number> = {};

/** How long each part took, in milliseconds: what `--json` tells. */
export const timings = {
	/** Does it, and adds its time to a part's. */
	measure<T>(part: string, work: () => T): T {
		const start = performance.now();
		try {
			return work();
		} finally {
			spent[part] = (spent[part] ?? 0) + performance.now() - start;
		}
	},

	/** Every part's time so far, and the process's. */
	all(): Record<string, number> {
		return Object.fromEntries(Object.entries({ ...spent, totalMs: performance.now() }).map(([part, ms]) => [part, Number(ms.toFixed(3))]));
	},
};
