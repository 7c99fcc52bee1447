//! The attribute signature-time-stamp of a signature (EN 319 122-1, 5.3).

use const_oid::db::rfc3161::ID_AA_TIME_STAMP_TOKEN;
use der::{AnyRef, Decode};

use super::super::signed_data::SignedData;
use crate::ber;
use crate::error::{Code, Result};

/// Octets of the signature value of a container with one signer: the data of its timestamp (EN 319 122-1, 5.3).
pub(crate) fn signature_value(container: &[u8]) -> Option<Vec<u8>> {
    let (der, _) = ber::to_der(container)?;
    let data = SignedData::parse(&der)?;
    let mut signers = data.signer_infos();
    let (Some(Some(signer)), None) = (signers.next(), signers.next()) else { return None };
    Some(signer.signature.as_bytes().to_vec())
}

/// The container with `token` among the unsigned attributes of its only signer. Nothing else in it changes.
///
/// `container` is DER: one of our own, or one that was checked. Errors: `ERR_INTERNAL`.
pub(crate) fn with_timestamp(container: &[u8], token: &[u8]) -> Result<Vec<u8>> {
    let embed = || {
        let data = SignedData::parse(container)?;
        let signer = data.signer_infos().next()??;
        let signer = signer.with_unsigned(ID_AA_TIME_STAMP_TOKEN, AnyRef::from_der(token).ok()?).ok()?;
        data.with_signer(&signer).ok()?.write().ok()
    };
    embed().ok_or_else(|| Code::Internal.into())
}

/// Bytes by which a container grows, at the most, by a token of `token` bytes. Up to ten of them may stay unused.
pub(crate) fn timestamp_room(token: usize) -> usize {
    /// Type of the attribute in DER.
    const TYPE: usize = 13;
    let unsigned_attributes = element(element(TYPE + element(token)));
    // The lengths of SignerInfo, signerInfos, SignedData, [0] and ContentInfo take two octets more, at the most: at least two without the
    // token, and four below 16 MiB.
    unsigned_attributes + 5 * 2
}

/// Octets of an element with contents of `length` bytes. X.690, 8.1.3.
fn element(length: usize) -> usize {
    match length {
        0..0x80 => 2 + length,
        _ => 2 + (usize::BITS - length.leading_zeros()).div_ceil(8) as usize + length,
    }
}
