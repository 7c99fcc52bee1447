import type { Engine } from "../core.js";

/** What the core runs as: always `wasm`, for the addon is one of Node. */
export function engine(): Engine {
	return "wasm";
}
