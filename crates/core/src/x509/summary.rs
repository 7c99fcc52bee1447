//! Facts of a certificate for a reader: nothing is verified here.

use base16ct::lower::encode_string;
use der::{AnyRef, Decode};
use serde::Serialize;

use super::{Certificate, name, time};
use crate::digest::DigestAlgorithm;

/// Facts of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CertificateSummary {
    /// Subject (RFC 4514).
    pub subject: String,
    /// Issuer (RFC 4514).
    pub issuer: String,
    /// Serial number, in hexadecimal.
    pub serial_number: String,
    /// Start of its validity (RFC 3339).
    pub not_before: String,
    /// End of its validity (RFC 3339).
    pub not_after: String,
    /// SHA-256 of the certificate, in hexadecimal.
    pub sha256: String,
}

impl Certificate {
    /// Facts for a reader.
    pub(crate) fn summary(&self) -> CertificateSummary {
        let (not_before, not_after) = self.validity();
        CertificateSummary {
            subject: name::text(self.subject()),
            issuer: name::text(self.issuer()),
            serial_number: encode_string(AnyRef::from_der(self.serial_number()).map_or(&[], AnyRef::value)),
            not_before: time::rfc3339(not_before),
            not_after: time::rfc3339(not_after),
            sha256: encode_string(&self.digest(DigestAlgorithm::Sha256)),
        }
    }
}
