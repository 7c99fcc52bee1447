// Thousands of signatures, in a process of its own, which has nothing else in its memory.

import { execFileSync } from "node:child_process";
import { expect, inject, test } from "vitest";
import { makePdf } from "./support/pdf.js";
import { pkiPath } from "./support/pki.js";

const SCRIPT = `
import { beginSigning, engine, signWith } from "rustpdf";
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
const [certificate, chain, key] = process.argv.slice(1).map((path) => readFileSync(path));
const pdf = Buffer.from("${makePdf().toString("base64")}", "base64");
const options = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32).fill(7), checkSignature: false };
const raw = {};
signWith(pdf, certificate, (data) => (raw.signature = sign("sha256", data, createPrivateKey(key))), chain, options);
const failing = { ...options, field: "none" };
async function signatures(count) {
	for (let done = 0; done < count; done++) {
		signWith(pdf, certificate, () => raw.signature, chain, options);
		if (done % 10 === 0) beginSigning(pdf, { ...options, certificate, chain }).completeWithSignature(raw.signature);
		if (done % 10 === 5) try { signWith(pdf, certificate, () => { throw new Error("mine"); }, chain, options); } catch {}
		if (done % 1000 === 0) await new Promise((resolve) => setTimeout(resolve)); // what is freed later is freed then
	}
	gc();
	await new Promise((resolve) => setTimeout(resolve, 10));
	gc();
	return process.memoryUsage.rss() / 1e6;
}
const before = await signatures(6000);
console.log(JSON.stringify({ engine: engine(), grown: (await signatures(10000)) - before }));
`;

test("ten thousand signatures leave nothing in memory", () => {
	const args = ["--expose-gc", "--max-semi-space-size=1", "--input-type=module", "-e", SCRIPT];
	const paths = ["rsa.der", "chain.pem", "rsa.key"].map(pkiPath);
	const told = JSON.parse(execFileSync(process.execPath, [...args, ...paths], { cwd: inject("project"), encoding: "utf8" }));
	expect(told.engine).toBe(process.env["RUSTPDF_ENGINE"]);
	expect(told.grown).toBeLessThan(5); // instances whose machines are not freed make it 85
});
