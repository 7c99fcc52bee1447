// What signing a file costs, next to the floor that nobody can go below: hashing it, and for a new file copying it as well.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bulk, objectsStream, objectsTable } from "../../../tests/documents/large.mjs";
import { inRepository, pki } from "./material.js";
import { plot } from "./plot.js";
import { median } from "./statistics.js";
import { printTable, rounded } from "./table.js";

/** Where documents and outputs are made. */
export const folder = inRepository("tests/.build/bench");
const GIB = 2 ** 30;

/** The documents, and how often each is signed. */
export const documents = [
	{ name: "20 KB", make: (path) => bulk(path, 20_000), rounds: 15 },
	{ name: "10 MB", make: (path) => bulk(path, 10_000_000), rounds: 15 },
	{ name: "100 MB", make: (path) => bulk(path, 100_000_000), rounds: 9 },
	{ name: "1 GB", make: (path) => bulk(path, GIB), rounds: 7 },
	{ name: "4 GB", make: (path) => bulk(path, 4 * GIB), rounds: 3 },
	{ name: "1 million objects, a table", make: (path) => objectsTable(path), rounds: 9, objects: true },
	{ name: "1 million objects in streams", make: (path) => objectsStream(path, 1_000_000, { noise: 32 }), rounds: 9, objects: true },
	{ name: "… as small as they get", make: (path) => objectsStream(path), rounds: 9, objects: true },
];

export function files({ only, plotTo } = {}) {
	mkdirSync(folder, { recursive: true });
	const [rust, node] = programs();
	const figures = [];
	try {
		writeFileSync(`${folder}/empty`, "");
		for (const { make, name, objects = false, rounds } of documents) {
			if (only !== undefined && !only.includes(name)) continue;
			console.error(`  … ${name}`);
			const input = `${folder}/document.pdf`;
			make(input);
			execFileSync("sync", [input]);
			figures.push({ name, objects, bytes: statSync(input).size, ...measured(input, rounds, { rust, node }) });
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	print(figures);
	if (plotTo !== undefined)
		plot(
			figures.filter(({ objects }) => !objects),
			plotTo,
		);
	return figures;
}

/** The runs take turns, so that all see the same machine. */
function measured(input, rounds, hosts) {
	const output = `${folder}/signed.pdf`;
	const times = { openssl: [], copy: [], "rust in-place": [], "node in-place": [], "rust new-file": [], "node new-file": [] };
	opensslMs(input);
	for (let round = 0; round < rounds; round++) {
		times.openssl.push(opensslMs(input) - opensslMs(`${folder}/empty`));
		times.copy.push(copyMs(input, output));
		for (const mode of ["in-place", "new-file"]) {
			for (const [name, run] of Object.entries(hosts)) times[`${name} ${mode}`].push(median(run(mode, input, output, 3).ms));
		}
	}
	// The middle of a few fresh processes: what is compiled when differs from one to the next.
	const memory = (name, runs) => {
		const told = [1, 2, 3].map(() => hosts[name]("in-place", input, output, runs));
		return { peak: median(told.map(({ bareMb, peakMb }) => peakMb - bareMb)), own: median(told.map(({ privateMb = 0 }) => privateMb)) };
	};
	const [rust, node] = [memory("rust", 1), memory("node", 0)];
	const ratio = (name, floor) => median(times[name].map((time, round) => time / floor(round)));
	const hash = (round) => times.openssl[round];
	const copyAndHash = (round) => times.openssl[round] + times.copy[round];
	return {
		ms: Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)])),
		ratios: {
			"rust in-place": ratio("rust in-place", hash),
			"node in-place": ratio("node in-place", hash),
			"rust new-file": ratio("rust new-file", copyAndHash),
			"node new-file": ratio("node new-file", copyAndHash),
		},
		memoryMb: { rust: rust.peak, node: node.peak, nodeOwn: node.own },
		copy: hosts.node("new-file", input, output, 1).copy,
	};
}

function print(figures) {
	printTable(
		"Signing a file, as a ratio to its floor in the same run (medians)",
		[
			"document",
			"MB",
			"`openssl dgst`, ms",
			"in place: Rust",
			"Node",
			"`cp`, `sync` and that, ms",
			"new file: Rust",
			"Node",
			"peak MB: Rust",
			"Node",
			"its own",
		],
		[
			...figures.map(({ bytes, memoryMb, ms, name, ratios }) => [
				name,
				rounded(bytes / 1e6, bytes < 1e6 ? 2 : 0),
				rounded(ms.openssl, 1),
				...["rust in-place", "node in-place"].map((of) => rounded(ratios[of], 2)),
				rounded(ms.openssl + ms.copy, 1),
				...["rust new-file", "node new-file"].map((of) => rounded(ratios[of], 2)),
				rounded(memoryMb.rust, 1),
				rounded(memoryMb.node, 1),
				rounded(memoryMb.nodeOwn, 1),
			]),
			["aim", "", "", "≤ 1.03", "≤ 1.03", "", "≤ 1.05", "≤ 1.05", "≤ 16", "≤ 16", ""],
		],
	);
	printTable(
		"The same in milliseconds",
		["document", "`openssl dgst`", "in place: Rust", "Node", "`cp`, `sync` and `openssl dgst`", "new file: Rust", "Node"],
		figures.map(({ ms, name }) => [
			name,
			...[ms.openssl, ms["rust in-place"], ms["node in-place"], ms.openssl + ms.copy, ms["rust new-file"], ms["node new-file"]].map(
				(time) => rounded(time, 1),
			),
		]),
	);
}

/** What openssl takes to hash a file, with its start. */
export function opensslMs(path) {
	const start = performance.now();
	const { status } = spawnSync("openssl", ["dgst", "-sha256", path], { stdio: ["ignore", "ignore", "inherit"] });
	if (status !== 0) throw new Error("openssl failed");
	return performance.now() - start;
}

/** A copy that is on the disk, as ours is. */
function copyMs(from, to) {
	const start = performance.now();
	execFileSync("cp", [from, to]);
	execFileSync("sync", [to]);
	const elapsed = performance.now() - start;
	rmSync(to);
	return elapsed;
}

/** Rust and Node as programs: each signs a file so many times, and tells how long each took and how large it was. */
export function programs() {
	const rust = rustBench();
	return [
		(mode, input, output, runs) => json(rust, [mode, input, output, pki, runs]),
		(mode, input, output, runs) => json(process.execPath, [inBench("sign_file.js"), mode, input, output, runs]),
	];
}

/** The program of the Rust benchmark, which cargo has built. */
function rustBench() {
	const built = ["bench", "--package", "rustpdf", "--bench", "files", "--no-run", "--message-format=json"];
	const lines = execFileSync("cargo", built, {
		cwd: inRepository("."),
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
		maxBuffer: 2 ** 26,
	});
	const artifact = lines
		.split("\n")
		.filter((line) => line.startsWith("{"))
		.map((line) => JSON.parse(line))
		.find(({ executable, target }) => executable && target?.name === "files");
	if (artifact === undefined) throw new Error("cargo built no benchmark");
	return artifact.executable;
}

function json(program, words) {
	return JSON.parse(execFileSync(program, words.map(String), { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
}

function inBench(name) {
	return fileURLToPath(new URL(name, import.meta.url));
}
