import { emitWarning } from "#bytes";
import { type ByteInput, typeName } from "./bytes.js";
import { Control, type ControlOptions } from "./control.js";
import { hostError } from "./errors.js";
import type { Level, Report, SigningOptions, TimestampService, Warning } from "./generated.js";
import { type HttpCall, type HttpOptions, httpCallOf, type Service, servicesOf } from "./http.js";

/** A certificate: DER or PEM as bytes, PEM as text, or an `X509Certificate` of `node:crypto`. */
export type CertificateInput = ByteInput | string | { readonly raw: Uint8Array };

/** The issuers of a certificate, in any order: one, a PEM bundle, a PKCS #7 file (`.p7b`), or several of these. */
export type ChainInput = CertificateInput | readonly CertificateInput[];

/** Options of a call as a whole. */
export interface CallOptions extends ControlOptions, HttpOptions {
	/** The time of signing. Default: now. */
	signingTime?: Date | undefined;
	/** 32 random bytes for identifiers, for reproducible output. Default: from `crypto.getRandomValues`. */
	entropy?: Uint8Array | undefined;
	/** Receives the report, with warnings. */
	onReport?: ((report: Report) => void) | undefined;
}

/** How to sign. */
export interface SignCallOptions extends SigningOptions, CallOptions {}

/** A level that requires a timestamp. Calls with it return a promise, for servers are asked. */
export type HigherLevel = Exclude<Level, "B-B">;

/** Timestamp services of a session: neither a saved session nor a report has them. */
export interface ServiceOptions {
	/** The timestamp services that the session was begun with, in the same order. */
	services?: readonly TimestampService[] | undefined;
}

/** How to complete a session: how it is watched and stopped, and above B-B how servers are asked. Default: as it was begun or resumed. */
export interface SessionCallOptions extends ControlOptions, HttpOptions, ServiceOptions, PasswordOptions, Pick<CallOptions, "entropy"> {}

/** Password of an encrypted document: no saved session has it. */
export interface PasswordOptions {
	/** User or owner password of an encrypted document, for a session above B-T. */
	password?: string | undefined;
}

/** The certificate that came with a raw signature, of a session that was begun without one. */
export interface SignatureCertificate {
	/** The signer's certificate. */
	certificate?: CertificateInput | undefined;
	/** Its issuers, in any order. */
	chain?: ChainInput | undefined;
}

/**
 * How to begin a session: with a certificate it offers the bytes to sign, without one it takes a finished container.
 *
 * Where the certificate comes with the raw signature, give `pades: false` and `signatureAlgorithm`: the session then offers the bytes to
 * sign, too. PAdES signs the digest of the certificate, so there it must be known.
 */
export interface SessionOptions extends SignCallOptions {
	/** The signer's certificate. */
	certificate?: CertificateInput | undefined;
	/** Its issuers, in any order. */
	chain?: ChainInput | undefined;
}

/** How to resume a sealed session. */
export interface ResumeOptions extends ControlOptions, HttpOptions, ServiceOptions, PasswordOptions {
	/** Skips reading the document again: that it is another one is then not noticed. */
	skipDocumentCheck?: boolean | undefined;
	/** Receives the report, with warnings. */
	onReport?: ((report: Report) => void) | undefined;
}

/** How to resume a session without a seal: by the same certificate, issuers and options that it was begun with. */
export interface UnsealedOptions extends Omit<SessionOptions, "entropy"> {}

/** When, and by which entropy. */
export type Ambient = Pick<CallOptions, "signingTime" | "entropy">;

/** The options of a call as a whole, ready for use. */
export interface Call {
	ambient: Ambient;
	onReport: (report: Report) => void;
	control: Control;
	http: HttpCall;
}

/** The options of a call about a session. */
export interface SessionCall extends Call {
	/** Timestamp services. */
	services: readonly Service[];
	/** Password of the document. */
	password: string | undefined;
	/** Whether the session asks servers, so that completing it returns a promise. */
	isHigher: boolean;
}

/** Whether a level requires servers. */
export function isHigherLevel(level: Level | null | undefined): level is HigherLevel {
	return level !== undefined && level !== null && level !== "B-B";
}

/** Whether options ask for a visible signature. */
export function isVisible(options: Pick<SigningOptions, "appearance"> | null | undefined): boolean {
	return options?.appearance !== undefined && options.appearance !== null;
}

/** The timestamp services of signature options. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`. */
export function servicesIn(options: Pick<SigningOptions, "timestamp"> | null | undefined): Service[] {
	return servicesOf(options?.timestamp?.services);
}

/**
 * Takes options apart: those of the call, and in `options` all others, for the core to judge; none are none. With `emits`, warnings that no
 * callback receives are emitted. Errors: `ERR_ARGUMENT`.
 */
export function partsOf<Options extends object>(
	given: Options | null | undefined,
	{ emits = true } = {},
): Call & { options: Omit<Options, keyof CallOptions> } {
	if (given !== undefined && given !== null && (typeof given !== "object" || Array.isArray(given))) {
		throw hostError("argumentTypes", "the options", "an object", typeName(given));
	}
	const { cache, entropy, http, onProgress, onReport, onWarnings, signal, signingTime, ...options } = (given ?? {}) as CallOptions;
	if (onReport !== undefined && typeof onReport !== "function") {
		throw hostError("argumentType", "onReport", "a function", typeName(onReport));
	}
	const emit = emits && onReport === undefined ? (warnings: readonly Warning[]) => warnings.forEach(emitWarning) : undefined;
	return {
		ambient: { signingTime, entropy },
		onReport: onReport ?? (() => {}),
		control: new Control({ onProgress, onWarnings: onWarnings ?? emit, signal }),
		http: httpCallOf({ cache, http }),
		options: options as Omit<Options, keyof CallOptions>,
	};
}

/** The options of a call that has no others. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`. */
export function callOf(given: CallOptions | null | undefined): Call {
	const { options, ...call } = partsOf(given);
	refuseOthers(options);
	return call;
}

/** The options of resuming. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`. */
export function resumptionOf(given: ResumeOptions | null | undefined): SessionCall & { skipDocumentCheck: boolean } {
	const { options, ...call } = partsOf(given);
	const { password, services, skipDocumentCheck = false, ...others } = options;
	if (typeof skipDocumentCheck !== "boolean")
		throw hostError("argumentType", "skipDocumentCheck", "a boolean", typeName(skipDocumentCheck));
	refuseOthers(others);
	return { ...call, services: servicesOf(services), password: passwordOf(password), isHigher: services !== undefined, skipDocumentCheck };
}

/** The options of a call that begins a session, or resumes one without a seal. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`. */
export function sessionCallOf<Options extends SessionOptions>(
	given: Options | null | undefined,
): SessionCall & { options: Omit<Options, keyof CallOptions> } {
	const parts = partsOf(given);
	const options = parts.options as SigningOptions;
	return { ...parts, services: servicesIn(options), password: options.password, isHigher: isHigherLevel(options.level) };
}

/** Options of completing a session over those of its beginning. Errors: `ERR_ARGUMENT`. */
export function completionOf(
	{ cache, entropy, http, onProgress, onWarnings, password, services, signal }: SessionCallOptions,
	begun: SessionCall,
): Pick<SessionCall, "ambient" | "control" | "http" | "password" | "services"> {
	const given = httpCallOf({ cache: cache ?? begun.http.cache, http });
	return {
		ambient: { entropy: entropy ?? begun.ambient.entropy },
		control: new Control({ onProgress, onWarnings, signal }),
		http: http === undefined ? { ...begun.http, cache: given.cache } : given,
		services: services === undefined ? begun.services : servicesOf(services),
		password: passwordOf(password) ?? begun.password,
	};
}

/** Errors: `ERR_ARGUMENT`. */
function passwordOf(password: unknown): string | undefined {
	if (password === undefined || typeof password === "string") return password;
	throw hostError("argumentType", "password", "text", typeName(password));
}

/** The certificate of a signature. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`. */
export function issuedOf(given: SignatureCertificate | null | undefined): SignatureCertificate {
	if (given !== undefined && given !== null && (typeof given !== "object" || ArrayBuffer.isView(given))) {
		throw hostError("argumentType", "the certificate of the signature", "an object with `certificate` and `chain`", typeName(given));
	}
	const { certificate, chain, ...others } = given ?? {};
	refuseOthers(others);
	return { certificate, chain };
}

function refuseOthers(options: object): void {
	const [unknown] = Object.keys(options);
	if (unknown !== undefined) throw hostError("optionUnknown", unknown);
}
