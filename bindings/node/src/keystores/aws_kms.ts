/**
 * Signs with a key in AWS KMS, through the optional peer `@aws-sdk/client-kms`.
 *
 * @packageDocumentation
 */

import { answerBytes, askedOf, type CertificateOfKey, type StoreKey } from "./key.js";

export type { StoreKey, StoreRequest } from "./key.js";

/** A client of `@aws-sdk/client-kms`. */
export interface KmsClient {
	send(command: object): Promise<object>;
}

/** A key in AWS KMS. */
export interface AwsKmsOptions extends CertificateOfKey {
	/** Identifier, ARN or alias of the key. */
	keyId: string;
	/** The client. Default: one with the region and the credentials that the library finds. */
	client?: KmsClient | undefined;
}

/**
 * A key in AWS KMS as a signer. Permission: `kms:Sign`.
 *
 * @example
 * const signer = await awsKmsKey({ keyId: "alias/contracts", certificate, chain });
 * const { pdf } = await sign({ pdf: "contract.pdf", signer });
 */
export async function awsKmsKey({ certificate, chain, client, keyId }: AwsKmsOptions): Promise<StoreKey> {
	const { KMSClient, SignCommand } = await import("@aws-sdk/client-kms");
	const kms = client ?? new KMSClient();
	return {
		certificate,
		chain,
		options: {},
		async sign(data, request) {
			const { input, name, way } = askedOf("aws-kms", data, request);
			const asked = { KeyId: keyId, Message: input, MessageType: way.input === "data" ? "RAW" : "DIGEST", SigningAlgorithm: name };
			const { Signature } = (await kms.send(new SignCommand(asked))) as { Signature?: Uint8Array };
			return answerBytes("AWS KMS", Signature);
		},
	};
}
