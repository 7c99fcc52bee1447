//! The ledger of a run over many files: what is there after an interruption, so that nothing is signed twice.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::file::{sync_folder, write_all_at};

/// A file to which a line of JSON is appended before a job is committed, and another one after.
pub(super) struct Ledger {
    file: File,
    /// What earlier runs say of their jobs.
    states: HashMap<String, State>,
    /// The length of the file.
    end: Mutex<u64>,
}

#[derive(Serialize, Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    id: std::borrow::Cow<'a, str>,
    #[serde(flatten)]
    state: State,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub(super) enum State {
    /// Its output is being committed, or was when the run was interrupted.
    #[serde(rename_all = "camelCase")]
    Signing {
        /// The length of the document, in bytes.
        length: u64,
        /// The length of the signed one.
        signed_length: u64,
        /// SHA-256 of the update, in hexadecimal: from run to run it has the same length. Ledgers of old do not say.
        #[serde(skip_serializing_if = "Option::is_none")]
        update: Option<String>,
    },
    /// It is done.
    Signed,
}

impl Ledger {
    /// Opens the ledger at `path`, or makes an empty one. A last line that was cut short says nothing.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(ErrorKind::ResourceBusy, "another run uses the ledger; wait for it, or give another one"));
            }
            // Where a file system has no locks, one run at a time is left to the caller.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        sync_folder(path)?;
        let mut bytes = Vec::new();
        (&file).read_to_end(&mut bytes)?;
        bytes.truncate(bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1));
        file.set_len(bytes.len() as u64)?;
        let mut states = HashMap::new();
        for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            match serde_json::from_slice(line) {
                Ok(Line { id, state }) => {
                    states.insert(id.into_owned(), state);
                }
                // One that was cut short, and gone on behind by another run.
                Err(_) if line.starts_with(br#"{"id":"#) => {}
                Err(_) => {
                    let found =
                        format!("line {} of the ledger is none that a run writes; give another ledger, or remove the line", index + 1);
                    return Err(io::Error::new(ErrorKind::InvalidData, found));
                }
            }
        }
        Ok(Ledger { file, states, end: Mutex::new(bytes.len() as u64) })
    }

    /// What earlier runs say of a job.
    pub(super) fn state(&self, id: &str) -> Option<State> {
        self.states.get(id).cloned()
    }

    /// Notes how far a job is. What is about to be committed is on the disk when this returns.
    pub(super) fn note(&self, id: &str, state: State) -> io::Result<()> {
        let signed = state == State::Signed;
        let mut line = serde_json::to_vec(&Line { id: id.into(), state })?;
        line.push(b'\n');
        {
            let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = write_all_at(&self.file, &line, *end) {
                let _ = self.file.set_len(*end);
                return Err(error);
            }
            *end += line.len() as u64;
        }
        if signed { Ok(()) } else { self.file.sync_data() }
    }
}
