//! Verification of a raw signature: once, and only if that fails the cause is searched for.

mod ecdsa;
mod rsa;

use der::{AnyRef, Decode, Reader, SliceReader, Tag, Tagged};
use ed25519_dalek::{Signature, VerifyingKey};

use crate::crypto::Scheme;
use crate::crypto::SignatureAlgorithm;
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::x509::Certificate;
use crate::x509::PublicKey;
use crate::x509::pem;

/// Reason why a signature was refused: the code that it has as a raw signature, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) found: String,
    /// Remedy, if that of the code does not help.
    remedy: Option<&'static str>,
}

impl Refusal {
    fn new(code: Code, found: impl Into<String>) -> Self {
        Refusal { code, found: found.into(), remedy: None }
    }

    /// `word` of [`DigestAlgorithm::digested_again`].
    fn double_digest(word: &str) -> Self {
        Refusal::new(Code::SignatureDoubleDigest, format!("the digest {word} before it was signed"))
    }

    fn with_remedy(self, remedy: &'static str) -> Self {
        Refusal { remedy: Some(remedy), ..self }
    }

    /// The plain sentence of the code says it all.
    fn plain(code: Code) -> Self {
        Refusal::new(code, code.sentence())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let error = refusal.code.because(refusal.found);
        match refusal.remedy {
            Some(remedy) => error.with_remedy(remedy),
            None => error,
        }
    }
}

/// Verifies the raw signature `raw` over `data` with the key of `certificate`, and returns the value that CMS carries.
///
/// That is `raw` itself, but for ECDSA's r‖s, which becomes DER (RFC 5480, A). A good signature costs one verification.
/// Errors: those of the group *answer* that begin with `ERR_SIGNATURE_`, the most telling one.
pub(crate) fn checked(certificate: &Certificate, scheme: &Scheme, data: &[u8], raw: &[u8]) -> Result<Vec<u8>> {
    let key = certificate.key()?;
    verify(key, scheme, data, raw).map_err(|refusal| described(raw, refusal.into()))
}

/// The error for an answer that is not a raw signature, with what it is instead if that is known.
fn described(raw: &[u8], error: Error) -> Error {
    if raw.is_empty() {
        return Code::SignatureEmpty.into();
    }
    if let Some(text) = pem::text(raw) {
        let found = format!("the signature is {} where bytes are wanted", text.as_str());
        return Code::SignatureText.because(found).with_remedy(text.remedy());
    }
    if !matches!(error.code(), Code::SignatureLength | Code::SignatureFormat) {
        return error;
    }
    let Ok(mut reader) = SliceReader::new(raw) else { return error };
    let Ok(element) = AnyRef::decode(&mut reader) else { return error };
    let more = usize::try_from(reader.remaining_len()).unwrap_or(0);
    let is_container =
        || Vec::<AnyRef<'_>>::from_der(raw).is_ok_and(|parts| parts.first().is_some_and(|one| one.tag() == Tag::ObjectIdentifier));
    let code = error.code();
    match element.tag() {
        Tag::OctetString if more == 0 => {
            code.because("the signature is wrapped into an OCTET STRING").with_remedy("return the contents of the OCTET STRING")
        }
        Tag::BitString if more == 0 => code
            .because("the signature is wrapped into a BIT STRING")
            .with_remedy("return the contents of the BIT STRING without their first byte"),
        Tag::Sequence if is_container() => code
            .because("this is a CMS container, not a raw signature")
            .with_remedy("begin a session and complete it with the container, or have the key store return the raw signature"),
        Tag::Sequence if more > 0 => code
            .because(format!("{more} bytes follow the DER of the signature"))
            .with_remedy(format!("return its first {} bytes only", raw.len() - more)),
        _ => error,
    }
}

/// The value that CMS carries, without verification: only the form is checked.
///
/// Errors: `ERR_SIGNATURE_EMPTY`, `ERR_SIGNATURE_LENGTH`, `ERR_SIGNATURE_FORMAT`.
pub(crate) fn unchecked(certificate: &Certificate, scheme: &Scheme, raw: &[u8]) -> Result<Vec<u8>> {
    let form = || match certificate.key()? {
        _ if raw.is_empty() => Err(Code::SignatureEmpty.into()),
        PublicKey::Rsa { bits, .. } => Ok(length(raw, bits.div_ceil(8), scheme).map(|()| raw.to_vec())?),
        PublicKey::Ec { curve, .. } => Ok(ecdsa::to_der(*curve, raw)?),
        PublicKey::Ed25519 { .. } => Ok(length(raw, 64, scheme).map(|()| raw.to_vec())?),
    };
    form().map_err(|error| described(raw, error))
}

/// The value that CMS carries, as [`unchecked`], for a host that verifies it. `None` if it cannot verify: then [`checked`] finds the cause.
pub(crate) fn verifiable(certificate: &Certificate, scheme: &Scheme, raw: &[u8]) -> Option<Vec<u8>> {
    let value = unchecked(certificate, scheme, raw).ok()?;
    match certificate.key().ok()? {
        PublicKey::Ec { curve, .. } => ecdsa::is_in_range(*curve, raw).then_some(value),
        // Libraries accept an R of small order, which `verify_strict` refuses. A good signer makes none.
        PublicKey::Ed25519 { .. } => (!has_weak_r(raw)).then_some(value),
        PublicKey::Rsa { .. } => Some(value),
    }
}

/// As [`checked`], with the cause where the signature does not verify.
pub(crate) fn verify(key: &PublicKey, scheme: &Scheme, data: &[u8], raw: &[u8]) -> std::result::Result<Vec<u8>, Refusal> {
    match (key, scheme.signature) {
        (PublicKey::Rsa { pkcs1, bits, .. }, SignatureAlgorithm::RsaPkcs1 | SignatureAlgorithm::RsaPss) => {
            length(raw, bits.div_ceil(8), scheme)?;
            rsa::verify(pkcs1, scheme, data, raw)?;
            Ok(raw.to_vec())
        }
        (PublicKey::Ec { curve, point }, SignatureAlgorithm::Ecdsa) => ecdsa::verify(*curve, point, scheme.digest, data, raw),
        (PublicKey::Ed25519 { point }, SignatureAlgorithm::Ed25519) => {
            length(raw, 64, scheme)?;
            ed25519(point, data, raw)?;
            Ok(raw.to_vec())
        }
        _ => Err(Refusal::new(Code::Internal, "the scheme of the session does not fit its certificate")),
    }
}

fn length(raw: &[u8], length: usize, scheme: &Scheme) -> std::result::Result<(), Refusal> {
    let text = || format!("the signature has {} bytes where {} with this key gives {length}", raw.len(), scheme.signature.as_str());
    if raw.len() == length { Ok(()) } else { Err(Refusal::new(Code::SignatureLength, text())) }
}

fn ed25519(point: &[u8; 32], data: &[u8], raw: &[u8]) -> std::result::Result<(), Refusal> {
    let mismatch = || Refusal::plain(Code::SignatureMismatch);
    let key = VerifyingKey::from_bytes(point).map_err(|_| mismatch())?;
    let signature = Signature::from_slice(raw).map_err(|_| mismatch())?;
    let verifies = |data: &[u8]| key.verify_strict(data, &signature).is_ok();
    if verifies(data) {
        return Ok(());
    }
    for algorithm in DigestAlgorithm::ALL {
        if verifies(&algorithm.digest(&[data])) {
            let text = format!("the signature was made over the {} of `data`, and Ed25519 digests by itself", algorithm.as_str());
            return Err(Refusal::new(Code::SignatureDoubleDigest, text));
        }
    }
    Err(mismatch())
}

/// Whether R, the first half of an Ed25519 signature, is a point of small order.
fn has_weak_r(raw: &[u8]) -> bool {
    let r = raw.first_chunk().map(VerifyingKey::from_bytes);
    r.is_some_and(|r| r.is_ok_and(|r| r.is_weak()))
}

/// Whether the point of an elliptic key lies on its curve: asked once, before anybody enters a PIN. Errors: `ERR_CERTIFICATE_KEY`.
pub(crate) fn check_point(certificate: &Certificate) -> Result<()> {
    let fits = match certificate.key()? {
        PublicKey::Rsa { .. } => true,
        PublicKey::Ec { curve, point } => ecdsa::is_on_curve(*curve, point),
        PublicKey::Ed25519 { point } => VerifyingKey::from_bytes(point).is_ok_and(|key| !key.is_weak()),
    };
    if fits { Ok(()) } else { Err(Code::CertificateKey.because("the certificate has a key that is no point of its curve")) }
}
