//! Signing a file in two phases.

use rustpdf_core::{
    Credentials, DigestAlgorithm, Level, Machine, Report, Resumption, Session, SessionAnswer, SessionState, SigningOptions, SigningRequest,
};

use super::{Input, Output, SignedFile, run_file};
use crate::ambient;
use crate::control::Control;
use crate::error::Result;
use crate::run::Host;
use crate::signatory::Signers;

/// Prepared signature of a file. A refused answer changes nothing, and another one may be given.
#[derive(Clone, Debug)]
pub struct FileSession {
    pub(super) input: Input,
    pub(super) session: Session,
}

impl FileSession {
    /// Digest of `/ByteRange`: a service that makes CMS containers signs it as the digest of the content.
    pub fn hash(&self) -> &[u8] {
        self.session.hash()
    }

    /// Algorithm of [`FileSession::hash`].
    pub fn hash_algorithm(&self) -> DigestAlgorithm {
        self.session.hash_algorithm()
    }

    /// Request for the key; none where the session takes a container only.
    pub fn request(&self) -> Option<SigningRequest> {
        self.session.request()
    }

    /// Report of the preparation.
    pub fn report(&self) -> &Report {
        self.session.report()
    }

    /// Whether the key has signed. [`FileSession::complete_signed`] or [`FileSession::advance`] goes on without it.
    pub fn is_signed(&self) -> bool {
        self.session.is_signed() || self.session.waits()
    }

    /// Level that the signature is to have.
    pub fn level(&self) -> Level {
        self.session.level()
    }

    /// What the session waits for.
    pub fn state(&self) -> SessionState {
        self.session.state()
    }

    /// Session without its file, as for a document in memory.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Session as bytes, sealed by a secret key of 32 bytes or more, for [`resume_signing_file`] or
    /// [`resume_signing`](crate::resume_signing).
    ///
    /// Errors: `ERR_ARGUMENT`.
    pub fn serialize(&self, key: &[u8]) -> Result<Vec<u8>> {
        Ok(self.session.serialize(key)?)
    }

    /// Session as bytes without a seal, for [`resume_unsealed_file`] or [`resume_unsealed`](crate::resume_unsealed). Keep them as
    /// safely as the document: a changed session has another document signed.
    pub fn serialize_unsealed(&self) -> Result<Vec<u8>> {
        Ok(self.session.serialize_unsealed()?)
    }

    /// Session with a certificate that came with the raw signature, and its issuers: of a session that was begun without one, without
    /// PAdES and with `signatureAlgorithm`. Its validity is checked for the current time.
    ///
    /// Errors: those of [`Session::with_certificate`].
    ///
    /// ```no_run
    /// use rustpdf::{Control, Output, SignatureAlgorithm, SigningOptions, begin_signing_file, credentials};
    /// # fn my_service(_: &[u8]) -> (Vec<u8>, Vec<u8>) { unimplemented!() }
    ///
    /// let options = SigningOptions::new().pades(false).signature_algorithm(SignatureAlgorithm::Ecdsa);
    /// let session = begin_signing_file("contract.pdf", None, &options, &mut Control::new())?;
    /// let (raw, certificate) = my_service(&session.request().expect("a signature algorithm gives a request").digest);
    /// let session = session.with_certificate(&credentials(&certificate, &[]))?;
    /// session.complete_with_signature(&raw, &Output::InPlace, &mut Control::new())?;
    /// # Ok::<(), rustpdf::Error>(())
    /// ```
    pub fn with_certificate(&self, credentials: &Credentials) -> Result<FileSession> {
        let session = self.session.with_certificate(credentials, Some(ambient()?.now))?;
        Ok(FileSession { input: self.input.clone(), session })
    }

    /// Completes with a finished CMS container for [`FileSession::hash`], DER or BER.
    ///
    /// Errors: `ERR_CONTAINER_…`, `ERR_FILE_CHANGED`, `ERR_FILE_BUSY`.
    pub fn complete(&self, container: &[u8], output: &Output, control: &mut Control) -> Result<SignedFile> {
        self.answer(SessionAnswer::Container(container.to_vec()), output, control)
    }

    /// Completes with the raw signature over the request's `data`, as the key store returned it. If its certificate came with it, call
    /// [`FileSession::with_certificate`] before.
    ///
    /// Errors: `ERR_SESSION_NO_CERTIFICATE`, `ERR_SIGNATURE_…`, `ERR_FILE_CHANGED`, `ERR_FILE_BUSY`.
    pub fn complete_with_signature(&self, raw: &[u8], output: &Output, control: &mut Control) -> Result<SignedFile> {
        self.answer(SessionAnswer::Signature(raw.to_vec()), output, control)
    }

    /// Completes a session that is signed, as that of [`Error::unfinished`](crate::Error::unfinished), without the key.
    ///
    /// Errors: `ERR_FILE_CHANGED`, `ERR_FILE_BUSY`.
    ///
    /// ```no_run
    /// use rustpdf::{Control, Output, Signer, SigningOptions, sign_file};
    /// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
    /// # let certificate = Vec::new();
    ///
    /// let signer = Signer::new(certificate, |request| my_hsm(&request.data));
    /// let output = |path: &str| Output::NewFile { path: path.into(), replace: false };
    /// let result = sign_file("contract.pdf", &output("/full/signed.pdf"), &signer, &SigningOptions::new(), &mut Control::new());
    /// if let Err(error) = &result
    ///     && let Some(session) = error.unfinished()
    /// {
    ///     session.complete_signed(&output("/other/signed.pdf"), &mut Control::new())?;
    /// }
    /// # Ok::<(), rustpdf::Error>(())
    /// ```
    pub fn complete_signed(&self, output: &Output, control: &mut Control) -> Result<SignedFile> {
        self.answer(SessionAnswer::None, output, control)
    }

    /// Goes on with a session that has its signature and waits for a timestamp or for revocation data. The key is not asked. If servers
    /// fail again, the error has a session that got further.
    ///
    /// Errors: those of the group *service*, `ERR_FILE_CHANGED`, `ERR_FILE_BUSY`.
    ///
    /// ```no_run
    /// use rustpdf::{Control, Online, Output, TimestampService, resume_signing_file};
    /// # let key = [0; 32];
    ///
    /// let mut control = Control::new().online(Online::new().services([TimestampService::new("https://tsa.example/")]));
    /// let session = resume_signing_file(&std::fs::read("contract.session")?, "contract.pdf", &key, &mut control)?;
    /// session.advance(&Output::InPlace, &mut control)?;
    /// # Ok::<(), rustpdf::Error>(())
    /// ```
    pub fn advance(&self, output: &Output, control: &mut Control) -> Result<SignedFile> {
        self.answer(SessionAnswer::None, output, control)
    }

    fn answer(&self, answer: SessionAnswer, output: &Output, control: &mut Control) -> Result<SignedFile> {
        let (ambient, password) = (control.moment()?, control.password.clone());
        let mut host = Host::new(Signers::default(), control).knowing(&self.report().warnings);
        let (document, output) = (self.input.location(&mut host)?, output.location(&mut host)?);
        let machine = Machine::complete(document, ambient, self.session.clone(), answer, password, output);
        run_file(&self.input, machine, &mut host).map(SignedFile::from)
    }
}

/// Prepares a signature of a file, to be completed later. Without credentials the session takes a finished container, or a raw
/// signature and its certificate, as [`begin_signing`](crate::begin_signing) says.
///
/// Nothing is written before the session is completed.
///
/// ```no_run
/// use rustpdf::{Control, Output, SigningOptions, begin_signing_file};
/// # fn my_hsm(_: &[u8]) -> Vec<u8> { unimplemented!() }
/// # let credentials = rustpdf::credentials(&[], &[]);
///
/// let session = begin_signing_file("contract.pdf", Some(credentials), &SigningOptions::new(), &mut Control::new())?;
/// let raw = my_hsm(&session.request().expect("a session with a certificate has a request").data);
/// session.complete_with_signature(&raw, &Output::InPlace, &mut Control::new())?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn begin_signing_file(
    input: impl Into<Input>,
    credentials: Option<Credentials>,
    options: &SigningOptions,
    control: &mut Control,
) -> Result<FileSession> {
    let (input, ambient, options) = (input.into(), control.moment()?, control.online.numbered(options.clone()));
    let mut host = Host::new(Signers::default(), control);
    let machine = Machine::prepare(input.location(&mut host)?, ambient, credentials, options);
    let session = run_file(&input, machine, &mut host)?;
    Ok(FileSession { input, session })
}

/// Opens a sealed session of a file. The file is digested again. It must be the file of the session.
///
/// Errors: `ERR_ARGUMENT`, `ERR_SESSION_…`.
///
/// ```no_run
/// use rustpdf::{Control, Output, resume_signing_file};
/// # let (key, raw) = ([0; 32], Vec::new());
///
/// let session = resume_signing_file(&std::fs::read("contract.session")?, "contract.pdf", &key, &mut Control::new())?;
/// session.complete_with_signature(&raw, &Output::InPlace, &mut Control::new())?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn resume_signing_file(saved: &[u8], input: impl Into<Input>, key: &[u8], control: &mut Control) -> Result<FileSession> {
    resumed(Session::unseal(saved, key)?, input.into(), false, control)
}

/// Opens a sealed session of a file, and compares only the length of the file. If the file changed, the signature is invalid.
///
/// Errors: `ERR_ARGUMENT`, `ERR_SESSION_…`.
///
/// ```no_run
/// use rustpdf::{Control, Output, resume_signing_file_unchecked};
/// # let (key, raw) = ([0; 32], Vec::new());
///
/// let session = resume_signing_file_unchecked(&std::fs::read("contract.session")?, "contract.pdf", &key, &mut Control::new())?;
/// session.complete_with_signature(&raw, &Output::InPlace, &mut Control::new())?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn resume_signing_file_unchecked(saved: &[u8], input: impl Into<Input>, key: &[u8], control: &mut Control) -> Result<FileSession> {
    resumed(Session::unseal(saved, key)?, input.into(), true, control)
}

/// Opens an unsealed session of a file. Certificate, chain and options are those of `by`, never those of the saved bytes; without `by`
/// the session takes a finished container only.
///
/// Errors: `ERR_SESSION_…`, those of the certificate and the options.
///
/// ```no_run
/// use rustpdf::{Control, Output, Resumption, SigningOptions, resume_unsealed_file};
/// # let (credentials, raw) = (rustpdf::credentials(&[], &[]), Vec::new());
///
/// let by = Resumption { credentials: Some(credentials), options: SigningOptions::new(), now: None };
/// let session = resume_unsealed_file(&std::fs::read("contract.session")?, "contract.pdf", Some(&by), &mut Control::new())?;
/// session.complete_with_signature(&raw, &Output::InPlace, &mut Control::new())?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn resume_unsealed_file(saved: &[u8], input: impl Into<Input>, by: Option<&Resumption>, control: &mut Control) -> Result<FileSession> {
    resumed(Session::parse_unsealed(saved, by)?, input.into(), false, control)
}

pub(crate) fn resumed(session: Session, input: Input, skip_document_check: bool, control: &mut Control) -> Result<FileSession> {
    let ambient = control.moment()?;
    let mut host = Host::new(Signers::default(), control);
    let machine = Machine::resume(input.location(&mut host)?, ambient, session, skip_document_check);
    let session = run_file(&input, machine, &mut host)?;
    Ok(FileSession { input, session })
}
