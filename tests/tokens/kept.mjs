// Opens a key once, and signs once for each line on standard input: kept.mjs URI DOCUMENT CHAIN.pem OUTPUT.pdf. Prints `signed`, or the code of the error.
import { createInterface } from "node:readline";
import { readFile } from "node:fs/promises";
import { signFile } from "../../bindings/node/dist/node.js";
import { openPkcs11Key } from "../../bindings/node/dist/pkcs11.js";

const [uri, input, chain, output] = process.argv.slice(2);
const key = openPkcs11Key({ uri, pin: process.env.RUSTPDF_PIN });
const options = { input, output, chain: await readFile(chain), replace: true };
for await (const _ of createInterface({ input: process.stdin })) {
	const { certificate, signAsync: sign } = key;
	console.log(await signFile({ ...options, signer: { certificate, sign } }).then(
		() => "signed",
		(error) => error.code ?? String(error),
	));
}
key.close();
