// Signs a document with every kind of key that the key stores offer, by the examples as they are, and lets judges say what they think.
// Called by ../test.sh, which sets the environment.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { certificateRequest, RustpdfError, sign as signPdf, signMany } from "rustpdf";
import "./loopback.cjs";
import { certify as certifyAt, pki } from "./certify.mjs";
import { stop } from "./servers.mjs";
import { stores } from "./stores.mjs";

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const judges = here("../../../tests/judges");
const out = here("../../../tests/.build/kms/signed");
const input = here("../../../tests/vectors/documents/pages.pdf");
const [document, chain] = [readFileSync(input), readFileSync(`${pki}/chain.pem`)];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const results = []; // { store, what, file?, judge?, error? }
let number = 0;

// Each page of docs/key-stores has its program as it is.
for (const { name, program } of stores) {
	const text = readFileSync(here(`../${program}`), "utf8");
	const page = readFileSync(here(`../../../docs/key-stores/${name}.md`), "utf8");
	assert.ok(page.includes(text.slice(text.indexOf("import")).trimEnd()), `docs/key-stores/${name}.md does not have ${program} as it is`);
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

/** A key with its certificate, ready to sign. */
async function certify(opened, key) {
	const certificate = await certifyAt(key.publicKey, `kms ${number + 1}`, newFile());
	const certified = { certificate: readFileSync(certificate), chain };
	return { ...key, certificate, signer: await opened.signer(key.keyId, certified), with: (more) => opened.signer(key.keyId, { ...certified, ...more }) };
}

async function sign(key, options, signer = key.signer) {
	const file = `${newFile()}.pdf`;
	const { pdf, report } = await signPdf({ pdf: document, signer, ...options });
	writeFileSync(file, pdf);
	return { file, report };
}

/** Keeps a signed document for the table of matrix.py, if RUSTPDF_KEYSTORES names a folder. */
function keep(store, kind, { file, report: { digestAlgorithm, signatureAlgorithm } }) {
	const folder = process.env.RUSTPDF_KEYSTORES;
	if (folder !== undefined) copyFileSync(file, `${folder}/TypeScript--${store.name}--${kind}--${signatureAlgorithm}-${digestAlgorithm}.pdf`);
}

/** The command line, and what no message may contain: tokens of the servers, keys of the clients. */
const COMMAND = "../node_modules/rustpdf/dist/cli.js";
const SECRETS = /root-of-the-tests|token-of-the-stand-in|AWS4-HMAC|Bearer /;

/** Runs a program with the environment of a store. */
function program(script, { environment }, ...words) {
	return run(process.execPath, ["--preserve-symlinks-main", "--require", here("loopback.cjs"), here(script), ...words], {
		env: { ...process.env, ...environment },
		timeout: 60_000,
	});
}

/** A request for a certificate, with the public key that the adapter reads from the store. OpenSSL verifies it. */
async function request({ options = {}, signer }) {
	const { pem } = await certificateRequest({ subject: "CN=kms,O=rustpdf tests", publicKey: await signer.publicKey(), ...options }, signer);
	const file = `${newFile()}.csr`;
	writeFileSync(file, pem);
	await run("openssl", ["req", "-in", file, "-noout", "-verify"]);
}

for (const store of stores) {
	let opened;
	await attempt(store, "starts", async () => void (opened = await store.open()));
	if (!opened) continue;
	const keys = new Map();
	for (const [kind, options] of store.kinds) {
		await attempt(store, [kind, ...Object.values(options)].join(" "), async () => {
			if (!keys.has(kind)) keys.set(kind, await certify(opened, await opened.make(kind)));
			const signed = await sign(keys.get(kind), options);
			keep(store, kind, signed);
			return { ...signed, judge: /ED(WARDS)?25519/i.test(kind) ? "pyhanko" : undefined };
		});
	}
	for (const kind of store.requests) await attempt(store, `a request for a certificate, ${kind}`, () => request(keys.get(kind)));
	const [kind] = store.kinds.find(([kind]) => /PSS|P256|P-256|p256/.test(kind)) ?? store.kinds[0];
	await attempt(store, `${store.program} as a program, ${kind}`, async () => {
		const { keyId, certificate } = keys.get(kind);
		const file = `${newFile()}.pdf`;
		await program(`../${store.program}`, opened, keyId, certificate, `${pki}/chain.pem`, input, file);
		return { file };
	});
	await attempt(store, `rustpdf sign --key, ${kind}`, async () => {
		const { keyId, certificate } = keys.get(kind);
		const file = `${newFile()}.pdf`;
		const [key, records] = [store.uri(keyId), newFile()];
		const words = ["--key", key, "--cert", certificate, "--chain", `${pki}/chain.pem`, "--audit", records];
		await program(COMMAND, opened, "sign", input, "-o", file, ...words);
		await program(COMMAND, opened, "audit", "verify", records);
		return { file };
	});
	await attempt(store, `rustpdf csr --key, ${kind}`, async () => {
		const file = `${newFile()}.csr`;
		await program(COMMAND, opened, "csr", "--subject", "CN=kms", "--key", store.uri(keys.get(kind).keyId), "-o", file);
		await run("openssl", ["req", "-in", file, "-noout", "-verify"]);
	});
	await attempt(store, "a key that is not there: the store's error, and no file", async () => {
		const { keyId, certificate } = keys.get(kind);
		const [file, key] = [`${newFile()}.pdf`, store.uri(store.absent(keyId))];
		const ended = program(COMMAND, opened, "sign", input, "-o", file, "--key", key, "--cert", certificate);
		await assert.rejects(ended, ({ code, stderr }) => code === 1 && store.missing.test(stderr) && !SECRETS.test(stderr));
		assert.equal(existsSync(file), false);
	});
	for (const [fault, message] of Object.entries(store.faults)) {
		await attempt(store, `${fault}: ${message === undefined ? "the library asks again" : "the store's error, and a batch goes on"}`, async () => {
			const key = await certify(opened, await opened.make(kind, fault));
			if (message === undefined) return sign(key, {});
			const jobs = [1, 2].map(() => ({ input, output: `${newFile()}.pdf` }));
			const outcomes = [];
			for await (const outcome of signMany(jobs, readFileSync(key.certificate), key.signer.sign, chain)) outcomes.push(outcome);
			const failed = outcomes.filter(({ status }) => status === "failed");
			for (const { error } of failed) assert.match(String(error), message);
			for (const { job, status } of outcomes) assert.equal(existsSync(job.output), status === "signed");
			assert.deepEqual([outcomes.length, SECRETS.test(failed.map(({ error }) => error.stack).join())], [2, false]);
			assert.notEqual(failed.length, 0);
		});
	}
	if (store.program === "azure.mjs") {
		const { certificates, keep } = opened;
		const older = keys.get("EC P-521");
		const kept = async (keyId) => {
			const signer = await opened.signer(keyId, { chain, certificates });
			return { ...(await sign({}, {}, signer)), certificate: Buffer.from(signer.certificate) };
		};
		const isOf = ({ certificate }, key) => assert.ok(certificate.equals(new X509Certificate(readFileSync(key.certificate)).raw));
		await attempt(store, "no certificate: its error arrives", async () => {
			await assert.rejects(kept(older.keyId), { statusCode: 404, code: "CertificateNotFound" });
		});
		await keep(older.keyId, readFileSync(older.certificate));
		const newer = await certify(opened, await opened.make("EC P-521"));
		await keep(newer.keyId, readFileSync(newer.certificate));
		for (const [what, keyId, key] of [
			["the older version", older.keyId, older],
			["the newer version", newer.keyId, newer],
			["the newest version", newer.keyId.replace(/\/[^/]+$/, ""), newer],
		]) {
			await attempt(store, `the store's certificate, ${what}`, async () => {
				const signed = await kept(keyId);
				isOf(signed, key);
				return signed;
			});
		}
	}
	if (store.program === "google.mjs") {
		for (const [id, message] of [
			["corrupt-request", /corrupted request/],
			["corrupt-answer", /is corrupted/],
			["corrupt-name", /signed with projects/],
		]) {
			await attempt(store, `${id} is noticed`, async () => {
				const key = await certify(opened, await opened.make("EC_SIGN_P256_SHA256", id));
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
		await attempt(store, "a rotated key, by its version", async () => sign(key, {}, await key.with({ version: 1 })));
		await attempt(store, "an algorithm of another kind: its error arrives", async () => {
			const other = await certify(opened, await opened.make("ed25519", "other-kind"));
			const mixed = await opened.signer("rsa-2048", { certificate: readFileSync(other.certificate) });
			await assert.rejects(sign(other, {}, mixed), (error) => /transit: 400|ERR_SIGNATURE/.test(`${error} ${error.code}`));
		});
		await attempt(store, "a wrong token: its error arrives", async () => {
			await assert.rejects(sign(key, {}, await key.with({ token: "other" })), /transit: 403/);
		});
		await attempt(store, "a sealed store: its error arrives", async () => {
			await opened.seal();
			await assert.rejects(sign(key, {}), /transit: 503/);
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
