// Signs with the built package: a line on standard input is a path, a line on standard output the outcome. The signed document is at
// PATH.signed; by `strict: true` at PATH.strict, unless that is the same bytes. PATH.options has options as JSON, if it is there.
//
//     node sign.mjs

import { createPrivateKey, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { signWith } from "../../bindings/node/dist/node.js";

const pki = join(import.meta.dirname, "../pki/certificates");
const key = createPrivateKey(readFileSync(join(pki, "rsa.key")));
const [certificate, chain] = ["rsa.der", "chain.pem"].map((name) => readFileSync(join(pki, name)));
const signer = (data, { digestAlgorithm }) => sign(digestAlgorithm, data, key);
// The same time and identifiers, so that both signings give the same bytes if they read the same document.
const fixed = { signingTime: new Date("2026-06-01T12:00:00Z"), entropy: new Uint8Array(32) };

function attempt(pdf, options) {
	let told;
	const onReport = ({ byteRange, field, newField, page, warnings }) => {
		told = { byteRange, field, newField, page, warnings: warnings.map(({ code }) => code) };
	};
	try {
		return { signed: signWith(pdf, certificate, signer, chain, { ...fixed, ...options, onReport }), ...told };
	} catch (error) {
		return { error: error.code ?? String(error) };
	}
}

for await (const path of createInterface({ input: process.stdin })) {
	const pdf = readFileSync(path);
	const given = existsSync(`${path}.options`) ? JSON.parse(readFileSync(`${path}.options`, "utf8")) : {};
	const [usual, strict] = [attempt(pdf, given), attempt(pdf, { ...given, strict: true })];
	if (usual.signed) writeFileSync(`${path}.signed`, usual.signed);
	const same = Boolean(strict.signed && usual.signed?.equals(strict.signed));
	if (strict.signed && !same) writeFileSync(`${path}.strict`, strict.signed);
	const outcome = ({ signed, ...rest }) => ({ ...rest, signed: Boolean(signed) });
	process.stdout.write(`${JSON.stringify({ usual: outcome(usual), strict: { ...outcome(strict), same } })}\n`);
}
