// Browsers, and whatever else has no files: the module is part of the script, and the hash is the core's.

import { inflateSync } from "fflate/browser";
import { deflated, length } from "../../wasm/inline.js";
import { instantiate as link } from "../../wasm/instance.js";
import type { Core } from "../core.js";

export { breathe } from "./breathe.js";
export { createHash } from "./core_hash.js";
export type { DocumentHash } from "./hash.js";
export { indexOf } from "./index_of.js";
export { files } from "./no_files.js";
export { asBytes, type Bytes } from "./plain_bytes.js";
export { engine } from "./wasm_only.js";

let module: WebAssembly.Module | undefined;

/** A fresh instance of the core. */
export function instantiate(): Core {
	module ??= new WebAssembly.Module(inflateSync(fromBase64(deflated), { out: new Uint8Array(length) }) as Uint8Array<ArrayBuffer>);
	return link(module);
}

function fromBase64(text: string): Uint8Array {
	const binary = atob(text);
	const bytes = new Uint8Array(binary.length);
	for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
	return bytes;
}
