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
    /// The subject, as RFC 4514 writes it.
    pub subject: String,
    /// The issuer, as RFC 4514 writes it.
    pub issuer: String,
    /// The serial number, in hexadecimal.
    pub serial_number: String,
    /// The first moment of its validity, as RFC 3339 writes it.
    pub not_before: String,
    /// The last moment of its validity.
    pub not_after: String,
    /// The SHA-256 of the whole certificate, in hexadecimal.
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
