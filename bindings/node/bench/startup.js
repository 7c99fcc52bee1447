// From nothing to the first signature, in processes of their own.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { signWith } from "rustpdf";
import { chain, moment, pki, rawSignature, smallDocument } from "./material.js";
import { medians } from "./statistics.js";
import { printTable, rounded } from "./table.js";

const RUNS = 21;

export function startup() {
	const folder = mkdtempSync(join(tmpdir(), "rustpdf-bench-"));
	const file = join(folder, "signature");
	try {
		const certificate = readFileSync(`${pki}/rsa.der`);
		signWith(readFileSync(smallDocument), certificate, (data) => keep(file, rawSignature("rsa", data)), chain, moment);
		const ways = ["native", "wasm"].flatMap((engine) => ["import", "require"].map((how) => ({ engine, how, runs: [] })));
		for (let turn = 0; turn < RUNS; turn++) for (const { engine, how, runs } of ways) runs.push(run(engine, how, file));
		const figures = Object.fromEntries(ways.map(({ engine, how, runs }) => [`${how}, ${engine}`, medians(runs)]));
		print(figures);
		return figures;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function keep(file, signature) {
	writeFileSync(file, signature);
	return signature;
}

function run(engine, how, signature) {
	const script = fileURLToPath(new URL("first_signature.cjs", import.meta.url));
	const env = { ...process.env, RUSTPDF_ENGINE: engine };
	const { status, stderr, stdout } = spawnSync(process.execPath, [script, how, signature], { encoding: "utf8", env });
	if (status !== 0) throw new Error(stderr);
	return JSON.parse(stdout);
}

function print(figures) {
	printTable(
		`From loading the package to the first signature (RSA-2048, checked), in ms: the median of ${RUNS} processes`,
		["", "load the script", "compile", "instantiate, or load the native core", "first signature", "together", "aim", "second signature"],
		Object.entries(figures).map(([how, { load, compile, instantiate, first, together, second }]) => [
			how,
			...[load, compile, instantiate, first, together].map((time) => rounded(time, 1)),
			"≤ 30",
			rounded(second, 1),
		]),
	);
}
