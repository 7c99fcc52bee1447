// Headers of the frames that cross the border to the core. Generated from the core by scripts/generate.sh.

import type {
	Curve,
	DigestAlgorithm,
	ErrorCode,
	ErrorGroup,
	ExtensionOptions,
	Level,
	Report,
	SignatureAlgorithm,
	SigningOptions,
	WarningCode,
} from "./generated.js";

/** A request for a raw signature, as it crosses the border. */
export interface RequestFrame {
	data?: string;
	digest: string;
	digestInfo?: string;
	digestAlgorithm: DigestAlgorithm;
	signatureAlgorithm: SignatureAlgorithm;
	saltLength?: number;
	curve?: Curve;
	documentDigest?: string;
	documentName?: string;
	fieldName?: string;
	certificateDigest?: string;
}

/** An operation that a start frame names. */
export type StartOperation =
	| "sign"
	| "prepare"
	| "resume"
	| "complete"
	| "inspect"
	| "extend"
	| "timestamp"
	| "recover"
	| "openLedger"
	| "closeLedger";

/** An operation that a call frame names. */
export type CallOperation = "complete" | "serialize" | "open" | "certify";

/** Corner of a page as it is seen. */
export type BoxCorner = "bottom-right" | "bottom-left" | "top-right" | "top-left";

/** Unit of lengths on a page. */
export type LengthUnit = "pt" | "mm";

/** Alignment of lines. */
export type TextAlign = "start" | "center" | "end";

/** Place of an image. */
export type ImagePlace = "start" | "end" | "top" | "behind" | "only";

/** Treatment of transparent pixels. */
export type ImageAlpha = "mask" | "soft";

/** Meaning of the list of a `FieldLock`. */
export type LockAction = "all" | "include" | "exclude";

/** Source of revocation data that is asked first. */
export type RevocationSource = "ocsp" | "crl";

/** Phase of a call in which the document is read. */
export type DigestPhase = "digest" | "write";

/** Purpose of a request to a server. */
export type HttpPurpose = "timestamp" | "ocsp" | "crl" | "issuer";

/** Access to a file that is opened. */
export type Access = "read" | "write" | "append";

/** A kind of cross-reference section (ISO 32000-2, 7.5.4 and 7.5.8). */
export type XrefKind = "table" | "stream";

/** How the document got into another file. */
export type Copied = "none" | "clone" | "kernel" | "read";

/** What a session waits for. */
export type SessionState = "toSign" | "toTimestamp" | "toValidate" | "done";

/** Kind of a failure that a host answers. */
export type FailureKind = "exists" | "missing" | "denied" | "unsupported" | "noSpace" | "busy" | "cancelled" | "other";

/** Kind of the failure to get a response. */
export type HttpFailure = "dns" | "connect" | "tls" | "timeout" | "tooLarge" | "blocked" | "redirect" | "unsupported" | "other";

/** Type of a file. */
export type FileKind = "missing" | "file" | "link" | "folder" | "other";

/** State of a file after a recovery. */
export type RecoveryOutcome = "nothing" | "signed" | "original";

/** A kind of line in an audit folder. */
export type AuditEvent = "asked" | "signed" | "failed";

/** Document of a call: its length, if the host holds it, or a file. */
export interface Start {
	/** Length of the document in bytes. The host answers `read` and `digest` from memory or ranges. */
	length?: number | null;
	/** File of the document, if it is one. */
	file?: FileLocation | null;
	/** Seconds since 1970, UTC. All operations except `inspect` and `closeLedger` require it. */
	now?: number | null;
	/** 32 random bytes. All operations except `inspect` and `closeLedger` require them. */
	entropy?: string | Uint8Array | null;
	/** Whether the host answers `verify`. */
	verifies?: boolean | null;
	/** Bytes of the payload. */
	parts?: PartLength[] | null;
}

/** Has a document signed by one signer or several in turn. */
export interface SignStart {
	/** Signers in their order. */
	signatories: SignatoryStart[];
	/** Place of the signed document; absent if the caller appends the update. */
	output?: OutputPlace | null;
	/** Job of a ledger, if the run has one. */
	ledger?: LedgerJob | null;
}

/** Prepares a signature in two phases. */
export interface PrepareStart {
	/** Certificate, if it is known: DER or PEM. */
	certificate?: string | null;
	/** Issuers: DER or PEM. */
	chain?: string[] | null;
	/** Signature options (options.md). */
	options?: SigningOptions | null;
}

/** Resumes a session with its document. */
export interface ResumeStart {
	/** Live session. */
	session: string;
	/** Whether the document is not digested again. */
	skipDocumentCheck?: boolean | null;
}

/** Completes a session into an output. */
export interface CompleteStart {
	/** Live session. */
	session: string;
	/** Raw signature, of a session that has a request. */
	signature?: string | null;
	/** Certificate of the signature, DER or PEM, if the session was begun without one. */
	certificate?: string | null;
	/** Its issuers: DER or PEM. */
	chain?: string[] | null;
	/** CMS container, DER or BER. Without it and `signature` a session goes on that was signed and waits. */
	container?: string | null;
	/** Password of an encrypted document, for levels above B-T. */
	password?: string | null;
	/** Place of the signed document; absent if the caller appends the update. */
	output?: OutputPlace | null;
}

/** Reads the facts that a document states of itself. */
export interface InspectStart {
	/** Password of an encrypted document. */
	password?: string | null;
}

/** Raises signatures to a level, or gives a document a timestamp of its own. */
export interface ExtendStart {
	/** Options (options.md). */
	options?: ExtensionOptions | null;
	/** Place of the extended document; absent if the caller appends the update. */
	output?: OutputPlace | null;
	/** Job of a ledger, if the run has one. */
	ledger?: LedgerJob | null;
	/** Seconds since 1970, UTC: nothing is done where the signatures have the level, and evidence that lasts until after this time. */
	renewBefore?: number | null;
}

/** Ends an interrupted signing in place. */
export interface RecoverStart {
	/** Whether the signing is taken back, and not finished. */
	undo?: boolean | null;
	/** Accept the journal of this user (name or number), too. */
	journalOwner?: string | null;
}

/** Opens the ledger of a run over many files, or makes one. */
export interface OpenLedgerStart {
	/** Path of the ledger. */
	path: string | Uint8Array;
}

/** Releases the lock of a ledger. */
export interface CloseLedgerStart {
	/** The ledger, as `openLedger` returned it. */
	ledger: LedgerPlace;
}

/** A named part of a payload. The payload has them in the order of the list. */
export interface PartLength {
	/** Name. */
	name: string;
	/** Length in bytes. */
	length: number;
}

/** Place of a file: a path, or an open file of the caller. */
export interface FileLocation {
	/** Path; of an open file, if the host knows it. */
	path?: string | Uint8Array | null;
	/** Number of an open file of the caller, below 16. */
	handle?: number | null;
}

/** Place of a signed document: the document itself, a path, or an open, empty file of the caller. */
export interface OutputPlace {
	/** Whether the document itself is signed. */
	inPlace?: boolean | null;
	/** Path. */
	path?: string | Uint8Array | null;
	/** Number of an open file of the caller, below 16. */
	handle?: number | null;
	/** Whether an existing regular file is replaced. */
	replace?: boolean | null;
	/** Whether the document is signed in place if the output is the document. */
	orInPlace?: boolean | null;
}

/** A signer of a document. */
export interface SignatoryStart {
	/** Certificate: DER or PEM. */
	certificate: string;
	/** Issuers: DER or PEM. */
	chain?: string[] | null;
	/** Signature options (options.md). */
	options?: SigningOptions | null;
}

/** An open ledger. */
export interface LedgerPlace {
	/** Path. */
	path: string | Uint8Array;
	/** Identity of the file. */
	identity: string;
	/** Identity of its lock. */
	lockIdentity: string;
}

/** A job of a ledger. */
export interface LedgerJob {
	/** The ledger, as `openLedger` returned it. */
	ledger: LedgerPlace;
	/** Name of the job. */
	id: string;
	/** Its entry of `states`; absent or null if it has none. */
	state?: JobState | null;
}

/** State of a job in a ledger. */
export interface JobState {
	/** `signing` before the commit, `signed` after it. */
	state: string;
	/** Length of the document in bytes. */
	length?: number | null;
	/** Length of the signed document in bytes. */
	signedLength?: number | null;
	/** SHA-256 of the update, in hexadecimal. */
	update?: string | null;
	/** Time by which the evidence must be renewed, in RFC 3339. */
	renewBefore?: string | null;
}

/** Ranges of the document. */
export interface ReadStep {
	/** Offset and length of each range, ascending. */
	ranges: [number, number][];
	/** The document's file; absent if the host holds the document itself. */
	document?: number | null;
}

/** A signature to verify. Its form, its length and the bounds of the key were checked. */
export interface VerifyRequest {
	/** Signature algorithm. */
	signatureAlgorithm: SignatureAlgorithm;
	/** Digest algorithm. Ed25519 digests by itself. */
	digestAlgorithm: DigestAlgorithm;
	/** Length of the salt in bytes. For `rsa-pss` only; the mask is MGF1 with the same digest. */
	saltLength?: number | null;
	/** Curve of the key. For `ecdsa` only. */
	curve?: Curve | null;
	/** SubjectPublicKeyInfo (RFC 5280, 4.1) in DER: its length, the first of the payload. */
	key: number;
	/** Message: its length, the next of the payload. */
	message: number;
	/** Signature, of ECDSA in DER: its length, the last of the payload. */
	signature: number;
}

/** Digests of the document, taken in one pass. */
export interface DigestRequest {
	/** The document's file; absent if the host holds the document itself. */
	document?: number | null;
	/** Digests to answer with, in this order. */
	parts: DigestPart[];
	/** Further algorithms. The host keeps their states at the end of the document for a later step. */
	keep: DigestAlgorithm[];
	/** Empty file that receives a copy of the document; null for none. */
	copy?: number | null;
	/** Byte patterns to find, 1 to 64 bytes each. */
	find: (string | Uint8Array)[];
	/**
	 * Ranges of the document in which matches are wanted: offset and length in bytes, ascending, not overlapping. Matches elsewhere may be
	 * reported, and one that is only partly in a range may be missing.
	 */
	findIn: [number, number][];
	/** Phase and bytes for the caller's progress. */
	progress: DigestProgress;
}

/** One digest: of ranges of the document, then of a suffix. */
export interface DigestPart {
	/** Digest algorithm. */
	algorithm: DigestAlgorithm;
	/** Ranges of the document: offset and length in bytes, ascending, not overlapping. */
	ranges: [number, number][];
	/** Bytes digested after the ranges: their number, the next of the payload. */
	suffix: number;
}

/** Phase of the call to which a pass over the document belongs. */
export interface DigestProgress {
	/** Phase of the call. */
	phase: DigestPhase;
	/** Bytes of the phase: of the document, or of the whole output. */
	total: number;
}

/** A request for a raw signature. The payload is the message. */
export interface SignStep {
	/** Place of the signer, from 0. */
	signer: number;
	/** The request. Its `data` is the payload. */
	request: RequestFrame;
	/** Warnings of this signature. The host hands them to the caller before it asks the key. */
	warnings: Warning[];
}

/** A request for the drawing of a visible signature. */
export interface DrawStep {
	/** The request. */
	request: DrawRequest;
	/** Bytes of the payload. */
	parts: PartLength[];
}

/** Drawing of a visible signature: the options of the caller, the size of the box, and the values that its text can contain. */
export interface DrawRequest {
	/** Drawing options as the caller gave them (options.md, `Appearance`). Bytes are parts of the payload. */
	appearance: unknown;
	/** Width of the box as it is seen, in points. */
	width: unknown;
	/** Height of the box as it is seen, in points. */
	height: unknown;
	/** Values for the text. */
	values: DrawValues;
	/** Whether the document says that it is PDF/A. */
	pdfA: boolean;
}

/** Values that the text of a visible signature can contain. A text that was not given is absent. */
export interface DrawValues {
	/** Time of the signature, in seconds since 1970, UTC. */
	now: number;
	/** Offset of the time that is shown, in minutes. */
	utcOffsetMinutes: number;
	/** Name of the signer: the option, else that of the certificate. */
	name?: string | null;
	/** Reason. */
	reason?: string | null;
	/** Location. */
	location?: string | null;
	/** Contact information. */
	contact?: string | null;
	/** Full name of the field. */
	field: string;
	/** Certificate. Absent if it is not known yet. */
	certificate?: DrawCertificate | null;
}

/** Names of a certificate. */
export interface DrawCertificate {
	/** Attributes of the subject: type (RFC 4514) and value. */
	subject: string[][];
	/** Attributes of the issuer. */
	issuer: string[][];
	/** Serial number, in hexadecimal. */
	serial: string | Uint8Array;
}

/** Requests to servers. */
export interface HttpStep {
	/** The requests. */
	requests: HttpRequest[];
}

/** A request to a server. Either `service` or `url` names it. */
export interface HttpRequest {
	/** Identifier, unique within the step. */
	id: number;
	/** Purpose of the request. */
	purpose: HttpPurpose;
	/** Number of the caller's timestamp service, from 0. The host knows its address and header fields. */
	service?: number | null;
	/** Address from a certificate. A stranger may have chosen it. */
	url?: string | null;
	/** `GET` or `POST`. */
	method: string;
	/** Type of the body (`Content-Type`). Absent without a body. */
	contentType?: string | null;
	/** Types of the response that are asked for (`Accept`). */
	accept: string;
	/** Body: its length, the next of the payload. */
	body: number;
	/** Largest body of a response in bytes, after decoding. */
	limit: number;
	/** Seconds to wait before sending. Absent for none. */
	delay?: number | null;
	/** Key by which a cache keeps the response. Absent if none keeps it. */
	cache?: string | null;
}

/** Operations on files. */
export interface StoreRequest {
	/** Operations to perform in order, up to the first failure. */
	operations: Operation[];
	/** Whether the step must not be cancelled: an output or a journal gets its name. */
	final: boolean;
	/** Progress of the output, for the caller; absent where there is none to report. */
	progress?: StoreProgress | null;
}

/** Bytes written of an output. */
export interface StoreProgress {
	/** Bytes written. */
	done: number;
	/** All bytes to write. */
	total: number;
}

/** The result. */
export interface DoneStep {
	/** Result of the operation, or null. */
	result: unknown;
	/** A report for each signature. */
	reports: Report[];
	/** How the document got into the output. */
	copy: Copied;
}

/** An error. */
export interface ErrorStep {
	/** The error. */
	error: ErrorFrame;
	/** Session from which to go on without the key; absent if there is none. */
	session?: SessionResult | null;
}

/** Facts of an error. */
export interface ErrorFrame {
	/** Stable code. */
	code: ErrorCode;
	/** Group of the code. */
	group: ErrorGroup;
	/** Message: the finding, and its remedy. */
	message: string;
	/** Offset in the document, in bytes. */
	offset?: number | null;
	/** Number and generation of the object. */
	object?: [number, number] | null;
	/** Number of the failed answer that ended the machine, from 0. The host raises its own error of that failure. */
	failure?: number | null;
}

/** Answer to a step. The first answer, to nothing, has no field. */
export interface AnswerFrame {
	/** The step that is answered, or `failed`. */
	answer?: string | null;
	/** `failed`: kind of the failure. */
	kind?: FailureKind | null;
	/** `read`: offset and length of each piece that was read. The payload are the bytes. */
	ranges?: [number, number][] | null;
	/** `digest`: length of the digest of each part. The payload are the digests. */
	digests?: number[] | null;
	/** `digest`: matches of each pattern; may be absent if there was none to find. */
	found?: Matches[] | null;
	/** `digest`: how the copy was made; may be absent if there was none to make. */
	copied?: Copied | null;
	/** `verify`: whether the signature verifies; absent or null if the host does not know. */
	verified?: boolean | null;
	/** `draw`: the reason why nothing was drawn. Without it the payload is a PDF whose first page is the drawing. */
	error?: DrawError | null;
	/** `http`: seconds since 1970, UTC, at the time of the answer. */
	now?: number | null;
	/** `http`: one response for each request. The payload are the bodies. */
	responses?: ResponseFrame[] | null;
	/** `store`: results of the operations, in their order. A failure is the last. The payload are the bytes that were read. */
	results?: ResultFrame[] | null;
}

/** The reason why nothing was drawn. */
export interface DrawError {
	/** Code, such as `ERR_FONT_GLYPH`. */
	code: string;
	/** First half of the message: what was found. */
	found: string;
	/** Second half: what to do. Without it that of the code. */
	remedy?: string | null;
}

/** Offsets at which a pattern occurs. */
export interface Matches {
	/** The first 1,000 offsets in bytes, ascending. */
	offsets: number[];
	/** Whether there are more. */
	more?: boolean | null;
}

/** Response of a server, or the failure to get one. */
export interface ResponseFrame {
	/** Identifier of the request. */
	id: number;
	/** Kind of the failure, if there is no response. */
	failed?: HttpFailure | null;
	/** Status code. */
	status?: number | null;
	/** Length of the body, the next of the payload. */
	body?: number | null;
	/** Seconds of the field `Retry-After`, if the response has it. */
	retryAfter?: number | null;
	/** Whether the response comes from a cache. */
	cached?: boolean | null;
}

/** Result of an operation on files: the fields of one kind, or none. */
export interface ResultFrame {
	/** Kind of the failure, after which nothing was performed. */
	failed?: FailureKind | null;
	/** `resolve`: the real path. */
	path?: string | Uint8Array | null;
	/** `open`, `create`, `stat`: facts of a file. */
	stat?: Stat | null;
	/** `read`: number of bytes, the next of the payload. */
	length?: number | null;
	/** `remove`: whether the name was removed. */
	removed?: boolean | null;
	/** `list`: names in the folder. */
	names?: (string | Uint8Array)[] | null;
	/** `process`: facts of a process. */
	process?: Process | null;
}

/** Facts of a file. */
export interface Stat {
	/** Type of the file. */
	type?: FileKind | null;
	/** Tells the file from others: device and inode. */
	identity?: string | null;
	/** Size in bytes. */
	size?: number | null;
	/** Permissions: the lowest nine bits. `384` where the system has none. */
	mode?: number | null;
	/** Number of the owner. */
	owner?: number | null;
	/** Number of the group. */
	group?: number | null;
	/** Names of the file. */
	links?: number | null;
	/** Time of the last modification, in nanoseconds since 1970, as decimal text. */
	modified?: string | null;
	/** Time of the last change of data or facts, likewise; the modification time where the system has no such time. */
	changed?: string | null;
}

/** Facts of a process: all of this process, `lives` and `start` of another. A text is empty where the system does not tell. */
export interface Process {
	/** Number. */
	pid?: number | null;
	/** Number of the effective user. */
	user?: number | null;
	/** Name of the host. */
	host?: string | null;
	/** Text that differs from one boot to another. */
	boot?: string | null;
	/** Text that differs between PID namespaces. */
	namespace?: string | null;
	/** Text that differs between two processes that had the same number. */
	start?: string | null;
	/** Whether it exists, or the system does not tell. */
	lives?: boolean | null;
}

/**
 * Result of `sign` and `extend` where the ledger says that the job is done, and of `extend` where `renewBefore` says that nothing is
 * to be done.
 */
export interface SkippedResult {
	/** `true`. */
	skipped: boolean;
}

/** Result of `prepare` and `resume`. The payload is the live session. */
export interface SessionResult {
	/** Digest of `/ByteRange`. */
	hash: string | Uint8Array;
	/** Algorithm of `hash`. */
	hashAlgorithm: DigestAlgorithm;
	/** Length of the document in bytes. */
	documentLength: number;
	/** Bytes reserved for the container. */
	containerSize: number;
	/** Request for the raw signature; null for a session that takes a container only, or is signed. */
	request?: RequestFrame | null;
	/** Report of the signature. */
	report: Report;
	/** Whether the session is signed. */
	signed: boolean;
	/** Level that the signature is to have. */
	level: Level;
	/** What the session waits for. */
	state: SessionState;
}

/** Result of `recover`. */
export interface RecoveredResult {
	/** State of the file. */
	outcome: RecoveryOutcome;
	/** Number of leftovers of ended processes that were removed. */
	removed: number;
}

/** Result of `openLedger`. */
export interface LedgerResult {
	/** The ledger. */
	ledger: LedgerPlace;
	/** States of jobs in earlier runs, by the names of the jobs. */
	states: Record<string, JobState>;
}

/** Result of `open`. The payload are live sessions. */
export interface SessionsResult {
	/** Length of each live session in bytes; 0 for a document of a batch that has none. */
	sessions: number[];
}

/** Result of `certify` without a signature. */
export interface CertifyResult {
	/** Request for the raw signature. */
	request: RequestFrame;
}

/**
 * A line of an audit folder: JSON, written by the host around each request to the key. No frame, and no step of the core. Each process
 * writes one file, whose name no other one has. A line names the digest of the line before it, so that no line can be altered, left
 * out or moved without a trace.
 */
export interface AuditRecord {
	/** SHA-256 of the line before it with its line end, in hexadecimal. 64 zeros in the first line. */
	previous: string;
	/** Number of the line in its file, from 0. */
	sequence: number;
	/** `asked` before the key is asked, `signed` or `failed` after its answer. */
	event: AuditEvent;
	/** Time in UTC, such as `2026-01-31T12:00:00.123Z`. */
	time: string;
	/** For `signed` and `failed`: number of the line that asked. */
	asked?: number | null;
	/** Identifier of the key, as the key store names it. */
	keyId?: string | null;
	/** `documentName` of the request. */
	documentName?: string | null;
	/** `documentDigest` of the request. */
	documentDigest?: string | null;
	/** `fieldName` of the request. */
	fieldName?: string | null;
	/** `certificateDigest` of the request. */
	certificateDigest?: string | null;
	/** `signatureAlgorithm` of the request. */
	signatureAlgorithm?: string | null;
	/** `digestAlgorithm` of the request. */
	digestAlgorithm?: string | null;
	/** Digest of what the key is asked to sign, by that algorithm. */
	digest?: string | null;
	/** For `signed`: SHA-256 of the signature value. */
	signatureDigest?: string | null;
	/** For `failed`: the type of the error, or its code. Its message can contain anything, and is left out. */
	error?: string | null;
	/** For `signed` and `failed`: time that the key took, in microseconds. */
	duration?: number | null;
}

/** Completes a live session without an output. */
export interface CompleteCall {
	/** Bytes of the payload. */
	parts?: PartLength[] | null;
	/** Live session. */
	session: string;
	/** Raw signature, of a session that has a request. */
	signature?: string | null;
	/** Certificate of the signature, DER or PEM, if the session was begun without one. */
	certificate?: string | null;
	/** Its issuers: DER or PEM. */
	chain?: string[] | null;
	/** Time for which the certificate is checked, in seconds since 1970, UTC. */
	now?: number | null;
	/** CMS container, DER or BER. Without it and `signature` the session is signed already. */
	container?: string | null;
}

/** Saves a session, or a batch of them. */
export interface SerializeCall {
	/** Bytes of the payload. */
	parts?: PartLength[] | null;
	/** Live sessions; null for a document of a batch that has none. */
	sessions: (string | null)[];
	/** Whether a batch is saved. */
	batch?: boolean | null;
	/** Key of 32 bytes or more; absent or null for an unsealed session. */
	key?: string | null;
}

/** Opens a saved session, or a batch of them. */
export interface OpenCall {
	/** Bytes of the payload. */
	parts?: PartLength[] | null;
	/** The saved bytes. */
	saved: string;
	/** Whether a batch was saved. */
	batch?: boolean | null;
	/** Key of 32 bytes or more; absent or null for an unsealed session. */
	key?: string | null;
	/** Certificate of an unsealed session that was begun with one: DER or PEM. */
	certificate?: string | null;
	/** Its issuers: DER or PEM. */
	chain?: string[] | null;
	/** Its signature options (options.md). */
	options?: SigningOptions | null;
	/** Time of its beginning, in seconds since 1970, UTC, if it is known. */
	now?: number | null;
}

/** Makes a certification request or a self-signed certificate: without `signature` its request to the key store, with it the DER. */
export interface CertifyCall {
	/** Bytes of the payload. */
	parts?: PartLength[] | null;
	/** Subject: `CN=…,O=…` (RFC 4514) or `/O=…/CN=…`. */
	subject: string;
	/** Public key: SubjectPublicKeyInfo, DER or PEM. */
	publicKey: string;
	/** Signature algorithm. Absent: that of the key. */
	signatureAlgorithm?: SignatureAlgorithm | null;
	/** Digest algorithm. Absent: that of the key. */
	digestAlgorithm?: DigestAlgorithm | null;
	/** Days that a self-signed certificate is valid. Absent: a certification request is made. */
	days?: number | null;
	/** Seconds since 1970, UTC, for a self-signed certificate. */
	now?: number | null;
	/** 32 random bytes, for a self-signed certificate. */
	entropy?: string | Uint8Array | null;
	/** Raw signature. */
	signature?: string | null;
}

/** Facts of a certificate. */
export interface CertificateSummary {
	/** Subject (RFC 4514). */
	subject: string;
	/** Issuer (RFC 4514). */
	issuer: string;
	/** Serial number, in hexadecimal. */
	serialNumber: string;
	/** Start of its validity (RFC 3339). */
	notBefore: string;
	/** End of its validity (RFC 3339). */
	notAfter: string;
	/** SHA-256 of the certificate, in hexadecimal. */
	sha256: string;
}

/** Fields that a signature locks. */
export interface LockInfo {
	/** `all`, `include` or `exclude`. */
	action: string;
	/** Full names of fields. */
	fields: string[];
}

/** A field of the form. */
export interface FieldInfo {
	/** Full name. */
	name: string;
	/** `Sig`, `Tx`, `Btn` or `Ch`; empty if the file does not say. */
	type: string;
	/** Whether it is a signature field with a signature. */
	signed: boolean;
}

/** Facts of a signature, from its dictionary and its container. */
export interface SignatureInfo {
	/** Full name of its field. */
	field: string;
	/** `/SubFilter`. */
	subFilter?: string | null;
	/** `/Name`. */
	name?: string | null;
	/** `/Reason`. */
	reason?: string | null;
	/** `/Location`. */
	location?: string | null;
	/** `/ContactInfo`. */
	contactInfo?: string | null;
	/** `/M`, as it is in the file. */
	signingTime?: string | null;
	/** `/ByteRange`, as it is in the file. */
	byteRange: number[];
	/** Whether it covers all of the document except its own container. */
	coversWholeFile: boolean;
	/** Revision that it signed, from 1. */
	revision: number;
	/** `/P` of its DocMDP reference. */
	docMdp?: number | null;
	/** Lock of its FieldMDP reference. */
	lock?: LockInfo | null;
	/** Level that a PAdES signature shows (EN 319 142-1, 6.3). Nothing is judged. */
	level?: Level | null;
	/** Time by which its evidence must be renewed, in RFC 3339: the end of the certificate of its last timestamp. */
	renewBefore?: string | null;
	/** Certificate of the signer, if the container has it. */
	signer?: CertificateSummary | null;
	/** Certificates of the container. */
	certificates: CertificateSummary[];
}

/** A fact that the caller should know, and that did not stop the signing. */
export interface Warning {
	/** The stable code, such as `WARN_CERTIFICATE_EXPIRED`. */
	code: WarningCode;
	/** Message: the finding, and its meaning. */
	message: string;
}

/** Facts of a document. */
export interface DocumentInfo {
	/** Version of PDF, such as `1.7`. */
	version: string;
	/** Length in bytes. */
	length: number;
	/** Number of pages, as the page tree counts them. */
	pages?: number | null;
	/** Number of revisions: the first, and one for each incremental update. */
	revisions: number;
	/** Kind of the newest cross-reference section: `table` or `stream`. */
	xref: string;
	/** Level of the certification, 1 to 3. */
	certified?: number | null;
	/** Terminal fields of the form. */
	fields: FieldInfo[];
	/** Signatures, in the order of their ends in the file. */
	signatures: SignatureInfo[];
	/** Time by which the evidence of a signature must be renewed, in RFC 3339: the earliest of all. */
	renewBefore?: string | null;
	/** Warnings. */
	warnings: Warning[];
}

/** An operation on files. */
export type Operation =
	| { op: "resolve"; path: string | Uint8Array }
	| { op: "open"; handle: number; path: string | Uint8Array; access: Access }
	| { op: "create"; handle: number; path: string | Uint8Array; mode: number }
	| { op: "stat"; path: string | Uint8Array }
	| { op: "stat"; handle: number }
	| { op: "absent"; path: string | Uint8Array }
	| { op: "read"; handle: number; offset: number; length: number }
	| { op: "write"; handle: number; offset: number; length: number }
	| { op: "append"; handle: number; length: number }
	| { op: "truncate"; handle: number; length: number }
	| { op: "sync"; handle: number }
	| { op: "permit"; handle: number; owner?: number | null; group?: number | null; mode?: number | null }
	| { op: "close"; handle: number }
	| { op: "link"; from: string | Uint8Array; to: string | Uint8Array }
	| { op: "rename"; from: string | Uint8Array; to: string | Uint8Array }
	| { op: "remove"; path: string | Uint8Array; identity?: string | null }
	| { op: "list"; path: string | Uint8Array; prefix: string | Uint8Array }
	| { op: "syncFolder"; path: string | Uint8Array }
	| { op: "process"; pid?: number | null }
	| { op: "wait"; milliseconds: number };

/** A step: its name, then its fields. */
export type StepFrame =
	| ({ step: "read" } & ReadStep)
	| ({ step: "digest" } & DigestRequest)
	| ({ step: "sign" } & SignStep)
	| ({ step: "verify" } & VerifyRequest)
	| ({ step: "draw" } & DrawStep)
	| ({ step: "http" } & HttpStep)
	| ({ step: "store" } & StoreRequest)
	| ({ step: "done" } & DoneStep)
	| ({ step: "error" } & ErrorStep);
