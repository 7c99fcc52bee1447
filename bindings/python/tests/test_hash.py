"""The one pass over a document: digests of parts, a copy, byte patterns."""

from __future__ import annotations

import hashlib
import io
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
import rustpdf
from rustpdf import Progress, _hash
from rustpdf._call import Control
from rustpdf._hash import Digests
from rustpdf._source import FileReader, MemoryReader, ObjectReader, Reader

from .conftest import Folder
from .support.probe import probe

PIECE = 256 * 1024
CONTENT = random.Random(7).randbytes(3 * PIECE + 1234)
"""Of several pieces, the last one short."""


def from_file(folder: Folder, content: bytes) -> Reader:
    return FileReader(folder.open(os.path.basename(folder.write("in.pdf", content)), "rb").fileno())


SOURCES: dict[str, Callable[[Folder, bytes], Reader]] = {
    "memory": lambda _, content: MemoryReader(memoryview(content)),
    "an object": lambda _, content: ObjectReader(io.BytesIO(content)),
    "a file": from_file,
}
EACH_SOURCE = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)


def step(**fields: Any) -> Any:
    return {
        "step": "digest",
        "parts": [],
        "keep": [],
        "copy": None,
        "find": [],
        "findIn": [(0, 1 << 53)],
        "progress": {"phase": "digest", "total": 1},
        **fields,
    }


def part(algorithm: str, *ranges: tuple[int, int], suffix: int = 0) -> dict[str, Any]:
    return {"algorithm": algorithm, "ranges": [list(one) for one in ranges], "suffix": suffix}


def answer(reader: Reader, suffixes: bytes = b"", copy: int | None = None, **fields: Any) -> tuple[Any, list[bytes]]:
    return Digests(reader, Control()).answer(step(copy=copy, **fields), memoryview(suffixes), copy)


class TestAsTheCoreAsksIt:
    """By the core, which tells how it understood the answer."""

    def ask(self, document: object, payload: bytes = b"", **fields: Any) -> tuple[Any, bytes]:
        return probe(step(**fields), payload, document)

    @pytest.mark.parametrize("of", ["bytes", "file"])
    def test_parts_of_several_ranges_and_algorithms(self, of: str, folder: Folder) -> None:
        document = folder.write("in.pdf", CONTENT) if of == "file" else CONTENT
        end = len(CONTENT)
        parts = [
            part("sha256", (0, 100), (PIECE - 10, 20), (end - 5, 5)),
            part("sha512", (0, end), suffix=3),
            part("sha256", (50, 2 * PIECE), suffix=2),
            part("sha384", suffix=4),
        ]
        found, digests = self.ask(document, b"abcdefghi", parts=parts)
        expected = [
            hashlib.sha256(CONTENT[:100] + CONTENT[PIECE - 10 : PIECE + 10] + CONTENT[-5:]),
            hashlib.sha512(CONTENT + b"abc"),
            hashlib.sha256(CONTENT[50 : 50 + 2 * PIECE] + b"de"),
            hashlib.sha384(b"fghi"),
        ]
        assert digests == b"".join(one.digest() for one in expected)
        assert found == {"answer": "digest", "digests": [32, 64, 32, 48], "found": [], "copied": "none"}

    def test_patterns(self, folder: Folder) -> None:
        marked = bytearray(2 * PIECE + 100)
        for at in (0, PIECE - 3, 2 * PIECE + 100 - 7):
            marked[at : at + 7] = b"1 0 obj"
        marked[PIECE + 100 : PIECE + 108] = b"11 0 obj"
        content = bytes(marked)
        patterns = [b"1 0 obj", b"11 0 obj", b"2 0 obj"]
        for document in (folder.write("in.pdf", content), content):
            found, _ = self.ask(document, parts=[part("sha256", (0, 10))], find=[pattern.hex() for pattern in patterns])
            assert found["found"] == [
                {"offsets": [0, PIECE - 3, PIECE + 101, 2 * PIECE + 93], "more": False},
                {"offsets": [PIECE + 100], "more": False},
                {"offsets": [], "more": False},
            ]

    def test_the_first_thousand_offsets(self) -> None:
        found, _ = self.ask(b"ab" * 1000 + b"aba", parts=[part("sha256", (0, 1))], find=[b"ab".hex(), b"ba".hex()])
        assert found["found"][0] == {"offsets": list(range(0, 2000, 2)), "more": True}
        assert found["found"][1] == {"offsets": list(range(1, 2001, 2)), "more": True}
        found, _ = self.ask(b"ab" * 1000, parts=[part("sha256", (0, 1))], find=[b"ab".hex()])
        assert found["found"] == [{"offsets": list(range(0, 2000, 2)), "more": False}]


@EACH_SOURCE
class TestFind:
    @pytest.mark.parametrize("seed", range(8))
    def test_as_a_search_of_the_whole(
        self, source: Callable[[Folder, bytes], Reader], seed: int, folder: Folder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of few different bytes and in small pieces, so that there are many matches, overlapping ones and some across borders."""
        small = (40, 64, 100, 1000)[seed % 4]
        monkeypatch.setattr(_hash, "_PIECE", small)
        made = random.Random(seed)
        content = bytes(made.choices(b"ab", k=20 * small + 70))
        patterns = [bytes(made.choices(b"ab", k=length)) for length in (6, 9, 13, 64)] + [content[5 * small - 20 : 5 * small + 44]]
        if seed % 2 == 0:
            patterns = [pattern[:-4] + b"abba" for pattern in patterns]
        header, _ = answer(source(folder, content), find=[pattern.hex() for pattern in patterns])
        for pattern, found in zip(patterns, header["found"], strict=True):
            expected = [at for at in range(len(content)) if content.startswith(pattern, at)]
            assert found == {"offsets": expected[:1000], "more": len(expected) > 1000}


@EACH_SOURCE
class TestKept:
    def test_later_digests_read_nothing(self, source: Callable[[Folder, bytes], Reader], folder: Folder) -> None:
        reader = source(folder, CONTENT)
        digests = Digests(reader, Control())
        whole = (0, len(CONTENT))
        first = digests.answer(step(parts=[part("sha256", whole, suffix=1)], keep=["sha512"]), memoryview(b"x"), None)
        assert first[1] == [hashlib.sha256(CONTENT + b"x").digest()]
        reader.read = None  # type: ignore[method-assign, assignment]
        for suffix in (b"", b"y"):
            parts = [part("sha512", whole, suffix=len(suffix)), part("sha256", whole)]
            _, later = digests.answer(step(parts=parts), memoryview(suffix), None)
            assert later == [hashlib.sha512(CONTENT + suffix).digest(), hashlib.sha256(CONTENT).digest()]


class TestCopy:
    @EACH_SOURCE
    @pytest.mark.parametrize("parts", [[], [part("sha256", (0, len(CONTENT)))]], ids=["alone", "with a digest"])
    def test_is_the_document(self, source: Callable[[Folder, bytes], Reader], parts: list[Any], folder: Folder) -> None:
        reader = source(folder, CONTENT)
        with folder.path.joinpath("copy").open("w+b") as copy:
            header, digests = answer(reader, copy=copy.fileno(), parts=parts)
        assert folder.read("copy") == CONTENT
        assert digests == [hashlib.sha256(CONTENT).digest() for _ in parts]
        by_system = ("clone", "read") if parts else ("clone", "kernel")
        assert header["copied"] in (by_system if source is from_file else ("read",))

    def test_by_a_read_where_the_kernel_does_not(self, folder: Folder) -> None:
        reader = from_file(folder, CONTENT)
        with folder.path.joinpath("copy").open("ab") as copy:  # copy_file_range(2) takes no file that is open to append
            header, _ = answer(reader, copy=copy.fileno())
        assert (header["copied"], folder.read("copy")) == ("read", CONTENT)


class TestProgress:
    def test_by_each_mebibyte(self, folder: Folder) -> None:
        content = bytes(5 * 1024 * 1024 // 2)
        told: list[Progress] = []
        reader = from_file(folder, content)
        progress = {"phase": "write", "total": len(content) + 10}
        Digests(reader, Control(on_progress=told.append)).answer(
            step(parts=[part("sha256", (0, len(content)))], progress=progress), memoryview(b""), None
        )
        mebibyte = 1024 * 1024
        assert told == [Progress("write", done, len(content) + 10) for done in (0, mebibyte, 2 * mebibyte, len(content))]


def test_a_file_that_became_shorter(folder: Folder) -> None:
    reader = from_file(folder, CONTENT)
    os.truncate(folder.at("in.pdf"), len(CONTENT) - 1)
    with pytest.raises(rustpdf.RustpdfError) as caught:
        answer(reader, parts=[part("sha256", (0, len(CONTENT)))])
    assert caught.value.code == "ERR_FILE_CHANGED"
