//! Recovery of a document after an interrupted signing in place.

use serde::Serialize;

use super::context::Context;
use super::journal::{self, FoundJournal, Journal};
use super::{names, refuse_busy};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::io::{Access, FileKind, Handle, Io, Operation, StorePath};
use crate::limits;

/// Looks at a journal that does not fit: it does not for milliseconds, unless it never will.
const ATTEMPTS: u32 = 20;
const BETWEEN_MS: u32 = 25;

/// Age in seconds at which a temporary file of another host, boot or PID namespace is a leftover.
const LEFTOVER_AGE_S: i64 = 24 * 60 * 60;

/// Manner of a recovery.
pub(crate) struct Recovery<'a> {
    /// Takes the signature back instead of finishing it.
    pub(crate) undo: bool,
    /// Name or number of the user that may own the journal beside the document's owner.
    pub(crate) owner: Option<&'a str>,
}

/// What a recovery did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovered {
    /// What the file is now.
    pub outcome: RecoveryOutcome,
    /// Leftovers of ended processes that were removed.
    pub removed: u32,
}

/// State of a file after a recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RecoveryOutcome {
    /// As it was: no signing in place was interrupted.
    Nothing,
    /// Signed: the signature was finished.
    Signed,
    /// The original: the signature was taken back.
    Original,
}

/// Ends an interrupted signing in place of the file at `path`, and removes what ended processes left beside it.
pub(crate) async fn recover(io: &Io, context: &Context, path: &StorePath, recovery: &Recovery<'_>) -> Result<Recovered> {
    let path = io.store(vec![Operation::Resolve { path: path.clone() }]).await?.path()?;
    let outcome = recover_journal(io, context, &path, recovery).await?;
    let removed = remove_leftovers(io, context, &path).await?;
    if outcome == RecoveryOutcome::Nothing && removed == 0 {
        // A path that leads nowhere is an error of the caller, unless an output was interrupted before it got this name.
        io.store(vec![Operation::Open { handle: io.new_handle(), path, access: Access::Read }]).await?;
    }
    Ok(Recovered { outcome, removed })
}

/// Ends an interrupted signing in place of the file at this real path.
///
/// Errors: `ERR_JOURNAL_…`; `ERR_FILE_BUSY` where the signature shall be taken back while another process still makes it.
pub(super) async fn recover_journal(io: &Io, context: &Context, path: &StorePath, recovery: &Recovery<'_>) -> Result<RecoveryOutcome> {
    for _ in 1..ATTEMPTS {
        match attempt(io, context, path, recovery).await {
            // Of two signers in place the later one notices the other with its journal written, and removes it at once.
            Err(error) if error.code() == Code::JournalDocument => {
                io.store(vec![Operation::Wait { milliseconds: BETWEEN_MS }]).await?;
            }
            recovered => return recovered,
        }
    }
    attempt(io, context, path, recovery).await
}

async fn attempt(io: &Io, context: &Context, path: &StorePath, recovery: &Recovery<'_>) -> Result<RecoveryOutcome> {
    let document = io.store(vec![Operation::StatPath { path: path.clone() }]).await?.stat()?;
    let Some(found) = journal::find(io, context, path, document.owner, recovery.owner).await? else { return Ok(RecoveryOutcome::Nothing) };
    if recovery.undo {
        refuse_living_writer(io, context, &found).await?;
    }
    let handle = io.new_handle();
    let plan = compare(io, path, handle, &found.journal, recovery.undo).await.map_err(|error| match error.code() {
        Code::JournalDocument => Code::JournalDocument.because(format!("the journal {} belongs to another document", found.path)),
        _ => error,
    })?;
    if !plan.is_empty() {
        // The journal's name is on the disk before the document is changed: its process may have ended before that.
        let folder = Operation::SyncFolder { path: names::folder(path)? };
        let mut results = io.store_final(vec![folder, Operation::StatPath { path: found.path.clone() }]).await?;
        if recovery.undo && results.skip().stat()?.identity != found.stat.identity {
            // Its signing was completed meanwhile: look again.
            return Err(Code::JournalDocument.into());
        }
    }
    apply(io, handle, &plan).await?;
    remove(io, &found).await?;
    io.store_final(vec![Operation::Close { handle }]).await?;
    Ok(if recovery.undo { RecoveryOutcome::Original } else { RecoveryOutcome::Signed })
}

/// A signature that is being made is not taken back: its process could append it afterwards.
async fn refuse_living_writer(io: &Io, context: &Context, found: &FoundJournal) -> Result<()> {
    let writer = &found.journal.writer;
    let is_other = writer.is_comparable(&context.process) && !writer.is(&context.process);
    match is_other && !context.is_gone(io, writer.pid, &writer.start).await? {
        true => Err(refuse_busy(&found.path)),
        false => Ok(()),
    }
}

/// Changes that end a signing in place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Bytes to write, and their offset.
    pub(super) write: Option<(u64, Vec<u8>)>,
    /// Length of the file, where it has to be cut.
    pub(super) truncate: Option<u64>,
}

impl Plan {
    /// Whether the signature is complete already.
    pub(super) fn is_empty(&self) -> bool {
        self.write.is_none() && self.truncate.is_none()
    }
}

/// Opens the document and compares it with its journal.
async fn compare(io: &Io, path: &StorePath, handle: Handle, journal: &Journal, undo: bool) -> Result<Plan> {
    let opened = io.store(vec![Operation::Open { handle, path: path.clone(), access: Access::Write }]).await?.stat()?;
    super::document::check_regular(&opened, "the document")?;
    compare_open(io, handle, journal, undo).await
}

/// Compares the open document with its journal.
///
/// Errors: `ERR_JOURNAL_DOCUMENT`.
pub(super) async fn compare_open(io: &Io, handle: Handle, journal: &Journal, undo: bool) -> Result<Plan> {
    let start = journal.length.saturating_sub(limits::MARGIN);
    let operations = vec![
        Operation::StatHandle { handle },
        Operation::Read { handle, offset: start, length: journal.length - start },
        Operation::Read { handle, offset: journal.length, length: journal.update.len() as u64 },
    ];
    let mut results = io.store_final(operations).await?;
    let (size, before, after) = (results.stat()?.size, results.bytes()?, results.bytes()?);
    plan(journal, size, &before, &after, undo)
}

/// Decides from the document's size and its bytes before and after the journal's length. Only bytes of the update are overwritten or cut off.
///
/// Errors: `ERR_JOURNAL_DOCUMENT`.
pub(super) fn plan(journal: &Journal, size: u64, before: &[u8], after: &[u8], undo: bool) -> Result<Plan> {
    let Journal { length, tail, update, .. } = journal;
    let signed = length.checked_add(update.len() as u64).filter(|signed| *signed <= limits::DOCUMENT).ok_or(Code::JournalDamaged)?;
    if size < *length || DigestAlgorithm::Sha256.digest(&[before]) != *tail {
        return Err(Code::JournalDocument.into());
    }
    let whole = after == update;
    // After a loss of power a file may have its new size, and zeros where bytes did not reach the disk.
    let ours = after.len() <= update.len() && after.iter().zip(update).all(|(found, byte)| found == byte || *found == 0);
    // Bytes after the update are a later revision: it stays, and so does what it was made for.
    if !ours || (size > signed && (!whole || undo)) {
        return Err(Code::JournalDocument.into());
    }
    Ok(match undo {
        true => Plan { write: None, truncate: (size > *length).then_some(*length) },
        false => Plan { write: (!whole).then(|| (*length, update.clone())), truncate: None },
    })
}

/// Changes the document, and brings it to the disk.
pub(super) async fn apply(io: &Io, handle: Handle, plan: &Plan) -> Result<()> {
    let write = plan.write.iter().map(|(offset, bytes)| Operation::Write { handle, offset: *offset, bytes: bytes.clone() });
    let truncate = plan.truncate.iter().map(|length| Operation::Truncate { handle, length: *length });
    io.store_final(write.chain(truncate).chain([Operation::Sync { handle }]).collect()).await?;
    Ok(())
}

/// Removes a journal whose work is done.
async fn remove(io: &Io, found: &FoundJournal) -> Result<()> {
    let FoundJournal { path, stat, second_name, .. } = found;
    let removed = second_name.iter().chain([path]);
    let operations = removed.map(|path| Operation::Remove { path: path.clone(), identity: Some(stat.identity.clone()) });
    io.store_final(operations.collect()).await?;
    // A journal that comes back after a loss of power finds its work done.
    let _ = io.store_final(vec![Operation::SyncFolder { path: names::folder(path)? }]).await;
    Ok(())
}

/// Removes temporary files of the document whose processes ended, and returns how many.
pub(super) async fn remove_leftovers(io: &Io, context: &Context, path: &StorePath) -> Result<u32> {
    let prefix = names::temporary_prefix(path)?;
    let mut removed = 0;
    for leftover in journal::temporaries(io, path).await? {
        let (_, name) = names::split(&leftover)?;
        let Some((pid, place)) = name.strip_prefix(&prefix[..]).and_then(names::parse_temporary) else { continue };
        let stat = io.store(vec![Operation::StatPath { path: leftover.clone() }]).await?.stat()?;
        let gone = match place == names::place(&context.process) {
            true => context.is_gone(io, pid, "").await?,
            false => age_s(context.now, &stat.modified) > LEFTOVER_AGE_S,
        };
        if stat.kind == FileKind::File && gone {
            let remove = Operation::Remove { path: leftover, identity: Some(stat.identity) };
            // Another user's stays.
            if let Ok(mut results) = io.store_final(vec![remove]).await {
                removed += u32::from(results.removed()?);
            }
        }
    }
    Ok(removed)
}

/// Seconds since a time in nanoseconds since 1970.
fn age_s(now: i64, modified: &str) -> i64 {
    let modified = modified.parse::<i128>().map_or(i128::from(now), |nanoseconds| nanoseconds / 1_000_000_000);
    i64::try_from(i128::from(now) - modified).unwrap_or(0)
}
