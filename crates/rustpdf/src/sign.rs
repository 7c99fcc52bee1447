//! Signing a document in memory, or of any other [`Source`].

use std::future::{Future, Ready};

use rustpdf_core::{Code, HttpBody, Machine, OutputLocation, Report, SignedUpdate, SigningOptions, SigningRequest};

use crate::control::Control;
use crate::credentials;
use crate::error::{Cause, Error, Result};
use crate::online::{HttpError, OutgoingRequest};
use crate::run::{run_awaiting, run_over};
use crate::signatory::Signatory;
use crate::signer::Signer;
use crate::source::Source;

/// Signed document and the report of its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signed {
    /// Bytes of the signed document.
    pub pdf: Vec<u8>,
    /// Report of the signature.
    pub report: Report,
}

impl Signed {
    /// The document and its update. The update says how long the document was.
    fn read<S: Source + ?Sized>(document: &S, SignedUpdate { update, report, .. }: SignedUpdate) -> Result<Signed> {
        let mut pdf = vec![0; report.document_length as usize];
        document.read_at(0, &mut pdf)?;
        pdf.extend_from_slice(&update);
        Ok(Signed { pdf, report })
    }
}

/// Signs a document and returns the signed one, with a report.
///
/// The document is a slice, a [`File`](std::fs::File) or any other [`Source`]. For files of any size use
/// [`sign_file`](crate::sign_file): it holds nothing of them in memory.
///
/// Errors: the refusals of the core; [`Error::Signer`] with the signer's own error.
///
/// ```no_run
/// use rustpdf::{Signer, SigningOptions, sign};
/// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
///
/// let signer = Signer::new(std::fs::read("leaf.pem")?, |request| my_hsm(&request.data)).chain([std::fs::read("chain.pem")?]);
/// let pdf = std::fs::read("contract.pdf")?;
/// let signed = sign(&pdf[..], &signer, &SigningOptions::new().reason("Approved"))?;
/// std::fs::write("signed.pdf", &signed.pdf)?;
/// println!("signed in {}", signed.report.field);
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn sign<S, F, E>(document: &S, signer: &Signer<F>, options: &SigningOptions) -> Result<Signed>
where
    S: Source + ?Sized,
    F: Fn(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
    E: Into<Cause>,
{
    sign_controlled(document, signer, options, &mut Control::default())
}

/// Signs as [`sign`] does, under a [`Control`]: warnings before the key is asked, progress, cancellation.
///
/// ```no_run
/// use rustpdf::{Control, Signer, SigningOptions, sign_controlled};
/// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
/// # let (pdf, certificate) = (Vec::new(), Vec::new());
///
/// let signer = Signer::new(certificate, |request| my_hsm(&request.data));
/// let mut control = Control::new().on_warnings(|warnings| Err(format!("not with {warnings:?}").into()));
/// let signed = sign_controlled(&pdf[..], &signer, &SigningOptions::new(), &mut control)?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn sign_controlled<S, F, E>(document: &S, signer: &Signer<F>, options: &SigningOptions, control: &mut Control) -> Result<Signed>
where
    S: Source + ?Sized,
    F: Fn(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
    E: Into<Cause>,
{
    let signed = sign_in_turn_controlled(document, vec![Signatory::new(signer, options.clone())], control)?;
    Signed::read(document, only(signed)?)
}

/// Signs as [`sign`] does, with a signer whose function returns a future. Any executor can run it, and several can share a thread.
///
/// The future is `Send` if the signer's futures are. Dropping it ends the signing: nothing has been written. The document is read and
/// digested by the polling thread: give bytes, not a slow source.
///
/// ```no_run
/// use rustpdf::{Signer, SigningOptions, SigningRequest, sign_async};
/// # async fn my_kms(_: Vec<u8>) -> std::io::Result<Vec<u8>> { unimplemented!() }
///
/// # async fn signs() -> Result<(), rustpdf::Error> {
/// let signer = Signer::new_async(std::fs::read("leaf.pem")?, |request: SigningRequest| my_kms(request.digest));
/// let pdf = std::fs::read("contract.pdf")?;
/// let signed = sign_async(&pdf[..], &signer, &SigningOptions::new()).await?;
/// # Ok(())
/// # }
/// ```
pub async fn sign_async<S, F, R, E>(document: &S, signer: &Signer<F>, options: &SigningOptions) -> Result<Signed>
where
    S: Source + ?Sized,
    F: Fn(SigningRequest) -> R,
    R: Future<Output = std::result::Result<Vec<u8>, E>>,
    E: Into<Cause>,
{
    sign_async_controlled(document, signer, options, &mut Control::default()).await
}

/// Signs as [`sign_async`] does, under a [`Control`].
///
/// ```no_run
/// use rustpdf::{Control, Signer, SigningOptions, SigningRequest, sign_async_controlled};
/// # async fn my_kms(_: Vec<u8>) -> std::io::Result<Vec<u8>> { unimplemented!() }
///
/// # async fn signs(pdf: &[u8], certificate: &[u8]) -> Result<(), rustpdf::Error> {
/// let signer = Signer::new_async(certificate, |request: SigningRequest| my_kms(request.digest));
/// let mut control = Control::new().on_warnings(|warnings| Err(format!("not with {warnings:?}").into()));
/// let signed = sign_async_controlled(pdf, &signer, &SigningOptions::new(), &mut control).await?;
/// # Ok(())
/// # }
/// ```
pub async fn sign_async_controlled<S, F, R, E>(
    document: &S,
    signer: &Signer<F>,
    options: &SigningOptions,
    control: &mut Control<'_>,
) -> Result<Signed>
where
    S: Source + ?Sized,
    F: Fn(SigningRequest) -> R,
    R: Future<Output = std::result::Result<Vec<u8>, E>>,
    E: Into<Cause>,
{
    let signed = signed_async(document, signer, options, None::<fn(OutgoingRequest) -> Ready<_>>, control).await?;
    Signed::read(document, signed)
}

/// Signs as [`sign_async_controlled`] does, with a client for HTTP whose function returns a future of the response.
///
/// `http` is used instead of the client of [`Control::online`], up to eight futures at once. It limits the time of each request to
/// [`OutgoingRequest::timeout`]. Requests without a `service` go to addresses out of certificates: check them.
///
/// ```no_run
/// use rustpdf::{Control, HttpBody, HttpFailure, Level, Online, OutgoingRequest, Signer, SigningOptions, SigningRequest};
/// use rustpdf::{TimestampService, sign_async_online};
/// # async fn my_kms(_: Vec<u8>) -> std::io::Result<Vec<u8>> { unimplemented!() }
/// # async fn my_client(_: OutgoingRequest) -> std::io::Result<Vec<u8>> { unimplemented!() }
///
/// # async fn signs(pdf: &[u8], certificate: &[u8]) -> Result<(), rustpdf::Error> {
/// let signer = Signer::new_async(certificate, |request: SigningRequest| my_kms(request.digest));
/// let http = async |request| {
///     let body = my_client(request).await.map_err(|_| HttpFailure::Connect)?;
///     Ok(HttpBody { status: 200, body, ..HttpBody::default() })
/// };
/// let mut control = Control::new().online(Online::new().services([TimestampService::new("https://tsa.example/")]));
/// let signed = sign_async_online(pdf, &signer, &SigningOptions::new().level(Level::BT), http, &mut control).await?;
/// # Ok(())
/// # }
/// ```
pub async fn sign_async_online<S, F, R, E, H, W>(
    document: &S,
    signer: &Signer<F>,
    options: &SigningOptions,
    http: H,
    control: &mut Control<'_>,
) -> Result<Signed>
where
    S: Source + ?Sized,
    F: Fn(SigningRequest) -> R,
    R: Future<Output = std::result::Result<Vec<u8>, E>>,
    E: Into<Cause>,
    H: Fn(OutgoingRequest) -> W,
    W: Future<Output = std::result::Result<HttpBody, HttpError>>,
{
    let signed = signed_async(document, signer, options, Some(http), control).await?;
    Signed::read(document, signed)
}

async fn signed_async<S, F, R, E, H, W>(
    document: &S,
    signer: &Signer<F>,
    options: &SigningOptions,
    http: Option<H>,
    control: &mut Control<'_>,
) -> Result<SignedUpdate>
where
    S: Source + ?Sized,
    F: Fn(SigningRequest) -> R,
    R: Future<Output = std::result::Result<Vec<u8>, E>>,
    E: Into<Cause>,
    H: Fn(OutgoingRequest) -> W,
    W: Future<Output = std::result::Result<HttpBody, HttpError>>,
{
    let ambient = control.moment()?;
    let signatory = rustpdf_core::Signatory { credentials: signer.credentials(), options: control.online.numbered(options.clone()) };
    let machine = |location| Machine::sign(location, ambient, vec![signatory], OutputLocation::Update, None);
    let sign = async |request| (signer.sign)(request).await.map_err(|error| Error::Signer(error.into()));
    let signed = run_awaiting(document, machine, sign, http, control).await?;
    only(signed.signed)
}

/// Signs the document and returns the update to append to it.
///
/// `certificate` and each of `chain` are DER or PEM, the chain in any order. The signer's own error is returned as
/// [`Error::Signer`], unchanged.
///
/// ```no_run
/// use rustpdf::{SigningOptions, sign_with};
/// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
///
/// let pdf = std::fs::read("contract.pdf")?;
/// let (certificate, chain) = (std::fs::read("leaf.pem")?, std::fs::read("chain.pem")?);
/// let signed = sign_with(&pdf[..], &certificate, |request| my_hsm(&request.data), &[&chain], &SigningOptions::new())?;
/// std::fs::write("signed.pdf", signed.appended_to(&pdf))?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn sign_with<S, E>(
    document: &S,
    certificate: &[u8],
    signer: impl FnMut(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
    chain: &[&[u8]],
    options: &SigningOptions,
) -> Result<SignedUpdate>
where
    S: Source + ?Sized,
    E: Into<Cause>,
{
    let signatory = Signatory::with(credentials(certificate, chain), options.clone(), signer);
    only(sign_in_turn(document, vec![signatory])?)
}

/// Has the document signed by several, each over those before it, and digests it once. The updates belong after it in this order.
///
/// All certificates and options are checked before the first signer is called. If a later signer fails,
/// [`Error::unfinished_in_memory`] has the earlier signatures.
///
/// ```no_run
/// use rustpdf::{Signatory, Signer, SigningOptions, sign_in_turn};
/// # fn first_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
/// # fn second_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
/// # let (mut pdf, first_certificate, second_certificate) = (Vec::new(), Vec::new(), Vec::new());
///
/// let first = Signer::new(first_certificate, |request| first_hsm(&request.data));
/// let second = Signer::new(second_certificate, |request| second_hsm(&request.data));
/// let signatories = vec![Signatory::new(&first, SigningOptions::new()), Signatory::new(&second, SigningOptions::new())];
/// for signed in sign_in_turn(&pdf[..], signatories)? {
///     pdf.extend(signed.update);
/// }
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn sign_in_turn<S: Source + ?Sized>(document: &S, signatories: Vec<Signatory<'_>>) -> Result<Vec<SignedUpdate>> {
    sign_in_turn_controlled(document, signatories, &mut Control::default())
}

/// Has the document signed as [`sign_in_turn`] does, under a [`Control`].
///
/// ```no_run
/// use rustpdf::{Control, Signatory, Signer, SigningOptions, sign_in_turn_controlled};
/// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
/// # let (pdf, certificate) = (Vec::new(), Vec::new());
///
/// let signer = Signer::new(certificate, |request| my_hsm(&request.data));
/// let signatories = ["Author", "Editor"].map(|field| Signatory::new(&signer, SigningOptions::new().field_name(field)));
/// let mut control = Control::new().on_progress(|progress| println!("{progress:?}"));
/// let signed = sign_in_turn_controlled(&pdf[..], signatories.into(), &mut control)?;
/// assert_eq!(signed.len(), 2);
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn sign_in_turn_controlled<S: Source + ?Sized>(
    document: &S,
    signatories: Vec<Signatory<'_>>,
    control: &mut Control,
) -> Result<Vec<SignedUpdate>> {
    let ambient = control.moment()?;
    let (inputs, signers) = Signatory::split(signatories, &control.online);
    let machine = |location| Machine::sign(location, ambient, inputs, OutputLocation::Update, None);
    run_over(document, signers, machine, control).map(|document| document.signed)
}

/// The signature of the one signer.
fn only(signed: Vec<SignedUpdate>) -> Result<SignedUpdate> {
    signed.into_iter().next().ok_or(Code::Internal.into())
}
