//! The signer of an unsealed session, made again from arguments: the file decides nothing about the key.

use super::announced::Announced;
use super::saved::sha256;
use super::session::{Known, Session, SessionSigner};
use super::signer::{Credentials, Signer};
use crate::crypto::Scheme;
use crate::error::{Code, Result};
use crate::options::SigningOptions;
use crate::signature::pdf_date;

/// Certificate and options with which an unsealed session was begun.
///
/// Whether the certificate comes with the signature is decided here, too: without one, with `pades: false` and `signatureAlgorithm`.
///
/// Used of `options`: `pades`, `digestAlgorithm`, `signatureAlgorithm`, `policy`, `commitmentType`, `signerRoles`,
/// `signingTimeAttribute`, `strict` and `checkSignature`. The others are in the update already.
#[derive(Clone, Debug)]
pub struct Resumption {
    /// The certificate of the key that signs, and its issuers, if the session was begun with them.
    pub credentials: Option<Credentials>,
    /// The options of the beginning.
    pub options: SigningOptions,
    /// The time of the beginning, in seconds since 1970, UTC. Required with `signingTimeAttribute`. If given, the validity of the
    /// certificate is checked for it again.
    pub now: Option<i64>,
}

/// A resumption whose certificates have been read: once, for all sessions of a batch.
pub(super) struct Resuming<'a> {
    by: &'a Resumption,
    signer: Option<Signer>,
    /// The scheme of the raw signature; none where the session takes a container only.
    scheme: Option<Scheme>,
}

impl<'a> Resuming<'a> {
    /// Errors: `ERR_SIGNING_TIME`, those of the options and the certificate.
    pub(super) fn make(by: &'a Resumption) -> Result<Self> {
        let Resumption { credentials, options, now } = by;
        options.check()?;
        match now {
            Some(now) => pdf_date(*now, options.utc_offset_minutes).map(|_| ())?,
            None if options.signing_time_attribute => {
                return Err(Code::SigningTime.because("`signingTimeAttribute` needs the time at which the session was begun"));
            }
            None => {}
        }
        // The warnings were given at the beginning.
        let signer = match credentials {
            Some(credentials) => Some(Signer::read(credentials, *now, options)?.0),
            None => None,
        };
        let scheme = signer.as_ref().map_or_else(|| Announced::scheme(options), |signer| Ok(Some(signer.scheme)))?;
        Ok(Resuming { by, signer, scheme })
    }

    pub(super) fn checks_signature(&self) -> bool {
        self.by.options.check_signature
    }

    /// The signer for `session`, whose signed attributes must have the digest that was noted at the beginning.
    ///
    /// Errors: `ERR_SESSION_ARGUMENTS`; those of the attributes.
    pub(super) fn signer(&self, session: &Session) -> Result<SessionSigner> {
        let Resuming { by: Resumption { options, now, .. }, signer, scheme } = self;
        let Some(scheme) = scheme else { return Ok(SessionSigner::Service) };
        let differs = |found: &str| Err(Code::SessionArguments.because(found));
        let Some(noted) = session.noted else { return differs("the session takes a container only") };
        if options.pades != session.pades {
            return differs("`pades` is not that of the beginning");
        }
        let (digest, begun) = (scheme.digest.as_str(), session.digest_algorithm.as_str());
        if digest != begun {
            return differs(&format!("the digest algorithm is {digest}, and the session was begun with {begun}"));
        }
        // The attributes do not name the signature algorithm. A false one in the report can only cause this refusal.
        if session.report.signature_algorithm.as_deref() != Some(scheme.signature.as_str()) {
            return differs("the signature algorithm is not that of the beginning");
        }
        let (hash, now) = (&session.hash, now.unwrap_or_default());
        let announced = Announced::make(*scheme, hash, now, options)?;
        let is_announced = sha256(announced.attributes.as_bytes())? == noted;
        let Some(signer) = signer else {
            return if is_announced { Ok(SessionSigner::Announced(announced)) } else { Err(Code::SessionArguments.into()) };
        };
        // The saved bytes must not decide whether the key signs the digest of its certificate.
        if is_announced {
            return Err(Code::SessionArguments
                .because("the session was begun without a certificate")
                .with_remedy("resume it by its options alone, and give the certificate with the signature"));
        }
        let attributes = signer.attributes(hash, now, options)?;
        if sha256(attributes.as_bytes())? != noted {
            return Err(Code::SessionArguments.into());
        }
        let known = Known { signer: signer.clone(), attributes, check_signature: options.check_signature };
        Ok(SessionSigner::Known(Box::new(known)))
    }
}
