//! Where a signed document goes.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rustpdf_core::{Code, Report};

use super::folder::{self, real_path};
use super::in_place;
use super::input::{Document, check_regular};
use super::journal::Journal;
use super::pass::pass;
use super::positioned::write_all_at;
use super::temporary::Temporary;
use crate::control::{Control, Phase};
use crate::digest::Digests;
use crate::failure::Failure;

/// Where the signed document goes.
#[derive(Debug)]
#[non_exhaustive]
pub enum Output {
    /// Into the document itself: the update is appended. Of all outputs this is the cheapest, and nothing can be lost: an
    /// interrupted signing is finished or taken back by [`recover`](crate::recover) or by the next signing.
    InPlace,
    /// Into another file, which has its name only when it is whole. It gets the permissions of the document.
    NewFile {
        /// Its path. A symbolic link to a file is followed.
        path: PathBuf,
        /// Whether a file that is there is replaced; otherwise it is left alone and the call fails. What is no regular file always is.
        replace: bool,
    },
    /// Into an open file, which must be writable and empty. Its cursor is neither used nor moved; after a failure it is empty again.
    File(File),
    /// Nowhere: the caller appends [`SignedFile::update`].
    Update,
}

/// A file that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedFile {
    /// What follows the document in the signed one: the updates of all who signed.
    pub update: Vec<u8>,
    /// What was done, one for each who signed.
    pub reports: Vec<Report>,
    /// How the document got into the output.
    pub copied: Copied,
}

/// How the document got into another file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Copied {
    /// Not at all.
    None,
    /// The file system shares its blocks.
    Clone,
    /// The kernel copied it behind the digest.
    Kernel,
    /// What was read for the digest was written, too.
    Read,
}

/// An output in the making. Dropped before it is committed, it leaves nothing behind.
pub(crate) enum Destination<'a> {
    InPlace,
    NewFile { path: PathBuf, replace: bool, begun: Option<Temporary> },
    File { file: &'a File, begun: Emptied<'a> },
    Update,
}

impl<'a> Destination<'a> {
    /// Refuses what can be refused before anything is written.
    ///
    /// Errors: `ERR_FILE_BUSY`, `ERR_FILE_CHANGED`.
    pub(crate) fn open(output: &'a Output, document: &Document) -> Result<Self, Failure> {
        match output {
            Output::InPlace => {
                document.open_for_writing()?;
                Ok(Destination::InPlace)
            }
            Output::NewFile { path, replace } => {
                let path = real_path(path)?;
                // Of a link that leads nowhere this is the link itself.
                match fs::symlink_metadata(&path) {
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Ok(_) if !replace => return Err(exists(&path).into()),
                    metadata => check_regular(&metadata?)?,
                }
                if Journal::exists(&path)? {
                    return Err(Code::FileBusy.into());
                }
                Ok(Destination::NewFile { path, replace: *replace, begun: None })
            }
            Output::File(file) => {
                let metadata = file.metadata()?;
                match metadata.is_file() && metadata.len() == 0 {
                    true => Ok(Destination::File { file, begun: Emptied(None) }),
                    false => Err(io::Error::new(ErrorKind::InvalidInput, "the output is no empty regular file; give one").into()),
                }
            }
            Output::Update => Ok(Destination::Update),
        }
    }

    /// Begins the output with the document, and digests that in the same pass.
    pub(crate) fn begin(
        &mut self,
        document: &Document,
        digests: &mut Digests,
        control: &mut Control,
        progress: (Phase, u64),
    ) -> Result<Copied, Failure> {
        let file = match self {
            Destination::NewFile { path, begun, .. } => {
                let temporary = Temporary::create(path, document.file().metadata()?.permissions())?;
                Some(begun.insert(temporary).file())
            }
            Destination::File { file, begun } => {
                *begun = Emptied(Some(file));
                Some(*file)
            }
            Destination::InPlace | Destination::Update => None,
        };
        pass(document, digests, file, control, progress)
    }

    /// Ends the output with the update.
    ///
    /// Errors: `ERR_FILE_BUSY`, `ERR_FILE_CHANGED`.
    pub(crate) fn commit(self, document: &Document, update: &[u8]) -> Result<(), Failure> {
        let end = |file: &File| {
            write_all_at(file, update, document.length())?;
            file.sync_all()
        };
        match self {
            Destination::InPlace => in_place::append(document, update),
            Destination::NewFile { path, replace, begun } => {
                let temporary = begun.ok_or(Failure::from(Code::Internal))?;
                end(temporary.file())?;
                match replace {
                    true => temporary.replace(&path)?,
                    false => temporary.place(&path).map_err(|error| match error.kind() {
                        ErrorKind::AlreadyExists => exists(&path),
                        _ => error,
                    })?,
                }
                // It is there now, so nobody is told otherwise, even if its name may not outlive a loss of power.
                let _ = folder::sync(&path);
                Ok(())
            }
            Destination::File { file, mut begun } => {
                end(file)?;
                begun.0 = None;
                Ok(())
            }
            Destination::Update => Ok(()),
        }
    }
}

fn exists(path: &Path) -> io::Error {
    io::Error::new(ErrorKind::AlreadyExists, format!("there is a file at {}; give another path, or let it be replaced", path.display()))
}

/// Empties the file when it is dropped, if there is one.
pub(crate) struct Emptied<'a>(Option<&'a File>);

impl Drop for Emptied<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.0 {
            let _ = file.set_len(0);
        }
    }
}
