// npm run bench: what a signature costs, how soon the first one is there, how large the module is, and what files of any size cost.
//
//   npm run bench -- [--json FILE] [--plot FILE] [--peers] [--only signatures|visible|instructions|startup|module|files|scale|worst|levels|languages|peers]…
//
// --peers installs other libraries and has them sign the same files; --plot draws the times and the memory of the files as SVG.
//
// Tables go to standard output, as Markdown; what it is at goes to standard error.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { files } from "./files.js";
import { instructions } from "./instructions.js";
import { languages } from "./languages.js";
import { levels } from "./levels.js";
import { moduleSize } from "./module_size.js";
import { scale } from "./scale.js";
import { signatures } from "./signatures.js";
import { startup } from "./startup.js";
import { visible } from "./visible.js";
import { worst } from "./worst.js";

const { values } = parseArgs({
	options: { json: { type: "string" }, plot: { type: "string" }, peers: { type: "boolean" }, only: { type: "string", multiple: true } },
});
const parts = {
	signatures,
	visible,
	instructions,
	startup,
	module: moduleSize,
	files: () => files({ plotTo: values.plot }),
	scale,
	worst,
	levels,
	languages,
	peers: async () => (await import("./peers.js")).peers(),
};
const wanted = values.only ?? Object.keys(parts).filter((name) => name !== "peers" || values.peers);
const unknown = wanted.find((name) => !(name in parts));
if (unknown !== undefined) throw new Error(`there is no part ${unknown}; the parts are ${Object.keys(parts).join(", ")}`);

const figures = { date: new Date().toISOString().slice(0, 10), machine: machine() };
console.log(`${figures.date}: ${Object.values(figures.machine).join("; ")}`);
for (const name of wanted) {
	console.error(`… ${name}`);
	figures[name] = await parts[name]();
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, "\t")}\n`);

function machine() {
	const [cpu] = cpus();
	return {
		cpu: `${cpu?.model.trim() ?? "unknown processor"}, ${cpus().length} cores`,
		system: `${process.platform} ${process.arch}`,
		node: `Node ${process.version}`,
		rust: version("rustc"),
		openssl: version("openssl"),
	};
}

function version(program) {
	const argument = program === "openssl" ? "version" : "--version";
	return execFileSync(program, [argument], { encoding: "utf8" })
		.trim()
		.replace(/ *\(.*/, "");
}
