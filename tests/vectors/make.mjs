#!/usr/bin/env node
// Makes cases/ from scenarios.mjs with the built package and the test keys. README.md tells the format.
//
//     node make.mjs              makes the vectors that are missing, and checks those that are there
//     node make.mjs --check      makes nothing: every scenario has its vector, every vector its scenario, and all of them hold
//     node make.mjs --force      makes all anew
//
// A vector of a success is written when the judges accepted its output, and one of an error when the package gave the code that
// stands in scenarios.mjs. The exit status is 1 when any was refused.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { beginSigning, RustpdfError, resumeSigning, signWith } from "rustpdf";
import { filesOf, withFiles } from "./files.mjs";
import { SCENARIOS } from "./scenarios.mjs";

const here = import.meta.dirname;
const judgesPython = join(here, "../judges/venv/bin/python");
const { values: flags } = parseArgs({ options: { check: { type: "boolean" }, force: { type: "boolean" } } });

const document = (name) => readFileSync(join(here, "documents", name));
const certificate = (name) => readFileSync(join(here, "certificates", name));
const pathOf = (name) => join(here, "cases", `${name}.json`);
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The key by which saved sessions are sealed, unless a scenario names another: for tests, and known to everybody. */
const SESSION_KEY = hex(Buffer.from(Array.from({ length: 32 }, (_, index) => index)));

/** What the package takes of a vector or a scenario. */
const moment = ({ options, now, entropy }) => ({ ...withFiles(options), signingTime: new Date(now * 1000), entropy: Buffer.from(entropy, "hex") });
const credentials = (given) =>
	given.certificate === undefined ? {} : { certificate: certificate(given.certificate), chain: given.chain.map(certificate) };
const issued = ({ issued: [leaf, ...issuers] = [] }) =>
	leaf === undefined ? undefined : { certificate: certificate(leaf), chain: issuers.map(certificate) };
const begin = (given, name = given.document) => beginSigning(document(name), { ...credentials(given), ...moment(given) });

/** Answers requests as a vector recorded it: each by the first response of its purpose and place that was not used. */
function replay({ http = [] }) {
	const left = [...http];
	return ({ purpose, service, url }) => {
		const at = left.findIndex((one) => one.purpose === purpose && (service === undefined ? one.url === url : one.service === service));
		if (at < 0) throw new Error(`nothing is recorded for ${purpose} of ${url}`);
		const [{ status, body }] = left.splice(at, 1);
		return { status, body: readFileSync(join(here, "responses", body)) };
	};
}

/** Answers requests by the services of a scenario. `recorded` gets what a vector has of each; the bodies are in files. */
function record(scenario, name, recorded) {
	return (request) => {
		const { status, body } = scenario.http(request);
		const { purpose, service, url } = request;
		const file = `${name}-${recorded.length + 1}`;
		writeFileSync(join(here, "responses", file), body);
		recorded.push({ purpose, ...(service === undefined ? { url } : { service }), status, body: file });
		return { status, body };
	};
}

/** The session that a vector is about. */
function sessionOf(vector) {
	if (vector.session === undefined) return begin(vector);
	const [saved, key] = [vector.session, vector.sessionKey].map((bytes) => Buffer.from(bytes, "hex"));
	return resumeSigning(saved, document(vector.document), key);
}

/** A request as it stands in a vector. */
function requestOf(request) {
	if (request === undefined) return undefined;
	return Object.fromEntries(Object.entries(request).map(([key, value]) => [key, value instanceof Uint8Array ? hex(value) : value]));
}

/** What comes of a vector, and the signed document. */
async function run(vector) {
	if (vector.sessionCode !== undefined || vector.http !== undefined) return runInOneCall(vector);
	try {
		const session = sessionOf(vector);
		const request = requestOf(session.request);
		if (!isDeepStrictEqual(request, vector.request)) return { request };
		const answer = vector.container ?? vector.signature;
		if (answer === undefined) return { expect: "a session" };
		const bytes = Buffer.from(answer, "hex");
		const signed = vector.container === undefined ? session.completeWithSignature(bytes, issued(vector)) : session.complete(bytes);
		const expect = { result: "success", hash: hex(session.hash), outputSha256: sha256(signed), outputLength: signed.length };
		return { expect, signed };
	} catch (error) {
		if (!(error instanceof RustpdfError)) throw error;
		return { expect: { code: error.code } };
	}
}

/** The same of a vector that is signed in one call only. */
async function runInOneCall(vector) {
	if (vector.sessionCode !== undefined) {
		const code = codeOf(() => begin(vector));
		if (code !== vector.sessionCode) return { expect: `a session: ${code}` };
	}
	let request;
	const answer = (asked) => {
		request = requestOf(asked);
		return Buffer.from(vector.signature, "hex");
	};
	let expect;
	let signed;
	try {
		signed = await signInOneCall(vector, answer, replay(vector));
		const { hash } = vector.http === undefined ? {} : begin(vector);
		expect = { result: "success", ...(hash && { hash: hex(hash) }), outputSha256: sha256(signed), outputLength: signed.length };
	} catch (error) {
		if (!(error instanceof RustpdfError)) throw error;
		expect = { code: error.code };
	}
	return isDeepStrictEqual(request, vector.request) ? { expect, signed } : { request };
}

/** Signs by `answer`, a request → the raw signature, and with the answers of servers by `http`. */
function signInOneCall(given, answer, http) {
	const { certificate: signer, chain } = credentials(given);
	const call = { ...moment(given), http };
	return signWith(document(given.document), signer, (data, request) => answer({ ...request, data }), chain, call);
}

function codeOf(call) {
	try {
		call();
	} catch (error) {
		if (!(error instanceof RustpdfError)) throw error;
		return error.code;
	}
}

/** The container of a recipe. What it signs is seen once a container of pyHanko, which is made by the digest alone, is in its place. */
function containerOf(session, recipe) {
	if (typeof recipe === "function") return recipe(session);
	const [name, algorithm = session.hashAlgorithm] = [recipe].flat();
	const python = (input, ...args) => execFileSync(judgesPython, [join(here, "containers.py"), ...args], { input });
	const first = python("", "pyhanko", session.hashAlgorithm, hex(session.hash));
	if (name === "pyhanko") return first;
	const signed = Buffer.from(session.complete(first));
	const [, a, b, c] = session.report.byteRange;
	return python(Buffer.concat([signed.subarray(0, a), signed.subarray(b, b + c)]), name, algorithm);
}

/** The vector of a scenario, but for what comes of it. */
async function make(scenario, name) {
	const { comment, flags, options, now, entropy } = scenario;
	const vector = { comment, flags, document: scenario.document };
	if (scenario.session !== undefined) {
		const sealed = begin(scenario, scenario.begunWith).serialize(Buffer.from(SESSION_KEY, "hex"));
		Object.assign(vector, { session: hex(scenario.session(Buffer.from(sealed))), sessionKey: scenario.sessionKey ?? SESSION_KEY });
	} else {
		if (scenario.certificate !== undefined) Object.assign(vector, { certificate: scenario.certificate, chain: scenario.chain });
		Object.assign(vector, { options, now, entropy });
	}
	const answer = (request) => {
		const signature = scenario.sign(request);
		Object.assign(vector, { request: requestOf(request), signature: hex(signature) });
		return signature;
	};
	if (scenario.sessionCode !== undefined) {
		vector.sessionCode = scenario.sessionCode;
		await signInOneCall(vector, answer);
		return vector;
	}
	if (scenario.http !== undefined) {
		const recorded = [];
		await signInOneCall(vector, answer, record(scenario, name, recorded)).catch((error) => {
			if (!(error instanceof RustpdfError)) throw error; // run() sees it again
		});
		return { ...vector, http: recorded };
	}
	if (scenario.sign === undefined && scenario.container === undefined) return vector;
	const session = sessionOf(vector);
	if (session.request !== undefined) vector.request = requestOf(session.request);
	if (scenario.container !== undefined) vector.container = hex(containerOf(session, scenario.container));
	else Object.assign(vector, { signature: hex(scenario.sign(session.request)), issued: scenario.issued });
	return vector;
}

/** What the last signature of a scenario's output must say of itself. */
function factsOf({ options, certificate, issued, facts }) {
	const texts = Object.entries({
		Name: options.name,
		Reason: options.reason,
		Location: options.location,
		ContactInfo: options.contactInfo,
	});
	const { lock } = options;
	return {
		texts: Object.fromEntries(texts.filter(([, text]) => text !== undefined)),
		certified: options.certify ?? null,
		lock: lock === undefined ? null : [`/${lock.action[0].toUpperCase()}${lock.action.slice(1)}`, lock.fields ?? null],
		subFilter: options.pades === false ? "/adbe.pkcs7.detached" : "/ETSI.CAdES.detached",
		page: options.appearance?.page ?? options.page ?? 1,
		...(options.fieldName !== undefined && { field: options.fieldName }),
		...(options.digestAlgorithm !== undefined && { digest: options.digestAlgorithm }),
		...((certificate ?? issued) !== undefined && options.signatureAlgorithm === "rsa-pss" && { algorithm: "rsassa_pss" }),
		...facts,
	};
}

/** Lets the judges look at all outputs: for each name what speaks against it. */
function judged(made) {
	const folder = mkdtempSync(join(tmpdir(), "vectors-"));
	const asked = {};
	for (const { name, scenario, signed } of made) {
		writeFileSync(join(folder, `${name}.pdf`), signed);
		const count = (words) => [...signed.toString("latin1").matchAll(words)].length;
		// An integrity code in the trailer has a /ByteRange, too (ISO/TS 32004).
		const signatures = count(/\/ByteRange/g) - count(/\/MACLocation\s*\/Standalone/g);
		const { like = "rsa-pkcs1-sha256", options } = scenario;
		asked[name] = { like, signatures, password: options.password, facts: factsOf(scenario) };
	}
	// The judges look at the clock, and the certificates of the vectors and their revocation lists end.
	const words = ["-f", "@2026-11-26 00:00:00", judgesPython, join(here, "believe.py"), folder];
	const answer = execFileSync("faketime", words, { input: JSON.stringify(asked), maxBuffer: 1 << 26 });
	rmSync(folder, { recursive: true });
	return JSON.parse(answer);
}

/** Lets the judges look at outputs that are to be of a level: for each name what speaks against it. Their certificates are valid today. */
function judgedLevels(made) {
	const folder = mkdtempSync(join(tmpdir(), "vectors-"));
	const pki = join(here, "certificates/recorded");
	const trusted = ["--root", join(pki, "root.pem"), "--crl", join(pki, "root.crl"), "--crl", join(pki, "issuing.crl")];
	const reasons = made.map(({ name, scenario: { level, options }, signed }) => {
		const path = join(folder, `${name}.pdf`);
		writeFileSync(path, signed);
		const asked = ["--json", "--only", "dss,itext,pyhanko,qpdf", "--level", level];
		if (options.password !== undefined) asked.push("--password", options.password);
		const { stdout } = spawnSync(judgesPython, [join(here, "../judges/judge.py"), ...trusted, ...asked, path], { encoding: "utf8" });
		const said = Object.entries(JSON.parse(stdout).verdicts);
		const against = said.filter(([, { ok }]) => !ok).map(([judge, { level, reason }]) => `${judge} says ${level}: ${reason}`);
		return [name, said.length === 4 ? against : [`${said.length} judges said something`]];
	});
	rmSync(folder, { recursive: true });
	return Object.fromEntries(reasons);
}

/** The inputs of the vector are still those of its scenario, and what it expects still comes. */
async function check(name, scenario) {
	const vector = JSON.parse(readFileSync(pathOf(name)));
	const inputs = ["comment", "flags", "document", "sessionCode", "issued"];
	if (scenario.session === undefined) inputs.push("certificate", "options", "now", "entropy");
	if (scenario.session === undefined && scenario.certificate !== undefined) inputs.push("chain");
	for (const key of inputs) if (!isDeepStrictEqual(vector[key], scenario[key])) return `${key} is not that of the scenario: make it anew`;
	if (scenario.code !== vector.expect.code) return `it expects ${vector.expect.code}, and its scenario ${scenario.code}`;
	const { expect, request } = await run(vector);
	if (!isDeepStrictEqual(expect, vector.expect))
		return `it expects ${JSON.stringify(vector.expect)}, and ${JSON.stringify(expect ?? request)} came`;
}

let refused = 0;
function refuse(name, why) {
	refused++;
	console.error(`${name}: ${why}`);
}

function write(name, vector) {
	writeFileSync(pathOf(name), `${JSON.stringify(vector, null, 2)}\n`);
	console.log(`${name}: made`);
}

for (const folder of ["cases", "responses"]) mkdirSync(join(here, folder), { recursive: true });
const successes = [];
for (const [name, scenario] of SCENARIOS) {
	if (existsSync(pathOf(name)) && !flags.force) {
		const why = await check(name, scenario);
		if (why !== undefined) refuse(name, why);
	} else if (flags.check) {
		refuse(name, "there is no vector");
	} else {
		const vector = await make(scenario, name);
		const { expect, signed } = await run(vector);
		if (scenario.code === undefined && signed !== undefined)
			successes.push({ name, scenario, vector: { ...vector, expect }, signed: Buffer.from(signed) });
		else if (expect?.code === scenario.code) write(name, { ...vector, expect });
		else refuse(name, `${scenario.code ?? "success"} was expected, and ${JSON.stringify(expect)} came`);
	}
}
if (successes.length > 0) {
	const levelled = successes.filter(({ scenario }) => scenario.level !== undefined);
	const others = successes.filter((one) => !levelled.includes(one));
	const reasons = { ...(others.length > 0 && judged(others)), ...judgedLevels(levelled) };
	for (const { name, vector } of successes) {
		if (reasons[name].length === 0) write(name, vector);
		else refuse(name, `not believed: ${reasons[name].join("; ")}`);
	}
}
const known = new Set(SCENARIOS.map(([name]) => `${name}.json`));
for (const file of readdirSync(join(here, "cases"))) if (!known.has(file)) refuse(file, "there is no scenario");
const bodies = SCENARIOS.map(([name]) => pathOf(name))
	.filter(existsSync)
	.flatMap((path) => JSON.parse(readFileSync(path)).http ?? [])
	.map(({ body }) => body);
for (const file of readdirSync(join(here, "responses"))) if (!bodies.includes(file)) refuse(file, "no vector has this response");
const used = SCENARIOS.flatMap(([, { options }]) => filesOf(options));
for (const file of readdirSync(join(here, "files"))) {
	if (!["make.py", "OFL.txt", ...used].includes(file)) refuse(file, "no vector has this file");
}
const [readme, schema] = ["README.md", "schema.json"].map((file) => readFileSync(join(here, file), "utf8"));
for (const flag of new Set(SCENARIOS.flatMap(([, { flags }]) => flags))) {
	if (!readme.includes(`| \`${flag}\` |`) || !schema.includes(`"${flag}"`))
		refuse(flag, "README.md and schema.json have to explain this flag");
}
console.log(`${SCENARIOS.length} vectors, ${refused} refused`);
process.exit(refused === 0 ? 0 : 1);
