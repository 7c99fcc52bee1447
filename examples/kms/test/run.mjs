// Signs a document with every kind of key that the key stores offer, by the examples as they are, and lets judges say what they think.
// Called by ../test.sh, which sets the environment.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { RustpdfError, signWith } from "rustpdf";
import "./loopback.cjs";
import * as vault from "../vault.mjs";
import { stop } from "./servers.mjs";
import { stores } from "./stores.mjs";

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [pki, judges] = [here("../../../tests/pki/certificates"), here("../../../tests/judges")];
const out = here("../../../tests/.build/kms/signed");
const input = here("../../../tests/vectors/documents/pages.pdf");
const [document, chain] = [readFileSync(input), readFileSync(`${pki}/chain.pem`)];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const results = []; // { store, what, file?, judge?, error? }
let number = 0;

// What README.md shows of the examples is in them, line by line.
const readme = readFileSync(here("../../../README.md"), "utf8");
for (const { program } of stores) {
	const lines = readFileSync(here(`../${program}`), "utf8")
		.replace(/\/\/ .*/g, "")
		.split("\n")
		.map((line) => line.trim());
	const shown = readme.split(`(examples/kms/${program})`)[1]?.match(/```js\n(.*?)```/s)?.[1] ?? "README.md does not show it";
	const missing = shown.split("\n").filter((line) => !lines.includes(line.trim()));
	assert.deepEqual(missing, [], `README.md shows what ${program} does not have`);
}

/** Does something that gives a file to be judged, or throws. */
async function attempt(store, what, action) {
	const result = { store: store.title, what };
	results.push(result);
	try {
		Object.assign(result, await action());
	} catch (error) {
		result.error = process.env.KMS_VERBOSE ? error.stack : String(error);
	}
}

const newFile = () => `${out}/${String(++number).padStart(2, "0")}`;

async function certify(key) {
	const [publicKey, certificate] = [`${newFile()}.pub.pem`, `${out}/${number}.pem`];
	writeFileSync(publicKey, key.publicKey);
	await run("bash", [here("../../../tests/pki/leaf.sh"), pki, `kms ${number}`, publicKey, certificate]);
	return Object.assign(key, { certificate });
}

async function sign(key, options, signer = key.signer) {
	const file = `${newFile()}.pdf`;
	writeFileSync(file, await signWith(document, readFileSync(key.certificate), signer, chain, { pades: true, ...key.options, ...options }));
	return { file };
}

for (const store of stores) {
	let opened;
	await attempt(store, "starts", async () => void (opened = await store.open()));
	if (!opened) continue;
	const keys = new Map();
	for (const [kind, options] of store.kinds) {
		await attempt(store, [kind, ...Object.values(options)].join(" "), async () => {
			if (!keys.has(kind)) keys.set(kind, await certify(await opened.make(kind)));
			return { ...(await sign(keys.get(kind), options)), judge: /ED(WARDS)?25519/i.test(kind) ? "pyhanko" : undefined };
		});
	}
	const [kind] = store.kinds.find(([kind]) => /PSS|P256|P-256/.test(kind)) ?? store.kinds[0];
	await attempt(store, `${store.program} as a program, ${kind}`, async () => {
		const { keyId, certificate } = keys.get(kind);
		const file = `${newFile()}.pdf`;
		const words = [keyId, certificate, `${pki}/chain.pem`, input, file];
		await run(process.execPath, ["--require", here("loopback.cjs"), here(`../${store.program}`), ...words], {
			env: { ...process.env, ...opened.environment },
			timeout: 60_000,
		});
		return { file };
	});
	if (store.program === "google.mjs") {
		for (const [id, message] of [
			["corrupt-request", /corrupted request/],
			["corrupt-answer", /corrupted answer/],
			["corrupt-name", /signed with projects/],
		]) {
			await attempt(store, `${id} is noticed`, async () => {
				const key = await certify(await opened.make("EC_SIGN_P256_SHA256", id));
				await assert.rejects(sign(key, {}), message);
			});
		}
		await attempt(store, "another hash than the key version's: its error arrives", async () => {
			await assert.rejects(sign(keys.get("RSA_SIGN_PSS_2048_SHA256"), { digestAlgorithm: "sha512" }), { code: 3 });
		});
	}
	if (store.program === "vault.mjs") {
		const key = keys.get("ecdsa-p256");
		await attempt(store, "a rotated key: refused", async () => {
			await opened.rotate("ecdsa-p256");
			await assert.rejects(sign(key, {}), (error) => RustpdfError.is(error, "ERR_SIGNATURE_MISMATCH"));
		});
		await attempt(store, "a rotated key, by its version", () => sign(key, {}, vault.signer(opened.client, "ecdsa-p256", 1)));
		await attempt(store, "a wrong token: its error arrives", async () => {
			await assert.rejects(sign(key, {}, vault.signer({ ...opened.client, token: "other" }, "ecdsa-p256")), /transit: 403/);
		});
	}
}
stop();

// pdfsig and `openssl cms` of Debian 12 know no Ed25519, whoever signs: pyHanko judges those.
const signed = results.filter((result) => result.file);
const judge = async (name, python, chosen) => {
	if (!chosen.length) return;
	const words = [`${judges}/judge_${name}.py`, "--root", `${pki}/root.pem`, ...chosen.map((result) => result.file)];
	const { stdout } = await run(python, words, { maxBuffer: 1 << 26 }).catch((error) => error); // status 1: one is not accepted
	const verdicts = Array.from(stdout.trim().split("\n"), (line) => JSON.parse(line));
	for (const result of chosen) {
		const verdict = verdicts.find(({ file }) => file === result.file);
		if (verdict?.ok) result.accepted = [...(result.accepted ?? []), name];
		else result.error ??= `${name}: ${verdict?.reason ?? "no verdict"}`;
	}
};
const others = signed.filter((result) => !result.judge);
const edwards = signed.filter((result) => result.judge);
await judge("pdfsig", "python3", others);
await judge("openssl", "python3", others);
await judge("pyhanko", `${judges}/venv/bin/python`, edwards);

for (const { store, what, accepted, error } of results) {
	if (what === "starts" && !error) continue;
	console.log(`${error ? "FAILED" : "ok    "}  ${store.padEnd(30)}${what.padEnd(54)}${error ?? accepted?.join(", ") ?? ""}`);
}
const failed = results.filter((result) => result.error).length;
console.log(`${results.filter((result) => !result.error && result.what !== "starts").length} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
