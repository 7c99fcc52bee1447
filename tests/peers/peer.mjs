// What the peers in Node share: the command line, the clock, and what is told at the end. A peer loads its library only when `load` is
// called, for the memory of bare Node is measured here.

import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

const bareMb = peakMb();

/** What a PKCS #12 file is protected with that lives for one run. */
export const password = "peers";

/** `load(p12)` answers the library's `sign(source, target)`. */
export async function run(name, load) {
	const [source, target, key, certificate, chain, runs] = process.argv.slice(2);
	const told = { peer: `${name} ${version(name)}` };
	try {
		const sign = await load(p12(key, certificate, chain));
		if (process.env.PEERS_WARMUP) await timed(sign, process.env.PEERS_WARMUP, target);
		told.ms = [];
		for (let run = 0; run < Number(runs); run++) told.ms.push(await timed(sign, source, target));
		Object.assign(told, { peakMb: peakMb(), bareMb });
	} catch (error) {
		delete told.ms;
		told.error = `${error.name}: ${error.message}`.split("\n")[0];
	}
	console.log(JSON.stringify(told));
}

async function timed(sign, source, target) {
	rmSync(target, { force: true });
	globalThis.gc?.(); // what an earlier signature left behind is not of this one's peak
	const begun = performance.now();
	await sign(source, target);
	return performance.now() - begun;
}

/** The most memory that this process has ever held, in MB (10^6 bytes). */
function peakMb() {
	return (Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024) / 1e6;
}

function version(name) {
	return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), "utf8")).version;
}

/** Both libraries want their key in PKCS #12. */
function p12(key, certificate, chain) {
	const files = ["-inkey", key, "-in", certificate, "-certfile", chain];
	return execFileSync("openssl", ["pkcs12", "-export", ...files, "-passout", `pass:${password}`]);
}
