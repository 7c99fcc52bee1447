// The core in Node, Deno and Bun: the native core if there is one, else the module beside this file.

import { instantiate as link } from "../../../wasm/instance.js";
import type { Core, Engine } from "../../core_types.js";
import { compile } from "./compile.js";
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
