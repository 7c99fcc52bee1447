//! Files and processes of Windows. A file has no mode, and a folder is not synced.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::windows::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rustpdf_core::{FileKind, Process, Stat};

/// FILE_FLAG_OPEN_REPARSE_POINT: opens a link itself.
const LINK: u32 = 0x0020_0000;
/// FILE_FLAG_BACKUP_SEMANTICS: opens a folder, too.
const FOLDER: u32 = 0x0200_0000;
/// Mode where the system has none (docs/protocol.md).
const MODE: u32 = 384;

/// Path from UTF-8.
pub(crate) fn path(bytes: Vec<u8>) -> io::Result<PathBuf> {
    String::from_utf8(bytes).map(PathBuf::from).map_err(|_| ErrorKind::InvalidFilename.into())
}

/// Path in UTF-8.
pub(crate) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    path.to_str().map(|path| path.as_bytes().to_vec()).ok_or(ErrorKind::InvalidFilename.into())
}

/// Options to open a file without following a link.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.custom_flags(LINK);
    options
}

/// A file has no mode.
pub(crate) fn set_mode(_: &mut OpenOptions, _: u32) {}

/// Facts of the file that has a name.
pub(crate) fn stat_path(path: &Path) -> io::Result<Stat> {
    stat_file(&OpenOptions::new().access_mode(0).custom_flags(LINK | FOLDER).open(path)?)
}

/// Facts of an open file.
pub(crate) fn stat_file(file: &File) -> io::Result<Stat> {
    let (metadata, information) = (file.metadata()?, winapi_util::file::information(file)?);
    let kind = metadata.file_type();
    let modified = nanoseconds(metadata.modified()?);
    Ok(Stat {
        kind: match () {
            () if kind.is_file() => FileKind::File,
            () if kind.is_symlink() => FileKind::Link,
            () if kind.is_dir() => FileKind::Folder,
            () => FileKind::Other,
        },
        identity: format!("{}:{}", information.volume_serial_number(), information.file_index()),
        size: metadata.len(),
        mode: MODE,
        owner: 0,
        group: 0,
        links: information.number_of_links(),
        changed: modified.clone(),
        modified,
    })
}

fn nanoseconds(time: SystemTime) -> String {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_nanos().to_string(),
        Err(before) => format!("-{}", before.duration().as_nanos()),
    }
}

/// A file has neither owner nor mode in the sense of the core.
pub(crate) fn permit(_: &File, _: Option<u32>, _: Option<u32>, _: Option<u32>) -> io::Result<()> {
    Ok(())
}

/// The system brings names to the disk by itself.
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Facts of this process; of another the system does not tell.
pub(crate) fn process(pid: Option<u64>) -> Process {
    Process { pid: pid.unwrap_or(std::process::id().into()), lives: true, ..Process::default() }
}

/// Reads bytes at a place.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(buffer, offset)
}

/// Writes all bytes at a place.
pub(crate) fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = file.seek_write(bytes, offset)?;
        if written == 0 {
            return Err(ErrorKind::WriteZero.into());
        }
        bytes = &bytes[written..];
        offset += written as u64;
    }
    Ok(())
}

/// The system does not tell the path of an open file.
pub(crate) fn path_of(_: &File) -> Option<PathBuf> {
    None
}
