//! What lies between the two halves: plain data, that may be saved and completed elsewhere.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::cms::{self, DigestAlgorithm, SignatureAlgorithm, SigningRequest};
use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::limits;
use crate::options::SigningOptions;
use crate::report::Report;
use crate::revision::Update;
use crate::signature::byte_range::ByteRange;

/// The first bytes of a saved session, and its version.
const MAGIC: &[u8] = b"rustpdf session ";
/// Sessions of another version are refused, not guessed at.
const VERSION: u8 = 1;
/// SHA-256 of what follows. It tells of accidents; against a forger the digest of the document is computed anew.
const CHECK: usize = 32;

/// A prepared signature: the update with its hole, and what has to be signed.
///
/// It holds nothing of the document but the few objects that the update overrides. Completing changes nothing in it: it may be
/// completed again, and a refused answer leaves it as it was.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub(super) data: SessionData,
    report: Report,
}

/// What is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SessionData {
    /// The update before the hexadecimal string of `/Contents`, and after it.
    pub(super) before: Vec<u8>,
    pub(super) after: Vec<u8>,
    pub(super) container_size: usize,
    pub(super) pades: bool,
    pub(super) digest_algorithm: DigestAlgorithm,
    pub(super) hash: Vec<u8>,
    pub(super) known: Option<Known>,
    document_length: u64,
    /// The report, as JSON.
    report: Vec<u8>,
}

/// What is there when the certificate is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    /// DER, the signer's first.
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) signature_algorithm: SignatureAlgorithm,
    /// The DER SET OF that is signed.
    pub(super) signed_attributes: Vec<u8>,
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
        digest_algorithm: DigestAlgorithm,
        hash: Vec<u8>,
        options: &SigningOptions,
        known: Option<Known>,
        report: Report,
    ) -> Result<Session> {
        let Update { mut bytes, contents, .. } = update;
        let after = bytes.split_off(contents.end);
        bytes.truncate(contents.start);
        let data = SessionData {
            before: bytes,
            after,
            container_size: report.container_size,
            pades: options.pades,
            digest_algorithm,
            hash,
            known,
            document_length: report.document_length,
            report: serde_json::to_vec(&report).map_err(|_| Code::Internal)?,
        };
        Ok(Session { data, report })
    }

    /// The digest of `/ByteRange`: what a service that makes CMS containers signs as the digest of the content.
    pub fn hash(&self) -> &[u8] {
        &self.data.hash
    }

    /// The algorithm of [`Session::hash`].
    pub fn hash_algorithm(&self) -> DigestAlgorithm {
        self.data.digest_algorithm
    }

    /// The length of the document that this session belongs to, in bytes.
    pub fn document_length(&self) -> u64 {
        self.data.document_length
    }

    /// The bytes reserved for the container.
    pub fn container_size(&self) -> usize {
        self.data.container_size
    }

    /// What the key has to sign; none when the session was begun without a certificate, and takes a container only.
    pub fn request(&self) -> Option<SigningRequest> {
        let known = self.data.known.as_ref()?;
        let scheme = cms::Scheme::of_session(known.certificates.first()?, known.signature_algorithm, self.data.digest_algorithm).ok()?;
        Some(scheme.request(known.signed_attributes.clone()))
    }

    /// What was done so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What the signature covers after the document: the update but for the hexadecimal string of `/Contents`.
    pub fn covered_update(&self) -> Vec<u8> {
        [self.data.before.as_slice(), &self.data.after].concat()
    }

    /// The session as bytes: a few kilobytes for an ordinary document, more when large objects are overridden.
    ///
    /// They hold the certificates and the objects that the update overrides, but no other part of the document, and no secret.
    /// Sessions of this version are completed by every version of this package that says so in its change log.
    pub fn serialize(&self) -> Result<Vec<u8>> {
        let data = postcard::to_allocvec(&self.data).map_err(|_| Error::from(Code::Internal))?;
        let check = DigestAlgorithm::Sha256.digest(&[&data]);
        Ok([MAGIC, &[VERSION], check.as_slice(), &data].concat())
    }

    /// Reads a saved session. It has travelled through somebody's database: it is read like a file, under limits.
    ///
    /// Errors: `ERR_SESSION_FORMAT`, `ERR_SESSION_VERSION`, `ERR_SESSION_DAMAGED`.
    pub fn parse(bytes: &[u8]) -> Result<Session> {
        let Some(([version], rest)) = bytes.strip_prefix(MAGIC).and_then(|rest| rest.split_first_chunk()) else {
            return Err(Code::SessionFormat.into());
        };
        if *version != VERSION {
            return Err(Code::SessionVersion.because(format!("the session has version {version} and this package knows {VERSION}")));
        }
        let damaged = || Error::from(Code::SessionDamaged);
        if bytes.len() > limits::SESSION {
            return Err(Code::SessionDamaged.because(format!("the session has more than {} bytes", limits::SESSION)));
        }
        let (check, data) = rest.split_at_checked(CHECK).ok_or_else(damaged)?;
        if DigestAlgorithm::Sha256.digest(&[data]) != check {
            return Err(damaged());
        }
        let (data, left): (SessionData, _) = postcard::take_from_bytes(data).map_err(|_| damaged())?;
        let report: Report = serde_json::from_slice(&data.report).map_err(|_| damaged())?;
        match left.is_empty() && data.is_sound() {
            true => Ok(Session { data, report }),
            false => Err(damaged()),
        }
    }

    /// Digests the document anew, so that what is completed is what was, or will be, signed.
    ///
    /// Errors: `ERR_SESSION_DOCUMENT`.
    pub(crate) async fn verify_document(&self, host: &Host) -> Result<()> {
        self.verify_length(host)?;
        match host.digest(self.data.digest_algorithm, self.covered_update()).await? == self.data.hash {
            true => Ok(()),
            false => Err(Code::SessionDocument.into()),
        }
    }

    /// What is still noticed where the caller vouches for the document.
    pub(crate) fn verify_length(&self, host: &Host) -> Result<()> {
        match host.length() == self.data.document_length {
            true => Ok(()),
            false => Err(Code::SessionDocument.because(format!(
                "the session belongs to a document of {} bytes and this one has {}",
                self.data.document_length,
                host.length()
            ))),
        }
    }
}

impl SessionData {
    /// Whether the parts agree with one another: what a forger of the check sum could still have spoiled.
    fn is_sound(&self) -> bool {
        let range = ByteRange {
            before: self.document_length.saturating_add(self.before.len() as u64),
            resume: self.document_length.saturating_add((self.before.len() + 2 * self.container_size.min(limits::SESSION) + 2) as u64),
            after: self.after.len() as u64,
        };
        let text = range.write();
        let covered = self.before.windows(text.len()).any(|window| window == text);
        let attributed = self.known.as_ref().is_none_or(|known| {
            !known.certificates.is_empty() && cms::message_digest(&known.signed_attributes).is_ok_and(|digest| digest == self.hash)
        });
        covered && attributed && limits::CONTAINER.contains(&self.container_size) && self.hash.len() == self.digest_algorithm.output_len()
    }
}
