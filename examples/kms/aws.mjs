// Signs a PDF with a key in AWS KMS.
//
//     npm install rustpdf @aws-sdk/client-kms
//     node aws.mjs KEY_ID certificate.pem chain.pem in.pdf out.pdf
//
// KEY_ID is an id, an ARN or an alias; credentials and region come from where the SDK looks for them. Permission: kms:Sign.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { signWith } from "rustpdf";

// An EC key signs with the hash of its curve only; that is what rustpdf asks for unless told otherwise.
// PSS: the salt is as long as the digest, MGF1 has the same hash. That is what rustpdf asks for: nothing to say.
const schemes = { "rsa-pkcs1": "RSASSA_PKCS1_V1_5_SHA_", "rsa-pss": "RSASSA_PSS_SHA_", ecdsa: "ECDSA_SHA_" };

/** The callback for `signWith`. ECDSA comes back in DER, which rustpdf takes as it is. */
export function signer(kms, KeyId) {
	return async (data, { digest, digestAlgorithm, signatureAlgorithm }) => {
		const command =
			signatureAlgorithm === "ed25519" // signs the message itself, 4,096 bytes at most
				? { Message: data, MessageType: "RAW", SigningAlgorithm: "ED25519_SHA_512" }
				: { Message: digest, MessageType: "DIGEST", SigningAlgorithm: schemes[signatureAlgorithm] + digestAlgorithm.slice("sha".length) };
		return (await kms.send(new SignCommand({ KeyId, ...command }))).Signature;
	};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [keyId, certificate, chain, input, output] = process.argv.slice(2);
	const signed = await signWith(
		readFileSync(input),
		readFileSync(certificate),
		signer(new KMSClient(), keyId),
		readFileSync(chain),
		{ pades: true }, // for an RSA key perhaps: signatureAlgorithm: "rsa-pss", digestAlgorithm: "sha512"
	);
	writeFileSync(output, signed);
}
