import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beginSigning, type ErrorCode, engine, RustpdfError, resumeSigning, type Session, type SigningRequest, signWith } from "rustpdf";
import { afterAll, describe, expect, test } from "vitest";
import { key } from "./support/key.js";

/** One scenario; the README of the vectors tells what the keys mean. */
interface Vector {
	comment: string;
	flags: string[];
	document: string;
	certificate?: string;
	chain?: string[];
	options: object;
	now: number;
	entropy: string;
	session?: string;
	sessionKey?: string;
	request?: object;
	signature?: string;
	container?: string;
	expect: { code: ErrorCode } | { result: "success"; hash: string; outputSha256: string; outputLength: number };
}

/** What this runner knows of a vector. One with another key is skipped. */
const KEYS = new Set(
	"comment flags document certificate chain options now entropy session sessionKey request signature container expect".split(" "),
);
const folder = new URL("../../../tests/vectors/", import.meta.url);
const file = (path: string) => readFileSync(new URL(path, folder));
const unhex = (hex: string) => Buffer.from(hex, "hex");
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** What the API takes of a vector. */
function inputs({ document, certificate, chain, options, now, entropy }: Vector) {
	return {
		pdf: file(`documents/${document}`),
		certificate: certificate === undefined ? undefined : file(`certificates/${certificate}`),
		chain: (chain ?? []).map((name) => file(`certificates/${name}`)),
		options: { ...options, signingTime: new Date(now * 1000), entropy: unhex(entropy) },
	};
}

/** The request must be that of the vector. */
function compare(vector: Vector, request: SigningRequest | undefined): void {
	const entries = Object.entries(request ?? {}).map(([key, value]) => [key, value instanceof Uint8Array ? hex(value) : value]);
	expect(request && Object.fromEntries(entries)).toEqual(vector.request);
}

/** Where the vector has none, an error should have come before it was asked for. */
function signature({ signature }: Vector): Buffer {
	if (signature === undefined) throw new Error("a signature is asked for");
	return unhex(signature);
}

function success(signed: Uint8Array) {
	const outputSha256 = createHash("sha256").update(signed).digest("hex");
	return { result: "success", outputSha256, outputLength: signed.length };
}

function complete(vector: Vector, session: Session) {
	compare(vector, session.request);
	const { container } = vector;
	const signed = container === undefined ? session.completeWithSignature(signature(vector)) : session.complete(unhex(container));
	return { ...success(signed), hash: hex(session.hash) };
}

function begin(vector: Vector): Session {
	const { pdf, certificate, chain, options } = inputs(vector);
	return beginSigning(pdf, certificate === undefined ? options : { ...options, certificate, chain });
}

/** Takes up a session, of this language or another: the sessions of tests are sealed by one key, but where the vector has its own. */
function resume({ document, sessionKey }: Vector, saved: Uint8Array): Session {
	return resumeSigning(saved, file(`documents/${document}`), sessionKey === undefined ? key : unhex(sessionKey));
}

/** Every way in which a vector can be signed. */
function ways(vector: Vector): Record<string, () => object> {
	const { session, certificate, container } = vector;
	if (session !== undefined) return { resumeSigning: () => complete(vector, resume(vector, unhex(session))) };
	const halves = {
		beginSigning: () => complete(vector, begin(vector)),
		"a session saved": () => complete(vector, resume(vector, begin(vector).serialize(key))),
	};
	if (certificate === undefined || container !== undefined) return halves;
	return {
		...halves,
		signWith: () => {
			const { pdf, certificate, chain, options } = inputs(vector);
			const signer = (_: Uint8Array, request: SigningRequest) => {
				compare(vector, request);
				return signature(vector);
			};
			return success(signWith(pdf, certificate as Buffer, signer, chain, options));
		},
	};
}

/** What comes of it, an error as its code. */
function outcome(way: () => object): object {
	try {
		return way();
	} catch (error) {
		if (error instanceof RustpdfError) return { code: error.code };
		throw error;
	}
}

/** Whether a session is begun that ends well: it is left for the other languages. */
const isForOthers = ({ expect, session }: Vector) => session === undefined && "result" in expect;
const language = `node-${engine()}`;
const { RUSTPDF_CONFORMANCE: conformance, RUSTPDF_PAIRS: begun } = process.env;

const vectors = new Map<string, Vector>(
	readdirSync(new URL("cases/", folder)).map((name) => [basename(name, ".json"), JSON.parse(file(`cases/${name}`).toString())]),
);

describe("vectors", () => {
	const results: Record<string, "passed" | "failed" | "skipped"> = {};
	test("are there", () => expect(vectors.size).toBeGreaterThan(0));
	for (const [name, vector] of vectors) {
		const unknown = Object.keys(vector).find((key) => !KEYS.has(key));
		results[name] = "skipped";
		test.skipIf(unknown !== undefined)(`${name}${unknown === undefined ? "" : `: skipped, for ${unknown} is not known here`}`, () => {
			results[name] = "failed";
			for (const [way, run] of Object.entries(ways(vector))) {
				expect(outcome(run), way).toMatchObject(way === "signWith" ? withoutHash(vector.expect) : vector.expect);
			}
			if (conformance !== undefined && isForOthers(vector))
				write(join(conformance, "sessions", language), name, begin(vector).serialize(key));
			results[name] = "passed";
		});
	}
	if (conformance !== undefined) afterAll(() => write(join(conformance, "results"), `${language}.json`, JSON.stringify(results)));
});

// What was begun in any language, completed here: tests/conformance.
test.runIf(begun !== undefined)("pairs", () => {
	const sessions = join(begun as string, "sessions");
	const pairs: Record<string, { passed: number; failed: number }> = {};
	for (const other of readdirSync(sessions)) {
		const right = readdirSync(join(sessions, other)).map((name) => {
			const vector = vectors.get(name) as Vector;
			const ended = outcome(() => complete(vector, resume(vector, readFileSync(join(sessions, other, name)))));
			return (ended as { outputSha256?: string }).outputSha256 === (vector.expect as { outputSha256?: string }).outputSha256;
		});
		pairs[other] = { passed: right.filter(Boolean).length, failed: right.filter((each) => !each).length };
	}
	write(join(begun as string, "pairs"), `${language}.json`, JSON.stringify(pairs));
	expect(Object.values(pairs).every(({ failed, passed }) => failed === 0 && passed > 0)).toBe(true);
});

function write(folder: string, name: string, contents: string | Uint8Array): void {
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, name), contents);
}

/** `signWith` tells no hash. */
function withoutHash({ hash: _, ...rest }: Vector["expect"] & { hash?: string }): object {
	return rest;
}
