//! How large a container will be, before it is signed.

use super::attributes::AttributeOptions;
use super::mac::MacKeys;
use super::signed_attributes::SignedAttributes;
use super::signed_data::signed_data;
use crate::crypto::Scheme;
use crate::error::Result;
use crate::x509::Certificate;
use crate::x509::Chain;
use crate::x509::Curve;
use crate::x509::PublicKey;

/// The bytes that the container needs with the longest signature that the key can give. Exact but for ECDSA, whose
/// signatures are mostly a byte or two shorter. `with_mac`: with the integrity code of the document.
///
/// Errors: those of [`SignedAttributes::make`] and `ERR_CERTIFICATE_KEY`.
pub(crate) fn container_size(
    certificate: &Certificate,
    chain: &Chain,
    scheme: &Scheme,
    options: &AttributeOptions<'_>,
    with_mac: bool,
) -> Result<usize> {
    let attributes = SignedAttributes::of_same_length(scheme, certificate, options)?;
    let signature = vec![0; signature_size(certificate.key()?)];
    let (keys, hash) = (MacKeys::of_same_length(), vec![0; scheme.digest.output_len()]);
    let mac = with_mac.then_some((&keys, hash.as_slice()));
    Ok(signed_data(certificate, chain, scheme, &attributes, &signature, mac)?.len())
}

/// The longest signature value, in bytes.
fn signature_size(key: &PublicKey) -> usize {
    match key {
        PublicKey::Rsa { bits, .. } => bits.div_ceil(8),
        // SEQUENCE of two INTEGERs, each with a leading zero. The order of P-521 has 521 bits: its first octet is at most 1.
        PublicKey::Ec { curve: Curve::P256, .. } => 2 + 2 * (2 + 33),
        PublicKey::Ec { curve: Curve::P384, .. } => 2 + 2 * (2 + 49),
        PublicKey::Ec { curve: Curve::P521, .. } => 3 + 2 * (2 + 66),
        PublicKey::Ed25519 { .. } => 64,
    }
}
