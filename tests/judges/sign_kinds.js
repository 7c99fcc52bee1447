// Signs a document of every kind in kinds.json with the built package, as `KIND.pdf` into a folder, for verdicts.py to judge.
//
//     node tests/judges/sign_kinds.js FOLDER
//
// The keys are those of the token in tests/.build/token, generated inside it. Its certificates hold no key that may sign by
// RSASSA-PSS only, so for that one a key in memory serves. What others do to a document meanwhile (`fill`, `by`), step.py does.
import { execFileSync } from "node:child_process";
import { createPrivateKey, constants, sign } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beginSigning, signWith } from "rustpdf";
import { openPkcs11Key } from "rustpdf/pkcs11";

const token = resolve(import.meta.dirname, "../.build/token");
const pki = resolve(import.meta.dirname, "../pki/certificates");
const documents = resolve(import.meta.dirname, "../vectors/documents");
const kinds = JSON.parse(readFileSync(join(import.meta.dirname, "kinds.json"), "utf8"));
const folder = process.argv[2];

process.env.SOFTHSM2_CONF = join(token, "softhsm2.conf");
const chain = readFileSync(join(pki, "chain.pem"));
const keys = new Map();
const keyOf = (name) => keys.get(name) ?? keys.set(name, name === "rsa-pss" ? keyInMemory(name) : keyInToken(name)).get(name);

function keyInToken(name) {
	const key = openPkcs11Key({ module: "/usr/lib/softhsm/libsofthsm2.so", token: "rustpdf", pin: "1234", key: name });
	return { certificate: readFileSync(join(token, `${name}.der`)), sign: key.sign };
}

function keyInMemory(name) {
	const key = createPrivateKey(readFileSync(join(pki, `${name}.key`)));
	const padding = constants.RSA_PKCS1_PSS_PADDING;
	return {
		certificate: readFileSync(join(pki, `${name}.der`)),
		sign: (data, { digestAlgorithm, saltLength }) => sign(digestAlgorithm, data, { key, padding, saltLength }),
	};
}

/** The document with a signature whose certificate comes with it. */
function signIssued(pdf, certificate, sign, options) {
	const session = beginSigning(pdf, options);
	return session.completeWithSignature(sign(session.request.data, session.request), { certificate, chain });
}

/** The document after a step by pyHanko. */
function step(pdf, request) {
	const python = join(import.meta.dirname, "venv/bin/python");
	return execFileSync(python, [join(import.meta.dirname, "step.py"), JSON.stringify(request)], { input: pdf, maxBuffer: 1 << 26 });
}

mkdirSync(folder, { recursive: true });
for (const [kind, { document, password, signatures }] of Object.entries(kinds)) {
	let pdf = readFileSync(join(documents, `${document}.pdf`));
	for (const [index, { fill, by, key, issued, options = {} }] of signatures.entries()) {
		if (fill) pdf = step(pdf, { fill, password });
		if (by === "pyhanko") {
			pdf = step(pdf, { number: index + 1, key, options, password });
		} else {
			const { certificate, sign } = keyOf(key);
			pdf = issued ? signIssued(pdf, certificate, sign, { ...options, password }) : signWith(pdf, certificate, sign, chain, { ...options, password });
		}
	}
	writeFileSync(join(folder, `${kind}.pdf`), pdf);
	console.log(`${kind}: ${pdf.length.toLocaleString("en")} bytes`);
}
