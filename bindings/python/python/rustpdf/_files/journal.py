"""The journal of a signing in place."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Literal

from .._call import Control
from .._errors import RustpdfError
from .._machine import Done, drive
from .._operations import recover
from .._wire import Buffer
from . import paths
from .write_all import write_all


class Journal:
    """The journal beside a document. It is there whole and on the disk, or not at all."""

    def __init__(self, path: str, written: os.stat_result) -> None:
        self._path = path
        self._written = written

    @staticmethod
    def write(path: str, mode: int, content: bytes, check: Callable[[], None]) -> Journal:
        """Writes the journal of the file at `path`, for whoever may read the file; `check` comes at the last moment.

        Errors: those of `check`, `ERR_FILE_BUSY` where there is one.
        """
        temporary = paths.temporary_path(path)
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode | 0o200)
        try:
            write_all(fd, content, 0)
            os.fsync(fd)
            journal = Journal(paths.journal_path(path), os.fstat(fd))
            check()
            _name_once(temporary, journal._path)
            try:
                paths.sync_folder(path)
            except BaseException:
                with suppress(OSError):  # what failed before tells more
                    journal.remove()
                raise
            return journal
        finally:
            os.close(fd)
            paths.remove_quietly(temporary)  # what has another name by now must not fail for this one

    def remove(self) -> bool:
        """Removes it, when the file is whole. Tells whether it was there: somebody may have finished the signature, or taken it back."""
        return paths.remove_own(self._path, self._written)


def apply(fd: int, journal: bytes, undo: bool) -> Literal["signed", "original"]:
    """Does to the open file what the core says of its journal, and sees that it is on the disk."""
    done = _compare(fd, journal, undo)
    offset, length = done.result["offset"], done.result["length"]
    if offset is not None:
        write_all(fd, done.payload, offset)
    if length < os.fstat(fd).st_size:
        os.ftruncate(fd, length)
    os.fsync(fd)
    outcome: Literal["signed", "original"] = done.result["outcome"]
    return outcome


def is_whole(fd: int, journal: bytes) -> bool:
    """Whether the update is whole behind the document. Errors: `ERR_JOURNAL_DOCUMENT`."""
    return _compare(fd, journal, undo=False).result["offset"] is None


def busy() -> RustpdfError:
    """What is raised where a document has a journal that is not of this signing."""
    found = "another process is signing the document in place, or was interrupted"
    return RustpdfError("ERR_FILE_BUSY", f"{found}; wait for it, or call `recover_file`")


def _name_once(source: str, target: str) -> None:
    """Gives a file a second name that nothing has yet; where files have one name only, renames it."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno == errno.EEXIST or paths.stat_or_none(target) is not None:
            raise busy() from None
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        os.rename(source, target)


def _compare(fd: int, journal: bytes, undo: bool) -> Done:
    unwatched = Control()
    return drive(recover(_Bare(fd), journal, undo, unwatched))


class _Bare:
    """A file as it is, of which nothing is expected."""

    def __init__(self, fd: int) -> None:
        self.length = os.fstat(fd).st_size
        self._fd = fd

    def read(self, ranges: Iterable[tuple[int, int]]) -> Sequence[Buffer]:
        return [os.pread(self._fd, length, offset) for offset, length in ranges]  # the core says what is missing

    def digest(self, algorithm: str, later: Sequence[str], suffix: Buffer) -> bytes:
        raise NotImplementedError("a recovery asks for no digest")
