import { type Command, Option } from "commander";
import type { ExtensionOptions, SigningOptions, TimestampService } from "../generated.js";
import type { HttpSettings } from "../http.js";
import { UsageError } from "./failure.js";
import { collect } from "./flags.js";
import { readInput } from "./inputs.js";

const GROUP = "Levels and servers:";

/** Servers, trust and evidence, as flags. */
export interface LevelFlags {
	timestampUrl?: string[];
	httpHeaderFile?: string[];
	trust?: string[];
	validationCertificate?: string[];
	validationOcsp?: string[];
	validationCrl?: string[];
	allowPrivateNetworks?: boolean;
	allowedHost?: string[];
}

/** Adds the flags that name servers, trusted certificates and evidence. */
export function addLevelFlags(command: Command): Command {
	for (const option of [
		new Option("--timestamp-url <url>", "a timestamp service (repeatable: the next one is asked if one fails)").argParser(collect),
		new Option(
			"--http-header-file <file>",
			"header fields for a timestamp service, one NAME: VALUE a line (repeatable, in the order of --timestamp-url)",
		).argParser(collect),
		new Option("--trust <file>", "trusted certificates: DER or a PEM bundle (repeatable); every chain must end there").argParser(collect),
		new Option("--validation-certificate <file>", "further issuers: DER, a PEM bundle or PKCS #7 (repeatable)").argParser(collect),
		new Option("--validation-ocsp <file>", "an OCSP response that is at hand, DER (repeatable)").argParser(collect),
		new Option("--validation-crl <file>", "a revocation list that is at hand, DER or PEM (repeatable)").argParser(collect),
		new Option("--allow-private-networks", "ask private addresses and all ports, if a certificate names them"),
		new Option("--allowed-host <name>", "ask this host, if a certificate names it (repeatable)").argParser(collect),
	]) {
		command.addOption(option.helpGroup(GROUP));
	}
	return command;
}

/** Help about credentials. */
export const CREDENTIALS = `
Credentials of a timestamp service are never arguments, which every process may read. They are taken from --http-header-file, or for the
header field Authorization from RUSTPDF_TIMESTAMP_AUTHORIZATION; of a second service from RUSTPDF_TIMESTAMP_AUTHORIZATION_2, and so on.`;

/** The timestamp services that the flags and the environment name; nothing without `--timestamp-url`. Errors: usage. */
export function timestampServices({ httpHeaderFile = [], timestampUrl }: LevelFlags): TimestampService[] | undefined {
	const count = timestampUrl?.length ?? 0;
	if (httpHeaderFile.length > count) throw new UsageError("each --http-header-file needs a --timestamp-url");
	return timestampUrl?.map((url, index) => {
		const { password, protocol, username } = addressOf(url);
		if (protocol !== "http:" && protocol !== "https:") throw new UsageError("--timestamp-url needs an http or https address");
		if (username !== "" || password !== "") {
			throw new UsageError(
				"--timestamp-url has a user, which every process can read; give it by --http-header-file or RUSTPDF_TIMESTAMP_AUTHORIZATION",
			);
		}
		const authorization = process.env[`RUSTPDF_TIMESTAMP_AUTHORIZATION${index === 0 ? "" : `_${index + 1}`}`];
		const file = httpHeaderFile[index];
		const headers = { ...(authorization ? { authorization } : {}), ...(file === undefined ? {} : headersOf(file)) };
		return { url, headers };
	});
}

function addressOf(text: string): URL {
	try {
		return new URL(text);
	} catch {
		throw new UsageError("--timestamp-url needs an http or https address");
	}
}

/** The header fields in a file. No message repeats one. */
function headersOf(path: string): Record<string, string> {
	const lines = new TextDecoder().decode(readInput(path)).split(/\r?\n/);
	const fields = lines.flatMap((line, index): [string, string][] => {
		if (line.trim() === "") return [];
		const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
		if (name === undefined || value === undefined) throw new UsageError(`line ${index + 1} of ${path} is not a header field, NAME: VALUE`);
		return [[name.toLowerCase(), value]];
	});
	return Object.fromEntries(fields);
}

/** Adds servers, trust and evidence to the options of the core. Errors: usage. */
export function withLevelFlags<Options extends SigningOptions | ExtensionOptions>(options: Options, flags: LevelFlags): Options {
	const services = timestampServices(flags);
	const lists = Object.entries({
		trust: flags.trust,
		certificates: flags.validationCertificate,
		ocsps: flags.validationOcsp,
		crls: flags.validationCrl,
	}).flatMap(([name, paths]) => (paths === undefined ? [] : [[name, paths.map(readInput)]]));
	return {
		...options,
		...(services !== undefined && { timestamp: { ...options.timestamp, services } }),
		...(lists.length > 0 && { validation: { ...options.validation, ...Object.fromEntries(lists) } }),
	};
}

/** Settings of the client. */
export function httpSettings({ allowedHost, allowPrivateNetworks }: LevelFlags): HttpSettings {
	return {
		...(allowPrivateNetworks !== undefined && { allowPrivateNetworks }),
		...(allowedHost !== undefined && { allowedHosts: allowedHost }),
	};
}
