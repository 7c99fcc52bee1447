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
//!
//! # Files
//!
//! [`sign_file_with`] does it all: it reads the file once, in little memory, however large it is, and writes where it is told to.
//!
//! ```no_run
//! # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
//! use rustpdf::{Control, Output, SigningOptions, sign_file_with};
//!
//! let certificate = std::fs::read("leaf.pem")?;
//! let output = Output::NewFile { path: "signed.pdf".into(), replace: false };
//! let options = SigningOptions::default();
//! sign_file_with("contract.pdf", &output, &certificate, |request| my_hsm(&request.data), &[], &options, &mut Control::default())?;
//! # Ok::<(), rustpdf::Failure>(())
//! ```
//!
//! A new file has its name only when it is whole and on the disk. With [`Output::InPlace`] the signature is appended to the only copy
//! there is: a journal beside it, `.contract.pdf.rustpdf`, is on the disk before, and whoever signs the file next, or calls
//! [`recover`], finishes what was interrupted. What fails or is cancelled leaves everything as it was ([`Control`] watches and
//! cancels). Several who sign one document do so from one pass over it ([`sign_file_in_turn`], [`sign_in_turn`]), and a file is
//! signed in two phases by [`begin_signing_file`] and its [`FileSession`]. [`sign_many`] signs many files, some at a time, and
//! goes on after an interruption where it was.

mod control;
mod digest;
mod failure;
mod file;
mod many;
mod run;
mod source;
mod turn;

use std::time::{SystemTime, UNIX_EPOCH};

pub use control::{Cancellation, Control, Phase, Progress};
pub use failure::Failure;
pub use file::{
    Copied, FileSession, Input, Output, Recovered, SignedFile, begin_signing_file, begin_signing_file_at, recover, resume_signing_file,
    sign_file_in_turn, sign_file_in_turn_at, sign_file_with, sign_file_with_at,
};
pub use many::{Job, JobOutcome, JobResult, ManyOptions, sign_many};
pub use rustpdf_core::*;
pub use source::Source;
pub use turn::Turn;

use run::{never_signs, run_over};

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
    signer: impl FnMut(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
    options: &SigningOptions,
) -> std::result::Result<Signed, Failure>
where
    S: Source + ?Sized,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let signed = sign_in_turn_at(document, moment, vec![Turn::new(credentials, options.clone(), signer)])?;
    signed.into_iter().next().ok_or(Code::Internal.into())
}

/// Has the document signed by several, each over those before it, and digests it once. The updates are to be appended in this order.
///
/// All certificates and options are checked before the first is asked to sign.
pub fn sign_in_turn<S: Source + ?Sized>(document: &S, turns: Vec<Turn<'_>>) -> std::result::Result<Vec<Signed>, Failure> {
    sign_in_turn_at(document, moment()?, turns)
}

/// The same with a time and entropy that are given.
pub fn sign_in_turn_at<S: Source + ?Sized>(
    document: &S,
    moment: Moment,
    turns: Vec<Turn<'_>>,
) -> std::result::Result<Vec<Signed>, Failure> {
    let (signatories, mut signers) = Turn::split(turns);
    run_over(|length| Machine::sign(length, moment, signatories), document, |signer, request| signers.sign(signer, request))
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
    run_over(|length| Machine::prepare(length, moment, credentials, options.clone()), document, never_signs)
}

/// Takes up a saved session. The document is digested again, so that it is the one that the session was begun with.
pub fn resume_signing<S: Source + ?Sized>(saved: &[u8], document: &S) -> std::result::Result<Session, Failure> {
    run_over(|length| Machine::resume(length, saved.to_vec(), false), document, never_signs)
}

/// Reads what a document says of itself and its signatures. Nothing is verified. `password` opens an encrypted document.
pub fn info<S: Source + ?Sized>(document: &S, password: Option<&str>) -> std::result::Result<Information, Failure> {
    run_over(|length| Machine::info(length, password.map(Password::from)), document, never_signs)
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
