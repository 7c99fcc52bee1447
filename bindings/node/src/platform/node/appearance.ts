// The drawing of visible signatures in Node, Deno and Bun, if the core is WebAssembly: the module beside this file.

import type { Appearance } from "../../generated.js";
import { compile } from "./compile.js";

/** Options of a visible signature with which a call still answers at once. */
export interface DrawnAtOnce {
	appearance?: Appearance;
}

/** Options of a visible signature with which a call returns a promise: none. */
export type DrawnLater = never;

/** Whether a drawing is a promise. */
export const drawsLater: boolean = false;

/** The module that draws, compiled. */
export function drawingModule(): WebAssembly.Module {
	return compile(new URL("./rustpdf-appearance.wasm", import.meta.url));
}
