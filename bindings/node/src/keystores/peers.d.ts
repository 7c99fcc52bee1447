// What the adapters use of their optional peers.

declare module "@aws-sdk/client-kms" {
	export class KMSClient {
		constructor(options?: object);
		send(command: object): Promise<object>;
	}
	export class GetPublicKeyCommand {
		constructor(input: object);
	}
	export class SignCommand {
		constructor(input: object);
	}
}

declare module "@google-cloud/kms" {
	export class KeyManagementServiceClient {
		getPublicKey(request: object): Promise<unknown[]>;
		asymmetricSign(request: object): Promise<unknown[]>;
	}
}

declare module "@azure/keyvault-keys" {
	export class KeyClient {
		constructor(vaultUrl: string, credential: object);
		getKey(name: string, options?: object): Promise<{ id?: string; key?: object }>;
	}
	export class CryptographyClient {
		constructor(keyId: string, credential: object);
		sign(algorithm: string, digest: Uint8Array): Promise<{ result: Uint8Array }>;
	}
}

declare module "@azure/identity" {
	export class DefaultAzureCredential {}
}
