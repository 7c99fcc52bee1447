//! A session that is signed, and from which a failed signing goes on without the key.

use std::sync::{Arc, Mutex, PoisonError};

use super::session::{Session, SignedUpdate};
use crate::commit::FileIdentity;

/// Place where a running operation leaves the session for the case that it fails.
#[derive(Clone, Default)]
pub(crate) struct Unfinished(Arc<Mutex<Option<Session>>>);

impl Unfinished {
    pub(crate) fn set(&self, session: Option<Session>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = session;
    }

    /// Binds the session to the document as it is after its update was taken back.
    pub(super) fn rebind(&self, restored: Option<FileIdentity>) {
        let mut session = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(session), Some(restored)) = (session.as_mut(), restored) {
            session.document = Some(restored);
        }
    }

    pub(crate) fn take(&self) -> Option<Session> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Session {
    /// The session with all signatures that were made so far; `appended` are the updates of earlier signers.
    pub(super) fn into_signed(self, appended: Vec<u8>, signed: Vec<SignedUpdate>, document: Option<FileIdentity>) -> Session {
        Session { appended, container: None, signed, document, ..self }
    }

    /// The session with its container, which waits for a timestamp; `appended` are the updates of earlier signers, and `signed` their signatures.
    pub(super) fn with_container(self, container: Vec<u8>, appended: Vec<u8>, document: Option<FileIdentity>) -> Session {
        Session { appended, container: Some(container), document, ..self }
    }

    /// The session, bound to the document's file, if the document is one.
    pub(crate) fn with_document(self, document: Option<FileIdentity>, document_name: Option<String>) -> Session {
        Session { document, document_name, ..self }
    }
}
