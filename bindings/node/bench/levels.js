// Cost of levels above B-B: a document of 1 GB, the requests, a revocation list of 50 MB, and other libraries with the same services.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bulk } from "../../../tests/documents/large.mjs";
import { folder } from "./files.js";
import { inRepository, smallDocument } from "./material.js";
import { median } from "./statistics.js";
import { printTable, rounded } from "./table.js";

const ENGINES = ["native", "wasm"];
const LEVELS = ["B-B", "B-T", "B-LT", "B-LTA"];
const MEGABYTES = 50;

export function levels() {
	const services = inRepository("tests/services");
	mkdirSync(folder, { recursive: true });
	const started = [`${folder}/services`, "--parent", String(process.pid), "--megabytes", String(MEGABYTES)];
	const facts = execFileSync(`${services}/start.sh`, started, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
	try {
		return { large: large(facts), requests: requests(facts), list: list(facts), peers: peers(facts) };
	} finally {
		for (const pid of JSON.parse(facts).pids) process.kill(pid);
		rmSync(folder, { recursive: true, force: true });
	}
}

/** 1 GB in place: B-LTA next to B-B, without what the services took. */
function large(facts) {
	const input = `${folder}/document.pdf`;
	bulk(input, 2 ** 30);
	execFileSync("sync", [input]);
	const figures = ENGINES.map((engine) => {
		const told = { "B-B": [], "B-LTA": [] };
		for (let round = 0; round < 5; round++) {
			for (const level of Object.keys(told)) told[level].push(run(engine, facts, level, input, 2));
		}
		const own = (level) => told[level].map(({ own }) => own[1]); // the first of a process compiles
		const ratios = own("B-LTA").map((ms, round) => ms / own("B-B")[round]);
		const peak = (level) => median(told[level].map(({ bareMb, peakMb }) => peakMb - bareMb));
		const spent = median(told["B-LTA"].map(({ ms, own }) => ms[1] - own[1]));
		return {
			engine,
			bB: median(own("B-B")),
			bLta: median(own("B-LTA")),
			ratio: median(ratios),
			spent,
			peaks: [peak("B-B"), peak("B-LTA")],
		};
	});
	rmSync(input);
	printTable(
		"1 GB in place, without what the services took",
		["engine", "B-B, ms", "B-LTA, ms", "ratio", "the services, ms", "peak MB: B-B", "B-LTA"],
		[
			...figures.map(({ bB, bLta, engine, peaks, ratio, spent }) => [
				engine,
				...[rounded(bB), rounded(bLta), rounded(ratio, 3), rounded(spent), ...peaks.map((mb) => rounded(mb, 1))],
			]),
			["aim", "", "", "≤ 1.02", "", "", ""],
		],
	);
	return figures;
}

/** Time and requests of a small signature: the first, and those that share a cache with it. */
function requests(facts) {
	const input = `${folder}/small.pdf`;
	copyFileSync(smallDocument, input);
	const figures = ENGINES.flatMap((engine) =>
		LEVELS.map((level) => {
			const { ms, own, requests } = run(engine, facts, level, input, 9);
			const all = { ms: median(ms.slice(1)), own: median(own.slice(1)) };
			return { engine, level, ...all, first: requests[0], later: requests.at(-1) };
		}),
	);
	printTable(
		"A small signature with services on loopback (medians of 8, after the first)",
		["engine", "level", "ms", "without the services", "requests of the first", "of each later one"],
		figures.map(({ engine, first, later, level, ms, own }) => [
			engine,
			level,
			rounded(ms, 1),
			rounded(own, 2),
			counted(first),
			counted(later),
		]),
	);
	return figures;
}

function counted(purposes) {
	const names = [...new Set(purposes)];
	return names.map((name) => `${purposes.filter((purpose) => purpose === name).length} ${name}`).join(", ") || "none";
}

/** B-LT by a large list next to B-LT by a small one. */
function list(facts) {
	const input = `${folder}/small.pdf`;
	copyFileSync(smallDocument, input);
	const { static: files } = JSON.parse(facts);
	const huge = `${files}/crls/huge.crl`;
	const figures = ENGINES.map((engine) => {
		const [small, large] = [run(engine, facts, "B-LT", input, 5), run(engine, facts, "B-LT", input, 5, huge)];
		const ms = median(large.own.slice(1)) - median(small.own.slice(1));
		return { engine, ms, mb: large.peakMb - small.peakMb };
	});
	printTable(
		`A revocation list of ${MEGABYTES} MB: B-LT with it beyond B-LT by OCSP; the file gets it, and its digest is verified`,
		["engine", "ms more", "MB more at the peak"],
		figures.map(({ engine, mb, ms }) => [engine, rounded(ms), rounded(mb)]),
	);
	return figures;
}

/** B-LTA of a small document by other libraries, in their own processes that are warm. */
function peers(facts) {
	const python = inRepository("tests/judges/venv/bin/python");
	const script = fileURLToPath(new URL("peer_levels.py", import.meta.url));
	const { times } = JSON.parse(execFileSync(python, [script, facts, smallDocument, "9"], { encoding: "utf8" }));
	const ms = median(times.slice(1));
	printTable("B-LTA of a small document with the same services, warm", ["library", "ms"], [["pyHanko", rounded(ms)]]);
	return { pyHanko: ms };
}

function run(engine, ...words) {
	const program = fileURLToPath(new URL("sign_levels.js", import.meta.url));
	const env = { ...process.env, RUSTPDF_ENGINE: engine };
	return JSON.parse(execFileSync(process.execPath, [program, ...words.map(String)], { encoding: "utf8", env, maxBuffer: 2 ** 26 }));
}
