//! Signed attributes that a caller may ask for: policy, commitment, roles (EN 319 122-1, 5.2).

use ::der::asn1::ObjectIdentifier;

use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::limits::ATTRIBUTE_TEXT;

/// Signature policy: the document, named by its digest, that defines the meaning of the signature. EN 319 122-1, 5.2.9.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
pub struct SignaturePolicy {
    /// Object identifier of the policy, in numbers and dots.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub(super) oid: ObjectIdentifier,
    /// Algorithm of the digest of the policy's document.
    pub(super) digest_algorithm: DigestAlgorithm,
    /// Digest of the policy's document.
    #[cfg_attr(feature = "schema", schemars(with = "crate::hex::Hex"))]
    pub(super) digest: Vec<u8>,
    /// Address of the policy's document.
    #[cfg_attr(feature = "schema", schemars(extend("minBytes" = 1, "maxBytes" = ATTRIBUTE_TEXT)))]
    pub(super) uri: Option<String>,
}

impl SignaturePolicy {
    /// The policy `oid` (numbers and dots), the digest of its document, and where that can be had (ASCII).
    ///
    /// Errors: `ERR_OPTION_VALUE`; `ERR_POLICY_DIGEST` for a digest that is missing or has not the length of its algorithm.
    pub fn new(oid: &str, digest_algorithm: DigestAlgorithm, digest: &[u8], uri: Option<&str>) -> Result<SignaturePolicy> {
        let oid = ObjectIdentifier::new(oid)
            .map_err(|_| Code::OptionValue.because("`policy.oid` is no object identifier of numbers and dots"))?;
        if digest.is_empty() {
            return Err(Code::PolicyDigest.into());
        }
        if digest.len() != digest_algorithm.output_len() {
            let (found, name, length) = (digest.len(), digest_algorithm.as_str(), digest_algorithm.output_len());
            return Err(Code::PolicyDigest.because(format!("`policy.digest` has {found} bytes where {name} gives {length}")));
        }
        if uri.is_some_and(|uri| uri.is_empty() || uri.len() > ATTRIBUTE_TEXT || !uri.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Code::OptionValue.because(format!("`policy.uri` is not an address of 1 to {ATTRIBUTE_TEXT} ASCII characters")));
        }
        Ok(SignaturePolicy { oid, digest_algorithm, digest: digest.to_vec(), uri: uri.map(Into::into) })
    }
}

/// Commitment of the signer. EN 319 122-1, 5.2.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentType {
    pub(super) oid: ObjectIdentifier,
}

impl CommitmentType {
    /// The names of EN 319 122-1, in the order of their numbers under `id-cti` (1.2.840.113549.1.9.16.6), from 1 on.
    const NAMES: [&'static str; 6] =
        ["proof-of-origin", "proof-of-receipt", "proof-of-delivery", "proof-of-sender", "proof-of-approval", "proof-of-creation"];

    /// One of the six names, `proof-of-origin` and so on, or an object identifier in numbers and dots. Errors: `ERR_OPTION_VALUE`.
    pub fn parse(text: &str) -> Result<CommitmentType> {
        let known = Self::NAMES.iter().position(|name| *name == text);
        let oid = match known {
            Some(index) => ObjectIdentifier::new(&format!("1.2.840.113549.1.9.16.6.{}", index + 1)),
            None => ObjectIdentifier::new(text),
        };
        oid.map(|oid| CommitmentType { oid }).map_err(|_| {
            Code::OptionValue.because(format!("`commitmentType` is neither an object identifier nor one of {}", Self::NAMES.join(", ")))
        })
    }
}

/// The attributes beyond those that every signature has. Nothing by default.
#[derive(Clone, Debug, Default)]
pub(crate) struct AttributeOptions<'a> {
    /// signature-policy-identifier.
    pub(crate) policy: Option<&'a SignaturePolicy>,
    /// commitment-type-indication.
    pub(crate) commitment_type: Option<&'a CommitmentType>,
    /// Claimed roles, in signer-attributes-v2.
    pub(crate) signer_roles: &'a [String],
    /// signing-time, in seconds since 1970 UTC. Never under PAdES (EN 319 142-1, 6.3).
    pub(crate) signing_time: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies() {
        let policy = |oid, digest: &[u8], uri| {
            SignaturePolicy::new(oid, DigestAlgorithm::Sha256, digest, uri).map(|_| ()).map_err(|error| error.code())
        };
        assert_eq!(policy("1.2.3", &[0; 32], Some("https://example.org/p")), Ok(()));
        assert_eq!(policy("1.2.3", &[], None), Err(Code::PolicyDigest));
        assert_eq!(policy("1.2.3", &[0; 20], None), Err(Code::PolicyDigest));
        for oid in ["", "1", "policy", "9.9.9", "1.2.x", "1..2"] {
            assert_eq!(policy(oid, &[0; 32], None), Err(Code::OptionValue), "{oid}");
        }
        assert_eq!(policy("1.2.3", &[0; 32], Some("https://exämple.org")), Err(Code::OptionValue));
        assert_eq!(policy("1.2.3", &[0; 32], Some("")), Err(Code::OptionValue));
    }

    #[test]
    fn commitment_types() {
        assert_eq!(CommitmentType::parse("proof-of-approval").unwrap().oid.to_string(), "1.2.840.113549.1.9.16.6.5");
        assert_eq!(CommitmentType::parse("1.3.6.1.4").unwrap().oid.to_string(), "1.3.6.1.4");
        assert_eq!(CommitmentType::parse("approval").unwrap_err().code(), Code::OptionValue);
    }
}
