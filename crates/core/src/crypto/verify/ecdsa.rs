//! ECDSA (FIPS 186-5, 6.4) with the forms of its value: DER (RFC 3279, 2.2.3), and r‖s as key stores give it.

use der::asn1::UintRef;
use der::{Decode, Encode, Sequence};
use p256::ecdsa::signature::hazmat::PrehashVerifier;

use super::Refusal;
use crate::digest::DigestAlgorithm;
use crate::error::Code;
use crate::x509::Curve;

macro_rules! on_curve {
    ($curve:expr, $module:ident => $body:expr) => {
        match $curve {
            Curve::P256 => {
                use p256 as $module;
                $body
            }
            Curve::P384 => {
                use p384 as $module;
                $body
            }
            Curve::P521 => {
                use p521 as $module;
                $body
            }
        }
    };
}

/// ```asn1
/// ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }
/// ```
/// RFC 3279, 2.2.3. The type of the crate `ecdsa` does not tell a number that is too long from broken DER.
#[derive(Sequence)]
struct SigValue<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// Verifies DER or r‖s; returns DER.
pub(super) fn verify(curve: Curve, point: &[u8], digest: DigestAlgorithm, data: &[u8], raw: &[u8]) -> Result<Vec<u8>, Refusal> {
    let fixed = fixed(curve, raw)?;
    let hash = digest.digest(&[data]);
    match prehashed(curve, point, &hash, &fixed) {
        Some(true) => return Ok(encode(&fixed)),
        Some(false) => {}
        None => return Err(Refusal::new(Code::SignatureFormat, "r or s of the signature is zero or not below the order of the curve")),
    }
    let verifies = |hash: &[u8]| prehashed(curve, point, hash, &fixed) == Some(true);
    if let Some(word) = digest.digested_again(&hash, verifies) {
        return Err(Refusal::double_digest(word));
    }
    for other in DigestAlgorithm::ALL.into_iter().filter(|other| *other != digest) {
        let hash = other.digest(&[data]);
        if verifies(&hash) {
            let text = format!("the signature was made with {} where {} is wanted", other.as_str(), digest.as_str());
            return Err(Refusal::new(Code::SignatureOtherData, text));
        }
    }
    Err(Refusal::plain(Code::SignatureMismatch))
}

/// DER from DER or r‖s, not verified.
pub(super) fn to_der(curve: Curve, raw: &[u8]) -> Result<Vec<u8>, Refusal> {
    Ok(encode(&fixed(curve, raw)?))
}

/// Whether r and s are positive and below the order of the curve.
pub(super) fn is_in_range(curve: Curve, raw: &[u8]) -> bool {
    fixed(curve, raw).is_ok_and(|fixed| on_curve!(curve, module => module::ecdsa::Signature::from_slice(&fixed).is_ok()))
}

/// The two numbers as r‖s, each as long as a field element.
fn fixed(curve: Curve, raw: &[u8]) -> Result<Vec<u8>, Refusal> {
    let field = curve.field_len();
    let parsed = SigValue::from_der(raw).ok().map(|value| (value.r.as_bytes(), value.s.as_bytes()));
    match parsed {
        Some((r, s)) if r.len() <= field && s.len() <= field => {
            let padded = |number: &[u8]| [vec![0; field - number.len()], number.to_vec()].concat();
            Ok([padded(r), padded(s)].concat())
        }
        _ if raw.len() == 2 * field => Ok(raw.to_vec()),
        Some(_) => Err(Refusal::new(
            Code::SignatureLength,
            format!("r or s of the signature is longer than {field} bytes, which {} gives", curve.as_str()),
        )),
        None if raw.first() == Some(&0x30) && raw.len() < 2 * field + 16 => Err(Refusal::new(
            Code::SignatureFormat,
            "the signature begins like DER, but is no SEQUENCE of two positive INTEGERs in their shortest form",
        )),
        None => {
            let text = format!(
                "the signature has {} bytes where ECDSA on {} gives r and s of {field} bytes each, or DER",
                raw.len(),
                curve.as_str()
            );
            Err(Refusal::new(Code::SignatureLength, text))
        }
    }
}

fn encode(fixed: &[u8]) -> Vec<u8> {
    let (r, s) = fixed.split_at(fixed.len() / 2);
    let encode = || SigValue { r: UintRef::new(r)?, s: UintRef::new(s)? }.to_der();
    // Two numbers of the length of a field element are never too long.
    encode().unwrap_or_default()
}

/// Whether the point is one of the curve.
pub(super) fn is_on_curve(curve: Curve, point: &[u8]) -> bool {
    on_curve!(curve, module => module::ecdsa::VerifyingKey::from_sec1_bytes(point).is_ok())
}

/// `None` where r or s is out of range.
fn prehashed(curve: Curve, point: &[u8], hash: &[u8], fixed: &[u8]) -> Option<bool> {
    // A digest shorter than half a field element is refused by the crate; with zeros in front it is the same number.
    let mut padded = vec![0; (curve.field_len() / 2 + 1).saturating_sub(hash.len())];
    padded.extend_from_slice(hash);
    on_curve!(curve, module => {
        let signature = module::ecdsa::Signature::from_slice(fixed).ok()?;
        let key = module::ecdsa::VerifyingKey::from_sec1_bytes(point);
        Some(key.is_ok_and(|key| key.verify_prehash(&padded, &signature).is_ok()))
    })
}
