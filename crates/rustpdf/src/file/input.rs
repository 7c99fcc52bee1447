//! A file that is signed: opened once, and watched for changes until it is signed.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustpdf_core::Code;

use super::recover;
use crate::failure::Failure;
use crate::source::Source;

/// Where the document is.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input {
    /// At this path. Symbolic links are followed.
    Path(PathBuf),
    /// In this open file, which must be readable; its cursor is neither used nor moved.
    File(File),
}

impl From<PathBuf> for Input {
    fn from(path: PathBuf) -> Self {
        Input::Path(path)
    }
}

impl From<&Path> for Input {
    fn from(path: &Path) -> Self {
        Input::Path(path.to_owned())
    }
}

impl From<&PathBuf> for Input {
    fn from(path: &PathBuf) -> Self {
        Input::Path(path.to_owned())
    }
}

impl From<&str> for Input {
    fn from(path: &str) -> Self {
        Input::Path(path.into())
    }
}

impl From<File> for Input {
    fn from(file: File) -> Self {
        Input::File(file)
    }
}

/// A document that is open for reading, and what it was like when it was opened.
#[derive(Debug)]
pub(crate) struct Document {
    file: File,
    /// The real path. Of an open file it may be unknown.
    path: Option<PathBuf>,
    /// Whether the document was given by its path, and not as an open file.
    by_path: bool,
    opened: Identity,
}

impl Document {
    /// Opens the document. A signing in place that was interrupted is finished first.
    pub(crate) fn open(input: Input) -> Result<Self, Failure> {
        let by_path = matches!(input, Input::Path(_));
        let (path, file) = match input {
            Input::Path(path) => (Some(fs::canonicalize(path)?), None),
            Input::File(file) => (path_of(&file), Some(file)),
        };
        if let Some(path) = &path {
            // Opening a named pipe would wait for its other end.
            check_regular(&fs::metadata(path)?)?;
            recover::finish(path)?;
        }
        let file = match (file, &path) {
            (Some(file), _) => file,
            (None, Some(path)) => File::open(path)?,
            (None, None) => return Err(Code::Internal.into()),
        };
        let metadata = file.metadata()?;
        check_regular(&metadata)?;
        Ok(Document { opened: Identity::of(&metadata), file, path, by_path })
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    pub(crate) fn length(&self) -> u64 {
        self.opened.length
    }

    /// Errors: where an open file's path is not known, one that says so.
    pub(crate) fn path(&self) -> Result<&Path, Failure> {
        self.path.as_deref().ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "the path of the open file is not known; give its path to sign it in place").into()
        })
    }

    /// Errors: `ERR_FILE_CHANGED`, where the file is not what it was, or the path that was given leads to another one.
    pub(crate) fn check_unchanged(&self) -> Result<(), Failure> {
        let mut unchanged = Identity::of(&self.file.metadata()?) == self.opened;
        if self.by_path {
            unchanged &= match fs::metadata(self.path()?) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => false,
                metadata => Identity::of(&metadata?) == self.opened,
            };
        }
        if unchanged { Ok(()) } else { Err(Code::FileChanged.into()) }
    }

    /// Why it could not be read to its end or copied: because it changed, where it did.
    pub(crate) fn cause(&self, failure: Failure) -> Failure {
        match (failure, self.check_unchanged()) {
            (Failure::Io(_), Err(changed)) => changed,
            (failure, _) => failure,
        }
    }

    /// The same file, open for writing too.
    ///
    /// Errors: `ERR_FILE_CHANGED`.
    pub(crate) fn open_for_writing(&self) -> Result<File, Failure> {
        let file = OpenOptions::new().read(true).write(true).open(self.path()?)?;
        if Identity::of(&file.metadata()?) == self.opened { Ok(file) } else { Err(Code::FileChanged.into()) }
    }
}

impl Source for Document {
    fn length(&self) -> io::Result<u64> {
        Ok(self.opened.length)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.read_at(offset, buffer)
    }
}

/// What tells a file from another one, and from itself after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    length: u64,
    modified: Option<SystemTime>,
    inode: Option<Inode>,
}

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        Identity { length: metadata.len(), modified: metadata.modified().ok(), inode: inode(metadata) }
    }
}

/// The device and the number of a file in it.
pub(crate) type Inode = (u64, u64);

/// Where the system tells it.
pub(crate) fn inode(metadata: &Metadata) -> Option<Inode> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Some((metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        None
    }
}

/// Errors: where it is a folder, a pipe, a device.
pub(super) fn check_regular(metadata: &Metadata) -> io::Result<()> {
    match metadata.is_file() {
        true => Ok(()),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no regular file; give one")),
    }
}

/// The path of an open file, where the system tells it and it still leads there.
fn path_of(file: &File) -> Option<PathBuf> {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        let path = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()?;
        let same = inode(&fs::metadata(&path).ok()?) == inode(&file.metadata().ok()?);
        same.then_some(path)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = file;
        None
    }
}
