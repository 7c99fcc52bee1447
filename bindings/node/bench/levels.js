// Cost of levels above B-B: a document of 1 GB, the requests, a revocation list of 50 MB, and other libraries with the same services.

import { execFileSync, spawnSync } from "node:child_process";
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
/** Fresh processes of each library, and signatures of a warm one after as many that warm it up. */
const [FRESH, WARM] = [5, 60];
const judgesPython = inRepository("tests/judges/venv/bin/python");

export async function levels() {
	const services = inRepository("tests/services");
	mkdirSync(folder, { recursive: true });
	const started = [`${folder}/services`, "--parent", String(process.pid), "--megabytes", String(MEGABYTES)];
	const facts = execFileSync(`${services}/start.sh`, started, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
	try {
		return { large: large(facts), requests: requests(facts), list: list(facts), peers: await peers(facts) };
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

/** B-LTA of a small document by us and by other libraries: in a fresh process, and in a warm one. Each output is judged. */
async function peers(facts) {
	const { certs, faults, keys, tsa } = JSON.parse(facts);
	const log = `${faults}/_log`;
	const java = inRepository("tests/judges/java/target");
	const python = [judgesPython, inBench("peer_levels.py"), facts, smallDocument];
	const machine = ["java", "-cp", `${java}/judges-1.jar:${java}/dependency/*`, "judges.LevelsClock"];
	const clock = (maker) => [...machine, maker, certs, keys, smallDocument];
	const input = `${folder}/peers.pdf`;
	copyFileSync(smallDocument, input);
	const ours = (engine, cache) => (output, runs) => run(engine, facts, "B-LTA", input, runs, cache, output).ms;
	const theirs = (command, more) => (output, runs) => {
		const [program, ...words] = [...command, output, ...more, String(runs)];
		return JSON.parse(execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })).times;
	};
	const makers = [
		["rustpdf, native", ours("native", "shared")],
		["rustpdf, native, no cache", ours("native", "fresh")],
		["rustpdf, WebAssembly", ours("wasm", "shared")],
		["rustpdf, WebAssembly, no cache", ours("wasm", "fresh")],
		["EU DSS", theirs(clock("dss"), [tsa.tsa])],
		["iText", theirs(clock("itext"), [tsa.tsa])],
		["pyHanko", theirs(python, [])],
	].map(([library, sign], number) => ({ library, sign, output: `${folder}/peer-${number}.pdf`, process: [], first: [], warm: [] }));

	// They take turns, so that all see the same machine.
	for (let round = 0; round < FRESH; round++) {
		for (const maker of makers) {
			await fetch(log, { method: "DELETE" });
			const start = performance.now();
			maker.first.push(...maker.sign(maker.output, 1));
			maker.process.push(performance.now() - start);
			maker.requests = { first: await requestsOf(log, 1) };
		}
	}
	for (let round = 0; round < 3; round++) {
		for (const maker of makers) {
			await fetch(log, { method: "DELETE" });
			const times = maker.sign(maker.output, 2 * WARM);
			maker.warm.push(median(times.slice(WARM)));
			maker.requests.warm = await requestsOf(log, 2 * WARM);
		}
	}
	judge(
		certs,
		makers.map(({ output }) => output),
	);
	const figures = makers.map(({ first, library, process, requests, warm }) => {
		return { library, process: median(process), first: median(first), warm: median(warm), requests };
	});
	printTable(
		`B-LTA of a small document with the same services, in ms: ${FRESH} fresh processes; 3 warm ones, ${WARM} signatures each after as many (medians)`,
		["library", "a process that signs once", "its signature", "warm", "requests of the first", "of a warm one"],
		figures.map(({ first, library, process, requests, warm }) => [
			library,
			...[process, first, warm].map((ms) => rounded(ms)),
			...[requests.first, requests.warm],
		]),
	);
	return figures;
}

/** The requests of one of so many signatures, by the log of the services. */
async function requestsOf(log, signatures) {
	const paths = (await (await fetch(log)).json()).map(({ path }) => path);
	const kinds = { timestamp: "/ltv/tsa/", ocsp: "/ltv/ocsp/", crl: "/ltv/crls/", certificate: "/ltv/certs/" };
	const each = Object.entries(kinds).map(([kind, prefix]) => [kind, paths.filter((path) => path.startsWith(prefix)).length / signatures]);
	return each
		.filter(([, count]) => Math.round(count) > 0)
		.map(([kind, count]) => `${Math.round(count)} ${kind}`)
		.join(", ");
}

/** Two judges that name the level say that the files are B-LTA. Each other library has one that is not its own. */
function judge(certs, files) {
	const roots = ["root", "tsaroot"].flatMap((name) => ["--root", `${certs}/${name}.cert.pem`]);
	const words = [inRepository("tests/judges/judge.py"), "--level", "B-LTA", "--only", "dss,itext", ...roots, ...files];
	const { status, stdout } = spawnSync(judgesPython, words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
	if (status !== 0) throw new Error(`not all outputs are B-LTA:\n${stdout}`);
	console.error(stdout);
}

function run(engine, ...words) {
	const program = inBench("sign_levels.js");
	const env = { ...process.env, RUSTPDF_ENGINE: engine };
	return JSON.parse(execFileSync(process.execPath, [program, ...words.map(String)], { encoding: "utf8", env, maxBuffer: 2 ** 26 }));
}

function inBench(name) {
	return fileURLToPath(new URL(name, import.meta.url));
}
