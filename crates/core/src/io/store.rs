//! Operations on files that the core asks of its host, and their results (docs/protocol.md, "Operations of `store`").

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::step::{FailureKind, Handle};
use crate::hex::{self, Hex};
use crate::json::{FromJson, field, from_text};

/// Path of a file, in the bytes of the system: UTF-8 on Windows.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StorePath(pub Vec<u8>);

#[cfg(feature = "schema")]
impl schemars::JsonSchema for StorePath {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Path".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "path" })
    }
}

impl Serialize for StorePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        hex::serialize(&self.0, serializer)
    }
}

impl FromJson for StorePath {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        Hex::from_json(value).map(|path| StorePath(path.0))
    }
}

impl fmt::Debug for StorePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for StorePath {
    /// The path as text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// Access to a file that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Read.
    Read,
    /// Read and write.
    Write,
    /// Write at the end.
    Append,
}

/// One operation on files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "op", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Operation {
    /// Finds the real path: every link is followed, and `..` is resolved after the links. For a file that does not exist: the real path of
    /// its folder, and the name.
    Resolve {
        /// Path.
        path: StorePath,
    },
    /// Opens an existing file.
    Open {
        /// Number that the file gets.
        handle: Handle,
        /// Path.
        path: StorePath,
        /// Access.
        access: Access,
    },
    /// Makes a file that did not exist, readable and writable for the process.
    Create {
        /// Number that the file gets.
        handle: Handle,
        /// Path.
        path: StorePath,
        /// Permissions, of which the process's umask is taken away.
        mode: u32,
    },
    /// Facts of the file of a name. A name that does not exist, is too long, or is below something that is not a folder has the type `missing`.
    #[serde(rename = "stat")]
    #[cfg_attr(feature = "schema", schemars(title = "statPath"))]
    StatPath {
        /// Path.
        path: StorePath,
    },
    /// Facts of an open file.
    #[serde(rename = "stat")]
    #[cfg_attr(feature = "schema", schemars(title = "statHandle"))]
    StatHandle {
        /// Number of the file.
        handle: Handle,
    },
    /// Fails with `exists`, and the system's own exception for that, if something has this name; fails with the system's exception for a name
    /// that is too long.
    Absent {
        /// Path.
        path: StorePath,
    },
    /// Reads bytes: fewer at the end of the file.
    Read {
        /// Number of the file.
        handle: Handle,
        /// Offset of the first byte.
        offset: u64,
        /// Number of bytes.
        length: u64,
    },
    /// Writes all the bytes.
    Write {
        /// Number of the file.
        handle: Handle,
        /// Offset of the first byte.
        offset: u64,
        /// Bytes: their number, the next of the payload.
        #[serde(rename = "length", serialize_with = "length")]
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        bytes: Vec<u8>,
    },
    /// Writes all the bytes at the end of the file, by one call of the system.
    Append {
        /// Number of the file.
        handle: Handle,
        /// Bytes: their number, the next of the payload.
        #[serde(rename = "length", serialize_with = "length")]
        #[cfg_attr(feature = "schema", schemars(with = "u64"))]
        bytes: Vec<u8>,
    },
    /// Changes the size of a file.
    Truncate {
        /// Number of the file.
        handle: Handle,
        /// Size in bytes.
        length: u64,
    },
    /// Brings data and size to the disk.
    Sync {
        /// Number of the file.
        handle: Handle,
    },
    /// Changes owner and group, then the permissions. Windows: nothing.
    Permit {
        /// Number of the file.
        handle: Handle,
        /// Number of the owner; null leaves it.
        owner: Option<u32>,
        /// Number of the group; null leaves it.
        group: Option<u32>,
        /// Permissions; null leaves them.
        mode: Option<u32>,
    },
    /// Closes a file.
    Close {
        /// Number of the file.
        handle: Handle,
    },
    /// Gives a file a second name; fails with `exists` if the name exists.
    Link {
        /// Existing name.
        from: StorePath,
        /// New name.
        to: StorePath,
    },
    /// Replaces the file that `to` names. Windows: no open file is replaced.
    Rename {
        /// Existing name.
        from: StorePath,
        /// New name.
        to: StorePath,
    },
    /// Removes a name. A name that does not exist is not a failure.
    Remove {
        /// Path.
        path: StorePath,
        /// Identity that the file must have; null for any.
        identity: Option<String>,
    },
    /// The names in a folder, at most 10,000.
    List {
        /// Path of the folder.
        path: StorePath,
        /// First bytes of the names.
        #[serde(serialize_with = "hex::serialize")]
        #[cfg_attr(feature = "schema", schemars(with = "Hex"))]
        prefix: Vec<u8>,
    },
    /// Brings the names in a folder to the disk. Nothing where the system cannot.
    SyncFolder {
        /// Path of the folder.
        path: StorePath,
    },
    /// Facts of a process.
    Process {
        /// Number; null for this process.
        pid: Option<u64>,
    },
    /// Waits.
    Wait {
        /// Milliseconds.
        milliseconds: u32,
    },
}

/// Bytes that are in the payload: their number.
pub(super) fn length<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(bytes.len() as u64)
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(default))]
pub struct Stat {
    /// Type of the file.
    #[serde(rename = "type")]
    pub kind: FileKind,
    /// Tells the file from others: device and inode.
    pub identity: String,
    /// Size in bytes.
    pub size: u64,
    /// Permissions: the lowest nine bits. `384` where the system has none.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
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

/// Facts of a process: all of this process, `lives` and `start` of another. A text is empty where the system does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(default))]
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

from_text!(FileKind { Missing "missing", File "file", Link "link", Folder "folder", Other "other" });
#[cfg(feature = "test-panic")]
from_text!(Access { Read "read", Write "write", Append "append" });

impl FromJson for Stat {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        let object = value.as_object().ok_or("")?;
        let kind = field(object, "type")?;
        if kind == FileKind::Missing {
            return Ok(Stat::default());
        }
        Ok(Stat {
            kind,
            identity: field(object, "identity")?,
            size: field(object, "size")?,
            mode: field::<u32>(object, "mode")? & 0o777,
            owner: field(object, "owner")?,
            group: field(object, "group")?,
            links: field(object, "links")?,
            modified: field(object, "modified")?,
            changed: field(object, "changed")?,
        })
    }
}

impl FromJson for Process {
    /// Facts that a system does not tell are missing, and empty.
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        let object = value.as_object().ok_or("")?;
        let text = |name| field::<Option<String>>(object, name).map(Option::unwrap_or_default);
        Ok(Process {
            pid: field::<Option<u64>>(object, "pid")?.unwrap_or_default(),
            user: field::<Option<u32>>(object, "user")?.unwrap_or(u32::MAX),
            host: text("host")?,
            boot: text("boot")?,
            namespace: text("namespace")?,
            start: text("start")?,
            lives: field(object, "lives")?,
        })
    }
}
