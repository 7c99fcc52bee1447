// The core as native code: a library in a package of its own for each platform, which npm installs where it fits.

import { closeSync, openSync, readSync } from "node:fs";
import module from "node:module"; // webpack warns of a name that it cannot know, where `createRequire` itself is imported
import manifest from "../../../package.json" with { type: "json" };
import type { Core } from "../../core_types.js";
import { argumentError } from "../../errors.js";

/** What a native core exports. */
interface NativeCore extends Core {
	VERSION: string;
}

let loaded: NativeCore | undefined;
let isKnown = false;

/**
 * The native core, or nothing where WebAssembly serves: where there is none for this machine, none of this version, none that can be loaded,
 * or where the environment variable `RUSTPDF_ENGINE` is `wasm`. It is looked for once, when it is needed first.
 *
 * Errors: `ERR_ARGUMENT` where `RUSTPDF_ENGINE` is `native` and there is none, or is anything else.
 */
export function nativeCore(): Core | undefined {
	if (!isKnown) {
		loaded = chosen();
		isKnown = true;
	}
	return loaded;
}

function chosen(): NativeCore | undefined {
	if (isOtherRuntime()) return undefined;
	const wanted = process.env["RUSTPDF_ENGINE"] || undefined;
	if (wanted === "wasm") return undefined;
	if (wanted !== undefined && wanted !== "native")
		throw argumentError(`RUSTPDF_ENGINE is ${wanted}`, "set it to native or wasm, or not at all");
	const name = `rustpdf-${platform()}`;
	try {
		return load(name);
	} catch (cause) {
		if (wanted === undefined) return undefined;
		const [why] = (cause as Error).message.split("\n"); // the rest is who asked for it
		const remedy = `install ${name} of version ${manifest.version} if there is one for this machine, or do not set RUSTPDF_ENGINE`;
		throw argumentError(`RUSTPDF_ENGINE is native, and the native core cannot be loaded (${why})`, remedy);
	}
}

/** Deno would ask the user for the permission to load native code; in Bun it is not tested. */
function isOtherRuntime(): boolean {
	return "deno" in process.versions || "bun" in process.versions;
}

/** The name is no constant, so that bundlers do not look for the package: it is found at run time or not at all. */
function load(name: string): NativeCore {
	const native: NativeCore = module.createRequire(import.meta.url)(name);
	if (native.VERSION !== manifest.version) throw new Error(`${name} has version ${native.VERSION}`);
	return native;
}

/** Operating system, processor and, where there are several, the C library, as the packages of the native core are named. */
function platform(): string {
	const { arch, platform } = process;
	if (platform === "win32") return `win32-${arch}-msvc`;
	return platform === "linux" ? `linux-${arch}-${usesMusl() ? "musl" : "gnu"}` : `${platform}-${arch}`;
}

/** Node's own program names its dynamic linker in its first page: `/lib/ld-musl-x86_64.so.1` or `/lib64/ld-linux-x86-64.so.2`. */
function usesMusl(): boolean {
	let file: number | undefined;
	try {
		file = openSync("/proc/self/exe", "r");
		const page = Buffer.alloc(4096);
		readSync(file, page);
		return page.includes("/ld-musl-");
	} catch {
		return false; // if it is, the native core cannot be loaded
	} finally {
		if (file !== undefined) closeSync(file);
	}
}
