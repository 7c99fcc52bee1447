//! A new file, which gets its name when it is whole and on the disk.

use super::append::is_without_links;
use super::context::Context;
use super::document::{Document, check_regular};
use super::temporary::{GROUP, Temporary};
use super::{names, refuse_busy};
use crate::error::{Code, Error, Result};
use crate::io::{FailureKind, FileKind, Handle, Io, Operation, Stat, StorePath, StoreProgress, StoreRequest};

/// Permissions of a document that is not a file.
const MODE: u32 = 0o666;
/// Permissions of a file that is about to get those of the file that it replaces.
const PRIVATE: u32 = 0o600;

/// An output that is another file than the document.
pub(super) struct Publish {
    path: StorePath,
    replace: bool,
    /// The file that is replaced.
    existing: Option<Stat>,
    temporary: Option<Temporary>,
}

impl Publish {
    /// Checks the name of the output.
    ///
    /// Errors: the system's, where a file exists and is not replaced; `ERR_ARGUMENT` for a file that is not regular; `ERR_FILE_BUSY` where a signing
    /// in place of the existing file was interrupted: its journal would be taken for one of the new file.
    pub(super) async fn open(io: &Io, path: &StorePath, replace: bool) -> Result<Publish> {
        let path = io.store(vec![Operation::Resolve { path: path.clone() }]).await?.path()?;
        let journal = names::journal(&path)?;
        let operations = vec![Operation::StatPath { path: path.clone() }, Operation::StatPath { path: journal.clone() }];
        let mut results = io.store(operations).await?;
        let (existing, journal_stat) = (results.stat()?, results.stat()?);
        if existing.kind != FileKind::Missing {
            if !replace {
                io.store(vec![Operation::Absent { path: path.clone() }]).await?;
            }
            check_regular(&existing, "the output")?;
        }
        if journal_stat.kind != FileKind::Missing {
            return Err(refuse_busy(&journal));
        }
        let existing = (existing.kind != FileKind::Missing).then_some(existing);
        Ok(Publish { path, replace, existing, temporary: None })
    }

    /// Makes the file that becomes the output.
    ///
    /// It gets the mode of the document, less the umask; a file that replaces another one gets that one's owner, group and mode.
    pub(super) async fn begin(&mut self, io: &Io, context: &Context, document: &Document) -> Result<Handle> {
        let temporary = match &self.existing {
            Some(existing) => {
                let temporary = Temporary::create(io, context, &self.path, PRIVATE).await?;
                self.temporary = Some(temporary.clone());
                permit(io, &temporary, existing).await?;
                temporary
            }
            None => {
                let file = document.file.as_ref().map(|file| &file.stat);
                Temporary::create_like(io, context, &self.path, file.map_or(MODE, |stat| stat.mode), file).await?
            }
        };
        let handle = temporary.handle;
        self.temporary = Some(temporary);
        Ok(handle)
    }

    /// Completes the file and gives it its name.
    ///
    /// Errors: the system's, where another file got the name meanwhile; `ERR_FILE_CHANGED`.
    pub(super) async fn commit(&mut self, io: &Io, document: &Document, length: u64, update: &[u8]) -> Result<()> {
        let temporary = self.temporary.clone().ok_or(Error::from(Code::Internal))?;
        let handle = temporary.handle;
        let mut operations = document.watch();
        let watched = operations.len();
        operations.push(Operation::Write { handle, offset: length, bytes: update.to_vec() });
        operations.push(Operation::Sync { handle });
        let total = length + update.len() as u64;
        let mut results =
            io.perform(StoreRequest { operations, is_final: false, progress: Some(StoreProgress { done: length, total }) }).await?;
        let stats = (0..watched).map(|_| results.stat()).collect::<Result<Vec<_>>>()?;
        document.check_unchanged(&stats)?;

        let (from, to) = (temporary.path.clone(), self.path.clone());
        let rename = Operation::Rename { from: from.clone(), to: to.clone() };
        let naming = match self.replace {
            // Windows renames no open file.
            true => vec![Operation::Close { handle }, rename.clone()],
            false => vec![Operation::Link { from: from.clone(), to: to.clone() }],
        };
        let request = StoreRequest { operations: naming, is_final: true, progress: Some(StoreProgress { done: total, total }) };
        match io.perform(request).await {
            Ok(_) if !self.replace => {
                let remove = Operation::Remove { path: from, identity: Some(temporary.stat.identity.clone()) };
                let _ = io.store_final(vec![remove]).await;
            }
            Ok(_) => {}
            // A race is lost between the look and the renaming, where the file system has no hard links.
            Err(failed) if !self.replace && is_without_links(failed.kind) => {
                io.store_final(vec![Operation::Absent { path: to }, rename]).await?;
            }
            Err(failed) => return Err(failed.into()),
        }
        self.temporary = None;
        // The file has its name: the call succeeds, even if the name may not outlive a loss of power.
        let _ = io.store_final(vec![Operation::SyncFolder { path: names::folder(&self.path)? }]).await;
        Ok(())
    }

    /// Removes what has no name yet.
    pub(super) async fn abandon(&self, io: &Io) {
        if let Some(temporary) = &self.temporary {
            temporary.remove(io).await;
        }
    }
}

/// Gives the temporary file owner, group and mode of the file that it replaces, as far as the system permits.
async fn permit(io: &Io, temporary: &Temporary, existing: &Stat) -> Result<()> {
    let Temporary { handle, stat, .. } = temporary;
    let owner = (existing.owner != stat.owner).then_some(existing.owner);
    let group = (existing.group != stat.group).then_some(existing.group);
    let attempts = [
        (owner, group, existing.mode),
        (None, group, existing.mode),
        // Another group than before: it may do nothing.
        (None, None, if group.is_none() { existing.mode } else { existing.mode & !GROUP }),
    ];
    for (owner, group, mode) in attempts {
        match io.store(vec![Operation::Permit { handle: *handle, owner, group, mode: Some(mode) }]).await {
            Ok(_) => return Ok(()),
            Err(failed) if failed.kind == FailureKind::Cancelled => return Err(failed.into()),
            Err(_) => {}
        }
    }
    Ok(()) // a file system without permissions
}
