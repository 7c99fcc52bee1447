// How many instructions a small signature takes, as valgrind counts them: a figure that does not depend on the clock of the machine.

import { execFileSync, spawnSync } from "node:child_process";
import { documents, inRepository, keys, pki } from "./material.js";
import { printTable, rounded } from "./table.js";

const COUNT = 20;
const HOSTS = ["rust", "frames"];

export function instructions() {
	const bench = benchmark("rustpdf", "signing");
	const perSignature = (key, host, check) => {
		const [once, twice] = [COUNT, 2 * COUNT].map((count) => counted([bench, pki, documents, key, host, check, count]));
		return (twice - once) / COUNT;
	};
	const figures = keys.map(({ name, file }) => ({
		key: name,
		...Object.fromEntries(
			HOSTS.map((host) => [host, { unchecked: perSignature(file, host, false), checked: perSignature(file, host, true) }]),
		),
	}));
	printTable(
		"Instructions of a signature on the small document, in thousands, as valgrind counts them",
		["key", "Rust", "with the check", "the core by frames", "with the check"],
		figures.map(({ key, rust, frames }) => [
			key,
			...[rust, frames].flatMap(({ unchecked, checked }) => [unchecked, checked].map(inThousands)),
		]),
	);
	return figures;
}

const inThousands = (count) => rounded(count / 1000);

/** Instructions of a run of a program from its start to its end. */
function counted([program, ...words]) {
	const valgrind = ["--tool=callgrind", "--callgrind-out-file=/dev/null", program, ...words];
	const { error, status, stderr } = spawnSync("valgrind", valgrind, { encoding: "utf8" });
	if (error?.code === "ENOENT") throw new Error("there is no valgrind: install it with scripts/apt.sh valgrind");
	const count = /Collected : (\d+)/.exec(stderr)?.[1];
	if (status !== 0 || count === undefined) throw new Error(`valgrind failed: ${error ?? stderr}`);
	return Number(count);
}

/** The path of a benchmark in Rust, which is built. */
export function benchmark(crate, name) {
	const words = ["bench", "--quiet", "--package", crate, "--bench", name, "--no-run", "--message-format=json"];
	const messages = execFileSync("cargo", words, {
		cwd: inRepository("."),
		encoding: "utf8",
		stdio: ["ignore", "pipe", "inherit"],
		maxBuffer: 1e9,
	});
	const built = messages
		.split("\n")
		.filter(Boolean)
		.map((line) => JSON.parse(line));
	return built.find(({ executable, target }) => executable && target.name === name).executable;
}
