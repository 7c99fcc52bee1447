#!/usr/bin/env node
// Lets the peers sign files and prints a table: run.mjs FILE…
// PEERS_RUNS (3) signatures each, of PEERS_LIMIT_S (120) seconds at most, in half of the machine's memory.

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { totalmem } from "node:os";
import { basename, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const pki = here("../pki/certificates");
const java = ["java", "-cp", `${here("java/target/peers-1.jar")}:${here("java/target/dependency")}/*`, "peers.Main"];
const node = [process.execPath, "--expose-gc"];
const python = [here("venv/bin/python")];

/** The peers: what each is called and how its program starts. */
export const peers = [
	{ name: "pyHanko", command: [...python, here("sign_pyhanko.py")] },
	{ name: "endesive", command: [...python, here("sign_endesive.py")] },
	{ name: "PDFBox", command: [...java, "pdfbox"] },
	{ name: "iText", command: [...java, "itext"] },
	{ name: "LibPDF", command: [...node, here("sign_libpdf.mjs")] },
	{ name: "@signpdf", command: [...node, here("sign_signpdf.mjs")] },
];

/**
 * Signs `input` to `output`, `runs` times, after a small document that warms the peer up. Answers what the peer says,
 * `{ peer, ms, peakMb, bareMb }` with times in milliseconds and memory in MB (10^6 bytes), or `{ peer, error }` when it cannot, or when
 * pdfsig does not accept the last signature: the time of anything else shows nothing. `limitSeconds` is for one signature.
 */
export function signByPeer(peer, { input, output, runs = 3, limitSeconds = Number(process.env.PEERS_LIMIT_S ?? 120) }) {
	const told = run(peer, input, output, runs, limitSeconds);
	const objection = told.error ? null : judge(output);
	return objection ? { ...told, error: `pdfsig: ${objection}` } : told;
}

/** Half of the machine's memory is all that a peer gets: some hold a document several times over, and others would be killed for it. */
function run({ name, command }, input, output, runs, limitSeconds) {
	const key = ["rsa.key", "rsa.pem", "chain.pem"].map((file) => `${pki}/${file}`);
	const words = [`--data=${Math.floor(totalmem() / 2)}`, ...command, input, output, ...key, String(runs)];
	const { error, signal, status, stderr, stdout } = spawnSync("prlimit", words, {
		encoding: "utf8",
		env: { PEERS_WARMUP: here("../vectors/documents/classic.pdf"), ...process.env },
		killSignal: "SIGKILL",
		timeout: limitSeconds * 1000 * runs,
	});
	if (error?.code === "ETIMEDOUT") return { peer: name, error: `over ${limitSeconds} s a signature` };
	if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1));
	const cause = /out of memory/i.test(stderr) ? "out of memory" : (error?.message ?? stderr.trim().split("\n").at(-1));
	return { peer: name, error: `${signal ?? `status ${status}`}: ${cause}` };
}

/** Why pdfsig does not accept the file; null if it does. */
function judge(file) {
	const words = [here("../judges/judge_pdfsig.py"), "--root", `${pki}/root.pem`, file];
	return JSON.parse(spawnSync("python3", words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).stdout).reason;
}

function cell({ bareMb, error, ms, peakMb }) {
	if (error) return error.slice(0, 90).replaceAll("|", "\\|");
	const time = ms.toSorted((a, b) => a - b)[Math.floor(ms.length / 2)];
	return `${time.toFixed(time < 100 ? 1 : 0)} ms, ${Math.round(peakMb - bareMb)} MB`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	const files = process.argv.slice(2).map((file) => resolve(file));
	const runs = Number(process.env.PEERS_RUNS ?? 3);
	const output = `${build}/peers/signed.pdf`;
	mkdirSync(`${build}/peers`, { recursive: true });
	console.log(`| peer | ${files.map((file) => basename(file)).join(" | ")} |\n|---|${"---|".repeat(files.length)}`);
	for (const peer of peers) {
		const told = files.map((input) => {
			const answer = signByPeer(peer, { input, output, runs });
			rmSync(output, { force: true });
			return answer;
		});
		console.log(`| ${told[0].peer} | ${told.map(cell).join(" | ")} |`);
	}
}
