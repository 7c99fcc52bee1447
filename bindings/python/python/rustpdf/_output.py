"""Outputs: files, which the core writes, and file objects of any kind."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ._arguments import check_flag, is_path
from ._call import Control
from ._disk import Disk, write_all
from ._errors import argument_error, host_error
from ._frame import Buffer, path_to_wire
from ._generated import ExtensionReport, Report
from ._source import Reader, is_file_object

if TYPE_CHECKING:
    from ._frames import OutputPlace

Copy: TypeAlias = Literal["none", "clone", "kernel", "read"]
"""Way of a document into the output: none, a clone that shares its blocks (a reflink), a copy by the kernel, or a read."""


@dataclass(frozen=True)
class Signed:
    """A signed document in memory."""

    pdf: bytes = field(repr=False)
    """The signed document."""

    reports: Sequence[Report]
    """A report for each signature of the call."""

    @property
    def report(self) -> Report:
        """Report of the last signature."""
        return self.reports[-1]


@dataclass(frozen=True)
class SignedFile:
    """A signed document that is not in memory."""

    update: bytes = field(repr=False)
    """Bytes that were appended, or are to be appended, to the document: a few kilobytes."""

    reports: Sequence[Report]
    """A report for each signature."""

    copy: Copy
    """Way of the document into the output."""

    @property
    def report(self) -> Report:
        """Report of the last signature."""
        return self.reports[-1]


@dataclass(frozen=True)
class Extended:
    """An extended document in memory."""

    pdf: bytes = field(repr=False)
    """The extended document; the document itself if nothing was to be done."""

    report: ExtensionReport
    """Report of the call."""


@dataclass(frozen=True)
class ExtendedFile:
    """An extended document that is not in memory."""

    update: bytes = field(repr=False)
    """Bytes that were appended, or are to be appended, to the document. Empty if nothing was to be done."""

    report: ExtensionReport
    """Report of the call."""

    copy: Copy
    """Way of the document into the output."""


class Target:
    """Output of a run that the core writes, or none."""

    is_stream = False
    """Whether `finish` writes the output, and not the core."""

    def __init__(self, place: OutputPlace | None, file: Any = None) -> None:
        self.place = place
        self._file = file

    def finish(self, read: Callable[[], Reader], update: Buffer, control: Control, copy: Copy) -> Copy:  # noqa: ARG002
        """Completes the output after the run. Returns the way of the document into it: `copy` if the core wrote it."""
        if self._file is not None:
            self._file.seek(0, io.SEEK_END)  # as writing through the file object would
        return copy


def open_output(document: object, output: object, replace: bool, disk: Disk) -> Target:
    """Opens an output for a document. Errors: `ERR_ARGUMENT`, and those of the file object."""
    check_flag(replace, "replace")
    if output is None:
        return Target(None)
    if is_path(output):
        return Target({"path": path_to_wire(os.fspath(output)), "replace": replace, "orInPlace": True})
    if is_file_object(output):
        return _open_file(document, output, disk)
    if callable(getattr(output, "write", None)) and not isinstance(output, io.TextIOBase):
        return _Stream(output)
    raise argument_error("the output", "a path, a binary file that can be written or None", output)


def _open_file(document: object, output: Any, disk: Disk) -> Target:
    in_place = _is_same(document, output)
    if not in_place:
        output.write(b"")  # raises the exception of a file that is open for reading only
    if output.writable():
        output.flush()
    found = os.fstat(output.fileno())
    if in_place or (stat.S_ISREG(found.st_mode) and found.st_size == 0 and output.tell() == 0):
        return Target({"handle": disk.register(output.fileno(), callers=True), "orInPlace": True}, output)
    return _Stream(output)


def _is_same(document: object, output: Any) -> bool:
    """Whether an open output and the document are one file."""
    with suppress(OSError):
        if is_path(document):
            return os.path.samestat(os.stat(os.fspath(document)), os.fstat(output.fileno()))
        if is_file_object(document):
            return os.path.sameopenfile(document.fileno(), output.fileno())  # type: ignore[attr-defined]
    return False


class _Stream(Target):
    """A file object at its end, written after the signature was made. A failure cuts it to its old length if it can be cut.

    A file of the system is written by its descriptor: a buffer cannot be taken back, and would be written when the file is closed.
    Errors: `ERR_ARGUMENT` if bytes follow its position.
    """

    is_stream = True

    def __init__(self, file: Any) -> None:
        super().__init__(None, file)
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
        """Writes all of a piece. Errors: `ERR_ARGUMENT`, the system's, `BlockingIOError` of a raw file that does not block."""
        piece = memoryview(content)
        if self._at is not None:
            write_all(self._file.fileno(), piece, self._at)
            self._at += len(piece)
            return
        while len(piece) > 0:
            written = self._file.write(piece)
            if written is None:
                if isinstance(self._file, io.RawIOBase):
                    raise BlockingIOError(errno.EAGAIN, "the open output takes no bytes now; give a file that blocks")
                return  # an object that returns no number has taken all
            if written <= 0:
                raise host_error("output_write")
            piece = piece[written:]

    def _take_back(self) -> None:
        if self._start is not None:
            with suppress(OSError, ValueError):  # the earlier failure is the more useful one
                if self._at is not None:
                    os.ftruncate(self._file.fileno(), self._start)  # first, because the object itself may fail
                self._file.seek(self._start)
                self._file.truncate(self._start)


def _end_of(file: Any) -> int | None:
    """Offset of the end of the file, where the output begins; None if it is unknown, or the file cannot be cut."""
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
        return None  # gzip, which only writes forwards, raises this
    if at != end:
        file.seek(at)
        raise host_error("output_not_empty")
    return end


_PIECE = 256 * 1024
