import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { NATIVE_FOLDER, PACKAGE_FOLDER } from "./native.js";

declare module "vitest" {
	interface ProvidedContext {
		/** A project in which the packed package is installed, and that of the native core for this machine. */
		project: string;
	}
}

/** Makes what many tests share: a project with the packages as npm would deliver them. */
export default function setup(project: TestProject): () => void {
	const folder = mkdtempSync(join(tmpdir(), "rustpdf-test-"));
	project.provide("project", installPacked(join(folder, "project")));
	return () => rmSync(folder, { recursive: true, force: true });
}

function installPacked(folder: string): string {
	mkdirSync(folder);
	writeFileSync(join(folder, "package.json"), '{"name":"project","private":true}');
	for (const cwd of [PACKAGE_FOLDER, NATIVE_FOLDER])
		execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd, stdio: "pipe" });
	const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
	const install = ["install", "--silent", "--offline", "--no-audit", "--no-fund", ...tarballs.map((name) => `./${name}`)];
	execFileSync("npm", install, { cwd: folder, stdio: "pipe" });
	return folder;
}
