//! What the fuzz targets (`fuzz/`) run: each border where bytes of others come in, and what must hold behind it.
//!
//! A target takes any bytes, panics where a property is broken, and tells whether they were accepted, so that the test which replays
//! the seeds notices seeds that no longer get anywhere. Of the repository only: the signer is the one of `tests/vectors`.

mod appearance;
mod commit;
mod containers;
mod disk;
mod documents;
mod evidence;
mod files;
mod frames;
mod sessions;
mod timestamps;
mod tokens;
mod web;

pub use appearance::appearance;
pub use commit::{journal, ledger};
pub use containers::cms;
pub use documents::{inspect, sign};
pub use evidence::{crl, ocsp};
pub use files::{object_stream, xref};
pub use frames::{frame, start};
pub use sessions::{batch, session};
pub use timestamps::timestamp;
pub use tokens::lexer;
pub use web::http;

use std::ops::Range;

use disk::Disk;
use ed25519_dalek::{Signer, SigningKey};

use crate::commit::DocumentLocation;
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::io::{Answer, DigestAnswer, DigestPart, DigestRequest, DrawRequest, FailureKind, Handle, Matches, Step};
use crate::limits;
use crate::operation::{Ambient, Credentials};

/// A host with its document and its files in memory, which counts how many bytes of the document are asked for.
struct Memory<'a> {
    document: &'a [u8],
    asked: u64,
    disk: Disk,
}

impl<'a> Memory<'a> {
    fn new(document: &'a [u8]) -> Self {
        Memory { document, asked: 0, disk: Disk::default() }
    }

    /// Runs a machine by its `next`.
    fn run<T>(&mut self, mut next: impl FnMut(Answer) -> Result<Step<T>>) -> Result<T> {
        let mut answer = Answer::Start;
        let outcome = loop {
            answer = match next(answer) {
                Err(error) => break Err(error),
                Ok(Step::Done(outcome)) => break Ok(outcome),
                Ok(Step::Read { document, ranges }) => Answer::Read(ranges.into_iter().map(|range| self.piece(document, range)).collect()),
                Ok(Step::Digest(request)) => Answer::Digest(self.digests(&request)),
                Ok(Step::Sign { request, .. }) => Answer::Sign(raw_signature(&request.data)),
                Ok(Step::Store(request)) => Answer::Store(self.disk.perform(request.operations)),
                Ok(Step::Http { .. }) => Answer::Failed(FailureKind::Other),
                Ok(Step::Verify(_)) => Answer::Verify(None),
                Ok(Step::Draw(request)) => Answer::Draw(Ok(drawing(&request))),
            };
        };
        self.disk.close();
        if let Err(error) = &outcome {
            assert_ne!(error.code(), Code::Internal, "{error}");
        }
        // A document that the cache holds whole is asked for once.
        if self.document.len() as u64 <= limits::CACHE / 2 {
            assert!(self.asked <= self.document.len() as u64, "{} bytes asked of {}", self.asked, self.document.len());
        }
        outcome
    }

    fn bytes(&self, document: Option<Handle>) -> &[u8] {
        document.map_or(self.document, |handle| self.disk.read(handle))
    }

    fn piece(&mut self, document: Option<Handle>, range: Range<u64>) -> (u64, Vec<u8>) {
        self.asked += if document.is_none() { range.end - range.start } else { 0 };
        (range.start, self.bytes(document)[range.start as usize..range.end as usize].to_vec())
    }

    fn digests(&self, request: &DigestRequest) -> DigestAnswer {
        let bytes = self.bytes(request.document);
        let digest = |part: &DigestPart| {
            let ranges = part.ranges.iter().map(|range| &bytes[range.start as usize..range.end as usize]);
            part.algorithm.digest(&ranges.chain([&part.suffix[..]]).collect::<Vec<_>>())
        };
        let found = request.find.iter().map(|pattern| {
            let is_match = |at: &usize| bytes[*at..].starts_with(pattern);
            Matches { offsets: (0..bytes.len()).filter(is_match).take(1000).map(|at| at as u64).collect(), more: false }
        });
        DigestAnswer { digests: request.parts.iter().map(digest).collect(), found: found.collect(), ..DigestAnswer::default() }
    }
}

/// A page of the size of the box, with a blue field.
fn drawing(request: &DrawRequest) -> Vec<u8> {
    let (width, height) = (request.width, request.height);
    let content = format!("0 0 1 rg 0 0 {width} {height} re f");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Resources<</ExtGState<</G 5 0 R>>>>/Contents 4 0 R>>"),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
        "<</Type/ExtGState/LW 1>>".to_owned(),
    ];
    let mut out = "%PDF-1.7\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let at = out.len();
    format!("{out}{table}trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n", objects.len() + 1).into_bytes()
}

/// The place of a document in memory.
fn memory(document: &[u8]) -> DocumentLocation {
    DocumentLocation::Memory { length: document.len() as u64 }
}

/// 2026-01-01, and entropy that is not random.
fn ambient() -> Ambient {
    Ambient { now: 1_767_225_600, entropy: [7; 32] }
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

/// The key that seals sessions.
const KEY: [u8; 32] = [7; 32];

fn sha256(data: &[u8]) -> Vec<u8> {
    DigestAlgorithm::Sha256.digest(&[data])
}

#[cfg(test)]
mod tests;
