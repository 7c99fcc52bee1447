// Digests of the core itself: for hosts without a hash that takes its input in pieces.

import { Lease } from "../../core.js";
import type { CoreHasher } from "../../core_types.js";
import { hostError } from "../../errors.js";
import type { DocumentHash, Verify } from "../../hash_types.js";

/** A hash by its name in the steps. */
export function createHash(algorithm: string): DocumentHash {
	const lease = new Lease();
	const hasher: CoreHasher | undefined = lease.enter((core) => core.Hasher?.make(algorithm));
	if (hasher === undefined) throw hostError("unknownStep", `the hash ${algorithm}`);
	return {
		update: (bytes) => {
			for (let at = 0; at < bytes.byteLength; at += PIECE) lease.enter(() => hasher.update(bytes.subarray(at, at + PIECE)));
		},
		digest: (suffix) => lease.enter(() => hasher.digest(suffix)),
		end: () => lease.end(hasher),
	};
}

// Bytes of a piece. Each piece is copied into the memory of the instance, and that memory never shrinks.
const PIECE = 64 * 1024;

/** No verification at once is known here: the core verifies by itself. */
export function verifier(): Verify | undefined {
	return undefined;
}
