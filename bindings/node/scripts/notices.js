// What has to be said of the crates that are linked into a crate of the workspace.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const RULE = "-".repeat(72);

/** The notices as a text: those that come under Apache-2.0 by their names, the others with their licences. */
export function rustNotices(root, target) {
	const crates = linkedCrates(root, target);
	const apache = crates.filter(({ license }) => license.includes("Apache-2.0"));
	const texts = crates.map((crate) => [crate, licencesOf(crate)]).filter(([, text]) => text !== "");
	return [
		"This package includes the following crates under the Apache License, version 2.0 (LICENSE-APACHE).\n",
		...apache.map(({ name, repository, version }) => `${name} ${version}${repository ? `  ${repository}` : ""}`),
		"\nIt includes the following ones, or parts of them, under these licences.",
		...texts.map(([{ name, version }, text]) => `\n${name} ${version}\n${RULE}\n\n${text}`),
		"",
	].join("\n");
}

/** All that is linked for a target, but for what is our own; what works at build time alone is not. */
function linkedCrates(root, target) {
	const words = ["+stable", "metadata", "--format-version", "1", "--filter-platform", target];
	const { packages, resolve } = JSON.parse(execFileSync("cargo", words, { encoding: "utf8", maxBuffer: 2 ** 26 }));
	const byId = new Map(packages.map((each) => [each.id, each]));
	const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
	const isLinked = (id) => !byId.get(id).targets.some(({ kind }) => kind.includes("proc-macro"));
	const linked = new Set([packages.find(({ name }) => name === root).id]);
	for (const id of linked) {
		for (const { dep_kinds, pkg } of nodes.get(id).deps) if (dep_kinds.some(({ kind }) => kind === null) && isLinked(pkg)) linked.add(pkg);
	}
	const crates = [...linked].map((id) => byId.get(id)).filter(({ source }) => source !== null);
	return crates.sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
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
