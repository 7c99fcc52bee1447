//! What lies between the two halves: plain data, that may be saved and completed elsewhere.

use std::fmt;

use serde::Serialize;

use super::announced::Announced;
use super::levels::Goal;
use super::signer::Signer;
use crate::cms::SignedAttributes;
use crate::commit::FileIdentity;
use crate::crypto::{Scheme, SigningRequest};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::io::{Find, Io};
use crate::report::{Level, Report};
use crate::signature::SignatureUpdate;

/// A prepared signature: the update with reserved space, and the request for the raw signature.
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
    pub(super) signer: SessionSigner,
    pub(super) report: Report,
    /// Whether the document is encrypted: a saved session then leaves out the name of the field.
    pub(super) encrypted: bool,
    /// Whether it was read from an unsealed one.
    pub(super) unsealed: bool,
    /// SHA-256 of the signed attributes, as an unsealed session noted it.
    pub(super) noted: Option<[u8; 32]>,
    /// The file of the document, if it is one.
    pub(crate) document: Option<FileIdentity>,
    /// Its name, for the request. It is in no form that leaves the machine: another place may call the file by another name.
    pub(super) document_name: Option<String>,
    /// The updates of earlier signers in turn, which the document does not have yet. The hash covers the document, these, and the
    /// session's own update; the report counts them as a part of the document.
    pub(crate) appended: Vec<u8>,
    /// The level that the signature is to have; none for B-B.
    pub(super) goal: Option<Goal>,
    /// The container of a session that waits for a timestamp.
    pub(super) container: Option<Vec<u8>>,
    /// The finished signatures of a session that is signed. Their updates, in this order, are `appended` and the session's own.
    pub(crate) signed: Vec<SignedUpdate>,
}

/// The signer of a session, as far as it is known.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum SessionSigner {
    /// A service that makes the container.
    Service,
    /// A key whose certificate comes with its raw signature.
    Announced(Announced),
    /// A key with its certificate.
    Known(Box<Known>),
}

impl SessionSigner {
    pub(super) fn known(&self) -> Option<&Known> {
        if let SessionSigner::Known(known) = self { Some(known) } else { None }
    }

    /// The scheme of the raw signature, and what it signs; none of a service.
    pub(super) fn asked(&self) -> Option<(&Scheme, &SignedAttributes)> {
        match self {
            SessionSigner::Service => None,
            SessionSigner::Announced(announced) => Some((&announced.scheme, &announced.attributes)),
            SessionSigner::Known(known) => Some((&known.signer.scheme, &known.attributes)),
        }
    }
}

/// What is there when the certificate is known.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) signer: Signer,
    pub(super) attributes: SignedAttributes,
    pub(super) check_signature: bool,
}

/// What a session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum SessionState {
    /// The raw signature, or the container.
    ToSign,
    /// A timestamp of the signature.
    ToTimestamp,
    /// Revocation data, or the document timestamp over them.
    ToValidate,
    /// Its output.
    Done,
}

/// A finished signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedUpdate {
    /// What has to be appended to the document.
    pub update: Vec<u8>,
    /// What was done.
    pub report: Report,
    /// The container, as long as proofs for it are missing.
    pub(super) open: Option<Vec<u8>>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("report", &self.report).finish_non_exhaustive()
    }
}

impl SignedUpdate {
    /// The signed document: `document`, which must be the one that was signed, and the update.
    pub fn appended_to(&self, document: &[u8]) -> Vec<u8> {
        [document, &self.update].concat()
    }
}

impl Session {
    pub(super) fn make(
        update: SignatureUpdate,
        pades: bool,
        digest_algorithm: DigestAlgorithm,
        hash: Vec<u8>,
        signer: SessionSigner,
        report: Report,
        encrypted: bool,
    ) -> Session {
        let SignatureUpdate { mut bytes, contents, .. } = update;
        let after = bytes.split_off(contents.end);
        bytes.truncate(contents.start);
        Session {
            before: bytes,
            after,
            pades,
            digest_algorithm,
            hash,
            signer,
            report,
            encrypted,
            unsealed: false,
            noted: None,
            document: None,
            document_name: None,
            appended: Vec::new(),
            goal: None,
            container: None,
            signed: Vec::new(),
        }
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
        self.report.document_length - self.appended.len() as u64
    }

    /// The bytes reserved for the container.
    pub fn container_size(&self) -> usize {
        self.report.container_size
    }

    /// What the key has to sign; none when the session takes a container only, or is signed.
    ///
    /// A session that was begun without a certificate has one if it was begun without PAdES and with `signatureAlgorithm`. The
    /// certificate then comes with the raw signature ([`Session::with_certificate`]).
    pub fn request(&self) -> Option<SigningRequest> {
        let (scheme, attributes) = self.signer.asked().filter(|_| self.container.is_none() && !self.is_signed())?;
        Some(SigningRequest {
            document_digest: Some(self.hash.clone()),
            document_name: self.document_name.clone(),
            // A saved session of an encrypted document does not name it, and one without a seal can be forged.
            field_name: Some(self.report.field.clone()).filter(|name| !name.is_empty() && !self.is_unsealed()),
            certificate_digest: self.signer.known().map(|known| known.signer.certificate.digest(DigestAlgorithm::Sha256)),
            ..SigningRequest::make(scheme, attributes.as_bytes().to_vec())
        })
    }

    /// Whether the session holds its finished signatures: they were made, and could not be written to their place.
    pub fn is_signed(&self) -> bool {
        !self.signed.is_empty()
    }

    /// Whether the signature is made, and the session waits for the timestamps and the evidence of its level.
    pub fn waits(&self) -> bool {
        self.container.is_some() && !self.is_signed()
    }

    /// The level that the signature is to have.
    pub fn level(&self) -> Level {
        self.goal.as_ref().map_or(Level::BB, |goal| goal.level)
    }

    /// What the session waits for.
    pub fn state(&self) -> SessionState {
        match (&self.container, self.signed.iter().any(|signed| signed.open.is_some())) {
            (Some(_), _) => SessionState::ToTimestamp,
            (None, true) => SessionState::ToValidate,
            (None, false) if self.is_signed() => SessionState::Done,
            (None, false) => SessionState::ToSign,
        }
    }

    /// The finished signatures of a signed session. Their updates, in this order, belong after the document.
    ///
    /// Errors: `ERR_SESSION_NOT_SIGNED`.
    ///
    /// ```
    /// # use rustpdf_core::{Result, Session};
    /// fn append(session: &Session, document: &mut Vec<u8>) -> Result<()> {
    ///     session.finished()?.iter().for_each(|signed| document.extend_from_slice(&signed.update));
    ///     Ok(())
    /// }
    /// ```
    pub fn finished(&self) -> Result<Vec<SignedUpdate>> {
        match self.is_signed() {
            true => Ok(self.signed.clone()),
            false => Err(Code::SessionNotSigned.into()),
        }
    }

    /// Whether the session was read from an unsealed one: then the document must be digested, whatever the caller says of it.
    pub fn is_unsealed(&self) -> bool {
        self.unsealed
    }

    /// What was done so far.
    ///
    /// The field name is empty if the document is encrypted and the session was saved.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What the signature covers of the session's own update: all but the hexadecimal string of `/Contents`.
    pub fn covered_update(&self) -> Vec<u8> {
        [self.before.as_slice(), &self.after].concat()
    }

    /// Digests the document anew, so that what is completed is what was, or will be, signed.
    ///
    /// Errors: `ERR_SESSION_DOCUMENT`.
    pub(crate) async fn verify_document(&self, io: &Io) -> Result<()> {
        self.verify_length(io)?;
        let (hash, _) = io
            .with_appended(&self.appended)
            .digest(self.digest_algorithm, &self.covered_update(), &[], None, Find::default(), Vec::new())
            .await?;
        match hash == self.hash {
            true => Ok(()),
            false => Err(Code::SessionDocument.into()),
        }
    }

    /// The check that remains where the caller skips the comparison of the document.
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
