// Signs a PDF with a key in AWS KMS.
//
//     npm install rustpdf @aws-sdk/client-kms
//     node aws.mjs KEY_ID certificate.pem chain.pem in.pdf out.pdf
//
// KEY_ID is an id, an ARN or an alias; credentials and region come from where the SDK looks for them. Permission: kms:Sign.
import { readFileSync } from "node:fs";
import { signFile } from "rustpdf";
import { awsKmsKey } from "rustpdf/aws-kms";

const [keyId, cert, issuers, input, output] = process.argv.slice(2);
const [certificate, chain] = [readFileSync(cert), readFileSync(issuers)];
const key = awsKmsKey({ keyId, certificate, chain });
await signFile({ input, output, signer: key });
