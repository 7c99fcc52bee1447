import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { toHex } from "#bytes";
import { RustpdfError } from "../errors.js";
import type { SigningRequest } from "../generated.js";
import type { AsyncSigner } from "../request.js";
import { printable } from "./text.js";

/** A signer that runs a command of the shell: the data on its standard input, the raw signature on its standard output. */
export function commandSigner(command: string, signal: AbortSignal): AsyncSigner {
	return async (data, request) => {
		const env = { ...inherited(), ...environment(request) };
		const child = spawn(command, { shell: true, env, windowsHide: true, signal });
		const ended = new Promise<string | undefined>((resolve, reject) => {
			child.once("error", reject);
			child.once("close", (status, by) => resolve(status === 0 ? undefined : by === null ? `with status ${status}` : `by ${by}`));
		});
		child.stdin.on("error", () => {}); // a command that does not read all of its input is free to do so: what counts is how it ends
		child.stdin.end(data);
		const [signature, said, end] = await Promise.all([atMost(child.stdout), text(child.stderr), ended]);
		if (end === undefined) return signature;
		const found = `the command ended ${end}${said.trim() && `: ${printable(said.trim())}`}`;
		throw new RustpdfError("ERR_CALLBACK_RESULT", `${found}; it must write the raw signature and end with status 0`);
	};
}

/** What a stream gives: a signature is small. */
async function atMost(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of stream) {
		length += chunk.byteLength;
		if (length > MOST)
			throw new RustpdfError("ERR_CALLBACK_RESULT", `the command wrote more than ${MOST} bytes; it must write the raw signature`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

const MOST = 1024 * 1024;

/** The environment without the secrets of this program: a command that signs needs none of them. */
function inherited(): NodeJS.ProcessEnv {
	const { RUSTPDF_PASSWORD: _password, RUSTPDF_PIN: _pin, RUSTPDF_SIGNING_PIN: _signingPin, ...others } = process.env;
	return Object.fromEntries(Object.entries(others).filter(([name]) => !name.startsWith("RUSTPDF_TIMESTAMP_AUTHORIZATION")));
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
