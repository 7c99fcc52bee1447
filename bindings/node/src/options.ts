import { type ByteInput, typeName } from "./bytes.js";
import { Control, type ControlOptions } from "./control.js";
import { argumentError, RustpdfError } from "./errors.js";
import type { Report } from "./report.js";
import type { DigestAlgorithm, SignatureAlgorithm } from "./request.js";

/** A certificate: DER or PEM as bytes, PEM as text, or an `X509Certificate` of `node:crypto`. */
export type CertificateInput = ByteInput | string | { readonly raw: Uint8Array };

/** The issuers of a certificate, in any order: one, a PEM bundle, or several of either. */
export type ChainInput = CertificateInput | readonly CertificateInput[];

/** A FieldMDP lock: which form fields the signature freezes. */
export interface FieldLock {
	/** `include` freezes the fields named, `exclude` all but these. */
	action: "all" | "include" | "exclude";
	/** Full names of fields. */
	fields?: readonly string[];
}

/** A signature policy that the signer commits to. */
export interface SignaturePolicy {
	/** The policy's object identifier, such as `1.2.3`. */
	oid: string;
	/** The hash that `digest` was made with. */
	digestAlgorithm: DigestAlgorithm;
	/** The digest of the policy's document, as bytes or hexadecimal. */
	digest: Uint8Array | string;
	/** Where the policy's document can be had. */
	uri?: string;
}

/** What a signature is to be; `{}` means PAdES B-B with what fits the certificate. */
export interface SignatureOptions {
	/** Makes a PAdES signature (`ETSI.CAdES.detached`), as is the default; `false` makes `adbe.pkcs7.detached`. */
	pades?: boolean;
	/** The hash. Default: SHA-256 for RSA and P-256, SHA-384 for P-384, SHA-512 for P-521 and Ed25519. */
	digestAlgorithm?: DigestAlgorithm;
	/** The signature algorithm. Default: that of the certificate's key, for RSA `rsa-pkcs1`. */
	signatureAlgorithm?: SignatureAlgorithm;
	/** The full name of an existing empty signature field, or the name of the new one (no dot). Default: a free name. */
	fieldName?: string;
	/** The page of a new field's widget, from 1. Default: 1. */
	page?: number;
	/** The signer's name (`/Name`). */
	name?: string;
	/** Why it is signed (`/Reason`). PAdES knows it not beside `policy` or `commitmentType`. */
	reason?: string;
	/** Where it is signed (`/Location`). */
	location?: string;
	/** How to reach the signer (`/ContactInfo`). */
	contactInfo?: string;
	/** Certifies the document (DocMDP): 1 permits no changes, 2 form filling and signing, 3 also annotations. */
	certify?: 1 | 2 | 3;
	/** Freezes form fields (FieldMDP); of a new field. */
	lock?: FieldLock;
	/** The signature policy. */
	policy?: SignaturePolicy;
	/** The commitment, by name (`proof-of-origin`, `-receipt`, `-delivery`, `-sender`, `-approval`, `-creation`) or object identifier. */
	commitmentType?: string;
	/** The roles that the signer claims. */
	signerRoles?: readonly string[];
	/** Adds the signing-time attribute; only with `pades: false`. */
	signingTimeAttribute?: boolean;
	/** Bytes to reserve for the container. Default: computed; without a certificate 32768. */
	containerSize?: number;
	/** Opens an encrypted document, as its owner or as a user. One that needs no password is opened without. */
	password?: string;
	/**
	 * Sets `/NeedAppearances` of the form to false where it is true: Acrobat then redraws the form, and does not show the signature as
	 * valid. Fields without an appearance stay empty until a viewer draws them.
	 */
	clearNeedAppearances?: boolean;
	/** Refuses a damaged document, and a certificate that is expired, not yet valid or not meant for signing, instead of a warning. */
	strict?: boolean;
	/** `false` skips the check of the raw signature against the certificate: a wrong one is then embedded without a word. */
	checkSignature?: boolean;
}

/** What concerns a call as a whole. */
export interface CallOptions extends ControlOptions {
	/** The time of signing. Default: now. */
	signingTime?: Date | undefined;
	/** 32 random bytes for identifiers, for reproducible output. Default: from `crypto.getRandomValues`. */
	entropy?: Uint8Array | undefined;
	/** Is told what was done, with warnings. */
	onReport?: ((report: Report) => void) | undefined;
}

/** How to sign. */
export interface SigningOptions extends SignatureOptions, CallOptions {}

/** How to begin a session: with a certificate it offers the bytes to sign, without one it takes a finished container. */
export interface SessionOptions extends SigningOptions {
	/** The signer's certificate. */
	certificate?: CertificateInput | undefined;
	/** Its issuers, in any order. */
	chain?: ChainInput | undefined;
}

/** How to resume a session. */
export interface ResumeOptions extends ControlOptions {
	/** Skips reading the document again: that it is another one is then not noticed. */
	documentVouched?: boolean | undefined;
	/** Is told what was done, with warnings. */
	onReport?: ((report: Report) => void) | undefined;
}

/** When, and by which entropy. */
export type Moment = Pick<CallOptions, "signingTime" | "entropy">;

/** What of the options concerns a call as a whole, ready to be used. */
export interface Call {
	moment: Moment;
	onReport: (report: Report) => void;
	control: Control;
}

/** Takes options apart: what the call needs, and in `options` all else, for the core to judge; none are none. Errors: `ERR_ARGUMENT`. */
export function partsOf<Options extends object>(given: Options | null | undefined): Call & { options: Omit<Options, keyof CallOptions> } {
	if (given !== undefined && given !== null && (typeof given !== "object" || Array.isArray(given))) {
		throw argumentError(`the options must be an object, and are ${typeName(given)}`);
	}
	const { entropy, onProgress, onReport, signal, signingTime, ...options } = (given ?? {}) as CallOptions;
	if (onReport !== undefined && typeof onReport !== "function") {
		throw argumentError(`onReport must be a function, and is ${typeName(onReport)}`);
	}
	return {
		moment: { signingTime, entropy },
		onReport: onReport ?? (() => {}),
		control: new Control({ onProgress, signal }),
		options: options as Omit<Options, keyof CallOptions>,
	};
}

/** The options of a call that has no others. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`. */
export function callOf(given: CallOptions | null | undefined): Call {
	const { options, ...call } = partsOf(given);
	refuseOthers(options, "give it to a signer");
	return call;
}

/** The options of resuming. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`. */
export function resumptionOf(given: ResumeOptions | null | undefined): Call & { documentVouched: boolean } {
	const { options, ...call } = partsOf(given);
	const { documentVouched = false, ...others } = options;
	if (typeof documentVouched !== "boolean") throw argumentError(`documentVouched must be a boolean, and is ${typeName(documentVouched)}`);
	refuseOthers(others, "it was said when the session was begun");
	return { ...call, documentVouched };
}

function refuseOthers(options: object, remedy: string): void {
	const [unknown] = Object.keys(options);
	if (unknown !== undefined) throw new RustpdfError("ERR_OPTION_UNKNOWN", `there is no option \`${unknown}\` for this call; ${remedy}`);
}
