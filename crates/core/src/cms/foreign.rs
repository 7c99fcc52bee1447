//! Containers of signatures that a document contains already: facts, and whether they verify.

use const_oid::db::rfc3161::ID_AA_TIME_STAMP_TOKEN;
use const_oid::db::rfc5911::ID_DATA;

use super::container::{Expected, check_signer};
use super::signed_data::SignedData;
use crate::ber;
use crate::crypto::Scheme;
use crate::digest::{DigestAlgorithm, unsupported_name};
use crate::error::Code;
use crate::limits::FOREIGN_CONTAINER;
use crate::x509::Certificate;

/// Facts that a container states. Nothing of them is verified.
pub(crate) struct ContainerFacts {
    /// All certificates that can be read.
    pub(crate) certificates: Vec<Certificate>,
    /// Certificate of the first signer, if the container holds it.
    pub(crate) signer: Option<Certificate>,
    /// Octets of the signature value of the first signer; empty if there is none.
    pub(crate) signature: Vec<u8>,
    /// Its signature-time-stamps, each as the bytes of a ContentInfo (EN 319 122-1, 5.3).
    pub(crate) timestamps: Vec<Vec<u8>>,
}

/// Facts of a container of any content, zeros after it or not. `None` where it is not a SignedData.
pub(crate) fn container_facts(bytes: &[u8]) -> Option<ContainerFacts> {
    let der = der(bytes)?;
    let data = SignedData::parse(&der)?;
    let certificates = data.certificates();
    let first = data.signer_infos().next().flatten();
    let signer = first.as_ref().and_then(|signer| certificates.iter().find(|certificate| signer.is_by(certificate))).cloned();
    let timestamps = first.as_ref().map(|signer| signer.unsigned(ID_AA_TIME_STAMP_TOKEN)).unwrap_or_default();
    let signature = first.map(|signer| signer.signature.as_bytes().to_vec()).unwrap_or_default();
    Some(ContainerFacts { certificates, signer, signature, timestamps })
}

/// The digest algorithm of the first signer, if it is a supported one.
pub(crate) fn container_digest_algorithm(bytes: &[u8]) -> Option<DigestAlgorithm> {
    SignedData::parse(&der(bytes)?)?.signer_infos().next()??.digest()
}

/// Cause why a signature does not count. Each contains the first half of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unverified {
    /// It is of another document, or not of its certificate.
    Broken(String),
    /// It is of a kind that is not known here, and may be valid.
    Unsupported(String),
}

/// Verifies the signature of a container over content with this digest, by the algorithm that [`container_digest_algorithm`] returns.
///
/// The certificate is not judged.
pub(crate) fn verify_container(bytes: &[u8], digest: &[u8]) -> Result<(), Unverified> {
    let unsupported = |found: &str| Unverified::Unsupported(found.to_owned());
    let unreadable = || Unverified::Broken("the container of the signature cannot be read".into());
    let der = der(bytes).ok_or_else(unreadable)?;
    let data = SignedData::parse(&der).ok_or_else(unreadable)?;
    if data.encap_content_info.econtent.is_some() || data.encap_content_info.econtent_type != ID_DATA {
        return Err(unsupported("the container of the signature holds its content, as signatures by SHA-1 did (`adbe.pkcs7.sha1`)"));
    }
    let mut signers = data.signer_infos();
    let (Some(Some(signer)), None) = (signers.next(), signers.next()) else {
        return Err(unsupported("the container does not have exactly one signer that can be read"));
    };
    let Some(digest_algorithm) = signer.digest() else {
        let found = unsupported_name(signer.digest_algorithm.oid);
        return Err(Unverified::Unsupported(format!("the signature was made with {found}, which is not supported")));
    };
    let certificates = data.certificates();
    if let Some(certificate) = certificates.iter().find(|certificate| signer.is_by(certificate)) {
        let key = certificate.key().map_err(|error| unsupported(error.found()))?;
        if Scheme::from_identifiers(digest_algorithm, &signer.signature_algorithm, key).is_none() {
            return Err(unsupported("the signature algorithm of the container is not supported, or does not fit its key"));
        }
    }
    let expected = Expected { digest_algorithm, message_digest: digest, pades: false, certificate: None };
    match check_signer(&signer, &certificates, &expected, ID_DATA) {
        Ok(_) => Ok(()),
        Err(error) => Err(match error.code() {
            code @ Code::ContainerMessageDigest => Unverified::Broken(code.sentence().into()),
            Code::ContainerSignature | Code::ContainerSigningCertificate => Unverified::Broken(error.found().into()),
            _ => unsupported(error.found()),
        }),
    }
}

/// DER of a container that is not too large.
fn der(bytes: &[u8]) -> Option<Vec<u8>> {
    let (der, _) = ber::to_der(bytes.get(..bytes.len().min(FOREIGN_CONTAINER))?)?;
    Some(der)
}
