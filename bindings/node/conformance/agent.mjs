// Agent of tests/conformance: signs by the built package as each line of the input asks.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { beginSigning, resumeSigning, resumeUnsealed, signWith } from "rustpdf";

const unhex = (text) => Buffer.from(text, "hex");
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const told = (request) =>
	Object.fromEntries(Object.entries(request).map(([key, value]) => [key, value instanceof Uint8Array ? hex(value) : value]));
const output = (signed) => ({ sha256: createHash("sha256").update(signed).digest("hex"), length: signed.length });

/** Answers by recorded responses: each by the first of its purpose and place that was not used. */
function replay(responses) {
	return ({ purpose, service, url }) => {
		const at = responses.findIndex((one) => one.purpose === purpose && (service === undefined ? one.url === url : one.service === service));
		if (at < 0) throw new Error(`no response is recorded for ${purpose} of ${service ?? url}`);
		const [{ status, body }] = responses.splice(at, 1);
		return { status, body: readFileSync(body) };
	};
}

async function perform(asked, answer) {
	const { way, container, signature, sessionKey } = asked;
	const pdf = readFileSync(asked.document);
	const credentials = asked.certificate && {
		certificate: readFileSync(asked.certificate),
		chain: asked.chain.map((path) => readFileSync(path)),
	};
	const [leaf, ...issuers] = (asked.issued ?? []).map((path) => readFileSync(path));
	const issued = leaf && { certificate: leaf, chain: issuers };
	const signing = { ...asked.options, signingTime: new Date(asked.now * 1000) };
	const entropy = asked.entropy && unhex(asked.entropy);
	if (way === "sign") {
		const signer = (data, request) => {
			answer.requests.push(told({ ...request, data }));
			return unhex(signature);
		};
		const call = { ...signing, entropy, ...(asked.http && { http: replay(asked.http) }) };
		answer.output = output(await signWith(pdf, credentials.certificate, signer, credentials.chain, call));
		return;
	}
	const session =
		way === "begin"
			? beginSigning(pdf, { ...signing, entropy, ...credentials })
			: sessionKey === undefined
				? resumeUnsealed(unhex(asked.session), pdf, { ...signing, ...credentials })
				: resumeSigning(unhex(asked.session), pdf, unhex(sessionKey));
	if (session.request !== undefined) answer.requests.push(told(session.request));
	answer.hash = hex(session.hash);
	const isHigher = asked.http !== undefined;
	const isVisible = session.report.rect !== undefined;
	if (way === "begin") {
		answer.sealed = hex(session.serialize(unhex(sessionKey)));
		if (!isHigher && !isVisible) answer.unsealed = hex(session.serializeUnsealed());
	}
	const { password, timestamp } = asked.options ?? {};
	const call = isHigher ? { http: replay(asked.http), entropy, password, services: timestamp.services } : {};
	if (container !== undefined) answer.output = output(session.complete(unhex(container)));
	else if (signature !== undefined) answer.output = output(await session.completeWithSignature(unhex(signature), { ...issued, ...call }));
}

for await (const line of createInterface({ input: process.stdin })) {
	const asked = JSON.parse(line);
	const answer = { id: asked.id, requests: [] };
	try {
		await perform(asked, answer);
	} catch (error) {
		answer.error = error.code ?? String(error);
	}
	console.log(JSON.stringify(answer));
}
