// What every language's program of this kind does and tells, one line of JSON: program.js startup | small SECONDS | in-place FILE
//
// startup:  from before the package is loaded to the first signature. small: signatures of a small document in a second, one after the other.
// in-place: a file signed in place, the key operation in it, the core loaded before. RUSTPDF_ENGINE chooses the engine.

const start = performance.now();

import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const [what, argument] = process.argv.slice(2);
const vectors = new URL("../../../tests/vectors/", import.meta.url);
const pki = new URL("../../../tests/pki/certificates/", import.meta.url);
const { certificate, chain, document, entropy, now, options, signature } = JSON.parse(
	readFileSync(new URL("cases/rsa-pkcs1-sha256.json", vectors)),
);

const figures = { startup, small, "in-place": inPlace };
console.log(JSON.stringify(await figures[what]()));

/** What signs the vector. */
function vector({ signWith }) {
	const file = (name) => readFileSync(new URL(name, vectors));
	const pdf = file(`documents/${document}`);
	const leaf = file(`certificates/${certificate}`);
	const issuers = chain.map((name) => file(`certificates/${name}`));
	const raw = Buffer.from(signature, "hex");
	const all = { ...options, signingTime: new Date(now * 1000), entropy: Buffer.from(entropy, "hex") };
	return () => signWith(pdf, leaf, () => raw, issuers, all);
}

async function startup() {
	vector(await import("rustpdf"))();
	return { startup_ms: performance.now() - start };
}

async function small() {
	const signOnce = vector(await import("rustpdf"));
	const until = (seconds) => {
		const begin = performance.now();
		let count = 0;
		for (; performance.now() - begin < seconds * 1000; count++) signOnce();
		return (count * 1000) / (performance.now() - begin);
	};
	until(1); // by then V8 has compiled what is hot
	return { signatures_per_second: until(Number(argument)) };
}

async function inPlace() {
	const rustpdf = await import("rustpdf");
	vector(rustpdf)(); // the core is loaded before the clock starts
	const key = createPrivateKey(readFileSync(new URL("rsa.key", pki)));
	const [leaf, issuers] = ["rsa.der", "chain.pem"].map((name) => readFileSync(new URL(name, pki)));
	const before = inMb("VmRSS");
	const begin = performance.now();
	await rustpdf.signFileWith(argument, argument, leaf, (data) => sign("sha256", data, key), issuers);
	const seconds = (performance.now() - begin) / 1000;
	return { seconds, peak_mb_over_start: inMb("VmHWM") - before };
}

/** A figure of this process in MB. */
function inMb(name) {
	return (Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024) / 1e6;
}
