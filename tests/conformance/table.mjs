// Shows each language against each vector, and each against the sessions of each other; fails where one is missing or wrong.
//
//     node table.mjs FOLDER
//
// Each language's runner of the vectors has left results/LANGUAGE.json, sessions/LANGUAGE/VECTOR and pairs/LANGUAGE.json in the folder.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LANGUAGES = ["rust", "node-wasm", "node-native", "python", "dotnet", "go"];
const MARKS = { passed: "✓", skipped: "–", failed: "✗" };

const [folder] = process.argv.slice(2);
const cases = new URL("../vectors/cases/", import.meta.url);
const vectors = readdirSync(cases)
	.map((file) => ({ name: file.slice(0, -".json".length), ...JSON.parse(readFileSync(new URL(file, cases))) }))
	.sort((one, other) => (one.name < other.name ? -1 : 1));
const begun = vectors.filter(({ expect, session }) => session === undefined && expect.code === undefined);
const read = (kind, language) => {
	try {
		return JSON.parse(readFileSync(join(folder, kind, `${language}.json`)));
	} catch (error) {
		if (error.code !== "ENOENT") throw error;
		return {};
	}
};
let wrong = 0;

/** A row of cells; what is not right is counted. */
function row(name, cells) {
	wrong += cells.filter(({ right }) => !right).length;
	return `${name.padEnd(width)} ${cells.map(({ text }, at) => text.padStart(LANGUAGES[at].length)).join("  ")}`;
}

const results = LANGUAGES.map((language) => read("results", language));
const width = Math.max(...vectors.map(({ name }) => name.length));
console.log(`${"vector".padEnd(width)} ${LANGUAGES.join("  ")}`);
for (const { name } of vectors) {
	console.log(row(name, results.map((result) => ({ text: MARKS[result[name]] ?? "?", right: result[name] === "passed" }))));
}
const passed = results.map((result) => Object.values(result).filter((outcome) => outcome === "passed").length);
console.log(row("passed", passed.map((count) => ({ text: String(count), right: count === vectors.length }))));

console.log(`\nsessions begun in a row's language and completed in a column's: right ones of ${begun.length}`);
console.log(`${"".padEnd(width)} ${LANGUAGES.join("  ")}`);
const pairs = LANGUAGES.map((language) => read("pairs", language));
for (const from of LANGUAGES) {
	const cells = pairs.map(({ [from]: pair }) => ({ text: String(pair?.passed ?? "?"), right: pair?.passed === begun.length && pair.failed === 0 }));
	console.log(row(from, cells));
}
if (wrong > 0) {
	console.error(`${wrong} cells are not right`);
	process.exit(1);
}
