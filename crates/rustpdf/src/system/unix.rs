//! Files and processes of Unix.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Gid, Mode, OFlags, Uid};
use rustix::process::{Pid, test_kill_process};
use rustpdf_core::{FileKind, Process, Stat};

/// Path from the bytes of the system.
pub(crate) fn path(bytes: Vec<u8>) -> io::Result<PathBuf> {
    Ok(OsString::from_vec(bytes).into())
}

/// Bytes of a path.
pub(crate) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    Ok(path.as_os_str().as_bytes().to_vec())
}

/// Options to open a file without following a link, waiting for the other end of a pipe, or taking a terminal.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits() as i32);
    options
}

/// Sets the mode of a file that is made, before the umask.
pub(crate) fn set_mode(options: &mut OpenOptions, mode: u32) {
    options.mode(mode);
}

/// Facts of the file that has a name.
pub(crate) fn stat_path(path: &Path) -> io::Result<Stat> {
    fs::symlink_metadata(path).map(|metadata| stat(&metadata))
}

/// Facts of an open file.
pub(crate) fn stat_file(file: &File) -> io::Result<Stat> {
    file.metadata().map(|metadata| stat(&metadata))
}

fn stat(metadata: &Metadata) -> Stat {
    let kind = metadata.file_type();
    Stat {
        kind: match () {
            () if kind.is_file() => FileKind::File,
            () if kind.is_symlink() => FileKind::Link,
            () if kind.is_dir() => FileKind::Folder,
            () => FileKind::Other,
        },
        identity: format!("{}:{}", metadata.dev(), metadata.ino()),
        size: metadata.len(),
        mode: metadata.mode() & 0o777,
        owner: metadata.uid(),
        group: metadata.gid(),
        links: metadata.nlink(),
        modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
    }
}

fn nanoseconds(seconds: i64, rest: i64) -> String {
    (i128::from(seconds) * 1_000_000_000 + i128::from(rest)).to_string()
}

/// Changes owner and group, then the mode, which a change of the owner may reduce.
pub(crate) fn permit(file: &File, owner: Option<u32>, group: Option<u32>, mode: Option<u32>) -> io::Result<()> {
    if owner.is_some() || group.is_some() {
        rustix::fs::fchown(file, owner.map(Uid::from_raw), group.map(Gid::from_raw))?;
    }
    if let Some(mode) = mode {
        rustix::fs::fchmod(file, Mode::from_raw_mode(mode as _))?;
    }
    Ok(())
}

/// Brings the names in a folder to the disk. Some network file systems cannot, and keep names by themselves.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    match options().read(true).open(path)?.sync_all() {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// Facts of this process, or of another.
pub(crate) fn process(pid: Option<u64>) -> Process {
    match pid {
        Some(pid) => Process { pid, start: start(pid), lives: lives(pid), ..Process::default() },
        None => Process {
            pid: std::process::id().into(),
            user: rustix::process::geteuid().as_raw(),
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            boot: fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned(),
            namespace: fs::read_link("/proc/self/ns/pid").unwrap_or_default().to_string_lossy().into_owned(),
            start: start(std::process::id().into()),
            lives: true,
        },
    }
}

fn lives(pid: u64) -> bool {
    match i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // A process of another user may not be signalled, and lives.
        Some(pid) => test_kill_process(pid) != Err(rustix::io::Errno::SRCH),
        None => false,
    }
}

/// Start of a process in ticks since the boot: the 22nd field, and the 20th after the name, which may contain anything (proc_pid_stat(5)).
fn start(pid: u64) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = text.rsplit_once(')').map(|(_, fields)| fields);
    fields.and_then(|fields| fields.split_ascii_whitespace().nth(19)).unwrap_or_default().to_owned()
}

/// Reads bytes at a place, whatever the cursor is.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(buffer, offset)
}

/// Writes all bytes at a place, whatever the cursor is.
pub(crate) fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

/// Path of an open file, if the system knows it and it still leads to the file.
pub(crate) fn path_of(file: &File) -> Option<PathBuf> {
    use std::os::fd::AsRawFd;
    let path = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()?;
    let found = stat(&fs::metadata(&path).ok()?);
    (found.identity == stat_file(file).ok()?.identity).then_some(path)
}
