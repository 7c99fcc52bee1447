// rustpdf with its default appearance: sign_rustpdf.mjs OUT DOCUMENT KEY CERTIFICATE NAME REASON TIME BOX.
import { createPrivateKey, sign as signRaw } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { signWith } from "../../../bindings/node/dist/node.js";

const [out, document, keyFile, certificate, name, reason, time, box] = process.argv.slice(2);
process.removeAllListeners("warning"); // The self-signed certificate is one.
const key = createPrivateKey(readFileSync(keyFile));
const sign = (data, { digestAlgorithm }) => signRaw(digestAlgorithm, data, key);
const signed = signWith(new Uint8Array(readFileSync(document)), readFileSync(certificate), sign, null, {
	name,
	reason,
	signingTime: new Date(time),
	appearance: { rect: box.split(",").map(Number) },
});
writeFileSync(out, signed);
