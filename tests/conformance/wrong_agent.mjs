// Agent that signs nothing: it copies its answers from the vectors, and is wrong in the one way that its argument names.
import { createInterface } from "node:readline";
import { namesField, unnamed, VECTORS } from "./cases.mjs";

const [fault] = process.argv.slice(2);
const say = (answer) => console.log(JSON.stringify(answer));

/** What each fault makes of the right answer, which ends in a success or an error. */
const FAULTS = {
	none: say,
	hash: (answer) => say({ ...answer, ...(answer.hash && { hash: "00" }) }),
	sha256: (answer) => say({ ...answer, ...(answer.output && { output: { ...answer.output, sha256: "00" } }) }),
	length: (answer) => say({ ...answer, ...(answer.output && { output: { ...answer.output, length: 1 } }) }),
	code: (answer) => say({ ...answer, ...(answer.error && { error: "ERR_OTHER" }) }),
	"error-and-output": (answer) => say({ ...answer, error: answer.error ?? "ERR_OTHER" }),
	"success-for-error": ({ error: _, ...answer }) => say(answer),
	request: ({ requests, ...answer }) => say({ ...answer, requests: requests.map((request) => ({ ...request, data: "00" })) }),
	"not-asked": (answer) => say({ ...answer, requests: [] }),
	"asked-twice": ({ requests, ...answer }) => say({ ...answer, requests: [...requests, ...requests] }),
	unasked: ({ requests, ...answer }) => say({ ...answer, requests: requests.length > 0 ? requests : [{ data: "00" }] }),
	"not-saved": ({ unsealed: _, ...answer }) => say(answer),
	"saved-early": (answer) => say({ ...answer, ...(answer.error && answer.requests.length === 0 && { sealed: "00" }) }),
	talks: (answer) => {
		console.log("signing …");
		say(answer);
	},
	"other-id": (answer) => say({ ...answer, id: "other" }),
	twice: (answer) => {
		say(answer);
		say(answer);
	},
	dies: () => {
		console.error("something broke");
		process.exit(3);
	},
	leaves: () => process.exit(0),
	hangs: () => {},
	stays: (answer) => {
		say(answer);
		setInterval(() => {}, 1000);
	},
	"ends-badly": (answer) => {
		say(answer);
		process.exitCode = 4;
	},
};

/** The right answer to a request. */
function answerTo({ id, way }) {
	const vector = VECTORS.find(({ name }) => name === id.split(":")[0]);
	const { container, expect, request, signature, session, sessionCode } = vector;
	if (way === "begin" && sessionCode !== undefined) return { id, requests: [], error: sessionCode };
	const { code, hash, outputSha256: sha256, outputLength: length } = expect;
	const hasSession = way !== "sign" && (container ?? signature) !== undefined && (session === undefined || code === undefined);
	const isNamed = way !== "resume" || (namesField(vector) && !id.includes("save unsealed"));
	const { requests } = (isNamed ? (same) => same : unnamed)({ requests: request === undefined ? [] : [request] });
	return {
		id,
		requests,
		...(hasSession && { hash: hash ?? "11" }),
		...(hasSession && way === "begin" && { sealed: "11", unsealed: "22" }),
		...(code === undefined ? { output: { sha256, length } } : { error: code }),
	};
}

for await (const line of createInterface({ input: process.stdin })) FAULTS[fault](answerTo(JSON.parse(line)));
