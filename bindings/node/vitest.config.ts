import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

/** What does not depend on the engine, or starts other programs with the one of its choice. */
const ONCE = ["browser", "frame", "machine", "packed", "runtimes"].map((name) => `test/${name}.test.ts`);

const tests = (engine: "native" | "wasm", exclude: string[] = []) => ({
	extends: true as const,
	test: { name: engine, env: { RUSTPDF_ENGINE: engine }, exclude: [...configDefaults.exclude, ...exclude] },
});

export default defineConfig({
	resolve: { alias: { "#engine": fileURLToPath(new URL("src/engine/node.ts", import.meta.url)) } },
	test: {
		include: ["test/**/*.test.ts"],
		globalSetup: "test/support/setup.ts",
		server: { deps: { external: [/\/dist\//] } }, // what is built is tested as it is
		testTimeout: 60_000,
		hookTimeout: 120_000,
		projects: [tests("wasm"), tests("native", ONCE)],
	},
});
