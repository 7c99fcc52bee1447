import { spawnSync } from "node:child_process";
import { toHex } from "../bytes.js";
import { RustpdfError } from "../errors.js";
import type { SigningRequest, SyncSigner } from "../request.js";

/** A signer that runs a command of the shell: the data on its standard input, the raw signature on its standard output. */
export function commandSigner(command: string): SyncSigner {
	return (data, request) => {
		const { error, signal, status, stderr, stdout } = spawnSync(command, {
			shell: true,
			input: data,
			env: { ...process.env, ...environment(request) },
			maxBuffer: 1024 * 1024,
			windowsHide: true,
		});
		// A command that does not read all of its input is free to do so: what counts is how it ends.
		if (error !== undefined && (error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
		if (status !== 0) {
			const said = stderr.toString().trim();
			const end = signal === null ? `with status ${status}` : `by ${signal}`;
			throw new RustpdfError(
				"ERR_CALLBACK_RESULT",
				`the command ended ${end}${said && `: ${said}`}; it must write the raw signature and end with status 0`,
			);
		}
		return new Uint8Array(stdout);
	};
}

/** The request, for a command that signs in more than one way. */
function environment(request: SigningRequest): Record<string, string> {
	const { curve, digest, digestAlgorithm, digestInfo, saltLength, signatureAlgorithm } = request;
	return {
		RUSTPDF_SIGNATURE_ALGORITHM: signatureAlgorithm,
		RUSTPDF_DIGEST_ALGORITHM: digestAlgorithm,
		RUSTPDF_DIGEST: toHex(digest),
		...(digestInfo !== undefined && { RUSTPDF_DIGEST_INFO: toHex(digestInfo) }),
		...(saltLength !== undefined && { RUSTPDF_SALT_LENGTH: String(saltLength) }),
		...(curve !== undefined && { RUSTPDF_CURVE: curve }),
	};
}
