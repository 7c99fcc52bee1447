//! Operations on files (docs/protocol.md): each does one thing that the core asks for, and decides nothing.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;
use std::{error, fmt};

use rustpdf_core::{Access, FailureKind, Handle, Operation, Stat, StorePath, StoreResult};

use crate::system;

/// Largest number of names that are listed.
const NAMES: usize = 10_000;

/// Open files by their handles. Dropping it closes those that the core opened.
#[derive(Default)]
pub(crate) struct Disk<'a> {
    lent: Vec<&'a File>,
    opened: HashMap<Handle, File>,
}

impl<'a> Disk<'a> {
    /// Gives an open file of the caller the next handle, below 16.
    pub(crate) fn lend(&mut self, file: &'a File) -> Handle {
        self.lent.push(file);
        self.lent.len() as Handle - 1
    }

    /// Open file of a handle.
    pub(crate) fn file(&self, handle: Handle) -> io::Result<&File> {
        let lent = self.lent.get(handle as usize).copied();
        lent.or_else(|| self.opened.get(&handle)).ok_or_else(|| io::Error::other(format!("no file has the handle {handle}")))
    }

    /// Performs one operation.
    pub(crate) fn perform(&mut self, operation: Operation) -> io::Result<StoreResult> {
        match operation {
            Operation::Resolve { path } => at(path, |path| Ok(StoreResult::Path(store_path(&resolve(path)?)?))),
            Operation::Open { handle, path, access } => {
                let mut options = system::options();
                match access {
                    Access::Read => options.read(true),
                    Access::Write => options.read(true).write(true),
                    Access::Append => options.append(true),
                };
                self.open(handle, path, &options)
            }
            Operation::Create { handle, path, mode } => {
                let mut options = system::options();
                system::set_mode(options.read(true).write(true).create_new(true), mode);
                self.open(handle, path, &options)
            }
            Operation::StatPath { path } => at(path, |path| match system::stat_path(path) {
                Err(error) if is_nowhere(&error) => Ok(StoreResult::Stat(Stat::default())),
                stat => stat.map(StoreResult::Stat),
            }),
            Operation::StatHandle { handle } => system::stat_file(self.file(handle)?).map(StoreResult::Stat),
            Operation::Absent { path } => done(at(path, |path| match fs::symlink_metadata(path) {
                Err(error) if matches!(failure_kind(&error), FailureKind::Missing) => Ok(()),
                found => found.and(Err(ErrorKind::AlreadyExists.into())),
            })),
            Operation::Read { handle, offset, length } => read(self.file(handle)?, offset, length).map(StoreResult::Bytes),
            Operation::Write { handle, offset, bytes } => done(system::write_all_at(self.file(handle)?, &bytes, offset)),
            Operation::Append { handle, bytes } => done(self.file(handle)?.write_all(&bytes)),
            Operation::Truncate { handle, length } => done(self.file(handle)?.set_len(length)),
            Operation::Sync { handle } => done(self.file(handle)?.sync_all()),
            Operation::Permit { handle, owner, group, mode } => done(system::permit(self.file(handle)?, owner, group, mode)),
            Operation::Close { handle } => {
                self.opened.remove(&handle);
                Ok(StoreResult::Done)
            }
            Operation::Link { from, to } => done(at(to, |to| fs::hard_link(system::path(from.0)?, to))),
            Operation::Rename { from, to } => done(at(to, |to| fs::rename(system::path(from.0)?, to))),
            Operation::Remove { path, identity } => at(path, |path| remove(path, identity).map(StoreResult::Removed)),
            Operation::List { path, prefix } => at(path, |path| list(path, &prefix).map(StoreResult::Names)),
            Operation::SyncFolder { path } => done(at(path, system::sync_folder)),
            Operation::Process { pid } => Ok(StoreResult::Process(system::process(pid))),
            Operation::Wait { milliseconds } => {
                sleep(Duration::from_millis(milliseconds.into()));
                Ok(StoreResult::Done)
            }
            other => Err(io::Error::new(ErrorKind::Unsupported, format!("{other:?} is not known"))),
        }
    }

    fn open(&mut self, handle: Handle, path: StorePath, options: &OpenOptions) -> io::Result<StoreResult> {
        let file = at(path, |path| options.open(path))?;
        let stat = system::stat_file(&file)?;
        self.opened.insert(handle, file);
        Ok(StoreResult::Stat(stat))
    }
}

/// Kind of a failure, for the core.
pub(crate) fn failure_kind(error: &io::Error) -> FailureKind {
    use ErrorKind as Kind;
    match error.kind() {
        Kind::AlreadyExists => FailureKind::Exists,
        Kind::NotFound | Kind::NotADirectory => FailureKind::Missing,
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => FailureKind::Denied,
        Kind::Unsupported | Kind::CrossesDevices | Kind::TooManyLinks | Kind::InvalidInput => FailureKind::Unsupported,
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => FailureKind::NoSpace,
        Kind::ResourceBusy | Kind::ExecutableFileBusy | Kind::WouldBlock => FailureKind::Busy,
        _ => FailureKind::Other,
    }
}

/// Path as the core knows it.
pub(crate) fn store_path(path: &Path) -> io::Result<StorePath> {
    system::bytes(path).map(StorePath)
}

/// Does something at a path, and names the path in its error.
fn at<T>(path: StorePath, operation: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    system::path(path.0.clone()).and_then(|path| operation(&path)).map_err(|error| io::Error::new(error.kind(), PathError { path, error }))
}

fn done(result: io::Result<()>) -> io::Result<StoreResult> {
    result.map(|()| StoreResult::Done)
}

/// Error of the system, and the path that it does not name.
#[derive(Debug)]
struct PathError {
    path: StorePath,
    error: io::Error,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.error)
    }
}

impl error::Error for PathError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Whether nothing has the name.
fn is_nowhere(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename)
}

/// Real path of a file, or the real path of its folder and its name where nothing has that name.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    match (fs::canonicalize(path), path.file_name()) {
        (Err(error), Some(name)) if error.kind() == ErrorKind::NotFound => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            Ok(fs::canonicalize(folder.unwrap_or(Path::new(".")))?.join(name))
        }
        (real, _) => real,
    }
}

/// Bytes from `offset` on, up to `length` or the end of the file.
fn read(file: &File, offset: u64, length: u64) -> io::Result<Vec<u8>> {
    // The core may ask for more than there is: the end of the file bounds the buffer.
    let end = file.metadata()?.len().min(offset.saturating_add(length));
    let mut bytes = vec![0; end.saturating_sub(offset) as usize];
    let mut filled = 0;
    while filled < bytes.len() {
        match system::read_at(file, &mut bytes[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// Removes a name, and says whether it did; with an identity only that file's.
fn remove(path: &Path, identity: Option<String>) -> io::Result<bool> {
    let removed = match identity {
        Some(identity) => system::stat_path(path).and_then(|stat| match stat.identity == identity {
            true => fs::remove_file(path).map(|()| true),
            false => Ok(false),
        }),
        None => fs::remove_file(path).map(|()| true),
    };
    match removed {
        Err(error) if is_nowhere(&error) => Ok(false),
        removed => removed,
    }
}

/// Names in a folder that begin with `prefix`.
fn list(path: &Path, prefix: &[u8]) -> io::Result<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let name = system::bytes(entry?.file_name().as_ref())?;
        if name.starts_with(prefix) {
            names.push(name);
        }
        if names.len() == NAMES {
            break;
        }
    }
    Ok(names)
}

#[cfg(all(test, unix))]
mod tests;
