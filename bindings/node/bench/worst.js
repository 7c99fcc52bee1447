// Cost of small documents that make much work (crates/core/tests/common/worst.rs), natively and in WebAssembly.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { folder } from "./files.js";
import { benchmark } from "./instructions.js";
import { printTable, rounded } from "./table.js";

const call = fileURLToPath(new URL("worst_call.js", import.meta.url));

export function worst() {
	const bench = benchmark("rustpdf-core", "worst");
	const path = `${folder}/worst.pdf`;
	const figures = [];
	mkdirSync(folder, { recursive: true });
	try {
		for (const [name, operation] of JSON.parse(execFileSync(bench, ["cases"]))) {
			console.error(`  … ${name}`);
			execFileSync(bench, ["write", name, path]);
			const native = JSON.parse(execFileSync(bench, ["run", operation, path]));
			figures.push({ name, operation, ...native, wasm: inWebAssembly(operation, path) });
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	printTable(
		"Documents that are small and cost much",
		["", "KB", "million units", "of those allowed", "CPU seconds", "of the aim", "MB of memory", "WebAssembly", "of the aim", "outcome"],
		figures.map(({ name, bytes, work, allowed, seconds, peak, wasm, outcome }) => {
			const aim = 1 + (2 * bytes) / 1e6;
			const shares = [work / allowed, seconds / aim, wasm / (3 * aim)].map((share) => rounded(share, 2));
			return [
				name,
				rounded(bytes / 1000),
				rounded(work / 1e6),
				shares[0],
				rounded(seconds, 2),
				shares[1],
				rounded(peak / 1e6),
				rounded(wasm, 2),
				shares[2],
				outcome,
			];
		}),
	);
	return figures;
}

/** Seconds of the processor. */
function inWebAssembly(operation, path) {
	const { stderr } = spawnSync(process.execPath, [call, operation, path], {
		encoding: "utf8",
		env: { ...process.env, RUSTPDF_ENGINE: "wasm" },
		maxBuffer: 1e9,
	});
	const seconds = Number(stderr.trim().split("\n").at(-1));
	if (Number.isNaN(seconds)) throw new Error(stderr);
	return seconds;
}
