import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { rolldown } from "rolldown";
import { expect, inject, test } from "vitest";
import { input } from "./support/foreign.js";
import { opensslVerify } from "./support/verify.js";
import { signInside, streamed } from "./support/webcrypto_page.js";

test("signs in a browser with a WebCrypto key that cannot be exported, through a bundler that is told nothing", async () => {
	const scripts = await bundle();
	const server = createServer((request, response) => {
		const script = scripts.get(request.url ?? "");
		response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
		response.end(script ?? '<!doctype html><script type="module" src="/page.js"></script>');
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const quiet = [
		"--no-sandbox",
		"--disable-gpu",
		"--disable-quic",
		"--no-first-run",
		"--disable-background-networking",
		"--disable-component-update",
		"--disable-sync",
	];
	const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: quiet });
	try {
		const page = await browser.newPage();
		const asked: string[] = [];
		page.on("request", (request) => asked.push(new URL(request.url()).pathname));
		await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
		await page.waitForFunction("window.ready");
		const result = (await page.evaluate(`window.run(${JSON.stringify(input())})`)) as Record<string, unknown>;
		expect(asked.filter((path) => scripts.has(path))).toEqual([...scripts.keys()]);
		expect(scripts.size).toBe(2);
		expect(result).toMatchObject({ kept: true, refused: "ERR_NOT_A_PDF", plain: true, ...streamed, path: "ERR_ARGUMENT" });
		for (const name of ["signed", "appended", "visible"]) opensslVerify(Buffer.from(result[name] as string, "base64"));
	} finally {
		await browser.close();
		server.close();
	}
});

/** A page's script that imports the installed package, bundled as by default, and the script that it loads for a visible signature; by their paths. */
async function bundle(): Promise<Map<string, string>> {
	const entry = join(inject("project"), "page.js");
	writeFileSync(
		entry,
		`import * as rustpdf from "rustpdf"; window.run = (input) => (${signInside})({ ...input, rustpdf }); window.ready = true;`,
	);
	const { output } = await (await rolldown({ input: entry, platform: "browser" })).generate({ format: "esm" });
	return new Map(output.flatMap((chunk) => (chunk.type === "chunk" ? [[`/${chunk.fileName}`, chunk.code] as const] : [])));
}
