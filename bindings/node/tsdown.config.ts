import { defineConfig, type UserConfig } from "tsdown";

/** The build of one host. Hosts differ in `#appearance`, `#bytes`, `#core`, `#files`, `#hash` and `#http`, which each tsconfig maps to files. */
function host(engine: "node" | "bundler" | "inline" | "streamed" | "workerd", config: UserConfig): UserConfig {
	return {
		target: "node20",
		platform: engine === "node" || engine === "bundler" ? "node" : "neutral",
		tsconfig: engine === "node" ? "tsconfig.json" : `tsconfig.${engine}.json`,
		fixedExtension: false,
		shims: true,
		clean: false, // the builds share one folder
		logLevel: "warn",
		inputOptions: { checks: { pluginTimings: false } },
		...config,
	};
}

/** Leaves imports of files in wasm/ as they are: of the files beside the script. */
function beside(files: Record<string, string>): UserConfig["plugins"] {
	const names = Object.entries(files);
	return {
		name: "beside",
		resolveId: (id) => {
			const [, name] = names.find(([file]) => id.endsWith(file)) ?? [];
			return name === undefined ? undefined : { id: `./${name}`, external: true };
		},
	};
}

// workerd takes the modules from imports.
const modulesBeside = beside({ "wasm/rustpdf.wasm": "rustpdf.wasm", "wasm/rustpdf-appearance.wasm": "rustpdf-appearance.wasm" });

// The modules as text are most of the scripts, which share them.
const TEXT = "wasm/inline.js";
const DRAWING = "wasm/appearance.js";
const textsBeside = beside({ [TEXT]: "module.js", [DRAWING]: "appearance.js" });

export default defineConfig([
	host("node", {
		entry: { node: "src/index.ts", pkcs11: "src/pkcs11/index.ts", audit: "src/audit/index.ts", key_object: "src/keystores/key_object.ts" },
		format: ["esm", "cjs"],
		dts: true,
		copy: ["wasm/rustpdf.wasm", "wasm/rustpdf-appearance.wasm", DRAWING, { from: TEXT, to: "dist", rename: "module.js" }],
	}),
	host("node", {
		entry: { cli: "src/cli/main.ts" },
		format: "esm",
		dts: false,
		deps: {
			onlyBundle: ["commander", "cli-progress", "string-width", "strip-ansi", "ansi-regex", "is-fullwidth-code-point", "emoji-regex"],
		},
	}),
	// The key stores need nothing of the host: a worker can have them, too.
	host("node", {
		entry: {
			aws_kms: "src/keystores/aws_kms.ts",
			azure_key_vault: "src/keystores/azure_key_vault.ts",
			google_kms: "src/keystores/google_kms.ts",
			vault: "src/keystores/vault.ts",
		},
		platform: "neutral",
		format: ["esm", "cjs"],
		dts: true,
		deps: { neverBundle: ["@aws-sdk/client-kms", "@google-cloud/kms"] },
	}),
	host("bundler", { entry: { bundler: "src/index.ts" }, format: "esm", dts: false, plugins: textsBeside }),
	host("inline", { entry: { inline: "src/index.ts" }, format: "esm", dts: true, deps: { onlyBundle: ["fflate"] }, plugins: textsBeside }),
	host("inline", {
		entry: { inline: "src/index.ts" },
		format: "cjs",
		dts: true,
		deps: { onlyBundle: ["fflate"] },
		plugins: beside({ [DRAWING]: "appearance.js" }),
	}),
	host("streamed", { entry: { streamed: "src/index.ts" }, format: "esm", dts: false }),
	host("workerd", { entry: { workerd: "src/index.ts" }, format: "esm", dts: true, plugins: modulesBeside }),
]);
