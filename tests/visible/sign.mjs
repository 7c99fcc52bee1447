// Signs with the built package: a line of JSON on standard input is a document and its signatures, a line on standard output the reports.
//
//     node sign.mjs
//
//     {"document": PATH, "out": PATH, "signatures": [{"key": "rsa" | "p256", "options": …}, …]}
//
// In the options `{"file": PATH}` stands for the bytes of a file. The answer has the report of each signature, and `error`, a code, if one
// failed. The file holds the signatures up to there. All are of one time, so that equal options give equal appearances.
import { createPrivateKey, sign as signRaw } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sign } from "rustpdf";

const pki = join(import.meta.dirname, "../pki/certificates");
const chain = readFileSync(join(pki, "chain.pem"));
const signingTime = new Date("2026-11-29T14:05:07Z");
process.removeAllListeners("warning"); // The reports have them.
const keys = new Map();
const files = new Map();

function keyOf(name) {
	if (!keys.has(name)) {
		const key = createPrivateKey(readFileSync(join(pki, `${name}.key`)));
		keys.set(name, { certificate: readFileSync(join(pki, `${name}.der`)), signer: (data, { digestAlgorithm }) => signRaw(digestAlgorithm, data, key) });
	}
	return keys.get(name);
}

/** The value with bytes where it names files. */
function withBytes(value) {
	if (Array.isArray(value)) return value.map(withBytes);
	if (typeof value !== "object" || value === null) return value;
	if (typeof value.file === "string") {
		if (!files.has(value.file)) files.set(value.file, new Uint8Array(readFileSync(value.file)));
		return files.get(value.file);
	}
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withBytes(member)]));
}

async function perform({ document, out, signatures }) {
	const reports = [];
	let pdf = new Uint8Array(readFileSync(document));
	try {
		for (const { key, options } of signatures) {
			const signed = await sign({ pdf, ...keyOf(key), chain, signingTime, ...withBytes(options) });
			reports.push(signed.report);
			pdf = signed.pdf;
		}
		return { reports };
	} catch (error) {
		return { reports, error: error.code ?? String(error), message: error.message };
	} finally {
		if (reports.length > 0) writeFileSync(out, pdf);
	}
}

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${JSON.stringify(await perform(JSON.parse(line)))}\n`);
