//! Names beside a file: its journal, temporary files, a lock.

use crate::digest::DigestAlgorithm;
use crate::error::{Code, Result};
use crate::hex;
use crate::io::{Process, StorePath};

/// Bytes of a file's name that its temporary files repeat: the longest name that a file can have leaves no room for more.
const REPEATED: usize = 120;

/// Folder and name of a real path.
///
/// Errors: `ERR_ARGUMENT` where there is no name.
pub(super) fn split(path: &StorePath) -> Result<(StorePath, &[u8])> {
    // A real path is absolute: it begins with a slash, or the system is Windows.
    let is_separator = |byte: &u8| *byte == b'/' || (*byte == b'\\' && !path.0.starts_with(b"/"));
    let end = path
        .0
        .iter()
        .rposition(is_separator)
        .ok_or_else(|| Code::Argument.because("the path has no folder").with_remedy("give the path of a file"))?;
    let name = path.0.get(end + 1..).unwrap_or_default();
    if name.is_empty() {
        return Err(Code::Argument.because("the path names a folder, not a file").with_remedy("give the path of a file"));
    }
    // That of the root keeps its separator.
    let folder = path.0.get(..if end == 0 { 1 } else { end }).unwrap_or_default();
    Ok((StorePath(folder.to_vec()), name))
}

/// Folder of a real path.
pub(super) fn folder(path: &StorePath) -> Result<StorePath> {
    Ok(split(path)?.0)
}

/// Path of a name beside a real path.
pub(super) fn beside(path: &StorePath, name: &[u8]) -> Result<StorePath> {
    let (_, own) = split(path)?;
    let start = path.0.get(..path.0.len() - own.len()).unwrap_or_default();
    Ok(StorePath([start, name].concat()))
}

/// Path of the journal of a file: `.NAME.rustpdf` in its folder.
pub(super) fn journal(path: &StorePath) -> Result<StorePath> {
    let (_, name) = split(path)?;
    beside(path, &[b".", name, b".rustpdf"].concat())
}

/// Start of the names of a file's temporary files: `.NAME.rustpdf-`, where a long name is cut.
pub(super) fn temporary_prefix(path: &StorePath) -> Result<Vec<u8>> {
    let (_, name) = split(path)?;
    let mut end = name.len().min(REPEATED);
    // Windows and macOS take no half of a character.
    while end > 0 && name.get(end).is_some_and(|byte| byte & 0xC0 == 0x80) {
        end -= 1;
    }
    Ok([b".", name.get(..end).unwrap_or_default(), b".rustpdf-"].concat())
}

/// Name of a temporary file of a process: `PREFIX PID - PLACE - RANDOM`.
pub(super) fn temporary(path: &StorePath, process: &Process, random: &[u8]) -> Result<StorePath> {
    let mut name = temporary_prefix(path)?;
    name.extend_from_slice(format!("{}-{}-", process.pid, place(process)).as_bytes());
    name.extend_from_slice(hex::encode(random).as_bytes());
    beside(path, &name)
}

/// Process number and place in the part of a temporary file's name after its prefix.
pub(super) fn parse_temporary(end: &[u8]) -> Option<(u64, String)> {
    let mut parts = std::str::from_utf8(end).ok()?.split('-');
    let (pid, place, random) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hexadecimal = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if parts.next().is_some() || !is_hexadecimal(place, 8) || !is_hexadecimal(random, 12) {
        return None;
    }
    Some((pid.parse().ok()?, place.to_owned()))
}

/// Eight digits that tell apart where a process number means something: host, boot and PID namespace.
pub(super) fn place(process: &Process) -> String {
    let parts = [process.host.as_bytes(), b"\0", process.boot.as_bytes(), b"\0", process.namespace.as_bytes()];
    let digest = DigestAlgorithm::Sha256.digest(&parts);
    hex::encode(digest.get(..4).unwrap_or_default())
}
