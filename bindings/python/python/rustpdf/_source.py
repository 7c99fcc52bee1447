"""Sources of a document's bytes: memory, a file object, or a file of the system."""

from __future__ import annotations

import io
import os
import sys
from abc import ABC, abstractmethod
from typing import Any

from ._arguments import view_of
from ._disk import read_up_to
from ._errors import argument_error, file_changed, host_error, type_name
from ._frame import Buffer


class Reader(ABC):
    """Bytes of a document."""

    descriptor: int | None = None
    """Descriptor of the document's file; None for a document that is not a file."""

    length: int
    """Length in bytes. It does not change during a run."""

    @abstractmethod
    def read(self, offset: int, length: int) -> Buffer:
        """The bytes of a range."""

    def refuse_changed(self) -> None:  # noqa: B027 (a reader that cannot tell does nothing)
        """Errors: `ERR_FILE_CHANGED` if the document changed since the reader was made, as far as the reader can tell."""


class MemoryReader(Reader):
    """Bytes in memory, which keep their length while a view of them exists."""

    def __init__(self, content: memoryview) -> None:
        self.content = content
        self.length = len(content)

    def read(self, offset: int, length: int) -> Buffer:
        """The bytes of a range."""
        return self.content[offset : offset + length]


class ObjectReader(Reader):
    """A binary file object of any kind, such as `io.BytesIO`. Its position afterwards is undefined."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.length = self._end()

    def read(self, offset: int, length: int) -> Buffer:
        """The bytes of a range. Errors: `ERR_ARGUMENT`, `ERR_ANSWER_LENGTH`."""
        self._file.seek(offset)
        pieces: list[memoryview] = []
        left = length
        while left > 0:
            given = self._file.read(left)
            piece = view_of(given)
            if piece is None:
                raise host_error("source_read", found=type_name(given))
            if not 0 < len(piece) <= left:
                raise host_error("source_short", found=len(piece), expected=left)
            pieces.append(piece)
            left -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def refuse_changed(self) -> None:
        """Errors: `ERR_FILE_CHANGED` if the length changed."""
        if self._end() != self.length:
            raise file_changed()

    def _end(self) -> int:
        end = self._file.seek(0, io.SEEK_END)
        end = self._file.tell() if end is None else end
        if not isinstance(end, int) or end < 0:
            raise host_error("source_size")
        return end


class FileReader(Reader):
    """A file of the system."""

    def __init__(self, fd: int) -> None:
        self.descriptor = self._fd = fd
        self._facts = self._stat()
        self.length = self._facts[0]

    def read(self, offset: int, length: int) -> Buffer:
        """The bytes of a range. Errors: `ERR_FILE_CHANGED` if the file became shorter."""
        content = read_up_to(self._fd, offset, length)
        if len(content) < length:
            raise file_changed()
        return content

    def refuse_changed(self) -> None:
        """Errors: `ERR_FILE_CHANGED` if size or times changed."""
        if self._stat() != self._facts:
            raise file_changed()

    def _stat(self) -> tuple[int, int, int]:
        found = os.fstat(self._fd)
        return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def reader_of(document: Any) -> MemoryReader | ObjectReader:
    """The reader of bytes, or of a file object that is not a file of the system. Errors: `ERR_ARGUMENT`."""
    view = view_of(document)
    if view is not None:
        return MemoryReader(view)
    if callable(getattr(document, "read", None)) and callable(getattr(document, "seek", None)):
        return ObjectReader(document)
    raise argument_error("the document", "bytes, a path or a binary file that can seek", document)


def is_file_object(value: Any) -> bool:
    """Whether a file object is a file of the system: it reads and writes the bytes of that file unchanged."""
    tempfile = sys.modules.get("tempfile")  # not imported here: no object of a module exists before its import
    if tempfile is not None and isinstance(value, tempfile._TemporaryFileWrapper):
        return is_file_object(value.file)
    return isinstance(value, io.FileIO) or (
        isinstance(value, (io.BufferedReader, io.BufferedRandom, io.BufferedWriter)) and isinstance(value.raw, io.FileIO)
    )
