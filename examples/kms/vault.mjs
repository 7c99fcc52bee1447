// Signs a PDF with a key in the transit engine of OpenBao or HashiCorp Vault.
//
//     npm install rustpdf
//     VAULT_ADDR=https://… VAULT_TOKEN=… node vault.mjs KEY certificate.pem chain.pem in.pdf out.pdf
//
// Permission: update on transit/sign/KEY/*.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { signWith } from "rustpdf";

const hashes = { sha256: "sha2-256", sha384: "sha2-384", sha512: "sha2-512" };

/** The callback for `signWith`. Give the version that is certified, or a rotated key signs with its newest. */
export function signer({ address, token, mount = "transit" }, key, version) {
	return async (data, { digest, digestAlgorithm, signatureAlgorithm }) => {
		const message = signatureAlgorithm === "ed25519"; // signs the message itself, the others its digest
		const response = await fetch(`${address}/v1/${mount}/sign/${key}/${hashes[digestAlgorithm]}`, {
			method: "POST",
			headers: { "X-Vault-Token": token },
			body: JSON.stringify({
				input: Buffer.from(message ? data : digest).toString("base64"),
				prehashed: !message,
				key_version: version,
				// Always to be said: unasked, an RSA key signs PSS with the largest salt, and PDF wants one as long as the digest.
				...(signatureAlgorithm === "rsa-pkcs1" && { signature_algorithm: "pkcs1v15" }),
				...(signatureAlgorithm === "rsa-pss" && { signature_algorithm: "pss", salt_length: "hash" }),
			}),
		});
		if (!response.ok) throw new Error(`transit: ${response.status} ${await response.text()}`);
		const { data: answer } = await response.json();
		return Buffer.from(answer.signature.split(":")[2], "base64"); // vault:v1:BASE64; ECDSA in DER, which rustpdf takes as it is
	};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [key, certificate, chain, input, output] = process.argv.slice(2);
	const vault = { address: process.env.VAULT_ADDR, token: process.env.VAULT_TOKEN };
	const signed = await signWith(
		readFileSync(input),
		readFileSync(certificate),
		signer(vault, key),
		readFileSync(chain),
		{ pades: true }, // for an RSA key perhaps: signatureAlgorithm: "rsa-pss", digestAlgorithm: "sha512"
	);
	writeFileSync(output, signed);
}
