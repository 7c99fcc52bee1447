// The same in every language: to the first signature, small documents in a row, and a gigabyte signed in place beside `openssl dgst`.

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bulk } from "../../../tests/documents/large.mjs";
import { folder, opensslMs } from "./files.js";
import { inRepository } from "./material.js";
import { median } from "./statistics.js";
import { printTable, rounded } from "./table.js";

const STARTS = 9;
const SECONDS = 3;
const SIZES = [2 ** 28, 2 ** 30];
const ROUNDS = 7;

/** Each language's program; program.js tells what they do. */
const node = [process.execPath, fileURLToPath(new URL("program.js", import.meta.url))];
const programs = {
	"Node, WebAssembly": { command: node, environment: { RUSTPDF_ENGINE: "wasm" } },
	"Node, native": { command: node, environment: { RUSTPDF_ENGINE: "native" } },
	Python: { command: [inRepository("bindings/python/bench/run.sh")] },
	".NET": { command: [inRepository("bindings/dotnet/bench/run.sh")] },
	Go: { command: [inRepository("bindings/go/bench/run.sh")] },
};

export function languages() {
	mkdirSync(folder, { recursive: true });
	try {
		const figures = Object.fromEntries(Object.keys(programs).map((name) => [name, { ...startAndRate(name), files: {} }]));
		for (const size of SIZES) for (const [name, told] of Object.entries(inPlace(size))) figures[name].files[size] = told;
		print(figures);
		return figures;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function startAndRate(name) {
	console.error(`  … ${name}`);
	const starts = Array.from({ length: STARTS }, () => run(name, "startup").startup_ms);
	return { startupMs: median(starts), perSecond: run(name, "small", SECONDS).signatures_per_second };
}

/** Each signs the file in turn, and what it appended is taken back, so that all see the same machine. */
function inPlace(size) {
	console.error(`  … ${size / 2 ** 20} MiB in place`);
	const input = `${folder}/document.pdf`;
	bulk(input, size);
	execFileSync("sync", [input]);
	writeFileSync(`${folder}/empty`, "");
	const length = statSync(input).size;
	const runs = Object.keys(programs).map((name) => [name, []]);
	opensslMs(input);
	for (let round = 0; round < ROUNDS; round++) {
		const floor = opensslMs(input) - opensslMs(`${folder}/empty`);
		for (const [name, told] of runs) {
			const { peak_mb_over_start: peakMb, seconds } = run(name, "in-place", input);
			truncateSync(input, length);
			told.push({ ratio: (seconds * 1000) / floor, peakMb });
		}
	}
	const middle = (told) => ({ ratio: median(told.map(({ ratio }) => ratio)), peakMb: median(told.map(({ peakMb }) => peakMb)) });
	return Object.fromEntries(runs.map(([name, told]) => [name, middle(told)]));
}

function run(name, ...words) {
	const { command, environment } = programs[name];
	const [program, ...first] = command;
	const told = execFileSync(program, [...first, ...words.map(String)], {
		encoding: "utf8",
		env: { ...process.env, ...environment },
		stdio: ["ignore", "pipe", "inherit"],
	});
	return JSON.parse(told);
}

function print(figures) {
	printTable(
		`Each language: to the first signature (RSA-2048, checked) in ms, the median of ${STARTS} processes; small documents a second; in place as a ratio to \`openssl dgst\`, the median of ${ROUNDS} rounds`,
		["", "first signature", "a second", ...SIZES.flatMap((size) => [`${size / 2 ** 20} MiB`, "peak MB"])],
		[
			...Object.entries(figures).map(([name, { files, perSecond, startupMs }]) => [
				name,
				rounded(startupMs, 1),
				rounded(perSecond),
				...SIZES.flatMap((size) => [rounded(files[size].ratio, 2), rounded(files[size].peakMb, 1)]),
			]),
			["aim", "", "", ...SIZES.flatMap(() => ["≤ 1.05", ""])],
		],
	);
}
