// Other libraries on the same files, each in its own process: tests/peers tells how each is used.

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { peers as libraries, signByPeer } from "../../../tests/peers/run.mjs";
import { documents, folder, opensslMs, programs } from "./files.js";
import { median } from "./statistics.js";
import { printTable, rounded } from "./table.js";

const LIMIT_S = 90;

export function peers() {
	mkdirSync(folder, { recursive: true });
	const [rust, node] = programs();
	const figures = [];
	try {
		for (const { make, name } of documents) {
			console.error(`  … ${name}`);
			const input = `${folder}/document.pdf`;
			const output = `${folder}/signed.pdf`;
			make(input);
			spawnSync("sync", [input]);
			opensslMs(input);
			const openssl = median([1, 2, 3].map(() => opensslMs(input)));
			const ours = (run) => (mode) => run(mode, input, output, 3);
			const told = [
				{ peer: "rustpdf, Rust, in place", ...ours(rust)("in-place") },
				{ peer: "rustpdf, Node, in place", ...ours(node)("in-place") },
				{ peer: "rustpdf, Rust, new file", ...ours(rust)("new-file") },
				{ peer: "rustpdf, Node, new file", ...ours(node)("new-file") },
				...libraries.map((peer) => {
					console.error(`    ${peer.name}`);
					const answer = signByPeer(peer, { input, output, runs: 3, limitSeconds: LIMIT_S });
					rmSync(output, { force: true });
					return answer;
				}),
			];
			figures.push({ name, bytes: statSync(input).size, openssl, told });
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	print(figures);
	return figures;
}

function print(figures) {
	const names = new Map(); // a peer that failed tells no version
	for (const { told } of figures)
		for (const [index, { peer }] of told.entries()) if ((names.get(index) ?? "").length < peer.length) names.set(index, peer);
	const rows = (cell) => [...names].map(([index, name]) => [name, ...figures.map(({ told }) => cell(told[index]))]);
	const head = ["", ...figures.map(({ name }) => name)];
	printTable("Milliseconds to a signed file, the median of 3, in the process", head, [
		["`openssl dgst -sha256`", ...figures.map(({ openssl }) => rounded(openssl))],
		...rows(({ error, ms }) => (error ? "—" : rounded(median(ms), median(ms) < 10 ? 1 : 0))),
	]);
	printTable(
		"Peak memory above the bare runtime, in MB",
		head,
		rows(({ bareMb, error, peakMb }) => (error ? "—" : rounded(peakMb - bareMb))),
	);
	const failures = figures.flatMap(({ name, told }) => told.filter(({ error }) => error).map(({ error, peer }) => [peer, name, error]));
	if (failures.length > 0) printTable("What was not signed", ["", "document", "why"], failures);
}
