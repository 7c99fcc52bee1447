//! What lies between the two halves: plain data, that may be saved and completed elsewhere.

use std::fmt;

use super::signer::Signer;
use crate::cms::{DigestAlgorithm, SignedAttributes, SigningRequest};
use crate::error::{Code, Result};
use crate::io::Io;
use crate::report::Report;
use crate::revision::Update;

/// A prepared signature: the update with its hole, and what has to be signed.
///
/// It holds nothing of the document but the few objects that the update overrides. Completing changes nothing in it: it may be
/// completed again, and a refused answer leaves it as it was.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The update before the hexadecimal string of `/Contents`, and after it.
    pub(super) before: Vec<u8>,
    pub(super) after: Vec<u8>,
    pub(super) pades: bool,
    pub(super) digest_algorithm: DigestAlgorithm,
    pub(super) hash: Vec<u8>,
    pub(super) known: Option<Known>,
    pub(super) report: Report,
}

/// What is there when the certificate is known.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) signer: Signer,
    pub(super) attributes: SignedAttributes,
    pub(super) check_signature: bool,
}

/// A finished signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signed {
    /// What has to be appended to the document.
    pub update: Vec<u8>,
    /// What was done.
    pub report: Report,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("report", &self.report).finish_non_exhaustive()
    }
}

impl Signed {
    /// The signed document: `document`, which must be the one that was signed, and the update.
    pub fn appended_to(&self, document: &[u8]) -> Vec<u8> {
        [document, &self.update].concat()
    }
}

impl Session {
    pub(super) fn make(
        update: Update,
        pades: bool,
        digest_algorithm: DigestAlgorithm,
        hash: Vec<u8>,
        known: Option<Known>,
        report: Report,
    ) -> Session {
        let Update { mut bytes, contents, .. } = update;
        let after = bytes.split_off(contents.end);
        bytes.truncate(contents.start);
        Session { before: bytes, after, pades, digest_algorithm, hash, known, report }
    }

    /// The digest of `/ByteRange`: what a service that makes CMS containers signs as the digest of the content.
    pub fn hash(&self) -> &[u8] {
        &self.hash
    }

    /// The algorithm of [`Session::hash`].
    pub fn hash_algorithm(&self) -> DigestAlgorithm {
        self.digest_algorithm
    }

    /// The length of the document that this session belongs to, in bytes.
    pub fn document_length(&self) -> u64 {
        self.report.document_length
    }

    /// The bytes reserved for the container.
    pub fn container_size(&self) -> usize {
        self.report.container_size
    }

    /// What the key has to sign; none when the session was begun without a certificate, and takes a container only.
    pub fn request(&self) -> Option<SigningRequest> {
        self.known.as_ref().map(|known| known.signer.request(&known.attributes))
    }

    /// What was done so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What the signature covers after the document: the update but for the hexadecimal string of `/Contents`.
    pub fn covered_update(&self) -> Vec<u8> {
        [self.before.as_slice(), &self.after].concat()
    }

    /// Digests the document anew, so that what is completed is what was, or will be, signed.
    ///
    /// Errors: `ERR_SESSION_DOCUMENT`.
    pub(crate) async fn verify_document(&self, io: &Io) -> Result<()> {
        self.verify_length(io)?;
        match io.digest(self.digest_algorithm, &self.covered_update(), &[]).await? == self.hash {
            true => Ok(()),
            false => Err(Code::SessionDocument.into()),
        }
    }

    /// What is still noticed where the caller vouches for the document.
    pub(crate) fn verify_length(&self, io: &Io) -> Result<()> {
        let (own, given) = (self.document_length(), io.length());
        match own == given {
            true => Ok(()),
            false => {
                Err(Code::SessionDocument.because(format!("the session belongs to a document of {own} bytes and this one has {given}")))
            }
        }
    }
}
