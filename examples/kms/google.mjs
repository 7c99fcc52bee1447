// Signs a PDF with a key in Google Cloud KMS.
//
//     npm install rustpdf @google-cloud/kms
//     node google.mjs projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/1 certificate.pem chain.pem in.pdf out.pdf
//
// Credentials come from where the library looks for them. Role: roles/cloudkms.signerVerifier (viewPublicKey, useToSign).
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KeyManagementServiceClient } from "@google-cloud/kms";
import { signWith } from "rustpdf";

/** The callback for `signWith`. Google asks its callers to check all that came over the wire by CRC32C: the library does not. */
export function signer(kms, name) {
	return async (data, { digest, digestAlgorithm, signatureAlgorithm }) => {
		const [response] = await kms.asymmetricSign(
			signatureAlgorithm === "ed25519" // signs the message itself
				? { name, data, dataCrc32c: { value: crc32c(data) } }
				: { name, digest: { [digestAlgorithm]: digest }, digestCrc32c: { value: crc32c(digest) } },
		);
		if (response.name !== name) throw new Error(`Google Cloud KMS: signed with ${response.name}`);
		if (!response.verifiedDigestCrc32c && !response.verifiedDataCrc32c) throw new Error("Google Cloud KMS: corrupted request");
		if (crc32c(response.signature) !== Number(response.signatureCrc32c.value)) throw new Error("Google Cloud KMS: corrupted answer");
		return response.signature; // ECDSA in DER, which rustpdf takes as it is
	};
}

/** What a key version signs, as options of `signWith`: padding and hash belong to the key version, not to the request. */
export async function algorithm(kms, name) {
	const [key] = await kms.getPublicKey({ name });
	const [, padding, hash] = /_SIGN_(PSS|PKCS1|P\d+)_.*?SHA(\d+)$/.exec(key.algorithm) ?? []; // RSA_SIGN_PSS_4096_SHA512
	const signatureAlgorithm = { PSS: "rsa-pss", PKCS1: "rsa-pkcs1" }[padding];
	return { ...(signatureAlgorithm && { signatureAlgorithm }), ...(hash && { digestAlgorithm: `sha${hash}` }) };
}

/** CRC-32C (Castagnoli). */
export function crc32c(bytes) {
	let crc = -1;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc >>> 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [name, certificate, chain, input, output] = process.argv.slice(2);
	const kms = new KeyManagementServiceClient();
	const signed = await signWith(readFileSync(input), readFileSync(certificate), signer(kms, name), readFileSync(chain), {
		pades: true,
		...(await algorithm(kms, name)),
	});
	writeFileSync(output, signed);
}
