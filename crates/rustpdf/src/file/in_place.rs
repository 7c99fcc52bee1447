//! Appending to the only copy of a document, so that nothing is ever lost.

use std::fs::File;

use rustpdf_core::{Code, journal};

use super::input::Document;
use super::journal::{Journal, apply};
use crate::failure::Failure;
use crate::source::Source;

/// How much of the document's end its journal is bound to, in bytes.
const TAIL: u64 = 1024;

/// Appends the update. Whoever finds the file and its journal, at whatever point this was interrupted, can finish it or take it
/// back; bytes of the document are never written.
///
/// Errors: `ERR_FILE_CHANGED`, also where somebody took the update back before this was done; `ERR_FILE_BUSY`.
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
    let applied = apply(&file, &recovery);
    if !journal.is_own() {
        // Somebody found it meanwhile and finished the signing, or took it back.
        return match (is_whole(&journal, &file)?, applied) {
            (true, _) => Ok(()),
            (false, Err(error)) => Err(error.into()),
            (false, Ok(_)) => Err(Code::FileChanged.into()),
        };
    }
    if let Err(error) = applied {
        // Somebody may have appended something behind the update, so it is compared again. Where it cannot be taken back the journal
        // stays, and a later recovery ends it.
        if journal.compare(&file, true).and_then(|undo| Ok(apply(&file, &undo)?)).is_ok() {
            journal.remove();
        }
        return Err(error.into());
    }
    journal.remove();
    Ok(())
}

/// Whether all of the update stands behind the document.
fn is_whole(journal: &Journal, file: &File) -> Result<bool, Failure> {
    match journal.compare(file, false) {
        Err(failure) if failure.code() == Some(Code::JournalDocument) => Ok(false),
        recovery => Ok(recovery?.write.is_none()),
    }
}
