// Signs a file in this process, and tells how long it took: sign_file.js MODE INPUT OUTPUT RUNS
//
// MODE is in-place, new-file or update. Before the clock starts a small document is signed in the same way, unless RUNS is 0: then it is one
// run in a fresh process, for its memory. What a run wrote is taken back outside the clock. Each run is timed from the path to the finished
// output, on the disk; the key operation, some 0.7 ms, is in it.

import { createPrivateKey, sign } from "node:crypto";
import { copyFileSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";

const [bareMb, barePrivateMb] = [inMb("VmHWM"), inMb("RssAnon")];
const [mode, input, output, runs] = process.argv.slice(2);
const { signFileWith } = await import("rustpdf");
const { chain, moment, pki, smallDocument } = await import("./material.js");

const key = createPrivateKey(readFileSync(`${pki}/rsa.key`));
const certificate = readFileSync(`${pki}/rsa.der`);
const signer = (data) => sign("sha256", data, key);
const { size } = statSync(input);
const target = { "in-place": input, "new-file": output, update: null }[mode];

if (Number(runs) > 0) {
	const small = `${output}.small`;
	copyFileSync(smallDocument, small);
	for (let turn = 0; turn < 3; turn++) {
		const made = { "in-place": small, "new-file": `${output}.made`, update: null }[mode];
		await signFileWith(small, made, certificate, signer, chain, { ...moment, replace: true });
	}
	for (const made of [small, `${output}.made`]) rmSync(made, { force: true });
}
const ms = [];
let copy;
for (let run = 0; run < Math.max(1, Number(runs)); run++) {
	const start = performance.now();
	({ copy } = (await signFileWith(input, target, certificate, signer, chain, moment)).report);
	ms.push(performance.now() - start);
	if (mode === "in-place") truncateSync(input, size);
	if (mode === "new-file") rmSync(output);
}
const memory = { peakMb: inMb("VmHWM"), bareMb, privateMb: inMb("RssAnon") - barePrivateMb };
process.stdout.write(JSON.stringify({ ms, copy, ...memory }));

/**
 * A figure of this process in MB: VmHWM is the largest that it was, with the pages of Node itself that were needed, RssAnon what it has for
 * itself. Linux counts what the parent had before it started this program into `maxRSS`, not here.
 */
function inMb(name) {
	return (Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024) / 1e6;
}
