// Signs a PDF with a key in the transit engine of OpenBao or HashiCorp Vault.
//
//     npm install rustpdf
//     VAULT_ADDR=https://… VAULT_TOKEN=… node vault.mjs KEY certificate.pem chain.pem in.pdf out.pdf
//
// Permission: update on transit/sign/KEY/*.
import { readFileSync } from "node:fs";
import { signFile } from "rustpdf";
import { vaultKey } from "rustpdf/vault";

const [name, cert, issuers, input, output] = process.argv.slice(2);
const [certificate, chain] = [readFileSync(cert), readFileSync(issuers)];
const { VAULT_ADDR: address, VAULT_TOKEN: token } = process.env;
const key = vaultKey({ address, token, key: name, version: 1, certificate, chain });
await signFile({ input, output, signer: key });
