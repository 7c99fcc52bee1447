// The core in Node, Deno and Bun: the native core if there is one, else the module beside this file.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { instantiate as link } from "../../../wasm/instance.js";
import type { Core, Engine } from "../../core_types.js";
import { returnScratch, takeScratch } from "../../files/scratch.js";
import { nativeCore } from "./native.js";

let module: WebAssembly.Module | undefined;

/**
 * Form of the core in this process: `native` if Node found the native core for this machine, else `wasm`.
 *
 * The environment variable `RUSTPDF_ENGINE` forces one of them. Errors: `ERR_ARGUMENT` if it asks for one that is not there.
 *
 * @example
 * if (engine() === "wasm") console.log("the native core is not there");
 */
export function engine(): Engine {
	return nativeCore() === undefined ? "wasm" : "native";
}

/** A fresh instance of the core. The native core is always the same one, for a run that breaks leaves the others alone. */
export function instantiate(): Core {
	const native = nativeCore();
	if (native !== undefined) return native;
	module ??= compile(new URL("./rustpdf.wasm", import.meta.url));
	return link(module);
}

/** Compiles a module from a file. Its bytes, a mebibyte, are not kept. */
function compile(path: URL): WebAssembly.Module {
	const file = openSync(path, "r");
	const scratch = takeScratch();
	try {
		const { size } = fstatSync(file);
		const bytes = size <= scratch.byteLength ? scratch.subarray(0, size) : new Uint8Array(size);
		for (let read = 0; read < size; ) read += readSync(file, bytes, read, size - read, read);
		return new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
	} finally {
		returnScratch(scratch);
		closeSync(file);
	}
}
