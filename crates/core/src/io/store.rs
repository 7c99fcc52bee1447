//! Operations on files that the core asks of its host, and their results (docs/protocol.md, "Operations of `store`").

use std::fmt;

use super::step::{FailureKind, Handle};

/// Path of a file, in the bytes of the system: UTF-8 on Windows.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StorePath(pub Vec<u8>);

impl fmt::Debug for StorePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for StorePath {
    /// The path as text, with control characters escaped: messages reach terminals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in String::from_utf8_lossy(&self.0).chars() {
            match character.is_control() {
                true => write!(f, "{}", character.escape_default())?,
                false => write!(f, "{character}")?,
            }
        }
        Ok(())
    }
}

/// Access to a file that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read.
    Read,
    /// Read and write.
    Write,
    /// Write at the end.
    Append,
}

impl Access {
    /// Name in frames.
    pub fn as_str(self) -> &'static str {
        match self {
            Access::Read => "read",
            Access::Write => "write",
            Access::Append => "append",
        }
    }
}

/// One operation on files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "docs/protocol.md has the table")]
pub enum Operation {
    Resolve { path: StorePath },
    Open { handle: Handle, path: StorePath, access: Access },
    Create { handle: Handle, path: StorePath, mode: u32 },
    StatPath { path: StorePath },
    StatHandle { handle: Handle },
    Absent { path: StorePath },
    Read { handle: Handle, offset: u64, length: u64 },
    Write { handle: Handle, offset: u64, bytes: Vec<u8> },
    Append { handle: Handle, bytes: Vec<u8> },
    Truncate { handle: Handle, length: u64 },
    Sync { handle: Handle },
    Permit { handle: Handle, owner: Option<u32>, group: Option<u32>, mode: Option<u32> },
    Close { handle: Handle },
    Link { from: StorePath, to: StorePath },
    Rename { from: StorePath, to: StorePath },
    Remove { path: StorePath, identity: Option<String> },
    List { path: StorePath, prefix: Vec<u8> },
    SyncFolder { path: StorePath },
    Process { pid: Option<u64> },
    Wait { milliseconds: u32 },
}

impl Operation {
    /// Whether `outcome` is of the kind of this operation.
    pub(super) fn accepts(&self, outcome: &StoreResult) -> bool {
        match outcome {
            StoreResult::Failed(_) => true,
            StoreResult::Path(_) => matches!(self, Operation::Resolve { .. }),
            StoreResult::Stat(stat) => match self {
                Operation::Open { .. } | Operation::Create { .. } | Operation::StatHandle { .. } => stat.kind != FileKind::Missing,
                Operation::StatPath { .. } => true,
                _ => false,
            },
            StoreResult::Bytes(bytes) => matches!(self, Operation::Read { length, .. } if bytes.len() as u64 <= *length),
            StoreResult::Removed(_) => matches!(self, Operation::Remove { .. }),
            StoreResult::Names(_) => matches!(self, Operation::List { .. }),
            StoreResult::Process(_) => matches!(self, Operation::Process { .. }),
            StoreResult::Done => matches!(
                self,
                Operation::Absent { .. }
                    | Operation::Write { .. }
                    | Operation::Append { .. }
                    | Operation::Truncate { .. }
                    | Operation::Sync { .. }
                    | Operation::Permit { .. }
                    | Operation::Close { .. }
                    | Operation::Link { .. }
                    | Operation::Rename { .. }
                    | Operation::SyncFolder { .. }
                    | Operation::Wait { .. }
            ),
        }
    }
}

/// Result of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreResult {
    /// It is done.
    Done,
    /// The real path.
    Path(StorePath),
    /// Facts of a file.
    Stat(Stat),
    /// Bytes that were read: fewer at the end of the file.
    Bytes(Vec<u8>),
    /// Whether a name was removed.
    Removed(bool),
    /// Names in a folder.
    Names(Vec<Vec<u8>>),
    /// Facts of a process.
    Process(Process),
    /// It failed, and nothing after it was performed.
    Failed(FailureKind),
}

/// Facts of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Type of the file.
    pub kind: FileKind,
    /// Tells the file from others: device and inode.
    pub identity: String,
    /// Size in bytes.
    pub size: u64,
    /// Permissions: the lowest nine bits.
    pub mode: u32,
    /// Number of the owner.
    pub owner: u32,
    /// Number of the group.
    pub group: u32,
    /// Names of the file.
    pub links: u64,
    /// Time of the last modification, in nanoseconds since 1970, as decimal text.
    pub modified: String,
    /// Time of the last change of data or facts, likewise; the modification time where the system has no such time.
    pub changed: String,
}

/// Type of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileKind {
    /// Nothing has this name.
    #[default]
    Missing,
    /// A regular file.
    File,
    /// A symbolic link.
    Link,
    /// A folder.
    Folder,
    /// A pipe, a socket, a device.
    Other,
}

impl FileKind {
    /// Name in frames.
    pub fn as_str(self) -> &'static str {
        match self {
            FileKind::Missing => "missing",
            FileKind::File => "file",
            FileKind::Link => "link",
            FileKind::Folder => "folder",
            FileKind::Other => "other",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<FileKind> {
        [FileKind::Missing, FileKind::File, FileKind::Link, FileKind::Folder, FileKind::Other]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// Facts of a process: of the own one all, of another only `lives` and `start`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// Number.
    pub pid: u64,
    /// Number of the effective user.
    pub user: u32,
    /// Name of the host.
    pub host: String,
    /// Text that differs from one boot to another.
    pub boot: String,
    /// Text that differs between PID namespaces.
    pub namespace: String,
    /// Text that differs between two processes that had the same number.
    pub start: String,
    /// Whether it exists, or the system does not tell.
    pub lives: bool,
}
