// Cost of a visible signature beside an invisible one, with either engine.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inRepository } from "./material.js";
import { median } from "./statistics.js";
import { printTable, rounded } from "./table.js";

/** Processes for the first visible signature. */
const RUNS = 5;

export function visible() {
	const runs = ["native", "wasm"].map((engine) => Array.from({ length: RUNS }, () => run(engine)));
	const [native, wasm] = runs.map(([run]) => run.figures);
	const rows = Object.entries(native).map(([name, { length, time }]) => [name, rounded(time), rounded(wasm[name].time), length]);
	printTable("A signature without the key operation and the check, in µs (median), and its bytes", ["", "native", "WASM", "bytes"], rows);
	const [firstNative, firstWasm] = runs.map((of) => median(of.map(({ first }) => first)));
	const module = readFileSync(inRepository("bindings/node/wasm/rustpdf-appearance.wasm"));
	const compressed = execFileSync("gzip", ["-9", "--no-name"], { input: module }).length;
	printTable(
		"The first visible signature after an invisible one, in ms, and the module that draws, in KB (1,000 bytes)",
		["native", "WASM", "raw", "gzip -9"],
		[[rounded(firstNative, 1), rounded(firstWasm, 1), rounded(module.length / 1000), rounded(compressed / 1000)]],
	);
	return { native, wasm, firstNative, firstWasm, module: { raw: module.length, gzip: compressed } };
}

/** In a process of its own, for a process has one engine. */
function run(engine) {
	const script = fileURLToPath(new URL("visible_signatures.js", import.meta.url));
	const env = { ...process.env, RUSTPDF_ENGINE: engine };
	return JSON.parse(execFileSync(process.execPath, [script], { env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
}
