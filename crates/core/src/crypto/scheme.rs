//! Which algorithm a key signs with, and how CMS names it (RFC 5754, RFC 4055, RFC 4056, RFC 5758, RFC 8419).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::{
    ECDSA_WITH_SHA_256, ECDSA_WITH_SHA_384, ECDSA_WITH_SHA_512, ID_RSASSA_PSS, RSA_ENCRYPTION, SHA_256_WITH_RSA_ENCRYPTION,
    SHA_384_WITH_RSA_ENCRYPTION, SHA_512_WITH_RSA_ENCRYPTION,
};
use const_oid::db::rfc8410::ID_ED_25519;
use der::Any;
use serde::{Deserialize, Serialize};
use spki::AlgorithmIdentifierOwned;

use super::algorithm::SignatureAlgorithm;
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::x509::Certificate;
use crate::x509::Curve;
use crate::x509::PssParameters;
use crate::x509::PublicKey;

/// How a signature is made: the algorithm with all its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scheme {
    /// The algorithm.
    pub(crate) signature: SignatureAlgorithm,
    /// Digests the content, the signed attributes and, in PSS, the mask.
    pub(crate) digest: DigestAlgorithm,
    /// The curve of ECDSA.
    pub(crate) curve: Option<Curve>,
    /// The length of the salt of PSS, in bytes.
    pub(crate) salt_length: Option<u16>,
}

impl Scheme {
    /// The scheme for the key of `certificate`; what is not asked for is chosen by the key.
    ///
    /// SHA-256 for RSA and P-256, SHA-384 for P-384, SHA-512 for P-521 and Ed25519, the digest of its parameters for a key
    /// that is for PSS only. Errors: `ERR_ALGORITHM_MISMATCH`, `ERR_CERTIFICATE_KEY`.
    pub(crate) fn choose(
        certificate: &Certificate,
        signature: Option<SignatureAlgorithm>,
        digest: Option<DigestAlgorithm>,
    ) -> Result<Scheme> {
        let key = certificate.key()?;
        let mismatch = |asked: &str| {
            Err(Code::AlgorithmMismatch.because(format!("{asked} does not fit the certificate, whose key is {}", key.describe())))
        };
        let default = match key {
            PublicKey::Rsa { pss_only: false, .. } => SignatureAlgorithm::RsaPkcs1,
            PublicKey::Rsa { pss_only: true, .. } => SignatureAlgorithm::RsaPss,
            PublicKey::Ec { .. } => SignatureAlgorithm::Ecdsa,
            PublicKey::Ed25519 { .. } => SignatureAlgorithm::Ed25519,
        };
        let signature = signature.unwrap_or(default);
        let plain_rsa = matches!(key, PublicKey::Rsa { pss_only: false, .. });
        if signature != default && !(plain_rsa && signature == SignatureAlgorithm::RsaPss) {
            return mismatch(signature.as_str());
        }
        let required = match key {
            PublicKey::Rsa { restriction: Some(restriction), .. } => Some(restriction.digest),
            PublicKey::Ed25519 { .. } => Some(DigestAlgorithm::Sha512),
            _ => None,
        };
        let preferred = match key {
            PublicKey::Ec { curve: Curve::P384, .. } => DigestAlgorithm::Sha384,
            PublicKey::Ec { curve: Curve::P521, .. } => DigestAlgorithm::Sha512,
            _ => DigestAlgorithm::Sha256,
        };
        let digest = digest.or(required).unwrap_or(preferred);
        if required.is_some_and(|required| required != digest) {
            return mismatch(digest.as_str());
        }
        let curve = if let PublicKey::Ec { curve, .. } = key { Some(*curve) } else { None };
        let salt_length = (signature == SignatureAlgorithm::RsaPss).then(|| match key {
            PublicKey::Rsa { restriction: Some(restriction), .. } => restriction.salt_length.max(digest.output_len() as u16),
            _ => digest.output_len() as u16,
        });
        Ok(Scheme { signature, digest, curve, salt_length })
    }

    /// The scheme for a key that is not known yet. The digest is SHA-256 if none is asked for, and SHA-512 for Ed25519.
    ///
    /// Errors: `ERR_ALGORITHM_MISMATCH`.
    pub(crate) fn announced(signature: SignatureAlgorithm, digest: Option<DigestAlgorithm>) -> Result<Scheme> {
        let required = (signature == SignatureAlgorithm::Ed25519).then_some(DigestAlgorithm::Sha512);
        let digest = digest.or(required).unwrap_or(DigestAlgorithm::Sha256);
        if required.is_some_and(|required| required != digest) {
            return Err(Code::AlgorithmMismatch
                .because(format!("{} does not fit {}", digest.as_str(), signature.as_str()))
                .with_remedy("leave `digestAlgorithm` out, or give sha512"));
        }
        let salt_length = (signature == SignatureAlgorithm::RsaPss).then(|| digest.output_len() as u16);
        Ok(Scheme { signature, digest, curve: None, salt_length })
    }

    /// Whether it works on a curve: ECDSA or EdDSA.
    pub(crate) fn is_elliptic(&self) -> bool {
        matches!(self.signature, SignatureAlgorithm::Ecdsa | SignatureAlgorithm::Ed25519)
    }

    /// Whether it is EdDSA.
    pub(crate) fn is_edwards(&self) -> bool {
        self.signature == SignatureAlgorithm::Ed25519
    }

    /// The AlgorithmIdentifier of the signature, as SignerInfo names it.
    ///
    /// RSA is `rsaEncryption` with NULL (RFC 3370, 3.2), which every reader knows; PSS has explicit parameters (RFC 4056, 3);
    /// ECDSA and Ed25519 have none (RFC 5754, 3.3; RFC 8419, 2.2).
    pub(crate) fn identifier(&self) -> der::Result<AlgorithmIdentifierOwned> {
        let (oid, parameters) = match self.signature {
            SignatureAlgorithm::RsaPkcs1 => (RSA_ENCRYPTION, Some(Any::null())),
            SignatureAlgorithm::RsaPss => {
                let parameters = PssParameters::make(self.digest, self.salt_length.unwrap_or_default());
                (ID_RSASSA_PSS, Some(Any::encode_from(&parameters)?))
            }
            SignatureAlgorithm::Ecdsa => (ecdsa_with(self.digest), None),
            SignatureAlgorithm::Ed25519 => (ID_ED_25519, None),
        };
        Ok(AlgorithmIdentifierOwned { oid, parameters })
    }

    /// The AlgorithmIdentifier of the signature, as certificates and their requests name it: with its digest (RFC 4055, 5).
    pub(crate) fn certificate_identifier(&self) -> der::Result<AlgorithmIdentifierOwned> {
        match self.signature {
            SignatureAlgorithm::RsaPkcs1 => Ok(AlgorithmIdentifierOwned { oid: rsa_with(self.digest), parameters: Some(Any::null()) }),
            _ => self.identifier(),
        }
    }

    /// The scheme that a SignerInfo names by its two AlgorithmIdentifiers, for this key. `None` where they are not
    /// supported, contradict one another or do not fit the key.
    pub(crate) fn from_identifiers(digest: DigestAlgorithm, signature: &AlgorithmIdentifierOwned, key: &PublicKey) -> Option<Scheme> {
        let AlgorithmIdentifierOwned { oid, parameters } = signature;
        let null = parameters.as_ref().is_none_or(|parameters| parameters.to_ref().is_null());
        let scheme = |signature| Scheme { signature, digest, curve: None, salt_length: None };
        match key {
            PublicKey::Rsa { restriction, .. } if *oid == ID_RSASSA_PSS => {
                let (hash, salt) = parameters.as_ref()?.decode_as::<PssParameters>().ok()?.read()?;
                let fits = restriction.is_none_or(|restriction| restriction.digest == digest && restriction.salt_length <= salt);
                // Without a salt PSS is deterministic, and validators refuse it (RFC 8017, 9.1; EN 319 142-1 through TS 119 312).
                (hash == digest && fits && salt > 0).then(|| Scheme { salt_length: Some(salt), ..scheme(SignatureAlgorithm::RsaPss) })
            }
            PublicKey::Rsa { pss_only, .. } => {
                let fits = !pss_only && null && [RSA_ENCRYPTION, rsa_with(digest)].contains(oid);
                fits.then(|| scheme(SignatureAlgorithm::RsaPkcs1))
            }
            PublicKey::Ec { curve, .. } => {
                let fits = parameters.is_none() && *oid == ecdsa_with(digest); // RFC 5758, 3.2
                fits.then(|| Scheme { curve: Some(*curve), ..scheme(SignatureAlgorithm::Ecdsa) })
            }
            PublicKey::Ed25519 { .. } => (parameters.is_none() && *oid == ID_ED_25519).then(|| scheme(SignatureAlgorithm::Ed25519)),
        }
    }
}

/// ECDSA with this digest. RFC 5758, 3.2.
fn ecdsa_with(digest: DigestAlgorithm) -> ObjectIdentifier {
    match digest {
        DigestAlgorithm::Sha256 => ECDSA_WITH_SHA_256,
        DigestAlgorithm::Sha384 => ECDSA_WITH_SHA_384,
        DigestAlgorithm::Sha512 => ECDSA_WITH_SHA_512,
    }
}

/// PKCS #1 v1.5 with this digest, as some name it in CMS, too. RFC 5754, 3.2.
fn rsa_with(digest: DigestAlgorithm) -> ObjectIdentifier {
    match digest {
        DigestAlgorithm::Sha256 => SHA_256_WITH_RSA_ENCRYPTION,
        DigestAlgorithm::Sha384 => SHA_384_WITH_RSA_ENCRYPTION,
        DigestAlgorithm::Sha512 => SHA_512_WITH_RSA_ENCRYPTION,
    }
}
