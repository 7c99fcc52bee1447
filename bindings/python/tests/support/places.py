"""Every kind of output, for a document in a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rustpdf import SignedFile

from ..conftest import Folder


@dataclass
class Place:
    """A document that is to be signed, and where to."""

    input: Any
    output: Any
    signed: Callable[[SignedFile], bytes]
    """Returns the signed document."""
    left: list[str]
    """The files that are there when nothing was signed."""
    folder: Folder

    def expect_untouched(self, document: bytes) -> None:
        """Fails if a file was left behind or the document changed."""
        assert self.folder.names() == self.left
        assert self.folder.read("in.pdf") == document
        if "out.pdf" in self.left:
            assert self.folder.read("out.pdf") == b""


MakePlace = Callable[[Folder, bytes], Place]


def _new_file(folder: Folder, pdf: bytes) -> Place:
    return Place(folder.write("in.pdf", pdf), folder.at("out.pdf"), lambda _: folder.read("out.pdf"), ["in.pdf"], folder)


def _new_file_by_path(folder: Folder, pdf: bytes) -> Place:
    folder.write("in.pdf", pdf)
    return Place(Path(folder.at("in.pdf")), Path(folder.at("out.pdf")), lambda _: folder.read("out.pdf"), ["in.pdf"], folder)


def _open_file(folder: Folder, pdf: bytes) -> Place:
    folder.write("in.pdf", pdf)
    output = folder.open("out.pdf", "wb")
    return Place(folder.at("in.pdf"), output, lambda _: folder.read("out.pdf"), ["in.pdf", "out.pdf"], folder)


def _nowhere(folder: Folder, pdf: bytes) -> Place:
    return Place(folder.write("in.pdf", pdf), None, lambda signed: pdf + signed.update, ["in.pdf"], folder)


def _in_place(folder: Folder, pdf: bytes) -> Place:
    path = folder.write("in.pdf", pdf)
    return Place(path, path, lambda _: folder.read("in.pdf"), ["in.pdf"], folder)


def _in_place_by_file(folder: Folder, pdf: bytes) -> Place:
    folder.write("in.pdf", pdf)
    file = folder.open("in.pdf", "r+b")
    return Place(file, file, lambda _: folder.read("in.pdf"), ["in.pdf"], folder)


PLACES: dict[str, MakePlace] = {
    "a new file": _new_file,
    "a new file by pathlib": _new_file_by_path,
    "an open file": _open_file,
    "nowhere": _nowhere,
    "itself": _in_place,
    "itself by an open file": _in_place_by_file,
}
