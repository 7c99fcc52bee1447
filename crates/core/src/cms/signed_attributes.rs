//! The signed attributes (RFC 5652, 5.3 and 11; RFC 5035; EN 319 122-1, 5).

use ::der::asn1::{ContextSpecific, Ia5String, ObjectIdentifier, OctetString, OctetStringRef, SetOfVec};
use ::der::{Any, AnyRef, Decode, Encode, Sequence, TagMode, TagNumber};
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::algorithm::DigestAlgorithm;
use super::attributes::{AttributeOptions, Policy};
use super::certificate::Certificate;
use super::der::{self, SET};
use super::scheme::Scheme;
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
        let time = options.signing_time.map(|seconds| time::write(seconds).ok_or(Code::SigningTime)).transpose()?;
        let make = || {
            let mut attributes = vec![
                attribute(oid::CONTENT_TYPE, &ObjectIdentifier::from_bytes(oid::ID_DATA)?)?,
                attribute(oid::MESSAGE_DIGEST, &OctetStringRef::new(message_digest)?)?,
                attribute(oid::SIGNING_CERTIFICATE_V2, &signing_certificate_v2(certificate, scheme.digest)?)?,
            ];
            if let Some(time) = &time {
                attributes.push(attribute(oid::SIGNING_TIME, &AnyRef::from_der(time)?)?);
            }
            if let Some(policy) = options.policy {
                attributes.push(attribute(oid::SIGNATURE_POLICY_IDENTIFIER, &SignaturePolicyId::make(policy)?)?);
            }
            if let Some(commitment) = options.commitment_type {
                let value = CommitmentTypeIndication { commitment_type_id: commitment.oid };
                attributes.push(attribute(oid::COMMITMENT_TYPE_INDICATION, &value)?);
            }
            if !options.signer_roles.is_empty() {
                attributes.push(attribute(oid::SIGNER_ATTRIBUTES_V2, &SignerAttributeV2::make(options.signer_roles)?)?);
            }
            SetOfVec::try_from(attributes)?.to_der()
        };
        // Every value was checked before it came here, so what fails is ours.
        let failed = |error: ::der::Error| Code::Internal.because(format!("the signed attributes cannot be encoded: {error}"));
        make().map(SignedAttributes).map_err(failed)
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

fn attribute(oid: &[u8], value: &impl ::der::Encode) -> ::der::Result<Attribute> {
    let value = Any::from_der(&value.to_der()?)?;
    Ok(Attribute { oid: ObjectIdentifier::from_bytes(oid)?, values: SetOfVec::try_from(vec![value])? })
}

/// ```asn1
/// SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, … }
/// ```
/// RFC 5035, 3.
#[derive(Sequence)]
struct SigningCertificateV2<'a> {
    certs: Vec<EssCertIdV2<'a>>,
}

/// ```asn1
/// ESSCertIDv2 ::= SEQUENCE {
///     hashAlgorithm AlgorithmIdentifier DEFAULT {algorithm id-sha256},
///     certHash      OCTET STRING,
///     issuerSerial  IssuerSerial OPTIONAL }
/// ```
/// RFC 5035, 4.
#[derive(Sequence)]
struct EssCertIdV2<'a> {
    hash_algorithm: Option<AlgorithmIdentifierOwned>,
    cert_hash: OctetString,
    issuer_serial: IssuerSerial<'a>,
}

/// ```asn1
/// IssuerSerial ::= SEQUENCE { issuer SEQUENCE OF GeneralName, serialNumber INTEGER }
/// GeneralName  ::= CHOICE { directoryName [4] Name, … }
/// ```
/// RFC 5035, 4. Both are copied from the certificate as they stand.
#[derive(Sequence)]
struct IssuerSerial<'a> {
    issuer: Vec<ContextSpecific<AnyRef<'a>>>,
    serial_number: AnyRef<'a>,
}

/// The certificate is digested like the content.
fn signing_certificate_v2(certificate: &Certificate, digest: DigestAlgorithm) -> ::der::Result<SigningCertificateV2<'_>> {
    let hash_algorithm = match digest {
        DigestAlgorithm::Sha256 => None,
        other => Some(algorithm(other)?),
    };
    let name = AnyRef::from_der(certificate.issuer())?;
    let issuer = vec![ContextSpecific { tag_number: TagNumber(4), tag_mode: TagMode::Explicit, value: name }];
    let issuer_serial = IssuerSerial { issuer, serial_number: AnyRef::from_der(certificate.serial())? };
    let cert_hash = OctetString::new(certificate.digest(digest))?;
    Ok(SigningCertificateV2 { certs: vec![EssCertIdV2 { hash_algorithm, cert_hash, issuer_serial }] })
}

fn algorithm(digest: DigestAlgorithm) -> ::der::Result<AlgorithmIdentifierOwned> {
    Ok(AlgorithmIdentifierOwned { oid: ObjectIdentifier::from_bytes(digest.oid())?, parameters: None })
}

/// ```asn1
/// SignaturePolicyId ::= SEQUENCE {
///     sigPolicyId         OBJECT IDENTIFIER,
///     sigPolicyHash       OtherHashAlgAndValue,
///     sigPolicyQualifiers SEQUENCE OF SigPolicyQualifierInfo OPTIONAL }
/// ```
/// EN 319 122-1, 5.2.9.1.
#[derive(Sequence)]
struct SignaturePolicyId {
    sig_policy_id: ObjectIdentifier,
    sig_policy_hash: OtherHashAlgAndValue,
    sig_policy_qualifiers: Option<Vec<SigPolicyQualifierInfo>>,
}

/// ```asn1
/// OtherHashAlgAndValue ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashValue OCTET STRING }
/// ```
#[derive(Sequence)]
struct OtherHashAlgAndValue {
    hash_algorithm: AlgorithmIdentifierOwned,
    hash_value: OctetString,
}

/// ```asn1
/// SigPolicyQualifierInfo ::= SEQUENCE { sigPolicyQualifierId OBJECT IDENTIFIER, sigQualifier ANY }
/// SPuri                  ::= IA5String
/// ```
/// EN 319 122-1, 5.2.9.2.
#[derive(Sequence)]
struct SigPolicyQualifierInfo {
    sig_policy_qualifier_id: ObjectIdentifier,
    sig_qualifier: Ia5String,
}

impl SignaturePolicyId {
    fn make(policy: &Policy) -> ::der::Result<Self> {
        let qualifier = |uri: &String| {
            let sig_policy_qualifier_id = ObjectIdentifier::from_bytes(oid::SP_URI)?;
            ::der::Result::Ok(vec![SigPolicyQualifierInfo { sig_policy_qualifier_id, sig_qualifier: Ia5String::new(uri)? }])
        };
        Ok(SignaturePolicyId {
            sig_policy_id: policy.oid,
            sig_policy_hash: OtherHashAlgAndValue {
                hash_algorithm: algorithm(policy.digest_algorithm)?,
                hash_value: OctetString::new(policy.digest.as_slice())?,
            },
            sig_policy_qualifiers: policy.uri.as_ref().map(qualifier).transpose()?,
        })
    }
}

/// ```asn1
/// CommitmentTypeIndication ::= SEQUENCE { commitmentTypeId OBJECT IDENTIFIER, … }
/// ```
/// EN 319 122-1, 5.2.3.
#[derive(Sequence)]
struct CommitmentTypeIndication {
    commitment_type_id: ObjectIdentifier,
}

/// ```asn1
/// SignerAttributeV2 ::= SEQUENCE { claimedAttributes [0] EXPLICIT SEQUENCE OF Attribute OPTIONAL, … }
/// ```
/// EN 319 122-1, 5.2.6.1. Each role is an attribute id-at-role with one UTF8String, as EU DSS writes and shows them.
#[derive(Sequence)]
struct SignerAttributeV2 {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    claimed_attributes: Vec<Attribute>,
}

impl SignerAttributeV2 {
    fn make(roles: &[String]) -> ::der::Result<Self> {
        let claimed_attributes = roles.iter().map(|role| attribute(oid::AT_ROLE, role)).collect::<::der::Result<_>>()?;
        Ok(SignerAttributeV2 { claimed_attributes })
    }
}
