// Licence notices of the crates that an artifact contains. `node notices.js BILL` prints them.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const RULE = "-".repeat(72);

/** The notices as a text: crates under Apache-2.0 by their names, the others with their licences. `bill` is a CycloneDX file. */
export function rustNotices(bill) {
	const crates = crateSources(bill);
	const apache = crates.filter(({ license }) => license.includes("Apache-2.0"));
	const texts = crates.map((crate) => [crate, licencesOf(crate)]).filter(([, text]) => text !== "");
	return [
		"This package includes the following crates under the Apache License, version 2.0 (LICENSE-APACHE).\n",
		...apache.map(({ name, repository, version }) => `${name} ${version}${repository ? `  ${repository}` : ""}`),
		"\nIt includes the following ones, or parts of them, under these licences.",
		...texts.map(([{ name, version }, text]) => `\n${name} ${version}\n${RULE}\n\n${text}`),
		...fontNotices(bill),
		"",
	].join("\n");
}

/** The licence of the fonts that the crate with them embeds. */
function fontNotices(bill) {
	if (!readFileSync(bill, "utf8").includes('"pkg:cargo/rustpdf-appearance@')) return [];
	const text = readFileSync(fileURLToPath(new URL("../../../crates/appearance/fonts/OFL.txt", import.meta.url)), "utf8");
	return [`\nNoto Sans\n${RULE}\n\n${text.trim()}`];
}

/** The crates of a bill of materials that come from a registry, as cargo describes them. */
function crateSources(bill) {
	const { components } = JSON.parse(readFileSync(bill, "utf8"));
	const words = ["+stable", "metadata", "--locked", "--format-version", "1"];
	const { packages } = JSON.parse(execFileSync("cargo", words, { encoding: "utf8", maxBuffer: 2 ** 26 }));
	const find = (wanted) => packages.find(({ name, version }) => name === wanted.name && version === wanted.version);
	return components.filter(({ hashes }) => hashes !== undefined).map(find);
}

/** The texts that come along with a crate, but for the licence of which there is one copy for all. */
function licencesOf({ authors, license, manifest_path, repository }) {
	if (license.includes("Apache-2.0") && !license.includes("AND")) return "";
	const folder = dirname(manifest_path);
	const common = license.includes("Apache-2.0") ? /^LICENSE-(APACHE|MIT)/i : undefined;
	const names = readdirSync(folder).filter((name) => /^(LICEN[CS]E|COPYING|NOTICE)/i.test(name) && !common?.test(name));
	if (names.length === 0) return `${license}. By ${authors.join(", ") || "the authors of the repository"}: ${repository}\n`;
	return names
		.map((name) => readFileSync(join(folder, name), "utf8").trim())
		.join("\n\n")
		.concat("\n");
}

if (process.argv[1] === import.meta.filename) process.stdout.write(rustNotices(process.argv[2]));
