//! Which certificate a signature is by: signing-certificate, old and new (RFC 5035).

use const_oid::db::rfc5912::ID_SHA_1;
use der::asn1::{ContextSpecific, OctetString};
use der::{Any, AnyRef, Decode, Sequence, TagMode, TagNumber};
use spki::AlgorithmIdentifierOwned;

use crate::digest::DigestAlgorithm;
use crate::x509::Certificate;

/// ```asn1
/// SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, policies SEQUENCE OF PolicyInformation OPTIONAL }
/// ```
/// RFC 5035, 3. The first names the signer.
#[derive(Sequence)]
pub(super) struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
    policies: Option<Any>,
}

/// ```asn1
/// ESSCertIDv2 ::= SEQUENCE {
///     hashAlgorithm AlgorithmIdentifier DEFAULT {algorithm id-sha256},
///     certHash      OCTET STRING,
///     issuerSerial  IssuerSerial OPTIONAL }
/// ```
/// RFC 5035, 4.
#[derive(Sequence)]
struct EssCertIdV2 {
    hash_algorithm: Option<AlgorithmIdentifierOwned>,
    cert_hash: OctetString,
    issuer_serial: Option<IssuerSerial>,
}

/// ```asn1
/// IssuerSerial ::= SEQUENCE { issuer SEQUENCE OF GeneralName, serialNumber INTEGER }
/// GeneralName  ::= CHOICE { directoryName [4] Name, … }
/// ```
/// RFC 5035, 4. Both are copied from the certificate as they stand.
#[derive(Sequence)]
struct IssuerSerial {
    issuer: Vec<Any>,
    serial_number: Any,
}

impl SigningCertificateV2 {
    /// Names `certificate` by its digest `cert_hash` by the algorithm `digest`, its issuer and serial number.
    pub(super) fn make(certificate: &Certificate, digest: DigestAlgorithm, cert_hash: &[u8]) -> der::Result<Self> {
        let directory_name =
            ContextSpecific { tag_number: TagNumber(4), tag_mode: TagMode::Explicit, value: AnyRef::from_der(certificate.issuer())? };
        let issuer = vec![Any::encode_from(&directory_name)?];
        let issuer_serial = IssuerSerial { issuer, serial_number: Any::from_der(certificate.serial_number())? };
        let cert_hash = OctetString::new(cert_hash)?;
        let hash_algorithm = (digest != DigestAlgorithm::Sha256).then(|| digest.identifier());
        let certs = vec![EssCertIdV2 { hash_algorithm, cert_hash, issuer_serial: Some(issuer_serial) }];
        Ok(SigningCertificateV2 { certs, policies: None })
    }

    /// Whether it names `certificate`.
    pub(super) fn is_of(&self, certificate: &Certificate) -> bool {
        self.certs.first().is_some_and(|id| {
            let digest = match &id.hash_algorithm {
                // As the first version of the attribute names it.
                Some(algorithm) if algorithm.oid == ID_SHA_1 => certificate.sha1(),
                Some(algorithm) => match DigestAlgorithm::from_identifier(algorithm) {
                    Some(digest) => certificate.digest(digest),
                    None => return false,
                },
                None => certificate.digest(DigestAlgorithm::Sha256),
            };
            id.cert_hash.as_bytes() == digest
        })
    }
}

/// ```asn1
/// SigningCertificate ::= SEQUENCE { certs SEQUENCE OF ESSCertID, policies SEQUENCE OF PolicyInformation OPTIONAL }
/// ```
/// RFC 2634, 5.4. SHA-1 is broken as a digest, but still tells certificates apart.
#[derive(Sequence)]
pub(super) struct SigningCertificate {
    certs: Vec<EssCertId>,
    policies: Option<Any>,
}

/// ```asn1
/// ESSCertID ::= SEQUENCE { certHash OCTET STRING, issuerSerial IssuerSerial OPTIONAL }
/// ```
/// RFC 2634, 5.4.1.
#[derive(Sequence)]
struct EssCertId {
    cert_hash: OctetString,
    issuer_serial: Option<Any>,
}

impl SigningCertificate {
    /// Whether it names `certificate`.
    pub(super) fn is_of(&self, certificate: &Certificate) -> bool {
        self.certs.first().is_some_and(|id| id.cert_hash.as_bytes() == certificate.sha1())
    }
}
