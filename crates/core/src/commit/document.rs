//! A document that is signed: opened once, and watched for changes until it is signed.

use super::context::Context;
use super::location::{DocumentLocation, OutputLocation};
use super::recover::{Recovery, recover_journal};
use super::{names, refuse_busy};
use crate::error::{Code, Result};
use crate::io::{Access, FileKind, Handle, Io, Operation, Stat, StorePath};

/// Facts by which a file is known not to have changed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct FileIdentity {
    pub(crate) identity: String,
    pub(crate) size: u64,
    pub(crate) modified: String,
    pub(crate) changed: String,
}

impl FileIdentity {
    pub(super) fn of(stat: &Stat) -> FileIdentity {
        let Stat { identity, size, modified, changed, .. } = stat;
        FileIdentity { identity: identity.clone(), size: *size, modified: modified.clone(), changed: changed.clone() }
    }
}

/// A document that is open.
pub(crate) struct Document {
    /// Reads the document.
    pub(crate) io: Io,
    pub(super) file: Option<OpenFile>,
}

/// The document's file.
pub(super) struct OpenFile {
    pub(super) handle: Handle,
    /// Real path. Of an open file of the caller it may be unknown.
    pub(super) path: Option<StorePath>,
    pub(super) stat: Stat,
    /// Whether the caller named the file by its path, and did not open it.
    by_path: bool,
}

impl Document {
    /// Opens a document to be signed. An interrupted signing in place is finished first, if this one is in place, too.
    ///
    /// Errors: `ERR_ARGUMENT` for a file that is not regular; `ERR_FILE_BUSY` where the document has a journal and the output is another file;
    /// `ERR_JOURNAL_…`.
    pub(crate) async fn open(io: &Io, context: &Context, location: &DocumentLocation, output: &OutputLocation) -> Result<Document> {
        let mut file = match OpenFile::open(io, location).await? {
            Opened::Memory(length) => return Ok(Document { io: io.with_document(None, length)?, file: None }),
            Opened::File(file) => file,
        };
        if let Some(path) = &file.path
            && let journal = names::journal(path)?
            && io.store(vec![Operation::StatPath { path: journal.clone() }]).await?.stat()?.kind != FileKind::Missing
        {
            if !file.is_output(io, output).await? {
                return Err(refuse_busy(&journal));
            }
            recover_journal(io, context, path, &Recovery { undo: false, owner: None }).await?;
            file.reopen(io).await?;
        }
        let io = io.with_document(Some(file.handle), file.stat.size)?;
        Ok(Document { io, file: Some(file) })
    }

    /// Opens a document as it is, to be read only: a journal beside it does not matter.
    pub(crate) async fn open_to_read(io: &Io, location: &DocumentLocation) -> Result<Document> {
        match OpenFile::open(io, location).await? {
            Opened::Memory(length) => Ok(Document { io: io.with_document(None, length)?, file: None }),
            Opened::File(file) => Ok(Document { io: io.with_document(Some(file.handle), file.stat.size)?, file: Some(file) }),
        }
    }

    /// Name of its file, without the folder, where it is a file with a known path.
    pub(crate) fn name(&self) -> Option<String> {
        let (_, name) = names::split(self.file.as_ref()?.path.as_ref()?).ok()?;
        Some(String::from_utf8_lossy(name).into_owned())
    }

    /// Facts by which it can be known later that the document did not change.
    pub(crate) fn identity(&self) -> Option<FileIdentity> {
        self.file.as_ref().map(|file| FileIdentity::of(&file.stat))
    }

    /// Errors: `ERR_FILE_CHANGED` where the file is not the one of `identity`, or not as it was.
    pub(crate) fn check_identity(&self, identity: Option<&FileIdentity>) -> Result<()> {
        match (self.identity(), identity) {
            (Some(own), Some(earlier)) if own != *earlier => Err(Code::FileChanged.into()),
            _ => Ok(()),
        }
    }

    /// Operations whose results [`Document::check_unchanged`] takes.
    pub(super) fn watch(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        if let Some(file) = &self.file {
            operations.push(Operation::StatHandle { handle: file.handle });
            if let (Some(path), true) = (&file.path, file.by_path) {
                operations.push(Operation::StatPath { path: path.clone() });
            }
        }
        operations
    }

    /// Errors: `ERR_FILE_CHANGED` where the file is not as it was, or its path leads to another one.
    pub(super) fn check_unchanged<'a>(&self, stats: impl IntoIterator<Item = &'a Stat>) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let opened = FileIdentity::of(&file.stat);
        match stats.into_iter().all(|stat| FileIdentity::of(stat) == opened) {
            true => Ok(()),
            false => Err(Code::FileChanged.into()),
        }
    }

    /// Asks whether the file is as it was. Errors: `ERR_FILE_CHANGED`.
    pub(crate) async fn ensure_unchanged(&self) -> Result<()> {
        let operations = self.watch();
        if operations.is_empty() {
            return Ok(());
        }
        let mut results = self.io.store(operations).await?;
        let mut stats = Vec::new();
        while results.len() > 0 {
            stats.push(results.stat()?);
        }
        self.check_unchanged(&stats)
    }
}

enum Opened {
    Memory(u64),
    File(OpenFile),
}

impl OpenFile {
    async fn open(io: &Io, location: &DocumentLocation) -> Result<Opened> {
        let file = match location {
            DocumentLocation::Memory { length } => return Ok(Opened::Memory(*length)),
            DocumentLocation::Path(path) => {
                let path = io.store(vec![Operation::Resolve { path: path.clone() }]).await?.path()?;
                let handle = io.new_handle();
                let stat = io.store(vec![Operation::Open { handle, path: path.clone(), access: Access::Read }]).await?.stat()?;
                OpenFile { handle, path: Some(path), stat, by_path: true }
            }
            DocumentLocation::Handle { handle, path } => {
                let stat = io.store(vec![Operation::StatHandle { handle: *handle }]).await?.stat()?;
                let path = match path {
                    Some(path) => Self::real_path(io, path, &stat).await,
                    None => None,
                };
                OpenFile { handle: *handle, path, stat, by_path: false }
            }
        };
        check_regular(&file.stat, "the document")?;
        Ok(Opened::File(file))
    }

    /// Path of an open file, if it still leads there.
    async fn real_path(io: &Io, path: &StorePath, stat: &Stat) -> Option<StorePath> {
        let path = io.store(vec![Operation::Resolve { path: path.clone() }]).await.ok()?.path().ok()?;
        let found = io.store(vec![Operation::StatPath { path: path.clone() }]).await.ok()?.stat().ok()?;
        (found.identity == stat.identity).then_some(path)
    }

    /// Whether the output is this file.
    pub(super) async fn is_output(&self, io: &Io, output: &OutputLocation) -> Result<bool> {
        let stat = match output {
            OutputLocation::InPlace => return Ok(true),
            OutputLocation::Path { path, or_in_place: true, .. } => {
                let path = io.store(vec![Operation::Resolve { path: path.clone() }]).await?.path()?;
                io.store(vec![Operation::StatPath { path }]).await?.stat()?
            }
            OutputLocation::Handle { handle, or_in_place: true } => {
                io.store(vec![Operation::StatHandle { handle: *handle }]).await?.stat()?
            }
            _ => return Ok(false),
        };
        Ok(stat.kind == FileKind::File && stat.identity == self.stat.identity)
    }

    /// Takes its facts again, after a recovery.
    async fn reopen(&mut self, io: &Io) -> Result<()> {
        self.stat = io.store(vec![Operation::StatHandle { handle: self.handle }]).await?.stat()?;
        Ok(())
    }
}

/// Errors: `ERR_ARGUMENT` for a folder, a pipe, a device, a link.
pub(super) fn check_regular(stat: &Stat, what: &str) -> Result<()> {
    match stat.kind {
        FileKind::File => Ok(()),
        _ => Err(Code::Argument
            .because(format!("{what} is not a regular file"))
            .with_remedy("give a file; the bytes of a pipe or a device can be given as a document in memory")),
    }
}
