//! Request to a key store for a raw signature.

use serde::{Serialize, Serializer};

use super::algorithm::DigestInfo;
use super::algorithm::SignatureAlgorithm;
use super::scheme::Scheme;
use crate::digest::DigestAlgorithm;
use crate::hex;
#[cfg(feature = "schema")]
use crate::hex::Hex;
use crate::x509::Curve;

/// Request for a raw signature, in every form that key stores accept: message, digest, DigestInfo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SigningRequest {
    /// Message, for a key store that hashes it.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "hex::serialize")]
    #[cfg_attr(feature = "schema", schemars(with = "Hex"))]
    pub data: Vec<u8>,
    /// Digest of `data`, for a key store that signs digests. Ed25519 signs `data` itself.
    #[serde(serialize_with = "hex::serialize")]
    #[cfg_attr(feature = "schema", schemars(with = "Hex"))]
    pub digest: Vec<u8>,
    /// DER of DigestInfo around `digest` (RFC 8017, 9.2), for raw RSA such as `CKM_RSA_PKCS` of PKCS #11. For `rsa-pkcs1` only.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_hex")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Hex>"))]
    pub digest_info: Option<Vec<u8>>,
    /// Digest algorithm, for `digest` and for the key store.
    pub digest_algorithm: DigestAlgorithm,
    /// Signature algorithm.
    pub signature_algorithm: SignatureAlgorithm,
    /// Length of the salt, in bytes. For `rsa-pss` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt_length: Option<u16>,
    /// Curve of the key. For `ecdsa` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<Curve>,
    /// Digest of the document over `/ByteRange`, by `digest_algorithm`: the bytes that the signature covers. Absent for a certificate.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_hex")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Hex>"))]
    pub document_digest: Option<Vec<u8>>,
    /// Name of the document's file, without its folder. Absent if the document is not a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_name: Option<String>,
    /// Name of the signature field. Absent in a saved session of an encrypted document, and in one without a seal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_name: Option<String>,
    /// SHA-256 of the certificate of the key. Absent if it comes with the signature.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_hex")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Hex>"))]
    pub certificate_digest: Option<Vec<u8>>,
}

fn optional_hex<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    hex::serialize(bytes.as_deref().unwrap_or_default(), serializer)
}

impl SigningRequest {
    /// The request for a signature over `data`: the signed attributes, or the body of a certificate.
    pub(crate) fn make(scheme: &Scheme, data: Vec<u8>) -> SigningRequest {
        let digest = scheme.digest.digest(&[&data]);
        let digest_info = (scheme.signature == SignatureAlgorithm::RsaPkcs1).then(|| DigestInfo::write(scheme.digest, &digest));
        SigningRequest {
            data,
            digest,
            digest_info,
            digest_algorithm: scheme.digest,
            signature_algorithm: scheme.signature,
            salt_length: scheme.salt_length,
            curve: scheme.curve,
            document_digest: None,
            document_name: None,
            field_name: None,
            certificate_digest: None,
        }
    }
}
