import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
	resolve: { alias: { "#engine": fileURLToPath(new URL("src/engine/node.ts", import.meta.url)) } },
	test: {
		include: ["test/**/*.test.ts"],
		globalSetup: "test/support/setup.ts",
		server: { deps: { external: [/\/dist\//] } }, // what is built is tested as it is
		testTimeout: 60_000,
		hookTimeout: 120_000,
	},
});
