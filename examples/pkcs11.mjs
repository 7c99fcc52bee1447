// Signs a PDF with a key in a PKCS#11 token: an HSM, a smart card, or SoftHSM as here.
//
//     npm install rustpdf pkcs11js
//     PKCS11_PIN=1234 node pkcs11.mjs MODULE.so TOKEN KEY certificate.pem chain.pem in.pdf out.pdf
//
// The key stays in the token: what goes there is the hash to sign, and what comes back the signature.
import { readFileSync, writeFileSync } from "node:fs";
import { signWith } from "rustpdf";
import { openPkcs11Key } from "rustpdf/pkcs11";

const [module, token, key, certificate, chain, input, output] = process.argv.slice(2);

const hsm = openPkcs11Key({ module, token, key, pin: process.env.PKCS11_PIN });
try {
	const signed = signWith(readFileSync(input), readFileSync(certificate), hsm.sign, readFileSync(chain), {
		pades: true,
		reason: "I approve this document",
		onReport: (report) => console.log(`field ${report.field}, ${report.updateLength} bytes appended`),
	});
	writeFileSync(output, signed);
} finally {
	hsm.close();
}
