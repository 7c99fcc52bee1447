// Prints the seconds of the processor that a call takes on a document: worst_call.js prepare|inspect FILE. RUSTPDF_ENGINE chooses the engine.

import { readFileSync, writeFileSync } from "node:fs";
import { beginSigning } from "rustpdf";
import { inRepository, smallDocument } from "./material.js";

const [operation, path] = process.argv.slice(2);
const document = readFileSync(path);
beginSigning(readFileSync(smallDocument)); // the core is loaded before the clock starts
const before = process.cpuUsage();
process.on("exit", () => {
	const { system, user } = process.cpuUsage(before);
	writeFileSync(2, `${(system + user) / 1e6}\n`);
	process.exitCode = 0;
});
if (operation === "inspect") {
	// The command line alone has this call. Its start is in the figure, some tenths of a second.
	process.argv = [process.execPath, "rustpdf", "inspect", path, "--json"];
	await import(inRepository("bindings/node/dist/cli.js"));
} else {
	try {
		beginSigning(document);
	} catch (error) {
		if (error.code !== "ERR_LIMIT") throw error;
	}
}
