//! Digest and signature algorithms by name and object identifier (RFC 5754, RFC 8017).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::{ID_SHA_256, ID_SHA_384, ID_SHA_512};
use der::asn1::OctetString;
use der::{Any, Encode, Sequence};
use serde::{Deserialize, Serialize};
use sha2::Digest;
use spki::AlgorithmIdentifierOwned;

use crate::error::{Code, Result};

/// A digest algorithm, by its one name in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    /// All of them, the shortest first.
    pub(crate) const ALL: [DigestAlgorithm; 3] = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];

    /// The name: `sha256`, `sha384` or `sha512`.
    pub fn as_str(self) -> &'static str {
        match self {
            DigestAlgorithm::Sha256 => "sha256",
            DigestAlgorithm::Sha384 => "sha384",
            DigestAlgorithm::Sha512 => "sha512",
        }
    }

    /// The algorithm of this name. Errors: `ERR_ALGORITHM_UNKNOWN`.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name).ok_or_else(|| unknown("digest", name, "sha256, sha384, sha512"))
    }

    /// The length of a digest, in bytes.
    pub fn output_len(self) -> usize {
        match self {
            DigestAlgorithm::Sha256 => 32,
            DigestAlgorithm::Sha384 => 48,
            DigestAlgorithm::Sha512 => 64,
        }
    }

    /// The digest of `parts`, one after the other.
    pub fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        let mut hasher = Hasher::new(self);
        parts.iter().for_each(|part| hasher.update(part));
        hasher.digest()
    }

    /// Its object identifier. RFC 5754, 2.
    fn oid(self) -> ObjectIdentifier {
        match self {
            DigestAlgorithm::Sha256 => ID_SHA_256,
            DigestAlgorithm::Sha384 => ID_SHA_384,
            DigestAlgorithm::Sha512 => ID_SHA_512,
        }
    }

    /// The AlgorithmIdentifier, without parameters as RFC 5754, 2 asks of a writer.
    pub(super) fn identifier(self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned { oid: self.oid(), parameters: None }
    }

    /// The AlgorithmIdentifier with NULL, as DigestInfo (RFC 8017, 9.2) and the parameters of PSS (RFC 4055, 2.1) have it.
    pub(super) fn identifier_with_null(self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned { oid: self.oid(), parameters: Some(Any::null()) }
    }

    /// Reads an AlgorithmIdentifier whose parameters are absent or NULL, as RFC 5754, 2 asks of a reader.
    pub(super) fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Option<Self> {
        identifier.parameters.as_ref().is_none_or(|parameters| parameters.to_ref().is_null()).then_some(())?;
        Self::ALL.into_iter().find(|algorithm| algorithm.oid() == identifier.oid)
    }

    /// The DER of a [`DigestInfo`] around `digest`.
    pub(super) fn digest_info(self, digest: &[u8]) -> Vec<u8> {
        let make = || DigestInfo { digest_algorithm: self.identifier_with_null(), digest: OctetString::new(digest)? }.to_der();
        // A digest is never too long for an OCTET STRING.
        make().unwrap_or_default()
    }
}

/// ```asn1
/// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
/// ```
/// RFC 8017, 9.2.
#[derive(Sequence)]
pub(super) struct DigestInfo {
    pub(super) digest_algorithm: AlgorithmIdentifierOwned,
    pub(super) digest: OctetString,
}

/// A digest in the making. A clone keeps the state, so that one document can be digested with several ends.
#[derive(Clone, Debug)]
pub struct Hasher(State);

#[derive(Clone, Debug)]
enum State {
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Hasher {
    /// A hasher that has seen nothing.
    pub fn new(algorithm: DigestAlgorithm) -> Self {
        Hasher(match algorithm {
            DigestAlgorithm::Sha256 => State::Sha256(sha2::Sha256::new()),
            DigestAlgorithm::Sha384 => State::Sha384(sha2::Sha384::new()),
            DigestAlgorithm::Sha512 => State::Sha512(sha2::Sha512::new()),
        })
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha256(state) => state.update(bytes),
            State::Sha384(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
        }
    }

    /// The digest of all bytes taken in.
    ///
    /// It may go on: what is taken in later belongs to a later digest.
    pub fn digest(&self) -> Vec<u8> {
        match self.0.clone() {
            State::Sha256(state) => state.finalize().to_vec(),
            State::Sha384(state) => state.finalize().to_vec(),
            State::Sha512(state) => state.finalize().to_vec(),
        }
    }
}

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
        found.ok_or_else(|| unknown("signature", name, "rsa-pkcs1, rsa-pss, ecdsa, ed25519"))
    }
}

fn unknown(kind: &str, name: &str, names: &str) -> crate::error::Error {
    let name: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
    Code::AlgorithmUnknown.because(format!("there is no {kind} algorithm `{name}` (there are {names})"))
}

/// A curve of ECDSA (FIPS 186-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-256, secp256r1.
    P256,
    /// NIST P-384, secp384r1.
    P384,
    /// NIST P-521, secp521r1.
    P521,
}

impl Curve {
    /// The name: `p256`, `p384` or `p521`.
    pub fn as_str(self) -> &'static str {
        match self {
            Curve::P256 => "p256",
            Curve::P384 => "p384",
            Curve::P521 => "p521",
        }
    }

    /// The length of a field element and of r and s, in bytes.
    pub(super) fn field_len(self) -> usize {
        match self {
            Curve::P256 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
        }
    }
}
