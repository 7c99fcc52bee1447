// The core in a program for Node that a bundler made: the native core if there is one, else the module in the script. No file lies beside that.

import { inflateRawSync } from "node:zlib";
import { deflated } from "../../../wasm/inline.js";
import { instantiate as link } from "../../../wasm/instance.js";
import type { Core, Engine } from "../../core_types.js";
import { nativeCore } from "../node/native.js";

let module: WebAssembly.Module | undefined;

/** Form of the core in this process, as in Node. Errors: `ERR_ARGUMENT` if `RUSTPDF_ENGINE` asks for one that is not there. */
export function engine(): Engine {
	return nativeCore() === undefined ? "wasm" : "native";
}

/** A fresh instance of the core. The native core is always the same one. */
export function instantiate(): Core {
	const native = nativeCore();
	if (native !== undefined) return native;
	module ??= new WebAssembly.Module(inflateRawSync(Buffer.from(deflated, "base64")) as Uint8Array<ArrayBuffer>);
	return link(module);
}
