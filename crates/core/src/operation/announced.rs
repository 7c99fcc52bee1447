//! A signer whose certificate comes with the raw signature: only the scheme is known before. Without PAdES.
//!
//! PAdES signs the digest of the certificate (signing-certificate-v2: EN 319 142-1, 6.3; RFC 5035, 3), so there the certificate must be
//! known before.

use super::session::{Known, Session, SessionSigner};
use super::signer::{Credentials, Signer, attribute_options};
use crate::cms::SignedAttributes;
use crate::crypto::Scheme;
use crate::error::{Code, Error, Result};
use crate::options::SigningOptions;
use crate::report::Warning;

/// What is known before the certificate is.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) scheme: Scheme,
    pub(super) attributes: SignedAttributes,
    pub(super) check_signature: bool,
    /// Whether a certificate that is not valid, or not meant for signing, is refused.
    pub(super) strict: bool,
}

impl Announced {
    /// The scheme of the signature, if its certificate may come later: without PAdES, where the signature algorithm is given.
    ///
    /// Errors: `ERR_ALGORITHM_MISMATCH`.
    pub(super) fn scheme(options: &SigningOptions) -> Result<Option<Scheme>> {
        let algorithm = options.signature_algorithm.filter(|_| !options.pades);
        algorithm.map(|algorithm| Scheme::announced(algorithm, options.digest_algorithm)).transpose()
    }

    /// Errors: those of the attributes.
    pub(super) fn make(scheme: Scheme, hash: &[u8], now: i64, options: &SigningOptions) -> Result<Announced> {
        let attributes = SignedAttributes::make(&scheme, None, hash, &attribute_options(now, options))?;
        Ok(Announced { scheme, attributes, check_signature: options.check_signature, strict: options.strict })
    }

    /// The signer with its certificate. Errors: those of the certificate, `ERR_ALGORITHM_MISMATCH`.
    fn certified(&self, credentials: &Credentials, now: Option<i64>) -> Result<(Known, Vec<Warning>)> {
        let Announced { scheme, attributes, check_signature, strict } = self;
        let options = SigningOptions {
            signature_algorithm: Some(scheme.signature),
            digest_algorithm: Some(scheme.digest),
            strict: *strict,
            ..SigningOptions::default()
        };
        let remedy = "give the certificate of the key that signed, or begin again with a `signatureAlgorithm` that fits it";
        let mismatch = |error: Error| if error.code() == Code::AlgorithmMismatch { error.with_remedy(remedy) } else { error };
        let (signer, warnings) = Signer::read(credentials, now, &options).map_err(mismatch)?;
        // A key for PSS only may require a longer salt (RFC 4055, 3.1).
        if let (Some(required), Some(asked)) = (signer.scheme.salt_length, scheme.salt_length)
            && required != asked
        {
            let found = format!("the key of the certificate requires a salt of {required} bytes, and the request was for {asked}");
            return Err(mismatch(Code::AlgorithmMismatch.because(found)));
        }
        Ok((Known { signer, attributes: attributes.clone(), check_signature: *check_signature }, warnings))
    }
}

impl Session {
    /// The session with a certificate and its issuers: of a session that was begun without one, without PAdES and with
    /// `signatureAlgorithm`. Complete it with the raw signature that came with the certificate.
    ///
    /// `now` is the time for which the validity is checked, in seconds since 1970, UTC; without it, it is not checked. The report has the
    /// warnings. Errors: `ERR_SESSION_NO_CERTIFICATE` for a session that takes a container only; `ERR_SESSION_ARGUMENTS` for one that has a
    /// certificate; `ERR_SESSION_SIGNED`; `ERR_ALGORITHM_MISMATCH` for another key than the request was for; those of the certificate.
    ///
    /// ```
    /// # use rustpdf_core::{Credentials, Result, Session, SignedUpdate};
    /// # fn my_service(_: &[u8]) -> (Vec<u8>, Vec<u8>) { unimplemented!() }
    /// fn complete(session: &Session) -> Result<SignedUpdate> {
    ///     let (raw, certificate) = my_service(&session.request().expect("a signature algorithm gives a request").digest);
    ///     session.with_certificate(&Credentials { certificate, chain: vec![] }, None)?.complete_with_signature(&raw)
    /// }
    /// ```
    pub fn with_certificate(&self, credentials: &Credentials, now: Option<i64>) -> Result<Session> {
        self.check_unsigned()?;
        let announced = match &self.signer {
            SessionSigner::Announced(announced) => announced,
            SessionSigner::Service => return Err(Code::SessionNoCertificate.into()),
            SessionSigner::Known(_) => {
                return Err(Code::SessionArguments
                    .because("the session has a certificate already, and one came with the signature")
                    .with_remedy("complete it with the signature alone"));
            }
        };
        let (known, warnings) = announced.certified(credentials, now)?;
        let mut session = Session { signer: SessionSigner::Known(Box::new(known)), ..self.clone() };
        session.report.warnings.extend(warnings);
        Ok(session)
    }
}
