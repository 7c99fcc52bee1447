// Programs and pages that bundlers make of the installed package, each with the settings that it begins with, away from the package.

import { execFileSync, spawn } from "node:child_process";
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { input } from "./support/foreign.js";
import { opensslVerify } from "./support/verify.js";
import { signInside, streamed } from "./support/webcrypto_page.js";

const TOOLS = fileURLToPath(new URL("./runtimes/node_modules/", import.meta.url)); // scripts/setup-tests.sh installs them
const FULL = process.env["RUSTPDF_TEST_FULL"] !== undefined;

/** A project with the package, the bundlers beside it. */
let project: string;

beforeAll(() => {
	project = realpathSync(mkdtempSync(join(tmpdir(), "rustpdf-bundlers-")));
	mkdirSync(join(project, "node_modules"));
	for (const name of readdirSync(TOOLS).filter((name) => name !== ".package-lock.json"))
		symlinkSync(join(TOOLS, name), join(project, "node_modules", name));
	cpSync(join(inject("project"), "node_modules", "rustpdf"), join(project, "node_modules", "rustpdf"), { recursive: true });
	writeFileSync(join(project, "package.json"), '{"name":"bundled","private":true}');
	writeFileSync(
		join(project, "program.mjs"),
		`import * as rustpdf from "rustpdf";\nconst main = async () => console.log(JSON.stringify(await (${signInside})({ ...JSON.parse(process.argv[2]), rustpdf })));\nmain();`,
	);
	writeFileSync(
		join(project, "program.cjs"),
		`const rustpdf = require("rustpdf");\nconst main = async () => console.log(JSON.stringify(await (${signInside})({ ...JSON.parse(process.argv[2]), rustpdf })));\nmain();`,
	);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Runs a tool in the project, and returns what it prints. */
function run(name: string, args: string[]): string {
	return execFileSync(join(TOOLS, ".bin", name), args, { cwd: project, encoding: "utf8", stdio: "pipe" });
}

/** A folder with one file, and nothing else near it: what a program that was bundled is. */
function alone(file: string): string {
	const folder = mkdtempSync(join(project, "alone-"));
	cpSync(file, join(folder, "program.cjs").replace(/cjs$/, file.endsWith(".mjs") ? "mjs" : "cjs"));
	return join(folder, readdirSync(folder)[0] as string);
}

/** Signs with a program, and has openssl look at the result. */
function signs(program: string, args: string[]): void {
	const env = { PATH: process.env["PATH"], NO_COLOR: "1" };
	const out = execFileSync(program, [...args, JSON.stringify(input())], { encoding: "utf8", env });
	const result = JSON.parse(out);
	expect(result).toMatchObject({ kept: true, refused: "ERR_NOT_A_PDF", ...streamed, path: "ENOENT" });
	for (const signed of [result.signed, result.appended, result.visible]) opensslVerify(Buffer.from(signed, "base64"));
}

describe("one file for Node", () => {
	test.each([
		["esbuild", "cjs", "program.mjs"],
		["esbuild", "esm", "program.mjs"],
		["esbuild", "cjs", "program.cjs"],
	])("%s, %s of %s", (_, format, entry) => {
		const out = join(project, `esbuild-${entry}.${format === "esm" ? "mjs" : "cjs"}`);
		// esbuild says that `import.meta` is empty in CommonJS: the package does without.
		run("esbuild", [
			entry,
			"--bundle",
			"--platform=node",
			`--format=${format}`,
			`--outfile=${out}`,
			"--log-override:empty-import-meta=silent",
		]);
		signs(process.execPath, [alone(out)]);
	});

	test("rollup", () => {
		writeFileSync(
			join(project, "rollup.config.mjs"),
			`import resolve from "@rollup/plugin-node-resolve";
			export default { input: "program.mjs", output: { file: "rolled.mjs", format: "es" }, plugins: [resolve({ exportConditions: ["node"] })] };`,
		);
		run("rollup", ["--config", "--silent"]);
		signs(process.execPath, [alone(join(project, "rolled.mjs"))]);
	});

	test.each(["program.mjs", "program.cjs"])("webpack, without a warning (%s)", (entry) => {
		const script = `
			const webpack = require("webpack");
			webpack({ context: ${JSON.stringify(project)}, mode: "production", target: "node", entry: "./${entry}", output: { path: ${JSON.stringify(join(project, "packed"))}, filename: "main.cjs" } },
				(error, stats) => { const told = error ? [String(error)] : [...stats.compilation.errors, ...stats.compilation.warnings].map(String); console.log(JSON.stringify(told)); });`;
		writeFileSync(join(project, "webpack.cjs"), script);
		expect(execFileSync(process.execPath, ["webpack.cjs"], { cwd: project, encoding: "utf8" })).toBe("[]\n");
		signs(process.execPath, [alone(join(project, "packed", "main.cjs"))]);
	});

	test("bun build --compile", () => {
		const { bin } = JSON.parse(readFileSync(join(TOOLS, "bun", "package.json"), "utf8")) as { bin: { bun: string } };
		execFileSync(join(TOOLS, "bun", bin.bun), ["build", "--compile", "program.mjs", "--outfile", "compiled"], {
			cwd: project,
			stdio: "pipe",
		});
		const folder = mkdtempSync(join(project, "alone-"));
		cpSync(join(project, "compiled"), join(folder, "compiled"));
		signs(join(folder, "compiled"), []);
	});
});

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

describe("a page by Vite", () => {
	test.each([
		["rustpdf", 0],
		["rustpdf/streamed", 2],
	])("that imports %s has %i files of WebAssembly", async (name, count) => {
		const root = mkdtempSync(join(project, "page-"));
		writeFileSync(join(root, "index.html"), '<!doctype html><script type="module" src="/main.js"></script>');
		writeFileSync(
			join(root, "main.js"),
			`import * as rustpdf from "${name}"; window.run = (input) => (${signInside})({ ...input, rustpdf }); window.ready = true;`,
		);
		// What a browser of this year understands: a script may wait for a module.
		const told = run("vite", ["build", root, "--target", "es2022", "--logLevel", "warn"]);
		expect(told.replaceAll(/.*chunks are larger[\s\S]*/g, "").trim()).toBe("");
		const assets = readdirSync(join(root, "dist", "assets"));
		expect(assets.filter((asset) => asset.endsWith(".wasm"))).toHaveLength(count);
		await signsInBrowser(join(root, "dist"));
	});
});

/** Serves a folder, and signs in a browser. */
async function signsInBrowser(root: string): Promise<void> {
	const server = createServer(({ url = "/" }, response) => {
		const path = join(root, url === "/" ? "index.html" : url);
		response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
		if (existsSync(path)) response.end(readFileSync(path));
		else response.writeHead(404).end();
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
	try {
		const page = await browser.newPage();
		await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
		await page.waitForFunction("window.ready");
		const result = (await page.evaluate(`window.run(${JSON.stringify(input())})`)) as Record<string, string>;
		expect(result).toMatchObject({ kept: true, refused: "ERR_NOT_A_PDF", plain: true, ...streamed, path: "ERR_ARGUMENT" });
		for (const name of ["signed", "appended", "visible"]) opensslVerify(Buffer.from(result[name] as string, "base64"));
	} finally {
		await browser.close();
		server.close();
	}
}

test.runIf(FULL)("a route of Next.js", { timeout: 300_000 }, async () => {
	const root = mkdtempSync(join(project, "next-"));
	mkdirSync(join(root, "app", "sign"), { recursive: true });
	writeFileSync(join(root, "package.json"), '{"name":"site","private":true}');
	symlinkSync(join(project, "node_modules"), join(root, "node_modules"));
	// The tools are linked from elsewhere.
	writeFileSync(join(root, "next.config.mjs"), 'export default { turbopack: { root: "/" } };');
	writeFileSync(join(root, "app", "layout.jsx"), "export default ({ children }) => <html><body>{children}</body></html>;");
	writeFileSync(join(root, "app", "page.jsx"), "export default () => <p>rustpdf</p>;");
	writeFileSync(
		join(root, "app", "sign", "route.js"),
		`import * as rustpdf from "rustpdf";\nexport const POST = async (request) => Response.json(await (${signInside})({ ...(await request.json()), rustpdf }));`,
	);
	const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" };
	const node = join(TOOLS, "node24", "bin", "node");
	const next = join(TOOLS, "next", "dist", "bin", "next");
	execFileSync(node, [next, "build"], { cwd: root, env, stdio: "pipe" });
	const server = spawn(node, [next, "start", "--hostname", "127.0.0.1", "--port", "0"], {
		cwd: root,
		env,
		stdio: ["ignore", "pipe", "inherit"],
	});
	try {
		const address = await new Promise<string>((resolve, reject) => {
			let text = "";
			server.stdout.on("data", (data) => {
				text += data;
				const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
				if (found !== undefined) resolve(found);
			});
			server.once("exit", () => reject(new Error(text)));
		});
		const response = await fetch(`${address}/sign`, { method: "POST", body: JSON.stringify(input()) });
		const result = (await response.json()) as Record<string, string>;
		expect(result).toMatchObject({ kept: true, refused: "ERR_NOT_A_PDF", copy: "none" });
		for (const name of ["signed", "appended", "visible"]) opensslVerify(Buffer.from(result[name] as string, "base64"));
	} finally {
		server.kill();
	}
});
