//! What the key holder is asked to sign.

use super::algorithm::{Curve, DigestAlgorithm, SignatureAlgorithm};
use super::scheme::Scheme;

/// A raw signature that is wanted: the bytes to be signed, in each form that a key store may want them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningRequest {
    /// The bytes to be signed, for a key store that hashes by itself.
    pub data: Vec<u8>,
    /// The digest of `data`, for one that does not. Ed25519 signs `data`: there it is for information only.
    pub digest: Vec<u8>,
    /// The DER of DigestInfo around `digest` (RFC 8017, 9.2), for raw RSA such as `CKM_RSA_PKCS`. `rsa-pkcs1` only.
    pub digest_info: Option<Vec<u8>>,
    /// The algorithm of `digest`.
    pub digest_algorithm: DigestAlgorithm,
    /// The algorithm of the signature.
    pub signature_algorithm: SignatureAlgorithm,
    /// The length of the salt, in bytes. `rsa-pss` only.
    pub salt_length: Option<u16>,
    /// The curve. `ecdsa` only.
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
