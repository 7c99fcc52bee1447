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
	const script = await bundle();
	const server = createServer((request, response) => {
		const isScript = request.url === "/page.js";
		response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
		response.end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>');
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
		await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
		await page.waitForFunction("window.ready");
		const result = (await page.evaluate(`window.run(${JSON.stringify(input())})`)) as Record<string, unknown>;
		expect(result).toMatchObject({ kept: true, refused: "ERR_NOT_A_PDF", plain: true, ...streamed, path: "ERR_ARGUMENT" });
		for (const name of ["signed", "appended"]) opensslVerify(Buffer.from(result[name] as string, "base64"));
	} finally {
		await browser.close();
		server.close();
	}
});

/** A page's script that imports the installed package, bundled as by default. */
async function bundle(): Promise<string> {
	const entry = join(inject("project"), "page.js");
	writeFileSync(
		entry,
		`import * as rustpdf from "rustpdf"; window.run = (input) => (${signInside})({ ...input, rustpdf }); window.ready = true;`,
	);
	const { output } = await (await rolldown({ input: entry, platform: "browser" })).generate({ format: "esm" });
	return output[0].code;
}
