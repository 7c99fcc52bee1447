// rustpdf, the built package, with a key in memory: `lines KEY.pem CERT.pem CHAIN.pem`, as the peers that sign line by line.

import { createPrivateKey, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { signWith } from "../../bindings/node/dist/node.js";

const [, key, certificate, chain] = process.argv.slice(2);
const secret = createPrivateKey(readFileSync(key));
const certificates = [certificate, chain].map((path) => readFileSync(path));
const { version } = JSON.parse(readFileSync(new URL("../../bindings/node/package.json", import.meta.url), "utf8"));

for await (const line of createInterface({ input: process.stdin })) {
	const [source, target, password, fieldName] = line.split("\t");
	let error = null;
	try {
		const options = { ...(password && { password }), ...(fieldName && { fieldName }) };
		const signer = (data, { digestAlgorithm }) => sign(digestAlgorithm, data, secret);
		writeFileSync(target, signWith(readFileSync(source), certificates[0], signer, certificates[1], options));
	} catch (cause) {
		error = `${cause.code ?? cause.name}: ${cause.message}`.split("\n")[0];
	}
	console.log(JSON.stringify({ peer: `rustpdf ${version}`, error }));
}
