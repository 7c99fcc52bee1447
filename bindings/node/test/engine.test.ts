// Which engine is taken where, in programs of their own: what lies beside them differs.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { beforeEach, describe, expect, inject, test } from "vitest";
import { eachFolder } from "./support/folder.js";
import { NATIVE, NATIVE_FOLDER, PACKAGE_FOLDER } from "./support/native.js";
import { makePdf } from "./support/pdf.js";
import { pkiPath } from "./support/pki.js";
import { opensslVerify } from "./support/verify.js";

const folder = eachFolder();
const { version } = JSON.parse(readFileSync(join(PACKAGE_FOLDER, "package.json"), "utf8"));

/** Tells the engine and signs; or tells the code and the message of the error. */
const sign = `
const { sign } = require("node:crypto"), { readFileSync, writeFileSync } = require("node:fs");
const run = ({ engine, signWith }) => {
	try {
		const [pdf, certificate, key, chain] = process.argv.slice(2).map((path) => readFileSync(path));
		const told = engine();
		writeFileSync("out.pdf", signWith(pdf, certificate, (data) => sign("sha256", data, key), chain));
		console.log(told);
	} catch ({ code, message }) {
		console.log(code, message);
	}
};
`;

/** Runs a script of the folder by Node, and gives what it tells. */
function told(script: string, engine?: string): string {
	const env = { ...process.env, RUSTPDF_ENGINE: engine };
	const args = [script, "in.pdf", ...["rsa.der", "rsa.key", "chain.pem"].map(pkiPath)];
	rmSync(folder.at("out.pdf"), { force: true });
	return execFileSync(process.execPath, args, { cwd: folder.path, env, encoding: "utf8" }).trim();
}

/** Expects it to sign by an engine. */
function expectSigned(script: string, by: "native" | "wasm", engine?: string): void {
	expect(told(script, engine)).toBe(by);
	opensslVerify(folder.read("out.pdf"));
}

const installed = () => folder.at(`node_modules/${NATIVE}`);
const addPackage = () => cpSync(NATIVE_FOLDER, installed(), { recursive: true });

/** Puts something else where the native core is looked for. */
function addOther(source: string): void {
	mkdirSync(installed(), { recursive: true });
	writeFileSync(join(installed(), "index.js"), source);
}

beforeEach(() => {
	folder.write("in.pdf", makePdf());
	cpSync(join(PACKAGE_FOLDER, "dist"), folder.at("dist"), { recursive: true });
	writeFileSync(folder.at("package.json"), "{}");
	writeFileSync(folder.at("dist/package.json"), '{"type":"module"}');
	writeFileSync(folder.at("main.js"), `${sign} run(require("./dist/node.cjs"));`);
	writeFileSync(
		folder.at("main.mjs"),
		`import { createRequire } from "node:module"; const require = createRequire(import.meta.url);
		${sign} run(await import("./dist/node.js"));`,
	);
});

describe.each(["main.js", "main.mjs"])("%s", (script) => {
	test("with the native core: it is taken, and the module is not touched", () => {
		addPackage();
		expectSigned(script, "wasm", "wasm");
		rmSync(folder.at("dist/rustpdf.wasm"));
		for (const engine of [undefined, "", "native"]) expectSigned(script, "native", engine);
	});

	test("without: WebAssembly, unless the native core is asked for", () => {
		for (const engine of [undefined, "", "wasm"]) expectSigned(script, "wasm", engine);
		expect(told(script, "native")).toBe(
			`ERR_ARGUMENT RUSTPDF_ENGINE is native, and the native core cannot be loaded (Cannot find module '${NATIVE}'); ` +
				`install ${NATIVE} of version ${version} if there is one for this machine, or do not set RUSTPDF_ENGINE`,
		);
	});
});

describe("the module that draws", () => {
	const visible = sign.replace("chain));", "chain, process.argv[6] && { appearance: { position: { width: 150 } } }));");
	const script = (drawn: string) => {
		writeFileSync(folder.at("main.js"), `${visible.replace("process.argv[6]", drawn)} run(require("./dist/node.cjs"));`);
		return "main.js";
	};

	test("is not needed by invisible signatures, and not by the native core", () => {
		rmSync(folder.at("dist/rustpdf-appearance.wasm"));
		expectSigned(script("undefined"), "wasm");
		addPackage();
		expectSigned(script("true"), "native");
	});

	test("that is missing is an error that says where it is looked for", () => {
		expectSigned(script("true"), "wasm");
		rmSync(folder.at("dist/rustpdf-appearance.wasm"));
		expect(told(script("true"))).toMatch(
			/^ERR_APPEARANCE_MODULE the module that draws .* \(ENOENT: .*dist\/rustpdf-appearance\.wasm'\); keep rustpdf-appearance\.wasm beside the script/,
		);
	});
});

test.each([
	["of another version", 'exports.VERSION = "0.0.9";', `${NATIVE} has version 0.0.9`],
	["that fails when it is loaded", 'throw new Error("no");', "no"],
	["that is something else", "", `${NATIVE} has version undefined`],
])("a native core %s: WebAssembly, unless it is asked for", (_what, source, why) => {
	addOther(source);
	expectSigned("main.js", "wasm");
	expect(told("main.js", "native")).toContain(`ERR_ARGUMENT RUSTPDF_ENGINE is native, and the native core cannot be loaded (${why});`);
});

test("a native core whose file is broken: WebAssembly, unless it is asked for", () => {
	addPackage();
	const file = join(installed(), "rustpdf.node");
	const foreign = readFileSync(file);
	foreign.writeUInt16LE(foreign.readUInt16LE(18) ^ 1, 18); // e_machine of ELF: for another processor
	for (const broken of [foreign, Buffer.from("no library"), Buffer.alloc(0)]) {
		writeFileSync(file, broken);
		expectSigned("main.js", "wasm");
		expect(told("main.js", "native")).toMatch(
			/^ERR_ARGUMENT RUSTPDF_ENGINE is native, and the native core cannot be loaded \(.*rustpdf\.node: .*\);/,
		);
	}
});

test("another engine than there are is refused", () => {
	addPackage();
	expect(told("main.js", "rust")).toBe("ERR_ARGUMENT RUSTPDF_ENGINE is rust; set it to native or wasm, or not at all");
});

test("the command line takes it, too", () => {
	addPackage();
	rmSync(folder.at("dist/rustpdf.wasm"));
	const key = [
		"--cert",
		pkiPath("rsa.pem"),
		"--chain",
		pkiPath("chain.pem"),
		"--exec",
		`openssl dgst -sha256 -sign '${pkiPath("rsa.key")}'`,
	];
	const cli = (RUSTPDF_ENGINE: string | undefined) => {
		const args = ["dist/cli.js", "sign", "in.pdf", "-o", "out.pdf", ...key];
		return spawnSync(process.execPath, args, { cwd: folder.path, env: { ...process.env, RUSTPDF_ENGINE }, encoding: "utf8" });
	};
	expect(cli("wasm")).toMatchObject({
		status: 1,
		stderr: expect.stringMatching(/^rustpdf: ERR_INTERNAL: the WebAssembly module cannot be loaded/),
	});
	expect(cli(undefined)).toMatchObject({ status: 0, stderr: "" });
	opensslVerify(folder.read("out.pdf"));
});

test("bundled into one file: the native core where it is installed, else the module beside it", async () => {
	writeFileSync(
		folder.at("source.mjs"),
		`import { sign } from "node:crypto"; import { readFileSync, writeFileSync } from "node:fs"; import * as rustpdf from "./dist/node.js";
		${sign.split("\n").slice(2).join("\n")} run(rustpdf);`,
	);
	for (const format of ["esm", "cjs"] as const) {
		const { output } = await (await rolldown({ input: folder.at("source.mjs"), platform: "node" })).generate({
			format,
			codeSplitting: false,
		});
		const name = format === "esm" ? "bundle.mjs" : "bundle.cjs";
		writeFileSync(folder.at(name), output[0].code);
		cpSync(join(PACKAGE_FOLDER, "dist/rustpdf.wasm"), folder.at("rustpdf.wasm"));
		expectSigned(name, "wasm");
		addPackage();
		rmSync(folder.at("rustpdf.wasm"));
		expectSigned(name, "native");
		rmSync(installed(), { recursive: true });
	}
});

test("the project of the other tests has it installed", () => {
	const script = 'import { engine } from "rustpdf"; console.log(engine())';
	const args = ["--input-type=module", "-e", script];
	const env = { ...process.env, RUSTPDF_ENGINE: undefined };
	expect(execFileSync(process.execPath, args, { cwd: inject("project"), env, encoding: "utf8" })).toBe("native\n");
});
