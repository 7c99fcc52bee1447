// The runner notices each fault of an agent: node --test selftest.mjs
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { VECTORS } from "./cases.mjs";
import { run } from "./run.mjs";

/** Of each kind: a signature, one without a session, a container, a session, and errors before and after the signature. */
const NAMES = ["container-by-pyhanko", "mac-sha256", "page-0", "rsa-another-key", "rsa-pkcs1-sha256", "session-changed", "session-sealed-rsa"];
const SOME = VECTORS.filter(({ name }) => NAMES.includes(name));

const agent = (fault) => ({ command: process.execPath, args: [fileURLToPath(new URL("wrong_agent.mjs", import.meta.url)), fault] });

/** Number of things that are not right with an agent, and the lines that are printed. */
async function outcome(languages, { limit = 30_000, vectors = SOME } = {}) {
	const lines = [];
	const wrong = await run(languages, vectors, { limit, print: (line) => lines.push(line) });
	return { wrong, text: lines.join("\n") };
}

test("nothing is wrong with a right agent", async () => {
	const { wrong, text } = await outcome({ one: agent("none"), other: agent("none") });
	assert.equal(wrong, 0, text);
	assert.match(text, /^vectors: 14 passed, 0 inexpressible, 0 skipped, 0 failed$/m);
	assert.match(text, /^other +2 +2$/m);
});

for (const [fault, message, limit] of [
	["hash", /rsa-pkcs1-sha256: begin: hash is "00", and not "[0-9a-f]{64}"$/m],
	["sha256", /rsa-pkcs1-sha256: sign: output is \{"sha256":"00","length":\d+\}, and not/],
	["length", /container-by-pyhanko: begin: output is \{"sha256":"[0-9a-f]{64}","length":1\}, and not/],
	["code", /page-0: sign: error is "ERR_OTHER", and not "ERR_PAGE_NUMBER"$/m],
	["error-and-output", /rsa-pkcs1-sha256: sign: error is "ERR_OTHER", and not undefined$/m],
	["success-for-error", /session-changed: resume: error is undefined, and not "ERR_SESSION_SEAL"$/m],
	["success-for-error", /mac-sha256: begin: error is undefined, and not "ERR_ENCRYPTION_MAC"$/m],
	["request", /rsa-another-key: begin: requests is \[\{"data":"00",.*, and not \[\{"data":"[0-9a-f]{4}/],
	["not-asked", /rsa-pkcs1-sha256: sign: requests is \[\], and not/],
	["asked-twice", /rsa-pkcs1-sha256: sign: requests is \[\{.*\},\{.*\}\], and not/],
	["unasked", /page-0: sign: requests is \[\{"data":"00"\}\], and not \[\]$/m],
	["not-saved", /rsa-another-key: begin: a saved session is missing/],
	["saved-early", /page-0: begin: there is a session/],
	["talks", /container-by-pyhanko: begin: unasked: signing …/],
	["other-id", /container-by-pyhanko: begin: unasked: \{"id":"other"/],
	["twice", /unasked: \{"id":"container-by-pyhanko: begin"/],
	["dies", /container-by-pyhanko: begin: ended: 3\nsomething broke/],
	["leaves", /container-by-pyhanko: begin: ended: 0$/m],
	["hangs", /container-by-pyhanko: begin: no answer within 1000 ms/, 1000],
	["stays", /did not end within 1000 ms/, 1000],
	["ends-badly", /ended: 4/],
]) {
	test(`an agent with the fault ${fault} fails`, async () => {
		const { wrong, text } = await outcome({ one: agent(fault) }, { limit });
		assert.ok(wrong > 0, text);
		assert.match(text, message);
	});
}

test("an agent that is not there fails, and is not started for each vector", async () => {
	const { wrong, text } = await outcome({ one: { command: "/nowhere/agent" } });
	assert.ok(wrong >= SOME.length, text);
	assert.equal(text.match(/ENOENT/g).length, 3);
	assert.match(text, /not asked after 3 failures/);
});

test("a fault in completing the sessions of another language fails", async () => {
	const { wrong, text } = await outcome({ right: agent("none"), one: agent("hash") });
	assert.ok(wrong > 0);
	assert.match(text, /^right +2 +0$/m);
});

test("a vector with an unknown key is skipped, printed, and a failure", async () => {
	const vectors = [...SOME, { ...SOME[0], name: "of-tomorrow", timestamp: "00" }];
	const { wrong, text } = await outcome({ one: agent("none") }, { vectors });
	assert.equal(wrong, 1);
	assert.match(text, /of-tomorrow: skipped, for `timestamp` is not known here/);
	assert.match(text, /vectors: 7 passed, 0 inexpressible, 1 skipped, 0 failed/);
});

test("a vector that the types of a language cannot express is neither asked nor passed", async () => {
	const { wrong, text } = await outcome({ one: { ...agent("none"), inexpressible: ["page-0"] } });
	assert.equal(wrong, 0);
	assert.match(text, /vectors: 6 passed, 1 inexpressible, 0 skipped, 0 failed/);
});
