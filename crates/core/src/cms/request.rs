//! What the key holder is asked to sign.

use super::algorithm::{Curve, DigestAlgorithm, SignatureAlgorithm};
use super::scheme::Scheme;

/// What a key store is asked to sign, in every form that key stores take: the message, its digest, the DigestInfo.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct SigningRequest {
    /// The message to be signed, for a key store that hashes by itself.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Bytes"))]
    pub data: Vec<u8>,
    /// The digest of `data`, for a key store that signs digests. Ed25519 signs `data` itself.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Bytes"))]
    pub digest: Vec<u8>,
    /// The DER of DigestInfo around `digest` (RFC 8017, 9.2), for raw RSA such as `CKM_RSA_PKCS` of PKCS #11. Of `rsa-pkcs1` only.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::schema::Bytes>"))]
    pub digest_info: Option<Vec<u8>>,
    /// The algorithm of `digest`, and the one to name to a key store.
    pub digest_algorithm: DigestAlgorithm,
    /// The algorithm to sign with.
    pub signature_algorithm: SignatureAlgorithm,
    /// The length of the salt, in bytes. Of `rsa-pss` only.
    pub salt_length: Option<u16>,
    /// The curve of the key. Of `ecdsa` only.
    pub curve: Option<Curve>,
}

impl SigningRequest {
    /// The request for a signature over `data`, which are the signed attributes.
    pub(crate) fn make(scheme: &Scheme, data: Vec<u8>) -> SigningRequest {
        let digest = scheme.digest.digest(&[&data]);
        let digest_info = (scheme.signature == SignatureAlgorithm::RsaPkcs1).then(|| scheme.digest.digest_info(&digest));
        SigningRequest {
            data,
            digest,
            digest_info,
            digest_algorithm: scheme.digest,
            signature_algorithm: scheme.signature,
            salt_length: scheme.salt_length,
            curve: scheme.curve,
        }
    }
}
