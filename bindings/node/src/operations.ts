// Start and call frames: one function for each operation of the core.

import { toHex } from "#bytes";
import { certificateBytes, chainBytes } from "./certificate.js";
import { type Message, Parts, plainOptions } from "./frame.js";
import type {
	CallOperation,
	CertifyCall,
	CompleteCall,
	CompleteStart,
	ExtendStart,
	FileLocation,
	LedgerJob,
	OpenCall,
	OutputPlace,
	PrepareStart,
	ResumeStart,
	SerializeCall,
	SessionsResult,
	SignStart,
	Start,
	StartOperation,
} from "./frames.js";
import type { DigestAlgorithm, ExtensionOptions, SignatureAlgorithm, SigningOptions } from "./generated.js";
import { call, type Done } from "./machine.js";
import type { Ambient, CertificateInput, ChainInput, SessionOptions, SignatureCertificate } from "./options.js";

/** A signer, and options of its signature. */
export interface Credentials {
	certificate: CertificateInput;
	chain?: ChainInput | null | undefined;
	options?: SigningOptions | null | undefined;
}

/** The document and its output. */
export interface Place {
	readonly start: { length: number } | { file: FileLocation };
	readonly output?: OutputPlace | undefined;
}

/** The answer that completes a session; nothing for a session that is signed. */
export type SessionAnswer = ({ signature: Uint8Array } & SignatureCertificate) | { container: Uint8Array } | undefined;

/** Signs by each in turn: the payload of the result are the updates, one after the other. `verifies` says that the host answers `verify`. */
export function sign(place: Place, signatories: readonly Credentials[], ambient: Ambient, verifies: boolean, ledger?: LedgerJob): Message {
	const parts = new Parts();
	const start: SignStart = {
		signatories: signatories.map(({ certificate, chain, options }, index) => ({
			...credentials(parts, certificate, chain, `${index}`),
			options: optionsOf(parts, options ?? {}, `${index}`),
		})),
		...(place.output !== undefined && { output: place.output }),
		...(ledger !== undefined && { ledger }),
	};
	return startFrame("sign", place, ambient, parts, verifies ? { ...start, verifies } : start);
}

/** Prepares: the payload of the result is the live session. */
export function prepare(place: Place, { certificate, chain, ...options }: SessionOptions, ambient: Ambient): Message {
	const parts = new Parts();
	const signer = certificate === undefined ? {} : credentials(parts, certificate, chain);
	const start: PrepareStart = { ...signer, options: optionsOf(parts, options) };
	return startFrame("prepare", place, ambient, parts, start);
}

/** Resumes a live session. Compares the document with the prepared one, unless the caller skips that check. */
export function resume(place: Place, live: Uint8Array, skipDocumentCheck: boolean): Message {
	const parts = new Parts();
	const start: ResumeStart = { session: parts.add("session", live), skipDocumentCheck };
	return startFrame("resume", place, {}, parts, start);
}

/** Completes a live session into an output. */
export function completeInto(place: Place, live: Uint8Array, answer: SessionAnswer, ambient: Ambient, password?: string): Message {
	const parts = new Parts();
	const start: CompleteStart = {
		session: parts.add("session", live),
		...answerPart(parts, answer),
		...(password !== undefined && { password }),
		...(place.output !== undefined && { output: place.output }),
	};
	return startFrame("complete", place, ambient, parts, start);
}

/** When a document is left alone. */
export type Condition = { readonly [Name in "ledger" | "renewBefore"]?: ExtendStart[Name] | undefined };

/** Raises signatures to a level, or gives a document a timestamp of its own: the payload of the result is the update. */
export function extend(
	operation: "extend" | "timestamp",
	place: Place,
	options: ExtensionOptions,
	ambient: Ambient,
	verifies: boolean,
	{ ledger, renewBefore }: Condition = {},
): Message {
	const parts = new Parts();
	const start = {
		options: optionsOf(parts, options),
		...(place.output !== undefined && { output: place.output }),
		...(verifies && { verifies }),
		...(ledger != null && { ledger }),
		...(renewBefore != null && { renewBefore }),
	};
	return startFrame(operation, place, ambient, parts, start);
}

/** A start frame without bytes: `recover`, `inspect`, `openLedger`, `closeLedger`. */
export function plainStart(operation: StartOperation, start: object): Message {
	return { header: { operation, ...ambientOf({}), ...start }, payload: [] };
}

/** Completes a live session: the payload of the result is the update. */
export function complete(live: Uint8Array, answer: SessionAnswer): Done {
	const parts = new Parts();
	const session = parts.add("session", live);
	const frame: CompleteCall = { session, ...answerPart(parts, answer), now: seconds(new Date()), parts: parts.lengths };
	return callCore("complete", frame, parts);
}

/** How long a self-signed certificate is valid, from when, and its entropy. */
export type SelfSigned = Pick<CertifyCall, "days" | "now" | "entropy">;

/** A key and the name of its holder. */
export interface Named {
	readonly subject: string;
	readonly publicKey: Uint8Array;
	readonly signatureAlgorithm?: SignatureAlgorithm | undefined;
	readonly digestAlgorithm?: DigestAlgorithm | undefined;
}

/** A certification request or a self-signed certificate: without a signature its request to the key store, with it the DER. Errors: `ERR_ARGUMENT`. */
export function certify({ publicKey, ...named }: Named, selfSigned: SelfSigned | undefined, signature?: Uint8Array): Done {
	const parts = new Parts();
	const frame: CertifyCall = {
		...(plainOptions(named, parts) as Pick<CertifyCall, "subject">),
		publicKey: parts.add("publicKey", publicKey),
		...selfSigned,
		...(signature !== undefined && { signature: parts.add("signature", signature) }),
		parts: parts.lengths,
	};
	return callCore("certify", frame, parts);
}

/** Saves live sessions, one or those of a batch, sealed if there is a key. Errors: `ERR_ARGUMENT`. */
export function serialize(sessions: readonly (Uint8Array | undefined)[], batch: boolean, key: Uint8Array | null): Uint8Array {
	const parts = new Parts();
	const names = sessions.map((live, index) => (live === undefined ? null : parts.add(`session ${index}`, live)));
	const frame: SerializeCall = {
		sessions: names,
		batch,
		...(key !== null && { key: parts.add("key", key) }),
		parts: parts.lengths,
	};
	return callCore("serialize", frame, parts).payload;
}

/** Opens saved sessions that are sealed. Errors: `ERR_SESSION_…`. */
export function openSealed(saved: Uint8Array, batch: boolean, key: Uint8Array): Uint8Array[] {
	const parts = new Parts();
	return opened({ saved: parts.add("saved", saved), batch, key: parts.add("key", key) }, parts);
}

/** Opens saved sessions that are not sealed: certificate, chain and options are arguments. Errors: `ERR_SESSION_…`. */
export function openUnsealed(saved: Uint8Array, batch: boolean, options: SessionOptions, { signingTime }: Ambient): Uint8Array[] {
	const { certificate, chain, ...rest } = options;
	const parts = new Parts();
	const frame: OpenCall = { saved: parts.add("saved", saved), batch, options: optionsOf(parts, rest) };
	if (certificate !== undefined) Object.assign(frame, credentials(parts, certificate, chain));
	if (signingTime !== undefined) frame.now = seconds(signingTime);
	return opened(frame, parts);
}

function opened(frame: OpenCall, parts: Parts): Uint8Array[] {
	const { payload, result } = callCore("open", { ...frame, parts: parts.lengths }, parts);
	let at = 0;
	return (result as SessionsResult).sessions.map((length) => {
		at += length;
		return payload.subarray(at - length, at);
	});
}

function startFrame(operation: StartOperation, { start }: Place, ambient: Ambient, parts: Parts, fields: object): Message {
	const common: Start = { ...start, ...ambientOf(ambient), parts: parts.lengths };
	return { header: { operation, ...common, ...fields }, payload: parts.payload };
}

function callCore(operation: CallOperation, frame: object, parts: Parts): Done {
	return call({ header: { operation, ...frame }, payload: parts.payload });
}

/**
 * Options as a frame has them: all bytes are parts, certificates and revocation data in any form, and of timestamp services there is only their
 * number. The core checks all else. Errors: `ERR_ARGUMENT`.
 */
function optionsOf<Options extends SigningOptions | ExtensionOptions>(parts: Parts, options: Options, name = ""): Options {
	const { timestamp, validation, ...others } = options;
	if (timestamp === undefined && validation === undefined) return plainOptions(options, parts);
	const services = isObject(timestamp) ? { ...timestamp, services: timestamp.services?.length ?? 0 } : timestamp;
	const own = plainOptions({ ...others, timestamp: services }, parts);
	if (!isObject(validation)) return { ...own, ...plainOptions({ validation }, parts) } as unknown as Options;
	const lists = Object.fromEntries(
		(["trust", "certificates", "ocsps", "crls"] as const).flatMap((list) => {
			const given = validation[list];
			if (given === undefined || given === null) return [];
			const items = (Array.isArray(given) ? given : [given]).map((item, index) => ({
				part: parts.add(`${list} ${name} ${index}`, certificateBytes(item, `each entry of validation.${list}`)),
			}));
			return [[list, items]];
		}),
	);
	const { trust: _trust, certificates: _certificates, ocsps: _ocsps, crls: _crls, ...settings } = validation;
	return { ...own, validation: { ...plainOptions(settings, parts), ...lists } } as unknown as Options;
}

function isObject<T>(value: T): value is T & object {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function credentials(parts: Parts, certificate: CertificateInput, chain: ChainInput | null | undefined, name = "") {
	return {
		certificate: parts.add(`certificate ${name}`, certificateBytes(certificate)),
		chain: chainBytes(chain).map((issuer, index) => parts.add(`chain ${name} ${index}`, issuer)),
	};
}

function answerPart(parts: Parts, answer: SessionAnswer): Pick<CompleteCall, "signature" | "certificate" | "chain" | "container"> {
	if (answer === undefined) return {};
	if ("signature" in answer) {
		const { certificate, chain, signature } = answer;
		const signer = certificate === undefined ? {} : credentials(parts, certificate, chain);
		return { signature: parts.add("signature", signature), ...signer };
	}
	return { container: parts.add("container", answer.container) };
}

/** Time and entropy of a call. */
export function ambientOf({
	signingTime = new Date(),
	entropy = crypto.getRandomValues(new Uint8Array(32)),
}: Ambient): Pick<Start, "now" | "entropy"> {
	return { now: seconds(signingTime), entropy: entropy instanceof Uint8Array ? toHex(entropy) : String(entropy) };
}

/** Seconds since 1970; not a number, which JSON makes null, for a value that is not a date: the core refuses it. */
function seconds(time: unknown): number {
	return Object.prototype.toString.call(time) === "[object Date]" ? Math.floor((time as Date).getTime() / 1000) : Number.NaN;
}
