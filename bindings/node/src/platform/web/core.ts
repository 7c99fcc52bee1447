// The core in browsers and other hosts without files: the module is part of the script.

import { inflateSync } from "fflate/browser";
import { deflated, length } from "../../../wasm/inline.js";
import { instantiate as link } from "../../../wasm/instance.js";
import type { Core, Engine } from "../../core_types.js";

let module: WebAssembly.Module | undefined;

/** Form of the core: always `wasm`, for the native core is for Node. */
export function engine(): Engine {
	return "wasm";
}

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
