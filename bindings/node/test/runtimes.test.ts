// Other runtimes and other versions of Node with the installed package: each finds its own entry.

import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { input } from "./support/foreign.js";
import { opensslVerify } from "./support/verify.js";
import { signInside, streamed } from "./support/webcrypto_page.js";

const project = inject("project");

/** The program of a runtime's npm package. */
function program(name: string): string {
	const require = createRequire(new URL("./runtimes/package.json", import.meta.url)); // scripts/setup-tests.sh installs them
	const { bin } = require(`${name}/package.json`) as { bin: string | Record<string, string> };
	const path = typeof bin === "string" ? bin : (bin[name] as string);
	return join(require.resolve(`${name}/package.json`), "..", path);
}

test.each([
	["deno", ["run", "--allow-read", "--allow-env", "--no-remote", "--node-modules-dir=manual"]],
	["bun", ["run"]],
])("%s", (name, args) => {
	const script = `import * as rustpdf from "rustpdf"; console.log(JSON.stringify(await (${signInside})({ ...${JSON.stringify(input())}, rustpdf })));`;
	writeFileSync(join(project, `${name}.mjs`), script);
	const out = execFileSync(program(name), [...args, `${name}.mjs`], {
		cwd: project,
		encoding: "utf8",
		env: { ...process.env, NO_COLOR: "1", RUSTPDF_ENGINE: undefined },
	});
	const result = JSON.parse(out);
	expect(result).toMatchObject({ kept: true, refused: "ERR_NOT_A_PDF", ...streamed, path: "ENOENT" });
	for (const signed of [result.signed, result.appended, result.visible]) opensslVerify(Buffer.from(signed, "base64"));
});

describe.each(["node22", "node24", "node25"])("%s", (name) => {
	const node = createRequire(new URL("./runtimes/package.json", import.meta.url)).resolve(`${name}/bin/node`);

	test.each([
		["native", "mjs"],
		["native", "cjs"],
		["wasm", "mjs"],
		["wasm", "cjs"],
	])("signs by %s (.%s)", (engine, extension) => {
		const rustpdf = extension === "mjs" ? 'import * as rustpdf from "rustpdf";' : 'const rustpdf = require("rustpdf");';
		const script = join(project, `${name}.${extension}`);
		writeFileSync(
			script,
			`${rustpdf} (${signInside})({ ...${JSON.stringify(input())}, rustpdf }).then((result) => console.log(JSON.stringify(result)));`,
		);
		const out = execFileSync(node, [script], { cwd: project, encoding: "utf8", env: { ...process.env, RUSTPDF_ENGINE: engine } });
		const result = JSON.parse(out);
		expect(result).toMatchObject({ kept: true, refused: "ERR_NOT_A_PDF", ...streamed, engine, path: "ENOENT" });
		for (const signed of [result.signed, result.appended, result.visible]) opensslVerify(Buffer.from(signed, "base64"));
	});
});

test("workerd", async () => {
	const dist = join(project, "node_modules", "rustpdf", "dist");
	for (const name of ["workerd.js", "rustpdf.wasm", "rustpdf-appearance.wasm"]) copyFileSync(join(dist, name), join(project, name));
	writeFileSync(
		join(project, "worker.js"),
		`import * as rustpdf from "./workerd.js";
export default { fetch: async (request) => Response.json(await (${signInside})({ ...(await request.json()), rustpdf })) };`,
	);
	writeFileSync(
		join(project, "config.capnp"),
		`using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .worker) ],
  sockets = [ ( name = "http", address = "127.0.0.1:0", http = (), service = "main" ) ]
);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "workerd.js", esModule = embed "workerd.js"),
    (name = "rustpdf.wasm", wasm = embed "rustpdf.wasm"),
    (name = "rustpdf-appearance.wasm", wasm = embed "rustpdf-appearance.wasm"),
  ],
  compatibilityDate = "2026-01-01",
);
`,
	);
	const workerd = spawn(program("workerd"), ["serve", "config.capnp", "--control-fd=3"], {
		cwd: project,
		stdio: ["ignore", "inherit", "inherit", "pipe"],
	});
	try {
		const port = await new Promise<number>((resolve, reject) => {
			workerd.stdio[3]?.on("data", (data: Buffer) => {
				const { port } = JSON.parse(data.toString().split("\n")[0] as string);
				if (port !== undefined) resolve(port);
			});
			workerd.once("exit", (status) => reject(new Error(`workerd ended with status ${status}`)));
		});
		const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(input()) });
		const result = (await response.json()) as Record<string, string>;
		expect(result).toMatchObject({ kept: true, refused: "ERR_NOT_A_PDF", plain: true, ...streamed, path: "ERR_ARGUMENT" });
		for (const name of ["signed", "appended", "visible"]) opensslVerify(Buffer.from(result[name] as string, "base64"));
	} finally {
		workerd.kill();
	}
});
