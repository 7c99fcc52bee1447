//! What an interrupted signing left behind, put in order.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use rustpdf_core::{Code, Outcome};

use super::folder::{real_path, split, temporary};
use super::journal::{self, Journal};
use crate::failure::Failure;

/// How often a journal is looked at that does not fit: it is so for milliseconds, unless it stays so.
const ATTEMPTS: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(25);

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recovered {
    /// No signing in place was interrupted.
    Nothing,
    /// The signature was finished: the file is signed.
    Signed,
    /// The signature was taken back: the file is what it was.
    Original,
}

/// Ends a signing in place of the file at `path` that was interrupted: finishes it, or takes it back with `undo`.
///
/// Removes what signings of this file by processes that are gone left beside it, too, whatever their output was. Signing a file
/// recovers it by itself; this call is for a file that is not signed again. Errors: `ERR_JOURNAL_DAMAGED`,
/// `ERR_JOURNAL_DOCUMENT`.
pub fn recover(path: impl AsRef<Path>, undo: bool) -> Result<Recovered, Failure> {
    let path = real_path(path.as_ref())?;
    let recovered = from_journal(&path, undo)?;
    remove_temporaries(&path)?;
    Ok(recovered)
}

/// Finishes what was interrupted, before the file at this real path is signed. Looks at one name, and lists no folder.
pub(crate) fn finish(path: &Path) -> Result<(), Failure> {
    from_journal(path, false).map(|_| ())
}

fn from_journal(path: &Path, undo: bool) -> Result<Recovered, Failure> {
    for _ in 1..ATTEMPTS {
        match attempt(path, undo) {
            // Of two that sign at once the later one notices it with its journal written, and removes it at once.
            Err(failure) if failure.code() == Some(Code::JournalDocument) => sleep(BETWEEN),
            recovered => return recovered,
        }
    }
    attempt(path, undo)
}

fn attempt(path: &Path, undo: bool) -> Result<Recovered, Failure> {
    let Some(journal) = Journal::read(path)? else { return Ok(Recovered::Nothing) };
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let outcome = journal::apply(&file, &journal.compare(&file, undo)?)?;
    journal.remove();
    Ok(match outcome {
        Outcome::Original => Recovered::Original,
        _ => Recovered::Signed,
    })
}

/// Removes temporary files `.{name}.rustpdf-{process}-{random}` of processes that are gone.
fn remove_temporaries(path: &Path) -> io::Result<()> {
    let start = temporary(path, "")?;
    let (folder, start) = split(&start)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let process = name.as_encoded_bytes().strip_prefix(start.as_encoded_bytes()).and_then(process);
        if process.is_some_and(is_gone) {
            let _ = fs::remove_file(entry.path()); // somebody else may have done so
        }
    }
    Ok(())
}

/// The process in the end of a name, `{process}-{12 hexadecimal digits}`.
fn process(end: &[u8]) -> Option<u32> {
    let (process, random) = std::str::from_utf8(end).ok()?.split_once('-')?;
    let whole = random.len() == 12 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
    if whole { process.parse().ok() } else { None }
}

/// Whether a process is gone, where the system tells it simply.
fn is_gone(process: u32) -> bool {
    cfg!(target_os = "linux") && Path::new("/proc/self").exists() && !Path::new(&format!("/proc/{process}")).exists()
}
