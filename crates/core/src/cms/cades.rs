//! The attributes of CAdES that a caller may ask for (EN 319 122-1, 5.2).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::ID_AT_ROLE;
use der::Sequence;
use der::asn1::{Ia5String, OctetString};
use spki::AlgorithmIdentifierOwned;
use x509_cert::attr::Attribute;

use super::attributes::{CommitmentType, SignaturePolicy};
use super::signed_attributes::attribute;

/// id-aa-ets-sigPolicyId, id-aa-ets-commitmentType, id-aa-ets-signerAttrV2 and id-spq-ets-uri, which `const-oid` does not know.
pub(super) const SIGNATURE_POLICY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.15");
pub(super) const COMMITMENT_TYPE_INDICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.16");
pub(super) const SIGNER_ATTRIBUTES_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.19122.1.1");
const SP_URI: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.5.1");

/// ```asn1
/// SignaturePolicyId ::= SEQUENCE {
///     sigPolicyId         OBJECT IDENTIFIER,
///     sigPolicyHash       OtherHashAlgAndValue,
///     sigPolicyQualifiers SEQUENCE OF SigPolicyQualifierInfo OPTIONAL }
/// ```
/// EN 319 122-1, 5.2.9.1.
#[derive(Sequence)]
pub(super) struct SignaturePolicyId {
    sig_policy_id: ObjectIdentifier,
    sig_policy_hash: OtherHashAlgAndValue,
    sig_policy_qualifiers: Option<Vec<SigPolicyQualifierInfo>>,
}

/// ```asn1
/// OtherHashAlgAndValue ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashValue OCTET STRING }
/// ```
/// EN 319 122-1, 5.2.9.1.
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
    pub(super) fn make(policy: &SignaturePolicy) -> der::Result<Self> {
        let qualifier = |uri: &String| {
            let sig_qualifier = Ia5String::new(uri)?;
            der::Result::Ok(vec![SigPolicyQualifierInfo { sig_policy_qualifier_id: SP_URI, sig_qualifier }])
        };
        Ok(SignaturePolicyId {
            sig_policy_id: policy.oid,
            sig_policy_hash: OtherHashAlgAndValue {
                hash_algorithm: policy.digest_algorithm.identifier(),
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
pub(super) struct CommitmentTypeIndication {
    commitment_type_id: ObjectIdentifier,
}

impl CommitmentTypeIndication {
    pub(super) fn make(commitment: &CommitmentType) -> Self {
        CommitmentTypeIndication { commitment_type_id: commitment.oid }
    }
}

/// ```asn1
/// SignerAttributeV2 ::= SEQUENCE { claimedAttributes [0] EXPLICIT SEQUENCE OF Attribute OPTIONAL, … }
/// ```
/// EN 319 122-1, 5.2.6.1. Each role is an attribute id-at-role with one UTF8String, as EU DSS writes and shows them.
#[derive(Sequence)]
pub(super) struct SignerAttributeV2 {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    claimed_attributes: Vec<Attribute>,
}

impl SignerAttributeV2 {
    pub(super) fn make(roles: &[String]) -> der::Result<Self> {
        let claimed_attributes = roles.iter().map(|role| attribute(ID_AT_ROLE, role)).collect::<der::Result<_>>()?;
        Ok(SignerAttributeV2 { claimed_attributes })
    }
}
