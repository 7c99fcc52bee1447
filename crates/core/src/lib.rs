//! Signs PDF files with a key that it never sees: it asks, step by step, for bytes of the document, for a digest, for a raw
//! signature and for operations on files, and ends with the update of the document.
//!
//! It does no I/O and has no clock and no random source. A host for documents in memory is one loop:
//!
//! ```
//! use rustpdf_core::{Answer, DigestAnswer, DocumentLocation, FailureKind, Machine, Result, Step};
//!
//! /// Runs a machine over a document in memory.
//! fn run<T>(mut machine: Machine<T>, document: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) -> Result<T> {
//!     let mut answer = Answer::Start;
//!     loop {
//!         answer = match machine.next(answer)? {
//!             Step::Read { ranges, .. } => Answer::Read(
//!                 ranges.iter().map(|range| (range.start, document[range.start as usize..range.end as usize].to_vec())).collect(),
//!             ),
//!             Step::Digest(request) => {
//!                 let digests = request.parts.iter().map(|part| part.algorithm.digest(&[document, &part.suffix])).collect();
//!                 Answer::Digest(DigestAnswer { digests, ..DigestAnswer::default() })
//!             }
//!             Step::Sign { request, .. } => Answer::Sign(sign(&request.data)),
//!             Step::Done(outcome) => return Ok(outcome),
//!             _ => Answer::Failed(FailureKind::Unsupported),
//!         }
//!     }
//! }
//!
//! let machine = Machine::inspect(DocumentLocation::Memory { length: 6 }, None);
//! let error = run(machine, b"no PDF", |_| unreachable!()).unwrap_err();
//! assert_eq!(error.code().as_str(), "ERR_NOT_A_PDF");
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod appearance;
mod base64;
mod ber;
mod cms;
mod commit;
mod crypto;
mod digest;
mod document;
mod encryption;
mod error;
mod evidence;
mod file;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod hex;
mod io;
mod json;
mod limits;
mod machine;
mod operation;
mod options;
mod points;
mod report;
mod revision;
#[cfg(feature = "schema")]
#[doc(hidden)]
pub mod schema;
mod signature;
mod syntax;
mod unicode;
pub mod wire;
mod x509;

pub use cms::{CommitmentType, SignaturePolicy};
pub use commit::{DocumentLocation, Ledger, LedgerEntry, LedgerState, OpenedLedger, OutputLocation, Recovered, RecoveryOutcome};
pub use crypto::{SignatureAlgorithm, SigningRequest};
pub use digest::{DigestAlgorithm, Hasher};
pub use error::{Code, Error, Group, Result};
#[cfg(feature = "schema")]
#[doc(hidden)]
pub use error::{HOST_ERRORS, HostError, NAMES};
pub use io::{
    Access, Answer, Copied, DigestAnswer, DigestPart, DigestPhase, DigestProgress, DigestRequest, DrawCertificate, DrawError, DrawRequest,
    DrawValues, FailureKind, FileKind, Handle, HttpAnswer, HttpBody, HttpFailure, HttpPurpose, HttpRequest, HttpResponse, Matches,
    Operation, Process, Stat, Step, StorePath, StoreProgress, StoreRequest, StoreResult, VerifyRequest,
};
pub use machine::Machine;
pub use operation::{
    Ambient, Credentials, DocumentInfo, ExtendedDocument, FieldInfo, Issuance, KeyAndName, LockInfo, Resumption, Session, SessionAnswer,
    SessionState, Signatory, SignatureInfo, SignedDocument, SignedUpdate, open_batch, serialize_batch,
};
pub use options::{
    Appearance, AppearancePdf, BoxCorner, BoxPosition, Certification, Drawing, EmptyField, ExtensionOptions, FieldLock, LengthUnit,
    LockAction, Password, RevocationSource, SigningOptions, TimestampOptions, ValidationOptions,
};
pub use points::Points;
pub use report::{
    ExtendedSignature, ExtensionReport, Level, Report, RequestReport, TimestampReport, ValidationReport, Warning, WarningCode,
};
pub use unicode::{Unicode, set_unicode};
pub use x509::time::rfc3339;
pub use x509::{CertificateSummary, Curve};
