//! Files that have no name of their own yet.

use super::context::Context;
use super::names;
use crate::error::Result;
use crate::io::{FailureKind, Handle, Io, Operation, Stat, StorePath};

/// A temporary file beside another one. Removed unless it gets a name.
#[derive(Clone, Debug)]
pub(super) struct Temporary {
    pub(super) handle: Handle,
    pub(super) path: StorePath,
    pub(super) stat: Stat,
}

/// Permissions of the group.
pub(super) const GROUP: u32 = 0o070;

/// Names that are tried: another process, or a leftover, may have one.
const ATTEMPTS: u32 = 16;

impl Temporary {
    /// Makes an empty file beside `path`, with `mode` less the umask.
    pub(super) async fn create(io: &Io, context: &Context, path: &StorePath, mode: u32) -> Result<Temporary> {
        let mut attempt = 0;
        loop {
            let (handle, temporary) = (io.new_handle(), names::temporary(path, &context.process, &context.random())?);
            let created = io.store(vec![Operation::Create { handle, path: temporary.clone(), mode }]).await;
            match created {
                Ok(mut results) => return Ok(Temporary { handle, path: temporary, stat: results.stat()? }),
                Err(failed) if failed.kind == FailureKind::Exists && attempt < ATTEMPTS => attempt += 1,
                Err(failed) => return Err(failed.into()),
            }
        }
    }

    /// Makes an empty file beside `path` with the mode of the file `like`, less the umask.
    ///
    /// Where the system gives it another group, that group may do nothing: the mode said nothing of it.
    pub(super) async fn create_like(io: &Io, context: &Context, path: &StorePath, mode: u32, like: Option<&Stat>) -> Result<Temporary> {
        let temporary = Temporary::create(io, context, path, mode).await?;
        match like {
            Some(like) if like.group != temporary.stat.group && mode & GROUP != 0 => {
                // Made again, not changed: the umask still counts, and nobody of the group has it open.
                temporary.remove(io).await;
                Temporary::create(io, context, path, mode & !GROUP).await
            }
            _ => Ok(temporary),
        }
    }

    /// Closes and removes it. Nothing can be done about a failure: a later recovery removes leftovers.
    pub(super) async fn remove(&self, io: &Io) {
        let identity = Some(self.stat.identity.clone());
        let _ = io.store_final(vec![Operation::Close { handle: self.handle }]).await;
        let _ = io.store_final(vec![Operation::Remove { path: self.path.clone(), identity }]).await;
    }
}
