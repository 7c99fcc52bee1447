// Signs at a level in this process, and tells how long that took, without and with what the services took: sign_levels.js FACTS LEVEL INPUT RUNS [LIST [COPY]]
//
// FACTS is the JSON of tests/services/start.sh. The document is signed in place, and what a run wrote is taken back outside the clock. LIST is a
// revocation list for the signer `crl-huge`, in place of all other proofs; or `fresh`, for a new cache in each run. `shared` is the default: one
// cache for all runs. COPY gets a copy of the last signed document.

import { createPrivateKey, sign } from "node:crypto";
import { copyFileSync, readFileSync, statSync, truncateSync } from "node:fs";
import { httpClient, memoryCache, signFile } from "rustpdf";

const [facts, level, input, runs, given = "shared", copy] = process.argv.slice(2);
const fresh = given === "fresh";
const list = fresh || given === "shared" ? undefined : given;
const { certs, keys, tsa } = JSON.parse(facts);
const read = (name) => readFileSync(`${certs}/${name}.cert.der`);
const key = createPrivateKey(readFileSync(`${keys}/rsa.pem`));
const { size } = statSync(input);
const client = httpClient({ allowPrivateNetworks: true });
const trust = [read("root"), read("tsaroot")];

// The time in which at least one request is under way.
let [served, underWay, since] = [0, 0, 0];
async function http(request) {
	if (underWay++ === 0) since = performance.now();
	try {
		return await client(request);
	} finally {
		if (--underWay === 0) served += performance.now() - since;
	}
}

const signs = (more, cache) =>
	signFile({
		input,
		output: input,
		certificate: read(list === undefined ? "rsa" : "crl-huge"),
		chain: [read("issuing")],
		signer: (data) => sign("sha256", data, key),
		onWarnings: () => {},
		level,
		...(level !== "B-B" && { timestamp: { services: [{ url: tsa.tsa }] }, validation: { trust, ...more }, http, cache }),
	});

const offline = list === undefined ? {} : { crls: [readFileSync(list)], prefer: "crl", maxCrl: 64 << 20 };
const told = { ms: [], own: [], requests: [] };
const cache = memoryCache();
const bareMb = peakMb();
for (let run = 0; run < Number(runs); run++) {
	served = 0;
	const start = performance.now();
	const { report } = await signs(offline, fresh ? memoryCache() : cache);
	const ms = performance.now() - start;
	told.ms.push(ms);
	told.own.push(ms - served);
	told.requests.push((report.requests ?? []).filter(({ cached }) => !cached).map(({ purpose }) => purpose));
	if (copy !== undefined && run === Number(runs) - 1) copyFileSync(input, copy);
	truncateSync(input, size);
}
process.stdout.write(JSON.stringify({ ...told, bareMb, peakMb: peakMb() }));

function peakMb() {
	return (Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024) / 1e6;
}
