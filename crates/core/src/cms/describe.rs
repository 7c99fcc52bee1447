//! Certificates and containers described for a reader, leniently: nothing is verified here.

use serde::{Deserialize, Serialize};

use super::algorithm::DigestAlgorithm;
use super::certificate::Certificate;
use super::check::parts;
use super::{CONTAINER, der, name, time};
use crate::error::{Code, Result};

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Who signed a container, and what certificates it carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContainerSummary {
    /// The certificate of the first signer, where the container holds it.
    pub signer: Option<CertificateSummary>,
    /// All certificates that can be read.
    pub certificates: Vec<CertificateSummary>,
}

/// What the certificate in `bytes` (DER or PEM, the first of a bundle) says. Errors: `ERR_CERTIFICATE_FORMAT`.
pub(crate) fn describe_certificate(bytes: &[u8]) -> Result<CertificateSummary> {
    let all = Certificate::parse_all(bytes, Code::CertificateFormat)?;
    all.first().map(summary).ok_or_else(|| Code::CertificateFormat.into())
}

/// What can be read of a container, zeros after it or not; nothing where it is none.
pub(crate) fn summarise_container(bytes: &[u8]) -> ContainerSummary {
    let Some(parts) = bytes.get(..bytes.len().min(CONTAINER)).and_then(parts) else { return ContainerSummary::default() };
    let certificates: Vec<Certificate> = parts.certificates.iter().filter_map(|raw| Certificate::from_der(raw)).collect();
    ContainerSummary { signer: parts.signer(&certificates).map(summary), certificates: certificates.iter().map(summary).collect() }
}

fn summary(certificate: &Certificate) -> CertificateSummary {
    let (not_before, not_after) = certificate.validity();
    CertificateSummary {
        subject: name::rfc4514(certificate.subject()),
        issuer: name::rfc4514(certificate.issuer()),
        serial_number: der::only(certificate.serial(), der::INTEGER).map(|serial| der::hex(serial.value)).unwrap_or_default(),
        not_before: time::rfc3339(not_before),
        not_after: time::rfc3339(not_after),
        sha256: der::hex(&certificate.digest(DigestAlgorithm::Sha256)),
    }
}
