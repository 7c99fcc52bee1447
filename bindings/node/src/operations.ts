// What the core does, as runs: what goes into the start frame, and what comes out.

import { certificateBytes, chainBytes } from "./certificate.js";
import { Lease } from "./core.js";
import type { Document } from "./document.js";
import { decode, encode, errorOf, type WireError } from "./frame.js";
import { type Done, run, type Story } from "./machine.js";
import type { FieldLock, SessionOptions } from "./options.js";
import type { Report, Warning } from "./report.js";
import type { DigestAlgorithm, WireRequest } from "./request.js";

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

/** Signs: the payload is the update. The run asks for the signature. */
export function sign(document: Document, options: SessionOptions): Story<Done> {
	return run(startFrame("sign", document, options), document);
}

/** Prepares: the payload is the saved session. */
export function prepare(document: Document, options: SessionOptions): Story<Done<WireSession>> {
	return run(startFrame("prepare", document, options), document);
}

/** Takes up a saved session, and compares the document with the one it was begun with, unless that is vouched for. */
export function resume(document: Document, saved: Uint8Array, documentVouched: unknown): Story<Done<WireSession>> {
	const header = { operation: "resume", length: document.length, now: seconds(new Date()), documentVouched };
	return run(encode(header, [saved]), document);
}

/** Tells what is in a document. */
export function inspect(document: Document): Story<Done<Info>> {
	return run(startFrame("info", document, {}), document);
}

/** Completes a saved session: the payload is the update. */
export function complete(saved: Uint8Array, answer: "signature" | "container", bytes: Uint8Array): Done {
	const lease = new Lease();
	const frame = lease.enter((core) => core.complete(encode({ answer, session: saved.byteLength }, [saved, bytes])));
	lease.end(undefined);
	const { header, payload } = decode<Done | { error: WireError }>(frame);
	if ("error" in header) throw errorOf(header.error);
	return { ...header, payload };
}

function startFrame(operation: string, document: Document, options: SessionOptions): Uint8Array {
	const { certificate, chain, signingTime = new Date(), entropy, onReport: _, ...rest } = options;
	const certificates = certificate === undefined ? [] : [certificateBytes(certificate)];
	const issuers = chainBytes(chain);
	const header = {
		operation,
		length: document.length,
		now: seconds(signingTime),
		entropy: entropy ?? crypto.getRandomValues(new Uint8Array(32)),
		certificate: certificates[0]?.byteLength,
		chain: issuers.map((issuer) => issuer.byteLength),
		options: rest,
	};
	return encode(header, [...certificates, ...issuers]);
}

/** Seconds since 1970; not a number for what is no date, which the core refuses. */
function seconds(time: unknown): number {
	return Object.prototype.toString.call(time) === "[object Date]" ? Math.floor((time as Date).getTime() / 1000) : Number.NaN;
}
