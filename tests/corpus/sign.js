// Signs real PDF files by the built package, for walk.py to have them judged: one process for all.
//
// Reads a line of JSON a file from standard input, {"source", "password", "signatures": [{"key", "target"}, …]}: each signature is one of
// what the one before made. Writes the targets and answers with a line of JSON: the report and the time of each signature, and the
// error that was met; last, what the process took of memory at most.
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { RustpdfError, signWith } from "rustpdf";

const pki = resolve(import.meta.dirname, "../pki/certificates");
const chain = readFileSync(join(pki, "chain.pem"));
const keys = new Map();
const signerOf = (name) => keys.get(name) ?? keys.set(name, signerNamed(name)).get(name);

function signerNamed(name) {
	const key = createPrivateKey(readFileSync(join(pki, `${name}.key`)));
	return { certificate: readFileSync(join(pki, `${name}.der`)), signer: (data, { digestAlgorithm }) => sign(digestAlgorithm, data, key) };
}

function signed(pdf, { certificate, signer }, password) {
	let report;
	const start = performance.now();
	const bytes = signWith(pdf, certificate, signer, chain, {
		...(password === null ? {} : { password }),
		onReport: (told) => {
			report = told;
		},
	});
	const { field, page, xref, warnings } = report;
	return { bytes, said: { seconds: (performance.now() - start) / 1000, field, page, xref, warnings: warnings.map(({ code }) => code) } };
}

function answer({ source, password, signatures }) {
	const signings = [];
	const start = performance.now();
	try {
		let pdf = readFileSync(source);
		for (const { key, target } of signatures) {
			const { bytes, said } = signed(pdf, signerOf(key), password);
			writeFileSync(target, bytes);
			signings.push(said);
			pdf = bytes;
		}
		return { signings };
	} catch (error) {
		const code = RustpdfError.is(error) ? error.code : null;
		const message = RustpdfError.is(error) ? error.message : String(error?.stack ?? error);
		return { signings, error: { code, message, seconds: (performance.now() - start) / 1000 } };
	}
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(answer(JSON.parse(line))));
console.log(JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024 }));
