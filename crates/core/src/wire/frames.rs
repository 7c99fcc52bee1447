//! Headers of all frames, as they cross the border (docs/protocol.md is generated from here).
//!
//! Types that the core itself uses describe their frames where they are defined: `io::step`, `io::store`, `crypto::request`, `report`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::commit::LedgerState;
use crate::crypto::SigningRequest;
use crate::hex::Hex;
use crate::io::{Copied, DrawError, FailureKind, Handle, HttpFailure, Matches, Stat, StorePath};
use crate::json::from_object;
use crate::operation::DocumentInfo;
use crate::report::Report;

/// Bytes of a start or call frame, by their name in `parts`.
pub(crate) type Part = String;

/// A named part of a payload. The payload has them in the order of the list.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PartLength {
    /// Name.
    pub(crate) name: String,
    /// Length in bytes.
    pub(crate) length: u64,
}

/// The operation of a start or call frame.
pub(crate) struct OperationName {
    pub(crate) operation: String,
}

/// Document of a call: its length, if the host holds it, or a file.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
pub(crate) struct Start {
    /// Length of the document in bytes. The host answers `read` and `digest` from memory or ranges.
    pub(crate) length: Option<u64>,
    /// File of the document, if it is one.
    pub(crate) file: Option<FileLocation>,
    /// Seconds since 1970, UTC. All operations except `inspect` and `closeLedger` require it.
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    pub(crate) now: Option<Value>,
    /// 32 random bytes. All operations except `inspect` and `closeLedger` require them.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Hex>"))]
    pub(crate) entropy: Option<Value>,
    /// Whether the host answers `verify`.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) verifies: bool,
    /// Bytes of the payload.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) parts: Vec<PartLength>,
}

/// Has a document signed by one signer or several in turn.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
pub(crate) struct SignStart {
    /// Signers in their order.
    pub(crate) signatories: Vec<SignatoryStart>,
    /// Place of the signed document; absent if the caller appends the update.
    pub(crate) output: Option<OutputPlace>,
    /// Job of a ledger, if the run has one.
    pub(crate) ledger: Option<LedgerJob>,
}

/// A signer of a document.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SignatoryStart {
    /// Certificate: DER or PEM.
    pub(crate) certificate: Part,
    /// Issuers: DER or PEM.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) chain: Vec<Part>,
    /// Signature options (options.md).
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::SigningOptions>"))]
    pub(crate) options: Option<Value>,
}

/// Prepares a signature in two phases.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PrepareStart {
    /// Certificate, if it is known: DER or PEM.
    pub(crate) certificate: Option<Part>,
    /// Issuers: DER or PEM.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) chain: Vec<Part>,
    /// Signature options (options.md).
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::SigningOptions>"))]
    pub(crate) options: Option<Value>,
}

/// Resumes a session with its document.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
pub(crate) struct ResumeStart {
    /// Live session.
    pub(crate) session: Part,
    /// Whether the document is not digested again.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) skip_document_check: bool,
}

/// Completes a session into an output.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CompleteStart {
    /// Live session.
    pub(crate) session: Part,
    /// Raw signature, of a session that has a request.
    pub(crate) signature: Option<Part>,
    /// Certificate of the signature, DER or PEM, if the session was begun without one.
    pub(crate) certificate: Option<Part>,
    /// Its issuers: DER or PEM.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) chain: Vec<Part>,
    /// CMS container, DER or BER. Without it and `signature` a session goes on that was signed and waits.
    pub(crate) container: Option<Part>,
    /// Password of an encrypted document, for levels above B-T.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub(crate) password: Option<Value>,
    /// Place of the signed document; absent if the caller appends the update.
    pub(crate) output: Option<OutputPlace>,
}

/// Reads the facts that a document states of itself.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct InspectStart {
    /// Password of an encrypted document.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub(crate) password: Option<Value>,
}

/// Raises signatures to a level, or gives a document a timestamp of its own.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
pub(crate) struct ExtendStart {
    /// Options (options.md).
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::ExtensionOptions>"))]
    pub(crate) options: Option<Value>,
    /// Place of the extended document; absent if the caller appends the update.
    pub(crate) output: Option<OutputPlace>,
    /// Job of a ledger, if the run has one.
    pub(crate) ledger: Option<LedgerJob>,
    /// Seconds since 1970, UTC: nothing is done where the signatures have the level, and evidence that lasts until after this time.
    pub(crate) renew_before: Option<i64>,
}

/// Ends an interrupted signing in place.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
pub(crate) struct RecoverStart {
    /// Whether the signing is taken back, and not finished.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) undo: bool,
    /// Accept the journal of this user (name or number), too.
    pub(crate) journal_owner: Option<String>,
}

/// Opens the ledger of a run over many files, or makes one.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct OpenLedgerStart {
    /// Path of the ledger.
    pub(crate) path: StorePath,
}

/// Releases the lock of a ledger.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CloseLedgerStart {
    /// The ledger, as `openLedger` returned it.
    pub(crate) ledger: LedgerPlace,
}

/// Place of a file: a path, or an open file of the caller.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct FileLocation {
    /// Path; of an open file, if the host knows it.
    pub(crate) path: Option<StorePath>,
    /// Number of an open file of the caller, below 16.
    pub(crate) handle: Option<Handle>,
}

/// Place of a signed document: the document itself, a path, or an open, empty file of the caller.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
pub(crate) struct OutputPlace {
    /// Whether the document itself is signed.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) in_place: bool,
    /// Path.
    pub(crate) path: Option<StorePath>,
    /// Number of an open file of the caller, below 16.
    pub(crate) handle: Option<Handle>,
    /// Whether an existing regular file is replaced.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) replace: bool,
    /// Whether the document is signed in place if the output is the document.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) or_in_place: bool,
}

/// An open ledger.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct LedgerPlace {
    /// Path.
    pub(crate) path: StorePath,
    /// Identity of the file.
    pub(crate) identity: String,
    /// Identity of its lock.
    pub(crate) lock_identity: String,
}

/// A job of a ledger.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct LedgerJob {
    /// The ledger, as `openLedger` returned it.
    pub(crate) ledger: LedgerPlace,
    /// Name of the job.
    pub(crate) id: String,
    /// Its entry of `states`; absent or null if it has none.
    pub(crate) state: Option<JobState>,
}

/// State of a job in a ledger.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobState {
    /// `signing` before the commit, `signed` after it.
    pub(crate) state: String,
    /// Length of the document in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) length: Option<u64>,
    /// Length of the signed document in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signed_length: Option<u64>,
    /// SHA-256 of the update, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) update: Option<String>,
    /// Time by which the evidence must be renewed, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) renew_before: Option<String>,
}

/// Completes a live session without an output.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CompleteCall {
    /// Bytes of the payload.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) parts: Vec<PartLength>,
    /// Live session.
    pub(crate) session: Part,
    /// Raw signature, of a session that has a request.
    pub(crate) signature: Option<Part>,
    /// Certificate of the signature, DER or PEM, if the session was begun without one.
    pub(crate) certificate: Option<Part>,
    /// Its issuers: DER or PEM.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) chain: Vec<Part>,
    /// Time for which the certificate is checked, in seconds since 1970, UTC.
    pub(crate) now: Option<i64>,
    /// CMS container, DER or BER. Without it and `signature` the session is signed already.
    pub(crate) container: Option<Part>,
}

/// Makes a certification request or a self-signed certificate: without `signature` its request to the key store, with it the DER.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
pub(crate) struct CertifyCall {
    /// Bytes of the payload.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) parts: Vec<PartLength>,
    /// Subject: `CN=…,O=…` (RFC 4514) or `/O=…/CN=…`.
    pub(crate) subject: String,
    /// Public key: SubjectPublicKeyInfo, DER or PEM.
    pub(crate) public_key: Part,
    /// Signature algorithm. Absent: that of the key.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::SignatureAlgorithm>"))]
    pub(crate) signature_algorithm: Option<String>,
    /// Digest algorithm. Absent: that of the key.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::DigestAlgorithm>"))]
    pub(crate) digest_algorithm: Option<String>,
    /// Days that a self-signed certificate is valid. Absent: a certification request is made.
    pub(crate) days: Option<i64>,
    /// Seconds since 1970, UTC, for a self-signed certificate.
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>"))]
    pub(crate) now: Option<Value>,
    /// 32 random bytes, for a self-signed certificate.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Hex>"))]
    pub(crate) entropy: Option<Value>,
    /// Raw signature.
    pub(crate) signature: Option<Part>,
}

/// Saves a session, or a batch of them.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SerializeCall {
    /// Bytes of the payload.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) parts: Vec<PartLength>,
    /// Live sessions; null for a document of a batch that has none.
    pub(crate) sessions: Vec<Option<Part>>,
    /// Whether a batch is saved.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) batch: bool,
    /// Key of 32 bytes or more; absent or null for an unsealed session.
    pub(crate) key: Option<Part>,
}

/// Opens a saved session, or a batch of them.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct OpenCall {
    /// Bytes of the payload.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) parts: Vec<PartLength>,
    /// The saved bytes.
    pub(crate) saved: Part,
    /// Whether a batch was saved.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) batch: bool,
    /// Key of 32 bytes or more; absent or null for an unsealed session.
    pub(crate) key: Option<Part>,
    /// Certificate of an unsealed session that was begun with one: DER or PEM.
    pub(crate) certificate: Option<Part>,
    /// Its issuers: DER or PEM.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) chain: Vec<Part>,
    /// Its signature options (options.md).
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::SigningOptions>"))]
    pub(crate) options: Option<Value>,
    /// Time of its beginning, in seconds since 1970, UTC, if it is known.
    pub(crate) now: Option<i64>,
}

/// Answer to a step. The first answer, to nothing, has no field.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AnswerFrame {
    /// The step that is answered, or `failed`.
    pub(crate) answer: Option<String>,
    /// `failed`: kind of the failure.
    pub(crate) kind: Option<FailureKind>,
    /// `read`: offset and length of each piece that was read. The payload are the bytes.
    pub(crate) ranges: Option<Vec<[u64; 2]>>,
    /// `digest`: length of the digest of each part. The payload are the digests.
    pub(crate) digests: Option<Vec<u64>>,
    /// `digest`: matches of each pattern; may be absent if there was none to find.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) found: Vec<Matches>,
    /// `digest`: how the copy was made; may be absent if there was none to make.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) copied: Copied,
    /// `verify`: whether the signature verifies; absent or null if the host does not know.
    pub(crate) verified: Option<bool>,
    /// `draw`: the reason why nothing was drawn. Without it the payload is a PDF whose first page is the drawing.
    pub(crate) error: Option<DrawError>,
    /// `http`: seconds since 1970, UTC, at the time of the answer.
    pub(crate) now: Option<i64>,
    /// `http`: one response for each request. The payload are the bodies.
    pub(crate) responses: Option<Vec<ResponseFrame>>,
    /// `store`: results of the operations, in their order. A failure is the last. The payload are the bytes that were read.
    pub(crate) results: Option<Vec<ResultFrame>>,
}

/// Response of a server, or the failure to get one.
#[cfg_attr(feature = "test-panic", derive(Default))]
#[cfg_attr(feature = "test-panic", derive(Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ResponseFrame {
    /// Identifier of the request.
    pub(crate) id: u32,
    /// Kind of the failure, if there is no response.
    #[cfg_attr(feature = "test-panic", serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) failed: Option<HttpFailure>,
    /// Status code.
    #[cfg_attr(feature = "test-panic", serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) status: Option<u16>,
    /// Length of the body, the next of the payload.
    #[cfg_attr(feature = "test-panic", serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) body: Option<u64>,
    /// Seconds of the field `Retry-After`, if the response has it.
    #[cfg_attr(feature = "test-panic", serde(rename = "retryAfter", skip_serializing_if = "Option::is_none"))]
    #[cfg_attr(feature = "schema", schemars(rename = "retryAfter"))]
    pub(crate) retry_after: Option<u32>,
    /// Whether the response comes from a cache.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub(crate) cached: bool,
}

/// Result of an operation on files: the fields of one kind, or none.
#[derive(Default)]
#[cfg_attr(feature = "test-panic", derive(Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ResultFrame {
    /// Kind of the failure, after which nothing was performed.
    #[cfg_attr(feature = "test-panic", serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) failed: Option<FailureKind>,
    /// `resolve`: the real path.
    #[cfg_attr(feature = "test-panic", serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) path: Option<StorePath>,
    /// `open`, `create`, `stat`: facts of a file.
    #[cfg_attr(feature = "test-panic", serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) stat: Option<Stat>,
    /// `read`: number of bytes, the next of the payload.
    #[cfg_attr(feature = "test-panic", serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) length: Option<u64>,
    /// `remove`: whether the name was removed.
    #[cfg_attr(feature = "test-panic", serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) removed: Option<bool>,
    /// `list`: names in the folder.
    #[cfg_attr(feature = "test-panic", serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) names: Option<Vec<Hex>>,
    /// `process`: facts of a process.
    #[cfg_attr(feature = "test-panic", serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) process: Option<crate::io::Process>,
}

/// A step: its name, then its fields.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "step", rename_all = "lowercase")]
pub(crate) enum StepFrame<'a> {
    /// Read ranges of the document.
    Read(ReadStep<'a>),
    /// Digest the document in one sequential pass. The payload are the suffixes.
    Digest(&'a crate::io::DigestRequest),
    /// Have the payload signed.
    Sign(SignStep<'a>),
    /// Verify a signature. The payload are key, message and signature.
    Verify(&'a crate::io::VerifyRequest),
    /// Draw a visible signature.
    Draw(DrawStep<'a>),
    /// Send requests. The payload are the bodies.
    Http(HttpStep<'a>),
    /// Perform operations on files, in order, up to the first failure. The payload is what is written.
    Store(&'a crate::io::StoreRequest),
    /// The machine is at its end.
    Done(DoneStep<'a>),
    /// The machine failed. The payload is a live session, if `session` is there.
    Error(ErrorStep<'a>),
}

/// A request for the drawing of a visible signature.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DrawStep<'a> {
    /// The request.
    pub(crate) request: &'a crate::io::DrawRequest,
    /// Bytes of the payload.
    pub(crate) parts: Vec<PartLength>,
}

/// Ranges of the document.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ReadStep<'a> {
    /// Offset and length of each range, ascending.
    #[serde(serialize_with = "crate::io::pairs")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<[u64; 2]>"))]
    pub(crate) ranges: &'a [std::ops::Range<u64>],
    /// The document's file; absent if the host holds the document itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) document: Option<Handle>,
}

/// A request for a raw signature. The payload is the message.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SignStep<'a> {
    /// Place of the signer, from 0.
    pub(crate) signer: usize,
    /// The request. Its `data` is the payload.
    pub(crate) request: &'a SigningRequest,
    /// Warnings of this signature. The host hands them to the caller before it asks the key.
    pub(crate) warnings: &'a [crate::report::Warning],
}

/// Requests to servers.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct HttpStep<'a> {
    /// The requests.
    pub(crate) requests: &'a [crate::io::HttpRequest],
}

/// The result.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DoneStep<'a> {
    /// Result of the operation, or null.
    #[cfg_attr(feature = "schema", schemars(with = "Value"))]
    pub(crate) result: ResultOf<'a>,
    /// A report for each signature.
    pub(crate) reports: Vec<&'a Report>,
    /// How the document got into the output.
    pub(crate) copy: Copied,
}

/// Result of an operation.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum ResultOf<'a> {
    /// Of `sign` and `complete`, whose payload is the update; of `closeLedger` and `serialize`.
    Nothing,
    Skipped(SkippedResult),
    Session(SessionResult<'a>),
    DocumentInfo(&'a DocumentInfo),
    Extension(&'a crate::report::ExtensionReport),
    Recovered(RecoveredResult),
    Ledger(LedgerResult),
    Sessions(SessionsResult),
    Certify(CertifyResult),
    #[cfg(feature = "test-panic")]
    Probe(Value),
}

/// Result of `sign` and `extend` where the ledger says that the job is done, and of `extend` where `renewBefore` says that nothing is to be done.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SkippedResult {
    /// `true`.
    pub(crate) skipped: bool,
}

/// Result of `prepare` and `resume`. The payload is the live session.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionResult<'a> {
    /// Digest of `/ByteRange`.
    pub(crate) hash: Hex,
    /// Algorithm of `hash`.
    pub(crate) hash_algorithm: crate::DigestAlgorithm,
    /// Length of the document in bytes.
    pub(crate) document_length: u64,
    /// Bytes reserved for the container.
    pub(crate) container_size: usize,
    /// Request for the raw signature; null for a session that takes a container only, or is signed.
    pub(crate) request: Option<SigningRequest>,
    /// Report of the signature.
    pub(crate) report: &'a Report,
    /// Whether the session is signed.
    pub(crate) signed: bool,
    /// Level that the signature is to have.
    pub(crate) level: crate::Level,
    /// What the session waits for.
    pub(crate) state: crate::SessionState,
}

/// Result of `recover`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RecoveredResult {
    /// State of the file.
    pub(crate) outcome: crate::RecoveryOutcome,
    /// Number of leftovers of ended processes that were removed.
    pub(crate) removed: u32,
}

/// Result of `certify` without a signature.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CertifyResult {
    /// Request for the raw signature.
    pub(crate) request: crate::crypto::SigningRequest,
}

/// Result of `openLedger`.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct LedgerResult {
    /// The ledger.
    pub(crate) ledger: LedgerPlace,
    /// States of jobs in earlier runs, by the names of the jobs.
    pub(crate) states: BTreeMap<String, JobState>,
}

/// Result of `open`. The payload are live sessions.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SessionsResult {
    /// Length of each live session in bytes; 0 for a document of a batch that has none.
    pub(crate) sessions: Vec<usize>,
}

/// An error.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ErrorStep<'a> {
    /// The error.
    pub(crate) error: ErrorFrame,
    /// Session from which to go on without the key; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<SessionResult<'a>>,
}

/// Facts of an error.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ErrorFrame {
    /// Stable code.
    #[cfg_attr(feature = "schema", schemars(with = "crate::Code"))]
    pub(crate) code: &'static str,
    /// Group of the code.
    #[cfg_attr(feature = "schema", schemars(with = "crate::Group"))]
    pub(crate) group: &'static str,
    /// Message: the finding, and its remedy.
    pub(crate) message: String,
    /// Offset in the document, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset: Option<u64>,
    /// Number and generation of the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) object: Option<(u32, u16)>,
    /// Number of the failed answer that ended the machine, from 0. The host raises its own error of that failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<u32>,
}

impl JobState {
    pub(crate) fn of(state: &LedgerState) -> JobState {
        match state {
            LedgerState::Signing { length, signed_length, update, renew_before } => JobState {
                state: "signing".into(),
                length: Some(*length),
                signed_length: Some(*signed_length),
                update: Some(update.clone()),
                renew_before: renew_before.clone(),
            },
            LedgerState::Signed { renew_before } => {
                JobState { state: "signed".into(), length: None, signed_length: None, update: None, renew_before: renew_before.clone() }
            }
        }
    }

    pub(crate) fn into_state(self) -> Option<LedgerState> {
        match self.state.as_str() {
            "signing" => Some(LedgerState::Signing {
                length: self.length?,
                signed_length: self.signed_length?,
                update: self.update?,
                renew_before: self.renew_before,
            }),
            "signed" => Some(LedgerState::Signed { renew_before: self.renew_before }),
            _ => None,
        }
    }
}

from_object!(PartLength { name "name", length "length" });
from_object!(OperationName { operation "operation" });
from_object!(Start { length "length", file "file", now "now", entropy "entropy", verifies "verifies", parts "parts" });
from_object!(SignStart { signatories "signatories", output "output", ledger "ledger" });
from_object!(SignatoryStart { certificate "certificate", chain "chain", options "options" });
from_object!(PrepareStart { certificate "certificate", chain "chain", options "options" });
from_object!(ResumeStart { session "session", skip_document_check "skipDocumentCheck" });
from_object!(CompleteStart { session "session", signature "signature", certificate "certificate", chain "chain", container "container", password "password", output "output" });
from_object!(InspectStart { password "password" });
from_object!(ExtendStart { options "options", output "output", ledger "ledger", renew_before "renewBefore" });
from_object!(RecoverStart { undo "undo", journal_owner "journalOwner" });
from_object!(OpenLedgerStart { path "path" });
from_object!(CloseLedgerStart { ledger "ledger" });
from_object!(FileLocation { path "path", handle "handle" });
from_object!(OutputPlace { in_place "inPlace", path "path", handle "handle", replace "replace", or_in_place "orInPlace" });
from_object!(LedgerPlace { path "path", identity "identity", lock_identity "lockIdentity" });
from_object!(LedgerJob { ledger "ledger", id "id", state "state" });
from_object!(JobState { state "state", length "length", signed_length "signedLength", update "update", renew_before "renewBefore" });
from_object!(CompleteCall { parts "parts", session "session", signature "signature", certificate "certificate", chain "chain", now "now", container "container" });
from_object!(CertifyCall { parts "parts", subject "subject", public_key "publicKey", signature_algorithm "signatureAlgorithm", digest_algorithm "digestAlgorithm", days "days", now "now", entropy "entropy", signature "signature" });
from_object!(SerializeCall { parts "parts", sessions "sessions", batch "batch", key "key" });
from_object!(OpenCall { parts "parts", saved "saved", batch "batch", key "key", certificate "certificate", chain "chain", options "options", now "now" });
from_object!(AnswerFrame { answer "answer", kind "kind", ranges "ranges", digests "digests", found "found", copied "copied", verified "verified", error "error", now "now", responses "responses", results "results" });
from_object!(ResponseFrame { id "id", failed "failed", status "status", body "body", retry_after "retryAfter", cached "cached" });
from_object!(ResultFrame { failed "failed", path "path", stat "stat", length "length", removed "removed", names "names", process "process" });
