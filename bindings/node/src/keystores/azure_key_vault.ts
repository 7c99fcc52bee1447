/**
 * Signs with a key in Azure Key Vault or Managed HSM, through the optional peer `@azure/keyvault-keys`.
 *
 * @packageDocumentation
 */

import { answerBytes, askedOf, type CertificateOfKey, type StoreKey } from "./key.js";

export type { StoreKey, StoreRequest } from "./key.js";

/** A `CryptographyClient` of `@azure/keyvault-keys`, which is of one key. */
export interface CryptographyClient {
	sign(algorithm: string, digest: Uint8Array): Promise<{ result: Uint8Array }>;
}

/** A key in Azure Key Vault. */
export interface AzureKeyVaultOptions extends CertificateOfKey {
	/** The client of the key: `new CryptographyClient(keyId, credential)`. */
	client: CryptographyClient;
}

/**
 * A key in Azure Key Vault or Managed HSM as a signer. Permission: `keys/sign`; with `keys/get` the library checks dates and operations of the key.
 *
 * @example
 * const client = new CryptographyClient(keyId, new DefaultAzureCredential());
 * const { pdf } = await sign({ pdf: "contract.pdf", signer: azureKeyVaultKey({ client, certificate, chain }) });
 */
export function azureKeyVaultKey({ certificate, chain, client }: AzureKeyVaultOptions): StoreKey {
	return {
		certificate,
		chain,
		options: {},
		async sign(data, request) {
			const { input, name } = askedOf("azure-key-vault", data, request);
			return answerBytes("Azure Key Vault", (await client.sign(name, input)).result);
		},
	};
}
