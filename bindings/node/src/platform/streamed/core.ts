// The core in browsers, through a bundler that emits assets: the module is a file beside the script, and compiled while it arrives.

import { instantiate as link } from "../../../wasm/instance.js";
import type { Core, Engine } from "../../core_types.js";
import { compile } from "./compile.js";

// This form of the address is what bundlers look for. The calls of the package are synchronous, so the script waits for the module.
const module = await compile(new URL("./rustpdf.wasm", import.meta.url));

/** Form of the core: always `wasm`, for the native core is for Node. */
export function engine(): Engine {
	return "wasm";
}

/** A fresh instance of the core. */
export function instantiate(): Core {
	return link(module);
}
