import { unfinishedOf } from "./machine.js";
import type { Session } from "./session.js";
import type { FileSession } from "./session_file.js";

/**
 * The session that an error carries: its signature is made, and a later step failed. `completeSigned` goes on from there, without
 * the key; of a call that signs into an output it is a `FileSession`.
 *
 * Every error is thrown as it is, and none but an object can carry a session.
 */
export function unfinishedSession(error: unknown): Session | FileSession | undefined {
	return unfinishedOf(error) as Session | FileSession | undefined;
}
