// docs/troubleshooting.md names only codes and flags that exist, and codes that a test provokes.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { rustpdf } from "./support/cli.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const page = readFileSync(join(root, "docs/troubleshooting.md"), "utf8");
const named = (pattern: RegExp) => [...new Set(page.match(pattern))].sort();
const codes = named(/\b(?:ERR|WARN)_[A-Z0-9_]*[A-Z0-9]\b/g);

/** Texts of all tests but this one, and of the vectors. */
function tests(): string {
	const folders = ["bindings", "crates", "tests/judges", "tests/vectors"].map((folder) => join(root, folder));
	const texts: string[] = [];
	for (const folder of folders) {
		for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
			const path = join(entry.parentPath, entry.name);
			if (!entry.isFile() || /node_modules|\/(?:target|dist|bin|obj|\.[^/]+)\//.test(path)) continue;
			const isTest =
				/\/tests?\/|_test\.|Tests|\/vectors\/|tests\.rs$/.test(path.slice(root.length)) && /\.(?:rs|ts|mjs|py|cs|go|json)$/.test(path);
			if (isTest && !path.endsWith("troubleshooting.test.ts")) texts.push(readFileSync(path, "utf8"));
			// The tests of a module of the core stand at its end.
			else if (path.endsWith(".rs")) texts.push(readFileSync(path, "utf8").split("#[cfg(test)]\nmod tests")[1] ?? "");
		}
	}
	return texts.join("\n");
}

/** The name of a code in the tests of the core and of .NET: `ERR_FIELD_NAME` is `FieldName`. */
const pascal = (code: string) =>
	code.replace(/^(?:ERR|WARN)/, "").replace(/_(.)([^_]*)/g, (_, first: string, rest: string) => first + rest.toLowerCase());

test("the page speaks of codes", () => expect(codes.length).toBeGreaterThan(10));

describe("every code", () => {
	const known = readFileSync(join(root, "docs/errors.md"), "utf8");
	const provoked = tests();
	test.each(codes)("%s exists, and a test provokes it", (code) => {
		expect(known).toContain(`\`${code}\``);
		expect([code, pascal(code), `Err${pascal(code)}`].some((name) => new RegExp(`\\b${name}\\b`).test(provoked))).toBe(true);
	});
});

test("every flag exists", () => {
	const commands = ["sign", "sign-many", "begin", "complete", "recover", "inspect"];
	const help = commands.map((command) => rustpdf(root, [command, "--help"]).stdout).join("\n");
	const flags = named(/(?<=`)--[a-z0-9-]+/g).filter((flag) => !page.includes(`pkcs11-tool ${flag}`));
	for (const flag of flags) expect(help).toContain(flag);
});
