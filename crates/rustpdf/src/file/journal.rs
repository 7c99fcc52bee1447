//! The journal beside a file that is signed in place: written before the file is touched, and removed when all is done.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use rustpdf_core::{Code, Machine, Outcome, Recovery};

use super::folder;
use super::input::{Inode, inode};
use super::positioned::write_all_at;
use super::temporary::Temporary;
use crate::failure::Failure;
use crate::run::{never_signs, run_over};

/// The largest journal, in bytes: it holds the update, which is bounded like a saved session.
const LARGEST: u64 = 64 << 20;

/// A journal that has its name.
pub(crate) struct Journal {
    path: PathBuf,
    /// Open as long as this lives, so that no other file gets its inode.
    _file: File,
    inode: Option<Inode>,
    /// The user whose it is.
    #[cfg(unix)]
    owner: u32,
    bytes: Vec<u8>,
}

impl Journal {
    /// Whether the document at this real path has one.
    pub(crate) fn exists(document: &Path) -> io::Result<bool> {
        match fs::symlink_metadata(folder::journal(document)?) {
            Ok(_) => Ok(true),
            Err(error) if is_nowhere(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes a journal to the disk, all of it before it has its name.
    ///
    /// Errors: `ERR_FILE_BUSY` where there is one, `ERR_LIMIT`.
    pub(crate) fn write(document: &Path, permissions: Permissions, bytes: Vec<u8>) -> Result<Self, Failure> {
        if bytes.len() as u64 > LARGEST {
            return Err(Code::Limit.into());
        }
        let temporary = Temporary::create(document, permissions)?;
        temporary.file().write_all(&bytes)?;
        temporary.file().sync_all()?;
        let journal = Journal::of(folder::journal(document)?, temporary.file().try_clone()?, bytes)?;
        match temporary.place(&journal.path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(Code::FileBusy.into()),
            placed => placed?,
        }
        match folder::sync(&journal.path) {
            Ok(()) => Ok(journal),
            Err(error) => {
                journal.remove();
                Err(error.into())
            }
        }
    }

    /// The journal of the document, where it has one.
    ///
    /// Errors: `ERR_JOURNAL_DAMAGED` where it is no regular file, which might be read without end, or larger than any.
    pub(crate) fn read(document: &Path) -> Result<Option<Self>, Failure> {
        let path = folder::journal(document)?;
        match fs::symlink_metadata(&path) {
            Err(error) if is_nowhere(&error) => return Ok(None),
            metadata => {
                if !metadata?.is_file() {
                    return Err(Code::JournalDamaged.into());
                }
            }
        }
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None), // whoever wrote it is done meanwhile
            file => file?,
        };
        let mut bytes = Vec::new();
        (&file).take(LARGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST {
            return Err(Code::JournalDamaged.into());
        }
        Ok(Some(Journal::of(path, file, bytes)?))
    }

    fn of(path: PathBuf, file: File, bytes: Vec<u8>) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Journal {
            path,
            _file: file,
            inode: inode(&metadata),
            #[cfg(unix)]
            owner: std::os::unix::fs::MetadataExt::uid(&metadata),
            bytes,
        })
    }

    /// Finds out what is to be done to the file.
    ///
    /// Whoever may write to the folder, but not to the file, could have something appended to it by a journal: it counts from whoever
    /// owns the file, and from whoever asks. Errors: `ERR_JOURNAL_OWNER`, `ERR_JOURNAL_DAMAGED`, `ERR_JOURNAL_DOCUMENT`.
    pub(crate) fn compare(&self, file: &File, undo: bool) -> Result<Recovery, Failure> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let owner = file.metadata()?.uid();
            if self.owner != owner && self.owner != rustix::process::geteuid().as_raw() {
                return Err(Code::JournalOwner.into());
            }
        }
        run_over(|length| Machine::recover(length, self.bytes.clone(), undo), file, never_signs)
    }

    /// Whether it still has its name: whoever ends an interrupted signing removes its journal.
    pub(crate) fn is_own(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|metadata| inode(&metadata) == self.inode)
    }

    /// Removes it, if the name is still its own. Where that fails it does no harm: whoever finds it finds its work done.
    pub(crate) fn remove(self) {
        if self.is_own() && fs::remove_file(&self.path).is_ok() {
            let _ = folder::sync(&self.path);
        }
    }
}

/// Whether nothing can be there: of a document with the longest name there is, no journal can have been written.
fn is_nowhere(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidFilename)
}

/// Does to the file what is to be done, and brings it to the disk.
pub(crate) fn apply(file: &File, recovery: &Recovery) -> io::Result<Outcome> {
    if let Some((offset, bytes)) = &recovery.write {
        write_all_at(file, bytes, *offset)?;
    }
    if file.metadata()?.len() > recovery.length {
        file.set_len(recovery.length)?;
    }
    file.sync_all()?;
    Ok(recovery.outcome)
}
