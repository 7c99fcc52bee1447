import type { CertificateOfKey, StoreKey } from "../keystores/key.js";
import { UsageError } from "./failure.js";

/** What `--key` takes. */
export const KEY_URIS = `What --key takes:
  pkcs11:token=T;object=K?module-path=M                           a token (RFC 7512)
  awskms:///KEY                                                   AWS KMS: an id, ARN or alias; awskms://ENDPOINT/KEY
  azurekms://VAULT.vault.azure.net/KEY/VERSION                    Azure Key Vault
  gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/V    Google Cloud KMS
  hashivault://KEY?version=1                                      Vault, OpenBao: VAULT_ADDR, VAULT_TOKEN, TRANSIT_SECRET_ENGINE_PATH
Credentials come from where the client library of the store looks for them. It is an npm package of its own, which is installed beside rustpdf.`;

/** Whether a URI names a key in a token. */
export function isToken(uri: string): boolean {
	return /^pkcs11:/i.test(uri);
}

/** Opens the key that a URI names, outside a token. Errors: usage, and those of the key store. */
export async function openStoreKey(uri: string, of: CertificateOfKey): Promise<StoreKey> {
	const [, scheme = "", rest = ""] = /^([a-z]+):(.*)$/is.exec(uri) ?? [];
	const open = STORES[scheme.toLowerCase()];
	if (open === undefined)
		throw new UsageError(`--key ${uri.slice(0, 40)}: it names no key store; ${Object.keys(STORES).join(", ")} and pkcs11 are known`);
	try {
		return await open(rest, of);
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		const [, name] = (code === "ERR_MODULE_NOT_FOUND" && /package '([^']+)'/.exec(message)) || [];
		if (name === undefined) throw error;
		throw new UsageError(`the package ${name} is not installed; install it beside rustpdf: npm install ${name}`);
	}
}

const STORES: Record<string, (rest: string, of: CertificateOfKey) => StoreKey | Promise<StoreKey>> = {
	// cosign: awskms://ENDPOINT/KEY; smallstep: awskms:key-id=KEY;region=REGION.
	async awskms(rest, of) {
		const { awsKmsKey } = await import("../keystores/aws_kms.js");
		const { KMSClient } = await import("@aws-sdk/client-kms");
		const named = attributes(rest);
		const [, endpoint, path] = /^\/\/([^/]*)\/(.+)$/.exec(rest) ?? [];
		const keyId = path ?? named["key-id"];
		if (keyId === undefined) throw wrong("awskms:///KEY");
		const region = named["region"] ?? /^arn:[^:]*:kms:([^:]+):/.exec(keyId)?.[1];
		const client = new KMSClient({ ...(endpoint && { endpoint: `https://${endpoint}` }), ...(region && { region }) });
		return awsKmsKey({ ...of, keyId, client });
	},
	// cosign: azurekms://VAULT/KEY[/VERSION]; smallstep: azurekms:name=KEY;vault=VAULT;version=VERSION.
	async azurekms(rest, of) {
		const { azureKeyVaultKey } = await import("../keystores/azure_key_vault.js");
		const { CryptographyClient, KeyClient } = await import("@azure/keyvault-keys");
		const { DefaultAzureCredential } = await import("@azure/identity");
		const named = attributes(rest);
		const [, host, path] = /^\/\/([^/]+)\/([^/]+(?:\/[^/]+)?)\/?$/.exec(rest) ?? [];
		const vault = host ?? (named["vault"] && `${named["vault"]}.vault.azure.net`);
		const [name, version = named["version"]] = (path ?? named["name"] ?? "").split("/");
		if (!vault || !name) throw wrong("azurekms://VAULT.vault.azure.net/KEY/VERSION");
		const credential = new DefaultAzureCredential();
		const key = await new KeyClient(`https://${vault}`, credential).getKey(name, { ...(version && { version }) });
		return azureKeyVaultKey({ ...of, key, client: new CryptographyClient(key.id as string, credential) });
	},
	async gcpkms(rest, of) {
		const { googleKmsKey } = await import("../keystores/google_kms.js");
		const name = rest.replace(/^\/\//, "").replace(/\/versions\//, "/cryptoKeyVersions/");
		if (!/^projects\/.+\/cryptoKeyVersions\/[^/]+$/.test(name))
			throw wrong("gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/V");
		return googleKmsKey({ ...of, name });
	},
	async hashivault(rest, of) {
		const { vaultKey } = await import("../keystores/vault.js");
		const [, key, query] = /^\/\/([^/?]+)(?:\?(.*))?$/.exec(rest) ?? [];
		const { VAULT_ADDR: address, VAULT_TOKEN: token, VAULT_NAMESPACE: namespace, TRANSIT_SECRET_ENGINE_PATH: mount } = process.env;
		if (key === undefined) throw wrong("hashivault://KEY");
		if (!address || !token) throw new UsageError("--key hashivault: set VAULT_ADDR and VAULT_TOKEN");
		const version = new URLSearchParams(query).get("version");
		return vaultKey({ ...of, key, address, token, namespace, mount, version: version === null ? undefined : Number(version) });
	},
};

/** Attributes as `name=value;name=value`. */
function attributes(text: string): { [name: string]: string | undefined } {
	if (text.startsWith("/")) return {};
	return Object.fromEntries(text.split(";").map((pair) => pair.split("=", 2).map(decodeURIComponent)));
}

function wrong(usage: string): UsageError {
	return new UsageError(`--key cannot be read; give one such as ${usage}`);
}
