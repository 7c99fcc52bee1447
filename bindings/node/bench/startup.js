// From nothing to the first signature, in processes of their own.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { signWith } from "rustpdf";
import { chain, moment, pki, smallDocument } from "./material.js";
import { rawSignature } from "./signatures.js";
import { medians } from "./statistics.js";
import { printTable, rounded } from "./table.js";

const RUNS = 21;

export function startup() {
	const folder = mkdtempSync(join(tmpdir(), "rustpdf-bench-"));
	const file = join(folder, "signature");
	try {
		const certificate = readFileSync(`${pki}/rsa.der`);
		signWith(readFileSync(smallDocument), certificate, (data) => keep(file, rawSignature("rsa", data)), chain, moment);
		const runs = { import: [], require: [] };
		for (let turn = 0; turn < RUNS; turn++) for (const [how, times] of Object.entries(runs)) times.push(run(how, file));
		const figures = { import: medians(runs.import), require: medians(runs.require) };
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

function run(how, signature) {
	const script = fileURLToPath(new URL("first_signature.cjs", import.meta.url));
	const { status, stderr, stdout } = spawnSync(process.execPath, [script, how, signature], { encoding: "utf8" });
	if (status !== 0) throw new Error(stderr);
	return JSON.parse(stdout);
}

function print(figures) {
	printTable(
		`From loading the package to the first signature (RSA-2048, checked), in ms: the median of ${RUNS} processes`,
		["", "load the script", "compile", "instantiate", "first signature", "together", "aim", "second signature"],
		Object.entries(figures).map(([how, { load, compile, instantiate, first, together, second }]) => [
			how,
			...[load, compile, instantiate, first, together].map((time) => rounded(time, 1)),
			"≤ 30",
			rounded(second, 1),
		]),
	);
}
