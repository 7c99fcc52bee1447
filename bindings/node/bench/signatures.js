// What a signature on a small document costs without the key operation, by Rust and by the npm package as it is built.

import { execFileSync } from "node:child_process";
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { signWith } from "rustpdf";
import { chain, documents, inRepository, keys, moment, pki, smallDocument } from "./material.js";
import { microseconds } from "./statistics.js";
import { printTable, rounded } from "./table.js";

export function signatures() {
	const native = nativeFigures();
	const figures = keys.map(({ name, file }) => ({ key: name, native: native[file], wasm: wasmFigures(file) }));
	const { length } = readFileSync(smallDocument);
	printTable(
		`A signature on a document of ${length.toLocaleString("en")} bytes without the key operation, in µs (median)`,
		["key", "native", "with the check", "the check", "WASM in Node", "with the check", "the check"],
		[
			...figures.map(({ key, native, wasm }) => [key, ...row(native), ...row(wasm)]),
			["aim", "≤ 40", "", "≤ 100 (RSA)", "≤ 150", "", "≤ 800 (RSA)"],
		],
	);
	return figures;
}

function row({ unchecked, checked }) {
	return [unchecked, checked, checked - unchecked].map((time) => rounded(time));
}

function nativeFigures() {
	const arguments_ = ["bench", "--quiet", "--package", "rustpdf", "--bench", "signing", "--", pki, documents];
	return JSON.parse(execFileSync("cargo", arguments_, { cwd: inRepository("."), encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
}

function wasmFigures(file) {
	const document = readFileSync(smallDocument);
	const certificate = readFileSync(`${pki}/${file}.der`);
	let signature;
	signWith(document, certificate, (data) => (signature = rawSignature(file, data)), chain, moment);
	const signing = (checkSignature) => () => signWith(document, certificate, () => signature, chain, { ...moment, checkSignature });
	const [unchecked, checked] = microseconds([signing(false), signing(true)]);
	return { unchecked, checked };
}

/** A signature by one of the keys of the PKI. */
export function rawSignature(file, data) {
	return sign(file === "ed25519" ? null : "sha256", data, createPrivateKey(readFileSync(`${pki}/${file}.key`)));
}
