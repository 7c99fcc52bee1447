/** The middle of some numbers. */
export function median(numbers) {
	const sorted = numbers.toSorted((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)];
}

/** The median of every figure of some runs, each an object of the same figures. */
export function medians(runs) {
	return Object.fromEntries(Object.keys(runs[0]).map((name) => [name, median(runs.map((run) => run[name]))]));
}

/** What a call of each takes in microseconds: the median of batches, which take turns so that all see the same machine. */
export function microseconds(calls) {
	const BATCH = 25;
	const times = calls.map(() => []);
	const start = performance.now();
	for (let elapsed = 0; elapsed < 5000; elapsed = performance.now() - start) {
		for (const [index, call] of calls.entries()) {
			const begin = performance.now();
			for (let turn = 0; turn < BATCH; turn++) call();
			const spent = ((performance.now() - begin) * 1000) / BATCH;
			if (elapsed > 2000) times[index].push(spent); // by then V8 has compiled what is hot
		}
	}
	return times.map(median);
}
