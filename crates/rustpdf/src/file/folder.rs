//! Names beside a file, and what the file system does with names.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The name that `path` has within its folder, and the folder.
pub(crate) fn split(path: &Path) -> io::Result<(&Path, &OsStr)> {
    let name = path.file_name().ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "the path has no file name; give one"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok((folder.unwrap_or(Path::new(".")), name))
}

/// Where the journal of the file at `path` lies: `.{name}.rustpdf` in its folder.
pub(crate) fn journal(path: &Path) -> io::Result<PathBuf> {
    let (folder, name) = split(path)?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".rustpdf");
    Ok(folder.join(hidden))
}

/// Where a temporary file beside `path` lies: `.{name}.rustpdf-{end}` with the first fifty characters of the name, for the longest there
/// is has no room for more.
pub(crate) fn temporary(path: &Path, end: &str) -> io::Result<PathBuf> {
    let (folder, name) = split(path)?;
    let name: String = name.to_string_lossy().chars().take(50).collect();
    Ok(folder.join(format!(".{name}.rustpdf-{end}")))
}

/// The real path of a file that may not be there yet.
pub(crate) fn real_path(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let (folder, name) = split(path)?;
            Ok(fs::canonicalize(folder)?.join(name))
        }
        real => real,
    }
}

/// Brings the names in the folder of `path` to the disk.
pub(crate) fn sync(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    match fs::File::open(split(path)?.0)?.sync_all() {
        // Some network file systems sync no folders; they keep names by themselves.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {}
        synced => synced?,
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
