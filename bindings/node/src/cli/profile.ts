import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "./failure.js";

/** What a profile is, for people. */
export const PROFILES = `A profile has flags by their names: --profile NAME takes them from the file of --config, of RUSTPDF_CONFIG, or from
rustpdf/config.json in the folder of settings. Flags beside it come first. It contains no PIN, password or token.
  { "profiles": { "contracts": { "key": "awskms:///alias/contracts", "cert": "/etc/rustpdf/signer.pem", "chain": ["/etc/rustpdf/ca.pem"] } } }`;

/** Names of what is never in a file of settings. */
const SECRET = /^(pin|signing-pin|password|token|secret|authorization)$/;

/** The arguments, with those of a profile after the name of the command. Errors: usage. */
export function withProfile(args: readonly string[]): string[] {
	const rest = [...args];
	const [name, config] = ["--profile", "--config"].map((flag) => taken(rest, flag));
	if (name === undefined) {
		if (config !== undefined) throw new UsageError("--config needs --profile");
		return rest;
	}
	const flags = flagsOf(name, config ?? process.env["RUSTPDF_CONFIG"] ?? settings());
	const given = new Set(rest.filter((word) => word.startsWith("--")).map((word) => word.replace(/=.*/, "")));
	const added = flags.filter(([flag]) => !given.has(flag)).flat();
	return [...rest.slice(0, 1), ...added, ...rest.slice(1)];
}

/** The value of a flag, which is taken out. Errors: usage, without a value. */
function taken(args: string[], flag: string): string | undefined {
	const end = args.indexOf("--");
	const at = args.findIndex((word, index) => (end === -1 || index < end) && (word === flag || word.startsWith(`${flag}=`)));
	if (at === -1) return undefined;
	const [word = ""] = args.splice(at, 1);
	const value = word === flag ? args.splice(at, 1)[0] : word.slice(flag.length + 1);
	if (!value) throw new UsageError(`${flag} needs a value`);
	return value;
}

function settings(): string {
	return join(process.env["XDG_CONFIG_HOME"] || join(homedir(), ".config"), "rustpdf", "config.json");
}

function flagsOf(name: string, file: string): [flag: string, ...values: string[]][] {
	const profile = profilesIn(file)[name];
	if (typeof profile !== "object" || profile === null) throw new UsageError(`${file} has no profile ${name}`);
	return Object.entries(profile).flatMap(([key, value]): [string, ...string[]][] => {
		if (SECRET.test(key))
			throw new UsageError(`${file}: a profile contains no ${key}; give it by the environment, or when it is asked for`);
		if (!/^[a-z][a-z0-9-]*$/.test(key)) throw new UsageError(`${file}: \`${key}\` is no name of a flag`);
		if (value === true) return [[`--${key}`]];
		if (value === false) return [];
		const values = Array.isArray(value) ? value : [value];
		if (!values.every((one) => typeof one === "string" || typeof one === "number")) {
			throw new UsageError(`${file}: \`${key}\` must be a text, a number, true, false, or a list of texts`);
		}
		return values.map((one): [string, string] => [`--${key}`, String(one)]);
	});
}

function profilesIn(file: string): Record<string, unknown> {
	let content: unknown;
	try {
		content = JSON.parse(readFileSync(file, "utf8"));
	} catch (error) {
		throw new UsageError(`the file of settings cannot be read (${(error as Error).message})`);
	}
	const { profiles } = (content ?? {}) as { profiles?: unknown };
	if (typeof profiles !== "object" || profiles === null) throw new UsageError(`${file} has no \`profiles\``);
	return profiles as Record<string, unknown>;
}
