//! Certificates and containers described for a reader, leniently: nothing is verified here.

use crate::limits::FOREIGN_CONTAINER;
use base16ct::lower::encode_string;
use serde::{Deserialize, Serialize};

use super::algorithm::DigestAlgorithm;
use super::certificate::Certificate;
use super::signed_data::SignedData;
use super::{name, time};

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

/// What can be read of a container, zeros after it or not; nothing where it is none.
pub(crate) fn summarise_container(bytes: &[u8]) -> ContainerSummary {
    let container = bytes.get(..bytes.len().min(FOREIGN_CONTAINER)).and_then(SignedData::parse);
    let Some((container, _)) = container else { return ContainerSummary::default() };
    let certificates: Vec<Certificate> = container.certificates();
    let signer = container.signer_infos().next().flatten();
    let signer = signer.and_then(|signer| certificates.iter().find(|certificate| signer.is_by(certificate)));
    ContainerSummary { signer: signer.map(summary), certificates: certificates.iter().map(summary).collect() }
}

pub(super) fn summary(certificate: &Certificate) -> CertificateSummary {
    let (not_before, not_after) = certificate.validity();
    CertificateSummary {
        subject: name::text(certificate.subject()),
        issuer: name::text(certificate.issuer()),
        serial_number: encode_string(certificate.serial_number().value()),
        not_before: time::rfc3339(not_before),
        not_after: time::rfc3339(not_after),
        sha256: encode_string(&certificate.digest(DigestAlgorithm::Sha256)),
    }
}
