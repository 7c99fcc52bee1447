import type { Command } from "commander";
import type { FileSession } from "../session_file.js";
import { unfinishedSession } from "../unfinished.js";
import { UsageError } from "./failure.js";
import { readInput } from "./inputs.js";
import { Output } from "./output.js";

/** Where a session goes if a step after the signature fails, as flags. */
export interface SavedFlags {
	sessionOnFailure?: string;
	sessionKeyFile?: string;
}

/** Adds the flag that saves a session after a failure. */
export function addSavedFlag(command: Command): Command {
	return command.option(
		"--session-on-failure <file>",
		"save the signature here if a later step fails; needs --session-key-file, and `rustpdf complete --advance` goes on",
	);
}

/** Saves the session of an error. */
export type Save = (error: unknown) => Promise<never>;

/** Prepares to save the session of an error, which is thrown again. Errors: usage. */
export function savingSession({ sessionKeyFile, sessionOnFailure }: SavedFlags, inputs: string[]): Save {
	if (sessionOnFailure === undefined) {
		return async (error) => {
			throw error;
		};
	}
	if (sessionKeyFile === undefined)
		throw new UsageError("--session-on-failure needs --session-key-file, for the session has the signature");
	const output = new Output(sessionOnFailure, { inputs });
	const key = readInput(sessionKeyFile);
	return async (error) => {
		const session = unfinishedSession(error) as FileSession | undefined;
		if (session !== undefined) {
			await output.write(session.serialize(key), 0o600);
			process.stderr.write(
				`rustpdf: the signature is made; \`rustpdf complete --advance --session ${sessionOnFailure}\` goes on without the key\n`,
			);
		}
		throw error;
	};
}
