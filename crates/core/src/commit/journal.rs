//! The journal of a signing in place: written before the document is touched, and removed when all is done.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::{names, users};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::io::{Access, FailureKind, FileKind, Io, Operation, Process, Stat, StorePath};
use crate::json::from_object;
use crate::limits;

/// First bytes of a journal. The version follows, SHA-256 of the data, and the data.
const MAGIC: &[u8] = b"rustpdf journal ";
const VERSION: u8 = 2;
const DIGEST: usize = 32;

/// Permissions that only the owner has: nobody else may write a journal.
const OTHERS_WRITE: u32 = 0o022;

/// Update of a document, and the document that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Journal {
    /// Length of the document in bytes.
    pub(super) length: u64,
    /// SHA-256 of the document's last bytes, at most [`limits::MARGIN`].
    pub(super) tail: Vec<u8>,
    pub(super) writer: Writer,
    pub(super) update: Vec<u8>,
}

/// Process that wrote a journal or holds a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Writer {
    pub(super) host: String,
    pub(super) boot: String,
    pub(super) namespace: String,
    pub(super) pid: u64,
    pub(super) start: String,
}

impl Writer {
    pub(super) fn of(process: &Process) -> Writer {
        let Process { pid, host, boot, namespace, start, .. } = process.clone();
        Writer { host, boot, namespace, pid, start }
    }

    /// Whether its number means something in `process`: the host, its boot and the PID namespace are known and the same.
    pub(super) fn is_comparable(&self, process: &Process) -> bool {
        !self.boot.is_empty() && self.host == process.host && self.boot == process.boot && self.namespace == process.namespace
    }

    /// Whether this very process is meant.
    pub(super) fn is(&self, process: &Process) -> bool {
        *self == Writer::of(process)
    }
}

from_object!(Writer { host "host", boot "boot", namespace "namespace", pid "pid", start "start" });

impl Journal {
    /// Errors: `ERR_LIMIT` where it would be larger than recovery reads.
    pub(super) fn serialize(&self) -> Result<Vec<u8>> {
        let data = postcard::to_allocvec(self).map_err(|_| Code::Internal)?;
        let bytes = [MAGIC, &[VERSION], &DigestAlgorithm::Sha256.digest(&[&data]), &data].concat();
        match bytes.len() <= limits::JOURNAL {
            true => Ok(bytes),
            false => Err(Code::Limit
                .because(format!("the journal of a signing in place has at most {} bytes", limits::JOURNAL))
                .with_remedy("sign into a new file instead of in place")),
        }
    }

    /// Errors: `ERR_JOURNAL_DAMAGED`.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Journal> {
        let parts = || {
            let (version, rest) = bytes.strip_prefix(MAGIC)?.split_first()?;
            let (check, data) = rest.split_at_checked(DIGEST)?;
            if *version != VERSION || DigestAlgorithm::Sha256.digest(&[data]) != check {
                return None;
            }
            match postcard::take_from_bytes(data) {
                Ok((journal, [])) => Some(journal),
                _ => None,
            }
        };
        parts().ok_or(Code::JournalDamaged.into())
    }
}

/// A journal found beside a document.
pub(super) struct FoundJournal {
    pub(super) path: StorePath,
    pub(super) stat: Stat,
    /// Our temporary name of the same file, left by a process that ended between two names.
    pub(super) second_name: Option<StorePath>,
    pub(super) journal: Journal,
}

/// Reads the journal of a document, if there is one.
///
/// A process that may write to the folder, but not to the document, could have something appended to it by a journal: a journal counts only
/// if its owner is the document's owner or the effective user, and only if nobody else can have written it. The owner of the document, and root,
/// can have it count all the same by naming its owner.
///
/// Errors: `ERR_JOURNAL_DAMAGED`, `ERR_JOURNAL_OWNER`.
pub(super) async fn find(
    io: &Io,
    context: &Context,
    document: &StorePath,
    document_owner: u32,
    named_owner: Option<&str>,
) -> Result<Option<FoundJournal>> {
    let path = names::journal(document)?;
    let stat = io.store(vec![Operation::StatPath { path: path.clone() }]).await?.stat()?;
    match stat.kind {
        FileKind::Missing => return Ok(None),
        FileKind::File if stat.size <= limits::JOURNAL as u64 => {}
        FileKind::File => return Err(damaged(&path, &format!("has more than {} bytes", limits::JOURNAL))),
        _ => return Err(damaged(&path, "is not a regular file")),
    }
    let handle = io.new_handle();
    let read = vec![
        Operation::Open { handle, path: path.clone(), access: Access::Read },
        Operation::Read { handle, offset: 0, length: stat.size },
        Operation::Close { handle },
    ];
    let mut results = match io.store(read).await {
        Ok(results) => results,
        Err(failed) if failed.kind == FailureKind::Missing => return Ok(None), // its process has finished meanwhile
        Err(failed) if failed.kind == FailureKind::Denied => {
            let owner = users::name(io, stat.owner).await;
            return Err(foreign(&path, &format!("of {owner} cannot be read")));
        }
        Err(failed) => return Err(failed.into()),
    };
    let (stat, bytes) = (results.stat()?, results.bytes()?);
    if stat.kind != FileKind::File {
        return Err(damaged(&path, "is not a regular file"));
    }
    check_owner(io, context, &path, &stat, document_owner, named_owner).await?;
    if stat.mode & OTHERS_WRITE != 0 {
        return Err(foreign(&path, "can be written by other users"));
    }
    let second_name = if stat.links > 1 { second_name(io, document, &stat).await? } else { None };
    if stat.links > 1 + u64::from(second_name.is_some()) {
        // Its process removes the first name as soon as it gave the second.
        let now = io.store(vec![Operation::StatPath { path: path.clone() }]).await?.stat()?;
        if now.kind == FileKind::Missing {
            return Ok(None);
        }
        if now.identity != stat.identity {
            return Err(Code::JournalDocument.into()); // another signing began meanwhile: look again
        }
        if now.links > 1 {
            return Err(foreign(&path, "has another name elsewhere"));
        }
    }
    let journal = Journal::parse(&bytes).map_err(|_| damaged(&path, "is damaged"))?;
    Ok(Some(FoundJournal { path, stat, second_name, journal }))
}

async fn check_owner(
    io: &Io,
    context: &Context,
    path: &StorePath,
    stat: &Stat,
    document_owner: u32,
    named_owner: Option<&str>,
) -> Result<()> {
    let user = context.process.user;
    if stat.owner == document_owner || stat.owner == user {
        return Ok(());
    }
    let owner = users::name(io, stat.owner).await;
    match named_owner {
        Some(named) if user == 0 || user == document_owner => match named == owner || named == stat.owner.to_string() {
            true => Ok(()),
            false => Err(foreign(path, &format!("belongs to {owner}, not to {named}"))),
        },
        Some(_) => Err(foreign(path, &format!("belongs to {owner}, and only the document's owner or root can accept it"))),
        None => Err(foreign(path, &format!("belongs to {owner}, and the document does not"))),
    }
}

/// Another name of the file among the temporary names of the document.
async fn second_name(io: &Io, document: &StorePath, stat: &Stat) -> Result<Option<StorePath>> {
    for path in temporaries(io, document).await? {
        if io.store(vec![Operation::StatPath { path: path.clone() }]).await?.stat()?.identity == stat.identity {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// Paths beside the document whose names begin as those of its temporary files do.
pub(super) async fn temporaries(io: &Io, document: &StorePath) -> Result<Vec<StorePath>> {
    let (folder, prefix) = (names::folder(document)?, names::temporary_prefix(document)?);
    let found = io.store(vec![Operation::List { path: folder, prefix: prefix.clone() }]).await?.names()?;
    found.iter().filter(|name| name.starts_with(&prefix)).take(limits::NAMES).map(|name| names::beside(document, name)).collect()
}

fn damaged(path: &StorePath, how: &str) -> Error {
    Code::JournalDamaged.because(format!("the journal {path} {how}"))
}

fn foreign(path: &StorePath, how: &str) -> Error {
    Code::JournalOwner.because(format!("the journal {path} {how}"))
}
