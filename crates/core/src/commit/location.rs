//! Where a document is, and where the signed one goes.

use crate::io::{Handle, StorePath};

/// Place of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentLocation {
    /// Held by the host, which answers `read` and `digest` itself.
    Memory {
        /// Length in bytes.
        length: u64,
    },
    /// A file. Symbolic links are followed.
    Path(StorePath),
    /// An open file of the caller.
    Handle {
        /// Number of the file, below 16.
        handle: Handle,
        /// Its path, where the host knows it.
        path: Option<StorePath>,
    },
}

/// Place of the signed document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputLocation {
    /// None: the caller appends the update.
    Update,
    /// The document itself: the update is appended to it.
    InPlace,
    /// A file.
    Path {
        /// Path. Symbolic links to a file are followed.
        path: StorePath,
        /// Whether an existing regular file is replaced.
        replace: bool,
        /// Whether the document is signed in place where it is this file.
        or_in_place: bool,
    },
    /// An open, empty file of the caller.
    Handle {
        /// Number of the file, below 16.
        handle: Handle,
        /// Whether the document is signed in place where it is this file.
        or_in_place: bool,
    },
}
