//! Digest algorithms (FIPS 180-4) by name and object identifier (RFC 5754, 2).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::{ID_SHA_256, ID_SHA_384, ID_SHA_512};
use der::Any;
use serde::{Deserialize, Serialize};
use sha2::Digest;
use spki::AlgorithmIdentifierOwned;

use crate::error::{Error, Result};
use crate::hex;

/// A digest algorithm, by its one name in every language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-256.
    #[default]
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
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == name)
            .ok_or_else(|| Error::unknown_name("digest", name, "sha256, sha384, sha512"))
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

    /// Word for an accident, if `found` is the digest of `digest` or of a text of it, instead of `digest` itself.
    pub(crate) fn digested_again(self, digest: &[u8], found: impl Fn(&[u8]) -> bool) -> Option<&'static str> {
        let hexadecimal = hex::encode(digest);
        let accidents = [
            (digest.to_vec(), "was digested again"),
            (hexadecimal.to_ascii_uppercase().into_bytes(), "was digested again as hexadecimal text"),
            (hexadecimal.into_bytes(), "was digested again as hexadecimal text"),
            (base64(digest).into_bytes(), "was digested again as base64 text"),
        ];
        accidents.into_iter().find(|(bytes, _)| found(&self.digest(&[bytes]))).map(|(_, word)| word)
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
    pub(crate) fn identifier(self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned { oid: self.oid(), parameters: None }
    }

    /// The AlgorithmIdentifier with NULL, as DigestInfo (RFC 8017, 9.2) and the parameters of PSS (RFC 4055, 2.1) have it.
    pub(crate) fn identifier_with_null(self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned { oid: self.oid(), parameters: Some(Any::null()) }
    }

    /// Reads an AlgorithmIdentifier whose parameters are absent or NULL, as RFC 5754, 2 asks of a reader.
    pub(crate) fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Option<Self> {
        identifier.parameters.as_ref().is_none_or(|parameters| parameters.to_ref().is_null()).then_some(())?;
        Self::ALL.into_iter().find(|algorithm| algorithm.oid() == identifier.oid)
    }
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
/// The name of a digest algorithm that is not supported, for a message.
pub(crate) fn unsupported_name(oid: ObjectIdentifier) -> String {
    const NAMES: [(&str, &str); 8] = [
        ("1.2.840.113549.2.5", "MD5"),
        ("1.3.14.3.2.26", "SHA-1"),
        ("1.3.36.3.2.1", "RIPEMD-160"),
        ("2.16.840.1.101.3.4.2.4", "SHA-224"),
        ("2.16.840.1.101.3.4.2.6", "SHA-512/256"),
        ("2.16.840.1.101.3.4.2.8", "SHA3-256"),
        ("2.16.840.1.101.3.4.2.9", "SHA3-384"),
        ("2.16.840.1.101.3.4.2.10", "SHA3-512"),
    ];
    let oid = oid.to_string();
    NAMES.iter().find(|(known, _)| *known == oid).map_or_else(|| format!("the digest algorithm {oid}"), |(_, name)| (*name).to_owned())
}

/// Base64 with padding (RFC 4648, 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, index| bits << 8 | usize::from(group.get(index).copied().unwrap_or(0)));
        for digit in 0..4 {
            out.push(if digit <= group.len() { char::from(DIGITS[bits >> (18 - 6 * digit) & 63]) } else { '=' });
        }
    }
    out
}
