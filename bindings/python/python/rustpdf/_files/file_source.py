"""A document in a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._arguments import is_path
from .._errors import RustpdfError, argument_error, file_changed
from .._source import Sink
from . import paths
from .recover import recover

if TYPE_CHECKING:
    from concurrent.futures import Future


class FileSource:
    """A document in a file: it never lies in memory."""

    def __init__(self, fd: int, path: str | None, own: bool) -> None:
        opened = os.fstat(fd)
        if not stat.S_ISREG(opened.st_mode):
            raise argument_error("the document is not a regular file")
        self.length = opened.st_size
        self.mode = stat.S_IMODE(opened.st_mode) & 0o777
        self._fd = fd
        self._opened = opened
        self._path = path
        self._own = own

    @staticmethod
    def open(document: Any) -> FileSource:
        """Opens a path or a file object. An interrupted signing in place is finished first."""
        if is_path(document):
            path = os.path.realpath(os.fspath(document), strict=True)
            recover(path, undo=False)
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would be waited for
            try:
                return FileSource(fd, path, own=True)
            except BaseException:
                os.close(fd)
                raise
        if document.writable():
            document.flush()  # what was written to it is a part of the document
        fd = document.fileno()
        try:
            path = paths.path_of_open(fd)
        except RustpdfError:
            return FileSource(fd, None, own=False)
        recover(path, undo=False)
        return FileSource(fd, path, own=False)

    @property
    def fd(self) -> int:
        """The descriptor by which it is read."""
        return self._fd

    @property
    def path(self) -> str:
        """The real path. Errors: `ERR_ARGUMENT` where the system does not tell that of an open file."""
        return paths.path_of_open(self._fd) if self._path is None else self._path

    @property
    def state(self) -> object:
        """Number, size and times: what was written to may have been given its old time again, but not that of its change."""
        opened = self._opened
        return (opened.st_dev, opened.st_ino, opened.st_size, opened.st_mtime_ns, opened.st_ctime_ns)

    def is_file(self, output: os.stat_result | None) -> bool:
        """Whether an output is this very file."""
        return output is not None and paths.is_same(output, self._opened)

    def read(self, offset: int, length: int) -> bytearray:
        """So many bytes from an offset on. Errors: `ERR_FILE_CHANGED` where they are not there any more."""
        content = bytearray(length)
        self._fill(memoryview(content), offset)
        return content

    def pass_over(self, use: Callable[[memoryview], object], sink: Sink | None = None) -> None:
        """Hands over all of it. While a block is written by the sink, in another thread, the next is read and used."""
        if sink is None:
            buffer = memoryview(bytearray(_PIECE))
            for at in range(0, self.length, _PIECE):
                piece = buffer[: self.length - at]
                self._fill(piece, at)
                use(piece)
            return
        from concurrent.futures import ThreadPoolExecutor

        block, spare = memoryview(bytearray(_BLOCK)), memoryview(bytearray(_BLOCK))
        with ThreadPoolExecutor(1, "rustpdf-write") as writer:
            writing: Future[None] | None = None
            for at in range(0, self.length, _BLOCK):
                whole = block[: self.length - at]
                for start in range(0, len(whole), _PIECE):
                    piece = whole[start : start + _PIECE]
                    self._fill(piece, at + start)
                    use(piece)
                if writing is not None:
                    writing.result()
                writing = writer.submit(sink.write, whole)
                block, spare = spare, block
            if writing is not None:
                writing.result()

    def refuse_changed(self) -> None:
        """Errors: `ERR_FILE_CHANGED` where the file is not as it was, or its path leads to another one."""
        now = os.fstat(self._fd)
        if now.st_size != self.length or now.st_mtime_ns != self._opened.st_mtime_ns:
            raise file_changed()
        if self._path is not None and not self.is_file(paths.stat_or_none(self._path)):
            raise file_changed()

    def close(self) -> None:
        """Closes what was opened here."""
        if self._own:
            os.close(self._fd)

    def _fill(self, piece: memoryview, offset: int) -> None:
        filled = os.preadv(self._fd, [piece], offset)
        while filled < len(piece):
            more = os.preadv(self._fd, [piece[filled:]], offset + filled)
            if more == 0:
                raise file_changed()
            filled += more


# Read and hashed while it lies in the cache next to the processor: larger pieces are slower.
_PIECE = 64 * 1024
# Handed to another thread, which costs some tens of microseconds.
_BLOCK = 1024 * 1024
