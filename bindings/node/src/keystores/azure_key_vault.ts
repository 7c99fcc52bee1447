/**
 * Signs with a key in Azure Key Vault or Managed HSM, through the optional peer `@azure/keyvault-keys`.
 *
 * @packageDocumentation
 */

import { answerBytes, askedOf, type CertificateOfKey, type StoreKey } from "./key.js";

export type { CertificateOfKey, StoreKey, StoreRequest } from "./key.js";

/** A `CryptographyClient` of `@azure/keyvault-keys`, which is of one key. */
export interface CryptographyClient {
	/** Identifier of the key: `https://VAULT/keys/NAME/VERSION`. */
	readonly keyID?: string | undefined;
	sign(algorithm: string, digest: Uint8Array): Promise<{ result: Uint8Array }>;
}

/** A key in Azure Key Vault. */
export interface AzureKeyVaultOptions extends CertificateOfKey {
	/** The client of the key: `new CryptographyClient(keyId, credential)`. */
	client: CryptographyClient;
	/** The key, as `KeyClient.getKey` returns it: for `publicKey` alone. */
	key?: { readonly key?: object | undefined } | undefined;
}

/** A `CertificateClient` of `@azure/keyvault-certificates`. */
export interface CertificateClient {
	getCertificate(name: string): Promise<{ readonly cer?: Uint8Array | undefined }>;
	getCertificateVersion(name: string, version: string): Promise<{ readonly cer?: Uint8Array | undefined }>;
}

/** A key in Azure Key Vault whose certificate is there, too. */
export interface AzureKeyVaultCertificateOptions extends Omit<AzureKeyVaultOptions, "certificate"> {
	/** The client of the vault: `new CertificateClient(vaultUrl, credential)`. */
	certificates: CertificateClient;
}

/**
 * A key in Azure Key Vault or Managed HSM as a signer. Permissions: `keys/sign`; with `keys/get` the library checks dates and operations of the key.
 *
 * With `certificates` it returns a promise: the certificate with the name and the version of the key is fetched (permission: `certificates/get`).
 *
 * @example
 * const client = new CryptographyClient(keyId, new DefaultAzureCredential());
 * const { pdf } = await sign({ pdf: "contract.pdf", signer: azureKeyVaultKey({ client, certificate, chain }) });
 */
export function azureKeyVaultKey(options: AzureKeyVaultCertificateOptions): Promise<StoreKey>;
export function azureKeyVaultKey(options: AzureKeyVaultOptions): StoreKey;
export function azureKeyVaultKey(options: AzureKeyVaultOptions | AzureKeyVaultCertificateOptions): StoreKey | Promise<StoreKey> {
	if (!("certificates" in options) || options.certificates === undefined) return keyOf(options);
	return fetched(options.certificates, options.client.keyID).then((certificate) => keyOf({ ...options, certificate }));
}

/** The certificate that was made with a key: it has the name and the version of the key. */
async function fetched(certificates: CertificateClient, keyId: string | undefined): Promise<Uint8Array> {
	const [, name, version] = /\/keys\/([^/]+)(?:\/([^/]+))?\/?$/.exec(keyId ?? "") ?? [];
	if (name === undefined) throw new Error("`client` names no key of a vault; make it of the identifier of the key, or give `certificate`");
	const found = version === undefined ? certificates.getCertificate(name) : certificates.getCertificateVersion(name, version);
	return answerBytes("Azure Key Vault", (await found).cer);
}

function keyOf({ certificate, chain, client, key }: AzureKeyVaultOptions): StoreKey {
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
