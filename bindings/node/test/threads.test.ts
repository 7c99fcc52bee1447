// Threads of Node with both engines, in programs of their own: a thread that is terminated must not take the process with it.

import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, inject, test } from "vitest";
import { eachFolder } from "./support/folder.js";
import { makeLargePdf, makePdf } from "./support/pdf.js";
import { pkiPath } from "./support/pki.js";

const folder = eachFolder();

/** What the program of the threads tells at its end. */
function told(what: string, RUSTPDF_ENGINE: string): string {
	const program = join(inject("project"), "threads.mjs");
	copyFileSync(fileURLToPath(new URL("support/threads.mjs", import.meta.url)), program);
	const documents = [folder.write("small.pdf", makePdf()), folder.write("large.pdf", makeLargePdf(3_000_000))];
	const args = [program, what, ...documents, ...["rsa.der", "chain.pem", "rsa.key"].map(pkiPath)];
	return execFileSync(process.execPath, args, { cwd: folder.path, env: { ...process.env, RUSTPDF_ENGINE }, encoding: "utf8" });
}

test.each(["native", "wasm"])("%s: threads of both engines sign at once, all the same bytes", (engine) => {
	expect(told("together", engine)).toBe(`${engine} signs\n`);
});

test.each(["native", "wasm"])(
	"%s: threads are terminated in callbacks, in the core, while they load, and with files open",
	(engine) => {
		expect(told("ended", engine)).toBe(`${engine} signs\n`);
	},
	120_000,
);
