/**
 * Signs with a key in the transit engine of OpenBao or HashiCorp Vault, over its HTTP API.
 *
 * @packageDocumentation
 */

import { askedOf, type CertificateOfKey, type StoreKey } from "./key.js";

export type { CertificateOfKey, StoreKey, StoreRequest } from "./key.js";

/** A key in a transit engine. */
export interface VaultOptions extends CertificateOfKey {
	/** Name of the key. */
	key: string;
	/** Version of the key: without it a rotated key signs with its newest, which the certificate is not of. */
	version?: number | undefined;
	/** Address of the server, such as `https://vault.example.org:8200`. */
	address: string;
	/** Token, or a function that returns one. Permission: update of `transit/sign/KEY/*`. */
	token: string | (() => string | PromiseLike<string>);
	/** Path of the engine. Default: `transit`. */
	mount?: string | undefined;
	/** Namespace of Vault Enterprise or OpenBao. */
	namespace?: string | undefined;
	/** Sends a request. Default: the platform's `fetch`. */
	fetch?: typeof globalThis.fetch | undefined;
}

/** An answer of the server that is not a signature. */
export class VaultError extends Error {
	override readonly name = "VaultError";
	/** Status of the answer. */
	readonly status: number;

	constructor(status: number, reasons: readonly string[]) {
		super(`transit: ${status}${reasons.length > 0 ? `: ${reasons.join("; ")}` : ""}`);
		this.status = status;
	}
}

/**
 * A key in a transit engine as a signer.
 *
 * @example
 * const signer = vaultKey({ address, token, key: "contracts", version: 1, certificate, chain });
 * const { pdf } = await sign({ pdf: "contract.pdf", signer });
 */
export function vaultKey(options: VaultOptions): StoreKey {
	const { certificate, chain, key, mount = "transit", version } = options;
	const name = encodeURIComponent(key);
	return {
		certificate,
		chain,
		options: { completeChain: true },
		async publicKey() {
			const { keys, latest_version } = (await call(options, `${mount}/keys/${name}`)) as TransitKey;
			const found = keys?.[String(version ?? latest_version)]?.public_key ?? "";
			// Ed25519: the 32 bytes of the point, without the SubjectPublicKeyInfo around it (RFC 8410, 4).
			return found.startsWith("-----") ? found : Uint8Array.from([...ED25519, ...fromBase64(found)]);
		},
		async sign(data, request) {
			const { input, name: digest, way } = askedOf("vault", data, request);
			const { signature } = (await call(options, `${mount}/sign/${name}/${digest}`, {
				input: btoa(Array.from(input, (octet) => String.fromCharCode(octet)).join("")),
				prehashed: way.input === "digest",
				...(version !== undefined && { key_version: version }),
				...(way.scheme !== undefined && { signature_algorithm: way.scheme }),
				...(request.signatureAlgorithm === "rsa-pss" && { salt_length: "hash" }),
			})) as { signature?: string };
			return fromBase64(answered(signature).split(":")[2] ?? ""); // vault:v1:BASE64
		},
	};
}

/** A key, as the engine describes it. */
interface TransitKey {
	readonly keys?: { readonly [version: string]: { readonly public_key?: string } | undefined };
	readonly latest_version?: number;
}

/** SubjectPublicKeyInfo of Ed25519 before the point. */
const ED25519 = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/** Asks the server, by POST where there is a body. Errors: `VaultError`, those of `fetch`. */
async function call({ address, fetch = globalThis.fetch, namespace, token }: VaultOptions, path: string, body?: object): Promise<object> {
	const response = await fetch(`${address.replace(/\/$/, "")}/v1/${path}`, {
		method: body === undefined ? "GET" : "POST",
		headers: {
			"x-vault-token": typeof token === "function" ? await token() : token,
			"x-vault-request": "true",
			...(namespace !== undefined && { "x-vault-namespace": namespace }),
		},
		...(body !== undefined && { body: JSON.stringify(body) }),
	});
	const answer = (await response.json().catch(() => ({}))) as { data?: object; errors?: string[] };
	if (!response.ok || !answer.data) throw new VaultError(response.status, answer.errors ?? []);
	return answer.data;
}

function answered(signature: string | undefined): string {
	if (signature === undefined) throw new VaultError(200, ["no signature"]);
	return signature;
}

function fromBase64(text: string): Uint8Array {
	return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
