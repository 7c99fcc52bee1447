//! Appending to the only copy of a document, so that nothing is ever lost.

use rustpdf_core::{Code, journal};

use super::input::Document;
use super::journal::{Journal, apply, cut};
use crate::failure::Failure;
use crate::source::Source;

/// How much of the document's end its journal is bound to, in bytes.
const TAIL: u64 = 1024;

/// Appends the update. Whoever finds the file and its journal, at whatever point this was interrupted, can finish it or take it
/// back; bytes of the document are never written.
///
/// Errors: `ERR_FILE_CHANGED`, `ERR_FILE_BUSY`.
pub(crate) fn append(document: &Document, update: &[u8]) -> Result<(), Failure> {
    document.check_unchanged()?;
    let file = document.open_for_writing()?;
    let length = document.length();
    let mut tail = vec![0; TAIL.min(length) as usize];
    document.read_at(length - tail.len() as u64, &mut tail)?;
    let journal = Journal::write(document.path()?, file.metadata()?.permissions(), journal(length, &tail, update)?)?;
    // The file is compared with its journal as in a recovery: what somebody else wrote since it was checked is seen here.
    let recovery = match journal.compare(&file, false) {
        Ok(recovery) => recovery,
        Err(failure) => {
            journal.remove();
            let changed = failure.code() == Some(Code::JournalDocument);
            return Err(if changed { Code::FileChanged.into() } else { failure });
        }
    };
    match apply(&file, &recovery) {
        Ok(_) => {
            journal.remove();
            Ok(())
        }
        Err(error) => {
            // Where not even this can be done the journal stays, and a later recovery does it.
            if cut(&file, length).is_ok() {
                journal.remove();
            }
            Err(error.into())
        }
    }
}
