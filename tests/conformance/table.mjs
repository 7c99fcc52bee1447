// The tables of a run. Each function prints one, and returns the number of cells that are not right.

const MARKS = { passed: "✓", inexpressible: "·", skipped: "–", failed: "✗" };
/** Width of the first column. */
const WIDTH = 50;

/** Each vector against each language; `outcomes` has an object of outcomes for each of `names`. */
export function vectorTable(names, vectors, outcomes, print) {
	const counts = names.map(() => ({ passed: 0, inexpressible: 0, skipped: 0, failed: 0 }));
	print(`\n${row("vector", names, names)}`);
	for (const { name } of vectors) {
		const found = outcomes.map(({ [name]: outcome = "skipped" }) => outcome);
		for (const [at, outcome] of found.entries()) counts[at][outcome]++;
		print(row(name, found.map((outcome) => MARKS[outcome]), names));
	}
	print(row("passed", counts.map(({ passed }) => passed), names));
	const total = (outcome) => counts.reduce((sum, { [outcome]: count }) => sum + count, 0);
	print(`vectors: ${Object.keys(MARKS).map((outcome) => `${total(outcome)} ${outcome}`).join(", ")}`);
	return total("skipped") + total("failed") + counts.filter(({ passed }) => passed === 0).length;
}

/** Each language against the sessions of each; `pairs` has for each language, in which they are completed, the right ones of each. */
export function pairTable(names, pairs, sessions, print) {
	print(`\nsessions begun in a row's language and completed in a column's: right ones of ${sessions}`);
	print(row("", names, names));
	for (const [from, name] of names.entries()) print(row(name, pairs.map((right) => right[from]), names));
	return pairs.flat().filter((right) => right !== sessions).length + (sessions === 0 ? 1 : 0);
}

const row = (title, cells, names) =>
	`${title.padEnd(WIDTH)} ${cells.map((cell, at) => String(cell).padStart(names[at].length)).join("  ")}`;
