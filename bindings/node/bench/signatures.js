// What a signature on a small document costs without the key operation, by Rust and by the npm package as it is built, with either engine.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { documents, inRepository, keys, pki, smallDocument } from "./material.js";
import { printTable, rounded } from "./table.js";

export function signatures() {
	const rust = rustFigures();
	const [native, wasm] = ["native", "wasm"].map(nodeFigures);
	const figures = keys.map(({ name, file }) => ({ key: name, rust: rust[file], native: native[file], wasm: wasm[file] }));
	const { length } = readFileSync(smallDocument);
	printTable(
		`A signature on a document of ${length.toLocaleString("en")} bytes without the key operation, in µs (median)`,
		["key", ...["Rust", "Node, native", "Node, WASM"].flatMap((host) => [host, "with the check", "the check"])],
		[
			...figures.map(({ key, rust, native, wasm }) => [key, ...row(rust), ...row(native), ...row(wasm)]),
			["aim", "≤ 40", "", "≤ 100 (RSA)", "", "", "", "≤ 150", "", "≤ 800 (RSA)"],
		],
	);
	return figures;
}

function row({ unchecked, checked }) {
	return [unchecked, checked, checked - unchecked].map((time) => rounded(time));
}

function rustFigures() {
	const words = ["bench", "--quiet", "--package", "rustpdf", "--bench", "signing", "--", pki, documents];
	return JSON.parse(execFileSync("cargo", words, { cwd: inRepository("."), encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
}

/** In a process of its own, for a process has one engine. */
function nodeFigures(engine) {
	const script = fileURLToPath(new URL("small_signatures.js", import.meta.url));
	const env = { ...process.env, RUSTPDF_ENGINE: engine };
	return JSON.parse(execFileSync(process.execPath, [script], { env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
}
