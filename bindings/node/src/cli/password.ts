import { type Command, Option } from "commander";
import { UsageError } from "./failure.js";
import { readInput } from "./inputs.js";

/** Adds the flags that name the password of an encrypted document. */
export function addPasswordFlags(command: Command, group: string): Command {
	for (const option of [
		new Option("--password-file <file>", "the password of an encrypted document, first line (default: $RUSTPDF_PASSWORD)"),
		new Option("--password <text>", "… itself, which every process can read while this one runs").conflicts("passwordFile"),
	]) {
		command.addOption(option.helpGroup(group));
	}
	return command;
}

/** The password that the flags or the environment name. Errors: usage. */
export function passwordOf({ password, passwordFile }: { password?: string; passwordFile?: string }): string | undefined {
	if (passwordFile === undefined) return password ?? (process.env["RUSTPDF_PASSWORD"] || undefined);
	try {
		const text = new TextDecoder("utf-8", { fatal: true }).decode(readInput(passwordFile));
		return text.split(/\r?\n/, 1)[0];
	} catch (error) {
		if (error instanceof TypeError) throw new UsageError(`${passwordFile} is not UTF-8`);
		throw error;
	}
}
