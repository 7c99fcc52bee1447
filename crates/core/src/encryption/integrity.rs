//! The key behind the integrity code of an encrypted document. ISO/TS 32004.

use hkdf::Hkdf;
use sha2::Sha256;

/// The key that wraps the keys of integrity codes: HKDF (RFC 5869) with SHA-256 of the file encryption key, with `/KDFSalt`.
pub(super) fn wrapping_key(file_key: &[u8], salt: &[u8]) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(salt), file_key).expand(b"PDFMAC", &mut key).ok()?;
    Some(key)
}
