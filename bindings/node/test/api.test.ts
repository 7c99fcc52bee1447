// docs/api.md: every call that it names is in the sources of its language.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const page = readFileSync(`${ROOT}docs/api.md`, "utf8");
const FOLDERS: Record<string, string> = {
	TypeScript: "bindings/node/src",
	Python: "bindings/python/python/rustpdf",
	".NET": "bindings/dotnet/src/RustPdf",
	Go: "bindings/go",
	Rust: "crates",
};
const SOURCE = /^(?!.*(?:_test\.go|node_modules|tests?\/)).*\.(?:ts|py|cs|go|rs)$/;

const [, head = ""] = /^(\| \|.*)$/m.exec(page) ?? [];
const languages = head
	.split("|")
	.slice(2, -1)
	.map((name) => name.trim());

test.each(languages.map((name, column) => [name, column] as const))("%s", (name, column) => {
	const folder = FOLDERS[name] as string;
	const files = readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: "utf8" }).filter((file) => SOURCE.test(file));
	const sources = files.map((file) => readFileSync(`${ROOT}${folder}/${file}`, "utf8")).join("\n");
	const cells = page
		.split("\n")
		.filter((line) => line.startsWith("| ") && !line.startsWith("| |"))
		.map((line) => line.split("|")[column + 2] ?? "");
	const calls = cells.flatMap((cell) =>
		Array.from(cell.matchAll(/`([^`]+)`/g), ([, call]) => (call as string).split(".").at(-1) as string),
	);
	expect(calls.length).toBeGreaterThan(15);
	// As it is declared: at its definition, or as a member of a type.
	const isDeclared = (call: string) =>
		new RegExp(
			`\\b(?:function\\*?|def|func(?: \\([^)]*\\))?|fn|class|interface|trait|type|struct)\\s+${call}\\b|^\\s*(?:public|async|pub|static|\\w[\\w<>\\[\\]?,. ]*)?\\s*\\b${call}[<(\\[]`,
			"m",
		).test(sources);
	expect(calls.filter((call) => !isDeclared(call))).toEqual([]);
});
