//! Signature algorithms by name (RFC 8017, FIPS 186-5, RFC 8032), and DigestInfo.

use der::asn1::OctetString;
use der::{Encode, Sequence};
use serde::{Deserialize, Serialize};
use spki::AlgorithmIdentifierOwned;

use crate::digest::DigestAlgorithm;
use crate::error::{Error, Result};

/// A signature algorithm without its digest, by its one name in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2).
    #[serde(rename = "rsa-pkcs1")]
    RsaPkcs1,
    /// RSASSA-PSS (RFC 8017, 8.1), the mask made by MGF1 with the same digest.
    RsaPss,
    /// ECDSA (FIPS 186-5, 6).
    Ecdsa,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl SignatureAlgorithm {
    const ALL: [SignatureAlgorithm; 4] =
        [SignatureAlgorithm::RsaPkcs1, SignatureAlgorithm::RsaPss, SignatureAlgorithm::Ecdsa, SignatureAlgorithm::Ed25519];

    /// The name: `rsa-pkcs1`, `rsa-pss`, `ecdsa` or `ed25519`.
    pub fn as_str(self) -> &'static str {
        match self {
            SignatureAlgorithm::RsaPkcs1 => "rsa-pkcs1",
            SignatureAlgorithm::RsaPss => "rsa-pss",
            SignatureAlgorithm::Ecdsa => "ecdsa",
            SignatureAlgorithm::Ed25519 => "ed25519",
        }
    }

    /// The algorithm of this name. Errors: `ERR_ALGORITHM_UNKNOWN`.
    pub fn parse(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name);
        found.ok_or_else(|| Error::unknown_name("signature", name, "rsa-pkcs1, rsa-pss, ecdsa, ed25519"))
    }
}

/// ```asn1
/// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
/// ```
/// RFC 8017, 9.2.
#[derive(Sequence)]
pub(crate) struct DigestInfo {
    pub(crate) digest_algorithm: AlgorithmIdentifierOwned,
    pub(crate) digest: OctetString,
}

impl DigestInfo {
    /// DER of a DigestInfo around `digest`.
    pub(crate) fn write(algorithm: DigestAlgorithm, digest: &[u8]) -> Vec<u8> {
        let make = || DigestInfo { digest_algorithm: algorithm.identifier_with_null(), digest: OctetString::new(digest)? }.to_der();
        // A digest is never too long for an OCTET STRING.
        make().unwrap_or_default()
    }
}
