// A core that asks any one step, and tells how it understood the answer: of those that no package has.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { engine } from "rustpdf";
import { plainModule } from "./plain_module.js";

const require = createRequire(import.meta.url);

/** Makes an instance for the engine of the tests: of the module, or of the native core. */
export function probingCore() {
	if (engine() === "native") return require("../../../../target/napi-panic/rustpdf.node");
	return plainModule(new WebAssembly.Module(readFileSync(new URL("../../../../target/capi/panic/rustpdf.wasm", import.meta.url))));
}
