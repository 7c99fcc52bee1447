// Signs like ../pkcs11.mjs, and shows what each part costs and that the key cannot be read out:
//
//     node sign.mjs MODULE.so TOKEN KEY certificate.pem chain.pem in.pdf out.pdf
import { readFileSync, writeFileSync } from "node:fs";
import pkcs11js from "pkcs11js";

const [module, token, key, certificate, chain, input, output] = process.argv.slice(2);
const pin = process.env.PKCS11_PIN;
const now = () => performance.now();

const start = now();
const { engine, signWith } = await import("rustpdf");
const { openPkcs11Key } = await import("rustpdf/pkcs11");
const loaded = now();
const hsm = openPkcs11Key({ module, token, key, pin });
const opened = now();

let asked, answered, report;
const pdf = readFileSync(input);
const begun = now();
const signed = signWith(
	pdf,
	readFileSync(certificate),
	(data, request) => {
		asked = now();
		const signature = hsm.sign(data, request);
		answered = now();
		return signature;
	},
	readFileSync(chain),
	{ pades: true, name: "Lumen Instruments", reason: "Contract approved", location: "Vienna", onReport: (told) => (report = told) },
);
const done = now();
writeFileSync(output, signed);
hsm.close();

const row = (title, value, unit) => console.log(`  ${title.padEnd(56)}${value.padStart(9)} ${unit}`);
const milliseconds = (title, from, to) => row(title, (to - from).toFixed(1), "ms");
const bytes = (title, count) => row(title, count.toLocaleString("en"), "bytes");
console.log("\nWhat each part cost");
milliseconds("load the package", start, loaded);
milliseconds("open the token, find the key", loaded, opened);
milliseconds(`start the core (${engine()}), prepare, hash the document`, begun, asked);
milliseconds("the signature, in the token", asked, answered);
milliseconds("check it with the certificate, embed it", answered, done);
milliseconds("all together", start, done);
bytes("the document", pdf.length);
bytes(`read of it, in ${report.reads} read${report.reads === 1 ? "" : "s"}`, report.bytesRead);
bytes("appended to it", report.updateLength);

console.log("\nReading the key out of the token");
console.log(`  ${stolen()}`);

/** What the token says when asked for the private exponent. */
function stolen() {
	const calls = new pkcs11js.PKCS11();
	calls.load(module);
	calls.C_Initialize();
	try {
		const slot = calls.C_GetSlotList(true).find((candidate) => calls.C_GetTokenInfo(candidate).label.trim() === token);
		const session = calls.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);
		calls.C_Login(session, pkcs11js.CKU_USER, pin);
		calls.C_FindObjectsInit(session, [
			{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY },
			{ type: pkcs11js.CKA_LABEL, value: key },
		]);
		const [handle] = calls.C_FindObjects(session, 1);
		const [extractable] = calls.C_GetAttributeValue(session, handle, [{ type: pkcs11js.CKA_EXTRACTABLE }]);
		const answer = exponent(calls, session, handle);
		return `CKA_EXTRACTABLE is ${extractable.value[0] === 1}; asked for the private exponent, the token answers ${answer}`;
	} finally {
		calls.C_Finalize();
		calls.close();
	}
}

function exponent(calls, session, handle) {
	try {
		calls.C_GetAttributeValue(session, handle, [{ type: pkcs11js.CKA_PRIVATE_EXPONENT }]);
	} catch (error) {
		return error.message;
	}
	throw new Error("the token gave the private exponent away");
}
