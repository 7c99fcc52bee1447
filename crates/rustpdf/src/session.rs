//! Signing a document in two phases.

use rustpdf_core::{Credentials, Machine, OutputLocation, Resumption, Session, SessionAnswer, SignedUpdate, SigningOptions};

use crate::ambient;
use crate::control::Control;
use crate::error::Result;
use crate::run::{run_knowing, run_over};
use crate::signatory::Signers;
use crate::source::Source;

/// Prepares a signature, to be completed later or elsewhere.
///
/// Without credentials the session takes a finished container only. It takes a raw signature, too, if `pades` is false and
/// `signatureAlgorithm` is set: the certificate then comes with the signature ([`Session::with_certificate`]). A PAdES signature covers
/// the digest of the certificate, so there it must be known.
///
/// ```no_run
/// use rustpdf::{SigningOptions, begin_signing};
/// # fn my_service(_: &[u8]) -> Vec<u8> { unimplemented!() }
///
/// let pdf = std::fs::read("contract.pdf")?;
/// let session = begin_signing(&pdf[..], None, &SigningOptions::new())?;
/// let container = my_service(session.hash());
/// std::fs::write("signed.pdf", session.complete(&container)?.appended_to(&pdf))?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn begin_signing<S: Source + ?Sized>(document: &S, credentials: Option<Credentials>, options: &SigningOptions) -> Result<Session> {
    begin_signing_controlled(document, credentials, options, &mut Control::default())
}

/// Prepares a signature as [`begin_signing`] does, under a [`Control`]. Warnings are in the session's report.
///
/// ```no_run
/// use rustpdf::{Ambient, Control, SigningOptions, begin_signing_controlled};
/// # let (pdf, credentials) = (Vec::new(), rustpdf::credentials(&[], &[]));
///
/// let mut control = Control::new().ambient(Ambient { now: 1_767_225_600, entropy: [7; 32] }); // the same bytes each time
/// let session = begin_signing_controlled(&pdf[..], Some(credentials), &SigningOptions::new(), &mut control)?;
/// println!("{:?}", session.report().warnings);
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn begin_signing_controlled<S: Source + ?Sized>(
    document: &S,
    credentials: Option<Credentials>,
    options: &SigningOptions,
    control: &mut Control,
) -> Result<Session> {
    let (ambient, options) = (control.moment()?, control.online.numbered(options.clone()));
    run_over(document, Signers::default(), |location| Machine::prepare(location, ambient, credentials, options), control)
}

/// Completes a session with its document: a level above B-B asks servers. The updates belong after the document in this order; there are
/// several if the session is of one of several signers in turn.
///
/// If servers fail, [`Error::unfinished_in_memory`](crate::Error::unfinished_in_memory) has a session that goes on by
/// [`advance_signing`], here or in another process.
///
/// ```no_run
/// use rustpdf::{Control, Level, Online, SessionAnswer, SigningOptions, TimestampService, begin_signing_controlled, complete_signing};
/// # fn my_hsm(_: &[u8]) -> Vec<u8> { unimplemented!() }
/// # let (pdf, credentials) = (Vec::new(), rustpdf::credentials(&[], &[]));
///
/// let mut control = Control::new().online(Online::new().services([TimestampService::new("https://tsa.example/")]));
/// let session = begin_signing_controlled(&pdf[..], Some(credentials), &SigningOptions::new().level(Level::BT), &mut control)?;
/// let raw = my_hsm(&session.request().expect("a session with a certificate has a request").data);
/// let signed = complete_signing(&pdf[..], &session, SessionAnswer::Signature(raw), &mut control)?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn complete_signing<S: Source + ?Sized>(
    document: &S,
    session: &Session,
    answer: SessionAnswer,
    control: &mut Control,
) -> Result<Vec<SignedUpdate>> {
    let (ambient, password, resumed) = (control.moment()?, control.password.clone(), session.clone());
    let machine = |location| Machine::complete(location, ambient, resumed, answer, password, OutputLocation::Update);
    run_knowing(document, Signers::default(), machine, control, &session.report().warnings).map(|document| document.signed)
}

/// Goes on with a session that has its signature and waits for a timestamp or for revocation data. The key is not asked.
///
/// ```no_run
/// use rustpdf::{Control, Online, TimestampService, advance_signing, resume_signing};
/// # let key = [0; 32];
///
/// let mut pdf = std::fs::read("contract.pdf")?;
/// let session = resume_signing(&std::fs::read("contract.session")?, &pdf[..], &key)?;
/// let mut control = Control::new().online(Online::new().services([TimestampService::new("https://tsa.example/")]));
/// for signed in advance_signing(&pdf.clone()[..], &session, &mut control)? {
///     pdf.extend(signed.update);
/// }
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn advance_signing<S: Source + ?Sized>(document: &S, session: &Session, control: &mut Control) -> Result<Vec<SignedUpdate>> {
    complete_signing(document, session, SessionAnswer::None, control)
}

/// Opens a session that was sealed by [`Session::serialize`]. The document is digested again. It must be the document of the session.
///
/// Errors: `ERR_ARGUMENT` for a key of fewer than 32 bytes, `ERR_SESSION_…`.
///
/// ```no_run
/// use rustpdf::resume_signing;
/// # let (key, raw) = ([0; 32], Vec::new());
///
/// let pdf = std::fs::read("contract.pdf")?;
/// let session = resume_signing(&std::fs::read("contract.session")?, &pdf[..], &key)?;
/// let signed = session.complete_with_signature(&raw)?.appended_to(&pdf);
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn resume_signing<S: Source + ?Sized>(saved: &[u8], document: &S, key: &[u8]) -> Result<Session> {
    resumed(Session::unseal(saved, key)?, document, false)
}

/// Opens a sealed session, and compares only the length of the document. If the document changed, the signature is invalid.
///
/// Errors: `ERR_ARGUMENT`, `ERR_SESSION_…`.
///
/// ```no_run
/// # let (pdf, key, raw) = (Vec::new(), [0; 32], Vec::new());
/// let session = rustpdf::resume_signing_unchecked(&std::fs::read("contract.session")?, &pdf[..], &key)?;
/// let update = session.complete_with_signature(&raw)?.update;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn resume_signing_unchecked<S: Source + ?Sized>(saved: &[u8], document: &S, key: &[u8]) -> Result<Session> {
    resumed(Session::unseal(saved, key)?, document, true)
}

/// Opens a session from [`Session::serialize_unsealed`].
///
/// Certificate, chain and options are those of `by`, never those of the saved bytes. Without `by` the session takes a finished container
/// only. If the certificate comes with the signature, `by` has none.
///
/// Errors: `ERR_SESSION_…`, those of the certificate and the options.
///
/// ```no_run
/// use rustpdf::{Resumption, SigningOptions, resume_unsealed};
/// # let credentials = rustpdf::credentials(&[], &[]);
///
/// let pdf = std::fs::read("contract.pdf")?;
/// let by = Resumption { credentials: Some(credentials), options: SigningOptions::new(), now: None };
/// let session = resume_unsealed(&std::fs::read("contract.session")?, &pdf[..], Some(&by))?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn resume_unsealed<S: Source + ?Sized>(saved: &[u8], document: &S, by: Option<&Resumption>) -> Result<Session> {
    resumed(Session::parse_unsealed(saved, by)?, document, false)
}

fn resumed<S: Source + ?Sized>(session: Session, document: &S, skip_document_check: bool) -> Result<Session> {
    let ambient = ambient()?;
    let machine = |location| Machine::resume(location, ambient, session, skip_document_check);
    run_over(document, Signers::default(), machine, &mut Control::default())
}
