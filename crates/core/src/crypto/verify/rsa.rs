//! RSA (RFC 8017), verified by the crate `rsa`. What was signed instead is asked only where that fails.

use ::der::Decode;
use ::rsa::hazmat::rsa_encrypt;
use ::rsa::pkcs1::DecodeRsaPublicKey;
use ::rsa::pss::Pss;
use ::rsa::traits::PublicKeyParts;
use ::rsa::{BoxedUint, PublicKey};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::Refusal;
use crate::crypto::Scheme;
use crate::crypto::{DigestInfo, SignatureAlgorithm};
use crate::digest::DigestAlgorithm;
use crate::error::Code;

/// Salts that key stores make: none, SHA-1's, those of the digests.
const USUAL_SALTS: [usize; 5] = [0, 20, 32, 48, 64];

/// Verifies a signature that has the length of the modulus. `key` is an RSAPublicKey in DER.
pub(super) fn verify(key: &[u8], scheme: &Scheme, data: &[u8], raw: &[u8]) -> Result<(), Refusal> {
    // Its bounds are those of the crate, and were checked when the certificate was read.
    let Ok(key) = PublicKey::from_pkcs1_der(key) else { return Err(Refusal::plain(Code::SignatureMismatch)) };
    let hash = scheme.digest.digest(&[data]);
    let is_pss = scheme.signature == SignatureAlgorithm::RsaPss;
    let salt_length = scheme.salt_length.map_or(hash.len(), usize::from);
    let verified = match is_pss {
        true => pss(&key, scheme.digest, Some(salt_length), &hash, raw),
        false => pkcs1(&key, scheme.digest, &hash, raw),
    };
    if verified {
        return Ok(());
    }
    let Some(message) = recover(&key, raw) else {
        return Err(Refusal::new(
            Code::SignatureMismatch,
            "the signature, read as a number, is not below the modulus of the certificate's key",
        ));
    };
    Err(match is_pss {
        true => pss_cause(&key, scheme.digest, salt_length, data, &hash, raw, &message),
        false => pkcs1_cause(&key, scheme.digest, data, &hash, raw, &message),
    })
}

/// RSASSA-PKCS1-v1_5. RFC 8017, 8.2.2.
fn pkcs1(key: &PublicKey, digest: DigestAlgorithm, hash: &[u8], raw: &[u8]) -> bool {
    match digest {
        DigestAlgorithm::Sha256 => key.pkcs1v15_verify_prehash::<Sha256>(hash, raw),
        DigestAlgorithm::Sha384 => key.pkcs1v15_verify_prehash::<Sha384>(hash, raw),
        DigestAlgorithm::Sha512 => key.pkcs1v15_verify_prehash::<Sha512>(hash, raw),
    }
    .is_ok()
}

/// RSASSA-PSS, with a salt of this length or of any. RFC 8017, 8.1.2.
fn pss(key: &PublicKey, digest: DigestAlgorithm, salt_len: Option<usize>, hash: &[u8], raw: &[u8]) -> bool {
    // Blinding is for private keys.
    let blinded = false;
    match digest {
        DigestAlgorithm::Sha256 => key.verify(Pss { blinded, digest: Sha256::new(), salt_len }, hash, raw),
        DigestAlgorithm::Sha384 => key.verify(Pss { blinded, digest: Sha384::new(), salt_len }, hash, raw),
        DigestAlgorithm::Sha512 => key.verify(Pss { blinded, digest: Sha512::new(), salt_len }, hash, raw),
    }
    .is_ok()
}

/// The encoded message, as long as the modulus: RSAVP1, RFC 8017, 5.2.2. `None` for a number that is no signature.
fn recover(key: &PublicKey, raw: &[u8]) -> Option<Vec<u8>> {
    let signature = BoxedUint::from_be_slice(raw, key.n_bits_precision()).ok()?;
    if signature >= *key.n().as_ref() {
        return None;
    }
    let octets = rsa_encrypt(key, &signature).ok()?.to_be_bytes();
    octets.get(octets.len().checked_sub(key.size())?..).map(<[u8]>::to_vec)
}

/// What is wrong where PKCS #1 v1.5 was wanted.
fn pkcs1_cause(key: &PublicKey, digest: DigestAlgorithm, data: &[u8], hash: &[u8], raw: &[u8], message: &[u8]) -> Refusal {
    let info = DigestInfo::write(digest, hash);
    if let Some(content) = unpad(message) {
        return content_cause(content, digest, data, hash, &info);
    }
    let is_pss = |digest: DigestAlgorithm| pss(key, digest, None, &digest.digest(&[data]), raw);
    if DigestAlgorithm::ALL.into_iter().any(is_pss) {
        Refusal::new(Code::SignatureScheme, "the signature was made by RSA-PSS where PKCS #1 v1.5 is wanted")
    } else if message.ends_with(hash) || message.ends_with(&info) {
        Refusal::new(Code::SignatureScheme, "the signature was made by RSA without padding")
    } else {
        Refusal::plain(Code::SignatureMismatch)
    }
}

/// What was signed instead: the padding shows that the key is the right one.
fn content_cause(content: &[u8], digest: DigestAlgorithm, data: &[u8], hash: &[u8], info: &[u8]) -> Refusal {
    if content == hash {
        return Refusal::plain(Code::SignatureNoDigestInfo);
    }
    let parsed = DigestInfo::from_der(content).ok();
    let parsed = parsed.and_then(|info| Some((DigestAlgorithm::from_identifier(&info.digest_algorithm)?, info.digest)));
    let Some((algorithm, signed)) = parsed else {
        return Refusal::plain(Code::SignatureOtherData);
    };
    let signed = signed.as_bytes();
    if let Some(word) = algorithm.digested_again(hash, |again| signed == again) {
        Refusal::double_digest(word)
    } else if signed == algorithm.digest(&[info]) {
        Refusal::new(Code::SignatureDoubleDigest, "the DigestInfo was digested again before it was signed")
    } else if signed == info {
        Refusal::new(Code::SignatureDoubleDigest, "the DigestInfo was wrapped into another one before it was signed")
    } else if algorithm != digest && signed == algorithm.digest(&[data]) {
        other_digest(algorithm, digest)
    } else if signed == hash {
        Refusal::new(Code::SignatureFormat, "the DigestInfo in the signature is not in the DER of RFC 8017, 9.2, whose parameters are NULL")
            .with_remedy("hand `digestInfo` to the key store's raw RSA mechanism, or `data` to one that hashes and pads by itself")
    } else {
        Refusal::plain(Code::SignatureOtherData)
    }
}

/// What is wrong where PSS was wanted.
fn pss_cause(key: &PublicKey, digest: DigestAlgorithm, wanted: usize, data: &[u8], hash: &[u8], raw: &[u8], message: &[u8]) -> Refusal {
    if pss(key, digest, None, hash, raw) {
        let longest = (key.n().bit_width() as usize - 1).div_ceil(8).saturating_sub(hash.len() + 2);
        let mut lengths = USUAL_SALTS.into_iter().chain([longest]);
        let found = lengths.find(|length| pss(key, digest, Some(*length), hash, raw));
        let found = found.map_or("another number of bytes".to_owned(), |length| format!("{length} bytes"));
        return Refusal::new(Code::SignatureSaltLength, format!("the salt of the PSS signature has {found} where {wanted} are wanted"));
    }
    if let Some(word) = digest.digested_again(hash, |again| pss(key, digest, None, again, raw)) {
        return Refusal::double_digest(word);
    }
    if unpad(message).is_some() {
        return Refusal::new(Code::SignatureScheme, "the signature was made by RSA PKCS #1 v1.5 where PSS is wanted");
    }
    let mut others = DigestAlgorithm::ALL.into_iter().filter(|other| *other != digest);
    if let Some(other) = others.find(|other| pss(key, *other, None, &other.digest(&[data]), raw)) {
        return other_digest(other, digest);
    }
    // Of 512 signatures of other keys, one looks like this too.
    match message.last() == Some(&0xbc) && message.first().is_some_and(|first| *first < 0x80) {
        true => Refusal::plain(Code::SignatureOtherData),
        false => Refusal::plain(Code::SignatureMismatch),
    }
}

fn other_digest(found: DigestAlgorithm, wanted: DigestAlgorithm) -> Refusal {
    let text = format!("the signature was made with {} where {} is wanted", found.as_str(), wanted.as_str());
    Refusal::new(Code::SignatureOtherData, text)
}

/// The content of EMSA-PKCS1-v1_5, whatever it is: `00 01 FF … FF 00 content`. RFC 8017, 9.2.
fn unpad(message: &[u8]) -> Option<&[u8]> {
    let padded = message.strip_prefix(&[0, 1])?;
    let ones = padded.iter().take_while(|octet| **octet == 0xff).count();
    (ones >= 8).then_some(())?;
    padded.get(ones..)?.strip_prefix(&[0])
}
