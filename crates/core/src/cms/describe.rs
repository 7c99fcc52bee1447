//! Certificates and containers described for a reader, leniently: nothing is verified here.

use crate::ber;
use crate::limits::FOREIGN_CONTAINER;
use serde::Serialize;

use super::signed_data::SignedData;
use crate::x509::{Certificate, CertificateSummary};

/// Who signed a container, and what certificates it carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ContainerSummary {
    /// The certificate of the first signer, where the container holds it.
    pub signer: Option<CertificateSummary>,
    /// All certificates that can be read.
    pub certificates: Vec<CertificateSummary>,
}

/// What can be read of a container, zeros after it or not; nothing where it is none.
pub(crate) fn summarise_container(bytes: &[u8]) -> ContainerSummary {
    let der = bytes.get(..bytes.len().min(FOREIGN_CONTAINER)).and_then(ber::to_der);
    let Some(container) = der.as_ref().and_then(|(der, _)| SignedData::parse(der)) else { return ContainerSummary::default() };
    let certificates: Vec<Certificate> = container.certificates();
    let signer = container.signer_infos().next().flatten();
    let signer = signer.and_then(|signer| certificates.iter().find(|certificate| signer.is_by(certificate)));
    ContainerSummary { signer: signer.map(Certificate::summary), certificates: certificates.iter().map(Certificate::summary).collect() }
}
