import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

/** What does not depend on the engine, or starts other programs with one of its choice. */
const ONCE = [
	"api",
	"browser",
	"bundlers",
	"digest",
	"drawing",
	"engine",
	"frame",
	"http_client",
	"http_host",
	"machine",
	"packed",
	"relay",
	"runtimes",
	"threads",
	"verify",
].map((name) => `test/${name}.test.ts`);

/** What differs between hosts: Node's. */
const SEAMS = {
	"#appearance": "src/platform/node/appearance.ts",
	"#bytes": "src/platform/node/bytes.ts",
	"#core": "src/platform/node/core.ts",
	"#files": "src/files/index.ts",
	"#hash": "src/platform/node/hash.ts",
	"#http": "src/platform/node/http.ts",
};

const tests = (engine: "native" | "wasm", exclude: string[] = []) => ({
	resolve: {
		alias: Object.fromEntries(Object.entries(SEAMS).map(([seam, file]) => [seam, fileURLToPath(new URL(file, import.meta.url))])),
	},
	test: {
		name: engine,
		env: { RUSTPDF_ENGINE: engine },
		include: ["test/**/*.test.ts"],
		exclude: [...configDefaults.exclude, ...exclude],
		server: { deps: { external: [/\/dist\//] } }, // what is built is tested as it is
		testTimeout: 60_000,
		hookTimeout: 120_000,
	},
});

// What is set up is there for both: it is not a part of the projects.
export default defineConfig({ test: { globalSetup: "test/support/setup.ts", projects: [tests("wasm"), tests("native", ONCE)] } });
