// The core in workerd, which compiles no module at run time: the module is imported ready-made.

import { instantiate as link } from "../../../wasm/instance.js";
import module from "../../../wasm/rustpdf.wasm";
import type { Core, Engine } from "../../core_types.js";

/** Form of the core: always `wasm`, for the native core is for Node. */
export function engine(): Engine {
	return "wasm";
}

/** A fresh instance of the core. */
export function instantiate(): Core {
	return link(module);
}
