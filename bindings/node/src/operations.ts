// What the core does: what goes into a start frame, and what comes out.

import { certificateBytes, chainBytes } from "./certificate.js";
import { encode } from "./frame.js";
import type { DigestAlgorithm, Report, SignatureOptions } from "./generated.js";
import { call, type Done } from "./machine.js";
import type { CertificateInput, ChainInput, Moment, SessionOptions } from "./options.js";
import type { WireRequest } from "./request.js";

/** What is known of a session, as it crosses the border. */
export interface WireSession {
	hash: string;
	hashAlgorithm: DigestAlgorithm;
	documentLength: number;
	signed: boolean;
	request: (WireRequest & { data: string }) | null;
	report: Report;
}

/** Who signs, and how. */
export interface Credentials {
	certificate: CertificateInput;
	chain?: ChainInput | null | undefined;
	options?: SignatureOptions | null | undefined;
}

/** The document and its output, as a start frame names them. */
export interface Place {
	readonly start: { length: number } | { file: object };
	readonly output?: object | undefined;
}

/** Kind of an answer that completes a session; `none` for one that is signed. */
export type AnswerKind = "signature" | "container" | "none";

/** Signs by each in turn: the payload are the updates, one after the other. */
export function sign({ output, start }: Place, signatories: readonly Credentials[], moment: Moment, ledger?: object): Uint8Array {
	const payload: Uint8Array[] = [];
	const listed = signatories.map(({ certificate, chain, options }) => {
		const parts = [certificateBytes(certificate), ...chainBytes(chain)];
		payload.push(...parts);
		const [own, ...issuers] = parts.map(lengthOf);
		return { certificate: own, chain: issuers, options: options ?? {} };
	});
	return encode({ operation: "sign", ...start, ...momentOf(moment), signatories: listed, output, ledger }, payload);
}

/** Prepares: the payload is the live session. */
export function prepare({ start }: Place, { certificate, chain, ...options }: SessionOptions, moment: Moment): Uint8Array {
	const { lengths, parts } = credentials(certificate, chain);
	return encode({ operation: "prepare", ...start, ...momentOf(moment), ...lengths, options }, parts);
}

/** Resumes a live session. Compares the document with the prepared one, unless the caller skips that check. */
export function resume({ start }: Place, live: Uint8Array, skipDocumentCheck: boolean): Uint8Array {
	return encode({ operation: "resume", ...start, ...momentOf({}), session: live.byteLength, skipDocumentCheck }, [live]);
}

/** Completes a live session into an output. */
export function completeInto({ output, start }: Place, live: Uint8Array, kind: AnswerKind, answer: Uint8Array): Uint8Array {
	const lengths = { session: live.byteLength, answerLength: answer.byteLength };
	return encode({ operation: "complete", ...start, ...momentOf({}), ...lengths, answer: kind, output }, [live, answer]);
}

/** Completes a live session: the payload is the update. */
export function complete(live: Uint8Array, kind: AnswerKind, answer: Uint8Array): Done {
	const lengths = { session: live.byteLength, answerLength: answer.byteLength };
	return call(encode({ operation: "complete", ...lengths, answer: kind }, [live, answer]));
}

/** Saves live sessions, one or those of a batch, sealed where there is a key. Errors: `ERR_ARGUMENT`. */
export function serialize(sessions: readonly Uint8Array[], batch: boolean, key: Uint8Array | null): Uint8Array {
	const lengths = { sessions: sessions.map(lengthOf), key: key === null ? null : key.byteLength };
	return call(encode({ operation: "serialize", ...lengths, batch }, key === null ? sessions : [...sessions, key])).payload;
}

/** Opens saved sessions that are sealed. Errors: `ERR_SESSION_…`. */
export function openSealed(saved: Uint8Array, batch: boolean, key: Uint8Array): Uint8Array[] {
	return opened(encode({ operation: "open", saved: saved.byteLength, batch, key: key.byteLength }, [saved, key]));
}

/** Opens saved sessions that are not sealed: what is signed beside the document is given again. Errors: `ERR_SESSION_…`. */
export function openUnsealed(saved: Uint8Array, batch: boolean, options: SessionOptions, { signingTime }: Moment): Uint8Array[] {
	const { certificate, chain, ...rest } = options;
	const { lengths, parts } = credentials(certificate, chain);
	const now = signingTime === undefined ? undefined : seconds(signingTime);
	const header = { operation: "open", saved: saved.byteLength, batch, key: null, ...lengths, options: rest, now };
	return opened(encode(header, [saved, ...parts]));
}

function opened(frame: Uint8Array): Uint8Array[] {
	const { payload, result } = call(frame);
	let at = 0;
	return result.sessions.map((length) => {
		at += length;
		return payload.subarray(at - length, at);
	});
}

function credentials(certificate: CertificateInput | undefined, chain: ChainInput | undefined) {
	const own = certificate === undefined ? [] : [certificateBytes(certificate)];
	const issuers = chainBytes(chain);
	return { lengths: { certificate: own[0]?.byteLength, chain: issuers.map(lengthOf) }, parts: [...own, ...issuers] };
}

/** The time and the entropy of a call, as a start frame has them. */
export function momentOf({ signingTime = new Date(), entropy = crypto.getRandomValues(new Uint8Array(32)) }: Moment) {
	return { now: seconds(signingTime), entropy };
}

/** Seconds since 1970; not a number for what is no date, which the core refuses. */
function seconds(time: unknown): number {
	return Object.prototype.toString.call(time) === "[object Date]" ? Math.floor((time as Date).getTime() / 1000) : Number.NaN;
}

const lengthOf = (bytes: Uint8Array) => bytes.byteLength;
