//! A file that is not there before it is whole.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::folder;

/// A file beside another one, that vanishes unless it is given a name.
#[derive(Debug)]
pub(crate) struct Temporary {
    file: File,
    path: PathBuf,
}

impl Temporary {
    /// An empty file, with the permissions given and writable by its owner.
    pub(crate) fn create(beside: &Path, permissions: Permissions) -> io::Result<Self> {
        let mut random = [0; 6];
        getrandom::fill(&mut random)?;
        let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = folder::temporary(beside, &format!("{}-{random}", std::process::id()))?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600); // until it has those of the document
        let temporary = Temporary { file: options.open(&path)?, path };
        temporary.permit(permissions)?;
        Ok(temporary)
    }

    #[cfg(unix)]
    fn permit(&self, permissions: Permissions) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let mode = permissions.mode() & 0o777 | 0o200;
        match self.file.set_permissions(Permissions::from_mode(mode)) {
            // File systems without modes.
            Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) => Ok(()),
            permitted => permitted,
        }
    }

    #[cfg(not(unix))]
    fn permit(&self, _: Permissions) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Names it `path` in place of what is there.
    pub(crate) fn replace(self, path: &Path) -> io::Result<()> {
        // What is dropped then finds nothing to remove.
        fs::rename(&self.path, path)
    }

    /// Names it `path`. Errors: `AlreadyExists` where something is there, which is left alone.
    pub(crate) fn place(self, path: &Path) -> io::Result<()> {
        match fs::hard_link(&self.path, path) {
            // File systems without hard links: there a race is lost between the look and the renaming.
            Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) => {
                match fs::symlink_metadata(path) {
                    Ok(_) => Err(ErrorKind::AlreadyExists.into()),
                    Err(_) => fs::rename(&self.path, path),
                }
            }
            linked => linked,
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
