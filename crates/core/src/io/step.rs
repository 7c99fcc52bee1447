//! The questions of the machine and their answers (docs/protocol.md).

use std::ops::Range;

use super::store::{Operation, StoreResult};
use crate::cms::{DigestAlgorithm, SigningRequest};
use crate::error::{Code, Result};
use crate::limits;

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
    },
    /// Send these requests, at once or one after the other; answer with [`Answer::Http`].
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DigestRequest {
    /// The document's file; none where the host holds the document itself.
    pub document: Option<Handle>,
    /// Digests to answer with, in this order.
    pub parts: Vec<DigestPart>,
    /// Further algorithms whose state at the end of the document the host keeps for a later step.
    pub keep: Vec<DigestAlgorithm>,
    /// Empty file that receives a copy of the document.
    pub copy: Option<Handle>,
    /// Byte patterns to find, 1 to 64 bytes each.
    pub find: Vec<Vec<u8>>,
    /// Phase and bytes for the caller's progress.
    pub progress: DigestProgress,
}

/// Phase of a call to which a pass over the document belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DigestProgress {
    /// Whether the pass writes an output, and does not digest.
    pub writes: bool,
    /// Bytes of the phase: of the document, or of the whole output.
    pub total: u64,
}

/// One digest: of ranges of the document, then of a suffix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestPart {
    /// Digest algorithm.
    pub algorithm: DigestAlgorithm,
    /// Ranges of the document in bytes, ascending, not overlapping.
    pub ranges: Vec<Range<u64>>,
    /// Bytes digested after the ranges.
    pub suffix: Vec<u8>,
}

/// A request to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpRequest {
    /// Identifier, unique within the step.
    pub id: u32,
    /// Purpose of the request: `timestamp`, `ocsp`, `crl` or `issuer`.
    pub purpose: &'static str,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Address.
    pub url: String,
    /// Header fields: name and value.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Largest body of a response, in bytes.
    pub limit: u64,
}

/// A response of a server, or the failure to get one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpResponse {
    /// Identifier of the request.
    pub id: u32,
    /// Status code and body.
    pub outcome: std::result::Result<(u16, Vec<u8>), FailureKind>,
}

/// Operations on files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreRequest {
    /// Operations to perform in order, up to the first failure.
    pub operations: Vec<Operation>,
    /// Whether the step must not be cancelled: an output or a journal gets its name.
    pub is_final: bool,
    /// Bytes written of all the output's, for the caller's progress.
    pub progress: Option<(u64, u64)>,
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
    /// Responses, one for each request.
    Http(Vec<HttpResponse>),
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// The first 1,000 offsets in bytes, ascending.
    pub offsets: Vec<u64>,
    /// Whether there are more.
    pub more: bool,
}

/// How the document got into another file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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

impl Copied {
    /// Name in frames.
    pub fn as_str(self) -> &'static str {
        match self {
            Copied::None => "none",
            Copied::Clone => "clone",
            Copied::Kernel => "kernel",
            Copied::Read => "read",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Copied> {
        [Copied::None, Copied::Clone, Copied::Kernel, Copied::Read].into_iter().find(|copied| copied.as_str() == name)
    }
}

/// Kind of a failure that a host answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

impl FailureKind {
    const ALL: [FailureKind; 8] = [
        FailureKind::Exists,
        FailureKind::Missing,
        FailureKind::Denied,
        FailureKind::Unsupported,
        FailureKind::NoSpace,
        FailureKind::Busy,
        FailureKind::Cancelled,
        FailureKind::Other,
    ];

    /// Name in frames.
    pub fn as_str(self) -> &'static str {
        match self {
            FailureKind::Exists => "exists",
            FailureKind::Missing => "missing",
            FailureKind::Denied => "denied",
            FailureKind::Unsupported => "unsupported",
            FailureKind::NoSpace => "noSpace",
            FailureKind::Busy => "busy",
            FailureKind::Cancelled => "cancelled",
            FailureKind::Other => "other",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<FailureKind> {
        FailureKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// The open question, kept to judge the answer by.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    Read {
        document: Option<Handle>,
        ranges: Vec<Range<u64>>,
    },
    Digest(DigestRequest),
    Sign {
        signer: usize,
        request: SigningRequest,
    },
    #[cfg_attr(not(feature = "test-panic"), expect(dead_code, reason = "asked with the first timestamp"))]
    Http(Vec<HttpRequest>),
    Store(StoreRequest),
}

impl Question {
    /// The step that puts this question.
    pub(crate) fn into_step<T>(self) -> Step<T> {
        match self {
            Question::Read { document, ranges } => Step::Read { document, ranges },
            Question::Digest(request) => Step::Digest(request),
            Question::Sign { signer, request } => Step::Sign { signer, request },
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
            (Question::Sign { .. }, Answer::Sign(_)) => Ok(()),
            (Question::Http(requests), Answer::Http(responses)) => {
                let one_each = requests.len() == responses.len()
                    && requests.iter().zip(responses).all(|(request, response)| request.id == response.id)
                    && requests.iter().zip(responses).all(|(request, response)| match &response.outcome {
                        Ok((_, body)) => body.len() as u64 <= request.limit,
                        Err(_) => true,
                    });
                if one_each {
                    Ok(())
                } else {
                    Err(Code::AnswerLength.because("the responses are not one for each request, within its limit"))
                }
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
