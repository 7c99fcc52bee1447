import { type DrawnLater, drawsLater } from "#appearance";
import type { Bytes } from "#bytes";
import { verifier } from "#hash";
import { type Awaitable, andThen } from "./awaitable.js";
import { type ByteInput, typeName } from "./bytes.js";
import { Memory, MemoryDocument } from "./document.js";
import { hostError } from "./errors.js";
import type { LedgerJob, SessionResult } from "./frames.js";
import type { Report, SigningOptions } from "./generated.js";
import { Host, type Parts } from "./host.js";
import { HttpHost } from "./http_host.js";
import type { LevelB } from "./level_b.js";
import { type Done, drive, type Unfinished } from "./machine.js";
import { type Opened, withOpened } from "./opened.js";
import { type Place, sign as signFrame } from "./operations.js";
import {
	type Call,
	type CallOptions,
	type CertificateInput,
	type ChainInput,
	callOf,
	type HigherLevel,
	isHigherLevel,
	isVisible,
	partsOf,
	type SessionCall,
	type SignCallOptions,
	servicesIn,
} from "./options.js";
import { type AsyncSigner, type CertifiedSigner, isCertified, type Signer, type SyncSigner } from "./request.js";
import { DocumentSession } from "./session.js";
import type { DocumentSource } from "./source.js";

/** A signer of a document that several sign in turn. */
export interface Signatory<S extends Signer = Signer> {
	/** The signer's certificate. */
	readonly certificate: CertificateInput;
	/** Gives the raw signature. */
	readonly signer: S;
	/** The certificate's issuers, in any order. */
	readonly chain?: ChainInput | null;
	/** Options of this signature. */
	readonly options?: SigningOptions | null;
}

/** The signer: a function with the certificate of its key, or a signer that has one. */
export interface SignerOptions {
	/** Gives the raw signature. */
	readonly signer: Signer | CertifiedSigner;
	/** The signer's certificate. Not needed if the signer has one. */
	readonly certificate?: CertificateInput | undefined;
	/** The certificate's issuers, in any order. */
	readonly chain?: ChainInput | null | undefined;
}

/** The document, the signer, and the options of a signature. */
export interface SignOptions extends SignCallOptions, SignerOptions {
	/** The document, from any source. */
	readonly pdf: DocumentSource;
}

/** A signed document. */
export interface SignedPdf {
	/** The document with its signature. */
	readonly pdf: Bytes;
	/** The report, with warnings. */
	readonly report: Report;
}

/**
 * Signs a PDF with a key that stays where it is. The signed document is in memory; `signFile` signs files of any size.
 *
 * The signer gets the bytes to sign and returns the raw signature, at once or later. A signature that does not verify with the certificate
 * is refused. Errors: `RustpdfError`; the signer's own, unchanged.
 *
 * With a `level` above B-B it asks timestamp services, and servers that certificates name. Where one of them fails after the signature is made, the
 * error carries a session that goes on from there: see `unfinishedSession`.
 *
 * @example
 * const { pdf, report } = await sign({ pdf: "in.pdf", certificate, chain, signer: (data) => hsm.sign(data), reason: "Approved" });
 */
export async function sign(options: SignOptions): Promise<SignedPdf> {
	const { pdf, ...rest } = namedOf(options);
	const { signatory, call } = signatoryOf(rest);
	const { signed, reports } = await signStreamed(pdf, [signatory], call);
	return { pdf: signed, report: reports.at(-1) as Report };
}

/**
 * Signs a PDF with a key that stays where it is, and returns the signed document.
 *
 * `signer(data, request)` gets the bytes to sign and returns the raw signature; when it returns a promise, so does this.
 * Its errors reach the caller unchanged. Nothing is embedded that does not verify with the certificate. With a `level` above B-B, or with `completeChain`, it returns a promise.
 * With `appearance` it does so in browsers and workers, where the module that draws is loaded first.
 *
 * @example
 * const signed = signWith(pdf, certificate, (data) => hsm.sign(data), chain, { pades: true });
 * const lasting = await signWith(pdf, certificate, signer, chain, { level: "B-T", timestamp: { services: [{ url }] } });
 */
export function signWith(
	pdf: ByteInput,
	certificate: CertificateInput,
	signer: SyncSigner,
	chain?: ChainInput | null,
	options?: SignCallOptions & LevelB,
): Bytes;
/** Signs a PDF with a key that stays where it is, and promises the signed document: servers are asked, or a browser loads the drawing. */
export function signWith(
	pdf: ByteInput,
	certificate: CertificateInput,
	signer: Signer,
	chain: ChainInput | null | undefined,
	options: SignCallOptions & ({ level: HigherLevel } | { completeChain: true } | DrawnLater),
): Promise<Bytes>;
/** Signs a PDF with a key that stays where it is, and promises the signed document: the signer answers later. */
export function signWith(
	pdf: ByteInput,
	certificate: CertificateInput,
	signer: AsyncSigner,
	chain?: ChainInput | null,
	options?: SignCallOptions,
): Promise<Bytes>;
/** Signs a PDF with a key that stays where it is; returns a promise when the signer does. */
export function signWith(
	pdf: ByteInput,
	certificate: CertificateInput,
	signer: Signer,
	chain?: ChainInput | null,
	options?: SignCallOptions,
): Bytes | Promise<Bytes>;
export function signWith(
	pdf: ByteInput,
	certificate: CertificateInput,
	signer: Signer,
	chain?: ChainInput | null,
	options?: SignCallOptions,
): Bytes | Promise<Bytes> {
	const { options: signature, ...call } = partsOf(options);
	return signMemory(pdf, [{ certificate, signer, chain: chain ?? null, options: signature }], call);
}

/**
 * Signs a PDF from any source, and promises the signed document, which is in memory; never throws at once.
 *
 * The source is read whole only when all that can be refused has been checked, and once.
 *
 * @example
 * const signed = await signWithAsync("in.pdf", certificate, async (data, { digest }) => kms.sign(digest), chain);
 */
export async function signWithAsync(
	source: DocumentSource,
	certificate: CertificateInput,
	signer: Signer,
	chain?: ChainInput | null,
	options?: SignCallOptions,
): Promise<Bytes> {
	const { options: signature, ...call } = partsOf(options);
	return (await signStreamed(source, [{ certificate, signer, chain: chain ?? null, options: signature }], call)).signed;
}

/**
 * Signs a PDF by several signers, each over the signatures before, as one call after the other would. The document is hashed once.
 *
 * A certificate or option that is wrong is refused before anybody signs. When no signer returns a promise, the document is there at once.
 *
 * @example
 * const signed = signInTurn(pdf, [{ certificate, chain, signer }, { certificate: other, chain, signer: theirs }]);
 */
export function signInTurn(
	pdf: ByteInput,
	signatories: readonly (Signatory<SyncSigner> & { readonly options?: LevelB | null })[],
	options?: CallOptions,
): Bytes;
/** Signs a PDF by several signers, each over the signatures before, and promises the signed document where one of them does. */
export function signInTurn(pdf: ByteInput, signatories: readonly Signatory[], options?: CallOptions): Bytes | Promise<Bytes>;
export function signInTurn(pdf: ByteInput, signatories: readonly Signatory[], options?: CallOptions): Bytes | Promise<Bytes> {
	return signMemory(pdf, signatories, callOf(options));
}

/**
 * Signs a PDF from any source by several signers, each over the signatures before; never throws at once.
 *
 * @example
 * const signed = await signInTurnAsync("in.pdf", [{ certificate, chain, signer }, { certificate: other, chain, signer: theirs }]);
 */
export async function signInTurnAsync(source: DocumentSource, signatories: readonly Signatory[], options?: CallOptions): Promise<Bytes> {
	return (await signStreamed(source, signatories, callOf(options))).signed;
}

/** The options of a call with named arguments. Errors: `ERR_ARGUMENT`. */
export function namedOf<Options>(options: Options): Options {
	if (typeof options !== "object" || options === null) throw hostError("argumentTypes", "the options", "an object", typeName(options));
	return options;
}

/** The one signer of a call with named arguments, and the call's options. */
export function signatoryOf<Options extends SignerOptions & SignCallOptions>(given: Options) {
	const { certificate, chain, signer, ...rest } = given;
	const { options, ...call } = partsOf(rest);
	const certified = isCertified(signer) ? signer : undefined;
	const signatory = {
		certificate: (certificate ?? certified?.certificate) as CertificateInput,
		chain: chain ?? certified?.chain ?? null,
		signer: certified === undefined ? (signer as Signer) : certified.sign.bind(certified),
		options: certified?.options === undefined ? options : { ...certified.options, ...present(options) },
	};
	return { signatory, call };
}

/** Options without those that are absent: an algorithm of `undefined` is that of the key. */
function present(options: object): SigningOptions {
	return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}

/** The call as sessions of its errors have it. */
export function unfinishedCall(call: Call, signatories: readonly Signatory[]): SessionCall {
	// Of several signers the last one's: its session has a document that the others have signed.
	const options = signatories.at(-1)?.options;
	return { ...call, services: servicesIn(options), password: options?.password, isHigher: signatories.some(isHigherSignatory) };
}

function isHigherSignatory(signatory: Signatory): boolean {
	return isHigherLevel(signatory?.options?.level);
}

/** Whether servers can be asked for a signature, or its drawing is loaded first. */
function isLateSignatory(signatory: Signatory): boolean {
	return isHigherSignatory(signatory) || signatory?.options?.completeChain === true || (drawsLater && isVisible(signatory?.options));
}

/** Has a document signed: the run that all ways of signing share. `keep` makes the session that an error carries. */
export function signDocument<Result>(
	place: Place & Pick<Parts, "document" | "disk">,
	signatories: readonly Signatory[],
	{ control, ambient, http }: Call,
	keep: Unfinished<SessionResult>,
	ledger?: LedgerJob,
): Awaitable<Done<Result>> {
	if (!Array.isArray(signatories)) throw hostError("argumentTypes", "the signers", "a list", typeName(signatories));
	const signers = signatories.map((signatory) => signatory?.signer as unknown);
	for (const signer of signers) {
		if (typeof signer !== "function") throw hostError("argumentType", "the signer", "a function", typeName(signer));
	}
	const { disk, document } = place;
	const verify = verifier();
	const services = signatories.map(({ options }) => servicesIn(options));
	const host = new Host({ document, disk, signers: signers as Signer[], verify, http: new HttpHost(http, services), control });
	const done = drive<Result, SessionResult>(signFrame(place, signatories, ambient, verify !== undefined, ledger), host, keep);
	return andThen(done, (done) => {
		for (const { warnings } of done.reports) host.warnLate(warnings);
		return done;
	}) as Awaitable<Done<Result>>;
}

function signMemory(pdf: ByteInput, signatories: readonly Signatory[], call: Call): Bytes | Promise<Bytes> {
	const isLate = Array.isArray(signatories) && signatories.some(isLateSignatory);
	// What is wrong with a call that returns a promise rejects it.
	return isLate ? (async () => signNow(pdf, signatories, call))() : signNow(pdf, signatories, call);
}

function signNow(pdf: ByteInput, signatories: readonly Signatory[], call: Call): Bytes | Promise<Bytes> {
	const document = new MemoryDocument(pdf, call.control);
	const keep: Unfinished<SessionResult> = (result, payload) => {
		return new DocumentSession(document, { result, payload }, unfinishedCall(call, signatories));
	};
	const place = { start: { length: document.length }, document };
	const signed = andThen(signDocument(place, signatories, call, keep), ({ payload, reports }) => {
		const signed = document.signed(payload);
		reports.forEach(call.onReport);
		return signed;
	});
	return signed as Bytes | Promise<Bytes>;
}

async function signStreamed(from: DocumentSource, signatories: readonly Signatory[], call: Call) {
	const memory = new Memory();
	const keep: Unfinished<SessionResult> = (result, payload) => {
		return new DocumentSession(memory, { result, payload }, unfinishedCall(call, signatories));
	};
	const use = (opened: Opened) => signDocument(opened, signatories, call, keep);
	const { payload, reports } = await withOpened(from, null, {}, call.control, use, memory);
	const signed = await memory.signedMeanwhile(payload);
	reports.forEach(call.onReport);
	return { signed, reports };
}
