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
		return { code, group, message, offset, object };
	}
	const { code, message, method, name, path } = error as Error & { code?: unknown; method?: string; path?: string };
	if (code === "EEXIST" && path !== undefined) return { code, message: `${path} exists; --force replaces it` };
	if (name === "Pkcs11Error") return { code: message, message: `the token refused ${method || "a call"}` };
	return { code: typeof code === "string" ? code : undefined, message };
}

/** The same for people. */
export function textOf({ code, message }: Failure): string {
	// The system says its codes itself.
	return printable(code === undefined || message.startsWith(code) ? message : `${code}: ${message}`);
}
