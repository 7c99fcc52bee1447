// The drawing of visible signatures in a program for Node that a bundler made: the module in the script. No file lies beside that.

import { inflateRawSync } from "node:zlib";
import { deflated } from "../../../wasm/appearance.js";

export { type DrawnAtOnce, type DrawnLater, drawsLater } from "../node/appearance.js";

/** The module that draws, compiled. */
export function drawingModule(): WebAssembly.Module {
	return new WebAssembly.Module(inflateRawSync(Buffer.from(deflated(), "base64")) as Uint8Array<ArrayBuffer>);
}
