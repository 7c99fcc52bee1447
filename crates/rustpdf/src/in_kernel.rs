//! Copies of whole files and ranges that the kernel makes, without the bytes coming by here.

use std::fs::File;
use std::io;
use std::ops::Range;

/// Lets the empty `output` share the blocks of `input`, where the file system can.
#[cfg(target_os = "linux")]
pub(crate) fn clone(input: &File, output: &File) -> io::Result<()> {
    Ok(rustix::fs::ioctl_ficlone(output, input)?)
}

/// Copies `range` to the same place in `output`.
#[cfg(target_os = "linux")]
pub(crate) fn copy(input: &File, output: &File, range: Range<u64>) -> io::Result<()> {
    let (mut from, mut to) = (range.start, range.start);
    while to < range.end {
        let left = usize::try_from(range.end - to).unwrap_or(usize::MAX);
        let copied = rustix::io::retry_on_intr(|| rustix::fs::copy_file_range(input, Some(&mut from), output, Some(&mut to), left))?;
        if copied == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// Begins to bring `range` to the disk, and waits for nothing. The pages stay in the cache, since those being written are not dropped.
#[cfg(target_os = "linux")]
pub(crate) fn write_back(file: &File, range: Range<u64>) {
    let length = std::num::NonZeroU64::new(range.end - range.start);
    let _ = rustix::fs::fadvise(file, range.start, length, rustix::fs::Advice::DontNeed); // only advice
}

/// Not asked of other systems yet.
#[cfg(not(target_os = "linux"))]
pub(crate) fn write_back(_: &File, _: Range<u64>) {}

/// Not asked of other systems yet.
#[cfg(not(target_os = "linux"))]
pub(crate) fn clone(_: &File, _: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Not asked of other systems yet.
#[cfg(not(target_os = "linux"))]
pub(crate) fn copy(_: &File, _: &File, _: Range<u64>) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
