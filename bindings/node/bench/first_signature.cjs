// A fresh process that signs twice and tells how long each part took: first_signature.cjs import|require SIGNATURE. RUSTPDF_ENGINE
// chooses the engine: the package makes its module and instance, or loads its native core, when it signs first.

const { readFileSync } = require("node:fs");

const [how, signatureFile] = process.argv.slice(2);
const spent = { Module: 0, Instance: 0, native: 0 };
for (const name of ["Module", "Instance"]) WebAssembly[name] = timed(WebAssembly[name], name);
const { dlopen } = process;
process.dlopen = (...given) => {
	const start = performance.now();
	dlopen.apply(process, given);
	spent.native += performance.now() - start;
};

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

	const compile = spent.Module;
	const instantiate = spent.Instance + spent.native;
	const first = signed - loaded - compile - instantiate;
	const figures = { load: loaded - start, compile, instantiate, first, together: signed - start, second: again - signed };
	process.stdout.write(JSON.stringify(figures));
}

/** A class whose constructor is timed. */
function timed(Original, name) {
	return class extends Original {
		constructor(...given) {
			const start = performance.now();
			super(...given);
			spent[name] += performance.now() - start;
		}
	};
}
