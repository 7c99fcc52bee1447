#!/usr/bin/env node
// Has each language sign the vectors, and complete the sessions that each other began; README.md has the protocol of the agents.
//
//     node run.mjs [LANGUAGE…]
//
// The agents must be built. Prints two tables. The exit status is 1 if anything is missing, skipped or wrong.
import { fileURLToPath } from "node:url";
import { Agent } from "./agent.mjs";
import { isShared, runPair, runVector, unknownKey, VECTORS } from "./cases.mjs";
import { pairTable, vectorTable } from "./table.mjs";

/** Milliseconds for one answer. */
const LIMIT = 60_000;

const inRepository = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const node = (engine) => ({
	command: process.execPath,
	args: [inRepository("bindings/node/conformance/agent.mjs")],
	env: { RUSTPDF_ENGINE: engine },
});

/** How each agent is started, and the vectors that the types of its language cannot express. */
const LANGUAGES = {
	rust: { command: inRepository("target/debug/examples/conformance") },
	"node-wasm": node("wasm"),
	"node-native": node("native"),
	python: { command: inRepository("bindings/python/.venv/bin/python"), args: [inRepository("bindings/python/conformance/agent.py")] },
	dotnet: {
		command: inRepository("bindings/dotnet/conformance/run.sh"),
		inexpressible: [
			"option-of-wrong-type",
			"page-is-no-integer",
			"signing-time-in-the-year-10000",
			"unknown-option",
			"unknown-option-in-lock",
		],
	},
	go: {
		command: inRepository("bindings/go/.tools/conformance"),
		inexpressible: [
			"container-size-0",
			"field-name-empty",
			"option-of-wrong-type",
			"page-0",
			"page-is-no-integer",
			"policy-without-digest",
			"unknown-option",
			"unknown-option-in-lock",
		],
	},
};

/** Runs all, prints the tables, and returns the number of things that are not right. */
export async function run(languages, vectors, { limit = LIMIT, print = console.log } = {}) {
	const names = Object.keys(languages);
	const agents = names.map((name) => new Agent(languages[name], limit));
	const prints = names.map((name) => (failure) => print(`${name}: ${failure}`));
	const known = vectors.filter((vector) => isKnown(vector, print));
	const results = await Promise.all(
		agents.map((agent, at) => resultsOf(agent, known, languages[names[at]].inexpressible ?? [], prints[at])),
	);
	const shared = known.filter(isShared);
	const begun = results.map(({ sessions }) => sessions);
	const pairs = await Promise.all(agents.map((agent, at) => pairsOf(agent, shared, names, begun, prints[at])));
	let wrong = 0;
	for (const [at, agent] of agents.entries()) {
		await agent.end().catch(({ message }) => {
			wrong++;
			prints[at](message);
		});
	}
	const outcomes = results.map(({ outcomes }) => outcomes);
	return wrong + vectorTable(names, vectors, outcomes, print) + pairTable(names, pairs, shared.length, print);
}

function isKnown(vector, print) {
	const key = unknownKey(vector);
	if (key !== undefined) print(`${vector.name}: skipped, for \`${key}\` is not known here`);
	return key === undefined;
}

/** Outcome of each vector, and the sealed sessions that were begun. */
async function resultsOf(agent, vectors, inexpressible, print) {
	const [outcomes, sessions] = [{}, {}];
	for (const vector of vectors) {
		const { name, expect } = vector;
		if (inexpressible.includes(name) && expect.code !== undefined) {
			outcomes[name] = "inexpressible";
			continue;
		}
		const { failures, sealed } = await runVector(agent, vector);
		failures.forEach(print);
		outcomes[name] = failures.length === 0 ? "passed" : "failed";
		sessions[name] = sealed;
	}
	return { outcomes, sessions };
}

/** Number of right completions of the sessions of each language. */
async function pairsOf(agent, vectors, names, begun, print) {
	const right = names.map(() => 0);
	for (const [from, sessions] of begun.entries()) {
		for (const vector of vectors) {
			const failure = await runPair(agent, vector, names[from], sessions[vector.name]);
			if (failure === undefined) right[from]++;
			else print(failure);
		}
	}
	return right;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(LANGUAGES);
	const unknown = chosen.find((name) => !Object.hasOwn(LANGUAGES, name));
	if (unknown !== undefined) throw new Error(`${unknown} is none of ${Object.keys(LANGUAGES).join(", ")}`);
	const wrong = await run(Object.fromEntries(chosen.map((name) => [name, LANGUAGES[name]])), VECTORS);
	if (wrong > 0) {
		console.error(`${wrong} cells are not right`);
		process.exitCode = 1;
	}
}
