// The drawing of visible signatures in browsers and other hosts without files: the module is a script of its own.

import { inflate } from "./inflate.js";

export { type DrawnAtOnce, type DrawnLater, drawsLater } from "./drawn_later.js";

/** The module that draws, compiled. */
export async function drawingModule(): Promise<WebAssembly.Module> {
	const { deflated, length } = await import("../../../wasm/appearance.js");
	return WebAssembly.compile(inflate(deflated(), length));
}
