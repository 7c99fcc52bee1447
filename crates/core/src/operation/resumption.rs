//! The signer of an unsealed session, made again from arguments: the file decides nothing about the key.

use super::saved::sha256;
use super::session::{Known, Session};
use super::signer::{Credentials, Signer};
use crate::error::{Code, Result};
use crate::options::SigningOptions;
use crate::signature::pdf_date;

/// Certificate and options with which an unsealed session was begun.
///
/// Used of `options`: `pades`, `digestAlgorithm`, `signatureAlgorithm`, `policy`, `commitmentType`, `signerRoles`,
/// `signingTimeAttribute`, `strict` and `checkSignature`. The others are in the update already.
#[derive(Clone, Debug)]
pub struct Resumption {
    /// The certificate of the key that signs, and its issuers.
    pub credentials: Credentials,
    /// The options of the beginning.
    pub options: SigningOptions,
    /// The time of the beginning, in seconds since 1970, UTC. Required with `signingTimeAttribute`. If given, the validity of the
    /// certificate is checked for it again.
    pub now: Option<i64>,
}

/// A resumption whose certificates have been read: once, for all sessions of a batch.
pub(super) struct Resuming<'a> {
    by: &'a Resumption,
    signer: Signer,
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
        let (signer, _) = Signer::read(credentials, *now, options)?;
        Ok(Resuming { by, signer })
    }

    pub(super) fn checks_signature(&self) -> bool {
        self.by.options.check_signature
    }

    /// The signer for `session`, whose signed attributes must have the digest that was noted at the beginning.
    ///
    /// Errors: `ERR_SESSION_ARGUMENTS`; those of the attributes.
    pub(super) fn known(&self, session: &Session) -> Result<Known> {
        let Resuming { by: Resumption { options, now, .. }, signer } = self;
        let differs = |found: &str| Err(Code::SessionArguments.because(found));
        let Some(noted) = session.noted else { return differs("the session was begun without a certificate") };
        if options.pades != session.pades {
            return differs("`pades` is not that of the beginning");
        }
        let (digest, begun) = (signer.scheme.digest.as_str(), session.digest_algorithm.as_str());
        if digest != begun {
            return differs(&format!("the digest algorithm is {digest}, and the session was begun with {begun}"));
        }
        // The attributes do not name the signature algorithm. A false one in the report can only cause this refusal.
        if session.report.signature_algorithm.as_deref() != Some(signer.scheme.signature.as_str()) {
            return differs("the signature algorithm is not that of the beginning");
        }
        let attributes = signer.attributes(&session.hash, now.unwrap_or_default(), options)?;
        if sha256(attributes.as_bytes())? != noted {
            return Err(Code::SessionArguments.into());
        }
        Ok(Known { signer: signer.clone(), attributes, check_signature: options.check_signature })
    }
}
