import { emitWarning } from "#bytes";
import { type ByteInput, typeName } from "./bytes.js";
import { Control, type ControlOptions } from "./control.js";
import { hostError } from "./errors.js";
import type { Report, SigningOptions, Warning } from "./generated.js";

/** A certificate: DER or PEM as bytes, PEM as text, or an `X509Certificate` of `node:crypto`. */
export type CertificateInput = ByteInput | string | { readonly raw: Uint8Array };

/** The issuers of a certificate, in any order: one, a PEM bundle, a PKCS #7 file (`.p7b`), or several of these. */
export type ChainInput = CertificateInput | readonly CertificateInput[];

/** Options of a call as a whole. */
export interface CallOptions extends ControlOptions {
	/** The time of signing. Default: now. */
	signingTime?: Date | undefined;
	/** 32 random bytes for identifiers, for reproducible output. Default: from `crypto.getRandomValues`. */
	entropy?: Uint8Array | undefined;
	/** Receives the report, with warnings. */
	onReport?: ((report: Report) => void) | undefined;
}

/** How to sign. */
export interface SignCallOptions extends SigningOptions, CallOptions {}

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
export interface ResumeOptions extends ControlOptions {
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
	const { entropy, onProgress, onReport, onWarnings, signal, signingTime, ...options } = (given ?? {}) as CallOptions;
	if (onReport !== undefined && typeof onReport !== "function") {
		throw hostError("argumentType", "onReport", "a function", typeName(onReport));
	}
	const emit = emits && onReport === undefined ? (warnings: readonly Warning[]) => warnings.forEach(emitWarning) : undefined;
	return {
		ambient: { signingTime, entropy },
		onReport: onReport ?? (() => {}),
		control: new Control({ onProgress, onWarnings: onWarnings ?? emit, signal }),
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
export function resumptionOf(given: ResumeOptions | null | undefined): Call & { skipDocumentCheck: boolean } {
	const { options, ...call } = partsOf(given);
	const { skipDocumentCheck = false, ...others } = options;
	if (typeof skipDocumentCheck !== "boolean")
		throw hostError("argumentType", "skipDocumentCheck", "a boolean", typeName(skipDocumentCheck));
	refuseOthers(others);
	return { ...call, skipDocumentCheck };
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
