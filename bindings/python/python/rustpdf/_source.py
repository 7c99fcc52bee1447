"""Where documents come from."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any, Protocol

from ._arguments import is_path, type_name, view_of
from ._call import Control
from ._errors import RustpdfError, argument_error, file_changed
from ._wire import Buffer


class Sink(Protocol):
    """Where a document goes while it is hashed, to be read once only."""

    def write(self, piece: memoryview) -> None:
        """Takes the next piece. It may be called in another thread, one call at a time."""
        ...


class Source(Protocol):
    """A document while it is signed: never whole in memory, unless it came so."""

    length: int
    """In bytes; it does not change."""

    @property
    def state(self) -> object:
        """Tells this document from others, and from what it was at another time, as far as that is known."""
        ...

    def read(self, offset: int, length: int) -> Buffer:
        """So many bytes from an offset on."""
        ...

    def pass_over(self, use: Callable[[memoryview], object], sink: Sink | None = None) -> None:
        """Hands over all of it from front to back, piece by piece. A piece holds until the call is over."""
        ...

    def refuse_changed(self) -> None:
        """Errors: `ERR_FILE_CHANGED` where it is not what it was when it was opened, as far as that can be told."""
        ...

    def close(self) -> None:
        """Lets go of what was opened."""
        ...


def open_source(document: object) -> Source:
    """Opens a document to be signed. Errors: `ERR_ARGUMENT`, the system's."""
    if is_path(document) or is_file_object(document):
        from ._files.file_source import FileSource

        return FileSource.open(document)
    view = view_of(document)
    if view is not None:
        return BytesSource(view)
    if callable(getattr(document, "read", None)) and callable(getattr(document, "seek", None)):
        return ObjectSource(document)
    raise argument_error(f"the document must be bytes, a path or a binary file that can seek, and is {type_name(document)}")


def read_document(document: object, control: Control) -> memoryview:
    """The whole document, in memory. Errors: `ERR_ARGUMENT`, the system's."""
    view = view_of(document)
    if view is not None:
        return view
    source = open_source(document)
    try:
        content = bytearray(source.length)
        at = 0

        def use(piece: memoryview) -> None:
            nonlocal at
            control.check()
            content[at : at + len(piece)] = piece
            at += len(piece)

        source.pass_over(use)
        source.refuse_changed()
        return memoryview(content)
    finally:
        source.close()


def is_file_object(value: object) -> bool:
    """Whether a file object is a file of the system: what it reads and writes are the file's own bytes."""
    tempfile = sys.modules.get("tempfile")  # where nobody has loaded it there is no file of it
    if tempfile is not None and isinstance(value, tempfile._TemporaryFileWrapper):
        return is_file_object(value.file)
    return isinstance(value, io.FileIO) or (
        isinstance(value, (io.BufferedReader, io.BufferedRandom, io.BufferedWriter)) and isinstance(value.raw, io.FileIO)
    )


class BytesSource:
    """Bytes in memory."""

    def __init__(self, content: memoryview) -> None:
        self._content = content
        self.length = len(content)

    @property
    def state(self) -> object:
        """Bytes are told by their length only."""
        return self.length

    def read(self, offset: int, length: int) -> Buffer:
        """So many bytes from an offset on."""
        return self._content[offset : offset + length]

    def pass_over(self, use: Callable[[memoryview], object], sink: Sink | None = None) -> None:
        """Hands over all of it."""
        for at in range(0, self.length, _PIECE):
            piece = self._content[at : at + _PIECE]
            use(piece)
            if sink is not None:
                sink.write(piece)

    def refuse_changed(self) -> None:
        """While there is a view of them, bytes keep their length."""

    def close(self) -> None:
        """There is nothing to close."""


class ObjectSource:
    """A binary file object of whatever kind, such as `io.BytesIO`. Where it stands afterwards is not said."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.length = self._end()

    @property
    def state(self) -> object:
        """An object is told by its length only."""
        return self.length

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

    def pass_over(self, use: Callable[[memoryview], object], sink: Sink | None = None) -> None:
        """Hands over all of it."""
        for at in range(0, self.length, _PIECE):
            piece = memoryview(self.read(at, min(_PIECE, self.length - at)))
            use(piece)
            if sink is not None:
                sink.write(piece)

    def refuse_changed(self) -> None:
        """Errors: `ERR_FILE_CHANGED` where it has another length."""
        if self._end() != self.length:
            raise file_changed()

    def close(self) -> None:
        """It stays open: it is the caller's."""

    def _end(self) -> int:
        end = self._file.seek(0, io.SEEK_END)
        end = self._file.tell() if end is None else end
        if not isinstance(end, int) or end < 0:
            raise argument_error("the document's `seek` and `tell` do not say where its end is")
        return end


_PIECE = 256 * 1024
