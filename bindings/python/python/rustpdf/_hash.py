"""Digests of a document, taken in one pass that also copies it and searches for byte patterns."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from . import _core
from ._call import Control
from ._disk import write_all
from ._frame import Buffer
from ._generated import DigestAlgorithm
from ._source import Reader

if TYPE_CHECKING:
    from hashlib import _Hash

    from ._frames import AnswerFrame, Copied, DigestPart, DigestProgress, DigestRequest


class Digests:
    """Digests of one document. Later digests continue from the states at its end and read nothing."""

    def __init__(self, document: Reader, control: Control) -> None:
        self._document = document
        self._control = control
        self._states: dict[DigestAlgorithm, _Hash] = {}

    def answer(self, step: DigestRequest, suffixes: memoryview, copy: int | None) -> tuple[AnswerFrame, list[bytes]]:
        """Answers a `digest` step: the header, and a digest for each part. `copy` is the descriptor of the copy."""
        end = self._document.length
        names: list[DigestAlgorithm] = [*step["keep"], *(part["algorithm"] for part in step["parts"] if self._is_whole(part))]
        fresh: dict[DigestAlgorithm, _Hash] = {name: hashlib.new(name) for name in names if name not in self._states}
        partial = [None if self._is_whole(part) else hashlib.new(part["algorithm"]) for part in step["parts"]]

        uses: list[tuple[int, int, Callable[[Any], object]]] = [(0, end, state.update) for state in fresh.values()]
        for part, state in zip(step["parts"], partial, strict=True):
            if state is not None:
                uses += [(start, start + length, state.update) for start, length in part["ranges"]]
        search = _core.Search([bytes.fromhex(pattern) for pattern in step["find"]])
        if step["find"]:
            uses += [(start, min(start + length, end), _Feed(search, start)) for start, length in step["findIn"]]
        copied: Copied = "none"
        if copy is not None:
            copied = self._copied_by_system(copy, step["progress"], alone=not uses)
            if copied == "read":
                uses.append((0, end, _Writer(copy).write))
        self._pass(uses, step["progress"])

        self._states.update(fresh)
        digests = []
        for part, state in zip(step["parts"], partial, strict=True):
            state = (state or self._states[part["algorithm"]]).copy()
            state.update(suffixes[: part["suffix"]])
            suffixes = suffixes[part["suffix"] :]
            digests.append(state.digest())
        answer: AnswerFrame = {
            "answer": "digest",
            "digests": [len(digest) for digest in digests],
            "found": [{"offsets": offsets, "more": more} for offsets, more in search.found()],
            "copied": copied,
        }
        return answer, digests

    def _is_whole(self, part: DigestPart) -> bool:
        return [*map(tuple, part["ranges"])] == [(0, self._document.length)]

    def _pass(self, uses: list[tuple[int, int, Callable[[Any], object]]], progress: DigestProgress) -> None:
        """Reads the ranges of all uses once, from front to back. A use is first offset, end, and a function of a piece."""
        reported = 0
        for start, end in pairwise(sorted({at for use in uses for at in use[:2]})):
            here = [use for first, last, use in uses if first <= start and end <= last]
            for at in range(start, end, _PIECE) if here else ():
                if at >= reported:
                    self._control.progress(progress["phase"], at, progress["total"])
                    reported = at + _REPORTED
                piece = self._document.read(at, min(_PIECE, end - at))
                for use in here:
                    use(piece)
        if uses:
            self._control.progress(progress["phase"], self._document.length, progress["total"])

    def _copied_by_system(self, fd: int, progress: DigestProgress, *, alone: bool) -> Copied:
        """Copies the document by the system ("clone", "kernel"), or returns "read" if the pass has to copy it."""
        source, length = self._document.descriptor, self._document.length
        if source is None or length == 0:
            return "read"
        with suppress(ImportError, OSError):  # file systems that cannot clone fail in many ways
            import fcntl

            fcntl.ioctl(fd, _FICLONE, source)
            return "clone"
        at = synced = 0
        while alone and at < length:
            self._control.progress(progress["phase"], at, progress["total"])
            try:
                copied = os.copy_file_range(source, fd, min(_KERNEL_PIECE, length - at), at, at)
            except (AttributeError, OSError):
                return "read"
            if copied == 0:
                return "read"
            at += copied
            if at - synced >= _SYNC:
                os.fsync(fd)
                synced = at
        return "kernel" if alone else "read"


class _Feed:
    """Feeds a search with the pieces from an offset on."""

    def __init__(self, search: _core.Search, at: int) -> None:
        self._search = search
        self._at = at

    def __call__(self, piece: memoryview) -> None:
        self._search.feed(bytes(piece), self._at)
        self._at += len(piece)


class _Writer:
    """Writes the pieces of a document into a file, one after the other."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._at = 0
        self._synced = 0

    def write(self, piece: Buffer) -> None:
        write_all(self._fd, piece, self._at)
        self._at += len(piece)
        if self._at - self._synced >= _SYNC:
            os.fsync(self._fd)
            self._synced = self._at


# ioctl(2) of Linux.
_FICLONE = 0x40049409
# A piece fits into a cache of the processor, and is large enough that the calls for each piece cost little.
_PIECE = 256 * 1024
# Progress is reported, and cancellation noticed, at each mebibyte; while the kernel copies, at each of its pieces.
_REPORTED = 1024 * 1024
_KERNEL_PIECE = 16 * 1024 * 1024
# A disk that begins to write late makes the end of the pass wait: dirty pages are written at each of these steps.
_SYNC = 64 * 1024 * 1024
