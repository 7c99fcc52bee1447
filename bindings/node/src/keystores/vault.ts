/**
 * Signs with a key in the transit engine of OpenBao or HashiCorp Vault, over its HTTP API.
 *
 * @packageDocumentation
 */

import { askedOf, type CertificateOfKey, type StoreKey } from "./key.js";

export type { StoreKey, StoreRequest } from "./key.js";

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
	const { address, certificate, chain, key, mount = "transit", namespace, token, version } = options;
	const send = options.fetch ?? globalThis.fetch;
	return {
		certificate,
		chain,
		options: {},
		async sign(data, request) {
			const { input, name, way } = askedOf("vault", data, request);
			const response = await send(`${address.replace(/\/$/, "")}/v1/${mount}/sign/${encodeURIComponent(key)}/${name}`, {
				method: "POST",
				headers: {
					"x-vault-token": typeof token === "function" ? await token() : token,
					"x-vault-request": "true",
					...(namespace !== undefined && { "x-vault-namespace": namespace }),
				},
				body: JSON.stringify({
					input: btoa(Array.from(input, (octet) => String.fromCharCode(octet)).join("")),
					prehashed: way.input === "digest",
					...(version !== undefined && { key_version: version }),
					...(way.scheme !== undefined && { signature_algorithm: way.scheme }),
					...(request.signatureAlgorithm === "rsa-pss" && { salt_length: "hash" }),
				}),
			});
			const answer = (await response.json().catch(() => ({}))) as { data?: { signature?: string }; errors?: string[] };
			const signature = answer.data?.signature;
			if (!response.ok || signature === undefined) throw new VaultError(response.status, answer.errors ?? []);
			return Uint8Array.from(atob(signature.split(":")[2] ?? ""), (letter) => letter.charCodeAt(0)); // vault:v1:BASE64
		},
	};
}
