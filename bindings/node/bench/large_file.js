// What a file of a gibibyte costs the command line, and what openssl takes to hash it. The file lies in the page cache.

import { spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inRepository, pki, smallDocument } from "./material.js";
import { median, medians } from "./statistics.js";
import { printTable, rounded } from "./table.js";

const RUNS = 7;
const folder = inRepository("tests/.build/bench");
const input = `${folder}/large.pdf`;
const empty = `${folder}/empty`;

export function largeFile() {
	mkdirSync(folder, { recursive: true });
	try {
		writeLargePdf(input);
		writeFileSync(empty, "");
		opensslMs(input);
		// The runs take turns, so that all see the same machine.
		const runs = Array.from({ length: RUNS }, () => ({
			opensslMs: opensslMs(input) - opensslMs(empty),
			...sign(input),
			bareMb: measured(["--eval", ""]).peakMb,
			smallPeakMb: sign(smallDocument).peakMb,
		}));
		const ratio = median(runs.map(({ digestMs, opensslMs }) => digestMs / opensslMs));
		const figures = { bytes: statSync(input).size, ratio, ...medians(runs) };
		print(figures);
		return figures;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function print({ bareMb, bytes, copyMs, digestMs, opensslMs, peakMb, ratio, signerMs, smallPeakMb, totalMs }) {
	const rest = totalMs - digestMs - copyMs - signerMs;
	printTable(
		`\`rustpdf sign\` on ${bytes.toLocaleString("en")} bytes: the median of ${RUNS} runs`,
		["", "measured", "aim"],
		[
			["hash by openssl dgst, its start taken off, ms", rounded(opensslMs), ""],
			["hash by rustpdf, with reading, ms", rounded(digestMs), ""],
			["… as a ratio, run by run", rounded(ratio, 3), "≤ 1.05"],
			["copy of the file, with fsync, ms", rounded(copyMs), ""],
			["signer (an openssl process), ms", rounded(signerMs), ""],
			["all else, with the start of Node, ms", rounded(rest), ""],
			["together, ms", rounded(totalMs), ""],
			["peak memory of bare Node, MB", rounded(bareMb, 1), ""],
			["peak memory above that, MB", rounded(peakMb - bareMb, 1), "≤ 40"],
			["… on the small document", rounded(smallPeakMb - bareMb, 1), ""],
		],
	);
}

/** A run of the command line: its own timings, and its peak. */
function sign(document) {
	const output = `${folder}/signed.pdf`;
	const [certificate, chain, key] = ["rsa.pem", "chain.pem", "rsa.key"].map((name) => `${pki}/${name}`);
	const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
	const signer = `openssl dgst -sha256 -sign '${key}'`;
	const { peakMb, stdout } = measured([
		cli,
		"sign",
		document,
		"-o",
		output,
		"--cert",
		certificate,
		"--chain",
		chain,
		"--exec",
		signer,
		"--json",
	]);
	rmSync(output);
	const { copyMs, digestMs, signerMs, totalMs } = JSON.parse(stdout).timings;
	return { copyMs, digestMs, signerMs, totalMs, peakMb };
}

/** Runs Node, which tells its peak at its end. */
function measured(command) {
	const hook = new URL("peak.js", import.meta.url).href;
	const { output, status, stdout } = spawnSync(process.execPath, ["--import", hook, ...command], {
		encoding: "utf8",
		stdio: ["ignore", "pipe", "inherit", "pipe"],
	});
	if (status !== 0) throw new Error(`node ${command.join(" ")} ended with status ${status}`);
	return { peakMb: Number(output[3]) / 1e6, stdout };
}

function opensslMs(path) {
	const start = performance.now();
	const { status } = spawnSync("openssl", ["dgst", "-sha256", path], { stdio: ["ignore", "ignore", "inherit"] });
	if (status !== 0) throw new Error("openssl failed");
	return performance.now() - start;
}

/** A document of one page whose content stream has a gibibyte of random bytes, which no file system makes smaller. */
function writeLargePdf(path) {
	const block = randomFillSync(Buffer.alloc(1 << 20));
	const blocks = 1 << 10;
	const file = openSync(path, "w");
	let at = 0;
	const write = (bytes) => {
		at += writeSync(file, bytes);
	};
	const offsets = [];
	const object = (body) => {
		offsets.push(at);
		write(`${offsets.length} 0 obj\n${body}`);
	};
	write("%PDF-1.7\n");
	object("<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n");
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>\nendobj\n");
	object(`<</Length ${blocks * block.length}>>\nstream\n`);
	for (let count = 0; count < blocks; count++) write(block);
	write("\nendstream\nendobj\n");
	const section = at;
	write(`xref\n0 5\n0000000000 65535 f \n${offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("")}`);
	write(`trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n${section}\n%%EOF\n`);
	closeSync(file);
}
