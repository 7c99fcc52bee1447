//! The ledger of a run over many files: what is there after an interruption, so that nothing is signed twice.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::context::Context;
use super::journal::Writer;
use super::location::{DocumentLocation, OutputLocation};
use super::recover::{Recovery, recover_journal, remove_leftovers};
use super::temporary::Temporary;
use super::{append, names};
use crate::digest::DigestAlgorithm;
use crate::error::{Code, Error, Result};
use crate::hex;
use crate::io::{Access, Failed, FailureKind, FileKind, Io, Operation, Stat, StorePath};
use crate::json::FromJson;
use crate::limits;

/// First line of a ledger.
const HEADER: &[u8] = b"{\"rustpdf ledger\":2}";
/// Start of each other line. A line that was cut short has it, too, as far as it goes.
const LINE: &[u8] = b"{\"id\":";
/// Permissions of a new ledger and its lock, less the umask.
const MODE: u32 = 0o666;

/// An open ledger: plain data, for the jobs of one run and the end of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    pub(crate) path: StorePath,
    pub(crate) identity: String,
    pub(crate) lock_identity: String,
}

/// An opened ledger, and its entries.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OpenedLedger {
    /// The ledger.
    pub ledger: Ledger,
    /// States of jobs in earlier runs, by the names of the jobs.
    pub states: BTreeMap<String, LedgerState>,
}

/// Place of a job in a ledger.
#[derive(Clone, Debug)]
pub struct LedgerEntry {
    /// The ledger of the run.
    pub ledger: Ledger,
    /// Name of the job: in one run no two have the same.
    pub id: String,
    /// Its state in [`OpenedLedger::states`].
    pub state: Option<LedgerState>,
}

/// State of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LedgerState {
    /// Its output was about to be committed.
    Signing {
        /// Length of the document in bytes.
        length: u64,
        /// Length of the signed document in bytes.
        signed_length: u64,
        /// SHA-256 of the update in hexadecimal: an older output can have the same length.
        update: String,
        /// As of [`LedgerState::Signed`].
        renew_before: Option<String>,
    },
    /// Its output is signed.
    Signed {
        /// Time by which its evidence must be renewed, in RFC 3339. None where it has no timestamp.
        renew_before: Option<String>,
    },
}

impl LedgerState {
    pub(crate) fn from_object(object: &Map<String, Value>) -> Option<LedgerState> {
        let renew_before = object.get("renewBefore").and_then(Value::as_str).map(str::to_owned);
        match object.get("state")?.as_str()? {
            "signing" => Some(LedgerState::Signing {
                length: object.get("length")?.as_u64()?,
                signed_length: object.get("signedLength")?.as_u64()?,
                update: object.get("update")?.as_str()?.to_owned(),
                renew_before,
            }),
            "signed" => Some(LedgerState::Signed { renew_before }),
            _ => None,
        }
    }
}

/// Opens the ledger at `path`, or makes an empty one, and locks it.
///
/// Errors: `ERR_LEDGER_BUSY`, `ERR_LEDGER_FORMAT`.
pub(crate) async fn open_ledger(io: &Io, context: &Context, path: &StorePath) -> Result<OpenedLedger> {
    let path = io.store(vec![Operation::Resolve { path: path.clone() }]).await?.path()?;
    let lock_identity = lock(io, context, &path).await?;
    // A run that ended while it made its lock left the lock's temporary file. Where it cannot be removed, it does no harm.
    let _ = remove_leftovers(io, context, &path).await;
    let opened = match read(io, &path).await {
        Ok((stat, states)) => Ok(OpenedLedger {
            ledger: Ledger { path: path.clone(), identity: stat.identity, lock_identity: lock_identity.clone() },
            states,
        }),
        Err(error) => Err(error),
    };
    if opened.is_err() {
        unlock(io, &path, &lock_identity).await;
    }
    opened
}

/// Releases the lock of a ledger.
pub(crate) async fn close_ledger(io: &Io, ledger: &Ledger) -> Result<()> {
    unlock(io, &ledger.path, &ledger.lock_identity).await;
    Ok(())
}

async fn unlock(io: &Io, path: &StorePath, identity: &str) {
    if let Ok(path) = lock_path(path) {
        let _ = io.store_final(vec![Operation::Remove { path, identity: Some(identity.to_owned()) }]).await;
    }
}

/// Path of the lock of a ledger: `NAME.lock` beside it.
fn lock_path(path: &StorePath) -> Result<StorePath> {
    let (_, name) = names::split(path)?;
    names::beside(path, &[name, b".lock"].concat())
}

/// Locks the ledger: a file that exists for one process only, with that process in it. Returns the identity of the lock.
///
/// A lock is taken over if the process in it is gone: its host, boot and PID namespace are these.
async fn lock(io: &Io, context: &Context, path: &StorePath) -> Result<String> {
    let lock = lock_path(path)?;
    let content = serde_json::to_vec(&Writer::of(&context.process)).map_err(|_| Code::Internal)?;
    let temporary = Temporary::create(io, context, path, MODE).await?;
    let handle = temporary.handle;
    let written = io.store(vec![Operation::Write { handle, offset: 0, bytes: content }, Operation::Sync { handle }]).await;
    let locked = match written {
        Ok(_) => named(io, context, &temporary, &lock).await,
        Err(failed) => Err(failed.into()),
    };
    temporary.remove(io).await;
    locked.map(|()| temporary.stat.identity)
}

/// Gives the lock its name; takes the name from a process that is gone, once.
async fn named(io: &Io, context: &Context, temporary: &Temporary, lock: &StorePath) -> Result<()> {
    match link(io, temporary, lock).await {
        Err(failed) if failed.kind == FailureKind::Exists => {}
        linked => return linked.map_err(Error::from),
    }
    if let Some(identity) = stale(io, context, lock).await? {
        // Of two processes that find it stale one removes it. The other then finds the lock of the first, which has another identity.
        io.store_final(vec![Operation::Remove { path: lock.clone(), identity: Some(identity) }]).await?;
    }
    link(io, temporary, lock).await.map_err(|failed| match failed.kind {
        FailureKind::Exists => busy(lock, "belongs to another run"),
        _ => failed.into(),
    })
}

/// Links the lock, or renames it where the file system has no hard links.
async fn link(io: &Io, temporary: &Temporary, lock: &StorePath) -> std::result::Result<(), Failed> {
    let (from, to) = (temporary.path.clone(), lock.clone());
    match io.store_final(vec![Operation::Link { from: from.clone(), to: to.clone() }]).await {
        Err(failed) if append::is_without_links(failed.kind) => {
            io.store_final(vec![Operation::Absent { path: to.clone() }, Operation::Rename { from, to }]).await.map(|_| ())
        }
        linked => linked.map(|_| ()),
    }
}

/// Identity of a stale lock: its process is gone. None where there is no lock.
///
/// Errors: `ERR_LEDGER_BUSY` where its process may live.
async fn stale(io: &Io, context: &Context, lock: &StorePath) -> Result<Option<String>> {
    let handle = io.new_handle();
    let operations = vec![
        Operation::Open { handle, path: lock.clone(), access: Access::Read },
        Operation::Read { handle, offset: 0, length: limits::LOCK },
        Operation::Close { handle },
    ];
    let mut results = match io.store_final(operations).await {
        Ok(results) => results,
        Err(failed) if failed.kind == FailureKind::Missing => return Ok(None),
        Err(_) => return Err(busy(lock, "cannot be read")),
    };
    let (stat, bytes) = (results.stat()?, results.bytes()?);
    let writer = serde_json::from_slice(&bytes).ok().and_then(|value| Writer::from_json(&value).ok());
    let writer = writer.ok_or_else(|| busy(lock, "does not name its process"))?;
    if !writer.is_comparable(&context.process) {
        return Err(busy(lock, "belongs to a process of another host, boot or container"));
    }
    match context.is_gone(io, writer.pid, &writer.start).await? {
        true => Ok(Some(stat.identity)),
        false => Err(busy(lock, &format!("belongs to process {}", writer.pid))),
    }
}

fn busy(lock: &StorePath, how: &str) -> Error {
    Code::LedgerBusy.because(format!("the lock file {lock} {how}"))
}

/// Reads a ledger, or makes an empty one. A file that is not a ledger is not changed.
async fn read(io: &Io, path: &StorePath) -> Result<(Stat, BTreeMap<String, LedgerState>)> {
    let stat = io.store(vec![Operation::StatPath { path: path.clone() }]).await?.stat()?;
    let handle = io.new_handle();
    let (stat, bytes) = match stat.kind {
        FileKind::Missing => {
            let create = Operation::Create { handle, path: path.clone(), mode: MODE };
            (io.store(vec![create]).await?.stat()?, Vec::new())
        }
        FileKind::File if stat.size <= limits::LEDGER => {
            let operations = vec![
                Operation::Open { handle, path: path.clone(), access: Access::Write },
                Operation::Read { handle, offset: 0, length: stat.size },
            ];
            let mut results = io.store(operations).await?;
            (results.stat()?, results.bytes()?)
        }
        FileKind::File => return Err(Code::LedgerFormat.because(format!("the ledger has more than {} bytes", limits::LEDGER))),
        _ => return Err(Code::LedgerFormat.because("the ledger is not a regular file")),
    };
    let states = parse(&bytes)?;
    let mut operations = Vec::new();
    if bytes.len() <= HEADER.len() {
        operations.push(Operation::Write { handle, offset: 0, bytes: HEADER.to_vec() });
        operations.push(Operation::Sync { handle });
        operations.push(Operation::SyncFolder { path: names::folder(path)? });
    }
    operations.push(Operation::Close { handle });
    io.store(operations).await?;
    Ok((stat, states))
}

/// States by the names of jobs; the last line of a job counts. A line that was cut short says nothing.
///
/// Errors: `ERR_LEDGER_FORMAT`.
pub(crate) fn parse(bytes: &[u8]) -> Result<BTreeMap<String, LedgerState>> {
    let mut states = BTreeMap::new();
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    // A run was interrupted while it made the ledger.
    if bytes.len() <= HEADER.len() && bytes.iter().zip(HEADER).all(|(byte, expected)| byte == expected || *byte == 0) {
        return Ok(states);
    }
    if trimmed(first) != HEADER {
        return Err(Code::LedgerFormat.into());
    }
    for (index, line) in lines.enumerate() {
        let line = trimmed(line);
        match entry(line) {
            Some((id, state)) => {
                states.insert(id, state);
            }
            None if line.starts_with(LINE) || LINE.starts_with(line) => {}
            None => return Err(Code::LedgerFormat.because(format!("line {} of the file is not one of a ledger", index + 2))),
        }
    }
    Ok(states)
}

/// Name and state of the job in a line.
fn entry(line: &[u8]) -> Option<(String, LedgerState)> {
    let value: Value = serde_json::from_slice(line).ok()?;
    let object = value.as_object()?;
    Some((object.get("id")?.as_str()?.to_owned(), LedgerState::from_object(object)?))
}

/// A line up to its first zero: a loss of power leaves zeros where bytes did not reach the disk.
fn trimmed(line: &[u8]) -> &[u8] {
    line.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A job and its ledger.
pub(crate) struct JobLedger<'a> {
    pub(crate) entry: &'a LedgerEntry,
    /// A job counts as done only if its evidence lasts until after this time, in RFC 3339.
    pub(crate) renew_before: Option<String>,
}

impl JobLedger<'_> {
    fn lasts(&self, renew_before: Option<&String>) -> bool {
        // Times of this form are in the order of their texts.
        self.renew_before.as_ref().is_none_or(|before| renew_before.is_some_and(|end| end > before))
    }

    /// Whether the job is done: in an earlier run, says the ledger, or its output, where that run was interrupted.
    ///
    /// Errors: `ERR_ARGUMENT` where nothing is known of the output after an interruption; `ERR_LEDGER_STATE`; those of recovery.
    pub(crate) async fn is_done(&self, io: &Io, context: &Context, document: &DocumentLocation, output: &OutputLocation) -> Result<bool> {
        let (path, replace) = match (output, document) {
            (OutputLocation::Path { path, replace, .. }, _) => (path, *replace),
            (OutputLocation::InPlace, DocumentLocation::Path(path) | DocumentLocation::Handle { path: Some(path), .. }) => (path, false),
            _ => {
                return Err(Code::Argument
                    .because("with a ledger the output must be a path, or the document's own file")
                    .with_remedy("give the output as a path, or leave the ledger out"));
            }
        };
        match &self.entry.state {
            None => Ok(false),
            Some(LedgerState::Signed { renew_before }) => Ok(self.lasts(renew_before.as_ref())),
            Some(LedgerState::Signing { length, signed_length, update, renew_before }) => {
                let path = io.store(vec![Operation::Resolve { path: path.clone() }]).await?.path()?;
                let in_place = match document {
                    DocumentLocation::Path(document) if *output != OutputLocation::InPlace => {
                        let document = io.store(vec![Operation::Resolve { path: document.clone() }]).await?.path()?;
                        let operations = vec![Operation::StatPath { path: document }, Operation::StatPath { path: path.clone() }];
                        let mut stats = io.store(operations).await?;
                        stats.stat()?.identity == stats.stat()?.identity
                    }
                    _ => *output == OutputLocation::InPlace,
                };
                if in_place {
                    recover_journal(io, context, &path, &Recovery { undo: false, owner: None }).await?;
                }
                let found = io.store(vec![Operation::StatPath { path: path.clone() }]).await?.stat()?;
                if found.kind == FileKind::File && found.size == *signed_length && ends_with(io, &path, *length, found.size, update).await?
                {
                    // The output is on the disk before the ledger says so: the run may have ended before its name was.
                    io.store(vec![Operation::SyncFolder { path: names::folder(&path)? }]).await?;
                    self.note_state(io, &LedgerState::Signed { renew_before: renew_before.clone() }).await?;
                    return Ok(self.lasts(renew_before.as_ref()));
                }
                match found.kind {
                    FileKind::Missing if !in_place => Ok(false),
                    _ if replace && !in_place => Ok(false),
                    FileKind::File if in_place && found.size == *length => Ok(false),
                    _ => Err(Code::LedgerState.because(format!(
                        "an earlier run was interrupted, and {path} has {} bytes where it had {length} or, signed, {signed_length}",
                        found.size
                    ))),
                }
            }
        }
    }

    /// Notes that the output is about to be committed.
    pub(crate) async fn note_signing(&self, io: &Io, length: u64, update: &[u8], renew_before: Option<&String>) -> Result<()> {
        let signed_length = length + update.len() as u64;
        let renew_before = renew_before.cloned();
        self.note_state(io, &LedgerState::Signing { length, signed_length, update: sha256(update), renew_before }).await
    }

    /// Notes that the output is signed. Where that fails the next run finds it out by the output.
    pub(crate) async fn note_signed(&self, io: &Io, renew_before: Option<&String>) {
        let _ = self.note_state(io, &LedgerState::Signed { renew_before: renew_before.cloned() }).await;
    }

    /// Appends a line. The end of a line is at its start, so that one that was cut short spoils no other.
    async fn note_state(&self, io: &Io, state: &LedgerState) -> Result<()> {
        let LedgerEntry { ledger, id, .. } = self.entry;
        let (named, renew_before) = match state {
            LedgerState::Signing { length, signed_length, update, renew_before } => {
                (format!("\"signing\",\"length\":{length},\"signedLength\":{signed_length},\"update\":\"{update}\""), renew_before)
            }
            LedgerState::Signed { renew_before } => ("\"signed\"".to_owned(), renew_before),
        };
        let end = renew_before.as_ref().map(|end| format!(",\"renewBefore\":\"{end}\"")).unwrap_or_default();
        // The name comes first, so that a line that was cut short is known by its start.
        let line = format!("\n{{\"id\":{},\"state\":{named}{end}}}", Value::from(id.as_str()));
        let handle = io.new_handle();
        let open = Operation::Open { handle, path: ledger.path.clone(), access: Access::Append };
        let opened = io.store_final(vec![open]).await?.stat()?;
        if opened.identity != ledger.identity {
            return Err(Code::FileChanged.because("the ledger was replaced while it was in use"));
        }
        let mut operations = vec![Operation::Append { handle, bytes: line.into_bytes() }];
        if matches!(state, LedgerState::Signing { .. }) {
            operations.push(Operation::Sync { handle });
        }
        operations.push(Operation::Close { handle });
        io.store_final(operations).await?;
        Ok(())
    }
}

/// Whether the bytes of the file from `length` on are the update with this digest.
async fn ends_with(io: &Io, path: &StorePath, length: u64, size: u64, update: &str) -> Result<bool> {
    let Some(left) = size.checked_sub(length).filter(|left| *left <= limits::SESSION as u64) else { return Ok(false) };
    let handle = io.new_handle();
    let operations = vec![
        Operation::Open { handle, path: path.clone(), access: Access::Read },
        Operation::Read { handle, offset: length, length: left },
        Operation::Close { handle },
    ];
    let bytes = io.store(operations).await?.skip().bytes()?;
    Ok(sha256(&bytes) == update)
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(&DigestAlgorithm::Sha256.digest(&[bytes]))
}
