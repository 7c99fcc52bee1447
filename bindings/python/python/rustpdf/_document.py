"""Documents as a run reads them: in memory, in a file object, or in a file that the core opens."""

from __future__ import annotations

import io
import os
import sys
from typing import Any, Protocol

from ._arguments import is_path, type_name, view_of
from ._errors import RustpdfError, argument_error, file_changed
from ._files.disk import Disk, read_up_to
from ._wire import Buffer, path_to_wire


class Reader(Protocol):
    """Bytes of a document."""

    length: int
    """In bytes; it does not change during a run."""

    @property
    def descriptor(self) -> int | None:
        """Descriptor of the document's file, where it is one."""
        ...

    def read(self, offset: int, length: int) -> Buffer:
        """So many bytes from an offset on."""
        ...

    def refuse_changed(self) -> None:
        """Errors: `ERR_FILE_CHANGED` where it is not as it was when the reader was made, as far as that can be told."""
        ...


class MemoryReader:
    """Bytes in memory."""

    descriptor = None

    def __init__(self, content: memoryview) -> None:
        self.content = content
        self.length = len(content)

    def read(self, offset: int, length: int) -> Buffer:
        """So many bytes from an offset on."""
        return self.content[offset : offset + length]

    def refuse_changed(self) -> None:
        """While there is a view of them, bytes keep their length."""


class ObjectReader:
    """A binary file object of any kind, such as `io.BytesIO`. Its position afterwards is undefined."""

    descriptor = None

    def __init__(self, file: Any) -> None:
        self._file = file
        self.length = self._end()

    def read(self, offset: int, length: int) -> Buffer:
        """So many bytes from an offset on. Errors: `ERR_ARGUMENT`, `ERR_ANSWER_LENGTH`."""
        self._file.seek(offset)
        pieces: list[memoryview] = []
        left = length
        while left > 0:
            piece = view_of(self._file.read(left))
            if piece is None:
                raise argument_error("the document's `read` gave no bytes", "open it in binary mode")
            if not 0 < len(piece) <= left:
                found = f"the document's `read` gave {len(piece)} bytes where {left} were asked for"
                raise RustpdfError("ERR_ANSWER_LENGTH", f"{found}; give a file that reads all of its bytes")
            pieces.append(piece)
            left -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def refuse_changed(self) -> None:
        """Errors: `ERR_FILE_CHANGED` where it has another length."""
        if self._end() != self.length:
            raise file_changed()

    def _end(self) -> int:
        end = self._file.seek(0, io.SEEK_END)
        end = self._file.tell() if end is None else end
        if not isinstance(end, int) or end < 0:
            raise argument_error("the document's `seek` and `tell` do not say where its end is")
        return end


class FileReader:
    """A file of the system."""

    def __init__(self, fd: int) -> None:
        self.descriptor = fd
        self._state = self._look()
        self.length = self._state[0]

    def read(self, offset: int, length: int) -> Buffer:
        """So many bytes from an offset on. Errors: `ERR_FILE_CHANGED` where they are not there any more."""
        content = read_up_to(self.descriptor, offset, length)
        if len(content) < length:
            raise file_changed()
        return content

    def refuse_changed(self) -> None:
        """Errors: `ERR_FILE_CHANGED` where it has another size or time."""
        if self._look() != self._state:
            raise file_changed()

    def _look(self) -> tuple[int, int, int]:
        found = os.fstat(self.descriptor)
        return found.st_size, found.st_mtime_ns, found.st_ctime_ns


class Source:
    """A document as a start frame names it, and how it is read. With `opened` the core does not open a file by itself.

    With `in_memory` it is read whole at the first question. Errors: `ERR_ARGUMENT`, those of the system and of the file object.
    """

    def __init__(self, document: object, disk: Disk, *, opened: bool, in_memory: bool) -> None:
        self.wire: dict[str, object]
        """Fields of the start frame."""
        self._disk = disk
        self._in_memory = in_memory
        self._handle: int | None = None
        self._reader: Reader | None = None
        if is_path(document):
            path: str | bytes = os.fspath(document)  # type: ignore[call-overload]
            file: dict[str, object] = {"path": path_to_wire(path)}
            if opened:
                # Without waiting for the other end of a pipe.
                file["handle"] = self._handle = disk.register(os.open(path, os.O_RDONLY | os.O_NONBLOCK), callers=False)
            self.wire = {"file": file}
        elif is_file_object(document):
            fd = _flushed(document)
            self._handle = disk.register(fd, callers=True)
            self.wire = {"file": {"handle": self._handle, **_path_of(fd)}}
        else:
            self._reader = _reader_of(document)
            self.wire = {"length": self._reader.length}

    def reader(self, handle: int | None = None) -> Reader:
        """The reader of the document: of a file that the core opened, by its handle."""
        if self._reader is None:
            handle = self._handle if handle is None else handle
            assert handle is not None
            self._reader = FileReader(self._disk.descriptor(handle))
        if self._in_memory and not isinstance(self._reader, MemoryReader):
            content = self._reader.read(0, self._reader.length)
            self._reader.refuse_changed()
            self._reader = MemoryReader(memoryview(content))
        return self._reader

    def refuse_changed(self) -> None:
        """Errors: `ERR_FILE_CHANGED` where a file object has another length. The core looks after files by itself."""
        if isinstance(self._reader, ObjectReader):
            self._reader.refuse_changed()

    def content(self) -> memoryview:
        """The whole document, of a source `in_memory`. Errors: `ERR_FILE_CHANGED`, those of reading."""
        reader = self.reader()
        assert isinstance(reader, MemoryReader)
        return reader.content


def is_file_object(value: object) -> bool:
    """Whether a file object is a file of the system: what it reads and writes are the file's own bytes."""
    tempfile = sys.modules.get("tempfile")  # where it is not loaded there is no file of it
    if tempfile is not None and isinstance(value, tempfile._TemporaryFileWrapper):
        return is_file_object(value.file)
    return isinstance(value, io.FileIO) or (
        isinstance(value, (io.BufferedReader, io.BufferedRandom, io.BufferedWriter)) and isinstance(value.raw, io.FileIO)
    )


def _flushed(file: Any) -> int:
    if file.writable():
        file.flush()  # what was written to it is a part of the document
    fd: int = file.fileno()
    return fd


def _path_of(fd: int) -> dict[str, object]:
    """The path of an open file. Of one that has no name any more the core finds that it leads elsewhere."""
    try:
        return {"path": path_to_wire(os.readlink(f"/proc/self/fd/{fd}"))}  # Linux
    except OSError:
        return {}


def _reader_of(document: Any) -> Reader:
    view = view_of(document)
    if view is not None:
        return MemoryReader(view)
    if callable(getattr(document, "read", None)) and callable(getattr(document, "seek", None)):
        return ObjectReader(document)
    raise argument_error(f"the document must be bytes, a path or a binary file that can seek, and is {type_name(document)}")
