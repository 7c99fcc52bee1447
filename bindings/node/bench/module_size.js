// How large the WebAssembly module is, and which crates make it so.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { inRepository } from "./material.js";
import { printTable, rounded } from "./table.js";

export function moduleSize() {
	const module = readFileSync(inRepository("bindings/node/wasm/rustpdf.wasm"));
	const figures = { ...compressed(module), ...parts(module) };
	printTable(
		"The module, in KB (1,000 bytes)",
		["raw", "gzip -9", "aim", "brotli 11"],
		[[inKb(figures.raw), inKb(figures.gzip), "≤ 490", inKb(figures.brotli)]],
	);
	printTable("Where it comes from, in KB raw", ["part", "KB", "functions"], rows(figures));
	return figures;
}

function compressed(bytes) {
	const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
	return {
		raw: bytes.length,
		gzip: execFileSync("gzip", ["-9", "--no-name"], { input: bytes }).length, // Node's zlib makes it 3 KB larger
		brotli: brotliCompressSync(bytes, { params }).length,
	};
}

/** The module's sections, and its code by crate. The names of functions are cut off the module that is packed. */
function parts(packed) {
	const named = readFileSync(inRepository("target/wasm-pack/rustpdf_bg.wasm"));
	const sections = sectionsOf(named);
	const code = sections.find(({ id }) => id === 10).body;
	if (!packed.includes(code)) throw new Error("target/wasm-pack holds another module than the package: remove bindings/node/wasm");
	const names = functionNames(sections.find(({ name }) => name === "name").body);
	const firstDefined = importedFunctions(sections.find(({ id }) => id === 2)?.body);
	const crates = {};
	for (const [index, size] of functionSizes(code).entries()) {
		const crate = crateOf(names.get(firstDefined + index) ?? "");
		crates[crate] ??= { bytes: 0, functions: 0 };
		crates[crate].bytes += size;
		crates[crate].functions += 1;
	}
	const data = sections.find(({ id }) => id === 11).body.length;
	const others = packed.length - code.length - data;
	return { crates, data, others };
}

function rows({ crates, data, others }) {
	const ordered = Object.entries(crates).sort(([, a], [, b]) => b.bytes - a.bytes);
	const shown = ordered.filter(([, { bytes }]) => bytes >= SMALL);
	const rest = ordered.slice(shown.length).map(([, crate]) => crate);
	const sum = (of, key) => of.reduce((total, crate) => total + crate[key], 0);
	return [
		...shown.map(([name, { bytes, functions }]) => [name, inKb(bytes), functions]),
		[`${rest.length} crates below ${SMALL / 1000} KB each`, inKb(sum(rest, "bytes")), sum(rest, "functions")],
		["constants (data section)", inKb(data), ""],
		["all other sections", inKb(others), ""],
	];
}

const SMALL = 4000;
const inKb = (bytes) => rounded(bytes / 1000, 1);

/**
 * The crate that a function is counted for: the first that its name speaks of and that is not the standard library. So a `Vec` of a
 * crate's type counts for that crate where the name tells; what was inlined counts for the function that it went into.
 */
function crateOf(name) {
	// The first word of every path, mangled as of old (`a::b`) or anew (`a[hash]::b`).
	const crates = name.match(/(?<![\w:])[A-Za-z_]\w*(?=(?:\[[0-9a-f]{16}\])?::)/g) ?? [];
	return crates.find((crate) => !STANDARD.has(crate)) ?? (crates.length > 0 ? "core, alloc, std" : "no crate named");
}

const STANDARD = new Set(["core", "alloc", "std", "__rustc", "compiler_builtins", "dlmalloc", "hashbrown"]);

/** Core specification, 5.5: id, size, and for a custom section its name before its body. */
function sectionsOf(module) {
	const reader = new Reader(module, 8);
	const sections = [];
	while (!reader.atEnd) {
		const id = reader.byte();
		const inner = new Reader(reader.bytes(reader.number()));
		const name = id === 0 ? inner.text() : undefined;
		sections.push({ id, name, body: inner.rest() });
	}
	return sections;
}

/** How many functions are imported: their numbers come first. */
function importedFunctions(body) {
	if (body === undefined) return 0;
	const reader = new Reader(body);
	let functions = 0;
	for (let left = reader.number(); left > 0; left--) {
		reader.text();
		reader.text();
		if (reader.byte() !== 0) throw new Error("an import that is no function: read its type here");
		reader.number();
		functions++;
	}
	return functions;
}

function functionSizes(body) {
	const reader = new Reader(body);
	return Array.from({ length: reader.number() }, () => {
		const start = reader.at;
		reader.bytes(reader.number());
		return reader.at - start;
	});
}

/** Appendix A, name section: subsection 1 maps the numbers of functions to names. */
function functionNames(body) {
	const reader = new Reader(body);
	while (!reader.atEnd) {
		const id = reader.byte();
		const inner = new Reader(reader.bytes(reader.number()));
		if (id === 1) return new Map(Array.from({ length: inner.number() }, () => [inner.number(), inner.text()]));
	}
	return new Map();
}

/** Reads a module from front to back. */
class Reader {
	constructor(buffer, at = 0) {
		this.buffer = buffer;
		this.at = at;
	}

	get atEnd() {
		return this.at >= this.buffer.length;
	}

	byte() {
		return this.buffer[this.at++];
	}

	/** LEB128, unsigned. */
	number() {
		let value = 0;
		for (let scale = 1; ; scale *= 128) {
			const byte = this.byte();
			value += (byte & 0x7f) * scale;
			if (byte < 0x80) return value;
		}
	}

	bytes(length) {
		this.at += length;
		return this.buffer.subarray(this.at - length, this.at);
	}

	text() {
		return this.bytes(this.number()).toString();
	}

	rest() {
		return this.buffer.subarray(this.at);
	}
}
