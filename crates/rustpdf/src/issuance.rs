//! From a key to its certificate: certification requests and self-signed certificates.

use rustpdf_core::{Issuance, KeyAndName, SigningRequest};

use crate::ambient;
use crate::error::{Cause, Error, Result};

/// Makes a certification request (PKCS #10) for a key that stays where it is, in DER. An authority makes a certificate of it.
///
/// Errors: `ERR_ARGUMENT` for a subject or a key that cannot be read; `ERR_SIGNATURE_…` for a signature that does not verify with the key.
///
/// ```no_run
/// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
/// let key = rustpdf::KeyAndName::new("CN=Example Ltd signing,O=Example Ltd,C=DE", std::fs::read("key.pub.pem")?);
/// let request = rustpdf::certificate_request(&key, |request| my_hsm(&request.data))?;
/// std::fs::write("signer.csr", request)?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn certificate_request<E: Into<Cause>>(
    key: &KeyAndName,
    sign: impl FnOnce(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
) -> Result<Vec<u8>> {
    signed(&Issuance::request(key)?, sign)
}

/// Makes a certificate that its own key signs, in DER, for a first try: no validator trusts it unless it is told to. It is valid for `days` from now.
///
/// Errors: those of [`certificate_request`].
///
/// ```no_run
/// # fn my_hsm(_: &[u8]) -> std::io::Result<Vec<u8>> { unimplemented!() }
/// let key = rustpdf::KeyAndName::new("CN=Test", std::fs::read("key.pub.pem")?);
/// let certificate = rustpdf::self_signed(&key, 30, |request| my_hsm(&request.data))?;
/// # Ok::<(), rustpdf::Error>(())
/// ```
pub fn self_signed<E: Into<Cause>>(
    key: &KeyAndName,
    days: u32,
    sign: impl FnOnce(&SigningRequest) -> std::result::Result<Vec<u8>, E>,
) -> Result<Vec<u8>> {
    signed(&Issuance::self_signed(key, &ambient()?, days)?, sign)
}

fn signed<E: Into<Cause>>(issuance: &Issuance, sign: impl FnOnce(&SigningRequest) -> std::result::Result<Vec<u8>, E>) -> Result<Vec<u8>> {
    let raw = sign(&issuance.signing_request()).map_err(|error| Error::Signer(error.into()))?;
    Ok(issuance.complete(&raw)?)
}
