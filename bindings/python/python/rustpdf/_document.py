"""A document as a run sees it: read where it is asked for, and once whole, for its digests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ._call import Control
from ._source import Sink, Source
from ._wire import Buffer

if TYPE_CHECKING:
    from hashlib import _Hash


class MemoryDocument:
    """A document in memory."""

    def __init__(self, content: memoryview, control: Control) -> None:
        self.length = len(content)
        self._content = content
        self._control = control
        self._states = _HashStates()

    def read(self, ranges: Iterable[tuple[int, int]]) -> Sequence[Buffer]:
        """The bytes of each range."""
        return [self._content[offset : offset + length] for offset, length in ranges]

    def digest(self, algorithm: str, later: Sequence[str], suffix: Buffer) -> bytes:
        """The digest of the document and a suffix."""
        hashes = self._states.begin([algorithm, *later])
        for at in range(0, self.length, PIECE) if hashes else ():
            self._control.progress("digest", at, self.length)
            for state in hashes:
                state.update(self._content[at : at + PIECE])
        self._control.progress("digest", self.length, self.length)
        return self._states.digest(algorithm, suffix)


class StreamedDocument:
    """A document that is never whole in memory. `open_sink` is asked before it is read whole, when all that can be refused has been."""

    def __init__(self, source: Source, control: Control, open_sink: Callable[[], Sink | None] = lambda: None) -> None:
        self.length = source.length
        self._source = source
        self._control = control
        self._open_sink = open_sink
        self._states = _HashStates()
        self._bytes_read = 0

    def read(self, ranges: Iterable[tuple[int, int]]) -> Sequence[Buffer]:
        """The bytes of each range."""
        pieces = [self._source.read(offset, length) for offset, length in ranges]
        self._bytes_read += sum(map(len, pieces))
        self._control.progress("read", min(self._bytes_read, self.length), self.length)
        return pieces

    def digest(self, algorithm: str, later: Sequence[str], suffix: Buffer) -> bytes:
        """The digest of the document and a suffix. The first time the document goes into the sink as well."""
        hashes = self._states.begin([algorithm, *later])
        if hashes:
            self._pass(hashes)
        return self._states.digest(algorithm, suffix)

    def _pass(self, hashes: list[_Hash]) -> None:
        sink = self._open_sink()
        self._open_sink = lambda: None  # what is read again is not written again
        done = told = 0

        def use(piece: memoryview) -> None:
            nonlocal done, told
            if done >= told:
                self._control.progress("digest", done, self.length)
                told += PIECE
            for state in hashes:
                state.update(piece)
            done += len(piece)

        self._source.pass_over(use, sink)
        self._control.progress("digest", self.length, self.length)
        self._source.refuse_changed()


class _HashStates:
    """The states of hashes behind the document, by algorithm: it is read once, however often its digest is asked for."""

    def __init__(self) -> None:
        self._states: dict[str, _Hash] = {}

    def begin(self, algorithms: Iterable[str]) -> list[_Hash]:
        """Those of the algorithms that are not there yet, to be fed with the document."""
        fresh = {name: hashlib.new(name) for name in algorithms if name not in self._states}
        self._states.update(fresh)
        return list(fresh.values())

    def digest(self, algorithm: str, suffix: Buffer) -> bytes:
        state = self._states[algorithm].copy()
        state.update(suffix)
        return state.digest()


PIECE = 1024 * 1024
"""How often it is told how far it is, and looked whether it is to stop: at each mebibyte."""
