//! The journal of a signing in place, and what is done with it after an interruption.
//!
//! A host that appends to the only copy of a document writes the journal beside it first and syncs it, then appends and syncs, then
//! removes the journal. Whoever finds one asks here what is to be done; doing it twice, or by two processes at once, does no harm.

use crate::cms::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::io::Io;
use crate::limits;

/// The first bytes of a journal. A byte of version follows, then SHA-256 of what comes behind it: the length of the document (eight
/// bytes, big-endian), SHA-256 of the document's last bytes, the update.
const MAGIC: &[u8] = b"rustpdf journal ";
const VERSION: u8 = 1;
const DIGEST: usize = 32;
/// What a journal has beside the update, in bytes.
const OVERHEAD: usize = MAGIC.len() + 1 + DIGEST + 8 + DIGEST;

/// What is to be done to the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// What is true when it is done.
    pub outcome: Outcome,
    /// These bytes belong at this offset; none where nothing is missing.
    pub write: Option<(u64, Vec<u8>)>,
    /// The length of the file afterwards, in bytes: shorter than it is where the update is taken back.
    pub length: u64,
}

/// How an interrupted signing ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The document is signed.
    Signed,
    /// The document is what it was.
    Original,
}

impl Outcome {
    /// The outcome's name, as it crosses language boundaries.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Signed => "signed",
            Outcome::Original => "original",
        }
    }
}

/// The journal of a document of `length` bytes that gets `update`; `tail` are its last bytes, 1,024 where it has so many.
///
/// Errors: `ERR_LIMIT` where it would be larger than whoever recovers reads.
pub fn journal(length: u64, tail: &[u8], update: &[u8]) -> Result<Vec<u8>> {
    if update.len() > limits::JOURNAL - OVERHEAD {
        return Err(Code::Limit.because(format!("the journal of a signing in place has at the most {} bytes", limits::JOURNAL)));
    }
    let tail = DigestAlgorithm::Sha256.digest(&[tail]);
    let check = DigestAlgorithm::Sha256.digest(&[&length.to_be_bytes(), &tail, update]);
    Ok([MAGIC, &[VERSION], &check, &length.to_be_bytes(), &tail, update].concat())
}

/// A journal that has been read.
struct Journal<'a> {
    length: u64,
    tail: &'a [u8],
    update: &'a [u8],
}

impl<'a> Journal<'a> {
    /// Errors: `ERR_JOURNAL_DAMAGED`.
    fn parse(bytes: &'a [u8]) -> Result<Self> {
        let parts = || {
            let (version, rest) = bytes.strip_prefix(MAGIC)?.split_first()?;
            let (check, data) = rest.split_at_checked(DIGEST)?;
            let (length, rest) = data.split_first_chunk()?;
            let (tail, update) = rest.split_at_checked(DIGEST)?;
            let whole = *version == VERSION && DigestAlgorithm::Sha256.digest(&[data]) == check;
            whole.then_some(Journal { length: u64::from_be_bytes(*length), tail, update })
        };
        parts().ok_or(Code::JournalDamaged.into())
    }
}

/// Compares the file with its journal. Only what is of the update is ever overwritten or cut off.
///
/// Errors: `ERR_JOURNAL_DAMAGED`, `ERR_JOURNAL_DOCUMENT`.
pub(crate) async fn recover(io: &Io, journal: &[u8], undo: bool) -> Result<Recovery> {
    let Journal { length, tail, update } = Journal::parse(journal)?;
    let other = |found: &str| Err(Code::JournalDocument.because(format!("{found}, so the journal belongs to another one")));
    if length > io.length() {
        return other("the document is shorter than it was");
    }
    let before = io.read(length.saturating_sub(limits::MARGIN)..length).await?;
    if DigestAlgorithm::Sha256.digest(&[&before]) != tail {
        return other("the document ends otherwise than it did");
    }
    let signed = length.saturating_add(update.len() as u64);
    let behind = io.read(length..signed).await?;
    let whole = behind == update;
    // After a loss of power a file may have its new length and zeros where the bytes did not get to the disk.
    let ours = behind.iter().zip(update).all(|(found, byte)| found == byte || *found == 0);
    if !ours || (io.length() > signed && (!whole || undo)) {
        return other("something else was appended to the document");
    }
    Ok(match undo {
        true => Recovery { outcome: Outcome::Original, write: None, length },
        false => Recovery { outcome: Outcome::Signed, write: (!whole).then(|| (length, update.to_vec())), length: io.length().max(signed) },
    })
}
