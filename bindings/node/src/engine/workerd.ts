// workerd compiles no module at run time: it is imported ready-made.

import { instantiate as link } from "../../wasm/instance.js";
import module from "../../wasm/rustpdf.wasm";
import type { Core } from "../core.js";

export { breathe } from "./breathe.js";
export { createHash } from "./core_hash.js";
export type { DocumentHash } from "./hash.js";
export { indexOf } from "./index_of.js";
export { files } from "./no_files.js";
export { asBytes, type Bytes } from "./plain_bytes.js";
export { engine } from "./wasm_only.js";

/** A fresh instance of the core. */
export function instantiate(): Core {
	return link(module);
}
