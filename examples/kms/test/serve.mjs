// Called by ../serve.sh: prints where the stores and their keys are, and waits for the end of standard input.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import "./loopback.cjs";
import { certify, pki } from "./certify.mjs";
import { stop } from "./servers.mjs";
import { stores } from "./stores.mjs";

const folder = mkdtempSync(`${tmpdir()}/rustpdf-keys-`);
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.stdin.on("end", () => process.exit()).resume();

const told = await Promise.all(stores.map(async (store) => [store.name, await served(store)]));
console.log(JSON.stringify({ ...Object.fromEntries(told), chain: `${pki}/chain.pem`, root: `${pki}/root.pem` }));

/** A store that runs, and a key of each kind in it with what it is to sign by. */
async function served({ kinds, name, open }) {
	const { keep, make, told } = await open();
	const keys = new Map();
	for (const [kind, options] of kinds) {
		if (!keys.has(kind)) keys.set(kind, { ...(await make(kind)), options: [] });
		keys.get(kind).options.push(options);
	}
	const certified = Array.from(keys, async ([kind, { keyId, options, publicKey }]) => {
		const certificate = await certify(publicKey, `${name} ${kind}`, `${folder}/${name}-${kind.replace(" ", "-")}`);
		await keep?.(keyId, readFileSync(certificate));
		return { kind, keyId, certificate, options };
	});
	return { ...told, keys: await Promise.all(certified) };
}
