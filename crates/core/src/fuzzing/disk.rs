//! Files in memory: enough of a system for what the core asks of one.

use std::collections::BTreeMap;

use crate::io::{Access, FailureKind, FileKind, Handle, Operation, Process, Stat, StoreResult};

/// Largest size of a file.
const LARGEST: u64 = 1 << 24;

/// Files by their names, all of them in one folder.
#[derive(Default)]
pub(super) struct Disk {
    names: BTreeMap<Vec<u8>, usize>,
    files: Vec<File>,
    open: BTreeMap<Handle, usize>,
    clock: u64,
}

struct File {
    bytes: Vec<u8>,
    changed: u64,
}

impl Disk {
    /// Makes a file, or another one in its place.
    pub(super) fn write(&mut self, path: &str, bytes: &[u8]) {
        self.clock += 1;
        self.files.push(File { bytes: bytes.to_vec(), changed: self.clock });
        self.names.insert(path.into(), self.files.len() - 1);
    }

    pub(super) fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.names.get(path.as_bytes()).map(|file| &self.files[*file].bytes[..])
    }

    /// Names of all files.
    pub(super) fn names(&self) -> Vec<String> {
        self.names.keys().map(|name| String::from_utf8_lossy(name).into_owned()).collect()
    }

    /// Bytes of an open file.
    pub(super) fn read(&self, handle: Handle) -> &[u8] {
        &self.files[self.open[&handle]].bytes
    }

    /// Ends a run: the host closes what the core opened.
    pub(super) fn close(&mut self) {
        self.open.clear();
    }

    /// Performs operations up to the first failure.
    pub(super) fn perform(&mut self, operations: Vec<Operation>) -> Vec<StoreResult> {
        let mut results = Vec::new();
        for operation in operations {
            let result = self.one(operation).unwrap_or_else(StoreResult::Failed);
            let failed = matches!(result, StoreResult::Failed(_));
            results.push(result);
            if failed {
                break;
            }
        }
        results
    }

    fn one(&mut self, operation: Operation) -> Result<StoreResult, FailureKind> {
        let done = Ok(StoreResult::Done);
        match operation {
            Operation::Resolve { path } => Ok(StoreResult::Path(path)),
            Operation::Open { handle, path, access: Access::Read | Access::Write | Access::Append } => {
                let file = self.named(&path.0)?;
                self.open.insert(handle, file);
                Ok(StoreResult::Stat(self.stat(file)))
            }
            Operation::Create { handle, path, .. } => {
                self.absent(&path.0)?;
                self.clock += 1;
                self.files.push(File { bytes: Vec::new(), changed: self.clock });
                let file = self.files.len() - 1;
                self.names.insert(path.0, file);
                self.open.insert(handle, file);
                Ok(StoreResult::Stat(self.stat(file)))
            }
            Operation::StatPath { path } => {
                Ok(StoreResult::Stat(self.named(&path.0).map_or_else(|_| Stat::default(), |file| self.stat(file))))
            }
            Operation::StatHandle { handle } => Ok(StoreResult::Stat(self.stat(self.opened(handle)?))),
            Operation::Absent { path } => self.absent(&path.0).map(|()| StoreResult::Done),
            Operation::Read { handle, offset, length } => {
                let bytes = &self.files[self.opened(handle)?].bytes;
                let place = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                Ok(StoreResult::Bytes(bytes[place(offset)..place(offset.saturating_add(length))].to_vec()))
            }
            Operation::Write { handle, offset, bytes } => {
                let end = offset.checked_add(bytes.len() as u64).filter(|end| *end <= LARGEST).ok_or(FailureKind::NoSpace)? as usize;
                let file = self.changed(handle)?;
                file.bytes.resize(file.bytes.len().max(end), 0);
                file.bytes[end - bytes.len()..end].copy_from_slice(&bytes);
                done
            }
            Operation::Append { handle, bytes } => {
                self.changed(handle)?.bytes.extend(bytes);
                done
            }
            Operation::Truncate { handle, length } => {
                self.changed(handle)?.bytes.resize(usize::try_from(length.min(LARGEST)).unwrap_or(0), 0);
                done
            }
            Operation::Close { handle } => {
                self.open.remove(&handle);
                done
            }
            Operation::Link { from, to } => {
                self.absent(&to.0)?;
                let file = self.named(&from.0)?;
                self.names.insert(to.0, file);
                done
            }
            Operation::Rename { from, to } => {
                let file = self.named(&from.0)?;
                self.names.remove(&from.0);
                self.names.insert(to.0, file);
                done
            }
            Operation::Remove { path, identity } => {
                let own = self.named(&path.0).is_ok_and(|file| identity.is_none_or(|identity| identity == file.to_string()));
                Ok(StoreResult::Removed(own && self.names.remove(&path.0).is_some()))
            }
            Operation::List { path, prefix } => {
                let start = [&path.0[..], b"/", &prefix].concat();
                let names = self.names.keys().filter(|name| name.starts_with(&start));
                Ok(StoreResult::Names(names.map(|name| name[path.0.len() + 1..].to_vec()).collect()))
            }
            Operation::Process { pid: None } => Ok(StoreResult::Process(process())),
            // Of the others half are gone.
            Operation::Process { pid: Some(pid) } => Ok(StoreResult::Process(Process { pid, lives: pid % 2 == 1, ..Process::default() })),
            Operation::Sync { .. } | Operation::Permit { .. } | Operation::SyncFolder { .. } | Operation::Wait { .. } => done,
        }
    }

    fn named(&self, path: &[u8]) -> Result<usize, FailureKind> {
        self.names.get(path).copied().ok_or(FailureKind::Missing)
    }

    fn absent(&self, path: &[u8]) -> Result<(), FailureKind> {
        if self.names.contains_key(path) { Err(FailureKind::Exists) } else { Ok(()) }
    }

    fn opened(&self, handle: Handle) -> Result<usize, FailureKind> {
        self.open.get(&handle).copied().ok_or(FailureKind::Other)
    }

    fn changed(&mut self, handle: Handle) -> Result<&mut File, FailureKind> {
        let file = self.opened(handle)?;
        self.clock += 1;
        self.files[file].changed = self.clock;
        Ok(&mut self.files[file])
    }

    fn stat(&self, file: usize) -> Stat {
        let File { bytes, changed } = &self.files[file];
        Stat {
            kind: FileKind::File,
            identity: file.to_string(),
            size: bytes.len() as u64,
            mode: 0o600,
            owner: 1000,
            group: 1000,
            links: self.names.values().filter(|named| **named == file).count() as u64,
            modified: changed.to_string(),
            changed: changed.to_string(),
        }
    }
}

/// The process that runs the core.
pub(super) fn process() -> Process {
    let text = str::to_owned;
    Process { pid: 7, user: 1000, host: text("h"), boot: text("b"), namespace: text("n"), start: text("s"), lives: true }
}
