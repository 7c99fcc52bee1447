// What the core does, as runs: what goes into the start frame, and what comes out.

import { certificateBytes, chainBytes } from "./certificate.js";
import { type Core, Lease } from "./core.js";
import type { Document } from "./document.js";
import { decode, encode, errorOf, type WireError } from "./frame.js";
import type { DigestAlgorithm, FieldLock, Report, SignatureOptions, Warning } from "./generated.js";
import { type Done, run, type Story } from "./machine.js";
import type { CertificateInput, ChainInput, Moment, SessionOptions } from "./options.js";
import type { WireRequest } from "./request.js";

/** What a prepared session holds, as it crosses the border. */
export interface WireSession {
	hash: string;
	hashAlgorithm: DigestAlgorithm;
	documentLength: number;
	request: (WireRequest & { data: string }) | null;
	report: Report;
}

/** What is in a document. */
export interface Info {
	version: string;
	length: number;
	pages: number | null;
	revisions: number;
	xref: string;
	certified: number | null;
	fields: { name: string; type: string; signed: boolean }[];
	signatures: SignatureInfo[];
	warnings: Warning[];
}

/** A signature in a document. */
export interface SignatureInfo {
	field: string;
	subFilter: string;
	name: string | null;
	reason: string | null;
	location: string | null;
	contactInfo: string | null;
	signingTime: string | null;
	byteRange: number[];
	coversWholeFile: boolean;
	revision: number;
	docMdp: number | null;
	lock: FieldLock | null;
	signer: CertificateInfo | null;
	certificates: CertificateInfo[];
}

/** A certificate in a signature. */
export interface CertificateInfo {
	subject: string;
	issuer: string;
	serialNumber: string;
	notBefore: string;
	notAfter: string;
	sha256: string;
}

/** Who signs, and how. */
export interface Credentials {
	certificate: CertificateInput;
	chain?: ChainInput | null | undefined;
	options?: SignatureOptions | null | undefined;
}

/** Signs by each in turn: the payload are the updates, one behind the other. The run asks for the signatures. */
export function sign(document: Document, signatories: readonly Credentials[], moment: Moment): Story<Done> {
	const payload: Uint8Array[] = [];
	const listed = signatories.map(({ certificate, chain, options }) => {
		const parts = [certificateBytes(certificate), ...chainBytes(chain)];
		payload.push(...parts);
		const [own, ...issuers] = parts.map((part) => part.byteLength);
		return { certificate: own, chain: issuers, options: options ?? {} };
	});
	return run(encode({ operation: "sign", ...startOf(document, moment), signatories: listed }, payload), document);
}

/** Prepares: the payload is the saved session. */
export function prepare(document: Document, options: SessionOptions, moment: Moment): Story<Done<WireSession>> {
	const { certificate, chain, ...rest } = options;
	const certificates = certificate === undefined ? [] : [certificateBytes(certificate)];
	const issuers = chainBytes(chain);
	const header = {
		operation: "prepare",
		...startOf(document, moment),
		certificate: certificates[0]?.byteLength,
		chain: issuers.map((issuer) => issuer.byteLength),
		options: rest,
	};
	return run(encode(header, [...certificates, ...issuers]), document);
}

/** Takes up a saved session, and compares the document with the one it was begun with, unless that is vouched for. */
export function resume(document: Document, saved: Uint8Array, documentVouched: boolean): Story<Done<WireSession>> {
	const header = { operation: "resume", length: document.length, documentVouched };
	return run(encode(header, [saved]), document);
}

/** Tells what is in a document; the password opens an encrypted one. */
export function inspect(document: Document, password?: string): Story<Done<Info>> {
	return run(encode({ operation: "info", length: document.length, password }), document);
}

/** What has to be done to a file whose signing in place was interrupted; the payload belongs at the offset, if there is one. */
export interface Recovery {
	outcome: "signed" | "original";
	offset: number | null;
	/** The length of the file afterwards. */
	length: number;
}

/** Compares a file with its journal, to finish the signature or to take it back. */
export function recover(document: Document, journal: Uint8Array, undo: boolean): Story<Done<Recovery>> {
	return run(encode({ operation: "recover", length: document.length, undo }, [journal]), document);
}

/** The journal of a document of so many bytes, which ends with `tail`, and gets the update. */
export function makeJournal(length: number, tail: Uint8Array, update: Uint8Array): Uint8Array {
	return call((core) => core.journal(encode({ length, tail: tail.byteLength }, [tail, update]))).payload;
}

/** Completes a saved session: the payload is the update. */
export function complete(saved: Uint8Array, answer: "signature" | "container", bytes: Uint8Array): Done {
	return call((core) => core.complete(encode({ answer, session: saved.byteLength }, [saved, bytes])));
}

function call(work: (core: Core) => Uint8Array): Done {
	const lease = new Lease();
	const frame = lease.enter(work);
	lease.end(undefined);
	const { header, payload } = decode<Done | { error: WireError }>(frame);
	if ("error" in header) throw errorOf(header.error);
	return { ...header, payload };
}

function startOf(document: Document, { signingTime = new Date(), entropy = crypto.getRandomValues(new Uint8Array(32)) }: Moment) {
	return { length: document.length, now: seconds(signingTime), entropy };
}

/** Seconds since 1970; not a number for what is no date, which the core refuses. */
function seconds(time: unknown): number {
	return Object.prototype.toString.call(time) === "[object Date]" ? Math.floor((time as Date).getTime() / 1000) : Number.NaN;
}
