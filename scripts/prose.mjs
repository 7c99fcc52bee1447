#!/usr/bin/env node
// scripts/prose.mjs [--list]: how plain the public documentation is. Prints, for each part, its words, the words in a sentence, and how many of
// a thousand words are *what*, *who*, *whoever* or *whose*, which often stand for a missing noun. Fails where a part is over the bounds.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MOST_PRONOUNS = 3;
const MOST_WORDS = 15;
/** Parts of fewer words say little about rates. */
const LEAST = 300;

const line = (mark) => (text) => text.split("\n").filter((line) => line.trimStart().startsWith(mark)).map((line) => line.trimStart().slice(mark.length).replace(/^ /, "")).join("\n");
const between = (pattern) => (text) => [...text.matchAll(pattern)].map(([, words]) => words.replaceAll(/^\s*\*+/gm, "")).join("\n\n");

/** Where public documentation is, and how it is taken out of a file. */
const PARTS = [
	["README.md", ["README.md"], (text) => text],
	["READMEs of the packages", ["bindings/*/README.md", "crates/*/README.md"], (text) => text],
	["docs", ["docs/*.md"], (text) => text],
	["TypeScript", ["bindings/node/src/*.ts", "bindings/node/src/pkcs11/*.ts"], between(/\/\*\*(.*?)\*\//gs)],
	["Python", ["bindings/python/python/rustpdf/*.py"], between(/"""(.*?)"""/gs)],
	[".NET", ["bindings/dotnet/src/RustPdf/*.cs"], (text) => line("///")(text).replaceAll(/<[^>]*>/g, " ")],
	["Go", ["bindings/go/*.go", ":!bindings/go/*_test.go"], line("//")],
	["Rust", ["crates/rustpdf/src/*.rs"], (text) => `${line("///")(text)}\n${line("//!")(text)}`],
	["C", ["crates/capi/include/*.h"], between(/\/\*\*?(.*?)\*\//gs)],
];

/** Prose without code, tables, addresses and headings. */
function prose(text) {
	return text
		.replaceAll(/^```.*?^```/gms, "\n")
		.replaceAll(/^( {4}|\t| *\||#|<).*$/gm, "\n")
		.replaceAll(/`[^`\n]*`/g, "code")
		.replaceAll(/\]\([^)]*\)/g, "]")
		.replaceAll(/^\s*([-*]|\d+\.) /gm, "\n");
}

const words = (text) => text.match(/[\p{L}\p{N}][\p{L}\p{N}'’.\-/]*/gu) ?? [];
const sentences = (text) => text.split(/[.!?:](?=\s)|\n\s*\n/).filter((sentence) => words(sentence).length > 1);

const isListed = process.argv.includes("--list");
let isOver = false;
for (const [name, patterns, take] of PARTS) {
	const files = execFileSync("git", ["ls-files", "--", ...patterns], { cwd: ROOT, encoding: "utf8" }).split("\n").filter(Boolean);
	const text = files.map((file) => prose(take(readFileSync(`${ROOT}/${file}`, "utf8")))).join("\n\n");
	const count = words(text).length;
	const pronouns = text.match(/\b(what|who|whoever|whose)\b/gi) ?? [];
	const rate = (pronouns.length / count) * 1000;
	const length = count / sentences(text).length;
	const over = count >= LEAST && (rate > MOST_PRONOUNS || length >= MOST_WORDS);
	isOver ||= over;
	console.log(`${name.padEnd(26)} ${String(count).padStart(6)} words ${length.toFixed(1).padStart(5)} a sentence ${rate.toFixed(1).padStart(5)} in 1,000${over ? "  over" : ""}`);
	if (!isListed) continue;
	for (const sentence of sentences(text)) if (/\b(what|who|whoever|whose)\b/i.test(sentence) || words(sentence).length > 25) console.log(`    ${sentence.trim().replaceAll(/\s+/g, " ")}`);
}
process.exitCode = isOver ? 1 : 0;
