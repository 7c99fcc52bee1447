// The packages of the native core: one for each platform, named in the order operating system, processor, C library.
//
//   native.js build FILE   puts the native core that cargo built into the package of this machine, and that to where Node looks for it
//   native.js name-them    writes all of them into package.json, before it is packed; npm ci would ask the lock file for them, which
//                          cannot name what is not published yet
//   native.js forget-them  takes them out again

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rustNotices } from "./notices.js";

/** Those that have a package, each with Rust's name for it. src/platform/node/native.ts finds out which one it runs on. */
const PLATFORMS = {
	"darwin-arm64": "aarch64-apple-darwin",
	"darwin-x64": "x86_64-apple-darwin",
	"linux-arm64-gnu": "aarch64-unknown-linux-gnu",
	"linux-arm64-musl": "aarch64-unknown-linux-musl",
	"linux-x64-gnu": "x86_64-unknown-linux-gnu",
	"linux-x64-musl": "x86_64-unknown-linux-musl",
	"win32-arm64-msvc": "aarch64-pc-windows-msvc",
	"win32-x64-msvc": "x86_64-pc-windows-msvc",
};

const inRepository = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const manifestPath = inRepository("bindings/node/package.json");
const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
const { optionalDependencies: _, ...published } = manifest;

const [command, file] = process.argv.slice(2);
if (command === "build") build(file);
else if (command === "name-them") write(manifestPath, json({ ...published, optionalDependencies: packages() }));
else if (command === "forget-them") write(manifestPath, json(published));
else throw new Error("native.js build FILE | name-them | forget-them");

function packages() {
	return Object.fromEntries(Object.keys(PLATFORMS).map((platform) => [`rustpdf-${platform}`, manifest.version]));
}

function build(library) {
	const platform = thisPlatform();
	const folder = inRepository(`bindings/node-native/${platform}`);
	const installed = inRepository(`node_modules/rustpdf-${platform}`);
	mkdirSync(folder, { recursive: true });
	write(join(folder, "package.json"), json(manifestOf(platform)));
	for (const name of ["LICENSE-APACHE", "LICENSE-MIT", "bindings/node-native/README.md"])
		copyFileSync(inRepository(name), join(folder, name.split("/").at(-1)));
	const bill = inRepository(`bindings/node-native/${platform.startsWith("win32") ? "windows" : "unix"}.cdx.json`);
	copyFileSync(bill, join(folder, "rustpdf.cdx.json"));
	write(join(folder, "THIRD-PARTY-NOTICES.txt"), rustNotices(bill));
	if (!sameFile(library, join(folder, "rustpdf.node"))) {
		rmSync(join(folder, "rustpdf.node"), { force: true }); // a process may run it
		copyFileSync(library, join(folder, "rustpdf.node"));
	}
	if (!existsSync(installed)) {
		rmSync(installed, { force: true }); // a link to nothing
		symlinkSync(relative(dirname(installed), folder), installed, "junction");
	}
}

function thisPlatform() {
	const [, host] = /^host: (.*)$/m.exec(execFileSync("rustc", ["+stable", "--version", "--verbose"], { encoding: "utf8" }));
	const found = Object.entries(PLATFORMS).find(([, target]) => target === host);
	if (found === undefined) throw new Error(`there is no package for ${host}`);
	return found[0];
}

function manifestOf(platform) {
	const [os, cpu, abi] = platform.split("-");
	const { engines, license, repository, version } = manifest;
	return {
		name: `rustpdf-${platform}`,
		version,
		description: `rustpdf as native code for ${platform}: install rustpdf, which takes it by itself`,
		license,
		repository: { ...repository, directory: "bindings/node-native" },
		engines,
		os: [os],
		cpu: [cpu],
		...(os === "linux" && { libc: [abi === "gnu" ? "glibc" : abi] }),
		type: "commonjs",
		main: "rustpdf.node",
		files: ["rustpdf.node", "LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-NOTICES.txt", "rustpdf.cdx.json"],
	};
}

function json(value) {
	return `${JSON.stringify(value, null, "\t")}\n`;
}

/** What is the same keeps its time. */
function write(path, text) {
	if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}

function sameFile(one, other) {
	return existsSync(other) && lstatSync(one).size === lstatSync(other).size && readFileSync(one).equals(readFileSync(other));
}
