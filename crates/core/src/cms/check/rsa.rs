//! RSA (RFC 8017): the encoded message is recovered once, and what it holds says what was signed, and how.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use super::super::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use super::super::der::{self, OCTET_STRING, SEQUENCE};
use super::super::scheme::Scheme;
use super::Refusal;
use crate::error::Code;

/// Verifies a signature that has the length of the modulus.
pub(super) fn verify(modulus: &[u8], bits: usize, exponent: u64, scheme: &Scheme, data: &[u8], raw: &[u8]) -> Result<(), Refusal> {
    let Some(message) = recover(modulus, exponent, raw) else {
        return Err(Refusal::new(
            Code::SignatureMismatch,
            "the signature, read as a number, is not below the modulus of the certificate's key",
        ));
    };
    let hash = scheme.digest.digest(&[data]);
    if scheme.signature == SignatureAlgorithm::RsaPss {
        pss(&message, bits, scheme, data, &hash)
    } else {
        pkcs1(&message, bits, scheme, data, &hash)
    }
}

/// RSAVP1: signature ^ exponent mod modulus, as long as the modulus. RFC 8017, 5.2.2.
///
/// Everything here is public, so variable time is fine; the private-key code of `rsa` takes twice as long.
fn recover(modulus: &[u8], exponent: u64, raw: &[u8]) -> Option<Vec<u8>> {
    let precision = u32::try_from(modulus.len()).ok()?.div_ceil(8) * 64;
    let modulus_number = Odd::new(BoxedUint::from_be_slice(modulus, precision).ok()?).into_option()?;
    let signature = BoxedUint::from_be_slice(raw, precision).ok()?;
    if signature >= *modulus_number.as_ref() {
        return None;
    }
    let parameters = BoxedMontyParams::new_vartime(modulus_number);
    let base = BoxedMontyForm::new(signature, &parameters);
    let mut power = base.clone();
    let below_highest = 63u32.checked_sub(exponent.leading_zeros())?;
    for bit in (0..below_highest).rev() {
        power = power.square();
        if exponent >> bit & 1 == 1 {
            power *= &base;
        }
    }
    let octets = power.retrieve().to_be_bytes();
    octets.get(octets.len().checked_sub(modulus.len())?..).map(<[u8]>::to_vec)
}

/// RSASSA-PKCS1-v1_5. RFC 8017, 8.2.2.
fn pkcs1(message: &[u8], bits: usize, scheme: &Scheme, data: &[u8], hash: &[u8]) -> Result<(), Refusal> {
    let info = scheme.digest.digest_info(hash);
    let Some(content) = unpad(message) else {
        // With so little salt the padding has a hundred zeros and more, which do not come about by chance.
        let is_pss = |digest| Encoded::decode(message, bits, digest).is_some_and(|encoded| encoded.salt.len() <= 64);
        return Err(match DigestAlgorithm::ALL.into_iter().any(is_pss) {
            true => Refusal::new(Code::SignatureScheme, "the signature was made by RSA-PSS where PKCS #1 v1.5 is wanted"),
            _ if message.ends_with(hash) || message.ends_with(&info) => {
                Refusal::new(Code::SignatureScheme, "the signature was made by RSA without padding")
            }
            _ => Refusal::plain(Code::SignatureMismatch),
        });
    };
    if content == info {
        return Ok(());
    }
    Err(pkcs1_cause(content, scheme.digest, data, hash, &info))
}

/// What was signed instead: the padding shows that the key is the right one.
fn pkcs1_cause(content: &[u8], digest: DigestAlgorithm, data: &[u8], hash: &[u8], info: &[u8]) -> Refusal {
    if content == hash {
        return Refusal::plain(Code::SignatureNoDigestInfo);
    }
    let parsed = || {
        let mut reader = der::only(content, SEQUENCE)?.reader();
        let algorithm = DigestAlgorithm::from_identifier(&reader.expect(SEQUENCE)?)?;
        let signed = reader.expect(OCTET_STRING)?.value;
        reader.end()?;
        Some((algorithm, signed))
    };
    let Some((algorithm, signed)) = parsed() else {
        return Refusal::plain(Code::SignatureOtherData);
    };
    if signed == algorithm.digest(&[hash]) {
        Refusal::plain(Code::SignatureDoubleDigest)
    } else if signed == algorithm.digest(&[info]) {
        Refusal::new(Code::SignatureDoubleDigest, "the DigestInfo was digested again before it was signed")
    } else if signed == info {
        Refusal::new(Code::SignatureDoubleDigest, "the DigestInfo was wrapped into another one before it was signed")
    } else if algorithm != digest && signed == algorithm.digest(&[data]) {
        let text = format!("the signature was made with {} where {} is wanted", algorithm.as_str(), digest.as_str());
        Refusal::new(Code::SignatureOtherData, text)
    } else if signed == hash {
        Refusal::new(Code::SignatureFormat, "the DigestInfo in the signature names its digest otherwise than by RFC 8017")
    } else {
        Refusal::plain(Code::SignatureOtherData)
    }
}

/// The content of EMSA-PKCS1-v1_5: `00 01 FF … FF 00 content`. RFC 8017, 9.2.
fn unpad(message: &[u8]) -> Option<&[u8]> {
    let padded = message.strip_prefix(&[0, 1])?;
    let ones = padded.iter().take_while(|octet| **octet == 0xff).count();
    (ones >= 8).then_some(())?;
    padded.get(ones..)?.strip_prefix(&[0])
}

/// RSASSA-PSS. RFC 8017, 8.1.2.
fn pss(message: &[u8], bits: usize, scheme: &Scheme, data: &[u8], hash: &[u8]) -> Result<(), Refusal> {
    let wanted = scheme.salt_length.map_or(hash.len(), usize::from);
    let decoded = Encoded::decode(message, bits, scheme.digest);
    if let Some(encoded) = &decoded {
        if encoded.salt.len() == wanted && encoded.is_of(scheme.digest, hash) {
            return Ok(());
        }
        if encoded.is_of(scheme.digest, hash) {
            let text = format!("the salt of the PSS signature has {} bytes where {wanted} are wanted", encoded.salt.len());
            return Err(Refusal::new(Code::SignatureSaltLength, text));
        }
        if encoded.is_of(scheme.digest, &scheme.digest.digest(&[hash])) {
            return Err(Refusal::plain(Code::SignatureDoubleDigest));
        }
        if encoded.salt.len() == wanted {
            return Err(Refusal::plain(Code::SignatureOtherData));
        }
    }
    if unpad(message).is_some() {
        return Err(Refusal::new(Code::SignatureScheme, "the signature was made by RSA PKCS #1 v1.5 where PSS is wanted"));
    }
    for other in DigestAlgorithm::ALL.into_iter().filter(|other| *other != scheme.digest) {
        if Encoded::decode(message, bits, other).is_some_and(|encoded| encoded.is_of(other, &other.digest(&[data]))) {
            let text = format!("the signature was made with {} where {} is wanted", other.as_str(), scheme.digest.as_str());
            return Err(Refusal::new(Code::SignatureOtherData, text));
        }
    }
    Err(Refusal::plain(Code::SignatureMismatch))
}

/// What EMSA-PSS holds, its padding seen to be right. RFC 8017, 9.1.2.
struct Encoded {
    digest: Vec<u8>,
    salt: Vec<u8>,
}

impl Encoded {
    /// Takes `00… maskedDB ‖ H ‖ bc` apart, of `bits - 1` bits; the salt may have any length.
    fn decode(message: &[u8], bits: usize, algorithm: DigestAlgorithm) -> Option<Encoded> {
        let length = (bits - 1).div_ceil(8);
        let (front, encoded) = message.split_at_checked(message.len().checked_sub(length)?)?;
        let content = encoded.strip_suffix(&[0xbc])?;
        let (masked, digest) = content.split_at_checked(content.len().checked_sub(algorithm.output_len())?)?;
        let unused = 8 * length - (bits - 1);
        let clear = 0xff_u8.checked_shr(unused as u32)?;
        if front.iter().any(|octet| *octet != 0) || masked.first()? & !clear != 0 {
            return None;
        }
        let mut block: Vec<u8> = masked.iter().zip(mask(algorithm, digest, masked.len())).map(|(octet, mask)| octet ^ mask).collect();
        *block.first_mut()? &= clear;
        let zeros = block.iter().take_while(|octet| **octet == 0).count();
        let salt = block.get(zeros..)?.strip_prefix(&[1])?.to_vec();
        Some(Encoded { digest: digest.to_vec(), salt })
    }

    /// Whether it was made of this digest of the message.
    fn is_of(&self, algorithm: DigestAlgorithm, hash: &[u8]) -> bool {
        self.digest == algorithm.digest(&[&[0; 8], hash, &self.salt])
    }
}

/// MGF1. RFC 8017, B.2.1.
fn mask(algorithm: DigestAlgorithm, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length + 64);
    let mut counter = 0u32;
    while mask.len() < length {
        mask.extend(algorithm.digest(&[seed, &counter.to_be_bytes()]));
        counter += 1;
    }
    mask.truncate(length);
    mask
}
