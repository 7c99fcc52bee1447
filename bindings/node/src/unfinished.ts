import { unfinishedOf } from "./machine.js";
import type { Session } from "./session.js";
import type { FileSession } from "./session_file.js";

/**
 * The session that an error carries: its signature is made, and a later step failed. `completeSigned` goes on from there, without
 * the key, and so does `advance` where a timestamp or revocation data are missing. Of a call that signs into an output it is a `FileSession`.
 *
 * Every error is thrown as it is, and none but an object can carry a session.
 *
 * @example
 * try {
 * 	await signFile({ input: "in.pdf", output: "full/out.pdf", certificate, chain, signer });
 * } catch (error) {
 * 	const session = unfinishedSession(error);
 * 	if (session === undefined) throw error;
 * 	await session.completeSigned("elsewhere.pdf");
 * }
 */
export function unfinishedSession(error: unknown): Session | FileSession | undefined {
	return unfinishedOf(error) as Session | FileSession | undefined;
}
