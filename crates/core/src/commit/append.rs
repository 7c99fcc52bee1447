//! Appending to the only copy of a document, so that nothing is ever lost.

use super::context::Context;
use super::document::{Document, FileIdentity};
use super::journal::{Journal, Writer};
use super::temporary::Temporary;
use super::{names, recover, refuse_busy};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::io::{Access, Failed, FailureKind, FileKind, Handle, Io, Operation, Results, StorePath, StoreProgress, StoreRequest};
use crate::limits;

/// Permissions of a journal: those of the document, but others do not write it.
const JOURNAL_MODE: u32 = 0o755;

/// A document that is signed in place.
///
/// The update is written twice: into the journal, which is on the disk before the document is touched, and after the document's last byte.
/// Another process that finds file and journal at any moment can finish the signature or take it back. Bytes of the document are never written.
pub(super) struct Append {
    path: StorePath,
    journal: StorePath,
    /// The document, open for writing.
    handle: Handle,
    temporary: Option<Temporary>,
    /// Facts of the document after its update was taken back.
    pub(super) restored: Option<FileIdentity>,
}

/// State of a journal that got its name.
enum Named {
    /// The update may be written.
    Ready,
    /// Another process wrote it.
    Recovered,
}

impl Append {
    /// Opens the document for writing.
    ///
    /// Errors: `ERR_FILE_CHANGED`; `ERR_ARGUMENT` where the document is not a file, or its path is not known.
    pub(super) async fn open(io: &Io, document: &Document) -> Result<Append> {
        let Some(file) = &document.file else {
            return Err(Code::Argument
                .because("only a file can be signed in place")
                .with_remedy("give the document as a path or an open file"));
        };
        let Some(path) = &file.path else {
            return Err(Code::Argument
                .because("the path of the open file is not known, and signing in place needs it")
                .with_remedy("give the document as a path"));
        };
        let handle = io.new_handle();
        let stat = io.store(vec![Operation::Open { handle, path: path.clone(), access: Access::Write }]).await?.stat()?;
        document.check_unchanged([&stat])?;
        Ok(Append { path: path.clone(), journal: names::journal(path)?, handle, temporary: None, restored: None })
    }

    /// Makes the file that becomes the journal: a folder in which that fails is noticed before a key signs.
    pub(super) async fn begin(&mut self, io: &Io, context: &Context, document: &Document) -> Result<()> {
        // A folder that cannot be read cannot be synced either. While it is unchanged, syncing it costs nothing.
        let folder = Operation::SyncFolder { path: names::folder(&self.path)? };
        match io.store(vec![Operation::Absent { path: self.journal.clone() }, folder]).await {
            Err(failed) if failed.kind == FailureKind::Exists => return Err(refuse_busy(&self.journal)),
            absent => absent?,
        };
        let file = document.file.as_ref().map(|file| &file.stat);
        let mode = file.map_or(0o600, |stat| stat.mode) & JOURNAL_MODE;
        self.temporary = Some(Temporary::create_like(io, context, &self.path, mode, file).await?);
        Ok(())
    }

    /// Appends the update.
    ///
    /// Errors: `ERR_FILE_CHANGED`, also where another process took the update back; `ERR_FILE_BUSY` where the document has a journal.
    pub(super) async fn commit(&mut self, io: &Io, context: &Context, document: &Document, update: &[u8]) -> Result<()> {
        let temporary = self.temporary.clone().ok_or(Error::from(Code::Internal))?;
        let file = document.file.as_ref().ok_or(Error::from(Code::Internal))?;
        let length = file.stat.size;
        let tail = document.io.read(length.saturating_sub(limits::MARGIN)..length).await?;
        let journal = Journal {
            length,
            tail: DigestAlgorithm::Sha256.digest(&[&tail]),
            writer: Writer::of(&context.process),
            update: update.to_vec(),
        };
        let handle = temporary.handle;
        let operations = vec![
            Operation::StatHandle { handle: self.handle },
            Operation::StatPath { path: self.path.clone() },
            Operation::Write { handle, offset: 0, bytes: journal.serialize()? },
            Operation::Sync { handle },
        ];
        let progress = Some(StoreProgress { done: 0, total: update.len() as u64 });
        let mut results = io.perform(StoreRequest { operations, is_final: false, progress }).await?;
        document.check_unchanged([&results.stat()?, &results.stat()?])?;

        match self.name_journal(io, &temporary, &FileIdentity::of(&file.stat), &journal).await {
            Ok(Named::Ready) => {}
            Ok(Named::Recovered) => return Ok(()),
            Err(error) => {
                self.remove_journal(io, &temporary).await;
                return Err(error);
            }
        }
        // From here on the signature is as good as there: whatever happens, the journal finishes it.
        let operations = vec![
            Operation::Write { handle: self.handle, offset: length, bytes: update.to_vec() },
            Operation::Sync { handle: self.handle },
            Operation::StatPath { path: self.journal.clone() },
        ];
        match io.store_final(operations).await {
            Ok(mut results) => {
                let found = results.skip().skip().stat()?;
                if found.kind == FileKind::Missing || found.identity != temporary.stat.identity {
                    self.ensure_whole(io, &journal).await?;
                }
            }
            Err(failed) => return self.take_back(io, &temporary, &journal, failed).await,
        }
        let total = update.len() as u64;
        let remove = Operation::Remove { path: self.journal.clone(), identity: Some(temporary.stat.identity.clone()) };
        let request = StoreRequest { operations: vec![remove], is_final: true, progress: Some(StoreProgress { done: total, total }) };
        // A journal that cannot be removed finds its work done. One that is gone was recovered by another process.
        if let Ok(mut results) = io.perform(request).await
            && !results.removed()?
        {
            self.ensure_whole(io, &journal).await?;
        }
        let _ = io.store_final(vec![Operation::SyncFolder { path: names::folder(&self.path)? }]).await;
        Ok(())
    }

    /// Gives the journal its name, and checks that nothing was written to the document meanwhile.
    async fn name_journal(&mut self, io: &Io, temporary: &Temporary, opened: &FileIdentity, journal: &Journal) -> Result<Named> {
        let (from, to) = (temporary.path.clone(), self.journal.clone());
        let linked = io.store_final(vec![Operation::Link { from: from.clone(), to: to.clone() }]).await;
        match linked {
            Ok(_) => {
                // Its first name is of no more use. What cannot be removed is a leftover, which a recovery removes.
                let remove = Operation::Remove { path: from, identity: Some(temporary.stat.identity.clone()) };
                let _ = io.store_final(vec![remove]).await;
            }
            Err(failed) => self.rename_journal(io, temporary, failed).await?,
        }
        let operations = vec![
            Operation::SyncFolder { path: names::folder(&self.path)? },
            Operation::StatHandle { handle: self.handle },
            Operation::StatPath { path: to },
        ];
        let mut results = io.store_final(operations).await?;
        let (stat, named) = (results.skip().stat()?, results.stat()?);
        if FileIdentity::of(&stat) == *opened {
            return Ok(Named::Ready);
        }
        // Another process that finds the journal finishes the signature, and then removes the journal.
        if named.identity != temporary.stat.identity {
            return self.ensure_whole(io, journal).await.map(|()| Named::Recovered);
        }
        match stat.size > opened.size && recover::compare_open(io, self.handle, journal, false).await.is_ok() {
            true => Ok(Named::Ready),
            false => Err(Code::FileChanged.into()),
        }
    }

    /// Renames the journal where the file system has no hard links: there a race is lost between the look and the renaming.
    async fn rename_journal(&self, io: &Io, temporary: &Temporary, failed: Failed) -> Result<()> {
        if failed.kind == FailureKind::Exists {
            return Err(refuse_busy(&self.journal));
        }
        if !is_without_links(failed.kind) {
            return Err(failed.into());
        }
        let rename = Operation::Rename { from: temporary.path.clone(), to: self.journal.clone() };
        match io.store_final(vec![Operation::Absent { path: self.journal.clone() }, rename]).await {
            Err(failed) if failed.kind == FailureKind::Exists => Err(refuse_busy(&self.journal)),
            renamed => renamed.map(|_: Results| ()).map_err(Error::from),
        }
    }

    /// Takes the update back after a failure. Where that fails, too, the journal stays, and a recovery ends the signing.
    async fn take_back(&mut self, io: &Io, temporary: &Temporary, journal: &Journal, failed: Failed) -> Result<()> {
        let found = match io.store_final(vec![Operation::StatPath { path: self.journal.clone() }]).await {
            Ok(mut results) => results.stat()?,
            Err(_) => return Err(failed.into()),
        };
        if found.kind == FileKind::Missing || found.identity != temporary.stat.identity {
            // Another process recovered the document meanwhile.
            return self.ensure_whole(io, journal).await.map_err(|_| failed.into());
        }
        if let Ok(plan) = recover::compare_open(io, self.handle, journal, true).await
            && recover::apply(io, self.handle, &plan).await.is_ok()
        {
            self.remove_journal(io, temporary).await;
            if let Ok(mut results) = io.store_final(vec![Operation::StatHandle { handle: self.handle }]).await {
                self.restored = Some(FileIdentity::of(&results.stat()?));
            }
        }
        Err(failed.into())
    }

    /// Errors: `ERR_FILE_CHANGED` where the update is not after the document.
    async fn ensure_whole(&self, io: &Io, journal: &Journal) -> Result<()> {
        match recover::compare_open(io, self.handle, journal, false).await {
            Ok(plan) if plan.is_empty() => Ok(()),
            Err(error) if error.code() != Code::JournalDocument => Err(error),
            _ => Err(Code::FileChanged.into()),
        }
    }

    async fn remove_journal(&self, io: &Io, temporary: &Temporary) {
        let remove = Operation::Remove { path: self.journal.clone(), identity: Some(temporary.stat.identity.clone()) };
        let _ = io.store_final(vec![remove]).await;
        if let Ok(path) = names::folder(&self.path) {
            let _ = io.store_final(vec![Operation::SyncFolder { path }]).await;
        }
    }

    /// Removes what was never used.
    pub(super) async fn abandon(&self, io: &Io) {
        if let Some(temporary) = &self.temporary {
            temporary.remove(io).await;
        }
    }
}

/// Whether a failure to link may mean that the file system has no hard links: systems say so in many ways.
pub(super) fn is_without_links(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::Denied | FailureKind::Unsupported | FailureKind::Other)
}
