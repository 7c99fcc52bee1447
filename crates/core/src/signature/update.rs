//! An update with a signature: `/ByteRange` filled in, space reserved for the container.

use std::ops::Range;

use super::byte_range::ByteRange;
use crate::error::{Code, Result};
use crate::revision::Update;

/// The bytes to append to the document, with reserved space for the container.
pub(crate) struct SignatureUpdate {
    pub(crate) bytes: Vec<u8>,
    /// Hexadecimal string of `/Contents` in `bytes`, with its delimiters.
    pub(crate) contents: Range<usize>,
    pub(crate) byte_range: ByteRange,
}

impl SignatureUpdate {
    /// Writes `/ByteRange` into an update of a document of `length` bytes. Its placeholders are those of a signature dictionary.
    pub(crate) fn fill(update: Update, length: u64) -> Result<SignatureUpdate> {
        let Update { mut bytes, placeholders, .. } = update;
        let [array, contents] = <[_; 2]>::try_from(placeholders).map_err(|_| Code::Internal)?;
        let byte_range = ByteRange {
            before: length + contents.start as u64,
            resume: length + contents.end as u64,
            after: (bytes.len() - contents.end) as u64,
        };
        bytes.get_mut(array).ok_or(Code::Internal)?.copy_from_slice(&byte_range.write());
        Ok(SignatureUpdate { bytes, contents, byte_range })
    }

    /// Bytes that the signature covers after the document.
    pub(crate) fn covered(&self) -> Vec<u8> {
        [&self.bytes[..self.contents.start], &self.bytes[self.contents.end..]].concat()
    }
}
