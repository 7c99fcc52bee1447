//! Signs PDF files with a key that stays in a cloud KMS, a PKCS#11 token, a smartcard or an OS key store.
//!
//! The work on PDF and CMS is done by `rustpdf-core`, a machine without I/O. This crate is its host for Rust: it reads the document,
//! digests it in one sequential pass, and calls the signer.
//!
//! ```no_run
//! use rustpdf::{Signer, SigningOptions, sign};
//! # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
//!
//! let signer = Signer::new(std::fs::read("leaf.pem")?, |request| my_hsm(&request.data)).chain([std::fs::read("chain.pem")?]);
//! let pdf = std::fs::read("contract.pdf")?;
//! let signed = sign(&pdf[..], &signer, &SigningOptions::new().reason("Approved"))?;
//! std::fs::write("signed.pdf", &signed.pdf)?;
//! # Ok::<(), rustpdf::Error>(())
//! ```
//!
//! | task | in memory | files |
//! |---|---|---|
//! | sign | [`sign`], [`sign_async`], [`sign_with`] | [`sign_file`] |
//! | several signers of one document | [`sign_in_turn`] | [`sign_file_in_turn`] |
//! | many documents, with a ledger | | [`sign_many`] |
//! | two phases | [`begin_signing`], [`resume_signing`] | [`begin_signing_file`], [`resume_signing_file`] |
//! | two phases of many documents | | [`begin_signing_many`], [`resume_signing_many`] |
//! | raise signatures to a level, or renew their evidence | [`extend`] | [`extend_file`] |
//! | the same for many documents, with a ledger | | [`extend_many`] |
//! | a timestamp of the document | [`timestamp`] | [`timestamp_file`] |
//! | inspect | [`inspect`] | [`inspect`] |
//! | a certificate for a key | [`certificate_request`], [`self_signed`] | |
//! | records of each request to a key | [`Audit`] | |
//! | finish or undo an interrupted signing in place | | [`recover_file`] |
//!
//! Warnings, progress, cancellation and the time of signing are in a [`Control`]. Calls on files take one; in memory the calls that do
//! end in `_controlled`. A session of two phases is plain data: sealed by a key of the caller, it can be completed by another process.
//!
//! # Signatures that last
//!
//! Levels above B-B add timestamps, certificates and revocation data. [`Control::online`] has the timestamp services, and rules for the
//! servers that certificates name. The client for HTTP is `ureq`, by the feature `http`, which is on by default. Without it
//! [`Online::http`] has to be given.
//!
//! ```no_run
//! use rustpdf::{Control, Level, Online, Signer, SigningOptions, TimestampService, ValidationOptions, sign_controlled};
//! # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
//!
//! let signer = Signer::new(std::fs::read("leaf.pem")?, |request| my_hsm(&request.data)).chain([std::fs::read("chain.pem")?]);
//! let trust = ValidationOptions::new().trust([std::fs::read("root.pem")?, std::fs::read("tsa-root.pem")?]);
//! let options = SigningOptions::new().level(Level::BLta).validation(trust);
//! let mut control = Control::new().online(Online::new().services([TimestampService::new("https://tsa.example/")]));
//! let signed = sign_controlled(&std::fs::read("contract.pdf")?[..], &signer, &options, &mut control)?;
//! # Ok::<(), rustpdf::Error>(())
//! ```
//!
//! # Visible signatures
//!
//! [`SigningOptions::appearance`] makes a signature visible: an [`Appearance`] has the place of the box, `drawing::Content` its content. The
//! content is drawn by the feature `appearance`, which is on by default. Without it an appearance is a page of a PDF
//! ([`Appearance::pdf`]), and all else is `ERR_APPEARANCE_MODULE`.
//!
//! ```
//! use rustpdf::drawing::Content;
//! use rustpdf::{Appearance, EmptyField, SigningOptions, begin_signing};
//!
//! # let pdf: &[u8] = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
//! #     3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj trailer<</Root 1 0 R>>";
//! let appearance = Appearance::new().page(-1).rect([36, 36, 236, 86]).drawing(Content::new().language("de").into());
//! let later = EmptyField::new("Buyer").rect([300, 36, 500, 86]); // for another signer
//! let options = SigningOptions::new().appearance(appearance).empty_fields([later]).name("Zoë Example");
//! let session = begin_signing(pdf, None, &options)?;
//! assert_eq!(session.report().page, Some(1));
//! # Ok::<(), rustpdf::Error>(())
//! ```
//!
//! # Files
//!
//! [`sign_file`] reads a file of any size once, in little memory. A new file gets its name when it is complete and on the disk. With
//! [`Output::InPlace`] the update is appended to the document. Before that, it is written to a journal beside it,
//! `.contract.pdf.rustpdf`, and synced. The next signing of the file, or [`recover_file`], finishes an interrupted signing.
//!
//! A call that fails or is cancelled leaves the files as they were. If it fails after the signature, [`Error::unfinished`] has a session
//! that completes without the key.

#[cfg(feature = "http")]
mod address;
mod audit;
#[cfg(feature = "http")]
mod client;
mod control;
mod digest;
mod disk;
#[cfg(feature = "appearance")]
pub mod drawing;
mod error;
mod exchange;
mod extend;
mod file;
mod in_kernel;
mod issuance;
mod many;
mod online;
mod parallel;
mod pass;
#[cfg(feature = "http")]
mod proxy;
mod run;
mod session;
mod sign;
mod signatory;
mod signer;
mod source;
mod system;

use std::time::{SystemTime, UNIX_EPOCH};

pub use audit::Audit;
#[cfg(feature = "http")]
pub use client::HttpClient;
pub use control::{Cancellation, Control, OnProgress, OnWarnings, Phase, Progress};
pub use error::{Cause, Error, Result, Unfinished, UnfinishedSession};
pub use extend::{Extended, ExtendedFile, extend, extend_file, timestamp, timestamp_file};
pub use file::{
    FileSession, Input, Output, RecoverOptions, SignedFile, begin_signing_file, recover_file, resume_signing_file,
    resume_signing_file_unchecked, resume_unsealed_file, sign_file, sign_file_in_turn,
};
pub use issuance::{certificate_request, self_signed};
pub use many::{
    BatchOptions, ExtendJob, ExtendManyOptions, ExtendOutcome, ExtendResult, Job, JobOutcome, JobResult, ManyOptions, OnJobWarnings,
    SessionBatch, begin_signing_many, extend_many, resume_signing_many, resume_unsealed_many, sign_many,
};
pub use online::{Http, HttpCache, HttpError, MemoryCache, Online, OutgoingRequest, TimestampService};
pub use rustpdf_core::*;
pub use session::{
    advance_signing, begin_signing, begin_signing_controlled, complete_signing, resume_signing, resume_signing_unchecked, resume_unsealed,
};
pub use sign::{
    Signed, sign, sign_async, sign_async_controlled, sign_async_online, sign_controlled, sign_in_turn, sign_in_turn_controlled, sign_with,
};
pub use signatory::Signatory;
pub use signer::Signer;
pub use source::Source;

use run::run_over;
use signatory::Signers;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Inspects a document and its signatures. Nothing is verified. `password` opens an encrypted document.
///
/// ```no_run
/// let document = rustpdf::inspect(&std::fs::File::open("contract.pdf")?, None)?;
/// for field in document.fields {
///     println!("{}{}", field.name, if field.signed { ", signed" } else { "" });
/// }
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn inspect<S: Source + ?Sized>(document: &S, password: Option<&str>) -> Result<DocumentInfo> {
    let machine = |location| Machine::inspect(location, password.map(Password::from));
    run_over(document, Signers::default(), machine, &mut Control::default())
}

/// A certificate and its issuers, each DER or PEM.
///
/// ```
/// let credentials = rustpdf::credentials(b"leaf", &[b"issuing", b"root"]);
/// assert_eq!(credentials.chain.len(), 2);
/// ```
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
