// The drawing of visible signatures in workerd, which compiles no module at run time: the module is imported ready-made.

export { type DrawnAtOnce, type DrawnLater, drawsLater } from "../web/drawn_later.js";

/** The module that draws, compiled. */
export async function drawingModule(): Promise<WebAssembly.Module> {
	return (await import("../../../wasm/rustpdf-appearance.wasm")).default;
}
