//! The second half: a checked answer becomes a container, and the container fills the hole. Pure functions of session and answer.

use super::prepare::too_large;
use super::session::{Session, Signed};
use crate::cms::{self, Certificate, Expected, Scheme};
use crate::error::{Code, Error, Result};
use crate::syntax::write;

impl Session {
    /// Completes with the raw signature over `request().data`, as the key store gave it.
    ///
    /// ECDSA may come in DER or as r and s, one after the other. Errors: `ERR_SESSION_NO_CERTIFICATE` and those of the answer group.
    pub fn complete_with_signature(&self, raw: &[u8]) -> Result<Signed> {
        let Some(known) = &self.data.known else { return Err(Code::SessionNoCertificate.into()) };
        let damaged = |_| Error::from(Code::SessionDamaged);
        let certificates: Vec<Certificate> =
            known.certificates.iter().map(|der| Certificate::from_der(der)).collect::<Result<_>>().map_err(damaged)?;
        let (certificate, chain) = certificates.split_first().ok_or(Code::SessionDamaged)?;
        let scheme = Scheme::choose(certificate, Some(known.signature_algorithm), Some(self.data.digest_algorithm)).map_err(damaged)?;
        let signature = match known.check_signature {
            true => cms::check_signature(certificate, &scheme, &known.signed_attributes, raw)?,
            false => cms::unchecked_signature(certificate, &scheme, raw)?,
        };
        let container = cms::signed_data(certificate, chain, &scheme, &known.signed_attributes, &signature)?;
        self.embed(&container, None)
    }

    /// Completes with a finished CMS container for [`Session::hash`], DER or BER.
    ///
    /// Errors: `ERR_CONTAINER_…`.
    pub fn complete(&self, container: &[u8]) -> Result<Signed> {
        let certificate = match self.data.known.as_ref().and_then(|known| known.certificates.first()) {
            Some(der) => Some(Certificate::from_der(der).map_err(|_| Error::from(Code::SessionDamaged))?),
            None => None,
        };
        let checked = cms::check_container(
            container,
            &Expected {
                digest_algorithm: self.data.digest_algorithm,
                message_digest: &self.data.hash,
                pades: self.data.pades,
                certificate: certificate.as_ref(),
            },
        )?;
        self.embed(&checked.der, Some(checked.signature_algorithm.as_str()))
    }

    /// Fills the hole: the container in hexadecimal, then zeros up to its end.
    fn embed(&self, container: &[u8], signature_algorithm: Option<&str>) -> Result<Signed> {
        let reserved = self.container_size();
        if container.len() > reserved {
            return Err(too_large(container.len(), reserved));
        }
        let mut update = Vec::with_capacity(self.data.before.len() + 2 * reserved + 2 + self.data.after.len());
        update.extend_from_slice(&self.data.before);
        update.push(b'<');
        write::extend_hexadecimal(&mut update, container);
        update.resize(self.data.before.len() + 1 + 2 * reserved, b'0');
        update.push(b'>');
        update.extend_from_slice(&self.data.after);
        let mut report = self.report().clone();
        report.container_length = Some(container.len());
        if let Some(algorithm) = signature_algorithm {
            report.signature_algorithm = Some(algorithm.to_owned());
        }
        Ok(Signed { update, report })
    }
}
