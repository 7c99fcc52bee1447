// What the adapters use of their optional peers.

declare module "@aws-sdk/client-kms" {
	export class KMSClient {
		send(command: object): Promise<object>;
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
