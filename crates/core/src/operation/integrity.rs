//! The integrity code of an encrypted document (ISO/TS 32004): verified before a signature, and made again with it.

use std::ops::Range;

use crate::cms::{MacDigest, MacHasher, MacKeys, MacToken};
use crate::error::{Code, Result};
use crate::file::File;
use crate::io::DigestPart;
use crate::limits;
use crate::signature::{AuthCode, is_protected};

/// The integrity code of the document, and the keys for the next one.
pub(crate) struct Integrity {
    pub(super) keys: MacKeys,
    /// The code of the document that is not verified yet, and the ranges that it covers.
    existing: Option<(MacToken, DigestPart)>,
}

impl Integrity {
    /// Reads the integrity code of a document that has one, or must have one. `secret` is for the key of the next.
    ///
    /// Errors: `ERR_MAC_INVALID`, `ERR_MAC_ALGORITHM`, and what loading an object gives.
    pub(super) async fn read(file: &File, secret: &[u8]) -> Result<Option<Integrity>> {
        if !is_protected(file) {
            return Ok(None);
        }
        let code = AuthCode::read(file).await?;
        let wrapping = file.encryption.as_ref().and_then(|encryption| encryption.wrapping_key());
        let wrapping = wrapping.ok_or_else(|| Code::MacInvalid.because("the encryption dictionary has no /KDFSalt"))?;
        let keys = MacKeys::new(wrapping, secret);
        // A code of this run is not read again: its key was not out of the process, and its update not in the document.
        if !file.io.appended().is_empty() {
            return Ok(Some(Integrity { keys, existing: None }));
        }
        let token = MacToken::open(&code.bytes, code.is_attached, &keys.wrapping)?;
        let existing = match token.digest_algorithm {
            MacDigest::Sha2(algorithm) => Some((token, DigestPart { algorithm, ranges: code.covered.to_vec(), suffix: Vec::new() })),
            // No host has to know SHA-3: the document is read once more.
            MacDigest::Sha3(_) => {
                token.check(&digest(file, token.digest_algorithm, &code.covered).await?)?;
                None
            }
        };
        Ok(Some(Integrity { keys, existing }))
    }

    /// What is digested for the code of the document.
    pub(super) fn parts(&self) -> Vec<DigestPart> {
        self.existing.iter().map(|(_, part)| part.clone()).collect()
    }

    /// Verifies the code of the document, by the digests of [`Integrity::parts`]. Errors: `ERR_MAC_INVALID`.
    pub(super) fn verify(&self, digests: &[Vec<u8>]) -> Result<()> {
        match &self.existing {
            Some((token, _)) => token.check(digests.first().map_or(&[], Vec::as_slice)),
            None => Ok(()),
        }
    }
}

/// The digest of `ranges` of the document.
async fn digest(file: &File, algorithm: MacDigest, ranges: &[Range<u64>]) -> Result<Vec<u8>> {
    let mut hasher = MacHasher::new(algorithm);
    for range in ranges {
        let mut at = range.start;
        while at < range.end {
            let end = range.end.min(at + limits::CACHE);
            hasher.update(&file.io.read(at..end).await?);
            at = end;
        }
    }
    Ok(hasher.digest())
}
