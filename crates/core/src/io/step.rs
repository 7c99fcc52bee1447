//! The questions of the machine and their answers (docs/protocol.md).

use std::ops::Range;

use serde::ser::{SerializeSeq, SerializeTuple};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::draw::{DrawError, DrawRequest};
use super::store::{self, Operation, StoreResult};
use crate::crypto::{SignatureAlgorithm, SigningRequest};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::hex;
use crate::json::{FromJson, from_object, from_text};
use crate::limits;
use crate::report::Warning;
use crate::x509::Curve;

/// Number of an open file: below 16 one of the caller's, from 16 on one that the core opened.
pub type Handle = u32;

/// A question of the machine to its host, or the end.
#[derive(Debug)]
#[non_exhaustive]
pub enum Step<T> {
    /// Read bytes of the document; answer with [`Answer::Read`].
    Read {
        /// The document's file; none where the host holds the document itself.
        document: Option<Handle>,
        /// Ranges in bytes from the first of the document, ascending, all within its length.
        ranges: Vec<Range<u64>>,
    },
    /// Digest the document in one sequential pass; answer with [`Answer::Digest`].
    Digest(DigestRequest),
    /// Have these bytes signed by the key of the certificate; answer with [`Answer::Sign`].
    Sign {
        /// Place of the signer among those that sign in turn, from 0.
        signer: usize,
        /// Bytes to sign, and the algorithms.
        request: SigningRequest,
        /// Warnings of this signature. The host hands them to the caller before it asks the key.
        warnings: Vec<Warning>,
    },
    /// Verify a signature; answer with [`Answer::Verify`]. Asked only of a host that says it can.
    Verify(VerifyRequest),
    /// Draw a visible signature; answer with [`Answer::Draw`].
    Draw(Box<DrawRequest>),
    /// Send these requests, all at once; answer with [`Answer::Http`].
    Http {
        /// Requests with an identifier each.
        requests: Vec<HttpRequest>,
    },
    /// Perform these operations on files, in order, up to the first failure; answer with [`Answer::Store`].
    Store(StoreRequest),
    /// Nothing more is asked; the machine is used up.
    Done(T),
}

/// Digests of the document, taken in one pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DigestRequest {
    /// The document's file; absent if the host holds the document itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<Handle>,
    /// Digests to answer with, in this order.
    pub parts: Vec<DigestPart>,
    /// Further algorithms. The host keeps their states at the end of the document for a later step.
    pub keep: Vec<DigestAlgorithm>,
    /// Empty file that receives a copy of the document; null for none.
    pub copy: Option<Handle>,
    /// Byte patterns to find, 1 to 64 bytes each.
    #[serde(serialize_with = "patterns")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<crate::hex::Hex>"))]
    pub find: Vec<Vec<u8>>,
    /// Ranges of the document in which matches are wanted: offset and length in bytes, ascending, not overlapping. Matches elsewhere may be
    /// reported, and one that is only partly in a range may be missing.
    #[serde(serialize_with = "pairs")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<[u64; 2]>"))]
    pub find_in: Vec<Range<u64>>,
    /// Phase and bytes for the caller's progress.
    pub progress: DigestProgress,
}

/// Byte patterns to find in ranges of the document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Find {
    pub(crate) patterns: Vec<Vec<u8>>,
    pub(crate) ranges: Vec<Range<u64>>,
}

/// Phase of the call to which a pass over the document belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DigestProgress {
    /// Phase of the call.
    pub phase: DigestPhase,
    /// Bytes of the phase: of the document, or of the whole output.
    pub total: u64,
}

/// Phase of a call in which the document is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum DigestPhase {
    /// The document is digested.
    #[default]
    Digest,
    /// The output is written.
    Write,
}

/// One digest: of ranges of the document, then of a suffix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DigestPart {
    /// Digest algorithm.
    pub algorithm: DigestAlgorithm,
    /// Ranges of the document: offset and length in bytes, ascending, not overlapping.
    #[serde(serialize_with = "pairs")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<[u64; 2]>"))]
    pub ranges: Vec<Range<u64>>,
    /// Bytes digested after the ranges: their number, the next of the payload.
    #[serde(serialize_with = "store::length")]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub suffix: Vec<u8>,
}

/// A signature to verify. Its form, its length and the bounds of the key were checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifyRequest {
    /// Signature algorithm.
    pub signature_algorithm: SignatureAlgorithm,
    /// Digest algorithm. Ed25519 digests by itself.
    pub digest_algorithm: DigestAlgorithm,
    /// Length of the salt in bytes. For `rsa-pss` only; the mask is MGF1 with the same digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt_length: Option<u16>,
    /// Curve of the key. For `ecdsa` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<Curve>,
    /// SubjectPublicKeyInfo (RFC 5280, 4.1) in DER: its length, the first of the payload.
    #[serde(serialize_with = "store::length")]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub key: Vec<u8>,
    /// Message: its length, the next of the payload.
    #[serde(serialize_with = "store::length")]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub message: Vec<u8>,
    /// Signature, of ECDSA in DER: its length, the last of the payload.
    #[serde(serialize_with = "store::length")]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub signature: Vec<u8>,
}

/// A request to a server. Either `service` or `url` names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HttpRequest {
    /// Identifier, unique within the step.
    pub id: u32,
    /// Purpose of the request.
    pub purpose: HttpPurpose,
    /// Number of the caller's timestamp service, from 0. The host knows its address and header fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<u32>,
    /// Address from a certificate. A stranger may have chosen it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Type of the body (`Content-Type`). Absent without a body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<&'static str>,
    /// Types of the response that are asked for (`Accept`).
    pub accept: &'static str,
    /// Body: its length, the next of the payload.
    #[serde(serialize_with = "store::length")]
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    pub body: Vec<u8>,
    /// Largest body of a response in bytes, after decoding.
    pub limit: u64,
    /// Seconds to wait before sending. Absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<u32>,
    /// Key by which a cache keeps the response. Absent if none keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<String>,
}

/// Purpose of a request to a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum HttpPurpose {
    /// Timestamp (RFC 3161).
    #[default]
    Timestamp,
    /// Status of a certificate (RFC 6960).
    Ocsp,
    /// Revocation list (RFC 5280, 5).
    Crl,
    /// Certificate of an issuer (RFC 5280, 4.2.2.1).
    Issuer,
}

impl HttpPurpose {
    /// The name in frames and reports.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            HttpPurpose::Timestamp => "timestamp",
            HttpPurpose::Ocsp => "ocsp",
            HttpPurpose::Crl => "crl",
            HttpPurpose::Issuer => "issuer",
        }
    }
}

impl HttpFailure {
    /// The name in frames and reports.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            HttpFailure::Dns => "dns",
            HttpFailure::Connect => "connect",
            HttpFailure::Tls => "tls",
            HttpFailure::Timeout => "timeout",
            HttpFailure::TooLarge => "tooLarge",
            HttpFailure::Blocked => "blocked",
            HttpFailure::Redirect => "redirect",
            HttpFailure::Unsupported => "unsupported",
            HttpFailure::Other => "other",
        }
    }

    /// The reason in messages.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            HttpFailure::Dns => "its name has no address",
            HttpFailure::Connect => "no connection",
            HttpFailure::Tls => "its certificate or the TLS handshake was refused",
            HttpFailure::Timeout => "no complete answer in time",
            HttpFailure::TooLarge => "the answer is larger than the limit",
            HttpFailure::Blocked => "its address is not a public one",
            HttpFailure::Redirect => "too many redirections",
            HttpFailure::Unsupported => "no requests can be sent here",
            HttpFailure::Other => "the request failed",
        }
    }
}

/// A response of a server, or the failure to get one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpResponse {
    /// Identifier of the request.
    pub id: u32,
    /// Response, or the kind of the failure.
    pub outcome: std::result::Result<HttpBody, HttpFailure>,
}

impl HttpResponse {
    /// The response to the request of this identifier, or the reason why there is none.
    pub fn new(id: u32, outcome: std::result::Result<HttpBody, HttpFailure>) -> Self {
        HttpResponse { id, outcome }
    }
}

/// Status and body of a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpBody {
    /// Status code.
    pub status: u16,
    /// Body, decoded.
    pub body: Vec<u8>,
    /// Seconds of the field `Retry-After`, if the response has it.
    pub retry_after: Option<u32>,
    /// Whether it comes from a cache.
    pub cached: bool,
}

/// Answer to [`Step::Http`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Seconds since 1970, UTC, at the time of the answer.
    pub now: i64,
    /// One response for each request, in their order.
    pub responses: Vec<HttpResponse>,
}

/// Kind of the failure to get a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum HttpFailure {
    /// The name of the server has no address.
    Dns,
    /// No connection.
    Connect,
    /// The server's certificate or the handshake was refused.
    Tls,
    /// The time is over.
    Timeout,
    /// The body is larger than the limit.
    TooLarge,
    /// The address is not one that a certificate may name.
    Blocked,
    /// Too many redirections, or one of a request that is not a `GET`.
    Redirect,
    /// The host sends no requests.
    Unsupported,
    /// Any other failure.
    Other,
}

/// Operations on files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct StoreRequest {
    /// Operations to perform in order, up to the first failure.
    pub operations: Vec<Operation>,
    /// Whether the step must not be cancelled: an output or a journal gets its name.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// Progress of the output, for the caller; absent where there is none to report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<StoreProgress>,
}

/// Bytes written of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoreProgress {
    /// Bytes written.
    pub done: u64,
    /// All bytes to write.
    pub total: u64,
}

/// Ranges as pairs of offset and length.
pub(crate) fn pairs<S: Serializer>(ranges: &[Range<u64>], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    struct Pair<'a>(&'a Range<u64>);
    impl Serialize for Pair<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
            let mut pair = serializer.serialize_tuple(2)?;
            pair.serialize_element(&self.0.start)?;
            pair.serialize_element(&(self.0.end - self.0.start))?;
            pair.end()
        }
    }
    serializer.collect_seq(ranges.iter().map(Pair))
}

/// Byte patterns as hexadecimal texts.
fn patterns<S: Serializer>(patterns: &[Vec<u8>], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(patterns.len()))?;
    for pattern in patterns {
        list.serialize_element(&hex::encode(pattern))?;
    }
    list.end()
}

/// Answer of the host: of the kind that was asked or a failure, else `ERR_ANSWER_KIND`, and nothing has changed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer {
    /// The first call: nothing was asked yet.
    Start,
    /// Pieces of the document, each with the offset of its first byte. Each range that was asked for is contained in one of them.
    Read(Vec<(u64, Vec<u8>)>),
    /// Digests and matches.
    Digest(DigestAnswer),
    /// The raw signature as the key store returned it.
    Sign(Vec<u8>),
    /// Whether the signature verifies; none if the host does not know. Only `true` is taken: else the core verifies, and finds the cause.
    Verify(Option<bool>),
    /// A PDF whose first page is the drawing, or the reason why there is none.
    Draw(std::result::Result<Vec<u8>, DrawError>),
    /// Responses, one for each request.
    Http(HttpAnswer),
    /// Results of the operations, in order; a failure is the last.
    Store(Vec<StoreResult>),
    /// The step failed. The host keeps its own error: [`crate::Error::failure`] says which one ended the machine.
    Failed(FailureKind),
}

/// Answer to [`Step::Digest`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigestAnswer {
    /// One digest for each part.
    pub digests: Vec<Vec<u8>>,
    /// Matches, for each pattern.
    pub found: Vec<Matches>,
    /// How the document got into the copy.
    pub copied: Copied,
}

/// Offsets at which a pattern occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Matches {
    /// The first 1,000 offsets in bytes, ascending.
    pub offsets: Vec<u64>,
    /// Whether there are more.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub more: bool,
}

/// How the document got into another file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Copied {
    /// Not at all.
    #[default]
    None,
    /// The file system shares its blocks.
    Clone,
    /// The kernel copied it.
    Kernel,
    /// The bytes that were read for the digest were written.
    Read,
}

/// Kind of a failure that a host answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum FailureKind {
    /// Something has this name already.
    Exists,
    /// Nothing has this name.
    Missing,
    /// The system does not permit it.
    Denied,
    /// The system or the file system does not know the operation.
    Unsupported,
    /// The disk, a quota or a limit of sizes is reached.
    NoSpace,
    /// The file is in use.
    Busy,
    /// The caller ended the call.
    Cancelled,
    /// Any other failure, a callback's exception among them.
    Other,
}

from_object!(Matches { offsets "offsets", more "more" });
from_text!(FailureKind {
    Exists "exists", Missing "missing", Denied "denied", Unsupported "unsupported", NoSpace "noSpace", Busy "busy", Cancelled "cancelled",
    Other "other",
});

from_text!(HttpFailure {
    Dns "dns", Connect "connect", Tls "tls", Timeout "timeout", TooLarge "tooLarge", Blocked "blocked", Redirect "redirect",
    Unsupported "unsupported", Other "other",
});

impl FromJson for Copied {
    fn from_json(value: &Value) -> std::result::Result<Self, &'static str> {
        match value.as_str() {
            Some("none") => Ok(Copied::None),
            Some("clone") => Ok(Copied::Clone),
            Some("kernel") => Ok(Copied::Kernel),
            Some("read") => Ok(Copied::Read),
            _ => Err(""),
        }
    }

    fn absent() -> Option<Self> {
        Some(Copied::None)
    }
}

/// The open question, kept to judge the answer by.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    Read { document: Option<Handle>, ranges: Vec<Range<u64>> },
    Digest(DigestRequest),
    Sign { signer: usize, request: SigningRequest, warnings: Vec<Warning> },
    Verify(VerifyRequest),
    Draw(Box<DrawRequest>),
    Http(Vec<HttpRequest>),
    Store(StoreRequest),
}

impl Question {
    /// The step that puts this question.
    pub(crate) fn into_step<T>(self) -> Step<T> {
        match self {
            Question::Read { document, ranges } => Step::Read { document, ranges },
            Question::Digest(request) => Step::Digest(request),
            Question::Sign { signer, request, warnings } => Step::Sign { signer, request, warnings },
            Question::Verify(request) => Step::Verify(request),
            Question::Draw(request) => Step::Draw(request),
            Question::Http(requests) => Step::Http { requests },
            Question::Store(request) => Step::Store(request),
        }
    }

    /// Whether `answer` is one to this question; the asking code judges its content.
    ///
    /// Errors: `ERR_ANSWER_KIND`, `ERR_ANSWER_LENGTH`.
    pub(crate) fn accept(&self, answer: &Answer) -> Result<()> {
        match (self, answer) {
            (Question::Read { ranges, .. }, Answer::Read(pieces)) => match ranges.iter().find(|range| !is_covered(range, pieces)) {
                None => Ok(()),
                Some(range) => Err(Code::AnswerLength
                    .because(format!("bytes {} to {} of the document were asked for and not all are there", range.start, range.end))),
            },
            (Question::Digest(request), Answer::Digest(answer)) => request.accept(answer),
            (Question::Sign { .. }, Answer::Sign(_)) | (Question::Verify(_), Answer::Verify(_)) | (Question::Draw(_), Answer::Draw(_)) => {
                Ok(())
            }
            (Question::Http(requests), Answer::Http(HttpAnswer { responses, .. })) => {
                let one_each = requests.len() == responses.len()
                    && requests.iter().zip(responses).all(|(request, response)| request.id == response.id)
                    && requests.iter().zip(responses).all(|(request, response)| match &response.outcome {
                        Ok(response) => response.body.len() as u64 <= request.limit,
                        Err(_) => true,
                    });
                if one_each { Ok(()) } else { Err(Code::HttpAnswer.into()) }
            }
            (Question::Store(request), Answer::Store(results)) => request.accept(results),
            (_, Answer::Failed(_)) => Ok(()),
            _ => Err(Code::AnswerKind.into()),
        }
    }
}

impl DigestRequest {
    fn accept(&self, answer: &DigestAnswer) -> Result<()> {
        if answer.digests.len() != self.parts.len() || answer.found.len() != self.find.len() {
            return Err(Code::AnswerLength.because(format!(
                "{} digests and {} patterns were asked for, and {} and {} answered",
                self.parts.len(),
                self.find.len(),
                answer.digests.len(),
                answer.found.len()
            )));
        }
        for (part, digest) in self.parts.iter().zip(&answer.digests) {
            let expected = part.algorithm.output_len();
            if digest.len() != expected {
                let (length, algorithm) = (digest.len(), part.algorithm.as_str());
                return Err(Code::AnswerLength.because(format!("the digest has {length} bytes where {algorithm} gives {expected}")));
            }
        }
        if answer.found.iter().any(|matches| matches.offsets.len() > limits::MATCHES || !matches.offsets.is_sorted()) {
            return Err(Code::AnswerLength.because(format!("a pattern has more than {} offsets, or they do not ascend", limits::MATCHES)));
        }
        Ok(())
    }
}

impl StoreRequest {
    /// As many results as operations, each of its kind, or fewer where the last is a failure.
    fn accept(&self, results: &[StoreResult]) -> Result<()> {
        let failed = matches!(results.last(), Some(StoreResult::Failed(_)));
        let complete = results.len() == self.operations.len() || (failed && results.len() < self.operations.len());
        if !complete || results.iter().rev().skip(1).any(|result| matches!(result, StoreResult::Failed(_))) {
            let (asked, answered) = (self.operations.len(), results.len());
            return Err(Code::AnswerLength.because(format!("{asked} operations were asked for, and {answered} results answered")));
        }
        match self.operations.iter().zip(results).all(|(operation, result)| operation.accepts(result)) {
            true => Ok(()),
            false => Err(Code::AnswerKind.into()),
        }
    }
}

/// Whether one of `pieces` contains all of `range`.
fn is_covered(range: &Range<u64>, pieces: &[(u64, Vec<u8>)]) -> bool {
    pieces.iter().any(|(offset, bytes)| *offset <= range.start && offset.saturating_add(bytes.len() as u64) >= range.end)
}
