//! Digest algorithms of integrity codes: SHA-2, and SHA-3 (FIPS 202), which some writers use there alone.

use const_oid::ObjectIdentifier;
use const_oid::db::fips202::{ID_SHA_3_256, ID_SHA_3_384, ID_SHA_3_512};
use sha3::{Digest, Sha3_256, Sha3_384, Sha3_512};
use spki::AlgorithmIdentifierOwned;

use crate::digest::{DigestAlgorithm, Hasher};

/// Digest algorithm of an integrity code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MacDigest {
    Sha2(DigestAlgorithm),
    Sha3(Sha3),
}

/// SHA-3 by the length of its digest in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sha3 {
    Bits256,
    Bits384,
    Bits512,
}

impl MacDigest {
    /// The algorithm of an AlgorithmIdentifier, where it is known.
    pub(super) fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Option<Self> {
        let known: [(ObjectIdentifier, Sha3); 3] =
            [(ID_SHA_3_256, Sha3::Bits256), (ID_SHA_3_384, Sha3::Bits384), (ID_SHA_3_512, Sha3::Bits512)];
        let sha3 = known.into_iter().find(|(oid, _)| *oid == identifier.oid).map(|(_, sha3)| MacDigest::Sha3(sha3));
        sha3.or_else(|| DigestAlgorithm::from_identifier(identifier).map(MacDigest::Sha2))
    }

    /// The digest of `data`.
    pub(super) fn digest(self, data: &[u8]) -> Vec<u8> {
        let mut hasher = MacHasher::new(self);
        hasher.update(data);
        hasher.digest()
    }
}

/// A digest of an integrity code in the making.
pub(crate) enum MacHasher {
    Sha2(Hasher),
    Sha3Of256(Sha3_256),
    Sha3Of384(Sha3_384),
    Sha3Of512(Sha3_512),
}

impl MacHasher {
    pub(crate) fn new(algorithm: MacDigest) -> Self {
        match algorithm {
            MacDigest::Sha2(algorithm) => MacHasher::Sha2(Hasher::new(algorithm)),
            MacDigest::Sha3(Sha3::Bits256) => MacHasher::Sha3Of256(Sha3_256::new()),
            MacDigest::Sha3(Sha3::Bits384) => MacHasher::Sha3Of384(Sha3_384::new()),
            MacDigest::Sha3(Sha3::Bits512) => MacHasher::Sha3Of512(Sha3_512::new()),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            MacHasher::Sha2(hasher) => hasher.update(bytes),
            MacHasher::Sha3Of256(hasher) => hasher.update(bytes),
            MacHasher::Sha3Of384(hasher) => hasher.update(bytes),
            MacHasher::Sha3Of512(hasher) => hasher.update(bytes),
        }
    }

    pub(crate) fn digest(self) -> Vec<u8> {
        match self {
            MacHasher::Sha2(hasher) => hasher.digest(),
            MacHasher::Sha3Of256(hasher) => hasher.finalize().to_vec(),
            MacHasher::Sha3Of384(hasher) => hasher.finalize().to_vec(),
            MacHasher::Sha3Of512(hasher) => hasher.finalize().to_vec(),
        }
    }
}
