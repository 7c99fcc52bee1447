import { privateEncrypt, sign as signRaw } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import * as rustpdf from "rustpdf";
import * as pkcs11 from "rustpdf/pkcs11";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { eachFolder } from "./support/folder.js";
import { key } from "./support/key.js";
import { makePng } from "./support/picture.js";
import { certificate, chain, privateKey, signer } from "./support/pki.js";
import { startServices } from "./support/services.js";
import { makeToken, PIN, type TestToken } from "./support/token.js";
import { lastSignature, opensslVerify } from "./support/verify.js";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...README.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code as string);
const levels = examples.find((example) => example.includes("level:")) as string;
const services = startServices();
const pdf = readFileSync(new URL("../../../tests/vectors/documents/pages.pdf", import.meta.url));
const sign = signer("rsa");
const rsa = { certificate: certificate("rsa"), chain: "" };
const folder = eachFolder();
const started = process.cwd();
let token: TestToken;

beforeEach(() => {
	// What makes a container for a hash is a session of the same time and entropy, and knows the certificate.
	vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-26T12:00:00Z") });
	vi.spyOn(globalThis.crypto, "getRandomValues").mockImplementation((array) => array);
	token = makeToken();
	rsa.chain = chain();
	process.chdir(folder.path);
	folder.write("in.pdf", pdf);
	mkdirSync("full");
});
afterEach(() => {
	process.chdir(started);
	token.remove();
	vi.useRealTimers();
	vi.restoreAllMocks();
});

test("every example runs as it stands", async () => {
	expect(examples.length).toBe(15);
	const names = { ...rustpdf, ...pkcs11, ...givens(), check: checked };
	for (const example of examples) if (example !== levels) await run(example, names);
	expect(folder.names()).toEqual(["batch.pdf", "both.pdf", "done.ledger", "full", "in.pdf", "job.pdf", "later.pdf", "out.pdf"]);
	for (const name of folder.names().filter((name) => name.endsWith(".pdf"))) opensslVerify(folder.read(name));
});

test("the example of levels runs, against services of today", async () => {
	vi.useRealTimers();
	vi.restoreAllMocks();
	const http = { allowPrivateNetworks: true };
	const { extend, sign: signPdf, timestamp } = rustpdf;
	const names = {
		...{ certificate: services.certificate("rsa"), chain: null, pdf },
		signer: (data: Uint8Array) => signRaw("sha256", data, services.key("rsa")),
		...{ tsa: services.tsa(), secondTsa: services.tsa("ec"), authorization: "Bearer t" },
		...{ root: services.certificate("root"), tsaRoot: services.certificate("tsaroot") },
		sign: (options: rustpdf.SignOptions) => signPdf({ ...options, http }),
		extend: (pdf: rustpdf.DocumentSource, options: rustpdf.ExtendOptions) => extend(pdf, { ...options, http }),
		timestamp: (pdf: rustpdf.DocumentSource, options: rustpdf.TimestampCallOptions) => timestamp(pdf, { ...options, http }),
		seen: [] as unknown[],
	};
	await run(`${levels}\nseen.push(report, renewed.report, stamped.report);`, names);
	expect(names.seen).toMatchObject([{ level: "B-LTA" }, { level: "B-LTA" }, { timestamps: [{ ofDocument: true }] }]);
});

/** Runs an example with names that it takes for granted. What it calls `signed` is looked at, as often as it does so. */
async function run(example: string, names: object): Promise<void> {
	const code = example.replace(/^import .*$/gm, "").replace(/^const (?:signed|later|resumed) = (.*?);( \/\/.*)?$/gm, "await check($1);");
	const AsyncFunction = (async () => {}).constructor as new (...words: string[]) => (...values: unknown[]) => Promise<void>;
	await new AsyncFunction(...Object.keys(names), `{${code}}`)(...Object.values(names));
}

async function checked(signed: rustpdf.Awaitable<Buffer>): Promise<void> {
	opensslVerify(await signed);
}

function givens(): object {
	const { request } = rustpdf.beginSigning(pdf, rsa);
	return {
		...rsa,
		askForTheOtherKey: () => "the other key",
		hsm: { sign: (data: Uint8Array) => sign(data, request as rustpdf.SigningRequest) },
		inputs: [pdf],
		jobs: [{ input: pdf, output: "job.pdf" }],
		logo: makePng(),
		kms: { sign: async (digest: Uint8Array) => signDigest(digest) },
		onProgress: () => {},
		other: certificate("p256"),
		outputs: ["batch.pdf"],
		pdf,
		pin: PIN,
		raw: signDigest((request as rustpdf.SigningRequest).digest),
		read: async (offset: number, length: number) => pdf.subarray(offset, offset + length),
		sessionKey: key,
		service: { sign: async (hash: Uint8Array) => containerOf(hash), signAll: async (digests: Uint8Array[]) => digests.map(signDigest) },
		signal: new AbortController().signal,
		signer: sign,
		size: pdf.length,
		source: new Blob([new Uint8Array(pdf)]),
		theirs: signer("p256"),
	};
}

/** A signature over a SHA-256 digest, as a key store makes it that takes digests (RFC 8017, 9.2). */
function signDigest(digest: Uint8Array): Buffer {
	const digestInfo = Buffer.concat([Buffer.from("3031300d060960864801650304020105000420", "hex"), digest]);
	return privateEncrypt(privateKey("rsa"), digestInfo);
}

/** What a service gives back that is sent a hash. */
function containerOf(hash: Uint8Array): Buffer {
	const session = rustpdf.beginSigning(pdf, { ...rsa, containerSize: 32768 });
	expect(session.hash).toEqual(hash);
	const padded = lastSignature(session.completeWithSignature(signDigest((session.request as rustpdf.SigningRequest).digest))).container;
	return padded.subarray(0, 4 + padded.readUInt16BE(2)); // the zeros behind it are not its own
}
