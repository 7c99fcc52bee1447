// The core's own work on documents that are large in one way or another, in Node: all but hashing, the key and writing.

import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { signFileWith } from "rustpdf";
import { fields, objectsStream, objectsTable, pages, pagesFlat, revisions, revisionsStream } from "../../../tests/documents/large.mjs";
import { folder } from "./files.js";
import { chain, moment, pki } from "./material.js";
import { median } from "./statistics.js";
import { printTable, rounded } from "./table.js";

const documents = [
	{ name: "objects, a table", make: objectsTable, counts: [10_000, 100_000, 1_000_000] },
	{ name: "objects in streams", make: objectsStream, counts: [10_000, 100_000, 1_000_000] },
	{ name: "pages in a tree", make: pages, counts: [1_000, 10_000, 100_000] },
	{ name: "the last of them", make: pages, counts: [1_000, 10_000, 100_000], last: true },
	{ name: "pages in one node", make: pagesFlat, counts: [1_000, 10_000, 100_000] },
	{ name: "the last of them", make: pagesFlat, counts: [1_000, 10_000, 100_000], last: true },
	{ name: "form fields", make: fields, counts: [100, 1_000, 10_000] },
	{ name: "revisions, tables", make: revisions, counts: [10, 100, 1_000] },
	{ name: "revisions, streams", make: revisionsStream, counts: [10, 100, 1_000] },
];

export async function scale() {
	mkdirSync(folder, { recursive: true });
	const path = `${folder}/document.pdf`;
	const figures = [];
	try {
		for (const { counts, last, make, name } of documents) {
			const row = { name, counts: [] };
			for (const count of counts) {
				make(path, count);
				row.counts.push({ count, bytes: statSync(path).size, ...(await measured(path, last ? { page: count } : {})) });
			}
			figures.push(row);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	print(figures);
	return figures;
}

/** A signature is not needed: it is neither made nor checked. */
async function measured(path, options) {
	const certificate = readFileSync(`${pki}/rsa.der`);
	const times = [];
	let report;
	for (let run = 0; run < 9; run++) {
		let [start, end] = [performance.now()];
		const onProgress = ({ phase }) => {
			if (phase === "digest") end ??= performance.now();
		};
		const all = { ...moment, ...options, checkSignature: false, onProgress };
		({ report } = await signFileWith(path, null, certificate, () => new Uint8Array(256).fill(1), chain, all));
		times.push(end - start);
	}
	const { bytesRead, reads, updateLength } = report;
	return { ms: median(times), reads, bytesRead, updateLength };
}

function print(figures) {
	const cells = figures.map(({ counts, name }) => [
		name,
		counts.map(({ count }) => count.toLocaleString("en")).join(" · "),
		counts.map(({ ms }) => rounded(ms, 1)).join(" · "),
		...[({ reads }) => reads, ({ bytesRead }) => rounded(bytesRead / 1000), ({ updateLength }) => rounded(updateLength / 1000)].map((of) =>
			counts.map(of).join(" · "),
		),
	]);
	printTable(
		"The core's own work in Node, by how many there are (medians of 9)",
		["", "how many", "ms", "questions", "KB read", "KB appended"],
		cells,
	);
}
