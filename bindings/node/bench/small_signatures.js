// Tells what a signature on a small document costs in this process, in µs by key: small_signatures.js. RUSTPDF_ENGINE chooses the engine.

import { readFileSync } from "node:fs";
import { signWith } from "rustpdf";
import { chain, keys, moment, pki, rawSignature, smallDocument } from "./material.js";
import { microseconds } from "./statistics.js";

const document = readFileSync(smallDocument);
const figures = Object.fromEntries(keys.map(({ file }) => [file, measured(file)]));
process.stdout.write(JSON.stringify(figures));

function measured(file) {
	const certificate = readFileSync(`${pki}/${file}.der`);
	let signature;
	signWith(document, certificate, (data) => (signature = rawSignature(file, data)), chain, moment);
	const signing = (checkSignature) => () => signWith(document, certificate, () => signature, chain, { ...moment, checkSignature });
	const [unchecked, checked] = microseconds([signing(false), signing(true)]);
	return { unchecked, checked };
}
