// The core in browsers and other hosts without files: the module is part of the script.

import { deflated, length } from "../../../wasm/inline.js";
import { instantiate as link } from "../../../wasm/instance.js";
import type { Core, Engine } from "../../core_types.js";
import { inflate } from "./inflate.js";

let module: WebAssembly.Module | undefined;

/** Form of the core: always `wasm`, for the native core is for Node. */
export function engine(): Engine {
	return "wasm";
}

/** A fresh instance of the core. */
export function instantiate(): Core {
	module ??= new WebAssembly.Module(inflate(deflated, length));
	return link(module);
}
