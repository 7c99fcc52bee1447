import type { Engine } from "../core.js";

/** There is no addon here. */
export function engine(): Engine {
	return "wasm";
}
