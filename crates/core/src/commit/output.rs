//! The output of a signing, in the making.

use super::append::Append;
use super::context::Context;
use super::document::{Document, FileIdentity, check_regular};
use super::location::OutputLocation;
use super::publish::Publish;
use crate::error::{Code, Error, Result};
use crate::io::{Handle, Io, Operation, StoreProgress, StoreRequest};

/// Place of the signed document. Abandoned before it is committed, it leaves nothing.
pub(crate) struct Output {
    kind: Kind,
}

enum Kind {
    Update,
    InPlace(Append),
    NewFile(Publish),
    Handle { handle: Handle, begun: bool },
}

impl Output {
    /// Opens an output, and refuses what can be refused before anything is written.
    ///
    /// Errors: `ERR_ARGUMENT`, `ERR_FILE_BUSY`, `ERR_FILE_CHANGED`, the system's.
    pub(crate) async fn open(io: &Io, document: &Document, location: &OutputLocation) -> Result<Output> {
        let in_place = match &document.file {
            Some(file) => file.is_output(io, location).await?,
            None => *location == OutputLocation::InPlace,
        };
        let kind = match location {
            _ if in_place => Kind::InPlace(Append::open(io, document).await?),
            OutputLocation::Path { path, replace, .. } => Kind::NewFile(Publish::open(io, path, *replace).await?),
            OutputLocation::Handle { handle, .. } => {
                let stat = io.store(vec![Operation::StatHandle { handle: *handle }]).await?.stat()?;
                check_regular(&stat, "the open output")?;
                if stat.size > 0 {
                    return Err(Code::Argument
                        .because("the open output is not empty")
                        .with_remedy("open an empty file, or give the input itself"));
                }
                Kind::Handle { handle: *handle, begun: false }
            }
            OutputLocation::InPlace | OutputLocation::Update => Kind::Update,
        };
        Ok(Output { kind })
    }

    /// Begins to write: the folder is writable, or this fails. Returns the file that receives a copy of the document, if there is one.
    pub(crate) async fn begin(&mut self, io: &Io, context: &Context, document: &Document) -> Result<Option<Handle>> {
        match &mut self.kind {
            Kind::Update => Ok(None),
            Kind::InPlace(append) => append.begin(io, context, document).await.map(|()| None),
            Kind::NewFile(publish) => publish.begin(io, context, document).await.map(Some),
            Kind::Handle { handle, begun } => {
                *begun = true;
                Ok(Some(*handle))
            }
        }
    }

    /// Completes the output: it is there, whole and on the disk.
    ///
    /// Errors: `ERR_FILE_CHANGED`, `ERR_FILE_BUSY`, the system's.
    pub(crate) async fn commit(&mut self, io: &Io, context: &Context, document: &Document, update: &[u8]) -> Result<()> {
        match &mut self.kind {
            Kind::Update => document.ensure_unchanged().await,
            Kind::InPlace(append) => append.commit(io, context, document, update).await,
            Kind::NewFile(publish) => publish.commit(io, document, document.io.length(), update).await,
            Kind::Handle { handle, begun } => {
                document.ensure_unchanged().await?;
                let (handle, length) = (*handle, document.io.length());
                let total = length + update.len() as u64;
                let write = Operation::Write { handle, offset: length, bytes: update.to_vec() };
                let request =
                    StoreRequest { operations: vec![write], is_final: false, progress: Some(StoreProgress { done: length, total }) };
                io.perform(request).await.map_err(Error::from)?;
                let sync = vec![Operation::Sync { handle }];
                io.perform(StoreRequest { operations: sync, is_final: true, progress: Some(StoreProgress { done: total, total }) })
                    .await
                    .map_err(Error::from)?;
                *begun = false;
                Ok(())
            }
        }
    }

    /// Removes what was begun and not committed. Returns facts of the document, where an update was taken back from it.
    pub(crate) async fn abandon(&mut self, io: &Io) -> Option<FileIdentity> {
        match &mut self.kind {
            Kind::InPlace(append) => {
                append.abandon(io).await;
                return append.restored.take();
            }
            Kind::NewFile(publish) => publish.abandon(io).await,
            Kind::Handle { handle, begun: true } => {
                let _ = io.store_final(vec![Operation::Truncate { handle: *handle, length: 0 }]).await;
            }
            Kind::Update | Kind::Handle { .. } => {}
        }
        None
    }
}
