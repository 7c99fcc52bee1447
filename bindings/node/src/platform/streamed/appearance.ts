// The drawing of visible signatures in browsers, through a bundler that emits assets: a file beside the script, asked for when it is needed.

import { compile } from "./compile.js";

export { type DrawnAtOnce, type DrawnLater, drawsLater } from "../web/drawn_later.js";

/** The module that draws, compiled. */
export function drawingModule(): Promise<WebAssembly.Module> {
	return compile(new URL("./rustpdf-appearance.wasm", import.meta.url));
}
