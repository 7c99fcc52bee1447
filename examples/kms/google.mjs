// Signs a PDF with a key in Google Cloud KMS.
//
//     npm install rustpdf @google-cloud/kms
//     node google.mjs projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/1 certificate.pem chain.pem in.pdf out.pdf
//
// Credentials come from where the library looks for them. Role: roles/cloudkms.signerVerifier (viewPublicKey, useToSign).
import { readFileSync } from "node:fs";
import { signFile } from "rustpdf";
import { googleKmsKey } from "rustpdf/google-kms";

const [name, cert, issuers, input, output] = process.argv.slice(2);
const [certificate, chain] = [readFileSync(cert), readFileSync(issuers)];
const key = await googleKmsKey({ name, certificate, chain });
await signFile({ input, output, signer: key });
