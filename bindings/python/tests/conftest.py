"""A folder for each test that wants one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from io import BufferedIOBase
from pathlib import Path
from typing import cast

import pytest


class Folder:
    """A folder of a test's own."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.path = path
        self._stack = stack

    def at(self, name: str) -> str:
        return str(self.path / name)

    def read(self, name: str) -> bytes:
        return (self.path / name).read_bytes()

    def write(self, name: str, content: bytes) -> str:
        (self.path / name).write_bytes(content)
        return self.at(name)

    def open(self, name: str, mode: str) -> BufferedIOBase:
        """Opens a file; it is closed when the test is over, for nobody else may have done so."""
        file = cast(BufferedIOBase, (self.path / name).open(mode))
        self._stack.callback(self._close, file)
        return file

    @staticmethod
    def _close(file: BufferedIOBase) -> None:
        assert not file.closed
        file.close()

    def names(self) -> list[str]:
        """Names in the folder, hidden files included."""
        return sorted(os.listdir(self.path))

    def clear(self) -> None:
        """Removes the files in it."""
        for name in self.names():
            self.path.joinpath(name).unlink()

    def opened(self) -> list[str]:
        """Files in the folder that this process has open."""
        found = []
        for fd in os.listdir("/proc/self/fd"):
            try:
                found.append(os.readlink(f"/proc/self/fd/{fd}"))
            except FileNotFoundError:
                continue  # that of the listing itself
        return [path for path in found if path.startswith(str(self.path))]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """An empty folder, of which nothing stays open."""
    made = Folder(tmp_path.resolve(), ExitStack())
    with made._stack:
        yield made
    if "rustpdf._audit" in sys.modules:  # else a process keeps its file of records open until it ends
        sys.modules["rustpdf._audit"]._forget()
    assert made.opened() == []
