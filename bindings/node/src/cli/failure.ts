import { RustpdfError } from "../errors.js";
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

/** What is told of an error: those of the core have all of it, those of the system and of a token a code of their own. */
export function failureOf(error: unknown): Failure {
	if (error instanceof RustpdfError) {
		const { code, group, message, offset, object } = error;
		return { code, group, message: code.startsWith("ERR_PKCS11_") ? inFlags(message) : message, offset, object };
	}
	const { code, message, path } = error as Error & { code?: unknown; path?: string };
	if (code === "EEXIST" && path !== undefined) return { code, message: `${path} exists; --force replaces it` };
	return { code: typeof code === "string" ? code : undefined, message };
}

/** A message of a key in a token with flags in the place of options. */
function inFlags(message: string): string {
	return message.replace(/`(\w+)`/g, (text, option: string) => FLAGS[option] ?? text);
}

const FLAGS: Record<string, string> = {
	certificate: "--cert",
	digestAlgorithm: "--digest-algorithm",
	key: "--pkcs11-key",
	module: "--pkcs11-module",
	pin: "RUSTPDF_PIN",
	serial: "--pkcs11-serial",
	signatureAlgorithm: "--signature-algorithm",
	signingPin: "RUSTPDF_SIGNING_PIN",
	slot: "--pkcs11-slot",
	token: "--pkcs11-token",
	uri: "--pkcs11-uri",
};

/** The same for people. */
export function textOf({ code, message }: Failure): string {
	// The system says its codes itself.
	return printable(code === undefined || message.startsWith(code) ? message : `${code}: ${message}`);
}
