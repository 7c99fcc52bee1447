//! Signs PDF files with a key that stays in a cloud KMS, a PKCS#11 token, a smartcard or an OS key store.
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
//! # Ok::<(), rustpdf::Error>(())
//! ```
//!
//! Or in two phases, with anything between them: [`begin_signing`], then [`Session::complete_with_signature`] or
//! [`Session::complete`]. A session is plain data: sealed by a key of the caller, it may be completed by another process
//! ([`resume_signing`]).
//!
//! # Files
//!
//! [`sign_file_with`] reads a file once, in little memory, however large it is, and writes the output.
//!
//! ```no_run
//! # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
//! use rustpdf::{Control, Output, SigningOptions, sign_file_with};
//!
//! let certificate = std::fs::read("leaf.pem")?;
//! let output = Output::NewFile { path: "signed.pdf".into(), replace: false };
//! let options = SigningOptions::default();
//! sign_file_with("contract.pdf", &output, &certificate, |request| my_hsm(&request.data), &[], &options, &mut Control::default())?;
//! # Ok::<(), rustpdf::Error>(())
//! ```
//!
//! A new file gets its name when it is complete and on the disk. With [`Output::InPlace`] the signature is appended to the only copy
//! of the document: before, a journal beside it, `.contract.pdf.rustpdf`, is brought to the disk. The next signing of the file, or
//! [`recover`], finishes an interrupted one. A call that fails or is cancelled leaves the files as they were ([`Control`] has
//! progress and cancellation). If it fails after the signature, [`Error::unfinished`] completes without the key. Several sign one
//! document in one pass over it ([`sign_file_in_turn`], [`sign_in_turn`]), and a file is signed in two phases by
//! [`begin_signing_file`] and its [`FileSession`]. [`sign_many`] signs many files, some at a time, and goes on after an interruption.

mod control;
mod digest;
mod disk;
mod error;
mod file;
mod in_kernel;
mod many;
mod pass;
mod run;
mod signatory;
mod source;
mod system;

use std::time::{SystemTime, UNIX_EPOCH};

pub use control::{Cancellation, Control, OnWarnings, Phase, Progress};
pub use error::{Error, Result, Unfinished, UnfinishedSession};
pub use file::{
    FileSession, Input, Output, RecoverOptions, SignedFile, begin_signing_file, begin_signing_file_at, recover, resume_signing_file,
    resume_signing_file_unchecked, resume_unsealed_file, sign_file_in_turn, sign_file_in_turn_at, sign_file_with, sign_file_with_at,
};
pub use many::{Job, JobOutcome, JobResult, ManyOptions, sign_many};
pub use rustpdf_core::*;
pub use signatory::Signatory;
pub use source::Source;

use run::run_over;
use signatory::Signers;

/// Signs the document and returns the update to append to it.
///
/// `certificate` and each of `chain` are DER or PEM, the chain in any order. The signer's own error is returned as
/// [`Error::Signer`], unchanged.
pub fn sign_with<S, E>(
    document: &S,
    certificate: &[u8],
    signer: impl FnMut(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
    chain: &[&[u8]],
    options: &SigningOptions,
) -> Result<Signed>
where
    S: Source + ?Sized,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    sign_with_at(document, ambient()?, credentials(certificate, chain), signer, options)
}

/// Signs the document at a given time, with given entropy, so that the output is reproducible.
pub fn sign_with_at<S, E>(
    document: &S,
    ambient: Ambient,
    credentials: Credentials,
    signer: impl FnMut(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
    options: &SigningOptions,
) -> Result<Signed>
where
    S: Source + ?Sized,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let signed = sign_in_turn_at(document, ambient, vec![Signatory::new(credentials, options.clone(), signer)])?;
    signed.into_iter().next().ok_or(Code::Internal.into())
}

/// Has the document signed by several, each over those before it, and digests it once. The updates are to be appended in this order.
///
/// All certificates and options are checked before the first signer is called.
pub fn sign_in_turn<S: Source + ?Sized>(document: &S, signatories: Vec<Signatory<'_>>) -> Result<Vec<Signed>> {
    sign_in_turn_at(document, ambient()?, signatories)
}

/// Has the document signed by several at a given time, with given entropy.
pub fn sign_in_turn_at<S: Source + ?Sized>(document: &S, ambient: Ambient, signatories: Vec<Signatory<'_>>) -> Result<Vec<Signed>> {
    let (inputs, signers) = Signatory::split(signatories);
    let machine = |location| Machine::sign(location, ambient, inputs, OutputLocation::Update, None);
    run_over(document, signers, machine).map(|document| document.signed)
}

/// Prepares a signature, to be completed later or elsewhere. Without credentials the session takes a finished container only; without
/// PAdES and with `signatureAlgorithm` it has a request, too, and the certificate comes with the raw signature
/// ([`Session::with_certificate`]). PAdES signs the digest of the certificate, so there it must be known.
pub fn begin_signing<S: Source + ?Sized>(document: &S, credentials: Option<Credentials>, options: &SigningOptions) -> Result<Session> {
    begin_signing_at(document, ambient()?, credentials, options)
}

/// Prepares a signature at a given time, with given entropy.
pub fn begin_signing_at<S: Source + ?Sized>(
    document: &S,
    ambient: Ambient,
    credentials: Option<Credentials>,
    options: &SigningOptions,
) -> Result<Session> {
    run_over(document, Signers::default(), |location| Machine::prepare(location, ambient, credentials, options.clone()))
}

/// Opens a session that was sealed by [`Session::seal`]. The document is digested again: it must be the one that the session was begun
/// with.
///
/// Errors: `ERR_ARGUMENT` for a key of fewer than 32 bytes, `ERR_SESSION_…`.
pub fn resume_signing<S: Source + ?Sized>(saved: &[u8], document: &S, key: &[u8]) -> Result<Session> {
    resumed(Session::unseal(saved, key)?, document, false)
}

/// Opens a sealed session of a document that the caller vouches for: only its length is compared. If the document changed, the
/// signature is invalid.
///
/// Errors: `ERR_ARGUMENT`, `ERR_SESSION_…`.
pub fn resume_signing_unchecked<S: Source + ?Sized>(saved: &[u8], document: &S, key: &[u8]) -> Result<Session> {
    resumed(Session::unseal(saved, key)?, document, true)
}

/// Opens a session from [`Session::serialize_unsealed`]. Certificate, chain and options are those of `by`, never those of the saved
/// bytes; without `by` the session takes a finished container only. If the certificate comes with the signature, `by` has none.
///
/// Errors: `ERR_SESSION_…`, those of the certificate and the options.
pub fn resume_unsealed<S: Source + ?Sized>(saved: &[u8], document: &S, by: Option<&Resumption>) -> Result<Session> {
    resumed(Session::parse_unsealed(saved, by)?, document, false)
}

fn resumed<S: Source + ?Sized>(session: Session, document: &S, skip_document_check: bool) -> Result<Session> {
    let ambient = ambient()?;
    run_over(document, Signers::default(), |location| Machine::resume(location, ambient, session, skip_document_check))
}

/// Inspects a document and its signatures. Nothing is verified. `password` opens an encrypted document.
pub fn inspect<S: Source + ?Sized>(document: &S, password: Option<&str>) -> Result<DocumentInfo> {
    run_over(document, Signers::default(), |location| Machine::inspect(location, password.map(Password::from)))
}

/// A certificate and its issuers, each DER or PEM.
pub fn credentials(certificate: &[u8], chain: &[&[u8]]) -> Credentials {
    Credentials { certificate: certificate.to_vec(), chain: chain.iter().map(|part| part.to_vec()).collect() }
}

/// Current time, and fresh entropy from the system.
fn ambient() -> Result<Ambient> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(-1, |elapsed| elapsed.as_secs() as i64);
    let mut entropy = [0; 32];
    getrandom::fill(&mut entropy).map_err(|error| Error::Io(error.into()))?;
    Ok(Ambient { now, entropy })
}
