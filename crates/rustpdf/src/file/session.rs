//! Signing a file in two phases.

use rustpdf_core::{DigestAlgorithm, Report, Session, Signed, SigningRequest};

use super::commit;
use super::input::Document;
use super::output::{Copied, Destination, Output, SignedFile};
use crate::control::{Control, Phase};
use crate::digest::Digests;
use crate::failure::Failure;

/// A prepared signature of a file that is open. A refused answer changes nothing, and another one may be given.
#[derive(Debug)]
pub struct FileSession {
    pub(super) document: Document,
    pub(super) session: Session,
}

impl FileSession {
    /// The digest of `/ByteRange`: what a service that makes CMS containers signs as the digest of the content.
    pub fn hash(&self) -> &[u8] {
        self.session.hash()
    }

    /// The algorithm of [`FileSession::hash`].
    pub fn hash_algorithm(&self) -> DigestAlgorithm {
        self.session.hash_algorithm()
    }

    /// What the key has to sign; none when the session was begun without a certificate, and takes a container only.
    pub fn request(&self) -> Option<SigningRequest> {
        self.session.request()
    }

    /// What was done so far.
    pub fn report(&self) -> &Report {
        self.session.report()
    }

    /// The session as bytes, for [`resume_signing_file`](crate::resume_signing_file) or, with the document in memory,
    /// [`resume_signing`](crate::resume_signing).
    pub fn serialize(&self) -> Result<Vec<u8>, rustpdf_core::Error> {
        self.session.serialize()
    }

    /// Completes with a finished CMS container for [`FileSession::hash`], DER or BER.
    ///
    /// Errors: `ERR_CONTAINER_…`, `ERR_FILE_CHANGED`, `ERR_FILE_BUSY`.
    pub fn complete(&self, container: &[u8], output: &Output, control: &mut Control) -> Result<SignedFile, Failure> {
        self.write(self.session.complete(container)?, output, control)
    }

    /// Completes with the raw signature over the request's `data`, as the key store gave it.
    ///
    /// Errors: `ERR_SESSION_NO_CERTIFICATE`, `ERR_SIGNATURE_…`, `ERR_FILE_CHANGED`, `ERR_FILE_BUSY`.
    pub fn complete_with_signature(&self, raw: &[u8], output: &Output, control: &mut Control) -> Result<SignedFile, Failure> {
        self.write(self.session.complete_with_signature(raw)?, output, control)
    }

    fn write(&self, signed: Signed, output: &Output, control: &mut Control) -> Result<SignedFile, Failure> {
        let mut destination = Destination::open(output, &self.document)?;
        self.document.check_unchanged()?;
        let (length, update) = (self.document.length(), signed.update.len() as u64);
        let copied = destination
            .begin(&self.document, &mut Digests::new([]), control, (Phase::Write, length + update))
            .map_err(|failure| self.document.cause(failure))?;
        let done = if copied == Copied::None { 0 } else { length };
        commit(&self.document, destination, vec![signed], copied, control, done)
    }
}
