"""Where signed documents go."""

from __future__ import annotations

import errno
import io
import os
from contextlib import suppress
from typing import Any, Literal, Protocol, TypeAlias

from ._arguments import is_path, type_name
from ._call import Control
from ._errors import argument_error
from ._source import Sink, Source, is_file_object
from ._wire import Buffer

Copy: TypeAlias = Literal["none", "clone", "kernel", "read"]
"""How a document got into the output: not at all, as a clone that shares its blocks (a reflink), by the kernel, or by a read of its own or
the one that it was hashed by."""


class OpenOutput(Protocol):
    """Where a signed document goes, while it is made."""

    copy: Copy
    """Known when it is committed."""

    def sink(self) -> Sink | None:
        """Begins, before the document is read whole; its pieces go into what is returned. Where that is None, they are not needed."""
        ...

    def commit(self, update: Buffer) -> None:
        """Completes the output: it is there, whole and on the disk."""
        ...

    def end(self) -> None:
        """Lets go of everything; what was not committed leaves no trace."""
        ...


def open_output(source: Source, output: object, replace: bool, control: Control) -> OpenOutput:
    """Opens an output for the document of `source`. Errors: `ERR_ARGUMENT`, and what the system says of a file."""
    if not isinstance(replace, bool):
        raise argument_error(f"replace must be a bool, and is {type_name(replace)}")
    if output is None:
        return _UpdateOnly(source, control)
    if is_path(output) or is_file_object(output):
        from ._files.file_source import FileSource
        from ._files.in_place import InPlace
        from ._files.paths import stat_or_none

        found = stat_or_none(os.fspath(output)) if is_path(output) else os.fstat(output.fileno())  # type: ignore[call-overload,attr-defined]
        if isinstance(source, FileSource) and source.is_file(found):
            return InPlace(source, control)
    if is_path(output):
        from ._files.new_file import NewFile

        return NewFile(source, os.fsdecode(output), replace, control)  # type: ignore[arg-type]
    if callable(getattr(output, "write", None)) and not isinstance(output, io.TextIOBase):
        return _FileObject(source, output, control)
    raise argument_error(f"the output must be a path, a binary file that can be written or None, and is {type_name(output)}")


class _UpdateOnly:
    """Nothing but the update, which is returned."""

    copy: Copy = "none"

    def __init__(self, source: Source, control: Control) -> None:
        self._source = source
        self._control = control

    def sink(self) -> None:
        """The document is not needed."""

    def commit(self, update: Buffer) -> None:  # noqa: ARG002
        """Errors: `ERR_FILE_CHANGED`: the update would not fit."""
        self._control.check()
        self._source.refuse_changed()

    def end(self) -> None:
        """There is nothing to let go of."""


class _FileObject:
    """A file object that stands at its end. One that can be cut is given its old length back by whatever fails.

    One that cannot, such as a pipe, gets nothing before the signature is there: then the document is read once more.
    A file of the system is written by its descriptor: what a buffer held could not be taken back, and would be written when it is closed.
    Errors: `ERR_ARGUMENT` where bytes stand behind its position.
    """

    copy: Copy = "read"

    def __init__(self, source: Source, file: Any, control: Control) -> None:
        self._source = source
        self._file = file
        self._control = control
        self._start = _end_of(file)
        self._at = self._start if is_file_object(file) else None
        self._written = False
        self._committed = False

    def sink(self) -> Sink | None:
        """The file itself, unless what is in it could not be taken back."""
        return None if self._start is None else self._begin()

    def commit(self, update: Buffer) -> None:
        """Writes what is missing of the document, and the update."""
        total = self._source.length + len(update)
        self._control.progress("write", 0, total)
        if not self._written:
            self._source.pass_over(lambda _: self._control.check(), self._begin())
        self._source.refuse_changed()
        self.write(memoryview(update))
        if self._at is not None:
            self._file.seek(0, io.SEEK_END)  # where it would stand if it had been written by itself
        if callable(getattr(self._file, "flush", None)):
            self._file.flush()
        if is_file_object(self._file):
            _sync(self._file)
        self._control.progress("write", total, total)  # the last chance to stop it
        self._committed = True

    def end(self) -> None:
        """Takes back what was not committed."""
        if self._written and not self._committed and self._start is not None:
            with suppress(OSError, ValueError):  # what failed before tells more
                if self._at is not None:
                    os.ftruncate(self._file.fileno(), self._start)  # whatever the object itself may fail at
                self._file.seek(self._start)
                self._file.truncate(self._start)

    def write(self, piece: memoryview) -> None:
        """Writes all of a piece. Errors: the system's, `BlockingIOError` where a raw file would have to be waited for."""
        if self._at is not None:
            from ._files.write_all import write_all

            write_all(self._file.fileno(), piece, self._at)
            self._at += len(piece)
            return
        while len(piece) > 0:
            written = self._file.write(piece)
            if written is None:
                if isinstance(self._file, io.RawIOBase):
                    raise BlockingIOError(errno.EAGAIN, "the open output takes nothing for now; give one that blocks")
                return  # an object that says nothing of it has taken all
            if written <= 0:
                raise OSError(errno.EIO, "the `write` of the open output took nothing; give a file that takes all of its bytes")
            piece = piece[written:]

    def _begin(self) -> Sink:
        if self._at is not None:
            self._file.write(b"")  # one that is open for reading only says so itself
        self._written = True
        return self


def _end_of(file: Any) -> int | None:
    """Where the file ends and what is written to it begins; None where it cannot be told, or not be cut there."""
    try:
        if not (file.seekable() and callable(file.truncate)):
            return None
        at: int = file.tell()
        end: int = file.seek(0, io.SEEK_END)
    except (AttributeError, OSError):
        return None
    except ValueError:
        if getattr(file, "closed", False):
            raise
        return None  # gzip writes only forwards, and says so by this
    if at != end:
        file.seek(at)
        raise argument_error("the open output has bytes behind its position", "open an empty file, or give the input itself")
    return end


def _sync(file: Any) -> None:
    """Sees to it that what was written is on the disk, where it is one."""
    with suppress(OSError, ValueError):  # a pipe or a terminal
        os.fsync(file.fileno())
