import { RustpdfError } from "../errors.js";
import type { ErrorCode } from "../generated.js";
import { SIGNING_FLAGS } from "./flags_generated.js";
import { printable } from "./text.js";

/** The command line itself is wrong: exit status 2. */
export class UsageError extends Error {
	override readonly name = "UsageError";
}

/** What went wrong, for `--json` and for people. */
export interface Failure {
	code?: string | undefined;
	group?: string;
	message: string;
	offset?: number | undefined;
	object?: [number, number] | undefined;
}

/** Errors of a value on the command line, whatever the document says. */
const OF_VALUES: readonly ErrorCode[] = [
	"ERR_ALGORITHM_UNKNOWN",
	"ERR_APPEARANCE_TEXT",
	"ERR_CONTAINER_SIZE",
	"ERR_ENTROPY",
	"ERR_LEVEL",
	"ERR_OPTION_UNKNOWN",
	"ERR_OPTION_VALUE",
	"ERR_POLICY_DIGEST",
	"ERR_REASON_WITH_POLICY",
	"ERR_SIGNING_TIME",
	"ERR_TIMESTAMP_SERVICE",
];

/** Whether the command line is wrong, rather than a file or an answer. */
export function isUsage(error: unknown): boolean {
	const { code } = error as { code?: unknown };
	// An output can come to exist after it was looked for.
	return error instanceof UsageError || code === "EEXIST" || OF_VALUES.some((of) => RustpdfError.is(error, of));
}

const FLAGS = new Map([
	...SIGNING_FLAGS.map(({ flag, path }): [string, string] => [path, flag.replace(/ .*/, "")]),
	["appearance", "--appearance"],
	...["image", "language", "page", "position", "qr", "rect", "text", "unit"].map((name): [string, string] => [
		`appearance.${name}`,
		`--${name}`,
	]),
	["appearance.image.data", "--image"],
	["appearance.position.corner", "--position"],
	["position.corner", "--position"],
	["certificate", "--cert"],
	["chain", "--chain"],
	["emptyFields", "--empty-field"],
	["entropy", "--entropy"],
	["fields", "--field"],
	["inFlight", "--in-flight"],
	["ledger", "--ledger"],
	["page", "--page"],
	["password", "--password-file"],
	["position", "--position"],
	["rect", "--rect"],
	["replace", "--force"],
	["services", "--timestamp-url"],
	["signingTime", "--signing-time"],
	["skipDocumentCheck", "--skip-document-check"],
	["timestamp.services", "--timestamp-url"],
	["validation.certificates", "--validation-certificate"],
	["validation.crls", "--validation-crl"],
	["validation.ocsps", "--validation-ocsp"],
	["validation.trust", "--trust"],
]);

/** Flags of the options of a key in a token. Elsewhere their names mean other things. */
const TOKEN_FLAGS = new Map([
	["key", "--pkcs11-key"],
	["module", "--pkcs11-module"],
	["pin", "RUSTPDF_PIN"],
	["serial", "--pkcs11-serial"],
	["signingPin", "RUSTPDF_SIGNING_PIN"],
	["slot", "--pkcs11-slot"],
	["token", "--pkcs11-token"],
	["uri", "--key"],
]);

/** The message of an error or a warning, with flags in the place of options. */
export function inFlags(message: string, code: string): string {
	const ofToken = code.startsWith("ERR_PKCS11_") ? TOKEN_FLAGS : undefined;
	return message.replace(
		/`([\w.[\]]+)`/g,
		(quoted, option: string) => ofToken?.get(option) ?? FLAGS.get(option) ?? inFile(option) ?? quoted,
	);
}

/** The name of an option that only the file of `--appearance` has. */
function inFile(option: string): string | undefined {
	return option.startsWith("appearance.") ? `\`${option.slice("appearance.".length)}\` of --appearance` : undefined;
}

/** What is told of an error: those of the core have all of it, those of the system and of a token a code of their own. */
export function failureOf(error: unknown): Failure {
	if (error instanceof RustpdfError) {
		const { code, group, message, offset, object } = error;
		return { code, group, message: inFlags(message, code), offset, object };
	}
	const { code, message, path } = error as Error & { code?: unknown; path?: string };
	if (code === "EEXIST" && path !== undefined) return { code, message: `${path} exists; --force replaces it` };
	return { code: typeof code === "string" ? code : undefined, message };
}

/** The same for people. */
export function textOf({ code, message }: Failure): string {
	// The system says its codes itself.
	return printable(code === undefined || message.startsWith(code) ? message : `${code}: ${message}`);
}
