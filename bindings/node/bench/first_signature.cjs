// A fresh process that signs twice and tells how long each part took: first_signature.cjs import|require SIGNATURE

const { readFileSync } = require("node:fs");

const [how, signatureFile] = process.argv.slice(2);
const spent = { Module: 0, Instance: 0 };
for (const name of Object.keys(spent)) WebAssembly[name] = timed(WebAssembly[name], name);

main();

async function main() {
	const { chain, moment, pki, smallDocument } = await import("./material.js");
	const document = readFileSync(smallDocument);
	const certificate = readFileSync(`${pki}/rsa.der`);
	const signature = readFileSync(signatureFile);

	const start = performance.now();
	const { signWith } = how === "require" ? require("rustpdf") : await import("rustpdf");
	const loaded = performance.now();
	signWith(document, certificate, () => signature, chain, moment);
	const signed = performance.now();
	signWith(document, certificate, () => signature, chain, moment);
	const again = performance.now();

	const { Module: compile, Instance: instantiate } = spent;
	const first = signed - loaded - compile - instantiate;
	const figures = { load: loaded - start, compile, instantiate, first, together: signed - start, second: again - signed };
	process.stdout.write(JSON.stringify(figures));
}

/** A class whose constructor is timed: the package makes its module and instance when it signs first. */
function timed(Original, name) {
	return class extends Original {
		constructor(...given) {
			const start = performance.now();
			super(...given);
			spent[name] += performance.now() - start;
		}
	};
}
