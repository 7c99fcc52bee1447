"""The document of a run, as its start frame names it and as its steps read it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ._arguments import is_path
from ._disk import Disk
from ._frame import path_to_wire
from ._source import FileReader, MemoryReader, ObjectReader, Reader, is_file_object, reader_of

if TYPE_CHECKING:
    from ._frames import FileLocation


class RunDocument:
    """The document of a run. With `opened` the host opens its file, and not the core.

    With `in_memory` the first question reads the whole document. Errors: `ERR_ARGUMENT`, those of the system and of the file object.
    """

    def __init__(self, document: object, disk: Disk, *, opened: bool, in_memory: bool) -> None:
        self.file: FileLocation | None = None
        self.length: int | None = None
        self._disk = disk
        self._in_memory = in_memory
        self._handle: int | None = None
        self._reader: Reader | None = None
        if is_path(document):
            path = os.fspath(document)
            self.file = {"path": path_to_wire(path)}
            if opened:
                # O_NONBLOCK: the other end of a pipe is not waited for.
                self._handle = disk.register(os.open(path, os.O_RDONLY | os.O_NONBLOCK), callers=False)
        elif is_file_object(document):
            fd = _flushed(document)
            self._handle = disk.register(fd, callers=True)
            self.file = _path_of(fd)
        else:
            self._reader = reader_of(document)
            self.length = self._reader.length
        if self.file is not None and self._handle is not None:
            self.file["handle"] = self._handle

    def reader(self, handle: int | None = None) -> Reader:
        """The reader of the document. `handle` is that of a file that the core opened."""
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
        """Errors: `ERR_FILE_CHANGED` if the length of a file object changed. The core checks files itself."""
        if isinstance(self._reader, ObjectReader):
            self._reader.refuse_changed()

    def content(self) -> memoryview:
        """The whole document, with `in_memory`. Errors: `ERR_FILE_CHANGED`, those of reading."""
        reader = self.reader()
        assert isinstance(reader, MemoryReader)
        return reader.content


def _flushed(file: Any) -> int:
    if file.writable():
        file.flush()  # bytes in the buffer are a part of the document
    fd: int = file.fileno()
    return fd


def _path_of(fd: int) -> FileLocation:
    """The path of an open file. The core notices if it leads to another file."""
    try:
        return {"path": path_to_wire(os.readlink(f"/proc/self/fd/{fd}"))}  # Linux
    except OSError:
        return {}
