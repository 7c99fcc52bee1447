/**
 * Signs with a key in AWS KMS, through the optional peer `@aws-sdk/client-kms`.
 *
 * @packageDocumentation
 */

import { GetPublicKeyCommand, KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { answerBytes, askedOf, type CertificateOfKey, type StoreKey } from "./key.js";

export type { CertificateOfKey, StoreKey, StoreRequest } from "./key.js";

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
 * A key in AWS KMS as a signer. Permissions: `kms:Sign`, and `kms:GetPublicKey` for `publicKey`.
 *
 * @example
 * const signer = awsKmsKey({ keyId: "alias/contracts", certificate, chain });
 * const { pdf } = await sign({ pdf: "contract.pdf", signer });
 */
export function awsKmsKey({ certificate, chain, client, keyId }: AwsKmsOptions): StoreKey {
	const kms: KmsClient = client ?? new KMSClient();
	return {
		certificate,
		chain,
		options: { completeChain: true },
		async publicKey() {
			const { PublicKey } = (await kms.send(new GetPublicKeyCommand({ KeyId: keyId }))) as { PublicKey?: Uint8Array };
			return answerBytes("AWS KMS", PublicKey);
		},
		async sign(data, request) {
			const { input, name, way } = askedOf("aws-kms", data, request);
			const asked = { KeyId: keyId, Message: input, MessageType: way.input === "data" ? "RAW" : "DIGEST", SigningAlgorithm: name };
			const { Signature } = (await kms.send(new SignCommand(asked))) as { Signature?: Uint8Array };
			return answerBytes("AWS KMS", Signature);
		},
	};
}
