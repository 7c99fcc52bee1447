/**
 * Signs PDF files with keys that never leave the HSM.
 *
 * The package does all the PDF and CMS work and asks for one thing: a raw signature over the bytes that it gives.
 * Saved sessions carry the version of their format: a package that does not know it throws `ERR_SESSION_VERSION`, and the change log
 * lists the formats that each version completes.
 *
 * @packageDocumentation
 */

export type { Bytes } from "#bytes";
export { engine } from "#core";
export type { Awaitable } from "./awaitable.js";
export type { ByteInput } from "./bytes.js";
export type { ControlOptions, Progress } from "./control.js";
export type { Engine } from "./core_types.js";
export { RustpdfError } from "./errors.js";
export {
	type ExtendCallOptions,
	type ExtendedFile,
	type ExtendedPdf,
	type ExtendFileOptions,
	type ExtendJob,
	type ExtendManyOptions,
	type ExtendOptions,
	type ExtendOutcome,
	extend,
	extendFile,
	extendMany,
	type TimestampCallOptions,
	type TimestampFileOptions,
	timestamp,
	timestampFile,
} from "./extend.js";
export type { DocumentInfo, FieldInfo, HttpFailure, HttpPurpose, LockInfo, SignatureInfo } from "./frames.js";
export type {
	Appearance,
	AppearanceBorder,
	AppearanceFont,
	AppearanceImage,
	AppearanceLabels,
	AppearancePdf,
	BoxCorner,
	BoxPosition,
	Certification,
	Curve,
	DigestAlgorithm,
	EmptyField,
	ErrorCode,
	ErrorGroup,
	ExtendedSignature,
	ExtensionOptions,
	ExtensionReport,
	FieldLock,
	ImageAlpha,
	ImagePlace,
	LengthUnit,
	Level,
	LockAction,
	Report,
	RequestReport,
	RevocationSource,
	SignatureAlgorithm,
	SignaturePolicy,
	SigningOptions,
	SigningRequest,
	TextAlign,
	TimestampOptions,
	TimestampReport,
	TimestampService,
	ValidationOptions,
	ValidationReport,
	Warning,
	WarningCode,
	XrefKind,
} from "./generated.js";
export type {
	HttpCache,
	HttpCacheEntry,
	HttpCallback,
	HttpFailed,
	HttpOptions,
	HttpRequest,
	HttpResponse,
	HttpSettings,
	HttpTimeouts,
} from "./http.js";
export { memoryCache } from "./http_cache.js";
export { httpClient } from "./http_client.js";
export { type InspectOptions, inspect } from "./inspect.js";
export {
	type CertificateRequestOptions,
	certificateRequest,
	type Issued,
	type PublicKeyInput,
	type SelfSignedOptions,
	selfSigned,
} from "./issuance.js";
export type { CertificateOfKey, StoreKey, StoreRequest } from "./keystores/key.js";
export { type WebCryptoOptions, webCryptoKey } from "./keystores/web_crypto.js";
export type { LevelB } from "./level_b.js";
export { type Job, type JobOutcome, type ManyOptions, signMany } from "./many.js";
export type {
	CallOptions,
	CertificateInput,
	ChainInput,
	HigherLevel,
	ResumeOptions,
	ServiceOptions,
	SessionCallOptions,
	SessionOptions,
	SignatureCertificate,
	SignCallOptions,
	UnsealedOptions,
} from "./options.js";
export type { Copy, FileOutput, FileReport, OutputOptions } from "./output.js";
export type { AsyncSigner, CertifiedSigner, Signer, SyncSigner } from "./request.js";
export {
	beginSigning,
	beginSigningAsync,
	type Prepared,
	resumeSigning,
	resumeSigningAsync,
	resumeUnsealed,
	resumeUnsealedAsync,
	type Session,
	type WithCertificate,
	type WithRequest,
} from "./session.js";
export { beginSigningFile, type CompletionOptions, type FileSession, resumeSigningFile, resumeUnsealedFile } from "./session_file.js";
export {
	type BatchOptions,
	beginSigningMany,
	type Completion,
	type InFlight,
	resumeSigningMany,
	resumeUnsealedMany,
	type SessionBatch,
} from "./session_many.js";
export {
	type Signatory,
	type SignedPdf,
	type SignerOptions,
	type SignOptions,
	sign,
	signInTurn,
	signInTurnAsync,
	signWith,
	signWithAsync,
} from "./sign.js";
export {
	type Recovered,
	type RecoveryOptions,
	recoverFile,
	type SignFileOptions,
	signFile,
	signFileInTurn,
	signFileWith,
} from "./sign_file.js";
export type { SignedFile } from "./signed_file.js";
export type { BlobSource, DocumentSource, OpenFile, RangeSource } from "./source.js";
export { unfinishedSession } from "./unfinished.js";
