// Code generated from the core by scripts/generate.sh. DO NOT EDIT.

package rustpdf

import "encoding/json"

// Phase of a call in which the document is read.
type digestPhase string

const (
	// The document is digested.
	digestPhaseDigest digestPhase = "digest"
	// The output is written.
	digestPhaseWrite digestPhase = "write"
)

// Purpose of a request to a server.
type httpPurpose string

const (
	// Timestamp (RFC 3161).
	httpPurposeTimestamp httpPurpose = "timestamp"
	// Status of a certificate (RFC 6960).
	httpPurposeOCSP httpPurpose = "ocsp"
	// Revocation list (RFC 5280, 5).
	httpPurposeCRL httpPurpose = "crl"
	// Certificate of an issuer (RFC 5280, 4.2.2.1).
	httpPurposeIssuer httpPurpose = "issuer"
)

// Access to a file that is opened.
type accessKind string

const (
	// Read.
	accessKindRead accessKind = "read"
	// Read and write.
	accessKindWrite accessKind = "write"
	// Write at the end.
	accessKindAppend accessKind = "append"
)

// How the document got into another file.
type copiedKind string

const (
	// Not at all.
	copiedKindNone copiedKind = "none"
	// The file system shares its blocks.
	copiedKindClone copiedKind = "clone"
	// The kernel copied it.
	copiedKindKernel copiedKind = "kernel"
	// The bytes that were read for the digest were written.
	copiedKindRead copiedKind = "read"
)

// SessionState names what a session waits for.
type SessionState string

const (
	// SessionStateToSign means: the raw signature, or the container.
	SessionStateToSign SessionState = "toSign"
	// SessionStateToTimestamp means: a timestamp of the signature.
	SessionStateToTimestamp SessionState = "toTimestamp"
	// SessionStateToValidate means: revocation data, or the document timestamp over them.
	SessionStateToValidate SessionState = "toValidate"
	// SessionStateDone means: its output.
	SessionStateDone SessionState = "done"
)

// Kind of a failure that a host answers.
type failureKind string

const (
	// Something has this name already.
	failureKindExists failureKind = "exists"
	// Nothing has this name.
	failureKindMissing failureKind = "missing"
	// The system does not permit it.
	failureKindDenied failureKind = "denied"
	// The system or the file system does not know the operation.
	failureKindUnsupported failureKind = "unsupported"
	// The disk, a quota or a limit of sizes is reached.
	failureKindNoSpace failureKind = "noSpace"
	// The file is in use.
	failureKindBusy failureKind = "busy"
	// The caller ended the call.
	failureKindCancelled failureKind = "cancelled"
	// Any other failure, a callback's exception among them.
	failureKindOther failureKind = "other"
)

// Kind of the failure to get a response.
type httpFailure string

const (
	// The name of the server has no address.
	httpFailureDNS httpFailure = "dns"
	// No connection.
	httpFailureConnect httpFailure = "connect"
	// The server's certificate or the handshake was refused.
	httpFailureTLS httpFailure = "tls"
	// The time is over.
	httpFailureTimeout httpFailure = "timeout"
	// The body is larger than the limit.
	httpFailureTooLarge httpFailure = "tooLarge"
	// The address is not one that a certificate may name.
	httpFailureBlocked httpFailure = "blocked"
	// Too many redirections, or one of a request that is not a `GET`.
	httpFailureRedirect httpFailure = "redirect"
	// The host sends no requests.
	httpFailureUnsupported httpFailure = "unsupported"
	// Any other failure.
	httpFailureOther httpFailure = "other"
)

// Type of a file.
type fileKind string

const (
	// Nothing has this name.
	fileKindMissing fileKind = "missing"
	// A regular file.
	fileKindFile fileKind = "file"
	// A symbolic link.
	fileKindLink fileKind = "link"
	// A folder.
	fileKindFolder fileKind = "folder"
	// A pipe, a socket, a device.
	fileKindOther fileKind = "other"
)

// State of a file after a recovery.
type recoveryOutcome string

const (
	// As it was: no signing in place was interrupted.
	recoveryOutcomeNothing recoveryOutcome = "nothing"
	// Signed: the signature was finished.
	recoveryOutcomeSigned recoveryOutcome = "signed"
	// The original: the signature was taken back.
	recoveryOutcomeOriginal recoveryOutcome = "original"
)

// A kind of line in an audit folder.
type auditEvent string

const (
	// The key is about to be asked.
	auditEventAsked auditEvent = "asked"
	// The key signed.
	auditEventSigned auditEvent = "signed"
	// The key did not sign.
	auditEventFailed auditEvent = "failed"
)

// Names of operations in start and call frames.
const (
	operationCertify     = "certify"
	operationCloseLedger = "closeLedger"
	operationComplete    = "complete"
	operationExtend      = "extend"
	operationInspect     = "inspect"
	operationOpen        = "open"
	operationOpenLedger  = "openLedger"
	operationPrepare     = "prepare"
	operationRecover     = "recover"
	operationResume      = "resume"
	operationSerialize   = "serialize"
	operationSign        = "sign"
)

// Document of a call: its length, if the host holds it, or a file.
type startFrame struct {
	// Name of the operation.
	Operation string `json:"operation"`
	// Length of the document in bytes. The host answers `read` and `digest` from memory or ranges.
	Length *int64 `json:"length,omitzero"`
	// File of the document, if it is one.
	File *fileLocation `json:"file,omitzero"`
	// Seconds since 1970, UTC. All operations except `inspect` and `closeLedger` require it.
	Now *int64 `json:"now,omitzero"`
	// 32 random bytes. All operations except `inspect` and `closeLedger` require them.
	Entropy HexBytes `json:"entropy,omitzero"`
	// Whether the host answers `verify`.
	Verifies bool `json:"verifies,omitzero"`
	// Bytes of the payload.
	Parts []partLength `json:"parts,omitzero"`
}

// Has a document signed by one signer or several in turn.
type signStart struct {
	startFrame
	// Signers in their order.
	Signatories []signatoryStart `json:"signatories"`
	// Place of the signed document; absent if the caller appends the update.
	Output *outputPlace `json:"output,omitzero"`
	// Job of a ledger, if the run has one.
	Ledger *ledgerJob `json:"ledger,omitzero"`
}

// Prepares a signature in two phases.
type prepareStart struct {
	startFrame
	// Certificate, if it is known: DER or PEM.
	Certificate string `json:"certificate,omitzero"`
	// Issuers: DER or PEM.
	Chain []string `json:"chain,omitzero"`
	// Signature options (options.md).
	Options json.RawMessage `json:"options,omitzero"`
}

// Resumes a session with its document.
type resumeStart struct {
	startFrame
	// Live session.
	Session string `json:"session"`
	// Whether the document is not digested again.
	SkipDocumentCheck bool `json:"skipDocumentCheck,omitzero"`
}

// Completes a session into an output.
type completeStart struct {
	startFrame
	// Live session.
	Session string `json:"session"`
	// Raw signature, of a session that has a request.
	Signature string `json:"signature,omitzero"`
	// Certificate of the signature, DER or PEM, if the session was begun without one.
	Certificate string `json:"certificate,omitzero"`
	// Its issuers: DER or PEM.
	Chain []string `json:"chain,omitzero"`
	// CMS container, DER or BER. Without it and `signature` a session goes on that was signed and
	// waits.
	Container string `json:"container,omitzero"`
	// Password of an encrypted document, for levels above B-T.
	Password string `json:"password,omitzero"`
	// Place of the signed document; absent if the caller appends the update.
	Output *outputPlace `json:"output,omitzero"`
}

// Reads the facts that a document states of itself.
type inspectStart struct {
	startFrame
	// Password of an encrypted document.
	Password string `json:"password,omitzero"`
}

// Raises signatures to a level, or gives a document a timestamp of its own.
type extendStart struct {
	startFrame
	// Options (options.md).
	Options *json.RawMessage `json:"options,omitzero"`
	// Place of the extended document; absent if the caller appends the update.
	Output *outputPlace `json:"output,omitzero"`
	// Job of a ledger, if the run has one.
	Ledger *ledgerJob `json:"ledger,omitzero"`
	// Seconds since 1970, UTC: nothing is done where the signatures have the level, and evidence that
	// lasts until after this time.
	RenewBefore *int64 `json:"renewBefore,omitzero"`
}

// Ends an interrupted signing in place.
type recoverStart struct {
	startFrame
	// Whether the signing is taken back, and not finished.
	Undo bool `json:"undo,omitzero"`
	// Accept the journal of this user (name or number), too.
	JournalOwner string `json:"journalOwner,omitzero"`
}

// Opens the ledger of a run over many files, or makes one.
type openLedgerStart struct {
	startFrame
	// Path of the ledger.
	Path HexBytes `json:"path"`
}

// Releases the lock of a ledger.
type closeLedgerStart struct {
	startFrame
	// The ledger, as `openLedger` returned it.
	Ledger ledgerPlace `json:"ledger"`
}

// A named part of a payload. The payload has them in the order of the list.
type partLength struct {
	// Name.
	Name string `json:"name"`
	// Length in bytes.
	Length int64 `json:"length"`
}

// Place of a file: a path, or an open file of the caller.
type fileLocation struct {
	// Path; of an open file, if the host knows it.
	Path HexBytes `json:"path,omitzero"`
	// Number of an open file of the caller, below 16.
	Handle *int `json:"handle,omitzero"`
}

// Place of a signed document: the document itself, a path, or an open, empty file of the caller.
type outputPlace struct {
	// Whether the document itself is signed.
	InPlace bool `json:"inPlace,omitzero"`
	// Path.
	Path HexBytes `json:"path,omitzero"`
	// Number of an open file of the caller, below 16.
	Handle *int `json:"handle,omitzero"`
	// Whether an existing regular file is replaced.
	Replace bool `json:"replace,omitzero"`
	// Whether the document is signed in place if the output is the document.
	OrInPlace bool `json:"orInPlace,omitzero"`
}

// A signer of a document.
type signatoryStart struct {
	// Certificate: DER or PEM.
	Certificate string `json:"certificate"`
	// Issuers: DER or PEM.
	Chain []string `json:"chain,omitzero"`
	// Signature options (options.md).
	Options json.RawMessage `json:"options,omitzero"`
}

// An open ledger.
type ledgerPlace struct {
	// Path.
	Path HexBytes `json:"path"`
	// Identity of the file.
	Identity string `json:"identity"`
	// Identity of its lock.
	LockIdentity string `json:"lockIdentity"`
}

// A job of a ledger.
type ledgerJob struct {
	// The ledger, as `openLedger` returned it.
	Ledger ledgerPlace `json:"ledger"`
	// Name of the job.
	ID string `json:"id"`
	// Its entry of `states`; absent or null if it has none.
	State *jobState `json:"state,omitzero"`
}

// State of a job in a ledger.
type jobState struct {
	// `signing` before the commit, `signed` after it.
	State string `json:"state"`
	// Length of the document in bytes.
	Length *int64 `json:"length,omitzero"`
	// Length of the signed document in bytes.
	SignedLength *int64 `json:"signedLength,omitzero"`
	// SHA-256 of the update, in hexadecimal.
	Update string `json:"update,omitzero"`
	// Time by which the evidence must be renewed, in RFC 3339.
	RenewBefore string `json:"renewBefore,omitzero"`
}

// Ranges of the document.
type readStep struct {
	// Offset and length of each range, ascending.
	Ranges []byteRange `json:"ranges"`
	// The document's file; absent if the host holds the document itself.
	Document *int `json:"document,omitzero"`
}

// A signature to verify. Its form, its length and the bounds of the key were checked.
type verifyRequest struct {
	// Signature algorithm.
	SignatureAlgorithm SignatureAlgorithm `json:"signatureAlgorithm"`
	// Digest algorithm. Ed25519 digests by itself.
	DigestAlgorithm DigestAlgorithm `json:"digestAlgorithm"`
	// Length of the salt in bytes. For `rsa-pss` only; the mask is MGF1 with the same digest.
	SaltLength *int `json:"saltLength,omitzero"`
	// Curve of the key. For `ecdsa` only.
	Curve Curve `json:"curve,omitzero"`
	// SubjectPublicKeyInfo (RFC 5280, 4.1) in DER: its length, the first of the payload.
	Key int64 `json:"key"`
	// Message: its length, the next of the payload.
	Message int64 `json:"message"`
	// Signature, of ECDSA in DER: its length, the last of the payload.
	Signature int64 `json:"signature"`
}

// Digests of the document, taken in one pass.
type digestRequest struct {
	// The document's file; absent if the host holds the document itself.
	Document *int `json:"document,omitzero"`
	// Digests to answer with, in this order.
	Parts []digestPart `json:"parts"`
	// Further algorithms. The host keeps their states at the end of the document for a later step.
	Keep []DigestAlgorithm `json:"keep"`
	// Empty file that receives a copy of the document; null for none.
	Copy *int `json:"copy,omitzero"`
	// Byte patterns to find, 1 to 64 bytes each.
	Find []HexBytes `json:"find"`
	// Ranges of the document in which matches are wanted: offset and length in bytes, ascending, not
	// overlapping. Matches elsewhere may be reported, and one that is only partly in a range may be
	// missing.
	FindIn []byteRange `json:"findIn"`
	// Phase and bytes for the caller's progress.
	Progress digestProgress `json:"progress"`
}

// One digest: of ranges of the document, then of a suffix.
type digestPart struct {
	// Digest algorithm.
	Algorithm DigestAlgorithm `json:"algorithm"`
	// Ranges of the document: offset and length in bytes, ascending, not overlapping.
	Ranges []byteRange `json:"ranges"`
	// Bytes digested after the ranges: their number, the next of the payload.
	Suffix int64 `json:"suffix"`
}

// Phase of the call to which a pass over the document belongs.
type digestProgress struct {
	// Phase of the call.
	Phase digestPhase `json:"phase"`
	// Bytes of the phase: of the document, or of the whole output.
	Total int64 `json:"total"`
}

// A request for a raw signature. The payload is the message.
type signStep struct {
	// Place of the signer, from 0.
	Signer int64 `json:"signer"`
	// The request. Its `data` is the payload.
	Request *SigningRequest `json:"request"`
	// Warnings of this signature. The host hands them to the caller before it asks the key.
	Warnings []Warning `json:"warnings"`
}

// A request for the drawing of a visible signature.
type drawStep struct {
	// The request.
	Request drawRequest `json:"request"`
	// Bytes of the payload.
	Parts []partLength `json:"parts"`
}

// Drawing of a visible signature: the options of the caller, the size of the box, and the values
// that its text can contain.
type drawRequest struct {
	// Drawing options as the caller gave them (options.md, `Appearance`). Bytes are parts of the
	// payload.
	Appearance json.RawMessage `json:"appearance"`
	// Width of the box as it is seen, in points.
	Width json.RawMessage `json:"width"`
	// Height of the box as it is seen, in points.
	Height json.RawMessage `json:"height"`
	// Values for the text.
	Values drawValues `json:"values"`
	// Whether the document says that it is PDF/A.
	PDFA bool `json:"pdfA"`
}

// Values that the text of a visible signature can contain. A text that was not given is absent.
type drawValues struct {
	// Time of the signature, in seconds since 1970, UTC.
	Now int64 `json:"now"`
	// Offset of the time that is shown, in minutes.
	UTCOffsetMinutes int `json:"utcOffsetMinutes"`
	// Name of the signer: the option, else that of the certificate.
	Name string `json:"name,omitzero"`
	// Reason.
	Reason string `json:"reason,omitzero"`
	// Location.
	Location string `json:"location,omitzero"`
	// Contact information.
	Contact string `json:"contact,omitzero"`
	// Full name of the field.
	Field string `json:"field"`
	// Certificate. Absent if it is not known yet.
	Certificate *drawCertificate `json:"certificate,omitzero"`
}

// Names of a certificate.
type drawCertificate struct {
	// Attributes of the subject: type (RFC 4514) and value.
	Subject [][]string `json:"subject"`
	// Attributes of the issuer.
	Issuer [][]string `json:"issuer"`
	// Serial number, in hexadecimal.
	Serial HexBytes `json:"serial"`
}

// Requests to servers.
type httpStep struct {
	// The requests.
	Requests []httpRequest `json:"requests"`
}

// A request to a server. Either `service` or `url` names it.
type httpRequest struct {
	// Identifier, unique within the step.
	ID int `json:"id"`
	// Purpose of the request.
	Purpose httpPurpose `json:"purpose"`
	// Number of the caller's timestamp service, from 0. The host knows its address and header fields.
	Service *int `json:"service,omitzero"`
	// Address from a certificate. A stranger may have chosen it.
	URL string `json:"url,omitzero"`
	// `GET` or `POST`.
	Method string `json:"method"`
	// Type of the body (`Content-Type`). Absent without a body.
	ContentType string `json:"contentType,omitzero"`
	// Types of the response that are asked for (`Accept`).
	Accept string `json:"accept"`
	// Body: its length, the next of the payload.
	Body int64 `json:"body"`
	// Largest body of a response in bytes, after decoding.
	Limit int64 `json:"limit"`
	// Seconds to wait before sending. Absent for none.
	Delay *int `json:"delay,omitzero"`
	// Key by which a cache keeps the response. Absent if none keeps it.
	Cache string `json:"cache,omitzero"`
}

// Operations on files.
type storeRequest struct {
	// Operations to perform in order, up to the first failure.
	Operations []operationFrame `json:"operations"`
	// Whether the step must not be cancelled: an output or a journal gets its name.
	Final bool `json:"final"`
	// Progress of the output, for the caller; absent where there is none to report.
	Progress *storeProgress `json:"progress,omitzero"`
}

// Bytes written of an output.
type storeProgress struct {
	// Bytes written.
	Done int64 `json:"done"`
	// All bytes to write.
	Total int64 `json:"total"`
}

// The result.
type doneStep struct {
	// Result of the operation, or null.
	Result json.RawMessage `json:"result"`
	// A report for each signature.
	Reports []*Report `json:"reports"`
	// How the document got into the output.
	Copy copiedKind `json:"copy"`
}

// An error.
type errorStep struct {
	// The error.
	Error errorFrame `json:"error"`
	// Session from which to go on without the key; absent if there is none.
	Session *sessionResult `json:"session,omitzero"`
}

// Facts of an error.
type errorFrame struct {
	// Stable code.
	Code ErrorCode `json:"code"`
	// Group of the code.
	Group string `json:"group"`
	// Message: the finding, and its remedy.
	Message string `json:"message"`
	// Offset in the document, in bytes.
	Offset *int64 `json:"offset,omitzero"`
	// Number and generation of the object.
	Object *[2]int64 `json:"object,omitzero"`
	// Number of the failed answer that ended the machine, from 0. The host raises its own error of
	// that failure.
	Failure *int `json:"failure,omitzero"`
}

// Answer to a step. The first answer, to nothing, has no field.
type answerFrame struct {
	// The step that is answered, or `failed`.
	Answer string `json:"answer,omitzero"`
	// `failed`: kind of the failure.
	Kind failureKind `json:"kind,omitzero"`
	// `read`: offset and length of each piece that was read. The payload are the bytes.
	Ranges []byteRange `json:"ranges,omitzero"`
	// `digest`: length of the digest of each part. The payload are the digests.
	Digests []int64 `json:"digests,omitzero"`
	// `digest`: matches of each pattern; may be absent if there was none to find.
	Found []matchesFrame `json:"found,omitzero"`
	// `digest`: how the copy was made; may be absent if there was none to make.
	Copied copiedKind `json:"copied,omitzero"`
	// `verify`: whether the signature verifies; absent or null if the host does not know.
	Verified *bool `json:"verified,omitzero"`
	// `draw`: the reason why nothing was drawn. Without it the payload is a PDF whose first page is
	// the drawing.
	Error *drawError `json:"error,omitzero"`
	// `http`: seconds since 1970, UTC, at the time of the answer.
	Now *int64 `json:"now,omitzero"`
	// `http`: one response for each request. The payload are the bodies.
	Responses []responseFrame `json:"responses,omitzero"`
	// `store`: results of the operations, in their order. A failure is the last. The payload are the
	// bytes that were read.
	Results []resultFrame `json:"results,omitzero"`
}

// The reason why nothing was drawn.
type drawError struct {
	// Code, such as `ERR_FONT_GLYPH`.
	Code string `json:"code"`
	// First half of the message: what was found.
	Found string `json:"found"`
	// Second half: what to do. Without it that of the code.
	Remedy string `json:"remedy,omitzero"`
}

// Offsets at which a pattern occurs.
type matchesFrame struct {
	// The first 1,000 offsets in bytes, ascending.
	Offsets []int64 `json:"offsets"`
	// Whether there are more.
	More bool `json:"more,omitzero"`
}

// Response of a server, or the failure to get one.
type responseFrame struct {
	// Identifier of the request.
	ID int `json:"id"`
	// Kind of the failure, if there is no response.
	Failed httpFailure `json:"failed,omitzero"`
	// Status code.
	Status *int `json:"status,omitzero"`
	// Length of the body, the next of the payload.
	Body *int64 `json:"body,omitzero"`
	// Seconds of the field `Retry-After`, if the response has it.
	RetryAfter *int `json:"retryAfter,omitzero"`
	// Whether the response comes from a cache.
	Cached bool `json:"cached,omitzero"`
}

// Result of an operation on files: the fields of one kind, or none.
type resultFrame struct {
	// Kind of the failure, after which nothing was performed.
	Failed failureKind `json:"failed,omitzero"`
	// `resolve`: the real path.
	Path HexBytes `json:"path,omitzero"`
	// `open`, `create`, `stat`: facts of a file.
	Stat *statFrame `json:"stat,omitzero"`
	// `read`: number of bytes, the next of the payload.
	Length *int64 `json:"length,omitzero"`
	// `remove`: whether the name was removed.
	Removed *bool `json:"removed,omitzero"`
	// `list`: names in the folder.
	Names []HexBytes `json:"names,omitzero"`
	// `process`: facts of a process.
	Process *processFrame `json:"process,omitzero"`
}

// Facts of a file.
type statFrame struct {
	// Type of the file.
	Type fileKind `json:"type"`
	// Tells the file from others: device and inode.
	Identity string `json:"identity"`
	// Size in bytes.
	Size int64 `json:"size"`
	// Permissions: the lowest nine bits. `384` where the system has none.
	Mode uint32 `json:"mode"`
	// Number of the owner.
	Owner uint32 `json:"owner"`
	// Number of the group.
	Group uint32 `json:"group"`
	// Names of the file.
	Links int64 `json:"links"`
	// Time of the last modification, in nanoseconds since 1970, as decimal text.
	Modified string `json:"modified"`
	// Time of the last change of data or facts, likewise; the modification time where the system has
	// no such time.
	Changed string `json:"changed"`
}

// Facts of a process: all of this process, `lives` and `start` of another. A text is empty where
// the system does not tell.
type processFrame struct {
	// Number.
	PID int64 `json:"pid"`
	// Number of the effective user.
	User uint32 `json:"user"`
	// Name of the host.
	Host string `json:"host"`
	// Text that differs from one boot to another.
	Boot string `json:"boot"`
	// Text that differs between PID namespaces.
	Namespace string `json:"namespace"`
	// Text that differs between two processes that had the same number.
	Start string `json:"start"`
	// Whether it exists, or the system does not tell.
	Lives bool `json:"lives"`
}

// Result of `sign` and `extend` where the ledger says that the job is done, and of `extend` where
// `renewBefore` says that nothing is to be done.
type skippedResult struct {
	// `true`.
	Skipped bool `json:"skipped"`
}

// Result of `prepare` and `resume`. The payload is the live session.
type sessionResult struct {
	// Digest of `/ByteRange`.
	Hash HexBytes `json:"hash"`
	// Algorithm of `hash`.
	HashAlgorithm DigestAlgorithm `json:"hashAlgorithm"`
	// Length of the document in bytes.
	DocumentLength int64 `json:"documentLength"`
	// Bytes reserved for the container.
	ContainerSize int64 `json:"containerSize"`
	// Request for the raw signature; null for a session that takes a container only, or is signed.
	Request *SigningRequest `json:"request,omitzero"`
	// Report of the signature.
	Report *Report `json:"report"`
	// Whether the session is signed.
	Signed bool `json:"signed"`
	// Level that the signature is to have.
	Level Level `json:"level"`
	// What the session waits for.
	State SessionState `json:"state"`
}

// Result of `recover`.
type recoveredResult struct {
	// State of the file.
	Outcome recoveryOutcome `json:"outcome"`
	// Number of leftovers of ended processes that were removed.
	Removed int `json:"removed"`
}

// Result of `openLedger`.
type ledgerResult struct {
	// The ledger.
	Ledger ledgerPlace `json:"ledger"`
	// States of jobs in earlier runs, by the names of the jobs.
	States map[string]jobState `json:"states"`
}

// Result of `open`. The payload are live sessions.
type sessionsResult struct {
	// Length of each live session in bytes; 0 for a document of a batch that has none.
	Sessions []int64 `json:"sessions"`
}

// Result of `certify` without a signature.
type certifyResult struct {
	// Request for the raw signature.
	Request *SigningRequest `json:"request"`
}

// A line of an audit folder: JSON, written by the host around each request to the key. No frame,
// and no step of the core. Each process writes one file, whose name no other one has. A line names
// the digest of the line before it, so that no line can be altered, left out or moved without a
// trace.
type auditRecord struct {
	// SHA-256 of the line before it with its line end, in hexadecimal. 64 zeros in the first line.
	Previous string `json:"previous"`
	// Number of the line in its file, from 0.
	Sequence int64 `json:"sequence"`
	// `asked` before the key is asked, `signed` or `failed` after its answer.
	Event auditEvent `json:"event"`
	// Time in UTC, such as `2026-01-31T12:00:00.123Z`.
	Time string `json:"time"`
	// For `signed` and `failed`: number of the line that asked.
	Asked *int64 `json:"asked,omitzero"`
	// Identifier of the key, as the key store names it.
	KeyID string `json:"keyId,omitzero"`
	// `documentName` of the request.
	DocumentName string `json:"documentName,omitzero"`
	// `documentDigest` of the request.
	DocumentDigest string `json:"documentDigest,omitzero"`
	// `fieldName` of the request.
	FieldName string `json:"fieldName,omitzero"`
	// `certificateDigest` of the request.
	CertificateDigest string `json:"certificateDigest,omitzero"`
	// `signatureAlgorithm` of the request.
	SignatureAlgorithm string `json:"signatureAlgorithm,omitzero"`
	// `digestAlgorithm` of the request.
	DigestAlgorithm string `json:"digestAlgorithm,omitzero"`
	// Digest of what the key is asked to sign, by that algorithm.
	Digest string `json:"digest,omitzero"`
	// For `signed`: SHA-256 of the signature value.
	SignatureDigest string `json:"signatureDigest,omitzero"`
	// For `failed`: the type of the error, or its code. Its message can contain anything, and is left
	// out.
	Error string `json:"error,omitzero"`
	// For `signed` and `failed`: time that the key took, in microseconds.
	Duration *int64 `json:"duration,omitzero"`
}

// Completes a live session without an output.
type completeCall struct {
	// Name of the operation.
	Operation string `json:"operation"`
	// Bytes of the payload.
	Parts []partLength `json:"parts,omitzero"`
	// Live session.
	Session string `json:"session"`
	// Raw signature, of a session that has a request.
	Signature string `json:"signature,omitzero"`
	// Certificate of the signature, DER or PEM, if the session was begun without one.
	Certificate string `json:"certificate,omitzero"`
	// Its issuers: DER or PEM.
	Chain []string `json:"chain,omitzero"`
	// Time for which the certificate is checked, in seconds since 1970, UTC.
	Now *int64 `json:"now,omitzero"`
	// CMS container, DER or BER. Without it and `signature` the session is signed already.
	Container string `json:"container,omitzero"`
}

// Saves a session, or a batch of them.
type serializeCall struct {
	// Name of the operation.
	Operation string `json:"operation"`
	// Bytes of the payload.
	Parts []partLength `json:"parts,omitzero"`
	// Live sessions; null for a document of a batch that has none.
	Sessions []*string `json:"sessions"`
	// Whether a batch is saved.
	Batch bool `json:"batch,omitzero"`
	// Key of 32 bytes or more; absent or null for an unsealed session.
	Key string `json:"key,omitzero"`
}

// Opens a saved session, or a batch of them.
type openCall struct {
	// Name of the operation.
	Operation string `json:"operation"`
	// Bytes of the payload.
	Parts []partLength `json:"parts,omitzero"`
	// The saved bytes.
	Saved string `json:"saved"`
	// Whether a batch was saved.
	Batch bool `json:"batch,omitzero"`
	// Key of 32 bytes or more; absent or null for an unsealed session.
	Key string `json:"key,omitzero"`
	// Certificate of an unsealed session that was begun with one: DER or PEM.
	Certificate string `json:"certificate,omitzero"`
	// Its issuers: DER or PEM.
	Chain []string `json:"chain,omitzero"`
	// Its signature options (options.md).
	Options json.RawMessage `json:"options,omitzero"`
	// Time of its beginning, in seconds since 1970, UTC, if it is known.
	Now *int64 `json:"now,omitzero"`
}

// Makes a certification request or a self-signed certificate: without `signature` its request to
// the key store, with it the DER.
type certifyCall struct {
	// Name of the operation.
	Operation string `json:"operation"`
	// Bytes of the payload.
	Parts []partLength `json:"parts,omitzero"`
	// Subject: `CN=…,O=…` (RFC 4514) or `/O=…/CN=…`.
	Subject string `json:"subject"`
	// Public key: SubjectPublicKeyInfo, DER or PEM.
	PublicKey string `json:"publicKey"`
	// Signature algorithm. Absent: that of the key.
	SignatureAlgorithm SignatureAlgorithm `json:"signatureAlgorithm,omitzero"`
	// Digest algorithm. Absent: that of the key.
	DigestAlgorithm DigestAlgorithm `json:"digestAlgorithm,omitzero"`
	// Days that a self-signed certificate is valid. Absent: a certification request is made.
	Days *int64 `json:"days,omitzero"`
	// Seconds since 1970, UTC, for a self-signed certificate.
	Now *int64 `json:"now,omitzero"`
	// 32 random bytes, for a self-signed certificate.
	Entropy HexBytes `json:"entropy,omitzero"`
	// Raw signature.
	Signature string `json:"signature,omitzero"`
}

// An operation on files: its name, and the fields of that operation.
type operationFrame struct {
	// Name of the operation.
	Op string `json:"op"`
	// Path of a file or folder.
	Path HexBytes `json:"path"`
	// Number that the file gets.
	Handle int `json:"handle"`
	// Access.
	Access accessKind `json:"access"`
	// Permissions, of which the process's umask is taken away.
	Mode *int `json:"mode,omitzero"`
	// Offset of the first byte.
	Offset int64 `json:"offset"`
	// Number of bytes.
	Length int64 `json:"length"`
	// Number of the owner; null leaves it.
	Owner *int `json:"owner,omitzero"`
	// Number of the group; null leaves it.
	Group *int `json:"group,omitzero"`
	// Existing name.
	From HexBytes `json:"from"`
	// New name.
	To HexBytes `json:"to"`
	// Identity that the file must have; null for any.
	Identity string `json:"identity,omitzero"`
	// First bytes of the names.
	Prefix HexBytes `json:"prefix"`
	// Number; null for this process.
	PID *int64 `json:"pid,omitzero"`
	// Milliseconds.
	Milliseconds int `json:"milliseconds"`
}

// CertificateSummary contains facts of a certificate.
type CertificateSummary struct {
	// Subject (RFC 4514).
	Subject string `json:"subject"`
	// Issuer (RFC 4514).
	Issuer string `json:"issuer"`
	// Serial number, in hexadecimal.
	SerialNumber string `json:"serialNumber"`
	// Start of its validity (RFC 3339).
	NotBefore string `json:"notBefore"`
	// End of its validity (RFC 3339).
	NotAfter string `json:"notAfter"`
	// SHA-256 of the certificate, in hexadecimal.
	SHA256 string `json:"sha256"`
}

// LockInfo contains fields that a signature locks.
type LockInfo struct {
	// `all`, `include` or `exclude`.
	Action string `json:"action"`
	// Full names of fields.
	Fields []string `json:"fields"`
}

// FieldInfo is a field of the form.
type FieldInfo struct {
	// Full name.
	Name string `json:"name"`
	// `Sig`, `Tx`, `Btn` or `Ch`; empty if the file does not say.
	Type string `json:"type"`
	// Whether it is a signature field with a signature.
	Signed bool `json:"signed"`
}

// SignatureInfo contains facts of a signature, from its dictionary and its container.
type SignatureInfo struct {
	// Full name of its field.
	Field string `json:"field"`
	// `/SubFilter`.
	SubFilter string `json:"subFilter,omitzero"`
	// `/Name`.
	Name string `json:"name,omitzero"`
	// `/Reason`.
	Reason string `json:"reason,omitzero"`
	// `/Location`.
	Location string `json:"location,omitzero"`
	// `/ContactInfo`.
	ContactInfo string `json:"contactInfo,omitzero"`
	// `/M`, as it is in the file.
	SigningTime string `json:"signingTime,omitzero"`
	// `/ByteRange`, as it is in the file.
	ByteRange []int64 `json:"byteRange"`
	// Whether it covers all of the document except its own container.
	CoversWholeFile bool `json:"coversWholeFile"`
	// Revision that it signed, from 1.
	Revision int64 `json:"revision"`
	// `/P` of its DocMDP reference.
	DocMDP Certification `json:"docMdp,omitzero"`
	// Lock of its FieldMDP reference.
	Lock *LockInfo `json:"lock,omitzero"`
	// Level that a PAdES signature shows (EN 319 142-1, 6.3). Nothing is judged.
	Level Level `json:"level,omitzero"`
	// Time by which its evidence must be renewed, in RFC 3339: the end of the certificate of its last
	// timestamp.
	RenewBefore string `json:"renewBefore,omitzero"`
	// Certificate of the signer, if the container has it.
	Signer *CertificateSummary `json:"signer,omitzero"`
	// Certificates of the container.
	Certificates []CertificateSummary `json:"certificates"`
}

// DocumentInfo contains facts of a document.
type DocumentInfo struct {
	// Version of PDF, such as `1.7`.
	Version string `json:"version"`
	// Length in bytes.
	Length int64 `json:"length"`
	// Number of pages, as the page tree counts them.
	Pages int64 `json:"pages,omitzero"`
	// Number of revisions: the first, and one for each incremental update.
	Revisions int64 `json:"revisions"`
	// Kind of the newest cross-reference section: `table` or `stream`.
	Xref XrefKind `json:"xref"`
	// Level of the certification, 1 to 3.
	Certified Certification `json:"certified,omitzero"`
	// Terminal fields of the form.
	Fields []FieldInfo `json:"fields"`
	// Signatures, in the order of their ends in the file.
	Signatures []SignatureInfo `json:"signatures"`
	// Time by which the evidence of a signature must be renewed, in RFC 3339: the earliest of all.
	RenewBefore string `json:"renewBefore,omitzero"`
	// Warnings.
	Warnings []Warning `json:"warnings"`
}

// newStep returns an empty frame of the step of this name; nil for a name that is not known.
func newStep(name string) any {
	switch name {
	case "read":
		return new(readStep)
	case "digest":
		return new(digestRequest)
	case "sign":
		return new(signStep)
	case "verify":
		return new(verifyRequest)
	case "draw":
		return new(drawStep)
	case "http":
		return new(httpStep)
	case "store":
		return new(storeRequest)
	case "done":
		return new(doneStep)
	case "error":
		return new(errorStep)
	default:
		return nil
	}
}
