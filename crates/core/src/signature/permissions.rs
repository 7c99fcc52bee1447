//! Permissions of earlier signatures: certification (DocMDP) and locks (FieldMDP). ISO 32000-2, 12.8.2.2 and 12.8.2.4.

use super::existing::ExistingSignature;
use crate::error::{Code, Result};
use crate::report::{Warning, WarningCode};

/// Refuses a signature that the document does not permit, and a certification where there can be none (12.8.2.2).
///
/// `certified` is the level of the certification that `/Perms` points at. Errors: `ERR_ALREADY_CERTIFIED`, `ERR_CERTIFY_NOT_FIRST`,
/// `ERR_CERTIFIED`.
pub(super) fn check_document(certified: Option<i64>, existing: &[ExistingSignature], certifies: bool) -> Result<()> {
    // Validators differ in whether a DocMDP reference counts that /Perms does not point at: what either forbids is not done.
    if certifies {
        if certified.is_some() || existing.iter().any(|signature| signature.doc_mdp.is_some()) {
            return Err(Code::AlreadyCertified.into());
        }
        if !existing.is_empty() {
            return Err(Code::CertifyNotFirst.into());
        }
    }
    if certified == Some(1) || existing.iter().any(|signature| signature.doc_mdp == Some(1)) {
        return Err(Code::Certified.into());
    }
    match existing.iter().find(|signature| signature.locks.iter().any(|(_, permissions)| *permissions == Some(1))) {
        Some(sealing) => {
            Err(Code::Certified.because("an earlier signature locks the document against all changes").within(sealing.loaded.id))
        }
        None => Ok(()),
    }
}

/// The warning of a document timestamp, or of revocation data, in a document that permits no changes.
pub(crate) fn of_timestamp(certified: Option<i64>, existing: &[ExistingSignature]) -> Option<Warning> {
    let is_closed = certified == Some(1)
        || existing
            .iter()
            .any(|signature| signature.doc_mdp == Some(1) || signature.locks.iter().any(|(_, permissions)| *permissions == Some(1)));
    is_closed.then(|| WarningCode::CertifiedLtv.plain())
}

/// Refuses the field of this full name where an earlier signature locks it. Errors: `ERR_FIELD_LOCKED`.
pub(super) fn check_field(existing: &[ExistingSignature], name: &str) -> Result<()> {
    match existing.iter().find(|signature| signature.locks.iter().any(|(lock, _)| lock.locks(name))) {
        Some(locking) => Err(Code::FieldLocked.because("the signature of an earlier field locks this one").within(locking.loaded.id)),
        None => Ok(()),
    }
}
