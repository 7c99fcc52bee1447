// The vectors as requests to an agent, and what it must answer.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { withFiles } from "../vectors/files.mjs";

/** Keys of a vector that this runner knows. */
const KEYS = new Set(
	"comment flags document certificate chain options now entropy session sessionKey sessionCode request signature issued container http expect".split(" "),
);
/** Key of the sessions that one language saves and another resumes: 00 01 … 1f. */
const SESSION_KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString("hex");

const folder = new URL("../vectors/", import.meta.url);
const path = (kind, name) => fileURLToPath(new URL(`${kind}/${name}`, folder));

/** All vectors, each with its name. */
export const VECTORS = readdirSync(new URL("cases/", folder))
	.sort()
	.map((file) => ({ name: file.slice(0, -".json".length), ...JSON.parse(readFileSync(path("cases", file))) }));

/** Key of a vector that this runner does not know. */
export const unknownKey = ({ name: _, ...vector }) => Object.keys(vector).find((key) => !KEYS.has(key));

/** Whether a session of it is begun, and ends well: every language completes it. */
export const isShared = ({ expect, session, sessionCode }) =>
	session === undefined && sessionCode === undefined && expect.code === undefined;

/** Signs a vector in every way that it allows. Returns the failures, and the sealed session that it began. */
export async function runVector(agent, vector) {
	const failures = [];
	const run = async (title, way, more, expected) => {
		try {
			const answer = await agent.ask(request(vector, `${vector.name}: ${title}`, way, more));
			const { id, sealed, unsealed, ...told } = answer;
			const saved = isSealedOnly(vector) ? [sealed] : [sealed, unsealed];
			const why = difference(told, expected, way === "begin" ? isBegun(vector) : undefined, saved);
			if (why !== undefined) failures.push(`${id}: ${why}`);
			return answer;
		} catch ({ message }) {
			failures.push(`${vector.name}: ${title}: ${message}`);
			return {};
		}
	};
	if (vector.session !== undefined) {
		const { session, sessionKey } = vector;
		await run("resume", "resume", { session, sessionKey }, ofSaved(vector));
		return { failures };
	}
	if (vector.certificate !== undefined && vector.container === undefined) await run("sign", "sign", {}, ofSigning(vector));
	const { sealed, unsealed } = await run("begin", "begin", { sessionKey: SESSION_KEY }, ofSession(vector));
	if (typeof sealed === "string") {
		await run("begin, save, resume", "resume", { session: sealed, sessionKey: SESSION_KEY }, ofSaved(vector));
	}
	if (typeof unsealed === "string" && !isSealedOnly(vector)) await run("begin, save unsealed, resume", "resume", { session: unsealed }, unnamed(ofSession(vector)));
	return { failures, sealed };
}

/** Completes a sealed session that another language began. Returns the failure. */
export async function runPair(agent, vector, from, sealed) {
	const id = `${vector.name}: begun by ${from}`;
	if (typeof sealed !== "string") return `${id}: there is no session`;
	try {
		const { id: _, ...told } = await agent.ask(request(vector, id, "resume", { session: sealed, sessionKey: SESSION_KEY }));
		const why = difference(told, ofSaved(vector));
		return why && `${id}: ${why}`;
	} catch ({ message }) {
		return `${id}: ${message}`;
	}
}

function request(vector, id, way, more) {
	const { document, certificate, chain = [], options, now, entropy, signature, issued, container, http } = vector;
	const files = (names) => names.map((name) => path("certificates", name));
	return {
		id,
		way,
		document: path("documents", document),
		...(certificate !== undefined && { certificate: path("certificates", certificate) }),
		chain: files(chain),
		options: options && withFiles(options, (bytes) => bytes.toString("hex")),
		now,
		entropy,
		signature,
		...(issued !== undefined && { issued: files(issued) }),
		container,
		http: http?.map((response) => ({ ...response, body: path("responses", response.body) })),
		...more,
	};
}

/** A vector without an answer to complete with, or with a code for its session, has to fail before there is a session. */
const isBegun = ({ sessionCode, signature, container }) => sessionCode === undefined && (signature ?? container) !== undefined;
/** Above B-B, and of a visible signature, no session is saved without a seal. */
const isSealedOnly = ({ http, options }) => http !== undefined || options?.appearance !== undefined;
const requests = ({ request }) => (request === undefined ? [] : [request]);
const outcome = ({ expect: { code, outputSha256: sha256, outputLength: length } }) =>
	code === undefined ? { output: { sha256, length } } : { error: code };
const ofSigning = (vector) => ({ requests: requests(vector), ...outcome(vector) });
const ofSession = (vector) =>
	vector.sessionCode === undefined ? { ...ofSigning(vector), hash: vector.expect.hash } : { requests: [], error: vector.sessionCode };

/** What a saved session with a seal asks for. */
const ofSaved = (vector) => (namesField(vector) ? ofSession(vector) : unnamed(ofSession(vector)));
/** Whether a saved session with a seal names the field: of an encrypted document that is text of the document. */
export const namesField = ({ document }) => !readFileSync(path("documents", document)).includes("/Encrypt");
/** Requests of a session that does not name the field. Nor does one without a seal, which can be forged. */
export const unnamed = ({ requests, ...expected }) => ({ ...expected, requests: requests.map(({ fieldName: _, ...request }) => request) });

/** How an answer differs from what is expected. `isSaved` is whether there have to be two saved sessions. */
function difference(told, expected, isSaved, saved) {
	const keys = new Set([...Object.keys(told), ...Object.keys(expected)]);
	if (expected.hash === undefined) keys.delete("hash"); // that of a session that fails is not in the vector
	const wrong = [...keys].filter((key) => !isDeepStrictEqual(told[key], expected[key]));
	if (wrong.length > 0) {
		return wrong.map((key) => `${key} is ${JSON.stringify(told[key])}, and not ${JSON.stringify(expected[key])}`).join("; ");
	}
	if (isSaved === true && !saved.every(isHex)) return "a saved session is missing";
	if (isSaved === false && saved.some((session) => session !== undefined)) return "there is a session";
}

const isHex = (text) => typeof text === "string" && /^([0-9a-f]{2})+$/.test(text);
