// Signs a PDF with a key in Azure Key Vault or Managed HSM.
//
//     npm install rustpdf @azure/keyvault-keys @azure/identity
//     node azure.mjs https://VAULT.vault.azure.net/keys/KEY/VERSION certificate.pem chain.pem in.pdf out.pdf
//
// Credentials come from where DefaultAzureCredential looks for them. Permission: keys/sign; with keys/get the library reads
// the key first, and checks its dates and operations.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DefaultAzureCredential } from "@azure/identity";
import { CryptographyClient } from "@azure/keyvault-keys";
import { signWith } from "rustpdf";

// An EC key signs with the hash of its curve only; that is what rustpdf asks for unless told otherwise. There is no Ed25519.
// PSS: the salt is as long as the digest, MGF1 has the same hash. That is what rustpdf asks for: nothing to say.
const families = { "rsa-pkcs1": "RS", "rsa-pss": "PS", ecdsa: "ES" };

/** The callback for `signWith`. The client is of one key. ECDSA comes back as r‖s, which rustpdf takes as it is. */
export function signer(client) {
	return async (data, { digest, digestAlgorithm, signatureAlgorithm }) => {
		const algorithm = families[signatureAlgorithm] + digestAlgorithm.slice("sha".length); // RS256, PS384, ES512, …
		return (await client.sign(algorithm, digest)).result; // `sign` takes the digest; `signData` would hash
	};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [keyId, certificate, chain, input, output] = process.argv.slice(2);
	const signed = await signWith(
		readFileSync(input),
		readFileSync(certificate),
		signer(new CryptographyClient(keyId, new DefaultAzureCredential())),
		readFileSync(chain),
		{ pades: true }, // for an RSA key perhaps: signatureAlgorithm: "rsa-pss", digestAlgorithm: "sha512"
	);
	writeFileSync(output, signed);
}
