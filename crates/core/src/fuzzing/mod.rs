//! What the fuzz targets (`fuzz/`) run: each border where bytes of others come in, and what must hold behind it.
//!
//! A target takes any bytes, panics where a property is broken, and tells whether they were accepted, so that the test which replays
//! the seeds notices seeds that no longer get anywhere. Of the repository only: the signer is the one of `tests/vectors`.

mod containers;
mod documents;
mod files;
mod frames;
mod sessions;
mod tokens;

pub use containers::cms;
pub use documents::{info, sign};
pub use files::{object_stream, xref};
pub use frames::frame;
pub use sessions::session;
pub use tokens::lexer;

use ed25519_dalek::{Signer, SigningKey};

use crate::cms::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::io::{Answer, Step};
use crate::limits;
use crate::operation::{Credentials, Moment};

/// A host with its document in memory, that notes how much of it is asked for.
struct Memory<'a> {
    document: &'a [u8],
    asked: u64,
}

impl<'a> Memory<'a> {
    fn new(document: &'a [u8]) -> Self {
        Memory { document, asked: 0 }
    }

    /// Runs a machine by its `next`.
    fn run<T>(&mut self, mut next: impl FnMut(Answer) -> Result<Step<T>>) -> Result<T> {
        let mut answer = Answer::Start;
        let outcome = loop {
            answer = match next(answer) {
                Err(error) => break Err(error),
                Ok(Step::Done(outcome)) => break Ok(outcome),
                Ok(Step::Read { ranges }) => Answer::Read(ranges.into_iter().map(|range| self.piece(range)).collect()),
                Ok(Step::Digest { algorithm, suffix, .. }) => Answer::Digest(algorithm.digest(&[self.document, &suffix])),
                Ok(Step::Sign { request, .. }) => Answer::Sign(raw_signature(&request.data)),
            };
        };
        if let Err(error) = &outcome {
            assert_ne!(error.code(), Code::Internal, "{error}");
        }
        // What the cache holds whole is asked for once.
        if self.document.len() as u64 <= limits::CACHE / 2 {
            assert!(self.asked <= self.document.len() as u64, "{} bytes asked of {}", self.asked, self.document.len());
        }
        outcome
    }

    fn piece(&mut self, range: std::ops::Range<u64>) -> (u64, Vec<u8>) {
        self.asked += range.end - range.start;
        (range.start, self.document[range.start as usize..range.end as usize].to_vec())
    }
}

/// 2026-01-01, and entropy that is not random.
fn moment() -> Moment {
    Moment { now: 1_767_225_600, entropy: [7; 32] }
}

/// A signer by Ed25519, whose signatures are not random either.
fn credentials() -> Credentials {
    let certificate = include_bytes!("../../../../tests/vectors/certificates/ed25519.pem");
    Credentials { certificate: certificate.to_vec(), chain: Vec::new() }
}

fn raw_signature(data: &[u8]) -> Vec<u8> {
    let key = include_str!("../../../../tests/vectors/certificates/ed25519.key");
    let digits: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    // The key is the end of its PKCS #8 form (RFC 8410, 7).
    let key = base64(&digits);
    let key: [u8; 32] = key[key.len() - 32..].try_into().expect("a key of 32 bytes");
    SigningKey::from_bytes(&key).sign(data).to_bytes().to_vec()
}

/// Decodes base64 without its last, incomplete group.
fn base64(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let groups = text.trim_end_matches('=').as_bytes().chunks_exact(4);
    groups
        .flat_map(|group| {
            let bits = group.iter().fold(0, |bits, byte| bits << 6 | u32::from(digit(*byte)));
            [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]
        })
        .collect()
}

fn sha256(data: &[u8]) -> Vec<u8> {
    DigestAlgorithm::Sha256.digest(&[data])
}

#[cfg(test)]
mod tests;
