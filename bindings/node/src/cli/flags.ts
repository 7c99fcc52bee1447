import { type Command, Option } from "commander";
import type { ExtensionOptions } from "../generated.js";
import type { SessionOptions } from "../options.js";
import { type AppearanceFlags, appearanceOptions, pageFlag } from "./appearance.js";
import { SIGNING_FLAGS, type SigningFlag } from "./flags_generated.js";
import { readInput } from "./inputs.js";
import { addPasswordFlags, passwordOf } from "./password.js";

const GROUP = "Signing options:";

/** Adds a flag for every signing option. The core checks the values. */
export function addSigningFlags(command: Command): Command {
	for (const option of [
		...SIGNING_FLAGS.map(optionOf),
		pageFlag(),
		signingTimeFlag(),
		new Option("--entropy <hex>", "32 bytes, for reproducible output (default: random)"),
	]) {
		command.addOption(option.helpGroup(GROUP));
	}
	return addPasswordFlags(command, GROUP);
}

function signingTimeFlag(): Option {
	return new Option("--signing-time <date>", "time of signing, such as 2026-01-31T12:00:00Z (default: now)").argParser(
		(text) => new Date(text),
	);
}

/** Signing options that extending has, too. */
const OF_EXTENDING = /^(level|minimumLevel|strict|fieldName|timestamp\..*|validation\..*)$/;
/** Those of them that a document timestamp alone does not have. */
const OF_LEVELS = /^(level|minimumLevel)$/;

/** Adds a flag for every option of extending. The core checks the values. */
export function addExtensionFlags(command: Command, operation: "extend" | "timestamp"): Command {
	for (const flag of SIGNING_FLAGS) {
		if (!OF_EXTENDING.test(flag.path) || (operation === "timestamp" && OF_LEVELS.test(flag.path))) continue;
		const help = HELP_OF_EXTENDING[flag.path] ?? flag.help;
		command.addOption(optionOf({ ...flag, help }).helpGroup("Options:"));
	}
	return addPasswordFlags(command, "Options:");
}

/** Signing options that an appearance depends on. */
const OF_PREVIEW = /^(fieldName|existingField|name|reason|location|contactInfo|utcOffsetMinutes)$/;

/** Adds the flags of signing that an appearance depends on. */
export function addPreviewFlags(command: Command): Command {
	for (const flag of SIGNING_FLAGS) if (OF_PREVIEW.test(flag.path)) command.addOption(optionOf(flag).helpGroup(GROUP));
	command.addOption(pageFlag().helpGroup(GROUP)).addOption(signingTimeFlag().helpGroup(GROUP));
	return addPasswordFlags(command, GROUP);
}

const HELP_OF_EXTENDING: Record<string, string> = {
	level: "level that the signatures are to have (B-T, B-LT, B-LTA; default: B-LTA)",
	fieldName: "full name of the field of a new document timestamp (default: a free name)",
	strict: "refuse a damaged or ambiguous document",
};

/** The options of extending that the flags set. */
export function extensionOptions(flags: Record<string, unknown>): ExtensionOptions {
	return optionsIn(flags, OF_EXTENDING) as ExtensionOptions;
}

/** The signing options that the flags set. A flag that was not given sets none. Errors: usage. */
export function signingOptions(flags: Record<string, unknown>): SessionOptions {
	return { ...optionsIn(flags, /./), ...appearanceOptions(flags as AppearanceFlags) };
}

function optionsIn(flags: Record<string, unknown>, paths: RegExp): SessionOptions {
	const options: Record<string, unknown> = {};
	for (const flag of SIGNING_FLAGS) {
		if (!paths.test(flag.path)) continue;
		const option = optionOf(flag);
		const value = flags[option.attributeName()];
		// Without a `--no-` flag, commander sets its attribute to true.
		if (value !== undefined && !(option.negate && value === true)) set(options, flag.path.split("."), value);
	}
	for (const name of ["signingTime", "entropy"]) if (flags[name] !== undefined) options[name] = flags[name];
	const password = passwordOf(flags);
	if (password !== undefined) options["password"] = password;
	return options;
}

function optionOf({ flag, help, kind }: SigningFlag): Option {
	const option = new Option(flag, help);
	if (kind === "number") option.argParser(Number);
	if (kind === "list") option.argParser(collect);
	return option;
}

/** Sets the value at a path of names. */
function set(object: Record<string, unknown>, [name = "", ...inner]: string[], value: unknown): void {
	if (inner.length === 0) {
		object[name] = value;
		return;
	}
	object[name] ??= {};
	set(object[name] as Record<string, unknown>, inner, value);
}

/** Adds the flags that name the certificate and its issuers. */
export function addCertificateFlags(command: Command, byDefault = ""): Command {
	const certificate = new Option("--cert <file>", `the signer's certificate, DER or PEM${byDefault}`);
	const chain = new Option("--chain <file>", "its issuers: a certificate or a PEM bundle; repeatable, in any order").argParser(collect);
	return command.addOption(certificate).addOption(chain);
}

/** The flag that names the key of a saved session. */
export function sessionKeyFlag(what: string): Option {
	return new Option("--session-key-file <file>", `the key by which ${what}: 32 random bytes or more, as they are`);
}

/** The certificate and chain that the flags name, read. */
export function certificates(flags: { cert?: string; chain?: string[] }): SessionOptions {
	return {
		...(flags.cert !== undefined && { certificate: readInput(flags.cert) }),
		...(flags.chain !== undefined && { chain: flags.chain.map(readInput) }),
	};
}

/** Collects the values of a repeatable flag. */
export function collect(value: string, earlier: string[] = []): string[] {
	return [...earlier, value];
}
