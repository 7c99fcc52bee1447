//! The one pass over a document: it is digested, searched and, where the output is another file, copied.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use rustpdf_core::{Code, Copied};

use crate::control::{Control, Phase};
use crate::digest::Digests;
use crate::error::Result;
use crate::in_kernel;
use crate::source::Source;
use crate::system::write_all_at;

/// Bytes read at once: they stay in the second-level cache between reading and hashing.
const BUFFER: u64 = 64 << 10;
/// Bytes copied at once, and between two looks at whether the caller cancelled.
const PIECE: u64 = 4 << 20;
/// Pieces that the digest may be ahead of the copy: so few that the copy finds them in the page cache.
const BEHIND: usize = 4;

/// Document of a run.
#[derive(Clone, Copy)]
pub(crate) struct Document<'a> {
    pub(crate) source: &'a dyn Source,
    /// The same, where it is a file.
    pub(crate) file: Option<&'a File>,
}

/// Destination of the bytes that are read.
enum Sink<'a> {
    Nothing,
    /// The thread that copies.
    Copier(SyncSender<Range<u64>>),
    File(&'a File),
}

/// Digests the document of `length` bytes and copies it into `output`, which is empty, and returns how.
///
/// Errors: `ERR_FILE_CHANGED` where its length changes.
///
/// Measured with a gigabyte in the page cache, ext4, two cores; the digest alone takes 0.62 s, and `cp`, `sync` and
/// `openssl dgst -sha256` one after the other 1.20 s. The digest, with a second thread that copies in the kernel and begins to
/// write each piece back: 0.61 s. Written back at the end: 0.86 s. Synced every 32 MiB: 0.62 s, but half as much again as the
/// former where others use the disk, since each sync waits for what they wrote. A piece digested and then copied in the kernel by
/// the same thread: 1.11 s. The buffer that was hashed written by the same thread: 1.08 s; by a second one: 1.46 s, since it is
/// not in that one's cache.
pub(crate) fn pass(
    document: Document,
    length: u64,
    digests: &mut Digests,
    output: Option<&File>,
    control: &mut Control,
    progress: (Phase, u64),
) -> Result<Copied> {
    let is_needless = digests.is_empty();
    let mut walk = |sink: Sink<'_>| walk(document, length, digests, sink, control, progress);
    let passed = match (document.file, output) {
        (_, None) if is_needless => Ok(Copied::None),
        (_, None) => walk(Sink::Nothing).map(|()| Copied::None),
        (None, Some(output)) => walk(Sink::File(output)).map(|()| Copied::Read),
        (Some(input), Some(output)) => copy(input, length, output, walk),
    };
    // A change is the cause of a failed read, and spoils a successful one.
    match document.source.length() {
        Ok(now) if now != length => Err(Code::FileChanged.into()),
        _ => passed,
    }
}

/// Copies a file in the cheapest way while `walk` reads it.
fn copy(input: &File, length: u64, output: &File, walk: impl FnOnce(Sink) -> Result<()>) -> Result<Copied> {
    if in_kernel::clone(input, output).is_ok() {
        return walk(Sink::Nothing).map(|()| Copied::Clone);
    }
    if in_kernel::copy(input, output, 0..length.min(PIECE)).is_err() {
        return walk(Sink::File(output)).map(|()| Copied::Read);
    }
    if length <= PIECE {
        return walk(Sink::Nothing).map(|()| Copied::Kernel);
    }
    thread::scope(|scope| {
        let (sender, pieces) = sync_channel(BEHIND);
        let copier = thread::Builder::new().spawn_scoped(scope, || copy_pieces(input, output, pieces))?;
        let walked = walk(Sink::Copier(sender));
        // Where the copy failed its error is the reason why the walk ended.
        copier.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        walked.map(|()| Copied::Kernel)
    })
}

/// Copies the pieces in the kernel, and begins to bring each to the disk, so that nobody waits for it in the end.
fn copy_pieces(input: &File, output: &File, pieces: Receiver<Range<u64>>) -> io::Result<()> {
    for piece in pieces {
        in_kernel::copy(input, output, piece.clone())?;
        in_kernel::write_back(output, piece);
    }
    Ok(())
}

/// Reads the document from its first byte to its last.
fn walk(
    document: Document,
    length: u64,
    digests: &mut Digests,
    sink: Sink,
    control: &mut Control,
    (phase, total): (Phase, u64),
) -> Result<()> {
    let memory = document.source.as_slice();
    let mut buffer = vec![0; if memory.is_some() { 0 } else { BUFFER.min(length) as usize }];
    control.report(phase, 0, total)?;
    for piece in steps(0..length, PIECE) {
        if let Sink::Copier(copier) = &sink
            && piece.start > 0
        {
            copier.send(piece.clone()).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        }
        let is_read = !digests.is_empty() || matches!(sink, Sink::File(_));
        for part in steps(piece.clone(), BUFFER).filter(|_| is_read) {
            let bytes = match memory {
                Some(memory) => memory.get(part.start as usize..part.end as usize).ok_or(io::Error::from(io::ErrorKind::UnexpectedEof))?,
                None => {
                    let buffer = &mut buffer[..(part.end - part.start) as usize];
                    document.source.read_at(part.start, buffer)?;
                    buffer
                }
            };
            digests.update(part.start, bytes);
            if let Sink::File(output) = sink {
                write_all_at(output, bytes, part.start)?;
            }
        }
        if let Sink::File(output) = sink {
            in_kernel::write_back(output, piece.clone());
        }
        control.advance(phase, piece.start, piece.end, total)?;
    }
    Ok(())
}

/// `range` in pieces of `size`, the last one shorter.
fn steps(range: Range<u64>, size: u64) -> impl Iterator<Item = Range<u64>> {
    let end = range.end;
    range.step_by(size as usize).map(move |start| start..end.min(start + size))
}
