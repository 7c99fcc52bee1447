/**
 * Signs with a key in Azure Key Vault or Managed HSM, through the optional peer `@azure/keyvault-keys`.
 *
 * @packageDocumentation
 */

import { answerBytes, askedOf, type CertificateOfKey, type StoreKey } from "./key.js";

export type { CertificateOfKey, StoreKey, StoreRequest } from "./key.js";

/** A `CryptographyClient` of `@azure/keyvault-keys`, which is of one key. */
export interface CryptographyClient {
	sign(algorithm: string, digest: Uint8Array): Promise<{ result: Uint8Array }>;
}

/** A key in Azure Key Vault. */
export interface AzureKeyVaultOptions extends CertificateOfKey {
	/** The client of the key: `new CryptographyClient(keyId, credential)`. */
	client: CryptographyClient;
	/** The key, as `KeyClient.getKey` returns it: for `publicKey` alone. */
	key?: { readonly key?: object | undefined } | undefined;
}

/**
 * A key in Azure Key Vault or Managed HSM as a signer. Permissions: `keys/sign`; with `keys/get` the library checks dates and operations of the key.
 *
 * @example
 * const client = new CryptographyClient(keyId, new DefaultAzureCredential());
 * const { pdf } = await sign({ pdf: "contract.pdf", signer: azureKeyVaultKey({ client, certificate, chain }) });
 */
export function azureKeyVaultKey({ certificate, chain, client, key }: AzureKeyVaultOptions): StoreKey {
	return {
		certificate,
		chain,
		options: { completeChain: true },
		async publicKey() {
			if (key?.key === undefined) throw new Error("give the key that KeyClient.getKey returns as `key`, for its public key");
			return spkiOf(key.key as AzureJwk);
		},
		async sign(data, request) {
			const { input, name } = askedOf("azure-key-vault", data, request);
			return answerBytes("Azure Key Vault", (await client.sign(name, input)).result);
		},
	};
}

/** The public part of a key, as the library has it: numbers as bytes. */
interface AzureJwk {
	readonly kty?: string;
	readonly crv?: string;
	readonly n?: Uint8Array;
	readonly e?: Uint8Array;
	readonly x?: Uint8Array;
	readonly y?: Uint8Array;
}

/** SubjectPublicKeyInfo of a key. Any algorithm of its kind will do for WebCrypto, which writes it. */
async function spkiOf({ crv, e, n, x, y }: AzureJwk): Promise<Uint8Array> {
	const jwk = n === undefined ? { kty: "EC", crv, x: base64url(x), y: base64url(y) } : { kty: "RSA", n: base64url(n), e: base64url(e) };
	const algorithm = n === undefined ? { name: "ECDSA", namedCurve: crv } : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
	const key = await crypto.subtle.importKey("jwk", jwk as JsonWebKey, algorithm as RsaHashedImportParams, true, ["verify"]);
	return new Uint8Array(await crypto.subtle.exportKey("spki", key));
}

function base64url(bytes: Uint8Array | undefined): string {
	const text = btoa(Array.from(bytes ?? [], (octet) => String.fromCharCode(octet)).join(""));
	return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
