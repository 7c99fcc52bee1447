//! A disk in memory that forgets: every file and every folder has a durable and a volatile state.
//!
//! A change is volatile until `sync` (data, size, owner and mode of a file) or `syncFolder` (names) makes it durable. [`Disk::power_losses`]
//! yields the states that a real file system could leave when the power fails: for each file and each folder any subset of the
//! unsynced changes, with every write also torn in several ways, in every combination of files and folders. A set of changes that
//! is applied is applied in the order of the program: two changes of one byte or of one name in the other order leave what the later
//! one alone would leave, which the subset without the earlier one contains. After a failed `sync` the writes before it stay doubtful for ever:
//! a later `sync` that succeeds does not save them. File systems that show stale blocks of other files after a crash are not modelled.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustpdf_core::{Access, DigestAlgorithm, FailureKind, FileKind, Operation, Process as ProcessFacts, Stat, StorePath, StoreResult};

use crate::host::Process;

/// File, whatever names it has; never used twice, unlike the number of an inode.
type Id = u64;
type Attempt<T> = Result<T, FailureKind>;

/// Folder in which relative paths begin, and in which the tests work.
pub const FOLDER: &str = "/work";
/// Longest name of a file, in bytes.
const NAME: usize = 255;
/// Time of the first change, in nanoseconds since 1970.
const EPOCH: u64 = 1_767_225_600_000_000_000;

/// Hash of what is written, by SHA-256: the hashes of the standard library take most of the time where they are not optimised.
#[derive(Default)]
pub struct Key(Vec<u8>);

impl Hasher for Key {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = DigestAlgorithm::Sha256.digest(&[&self.0]);
        u64::from_be_bytes(digest[..8].try_into().unwrap())
    }
}

/// Bytes of a file, with their hash.
#[derive(Clone)]
pub struct Data(Rc<(Vec<u8>, u64)>);

impl Data {
    pub fn new(bytes: Vec<u8>) -> Self {
        let mut key = Key::default();
        key.write(&bytes);
        let hash = key.finish();
        Data(Rc::new((bytes, hash)))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0.0
    }

    fn hash(&self) -> u64 {
        self.0.1
    }
}

/// State of a file that is durable or not.
#[derive(Clone)]
pub struct Facts {
    data: Data,
    mode: u32,
    owner: u32,
    group: u32,
}

impl Facts {
    fn key(&self) -> impl Hash {
        (self.data.hash(), self.mode, self.owner, self.group)
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Write { offset, bytes } => self.data = Data::new(written(self.data.bytes(), *offset, bytes)),
            Change::Truncate(length) => {
                let bytes = self.data.bytes();
                self.data = Data::new(written(&bytes[..bytes.len().min(*length)], *length, b""));
            }
            Change::Permit { owner, group, mode } => {
                self.owner = owner.unwrap_or(self.owner);
                self.group = group.unwrap_or(self.group);
                self.mode = mode.unwrap_or(self.mode);
            }
        }
    }
}

fn written(old: &[u8], offset: usize, bytes: &[u8]) -> Vec<u8> {
    let end = (offset + bytes.len()).min(old.len());
    let hole = vec![0; offset.saturating_sub(old.len())];
    [&old[..offset.min(old.len())], &hole, bytes, &old[end..]].concat()
}

#[derive(Clone)]
enum Change {
    Write { offset: usize, bytes: Rc<Vec<u8>> },
    Truncate(usize),
    Permit { owner: Option<u32>, group: Option<u32>, mode: Option<u32> },
}

/// Fate of a change at a loss of power.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Fate {
    /// It may be lost; a sync makes it certain.
    Open,
    /// It is on the disk, but a change before it may be lost.
    Certain,
    /// It may be lost, and no sync helps: one has failed.
    Doubtful,
}

#[derive(Clone)]
struct Unsynced {
    change: Change,
    fate: Fate,
}

#[derive(Clone)]
struct File {
    /// Number of the inode: that of a removed file is given to the next one.
    number: u64,
    kind: FileKind,
    /// Target of a symbolic link.
    target: Vec<u8>,
    now: Facts,
    durable: Facts,
    unsynced: Vec<Unsynced>,
    modified: u64,
    changed: u64,
}

/// Unsynced change of the names in one folder.
#[derive(Clone, PartialEq, Eq, Hash)]
enum NameChange {
    Add { name: Vec<u8>, id: Id },
    Remove { name: Vec<u8> },
    Rename { from: Vec<u8>, to: Vec<u8>, id: Id },
}

impl NameChange {
    fn folder(&self) -> &[u8] {
        match self {
            NameChange::Add { name, .. } | NameChange::Remove { name } | NameChange::Rename { to: name, .. } => parent(name),
        }
    }

    /// `half`: the new name is there and the old one, too, as after a crash of a file system without a journal.
    fn apply(&self, names: &mut BTreeMap<Vec<u8>, Id>, half: bool) {
        match self {
            NameChange::Add { name, id } => {
                names.insert(name.clone(), *id);
            }
            NameChange::Remove { name } => {
                names.remove(name);
            }
            NameChange::Rename { from, to, id } => {
                match half {
                    true => names.insert(from.clone(), *id),
                    false => names.remove(from),
                };
                names.insert(to.clone(), *id);
            }
        }
    }
}

/// How much of a failing operation is done all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partly {
    Nothing,
    /// Half of the bytes.
    Half,
    /// All of it.
    All,
}

#[derive(Clone)]
pub struct Disk {
    files: BTreeMap<Id, File>,
    /// Names by their absolute paths, as a running system sees them, and as they are on the disk.
    names: BTreeMap<Vec<u8>, Id>,
    durable_names: BTreeMap<Vec<u8>, Id>,
    unsynced_names: Vec<NameChange>,
    /// Open files of the processes.
    open: BTreeMap<(u64, u32), (Id, Access)>,
    /// Changes of each inode so far, by its number; the time of a file counts them.
    versions: BTreeMap<u64, u64>,
    next: Id,
    /// Processes that run.
    pub living: BTreeSet<Process>,
    /// Operations that the file system does not know.
    pub refuses: fn(&Operation) -> Option<FailureKind>,
    /// Whether the clock of the file system stands still: its resolution is some milliseconds.
    pub frozen: bool,
    /// Whether a torn write is torn in three ways only.
    pub brief: bool,
    /// Whether the power never fails: then it does not matter what is durable.
    pub powered: bool,
    /// Changes of any file or name so far.
    pub changes: u64,
    /// The same and syncs: if it is the same, so is what a crash leaves.
    pub events: u64,
}

impl Disk {
    /// A disk with the folders `/work` and `/etc`.
    pub fn new() -> Self {
        let mut disk = Disk {
            files: BTreeMap::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            unsynced_names: Vec::new(),
            open: BTreeMap::new(),
            versions: BTreeMap::new(),
            next: 0,
            living: BTreeSet::new(),
            refuses: |_| None,
            frozen: false,
            brief: false,
            powered: false,
            changes: 0,
            events: 0,
        };
        for folder in ["/", "/etc", FOLDER] {
            disk.put(folder, FileKind::Folder, b"", 0o777, 0, 0);
        }
        disk
    }

    /// The same disk with a file of user and group 1000, mode 644, at a path that may be relative. It is durable.
    pub fn with(mut self, path: &str, bytes: &[u8]) -> Self {
        self.put(path, FileKind::File, bytes, 0o644, 1000, 1000);
        self
    }

    /// Puts a durable file of any kind; the bytes of a link are its target.
    pub fn put(&mut self, path: &str, kind: FileKind, bytes: &[u8], mode: u32, owner: u32, group: u32) {
        let name = absolute(path.as_bytes());
        let (target, data) = if kind == FileKind::Link { (bytes.to_vec(), Data::new(vec![])) } else { (vec![], Data::new(bytes.to_vec())) };
        let facts = Facts { data, mode, owner, group };
        let id = self.add_file(kind, target, facts.clone());
        self.names.insert(name.clone(), id);
        self.durable_names.insert(name, id);
        self.files.get_mut(&id).unwrap().durable = facts;
    }

    /// Gives a durable file a further name.
    pub fn put_link(&mut self, from: &str, to: &str) {
        let id = self.names[&absolute(from.as_bytes())];
        self.names.insert(absolute(to.as_bytes()), id);
        self.durable_names.insert(absolute(to.as_bytes()), id);
    }

    /// Removes a name, durably.
    pub fn take(&mut self, path: &str) {
        self.names.remove(&absolute(path.as_bytes()));
        self.durable_names.remove(&absolute(path.as_bytes()));
        self.forget();
    }

    /// Changes the mode, owner and group of a file, durably, or those of a folder.
    pub fn own(&mut self, path: &str, mode: u32, owner: u32, group: u32) {
        let id = self.names[&absolute(path.as_bytes())];
        self.touch(id, false);
        let file = self.files.get_mut(&id).unwrap();
        for facts in [&mut file.now, &mut file.durable] {
            (facts.mode, facts.owner, facts.group) = (mode, owner, group);
        }
    }

    /// What another program writes to a file, in place: its ctime changes, and its mtime where `modifies`.
    pub fn overwrite(&mut self, path: &str, bytes: &[u8], modifies: bool) {
        let id = self.names[&absolute(path.as_bytes())];
        self.touch(id, modifies);
        let file = self.files.get_mut(&id).unwrap();
        file.now.data = Data::new(bytes.to_vec());
        file.durable.data = file.now.data.clone();
    }

    /// Bytes of a file as a running system sees them.
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.names.get(&absolute(path.as_bytes())).map(|id| self.files[id].now.data.bytes())
    }

    /// Mode, owner and group of a file.
    pub fn permissions(&self, path: &str) -> (u32, u32, u32) {
        let facts = &self.files[&self.names[&absolute(path.as_bytes())]].now;
        (facts.mode, facts.owner, facts.group)
    }

    /// Names in the folder of the tests.
    pub fn listing(&self) -> Vec<String> {
        let here = self.names.keys().filter(|name| parent(name) == FOLDER.as_bytes());
        here.map(|name| String::from_utf8_lossy(&name[FOLDER.len() + 1..]).into_owned()).collect()
    }

    /// Whether a file is durable as it is, under this name.
    pub fn is_durable(&self, path: &str) -> bool {
        let name = absolute(path.as_bytes());
        let same = self.names.get(&name) == self.durable_names.get(&name);
        same && self.names.get(&name).is_none_or(|id| self.files[id].unsynced.is_empty()) && self.unsynced_names.is_empty()
    }

    /// Number of files that processes have open.
    pub fn open_files(&self) -> usize {
        self.open.len()
    }

    // Processes.

    pub fn start(&mut self, process: &Process) {
        self.living.insert(process.clone());
    }

    /// A process ends, in whatever way: what it changed stays.
    pub fn end(&mut self, process: &Process) {
        self.living.remove(process);
        self.close_all(process);
    }

    /// A host closes all files at the end of a run.
    pub fn close_all(&mut self, process: &Process) {
        self.open.retain(|(pid, _), _| *pid != process.pid);
        self.forget();
    }

    // Operations.

    /// Performs an operation for a process.
    pub fn perform(&mut self, process: &Process, operation: &Operation) -> StoreResult {
        if let Some(kind) = (self.refuses)(operation) {
            return StoreResult::Failed(kind);
        }
        self.attempt(process, operation).unwrap_or_else(StoreResult::Failed)
    }

    /// Fails an operation, which has done `partly` all the same.
    pub fn fail(&mut self, process: &Process, operation: &Operation, partly: Partly) {
        match operation {
            Operation::Sync { handle } => {
                if let Some((id, _)) = self.open.get(&(process.pid, *handle)) {
                    for unsynced in &mut self.files.get_mut(id).unwrap().unsynced {
                        if matches!(unsynced.change, Change::Write { .. }) {
                            unsynced.fate = Fate::Doubtful;
                        }
                    }
                }
            }
            Operation::Close { .. } => {
                self.perform(process, operation);
            }
            _ => {}
        }
        let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
        match (partly, operation) {
            (Partly::Nothing, _) => {}
            (Partly::Half, Operation::Write { handle, offset, bytes }) => {
                self.perform(process, &Operation::Write { handle: *handle, offset: *offset, bytes: half(bytes) });
            }
            (Partly::Half, Operation::Append { handle, bytes }) => {
                self.perform(process, &Operation::Append { handle: *handle, bytes: half(bytes) });
            }
            (Partly::Half, _) => {}
            (Partly::All, operation) => {
                self.perform(process, operation);
            }
        }
    }

    fn attempt(&mut self, process: &Process, operation: &Operation) -> Attempt<StoreResult> {
        use FailureKind::{Denied, Exists, Missing, Other, Unsupported};
        Ok(match operation {
            Operation::Resolve { path } => StoreResult::Path(self.resolve(&path.0)?),
            Operation::Open { handle, path, access } => {
                assert!(!is_temporary(&path.0), "a temporary file is opened by its name");
                let id = self.named(path)?;
                let file = &self.files[&id];
                let writes = *access != Access::Read;
                match file.kind {
                    FileKind::Link => return Err(Other),
                    FileKind::Folder | FileKind::Other if writes => return Err(Other),
                    _ => {}
                }
                if !process.may(&file.now, 0o4) || (writes && !process.may(&file.now, 0o2)) {
                    return Err(Denied);
                }
                self.open.insert((process.pid, *handle), (id, *access));
                StoreResult::Stat(self.stat(id))
            }
            Operation::Create { handle, path, mode } => {
                let name = self.new_name(process, path)?;
                let facts = Facts { data: Data::new(vec![]), mode: mode & !process.umask, owner: process.user, group: process.group };
                let id = self.add_file(FileKind::File, vec![], facts);
                self.open.insert((process.pid, *handle), (id, Access::Write));
                self.rename_all(NameChange::Add { name, id });
                StoreResult::Stat(self.stat(id))
            }
            Operation::StatPath { path } => match self.named(path) {
                Ok(id) => StoreResult::Stat(self.stat(id)),
                Err(Missing) => StoreResult::Stat(Stat::default()),
                Err(kind) => return Err(kind),
            },
            Operation::StatHandle { handle } => StoreResult::Stat(self.stat(self.handle(process, *handle)?.0)),
            Operation::Absent { path } => match self.named(path) {
                Ok(_) => return Err(Exists),
                Err(_) if is_too_long(&self.locate(&path.0)?) => return Err(Other),
                Err(_) => StoreResult::Done,
            },
            Operation::Read { handle, offset, length } => {
                let bytes = self.files[&self.handle(process, *handle)?.0].now.data.bytes();
                let start = (*offset).min(bytes.len() as u64) as usize;
                let end = offset.saturating_add(*length).min(bytes.len() as u64) as usize;
                StoreResult::Bytes(bytes[start..end.max(start)].to_vec())
            }
            Operation::Write { handle, offset, bytes } => {
                let (id, access) = self.handle(process, *handle)?;
                if access != Access::Write {
                    return Err(Other);
                }
                self.change(id, Change::Write { offset: *offset as usize, bytes: Rc::new(bytes.clone()) })
            }
            Operation::Append { handle, bytes } => {
                let (id, access) = self.handle(process, *handle)?;
                if access == Access::Read {
                    return Err(Other);
                }
                let offset = self.files[&id].now.data.bytes().len();
                self.change(id, Change::Write { offset, bytes: Rc::new(bytes.clone()) })
            }
            Operation::Truncate { handle, length } => {
                let (id, access) = self.handle(process, *handle)?;
                if access == Access::Read {
                    return Err(Other);
                }
                self.change(id, Change::Truncate(*length as usize))
            }
            Operation::Sync { handle } => {
                let id = self.handle(process, *handle)?.0;
                self.events += 1;
                let file = self.files.get_mut(&id).unwrap();
                for unsynced in &mut file.unsynced {
                    if unsynced.fate == Fate::Open {
                        unsynced.fate = Fate::Certain;
                    }
                }
                while file.unsynced.first().is_some_and(|unsynced| unsynced.fate == Fate::Certain) {
                    let unsynced = file.unsynced.remove(0);
                    file.durable.apply(&unsynced.change);
                }
                StoreResult::Done
            }
            Operation::Permit { handle, owner, group, mode } => {
                let id = self.handle(process, *handle)?.0;
                let now = &self.files[&id].now;
                let gives_away = owner.is_some_and(|owner| owner != now.owner);
                let foreign_group =
                    group.is_some_and(|group| group != now.group && !process.groups.contains(&group) && group != process.group);
                if process.user != 0 && (now.owner != process.user || gives_away || foreign_group) {
                    return Err(Denied);
                }
                self.change(id, Change::Permit { owner: *owner, group: *group, mode: *mode })
            }
            Operation::Close { handle } => {
                self.open.remove(&(process.pid, *handle)).ok_or(Other)?;
                self.forget();
                StoreResult::Done
            }
            Operation::Link { from, to } => {
                let id = self.named(from)?;
                let name = self.new_name(process, to)?;
                self.rename_all(NameChange::Add { name, id });
                self.touch(id, false);
                StoreResult::Done
            }
            Operation::Rename { from, to } => {
                let (from, to) = (self.locate(&from.0)?, self.locate(&to.0)?);
                let id = *self.names.get(&from).ok_or(Missing)?;
                if parent(&from) != parent(&to) {
                    return Err(Unsupported);
                }
                self.may_change_names(process, &to)?;
                if self.names.get(&to) != Some(&id) {
                    self.rename_all(NameChange::Rename { from, to, id });
                    self.touch(id, false);
                }
                StoreResult::Done
            }
            Operation::Remove { path, identity } => {
                let id = match self.named(path) {
                    Ok(id) => id,
                    Err(Missing) => return Ok(StoreResult::Removed(false)),
                    Err(kind) => return Err(kind),
                };
                if identity.as_ref().is_some_and(|identity| *identity != self.stat(id).identity) {
                    return Ok(StoreResult::Removed(false));
                }
                let name = self.locate(&path.0)?;
                self.may_change_names(process, &name)?;
                self.touch(id, false);
                self.rename_all(NameChange::Remove { name });
                StoreResult::Removed(true)
            }
            Operation::List { path, prefix } => {
                let folder = self.locate(&path.0)?;
                let id = *self.names.get(&folder).ok_or(Missing)?;
                if self.files[&id].kind != FileKind::Folder {
                    return Err(Missing);
                }
                if !process.may(&self.files[&id].now, 0o4) {
                    return Err(Denied);
                }
                let names = self.names.keys().filter(|name| name.len() > 1 && parent(name) == folder.as_slice());
                let names = names.map(|name| name[name.iter().rposition(|byte| *byte == b'/').unwrap() + 1..].to_vec());
                StoreResult::Names(names.filter(|name| name.starts_with(prefix)).collect())
            }
            Operation::SyncFolder { path } => {
                let folder = self.locate(&path.0)?;
                self.names.get(&folder).ok_or(Missing)?;
                self.events += 1;
                let (durable, rest) = std::mem::take(&mut self.unsynced_names).into_iter().partition(|change| change.folder() == folder);
                let durable: Vec<NameChange> = durable;
                self.unsynced_names = rest;
                durable.iter().for_each(|change| change.apply(&mut self.durable_names, false));
                self.forget();
                StoreResult::Done
            }
            Operation::Process { pid } => StoreResult::Process(self.process(process, *pid)),
            Operation::Wait { .. } => StoreResult::Done,
            operation => panic!("{operation:?}"),
        })
    }

    fn process(&self, process: &Process, pid: Option<u64>) -> ProcessFacts {
        match pid {
            None => ProcessFacts {
                pid: process.pid,
                user: process.user,
                host: process.host.into(),
                boot: process.boot.into(),
                namespace: process.namespace.into(),
                start: process.start.into(),
                lives: true,
            },
            Some(pid) => {
                let seen = |other: &&Process| other.pid == pid && (other.host, other.namespace) == (process.host, process.namespace);
                let other = self.living.iter().find(seen);
                ProcessFacts {
                    pid,
                    start: other.map(|other| other.start.into()).unwrap_or_default(),
                    lives: other.is_some(),
                    ..ProcessFacts::default()
                }
            }
        }
    }

    fn stat(&self, id: Id) -> Stat {
        let file = &self.files[&id];
        let size = if file.kind == FileKind::Link { file.target.len() } else { file.now.data.bytes().len() };
        Stat {
            kind: file.kind,
            identity: format!("1:{}", file.number),
            size: size as u64,
            mode: file.now.mode,
            owner: file.now.owner,
            group: file.now.group,
            links: self.names.values().filter(|named| **named == id).count() as u64,
            modified: file.modified.to_string(),
            changed: file.changed.to_string(),
        }
    }

    fn handle(&self, process: &Process, handle: u32) -> Attempt<(Id, Access)> {
        self.open.get(&(process.pid, handle)).copied().ok_or(FailureKind::Other)
    }

    /// Opens a file for a caller, who gives the handle to the core.
    pub fn open_for_caller(&mut self, process: &Process, handle: u32, path: &str) {
        let id = self.names[&absolute(path.as_bytes())];
        self.open.insert((process.pid, handle), (id, Access::Write));
    }

    /// Bytes of an open file, as the host reads them.
    pub fn open_bytes(&self, process: &Process, handle: u32) -> Option<Data> {
        self.open.get(&(process.pid, handle)).map(|(id, _)| self.files[id].now.data.clone())
    }

    fn add_file(&mut self, kind: FileKind, target: Vec<u8>, facts: Facts) -> Id {
        let used: BTreeSet<u64> = self.files.iter().filter(|(id, _)| self.is_there(**id)).map(|(_, file)| file.number).collect();
        let number = (1..).find(|number| !used.contains(number)).unwrap();
        let id = self.next;
        self.next += 1;
        let time = EPOCH;
        let durable = Facts { data: Data::new(vec![]), ..facts.clone() };
        self.files.insert(id, File { number, kind, target, now: facts, durable, unsynced: vec![], modified: time, changed: time });
        self.touch(id, true);
        id
    }

    /// A new time for a file that has changed.
    fn touch(&mut self, id: Id, modified: bool) {
        self.changes += 1;
        self.events += 1;
        let file = self.files.get_mut(&id).unwrap();
        let version = self.versions.entry(file.number).or_default();
        *version += u64::from(!self.frozen);
        file.changed = EPOCH + *version;
        if modified {
            file.modified = file.changed;
        }
    }

    fn change(&mut self, id: Id, change: Change) -> StoreResult {
        self.touch(id, !matches!(change, Change::Permit { .. }));
        let file = self.files.get_mut(&id).unwrap();
        file.now.apply(&change);
        if self.powered {
            file.durable = file.now.clone();
            return StoreResult::Done;
        }
        file.unsynced.push(Unsynced { change, fate: Fate::Open });
        StoreResult::Done
    }

    fn rename_all(&mut self, change: NameChange) {
        self.changes += 1;
        self.events += 1;
        change.apply(&mut self.names, false);
        match self.powered {
            true => change.apply(&mut self.durable_names, false),
            false => self.unsynced_names.push(change),
        }
        self.forget();
    }

    fn new_name(&self, process: &Process, path: &StorePath) -> Attempt<Vec<u8>> {
        let name = self.locate(&path.0)?;
        if is_too_long(&name) {
            return Err(FailureKind::Other);
        }
        if self.names.contains_key(&name) {
            return Err(FailureKind::Exists);
        }
        self.may_change_names(process, &name)?;
        Ok(name)
    }

    fn may_change_names(&self, process: &Process, name: &[u8]) -> Attempt<()> {
        let folder = self.names.get(parent(name)).ok_or(FailureKind::Missing)?;
        if process.may(&self.files[folder].now, 0o2) { Ok(()) } else { Err(FailureKind::Denied) }
    }

    fn named(&self, path: &StorePath) -> Attempt<Id> {
        self.names.get(&self.locate(&path.0)?).copied().ok_or(FailureKind::Missing)
    }

    /// Absolute path whose folder is real; its last component is not followed.
    fn locate(&self, path: &[u8]) -> Attempt<Vec<u8>> {
        let mut rest: Vec<Vec<u8>> = components(&absolute(path));
        let mut folder = b"/".to_vec();
        let mut links = 0;
        while let Some(part) = rest.pop() {
            if part == b".." {
                folder = parent(&folder).to_vec();
                continue;
            }
            let next = join(&folder, &part);
            if rest.is_empty() {
                return Ok(next);
            }
            let file = &self.files[self.names.get(&next).ok_or(FailureKind::Missing)?];
            match file.kind {
                FileKind::Folder => folder = next,
                FileKind::Link => {
                    links += 1;
                    if links > 40 {
                        return Err(FailureKind::Other);
                    }
                    if file.target.starts_with(b"/") {
                        folder = b"/".to_vec();
                    }
                    rest.extend(components(&file.target));
                }
                _ => return Err(FailureKind::Missing),
            }
        }
        Ok(folder)
    }

    fn resolve(&self, path: &[u8]) -> Attempt<StorePath> {
        let first = self.locate(path)?;
        let mut name = first.clone();
        for _ in 0..40 {
            let Some(file) = self.names.get(&name).map(|id| &self.files[id]) else {
                return Ok(StorePath(first));
            };
            if file.kind != FileKind::Link {
                return Ok(StorePath(name));
            }
            let target = if file.target.starts_with(b"/") { file.target.clone() } else { join(parent(&name), &file.target) };
            name = match self.locate(&target) {
                Err(FailureKind::Missing) => return Ok(StorePath(first)),
                located => located?,
            };
        }
        Err(FailureKind::Other)
    }

    /// Whether a running system still has the file.
    fn is_there(&self, id: Id) -> bool {
        self.names.values().any(|named| *named == id) || self.open.values().any(|(open, _)| *open == id)
    }

    /// Forgets the files that nothing leads to.
    fn forget(&mut self) {
        let mut kept: BTreeSet<Id> = self.names.values().chain(self.durable_names.values()).copied().collect();
        kept.extend(self.open.values().map(|(id, _)| *id));
        kept.extend(self.unsynced_names.iter().filter_map(|change| match change {
            NameChange::Add { id, .. } | NameChange::Rename { id, .. } => Some(*id),
            NameChange::Remove { .. } => None,
        }));
        self.files.retain(|id, _| kept.contains(id));
    }

    // Crashes.

    /// Hands over every state that a loss of power could leave, each once. No process runs then.
    pub fn power_losses(&self, mut each: impl FnMut(Disk)) {
        let mut names = vec![self.durable_names.clone()];
        for change in &self.unsynced_names {
            let halves: &[bool] = if matches!(change, NameChange::Rename { .. }) { &[false, true] } else { &[false] };
            let applied: Vec<_> = names
                .iter()
                .flat_map(|names| {
                    halves.iter().map(|half| {
                        let mut names = names.clone();
                        change.apply(&mut names, *half);
                        names
                    })
                })
                .collect();
            names.extend(applied);
            names.sort();
            names.dedup();
        }
        let all: BTreeMap<Id, Vec<Facts>> = self.files.iter().map(|(id, file)| (*id, file.outcomes(self.brief))).collect();
        for names in names {
            let mut facts = all.clone();
            for (id, outcomes) in &mut facts {
                // Nobody reads a file that has a temporary name only (see `Disk::attempt`): two of its states stand for all.
                if names.iter().filter(|(_, named)| *named == id).all(|(name, _)| is_temporary(name)) {
                    outcomes.truncate(1);
                    outcomes.push(self.files[id].now.clone());
                }
            }
            let ids: Vec<Id> = names.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
            let mut choice = vec![0; ids.len()];
            loop {
                each(self.rebooted(&names, ids.iter().zip(&choice).map(|(id, choice)| (*id, facts[id][*choice].clone()))));
                let Some(place) = (0..ids.len()).find(|place| choice[*place] + 1 < facts[&ids[*place]].len()) else { break };
                choice[place] += 1;
                choice[..place].fill(0);
            }
        }
    }

    fn rebooted(&self, names: &BTreeMap<Vec<u8>, Id>, facts: impl Iterator<Item = (Id, Facts)>) -> Disk {
        let files = facts.enumerate().map(|(index, (id, facts))| {
            let old = &self.files[&id];
            let file = File {
                number: index as u64 + 1,
                kind: old.kind,
                target: old.target.clone(),
                now: facts.clone(),
                durable: facts,
                unsynced: vec![],
                modified: EPOCH,
                changed: EPOCH,
            };
            (id, file)
        });
        Disk {
            files: files.collect(),
            names: names.clone(),
            durable_names: names.clone(),
            unsynced_names: vec![],
            open: BTreeMap::new(),
            versions: BTreeMap::new(),
            next: self.next,
            living: BTreeSet::new(),
            refuses: self.refuses,
            frozen: self.frozen,
            brief: self.brief,
            powered: self.powered,
            changes: 0,
            events: 0,
        }
    }

    /// Whether an operation concerns only its process, or what is seen after a crash: in whatever order it and the operations of other processes
    /// are performed, they see the same.
    pub fn is_private(&self, process: &Process, operation: &Operation) -> bool {
        match operation {
            Operation::Sync { .. } | Operation::SyncFolder { .. } | Operation::Process { pid: None } => true,
            Operation::Write { handle, .. } | Operation::Append { handle, .. } | Operation::Permit { handle, .. } => {
                let Ok((id, _)) = self.handle(process, *handle) else { return false };
                self.names.iter().filter(|(_, named)| **named == id).all(|(name, _)| is_temporary(name))
            }
            _ => false,
        }
    }

    /// Hash of all that could ever be seen: where it is the same for two disks, so is all that follows.
    pub fn key(&self) -> u64 {
        let crashes = !self.powered;
        let mut hasher = Key::default();
        let mut order: Vec<Id> = Vec::new();
        {
            let mut place = |id: Id| {
                order.iter().position(|known| *known == id).unwrap_or_else(|| {
                    order.push(id);
                    order.len() - 1
                })
            };
            for names in [&self.names, &self.durable_names].into_iter().take(if crashes { 2 } else { 1 }) {
                names.iter().for_each(|(name, id)| (name, place(*id)).hash(&mut hasher));
            }
            for change in self.unsynced_names.iter().filter(|_| crashes) {
                match change {
                    NameChange::Add { name, id } => (0, name, place(*id)).hash(&mut hasher),
                    NameChange::Remove { name } => (1, name).hash(&mut hasher),
                    NameChange::Rename { from, to, id } => (2, from, to, place(*id)).hash(&mut hasher),
                }
            }
            self.open.iter().for_each(|(handle, (id, _))| (handle, place(*id)).hash(&mut hasher));
        }
        for id in &order {
            let file = &self.files[id];
            (file.number, file.kind, &file.target, file.modified, file.changed).hash(&mut hasher);
            file.now.key().hash(&mut hasher);
            if !crashes {
                continue;
            }
            file.durable.key().hash(&mut hasher);
            for unsynced in &file.unsynced {
                unsynced.fate.hash(&mut hasher);
                match &unsynced.change {
                    Change::Write { offset, bytes } => (offset, bytes.len()).hash(&mut hasher),
                    Change::Truncate(length) => length.hash(&mut hasher),
                    Change::Permit { owner, group, mode } => (owner, group, mode).hash(&mut hasher),
                }
            }
        }
        (&self.versions, &self.living).hash(&mut hasher);
        hasher.finish()
    }
}

impl File {
    /// States in which a loss of power could leave the file, each once.
    fn outcomes(&self, brief: bool) -> Vec<Facts> {
        let mut outcomes = vec![self.durable.clone()];
        for unsynced in &self.unsynced {
            let mut next: Vec<Facts> = Vec::new();
            for facts in &outcomes {
                if unsynced.fate != Fate::Certain {
                    next.push(facts.clone());
                }
                let mut applied = facts.clone();
                applied.apply(&unsynced.change);
                next.push(applied);
                if let (Change::Write { offset, bytes }, true) = (&unsynced.change, unsynced.fate != Fate::Certain) {
                    for data in torn(facts.data.bytes(), *offset, bytes, brief) {
                        next.push(Facts { data: Data::new(data), ..facts.clone() });
                    }
                }
            }
            let mut seen = BTreeSet::new();
            next.retain(|facts| {
                let mut hasher = Key::default();
                facts.key().hash(&mut hasher);
                seen.insert(hasher.finish())
            });
            outcomes = next;
        }
        outcomes
    }
}

/// Files in which a write that was torn could end: cut short; with its size, but zeros (or the old bytes) from a place on, up to a
/// place, or between two places. The places are the first and last byte, the middle, and the first and last border of a sector.
fn torn(old: &[u8], offset: usize, bytes: &[u8], brief: bool) -> Vec<Vec<u8>> {
    let end = offset + bytes.len();
    let mut places: Vec<usize> = vec![offset + 1, offset + bytes.len() / 2, end.saturating_sub(1)];
    places.extend([offset.next_multiple_of(512), end / 512 * 512]);
    if brief {
        places = vec![offset + bytes.len() / 2];
    }
    places.retain(|place| offset < *place && *place < end);
    places.sort_unstable();
    places.dedup();
    let mut all = Vec::new();
    let part = |from: usize, to: usize| written(old, from, &bytes[from - offset..to - offset]);
    let sized = |data: Vec<u8>| if data.len() < end { written(&data, end, b"") } else { data };
    all.push(sized(old.to_vec()));
    for place in &places {
        all.push(part(offset, *place));
        all.push(part(*place, end));
        if !brief {
            all.push(sized(part(offset, *place)));
        }
    }
    if let (Some(first), Some(last), false) = (places.first(), places.last(), brief) {
        let begun = part(offset, *first);
        all.push(written(&begun, *last, &bytes[last - offset..]));
    }
    all
}

/// Whether the name is one that the core gives to a temporary file.
fn is_temporary(name: &[u8]) -> bool {
    name.windows(9).any(|window| window == b".rustpdf-")
}

fn is_too_long(name: &[u8]) -> bool {
    name.len() - parent(name).len() > NAME + 1
}

/// Path from the root. Without `..` after a link it is also the real one.
fn absolute(path: &[u8]) -> Vec<u8> {
    if path.starts_with(b"/") { path.to_vec() } else { join(FOLDER.as_bytes(), path) }
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let slash: &[u8] = if folder == b"/" { b"" } else { b"/" };
    [folder, slash, name].concat()
}

/// Components of a path, the first one last.
fn components(path: &[u8]) -> Vec<Vec<u8>> {
    let parts = path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".");
    let mut parts: Vec<Vec<u8>> = parts.map(<[u8]>::to_vec).collect();
    parts.reverse();
    parts
}

fn parent(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| *byte == b'/') {
        None | Some(0) => b"/",
        Some(at) => &path[..at],
    }
}

impl Process {
    /// Whether the mode of a file lets the process read (4) or write (2).
    fn may(&self, facts: &Facts, access: u32) -> bool {
        let shift = match () {
            () if facts.owner == self.user => 6,
            () if facts.group == self.group || self.groups.contains(&facts.group) => 3,
            () => 0,
        };
        self.user == 0 || facts.mode >> shift & access != 0
    }
}
