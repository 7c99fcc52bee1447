// Signs a PDF with a key in Azure Key Vault or Managed HSM.
//
//     npm install rustpdf @azure/keyvault-keys @azure/identity
//     node azure.mjs https://VAULT.vault.azure.net/keys/KEY/VERSION certificate.pem chain.pem in.pdf out.pdf
//
// Credentials come from where DefaultAzureCredential looks for them. Permission: keys/sign; with keys/get the library reads
// the key first, and checks its dates and operations.
import { readFileSync } from "node:fs";
import { DefaultAzureCredential } from "@azure/identity";
import { CryptographyClient } from "@azure/keyvault-keys";
import { signFile } from "rustpdf";
import { azureKeyVaultKey } from "rustpdf/azure-key-vault";

const [keyId, cert, issuers, input, output] = process.argv.slice(2);
const [certificate, chain] = [readFileSync(cert), readFileSync(issuers)];
const client = new CryptographyClient(keyId, new DefaultAzureCredential());
const key = azureKeyVaultKey({ client, certificate, chain });
await signFile({ input, output, signer: key });
