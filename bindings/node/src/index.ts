/**
 * Signs PDF files with keys that never leave the HSM.
 *
 * The package does all the PDF and CMS work and asks for one thing: a raw signature over the bytes that it gives.
 * Saved sessions carry the version of their format: a package that does not know it says `ERR_SESSION_VERSION`, and the change log
 * tells which formats each version completes.
 *
 * @packageDocumentation
 */

export type { Bytes } from "#engine";
export type { ByteInput } from "./bytes.js";
export type { ErrorCode, WarningCode } from "./codes.generated.js";
export type { BlobSource, DocumentSource, RangeSource } from "./document.js";
export { type ErrorGroup, RustpdfError } from "./errors.js";
export type {
	CertificateInput,
	ChainInput,
	FieldLock,
	ResumeOptions,
	SessionOptions,
	SignaturePolicy,
	SigningOptions,
} from "./options.js";
export type { Report, Warning } from "./report.js";
export type { AsyncSigner, DigestAlgorithm, SignatureAlgorithm, Signer, SigningRequest, SyncSigner } from "./request.js";
export { beginSigning, beginSigningAsync, resumeSigning, resumeSigningAsync, type Session } from "./session.js";
export { signWith, signWithAsync } from "./sign.js";
