//! Signs PDF files with a key that stays where it is: in a cloud KMS, a PKCS#11 token, a smartcard or an OS key store.
//!
//! The work on PDF and CMS is done by `rustpdf-core`, a machine without I/O; this crate is its host for Rust: it reads the document,
//! digests it in one sequential pass, and calls the signer. A signer is any function that gives the raw signature for a request:
//!
//! ```no_run
//! # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
//! use rustpdf::{SigningOptions, sign_with};
//!
//! let pdf = std::fs::read("contract.pdf")?;
//! let (certificate, chain) = (std::fs::read("leaf.pem")?, std::fs::read("chain.pem")?);
//! let signed = sign_with(&pdf[..], &certificate, |request| my_hsm(&request.data), &[&chain], &SigningOptions::default())?;
//! std::fs::write("signed.pdf", signed.appended_to(&pdf))?;
//! # Ok::<(), rustpdf::Failure>(())
//! ```
//!
//! Or in two phases, with anything between them: [`begin_signing`], then [`Session::complete_with_signature`] or
//! [`Session::complete`]. A session is plain data and may be completed by another process ([`resume_signing`]).

mod failure;
mod source;

use std::time::{SystemTime, UNIX_EPOCH};

pub use failure::Failure;
pub use rustpdf_core::*;
pub use source::Source;

/// Signs the document and returns what has to be appended to it.
///
/// `certificate` and each of `chain` are DER or PEM, the chain in any order. The signer's own error comes back as
/// [`Failure::Signer`], unchanged.
pub fn sign_with<S, E>(
    document: &S,
    certificate: &[u8],
    signer: impl FnMut(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
    chain: &[&[u8]],
    options: &SigningOptions,
) -> std::result::Result<Signed, Failure>
where
    S: Source + ?Sized,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    sign_with_at(document, moment()?, credentials(certificate, chain), signer, options)
}

/// The same with a time and entropy that are given, so that the output can be made again.
pub fn sign_with_at<S, E>(
    document: &S,
    moment: Moment,
    credentials: Credentials,
    mut signer: impl FnMut(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
    options: &SigningOptions,
) -> std::result::Result<Signed, Failure>
where
    S: Source + ?Sized,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let length = document.length()?;
    let machine = Machine::sign(length, moment, vec![Signatory { credentials, options: options.clone() }]);
    let signed = run(machine, document, length, |request| signer(request).map_err(|error| Failure::Signer(error.into())))?;
    signed.into_iter().next().ok_or(Failure::Refused(Code::Internal.into()))
}

/// Prepares a signature, to be completed later or elsewhere. Without credentials the session takes a finished container only.
pub fn begin_signing<S: Source + ?Sized>(
    document: &S,
    credentials: Option<Credentials>,
    options: &SigningOptions,
) -> std::result::Result<Session, Failure> {
    begin_signing_at(document, moment()?, credentials, options)
}

/// The same with a time and entropy that are given.
pub fn begin_signing_at<S: Source + ?Sized>(
    document: &S,
    moment: Moment,
    credentials: Option<Credentials>,
    options: &SigningOptions,
) -> std::result::Result<Session, Failure> {
    let length = document.length()?;
    run(Machine::prepare(length, moment, credentials, options.clone()), document, length, never_signs)
}

/// Takes up a saved session. The document is digested again, so that it is the one that the session was begun with.
pub fn resume_signing<S: Source + ?Sized>(saved: &[u8], document: &S) -> std::result::Result<Session, Failure> {
    let length = document.length()?;
    run(Machine::resume(length, saved.to_vec(), false), document, length, never_signs)
}

/// Reads what a document says of itself and its signatures. Nothing is verified.
pub fn info<S: Source + ?Sized>(document: &S) -> std::result::Result<Information, Failure> {
    let length = document.length()?;
    run(Machine::info(length), document, length, never_signs)
}

/// A certificate and its issuers, each DER or PEM.
pub fn credentials(certificate: &[u8], chain: &[&[u8]]) -> Credentials {
    Credentials { certificate: certificate.to_vec(), chain: chain.iter().map(|part| part.to_vec()).collect() }
}

/// Now, and fresh entropy from the system.
fn moment() -> std::result::Result<Moment, Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(-1, |elapsed| elapsed.as_secs() as i64);
    let mut entropy = [0; 32];
    getrandom::fill(&mut entropy).map_err(|error| Failure::Io(error.into()))?;
    Ok(Moment { now, entropy })
}

fn never_signs(_: &SigningRequest) -> std::result::Result<Vec<u8>, Failure> {
    Err(Failure::Refused(Code::Internal.into()))
}

/// The loop over the steps. A document that has another length in the end is refused: what was digested is not what is there.
fn run<T, S: Source + ?Sized>(
    mut machine: Machine<T>,
    document: &S,
    length: u64,
    mut sign: impl FnMut(&SigningRequest) -> std::result::Result<Vec<u8>, Failure>,
) -> std::result::Result<T, Failure> {
    let mut answer = Answer::Start;
    loop {
        answer = match machine.next(answer)? {
            Step::Read { ranges } => {
                let pieces = ranges.into_iter().map(|range| {
                    let mut bytes = vec![0; (range.end - range.start) as usize];
                    document.read_at(range.start, &mut bytes)?;
                    Ok((range.start, bytes))
                });
                Answer::Read(pieces.collect::<std::io::Result<_>>()?)
            }
            Step::Digest { algorithm, suffix, .. } => {
                let mut hasher = digest(document, length, algorithm)?;
                if document.length()? != length {
                    return Err(Failure::Refused(Code::FileChanged.into()));
                }
                hasher.update(&suffix);
                Answer::Digest(hasher.digest())
            }
            Step::Sign { request, .. } => Answer::Sign(sign(&request)?),
            Step::Done(outcome) => return Ok(outcome),
            _ => return Err(Failure::Refused(Code::Internal.into())),
        };
    }
}

/// Digests the document in one sequential read.
fn digest<S: Source + ?Sized>(document: &S, length: u64, algorithm: DigestAlgorithm) -> std::io::Result<Hasher> {
    const BUFFER: u64 = 64 << 10; // stays in the second-level cache between reading and hashing
    let mut hasher = Hasher::new(algorithm);
    if let Some(bytes) = document.as_slice() {
        hasher.update(bytes);
        return Ok(hasher);
    }
    let mut buffer = vec![0; BUFFER.min(length) as usize];
    let mut offset = 0;
    while offset < length {
        let part = &mut buffer[..BUFFER.min(length - offset) as usize];
        document.read_at(offset, part)?;
        hasher.update(part);
        offset += part.len() as u64;
    }
    Ok(hasher)
}
