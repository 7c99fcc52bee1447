//! Certificates and containers described for a reader, leniently: nothing is verified here.

use serde::Serialize;

use super::foreign::container_facts;
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
    let Some(facts) = container_facts(bytes) else { return ContainerSummary::default() };
    let certificates = facts.certificates.iter().map(Certificate::summary).collect();
    ContainerSummary { signer: facts.signer.as_ref().map(Certificate::summary), certificates }
}
