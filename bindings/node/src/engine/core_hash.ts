import { type CoreHasher, Lease } from "../core.js";
import { RustpdfError } from "../errors.js";
import type { DocumentHash } from "./hash.js";

/** The core's own SHA-2, by its name in the steps: for hosts without a hash that takes its input in pieces. */
export function createHash(algorithm: string): DocumentHash {
	const lease = new Lease();
	const hasher: CoreHasher | undefined = lease.enter((core) => core.Hasher?.make(algorithm));
	if (hasher === undefined) throw new RustpdfError("ERR_INTERNAL", `there is no hash ${algorithm}; report it`);
	return {
		update: (bytes) => {
			for (let at = 0; at < bytes.byteLength; at += PIECE) lease.enter(() => hasher.update(bytes.subarray(at, at + PIECE)));
		},
		digest: (suffix) => lease.enter(() => hasher.digest(suffix)),
		end: () => lease.end(hasher),
	};
}

// What is handed over is copied into the instance, whose memory never shrinks.
const PIECE = 64 * 1024;
