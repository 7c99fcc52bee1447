//! The questions of the machine and their answers.

use std::ops::Range;

use crate::cms::{DigestAlgorithm, SigningRequest};
use crate::error::{Code, Result};

/// What the machine asks of its host, or the end.
#[derive(Debug)]
#[non_exhaustive]
pub enum Step<T> {
    /// Read these bytes of the document; answer with [`Answer::Read`].
    Read {
        /// Ranges in bytes from the first of the document, ascending, all within its length.
        ranges: Vec<Range<u64>>,
    },
    /// Digest the whole document, then `suffix`; answer with [`Answer::Digest`].
    ///
    /// A host that keeps the state behind the document reads it once, however often it is asked: it digests by the algorithms of
    /// `later` in the same pass.
    Digest {
        /// How to digest.
        algorithm: DigestAlgorithm,
        /// What follows the document: the update but for the hole of `/Contents`.
        suffix: Vec<u8>,
        /// The other algorithms that will be asked for in this run.
        later: Vec<DigestAlgorithm>,
    },
    /// Have these bytes signed by the key of the certificate; answer with [`Answer::Sign`].
    Sign {
        /// Whose key: the place among those who sign in turn, from 0.
        signer: usize,
        /// What to sign, and how.
        request: SigningRequest,
    },
    /// Nothing more is asked; the machine is used up.
    Done(T),
}

/// What the host answers: of the kind that was asked, else `ERR_ANSWER_KIND`, and nothing has changed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer {
    /// The first call: nothing was asked yet.
    Start,
    /// Pieces of the document, each with the offset of its first byte. Each range that was asked for lies whole in one of them.
    Read(Vec<(u64, Vec<u8>)>),
    /// The digest, as long as its algorithm gives.
    Digest(Vec<u8>),
    /// The raw signature as the key store gave it.
    Sign(Vec<u8>),
}

/// The open question, kept to judge the answer by.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    Read(Vec<Range<u64>>),
    Digest { algorithm: DigestAlgorithm, suffix: Vec<u8>, later: Vec<DigestAlgorithm> },
    Sign { signer: usize, request: SigningRequest },
}

impl Question {
    /// Whether `answer` is one to this question; its content is judged by who asked.
    pub(crate) fn accept(&self, answer: &Answer) -> Result<()> {
        match (self, answer) {
            (Question::Read(ranges), Answer::Read(pieces)) => {
                for range in ranges {
                    if !covered(range, pieces) {
                        return Err(Code::AnswerLength.because(format!(
                            "bytes {} to {} of the document were asked for and not all are there",
                            range.start, range.end
                        )));
                    }
                }
                Ok(())
            }
            (Question::Digest { algorithm, .. }, Answer::Digest(digest)) => match digest.len() == algorithm.output_len() {
                true => Ok(()),
                false => Err(Code::AnswerLength.because(format!(
                    "the digest has {} bytes where {} gives {}",
                    digest.len(),
                    algorithm.as_str(),
                    algorithm.output_len()
                ))),
            },
            (Question::Sign { .. }, Answer::Sign(_)) => Ok(()),
            _ => Err(Code::AnswerKind.into()),
        }
    }
}

/// Whether one of `pieces` holds `range` whole.
fn covered(range: &Range<u64>, pieces: &[(u64, Vec<u8>)]) -> bool {
    pieces.iter().any(|(offset, bytes)| *offset <= range.start && offset.saturating_add(bytes.len() as u64) >= range.end)
}
