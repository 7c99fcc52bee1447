// The package as npm delivers it, in a project of its own.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as rustpdf from "rustpdf";
import { signWith } from "rustpdf";
import { expect, inject, test } from "vitest";
import { NATIVE, PACKAGE_FOLDER } from "./support/native.js";
import { makePdf } from "./support/pdf.js";
import { certificate, chain, pkiPath, signer } from "./support/pki.js";
import { opensslVerify } from "./support/verify.js";

const project = inject("project");
const BILL = "rustpdf.cdx.json";
/** That of the module that draws, which the native core contains. */
const DRAWING_BILL = "rustpdf-appearance.cdx.json";
const body = `
const { readFileSync, writeFileSync } = FS;
const [pdf, certificate, key, chain, out] = process.argv.slice(2);
const signed = signWith(readFileSync(pdf), readFileSync(certificate), (data) => sign("sha256", data, readFileSync(key)), readFileSync(chain), { pades: true });
writeFileSync(out, signed);
try { signWith(Buffer.from("x"), readFileSync(certificate), () => data); } catch (error) { console.log(RustpdfError.is(error, "ERR_NOT_A_PDF"), error.constructor === RustpdfError); }
`;

test.each([
	[
		"require",
		"main.cjs",
		`const { RustpdfError, signWith } = require("rustpdf"); const { sign } = require("node:crypto"); const FS = require("node:fs");${body}`,
	],
	[
		"import",
		"main.mjs",
		`import { RustpdfError, signWith } from "rustpdf"; import { sign } from "node:crypto"; import * as FS from "node:fs";${body}`,
	],
])("by %s", (kind, script, source) => {
	writeFileSync(join(project, script), source);
	writeFileSync(join(project, "in.pdf"), makePdf());
	const out = join(project, `${kind}.pdf`);
	const args = [script, "in.pdf", pkiPath("rsa.der"), pkiPath("rsa.key"), pkiPath("chain.pem"), out];
	expect(execFileSync(process.execPath, args, { cwd: project, encoding: "utf8" })).toBe("true true\n");
	opensslVerify(readFileSync(out));
});

const TYPED = `
import { beginSigning, inspect, RustpdfError, sign, type SignedPdf, signFile, signMany, signWith } from "rustpdf";
import { openPkcs11Key, type Pkcs11Key, type Pkcs11KeyOptions, type Pkcs11Pin } from "rustpdf/pkcs11";
const pin: Pkcs11Pin = () => "1234";
const options: Pkcs11KeyOptions = { uri: "pkcs11:token=T?module-path=/m.so", pin, signingPin: process.env["SIGNING_PIN"] };
const key: Pkcs11Key = openPkcs11Key(options);
const signed: Uint8Array = signWith(new Uint8Array(), key.certificate, key.sign, key.chain);
const named: Promise<SignedPdf> = sign({ pdf: signed, signer: key, reason: "Approved" });
void signFile({ input: "in.pdf", output: null, certificate: key.certificate, signer: async (data) => data.subarray(0, 256) });
const digest: Uint8Array = beginSigning(signed, { certificate: key.certificate }).request.digest;
// @ts-expect-error: a session without a certificate may have no request
beginSigning(signed).request.digest;
void inspect("in.pdf").then(({ signatures }) => [signatures[0]?.signer?.subject, named, digest]);
void signMany([{ input: signed, output: "out.pdf" }], key.certificate, key.sign, key.chain);
const isWrong = (error: unknown) => RustpdfError.is(error, "ERR_PKCS11_PIN_WRONG") && error.group === "key";
// @ts-expect-error: a slot is a number
openPkcs11Key({ slot: isWrong("0") ? "1" : "2" });
`;

/** A visible signature is there at once in Node; browsers load the module that draws first. */
const VISIBLE = {
	node: "const visible: Uint8Array = signWith(bytes, bytes, () => bytes, null, { appearance: {} });",
	web: `
const visible: Promise<Uint8Array> = signWith(bytes, bytes, () => bytes, null, { appearance: {} });
// @ts-expect-error: it is a promise
const wrong: Uint8Array = signWith(bytes, bytes, () => bytes, null, { appearance: {} });
void wrong;`,
};
const visible = (host: keyof typeof VISIBLE) => `
import { type Appearance, type EmptyField, signWith } from "rustpdf";
declare const bytes: Uint8Array;
const invisible: Uint8Array = signWith(bytes, bytes, () => bytes, null, { reason: "x" });
${VISIBLE[host]}
const appearance: Appearance = { position: { corner: "top-left" }, image: { data: bytes }, font: [{ regular: bytes }], pdf: { data: bytes, page: -1 } };
const emptyFields: EmptyField[] = [{ name: "Second", rect: [1, 2, 3, 4], unit: "mm" }];
void [invisible, visible, appearance, emptyFields];
`;

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
/** The examples of the calls, which take for granted what they import, too. */
const documented = ["node.d.ts", "pkcs11.d.ts"].flatMap((name) => {
	const text = readFileSync(join(PACKAGE_FOLDER, "dist", name), "utf8");
	return Array.from(text.matchAll(/^ \* @example\n(.*?)^ \*\//gms), ([, code]) => (code as string).replaceAll(/^ \* ?/gm, ""));
});
const imported = `import * as rustpdf from "rustpdf";\nimport { openPkcs11Key } from "rustpdf/pkcs11";\n`;
const named = `const { ${Object.keys(rustpdf).join(", ")} } = rustpdf;\n`;
const examples = [
	...Array.from(README.matchAll(/^```ts\n(.*?)^```/gms), ([, code]) => code as string),
	...documented.map((code) => `${imported}${named}{\n${code}}\nvoid [openPkcs11Key];\n`),
];
/** What the examples take for granted. */
const GIVENS = `
declare const pdf: Buffer, certificate: Buffer, chain: string, other: Buffer, raw: Buffer, sessionKey: Uint8Array, size: number, pin: string;
declare const signer: import("rustpdf").Signer, theirs: import("rustpdf").Signer;
declare const hsm: { sign(data: Uint8Array): Buffer };
declare const kms: { sign(digest: Uint8Array): Promise<Buffer> };
declare const service: { sign(hash: Uint8Array, algorithm: string): Promise<Buffer>; signAll(digests: Uint8Array[]): Promise<Buffer[]> };
declare const jobs: import("rustpdf").Job[], inputs: string[], outputs: string[], signal: AbortSignal;
declare const url: string, tsa: string, secondTsa: string, authorization: string, root: Buffer, tsaRoot: Buffer;
declare const publicKey: Buffer, logo: Buffer, cryptoKey: CryptoKey;
declare function fromDisk(url: string): Promise<import("rustpdf").HttpResponse>;
declare function read(offset: number, length: number): Promise<Buffer>;
declare function onProgress(progress: import("rustpdf").Progress): void;
declare function askForTheOtherKey(): Promise<void>;
`;

test.each([
	["node16", "node16", "mts"],
	["node16", "node16", "cts"],
	["nodenext", "nodenext", "mts"],
	["nodenext", "nodenext", "cts"],
	["esnext", "bundler", "ts"],
])("types fit a project with module %s and moduleResolution %s (.%s)", (module, resolution, extension) => {
	const root = join(PACKAGE_FOLDER, "../../node_modules");
	const script = `typed.${extension}`;
	writeFileSync(join(project, script), TYPED);
	writeFileSync(join(project, `visible.${extension}`), visible(resolution === "bundler" ? "web" : "node"));
	const scripts = [script, `visible.${extension}`];
	// Scripts of CommonJS cannot wait, as the examples do.
	if (extension !== "cts") {
		for (const [index, example] of examples.entries()) {
			const name = `example-${index}.${extension}`;
			writeFileSync(join(project, name), `${example}\nexport {};\n`);
			scripts.push(name);
		}
		writeFileSync(join(project, "givens.d.ts"), GIVENS);
		scripts.push("givens.d.ts");
	}
	const strict = "--noEmit --strict --exactOptionalPropertyTypes --target es2022 --types node".split(" ");
	const args = [...strict, "--typeRoots", join(root, "@types"), "--module", module, "--moduleResolution", resolution, ...scripts];
	const { status, stdout } = spawnSync(process.execPath, [join(root, "typescript/bin/tsc"), ...args], { cwd: project, encoding: "utf8" });
	expect(stdout).toBe("");
	expect(status).toBe(0);
});

test("every call has an example", () => {
	const calls = [
		...Object.values(rustpdf).filter((value) => typeof value === "function" && value !== rustpdf.RustpdfError),
		"openPkcs11Key",
	];
	expect(documented.length).toBe(calls.length);
});

test("by npx", () => {
	const help = execFileSync("npx", ["--no-install", "rustpdf", "sign", "--help"], { cwd: project, encoding: "utf8" });
	expect(help).toContain("--pkcs11-module");
});

test("it depends on nothing but the native cores, which it can do without, and holds only what is needed", () => {
	const installed = (...path: string[]) => join(project, "node_modules", ...path);
	const { dependencies, optionalDependencies, version } = JSON.parse(readFileSync(installed("rustpdf", "package.json"), "utf8"));
	expect(dependencies).toBeUndefined();
	expect(optionalDependencies).toMatchObject({ [NATIVE]: version, "rustpdf-darwin-arm64": version, "rustpdf-win32-x64-msvc": version });
	expect(readdirSync(installed()).filter((name) => !name.startsWith("."))).toEqual(["rustpdf", NATIVE]);
	const papers = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "THIRD-PARTY-NOTICES.txt"];
	expect(readdirSync(installed("rustpdf")).sort()).toEqual([...papers, "dist", "package.json", DRAWING_BILL, BILL]);
	expect(readdirSync(installed(NATIVE)).sort()).toEqual([...papers, "package.json", BILL, "rustpdf.node"]);
	expect(JSON.parse(readFileSync(installed(NATIVE, "package.json"), "utf8"))).toMatchObject({
		version,
		os: ["linux"],
		main: "rustpdf.node",
	});
});

test.each([
	["rustpdf", BILL],
	["rustpdf", DRAWING_BILL],
	[NATIVE, BILL],
])("the bill of materials of %s, %s, names each crate with its digest, and no path", (name, bill) => {
	const text = readFileSync(join(project, "node_modules", name, bill), "utf8");
	expect(text).not.toMatch(/file:|\/home\/|\/root\//);
	expect(text).not.toContain(PACKAGE_FOLDER);
	const { bomFormat, components } = JSON.parse(text);
	expect(bomFormat).toBe("CycloneDX");
	const digested = expect.arrayContaining([{ alg: "SHA-256", content: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
	expect(components).toContainEqual(
		expect.objectContaining({ name: "sha2", purl: expect.stringMatching(/^pkg:cargo\/sha2@/), hashes: digested }),
	);
});

test("the native cores are named when it is packed only", () => {
	const { optionalDependencies } = JSON.parse(readFileSync(join(PACKAGE_FOLDER, "package.json"), "utf8"));
	expect(optionalDependencies).toBeUndefined();
});

test("the entry for browsers, which hashes by itself, gives the same bytes", async () => {
	const inline = (await import(join(project, "node_modules", "rustpdf", "dist", "inline.js"))) as typeof import("rustpdf");
	const pdf = makePdf({ pages: 5000 });
	for (const name of ["rsa", "ed25519"]) {
		const options = { signingTime: new Date("2026-11-25T12:00:00Z"), entropy: new Uint8Array(32) };
		const signed = inline.signWith(pdf, certificate(name), signer(name), chain(), options);
		expect(Buffer.from(signed)).toEqual(signWith(pdf, certificate(name), signer(name), chain(), options));
		expect(Buffer.isBuffer(signed)).toBe(false);
	}
});

test("what browsers get never names a module of Node", () => {
	for (const name of ["inline.js", "inline.cjs", "workerd.js"]) {
		const text = readFileSync(join(project, "node_modules", "rustpdf", "dist", name), "utf8");
		expect(/["']node:|\brequire\(|\bBuffer\.|\bprocess\./.exec(text)?.[0]).toBeUndefined();
	}
});

test("the module asks for nothing but what its own glue gives", () => {
	const wasm = join(project, "node_modules", "rustpdf", "dist", "rustpdf.wasm");
	expect(existsSync(wasm)).toBe(true);
	const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(wasm)));
	expect(new Set(imports.map(({ module }) => module))).toEqual(new Set(["./rustpdf_bg.js"]));
});
