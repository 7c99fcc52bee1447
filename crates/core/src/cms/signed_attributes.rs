//! The signed attributes (RFC 5652, 5.3 and 11; RFC 5035; EN 319 122-1, 5).

use super::algorithm::{DigestAlgorithm, Scheme};
use super::attributes::{AttributeOptions, Policy};
use super::certificate::Certificate;
use super::der::{self, OCTET_STRING, OID, SEQUENCE, SET, context};
use super::{oid, time};
use crate::error::{Code, Result};

/// The bytes that are signed: the attributes as a SET OF in the order of DER.
///
/// ```asn1
/// SignedAttributes ::= SET OF Attribute
/// Attribute        ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF ANY }
/// ```
/// RFC 5652, 5.3. In SignerInfo they stand under `[0] IMPLICIT`; what is signed has the tag of SET OF (5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedAttributes(Vec<u8>);

impl SignedAttributes {
    /// content-type, message-digest and signing-certificate-v2, and what `options` ask for.
    ///
    /// `message_digest` is the digest of the content by the digest algorithm of `scheme`. Errors: `ERR_OPTION_VALUE`,
    /// `ERR_SIGNING_TIME`; `ERR_INTERNAL` where the digest has another length.
    pub(crate) fn make(scheme: &Scheme, certificate: &Certificate, message_digest: &[u8], options: &AttributeOptions<'_>) -> Result<Self> {
        options.check()?;
        if message_digest.len() != scheme.digest.output_len() {
            return Err(Code::Internal.into());
        }
        let mut attributes = vec![
            attribute(oid::CONTENT_TYPE, &der::element(OID, &[oid::ID_DATA])),
            attribute(oid::MESSAGE_DIGEST, &der::element(OCTET_STRING, &[message_digest])),
            attribute(oid::SIGNING_CERTIFICATE_V2, &signing_certificate_v2(certificate, scheme.digest)),
        ];
        if let Some(seconds) = options.signing_time {
            attributes.push(attribute(oid::SIGNING_TIME, &time::write(seconds).ok_or(Code::SigningTime)?));
        }
        if let Some(policy) = options.policy {
            attributes.push(attribute(oid::SIGNATURE_POLICY_IDENTIFIER, &signature_policy(policy)));
        }
        if let Some(commitment) = options.commitment_type {
            // CommitmentTypeIndication ::= SEQUENCE { commitmentTypeId OBJECT IDENTIFIER, … } (EN 319 122-1, 5.2.3)
            let value = der::element(SEQUENCE, &[&der::element(OID, &[&commitment.oid])]);
            attributes.push(attribute(oid::COMMITMENT_TYPE_INDICATION, &value));
        }
        if !options.signer_roles.is_empty() {
            attributes.push(attribute(oid::SIGNER_ATTRIBUTES_V2, &signer_attributes_v2(options.signer_roles)));
        }
        der::sort(&mut attributes);
        Ok(SignedAttributes(der::element(SET, &attributes.iter().map(Vec::as_slice).collect::<Vec<_>>())))
    }

    /// Those that were saved: what [`SignedAttributes::as_bytes`] gave. `None` where they are no SET.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        der::only(bytes, SET).map(|set| SignedAttributes(set.raw.to_vec()))
    }

    /// Whether their message-digest is `digest`.
    pub(crate) fn are_over(&self, digest: &[u8]) -> bool {
        const MESSAGE_DIGEST: ::der::asn1::ObjectIdentifier = ::der::asn1::ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
        let Ok(attributes) = <x509_cert::attr::Attributes as ::der::Decode>::from_der(&self.0) else { return false };
        let found = attributes.iter().find(|attribute| attribute.oid == MESSAGE_DIGEST);
        found.is_some_and(|attribute| attribute.values.len() == 1 && attribute.values.iter().all(|value| value.value() == digest))
    }

    /// The DER to be signed.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The contents, without the tag, which is another one in SignerInfo.
    pub(super) fn contents(&self) -> &[u8] {
        der::only(&self.0, SET).map(|set| set.value).unwrap_or_default()
    }
}

fn attribute(oid: &[u8], value: &[u8]) -> Vec<u8> {
    der::element(SEQUENCE, &[&der::element(OID, &[oid]), &der::element(SET, &[value])])
}

/// ```asn1
/// SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, … }
/// ESSCertIDv2  ::= SEQUENCE {
///     hashAlgorithm AlgorithmIdentifier DEFAULT {algorithm id-sha256},
///     certHash      OCTET STRING,
///     issuerSerial  IssuerSerial OPTIONAL }
/// IssuerSerial ::= SEQUENCE { issuer SEQUENCE OF GeneralName, serialNumber INTEGER }
/// GeneralName  ::= CHOICE { directoryName [4] Name, … }
/// ```
/// RFC 5035, 4. The certificate is digested like the content.
fn signing_certificate_v2(certificate: &Certificate, digest: DigestAlgorithm) -> Vec<u8> {
    let algorithm = if digest == DigestAlgorithm::Sha256 { Vec::new() } else { digest.identifier() };
    let hash = der::element(OCTET_STRING, &[&certificate.digest(digest)]);
    let issuer = der::element(SEQUENCE, &[&der::element(context(4), &[certificate.issuer()])]);
    let issuer_serial = der::element(SEQUENCE, &[&issuer, certificate.serial()]);
    let identifier = der::element(SEQUENCE, &[&algorithm, &hash, &issuer_serial]);
    der::element(SEQUENCE, &[&der::element(SEQUENCE, &[&identifier])])
}

/// ```asn1
/// SignaturePolicyId      ::= SEQUENCE {
///     sigPolicyId         OBJECT IDENTIFIER,
///     sigPolicyHash       SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashValue OCTET STRING },
///     sigPolicyQualifiers SEQUENCE OF SigPolicyQualifierInfo OPTIONAL }
/// SigPolicyQualifierInfo ::= SEQUENCE { sigPolicyQualifierId OBJECT IDENTIFIER, sigQualifier ANY }
/// SPuri                  ::= IA5String
/// ```
/// EN 319 122-1, 5.2.9.
fn signature_policy(policy: &Policy) -> Vec<u8> {
    let hash = der::element(SEQUENCE, &[&policy.digest_algorithm.identifier(), &der::element(OCTET_STRING, &[&policy.digest])]);
    let qualifiers = policy.uri.as_ref().map(|uri| {
        let uri = der::element(der::IA5_STRING, &[uri.as_bytes()]);
        der::element(SEQUENCE, &[&der::element(SEQUENCE, &[&der::element(OID, &[oid::SP_URI]), &uri])])
    });
    der::element(SEQUENCE, &[&der::element(OID, &[&policy.oid]), &hash, &qualifiers.unwrap_or_default()])
}

/// ```asn1
/// SignerAttributeV2 ::= SEQUENCE { claimedAttributes [0] EXPLICIT SEQUENCE OF Attribute OPTIONAL, … }
/// ```
/// EN 319 122-1, 5.2.6.1. Each role is an attribute id-at-role with one UTF8String, as EU DSS writes and shows them.
fn signer_attributes_v2(roles: &[String]) -> Vec<u8> {
    let claimed: Vec<u8> =
        roles.iter().flat_map(|role| attribute(oid::AT_ROLE, &der::element(der::UTF8_STRING, &[role.as_bytes()]))).collect();
    der::element(SEQUENCE, &[&der::element(context(0), &[&der::element(SEQUENCE, &[&claimed])])])
}
