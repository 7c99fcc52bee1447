//! The key of a certificate (RFC 5280, 4.1.2.7; RFC 4055, RFC 5480, RFC 8410).

use std::ops::Range;

use super::algorithm::{Curve, DigestAlgorithm, pss_parameters};
use super::der::{self, Element};
use super::{EXPONENT, MODULUS_BITS, oid};

/// A public key, by where its parts lie in the certificate's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// An odd modulus of [`MODULUS_BITS`] bits without leading zeros, and an odd exponent of at least 3.
    Rsa {
        modulus: Range<usize>,
        bits: usize,
        exponent: u64,
        /// The key is named `id-RSASSA-PSS`, so it makes no other signatures (RFC 4055, 1.2).
        pss_only: bool,
        restriction: Option<Restriction>,
    },
    /// A point as SEC 1, 2.3.3 writes it, of the right length for its form.
    Ec { curve: Curve, point: Range<usize> },
    /// A compressed point.
    Ed25519 { point: [u8; 32] },
}

/// What the parameters of a PSS key ask of its signatures: this digest, and at least so much salt. RFC 4055, 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Restriction {
    pub(super) digest: DigestAlgorithm,
    pub(super) salt_length: u16,
}

impl PublicKey {
    /// ```asn1
    /// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
    /// AlgorithmIdentifier  ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }
    /// ```
    /// `None` where this is broken, `Some(Err)` with what was found where the key is not supported.
    pub(super) fn parse(spki: &Element<'_>) -> Option<Result<PublicKey, String>> {
        let mut reader = spki.reader();
        let mut identifier = reader.expect(der::SEQUENCE)?.reader();
        let bits = reader.expect(der::BIT_STRING)?;
        reader.end()?;
        let algorithm = identifier.expect(der::OID)?.value;
        let parameters = if identifier.is_empty() { None } else { Some(identifier.element()?) };
        identifier.end()?;
        let key = bits.value.split_first().filter(|(unused, _)| **unused == 0)?.1;
        let at = bits.value_range().start + 1;

        Some(if algorithm == oid::RSA_ENCRYPTION {
            rsa(key, at, false, None)
        } else if algorithm == oid::RSASSA_PSS {
            match parameters.filter(|parameters| parameters.tag != der::NULL) {
                None => rsa(key, at, true, None),
                Some(parameters) => match pss_parameters(&parameters) {
                    Some((digest, salt_length)) => rsa(key, at, true, Some(Restriction { digest, salt_length })),
                    None => {
                        Err("an RSA-PSS key whose parameters ask for another digest than SHA-2 or another mask than MGF1 with it".into())
                    }
                },
            }
        } else if algorithm == oid::EC_PUBLIC_KEY {
            ec(&parameters, key, at)
        } else if algorithm == oid::ED25519 {
            key.try_into().map(|point| PublicKey::Ed25519 { point }).map_err(|_| "an Ed25519 key that has not 32 bytes".into())
        } else {
            Err(format!("a key of the algorithm {}", oid::dotted(algorithm)))
        })
    }

    /// What the key is, for a message.
    pub(super) fn describe(&self) -> String {
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

/// ```asn1
/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
/// ```
/// RFC 8017, A.1.1.
fn rsa(key: &[u8], at: usize, pss_only: bool, restriction: Option<Restriction>) -> Result<PublicKey, String> {
    let parse = || {
        let mut reader = der::only(key, der::SEQUENCE)?.reader();
        let (modulus, exponent) = (reader.expect(der::INTEGER)?, reader.expect(der::INTEGER)?);
        reader.end()?;
        let magnitude = der::magnitude(modulus.value)?;
        let end = at + modulus.value_range().end;
        Some((end - magnitude.len()..end, magnitude, der::magnitude(exponent.value)?))
    };
    let (modulus, magnitude, exponent) = parse().ok_or("an RSA key that cannot be read")?;
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
    Ok(PublicKey::Rsa { modulus, bits, exponent, pss_only, restriction })
}

/// ```asn1
/// ECParameters ::= CHOICE { namedCurve OBJECT IDENTIFIER }
/// ```
/// RFC 5480, 2.1.1.
fn ec(parameters: &Option<Element<'_>>, key: &[u8], at: usize) -> Result<PublicKey, String> {
    let Some(named) = parameters.filter(|parameters| parameters.tag == der::OID) else {
        return Err("an ECDSA key whose curve is not named".into());
    };
    let curve = match named.value {
        oid if oid == oid::P256 => Curve::P256,
        oid if oid == oid::P384 => Curve::P384,
        oid if oid == oid::P521 => Curve::P521,
        oid => return Err(format!("ECDSA on the curve {}", oid::dotted(oid))),
    };
    let length = match key.first() {
        Some(2 | 3) => 1 + curve.field_len(),
        Some(4) => 1 + 2 * curve.field_len(),
        _ => 0,
    };
    if key.len() != length {
        return Err(format!("an ECDSA key on {} whose point has {} bytes", curve.as_str(), key.len()));
    }
    Ok(PublicKey::Ec { curve, point: at..at + key.len() })
}
