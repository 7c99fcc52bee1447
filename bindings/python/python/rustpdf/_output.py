"""Places of signed documents: files, which the core writes, and file objects of any kind."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from ._arguments import is_path, type_name
from ._call import Control
from ._document import Reader, is_file_object
from ._errors import argument_error
from ._files.disk import Disk, write_all
from ._generated import Report
from ._wire import Buffer, path_to_wire

Copy: TypeAlias = Literal["none", "clone", "kernel", "read"]
"""How a document got into the output: not at all, as a clone that shares its blocks (a reflink), by the kernel, or by a read."""


@dataclass(frozen=True)
class SignedFile:
    """A document that was signed."""

    update: bytes = field(repr=False)
    """What was appended, or is to be appended, to the document: a few kilobytes."""

    reports: Sequence[Report]
    """What was done by each who signed."""

    copy: Copy
    """How the document got into the output: `none`, as a `clone` that shares its blocks, by the `kernel`, or by a `read`."""

    @property
    def report(self) -> Report:
        """What was done; of several signatures the last."""
        return self.reports[-1]


class Target(Protocol):
    """Place of a signed document, while it is made."""

    is_stream: bool
    """Whether it is written here, when the signature is there."""

    @property
    def wire(self) -> dict[str, object] | None:
        """The output that the core writes, if it does."""
        ...

    def finish(self, read: Callable[[], Reader], update: Buffer, control: Control, copy: Copy) -> Copy:
        """Completes an output when the run is over. Returns how the document got into it."""
        ...


def open_output(document: object, output: object, replace: bool, disk: Disk) -> Target:
    """Opens an output for a document. Errors: `ERR_ARGUMENT`, and those of the file object."""
    if not isinstance(replace, bool):
        raise argument_error(f"replace must be a bool, and is {type_name(replace)}")
    if output is None:
        return _ByCore(None)
    if is_path(output):
        path = path_to_wire(os.fspath(output))  # type: ignore[call-overload]
        return _ByCore({"path": path, "replace": replace, "orInPlace": True})
    if is_file_object(output):
        return _open_file(document, output, disk)
    if callable(getattr(output, "write", None)) and not isinstance(output, io.TextIOBase):
        return _Stream(output)
    raise argument_error(f"the output must be a path, a binary file that can be written or None, and is {type_name(output)}")


def _open_file(document: object, output: Any, disk: Disk) -> Target:
    in_place = _is_same(document, output)
    if not in_place:
        output.write(b"")  # one that is open for reading only says so itself
    if output.writable():
        output.flush()
    found = os.fstat(output.fileno())
    if in_place or (stat.S_ISREG(found.st_mode) and found.st_size == 0 and output.tell() == 0):
        return _ByCore({"handle": disk.register(output.fileno(), callers=True), "orInPlace": True}, output)
    return _Stream(output)


def _is_same(document: object, output: Any) -> bool:
    """Whether an open output is the document."""
    with suppress(OSError):
        if is_path(document):
            return os.path.samestat(os.stat(os.fspath(document)), os.fstat(output.fileno()))  # type: ignore[call-overload]
        if is_file_object(document):
            return os.path.sameopenfile(document.fileno(), output.fileno())  # type: ignore[attr-defined]
    return False


class _ByCore:
    """An output that the core writes, or none."""

    is_stream = False

    def __init__(self, wire: dict[str, object] | None, file: Any = None) -> None:
        self.wire = wire
        self._file = file

    def finish(self, read: Callable[[], Reader], update: Buffer, control: Control, copy: Copy) -> Copy:  # noqa: ARG002
        """Sets the position of an open file to its end, as if it had been written by itself."""
        if self._file is not None:
            self._file.seek(0, io.SEEK_END)
        return copy


class _Stream:
    """A file object at its end, which is written when the signature is there. Where it can be, it is cut to its old length after a failure.

    A file of the system is written by its descriptor: a buffer could not be taken back, and would be written when the file is closed.
    Errors: `ERR_ARGUMENT` where bytes follow its position.
    """

    is_stream = True
    wire = None

    def __init__(self, file: Any) -> None:
        self._file = file
        self._start = _end_of(file)
        self._at = self._start if is_file_object(file) else None

    def finish(self, read: Callable[[], Reader], update: Buffer, control: Control, copy: Copy) -> Copy:  # noqa: ARG002
        """Writes the document and the update."""
        document = read()
        total = document.length + len(update)
        try:
            for at in range(0, document.length, _PIECE):
                control.progress("write", at, total)
                self._write(document.read(at, min(_PIECE, document.length - at)))
            document.refuse_changed()
            self._write(update)
            if self._at is not None:
                self._file.seek(0, io.SEEK_END)
            if callable(getattr(self._file, "flush", None)):
                self._file.flush()
            if is_file_object(self._file):
                with suppress(OSError, ValueError):  # a pipe or a terminal
                    os.fsync(self._file.fileno())
            control.progress("write", total, total)  # the last chance to stop it
        except BaseException:
            self._take_back()
            raise
        return "read"

    def _write(self, content: Buffer) -> None:
        """Writes all of a piece. Errors: the system's, `BlockingIOError` where a raw file would have to be waited for."""
        piece = memoryview(content)
        if self._at is not None:
            write_all(self._file.fileno(), piece, self._at)
            self._at += len(piece)
            return
        while len(piece) > 0:
            written = self._file.write(piece)
            if written is None:
                if isinstance(self._file, io.RawIOBase):
                    raise BlockingIOError(errno.EAGAIN, "the open output takes nothing for now; give one that blocks")
                return  # an object that does not tell has taken all
            if written <= 0:
                raise OSError(errno.EIO, "the `write` of the open output took nothing; give a file that takes all of its bytes")
            piece = piece[written:]

    def _take_back(self) -> None:
        if self._start is not None:
            with suppress(OSError, ValueError):  # the failure before tells more
                if self._at is not None:
                    os.ftruncate(self._file.fileno(), self._start)  # the object itself may fail
                self._file.seek(self._start)
                self._file.truncate(self._start)


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


_PIECE = 256 * 1024
