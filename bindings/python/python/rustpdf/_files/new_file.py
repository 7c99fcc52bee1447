"""Signing into a new file."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

from .._call import Control
from .._errors import argument_error
from .._output import Copy
from .._source import Sink, Source
from .._wire import Buffer
from . import paths
from .file_source import FileSource
from .journal import busy
from .write_all import write_all


class NewFile:
    """A file that appears under its path when it is complete.

    Errors: those of the system, `FileExistsError` among them; `ERR_ARGUMENT` where what is to be replaced is no file; `ERR_FILE_BUSY`.
    """

    def __init__(self, source: Source, path: str, replace: bool, control: Control) -> None:
        path = os.path.abspath(path)  # wherever the working directory goes
        _refuse_journal(path)
        if os.path.lexists(path):
            if not replace:
                raise _exists(path)
            path = os.path.realpath(path, strict=True)  # replaces what a link leads to, not the link
            _refuse_journal(path)
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise argument_error("what the output is to replace is not a regular file", "give another name")
        self.copy: Copy = "none"
        self._source = source
        self._path = path
        self._temporary = paths.temporary_path(path)
        self._replace = replace
        self._control = control
        # The permissions are those of the document, but that it can be signed again, from the first byte on. Its group is the own one.
        self._mode = source.mode | 0o200 if isinstance(source, FileSource) else 0o666
        self._fd: int | None = None

    def sink(self) -> Sink | None:
        """The new file under its temporary name."""
        fd = self._create()
        if self._clone(fd):
            return None
        self.copy = "read"
        return _PieceWriter(fd)

    def commit(self, update: Buffer) -> None:
        """Appends the update and gives the file its name."""
        length = self._source.length
        total = length + len(update)
        self._control.progress("write", 0, total)
        fd = self._fd if self._fd is not None else self._copy_of_hashed()
        self._control.progress("write", length, total)
        self._source.refuse_changed()  # after the copy, which may not be made by the read that hashed the document
        write_all(fd, update, length)
        if isinstance(self._source, FileSource):
            os.fchmod(fd, self._mode)
        os.fsync(fd)
        self._control.progress("write", total, total)  # the last chance to stop it
        self._name()
        with suppress(OSError):  # it is there: nobody is told otherwise
            paths.sync_folder(self._path)

    def end(self) -> None:
        """Removes what has no name yet."""
        if self._fd is not None:
            os.close(self._fd)
            paths.remove_quietly(self._temporary)  # what failed before tells more

    def _create(self) -> int:
        self._fd = os.open(self._temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, self._mode)
        return self._fd

    def _copy_of_hashed(self) -> int:
        """A copy of a document that was hashed before, in another call."""
        fd = self._create()
        if self._clone(fd) or self._copy_by_kernel(fd):
            return fd
        self.copy = "read"
        self._source.pass_over(lambda _: self._control.check(), _PieceWriter(fd))
        return fd

    def _clone(self, fd: int) -> bool:
        """Has the file system share the blocks of the document, where it can."""
        if not isinstance(self._source, FileSource) or self._source.length == 0:
            return False
        try:
            import fcntl

            fcntl.ioctl(fd, _FICLONE, self._source.fd)
        except (ImportError, OSError):
            return False  # most file systems cannot clone, and none of the ways in which they say so matters
        self.copy = "clone"
        return True

    def _copy_by_kernel(self, fd: int) -> bool:
        if not isinstance(self._source, FileSource) or not hasattr(os, "copy_file_range"):
            return False
        at = synced = 0
        while at < self._source.length:
            self._control.check()
            try:
                copied = os.copy_file_range(self._source.fd, fd, min(_KERNEL_PIECE, self._source.length - at), at, at)
            except OSError:
                return False
            if copied == 0:
                return False
            at += copied
            if at - synced >= _SYNC:
                os.fsync(fd)
                synced = at
        self.copy = "kernel"
        return True

    def _name(self) -> None:
        """Gives the file its name."""
        if self._replace:
            os.rename(self._temporary, self._path)
            return
        try:
            os.link(self._temporary, self._path)  # unlike a renaming, it never replaces what has come to be there meanwhile
        except OSError as error:
            if error.errno == errno.EEXIST or os.path.lexists(self._path):
                raise _exists(self._path) from None
            os.rename(self._temporary, self._path)  # where a file has one name only


class _PieceWriter:
    """Writes the pieces of a document into a file, one behind the other."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._at = 0
        self._synced = 0

    def write(self, piece: memoryview) -> None:
        write_all(self._fd, piece, self._at)
        self._at += len(piece)
        if self._at - self._synced >= _SYNC:
            os.fsync(self._fd)
            self._synced = self._at


def _refuse_journal(path: str) -> None:
    if os.path.lexists(paths.journal_path(path)):
        raise busy()  # what was interrupted there would be taken for one of the new file


def _exists(path: str) -> FileExistsError:
    return FileExistsError(errno.EEXIST, "the output exists; give another name, or replace it by `replace`", path)


# ioctl(2) of Linux.
_FICLONE = 0x40049409
# A disk that has much to write in the end, or begins late, holds up everything: it gets its work as it comes.
_SYNC = 64 * 1024 * 1024
# So often it is looked whether to stop.
_KERNEL_PIECE = 16 * 1024 * 1024
