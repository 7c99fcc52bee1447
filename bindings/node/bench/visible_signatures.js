// Visible and invisible signatures in this process, by the engine of RUSTPDF_ENGINE, as JSON: microseconds, bytes, and the first visible one.

import { readFileSync } from "node:fs";
import { signWith } from "rustpdf";
import { APPEARANCES, chain, moment, pki, rawSignature, smallDocument } from "./material.js";
import { microseconds } from "./statistics.js";

const document = readFileSync(smallDocument);
const certificate = readFileSync(`${pki}/rsa.der`);
const signs = (appearance) => {
	const options = { ...moment, checkSignature: false, ...(appearance !== undefined && { appearance }) };
	const signature = signWith(document, certificate, (data) => rawSignature("rsa", data), chain, { ...options, checkSignature: true });
	return {
		length: signature.length - document.length,
		call: () => signWith(document, certificate, () => Buffer.alloc(256, 1), chain, options),
	};
};

const invisible = signs();
const start = performance.now();
signWith(document, certificate, () => Buffer.alloc(256, 1), chain, { ...moment, checkSignature: false, appearance: {} });
const first = performance.now() - start;
const cases = [["invisible", invisible], ...Object.entries(APPEARANCES).map(([name, appearance]) => [name, signs(appearance)])];
const times = microseconds(cases.map(([, { call }]) => call));
const figures = Object.fromEntries(cases.map(([name, { length }], index) => [name, { time: times[index], length }]));
process.stdout.write(JSON.stringify({ first, figures }));
