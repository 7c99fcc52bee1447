//! The key of a certificate (RFC 5280, 4.1.2.7; RFC 4055, RFC 5480, RFC 8410).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::{ID_EC_PUBLIC_KEY, ID_RSASSA_PSS, RSA_ENCRYPTION, SECP_256_R_1, SECP_384_R_1, SECP_521_R_1};
use const_oid::db::rfc8410::ID_ED_25519;
use der::{AnyRef, Decode};
use rsa::pkcs1::RsaPublicKeyRef;
use serde::{Deserialize, Serialize};
use spki::SubjectPublicKeyInfoRef;

use super::pss::PssParameters;
use crate::digest::DigestAlgorithm;
use crate::limits::{EXPONENT, MODULUS_BITS};

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
    pub(crate) fn field_len(self) -> usize {
        match self {
            Curve::P256 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
        }
    }
}

/// A public key that signatures can be checked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// The DER of RSAPublicKey: an odd modulus of [`MODULUS_BITS`] bits, and an odd exponent of at least 3.
    Rsa {
        pkcs1: Vec<u8>,
        bits: usize,
        /// The key is named `id-RSASSA-PSS`, so it makes no other signatures (RFC 4055, 1.2).
        pss_only: bool,
        restriction: Option<Restriction>,
    },
    /// A point as SEC 1, 2.3.3 writes it, of the right length for its form.
    Ec { curve: Curve, point: Vec<u8> },
    /// A compressed point.
    Ed25519 { point: [u8; 32] },
}

/// What the parameters of a PSS key ask of its signatures: this digest, and at least so much salt. RFC 4055, 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Restriction {
    pub(crate) digest: DigestAlgorithm,
    pub(crate) salt_length: u16,
}

impl PublicKey {
    /// ```asn1
    /// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
    /// AlgorithmIdentifier  ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }
    /// ```
    /// An error says what was found where the key is not supported.
    pub(crate) fn parse(spki: &SubjectPublicKeyInfoRef<'_>) -> Result<PublicKey, String> {
        let key = spki.subject_public_key.as_bytes().ok_or("a key that is no whole number of bytes")?;
        let parameters = spki.algorithm.parameters;
        match spki.algorithm.oid {
            RSA_ENCRYPTION => rsa(key, false, None),
            ID_RSASSA_PSS => match parameters.filter(|parameters| !parameters.is_null()) {
                None => rsa(key, true, None),
                Some(parameters) => rsa(key, true, Some(restriction(parameters)?)),
            },
            ID_EC_PUBLIC_KEY => ec(parameters, key),
            ID_ED_25519 => {
                key.try_into().map(|point| PublicKey::Ed25519 { point }).map_err(|_| "an Ed25519 key that has not 32 bytes".into())
            }
            oid => Err(format!("a key of the algorithm {oid}")),
        }
    }

    /// What the key is, for a message.
    pub(crate) fn describe(&self) -> String {
        match self {
            PublicKey::Rsa { bits, pss_only: false, .. } => format!("RSA with {bits} bits"),
            PublicKey::Rsa { bits, restriction: None, .. } => format!("RSA with {bits} bits for PSS only"),
            PublicKey::Rsa { bits, restriction: Some(restriction), .. } => {
                format!("RSA with {bits} bits for PSS with {} only", restriction.digest.as_str())
            }
            PublicKey::Ec { curve, .. } => format!("ECDSA on {}", curve.as_str()),
            PublicKey::Ed25519 { .. } => "Ed25519".into(),
        }
    }
}

/// RSASSA-PSS-params of a key (RFC 4055, 3.1).
fn restriction(parameters: AnyRef<'_>) -> Result<Restriction, String> {
    let parsed = parameters.decode_as::<PssParameters>().ok().and_then(|parameters| parameters.read());
    parsed
        .map(|(digest, salt_length)| Restriction { digest, salt_length })
        .ok_or_else(|| "an RSA-PSS key whose parameters ask for another digest than SHA-2 or another mask than MGF1 with it".into())
}

/// ```asn1
/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
/// ```
/// RFC 8017, A.1.1.
fn rsa(key: &[u8], pss_only: bool, restriction: Option<Restriction>) -> Result<PublicKey, String> {
    let parsed = RsaPublicKeyRef::from_der(key).map_err(|_| "an RSA key that cannot be read")?;
    let (magnitude, exponent) = (parsed.modulus.as_bytes(), parsed.public_exponent.as_bytes());
    let bits = magnitude.len() * 8 - magnitude.first().map_or(0, |first| first.leading_zeros() as usize);
    if !MODULUS_BITS.contains(&bits) {
        return Err(format!("RSA with {bits} bits"));
    }
    if exponent.len() > 8 {
        return Err("RSA with a public exponent too large to verify with".into());
    }
    let exponent = exponent.iter().fold(0, |sum: u64, octet| sum << 8 | u64::from(*octet));
    let odd = magnitude.last().is_some_and(|last| last & 1 == 1);
    if !odd || exponent & 1 == 0 || !(3..=EXPONENT).contains(&exponent) {
        return Err("RSA with a modulus or a public exponent that no key has".into());
    }
    Ok(PublicKey::Rsa { pkcs1: key.to_vec(), bits, pss_only, restriction })
}

/// ```asn1
/// ECParameters ::= CHOICE { namedCurve OBJECT IDENTIFIER }
/// ```
/// RFC 5480, 2.1.1.
fn ec(parameters: Option<AnyRef<'_>>, key: &[u8]) -> Result<PublicKey, String> {
    let Some(named) = parameters.and_then(|parameters| parameters.decode_as::<ObjectIdentifier>().ok()) else {
        return Err("an ECDSA key whose curve is not named".into());
    };
    let curve = match named {
        SECP_256_R_1 => Curve::P256,
        SECP_384_R_1 => Curve::P384,
        SECP_521_R_1 => Curve::P521,
        oid => return Err(format!("ECDSA on the curve {oid}")),
    };
    let length = match key.first() {
        Some(2 | 3) => 1 + curve.field_len(),
        Some(4) => 1 + 2 * curve.field_len(),
        _ => 0,
    };
    if key.len() != length {
        return Err(format!("an ECDSA key on {} whose point has {} bytes", curve.as_str(), key.len()));
    }
    Ok(PublicKey::Ec { curve, point: key.to_vec() })
}
