"""Documents in files and elsewhere, and the places where they are signed into: whatever they are, the bytes are the same."""

from __future__ import annotations

import gzip
import io
import os
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rustpdf
from rustpdf import SignedFile, SigningRequest

from .conftest import Folder
from .support.pdf import make_large_pdf, make_pdf
from .support.pki import CHAIN, MOMENT, certificate, never, signer
from .support.places import PLACES, MakePlace

SMALL = make_pdf(pages=3)
LARGE = make_large_pdf(3_300_000)
DOCUMENTS = pytest.mark.parametrize("pdf", [SMALL, LARGE], ids=["small", "large"])
EACH_PLACE = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)


def expected(pdf: bytes) -> bytes:
    return rustpdf.sign_with(pdf, certificate(), signer(), chain=CHAIN, **MOMENT)


def sign(document: Any, output: Any, by: rustpdf.SignFunction | None = None, **more: Any) -> SignedFile:
    return rustpdf.sign_file(document, output, certificate=certificate(), signer=by or signer(), chain=CHAIN, **MOMENT, **more)


SOURCES: dict[str, Callable[[Folder, bytes], Any]] = {
    "bytes": lambda _, pdf: pdf,
    "bytearray": lambda _, pdf: bytearray(pdf),
    "memoryview": lambda _, pdf: memoryview(pdf),
    "str": lambda folder, pdf: folder.write("in.pdf", pdf),
    "Path": lambda folder, pdf: Path(folder.write("in #%41.pdf", pdf)),
    "BytesIO": lambda _, pdf: io.BytesIO(pdf),
    "open file": lambda folder, pdf: folder.write("in.pdf", pdf) and folder.open("in.pdf", "rb"),
    "open file that was written": lambda folder, pdf: written(folder, pdf),
}


def written(folder: Folder, pdf: bytes) -> Any:
    file = folder.open("in.pdf", "w+b")
    file.write(pdf)
    return file


@DOCUMENTS
@EACH_PLACE
def test_in_a_file_into(place: MakePlace, pdf: bytes, folder: Folder) -> None:
    made = place(folder, pdf)
    signed = sign(made.input, made.output)
    assert made.signed(signed) == expected(pdf)
    assert pdf + signed.update == expected(pdf)
    assert signed.reports == [signed.report]
    assert (signed.report.document_length, signed.report.update_length) == (len(pdf), len(signed.update))
    assert signed.copy in (["read", "clone"] if "out.pdf" in folder.names() else ["none"])
    assert [name for name in folder.names() if name.startswith(".")] == []


@DOCUMENTS
@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_from(source: Callable[[Folder, bytes], Any], pdf: bytes, folder: Folder) -> None:
    sign(source(folder, pdf), folder.at("out.pdf"))
    opened, memory = folder.open("opened.pdf", "wb"), io.BytesIO()
    sign(source(folder, pdf), opened)
    sign(source(folder, pdf), memory)
    for signed in (folder.read("out.pdf"), folder.read("opened.pdf"), memory.getvalue()):
        assert signed == expected(pdf)
    assert pdf + sign(source(folder, pdf), None).update == expected(pdf)


class TestInPlace:
    def test_in_each_way_after_another(self, folder: Folder) -> None:
        path = folder.write("in.pdf", SMALL)
        signed = SMALL
        for output in (path, Path(path), folder.open("in.pdf", "r+b"), folder.open("in.pdf", "ab"), folder.open("in.pdf", "rb")):
            sign(path, output)
            signed = expected(signed)
            assert folder.read("in.pdf") == signed
        assert folder.names() == ["in.pdf"]

    def test_by_a_link_which_stays_one(self, folder: Folder) -> None:
        folder.path.joinpath("real").mkdir()
        folder.write("real/in.pdf", SMALL)
        os.symlink("real/in.pdf", folder.at("link.pdf"))
        sign(folder.at("link.pdf"), folder.at("link.pdf"))
        assert os.path.islink(folder.at("link.pdf"))
        assert folder.read("real/in.pdf") == expected(SMALL)
        assert os.listdir(folder.at("real")) == ["in.pdf"]

    def test_by_another_of_its_names(self, folder: Folder) -> None:
        os.link(folder.write("in.pdf", SMALL), folder.at("same.pdf"))
        assert sign(folder.at("in.pdf"), folder.at("same.pdf")).copy == "none"
        assert folder.read("same.pdf") == expected(SMALL)

    def test_keeps_the_permissions_and_the_file(self, folder: Folder) -> None:
        path = folder.write("in.pdf", SMALL)
        os.chmod(path, 0o640)
        before = os.stat(path)
        sign(path, path)
        after = os.stat(path)
        assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


class TestNewFile:
    @pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
    @pytest.mark.parametrize("mask", [0o022, 0o077])
    def test_has_the_permissions_of_the_document_less_the_umask_from_the_first(self, mode: int, mask: int, folder: Folder) -> None:
        meanwhile: list[int] = []

        def by(data: bytes, request: SigningRequest) -> bytes:
            meanwhile.extend(os.stat(folder.at(name)).st_mode for name in folder.names() if name.startswith(".out.pdf"))
            return signer()(data, request)

        os.chmod(folder.write("in.pdf", SMALL), mode)
        before = os.umask(mask)
        try:
            sign(folder.at("in.pdf"), folder.at("out.pdf"), by)
        finally:
            os.umask(before)
        assert stat.S_IMODE(os.stat(folder.at("out.pdf")).st_mode) == mode & ~mask
        assert meanwhile
        assert all(stat.S_IMODE(one) & ~(mode & ~mask) == 0 for one in meanwhile)

    def test_that_replaces_another_keeps_its_permissions(self, folder: Folder) -> None:
        os.chmod(folder.write("in.pdf", SMALL), 0o644)
        os.chmod(folder.write("out.pdf", b"old"), 0o640)
        if os.geteuid() == 0:
            os.chown(folder.at("out.pdf"), 54321, 4321)
        before = os.stat(folder.at("out.pdf"))
        sign(folder.at("in.pdf"), folder.at("out.pdf"), replace=True)
        after = os.stat(folder.at("out.pdf"))
        assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
        assert folder.read("out.pdf") == expected(SMALL)

    def test_is_refused_where_there_is_one_unless_it_is_to_be_replaced(self, folder: Folder) -> None:
        path = folder.write("in.pdf", SMALL)
        folder.write("out.pdf", b"precious")
        with pytest.raises(FileExistsError):
            sign(path, folder.at("out.pdf"), never)
        assert folder.read("out.pdf") == b"precious"
        sign(path, folder.at("out.pdf"), replace=True)
        assert folder.read("out.pdf") == expected(SMALL)
        assert folder.names() == ["in.pdf", "out.pdf"]
        with pytest.raises(rustpdf.RustpdfError) as caught:
            sign(path, folder.at("out.pdf"), never, replace=1)
        assert caught.value.code == "ERR_ARGUMENT"

    def test_does_not_replace_what_has_come_to_be_there_meanwhile(self, folder: Folder) -> None:
        def late(data: bytes, request: SigningRequest) -> bytes:
            folder.write("out.pdf", b"precious")
            return signer()(data, request)

        path = folder.write("in.pdf", SMALL)
        with pytest.raises(FileExistsError):
            sign(path, folder.at("out.pdf"), late)
        assert folder.read("out.pdf") == b"precious"
        assert folder.names() == ["in.pdf", "out.pdf"]
        sign(path, folder.at("out.pdf"), late, replace=True)
        assert folder.read("out.pdf") == expected(SMALL)

    def test_is_made_by_one_of_several_who_want_it_at_once(self, folder: Folder) -> None:
        path = folder.write("in.pdf", SMALL)
        barrier = threading.Barrier(4)
        ended: list[str] = []

        def together(data: bytes, request: SigningRequest) -> bytes:
            barrier.wait()
            return signer()(data, request)

        def one() -> None:
            try:
                sign(path, folder.at("out.pdf"), together)
                ended.append("done")
            except FileExistsError:
                ended.append("exists")

        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(ended) == ["done", "exists", "exists", "exists"]
        assert folder.read("out.pdf") == expected(SMALL)
        assert folder.names() == ["in.pdf", "out.pdf"]

    def test_replaces_what_a_link_leads_to_and_not_the_link(self, folder: Folder) -> None:
        folder.write("real.pdf", b"old")
        os.symlink("real.pdf", folder.at("out.pdf"))
        sign(SMALL, folder.at("out.pdf"), replace=True)
        assert os.path.islink(folder.at("out.pdf"))
        assert folder.read("real.pdf") == expected(SMALL)

    def test_is_refused_where_a_link_leads_nowhere_or_a_folder_or_pipe_is(self, folder: Folder) -> None:
        os.symlink("nowhere", folder.at("link.pdf"))
        folder.path.joinpath("folder").mkdir()
        subprocess.run(["mkfifo", folder.at("pipe")], check=True)
        for name in ("link.pdf", "folder", "pipe"):
            with pytest.raises(FileExistsError):
                sign(SMALL, folder.at(name), never)
            with pytest.raises((OSError, rustpdf.RustpdfError)):
                sign(SMALL, folder.at(name), never, replace=True)
        assert folder.names() == ["folder", "link.pdf", "pipe"]

    def test_may_have_the_longest_name_that_there_is(self, folder: Folder) -> None:
        name = "名" * 83 + ".pdf"
        sign(SMALL, folder.at(name))
        assert folder.names() == [name]

    def test_is_where_it_was_named_even_if_the_working_directory_changes(self, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
        def by(data: bytes, request: SigningRequest) -> bytes:
            monkeypatch.chdir("/")
            return signer()(data, request)

        monkeypatch.chdir(folder.path)
        sign(SMALL, "out.pdf", by)
        assert folder.names() == ["out.pdf"]

    def test_of_bytes_has_what_the_umask_leaves(self, folder: Folder) -> None:
        sign(SMALL, folder.at("out.pdf"))
        mask = os.umask(0)
        os.umask(mask)
        assert stat.S_IMODE(os.stat(folder.at("out.pdf")).st_mode) == 0o666 & ~mask


class TestFileObject:
    def test_that_has_something_before_its_end_keeps_it(self, folder: Folder) -> None:
        folder.write("out.pdf", b"before")
        for output in (folder.open("out.pdf", "ab"), self.at_its_end(b"before")):
            sign(SMALL, output)
        assert folder.read("out.pdf") == b"before" + expected(SMALL)

    @staticmethod
    def at_its_end(content: bytes) -> io.BytesIO:
        file = io.BytesIO()
        file.write(content)
        return file

    def test_that_has_something_behind_its_position_is_refused(self, folder: Folder) -> None:
        folder.write("out.pdf", b"precious")
        for output in (folder.open("out.pdf", "r+b"), io.BytesIO(b"precious")):
            with pytest.raises(rustpdf.RustpdfError) as caught:
                sign(SMALL, output, never)
            assert caught.value.code == "ERR_ARGUMENT"
        assert folder.read("out.pdf") == b"precious"

    def test_a_pipe(self) -> None:
        reader, writer = os.pipe()

        def sign_and_close() -> None:
            sign(LARGE, output)
            output.close()

        with open(reader, "rb") as received, open(writer, "wb") as output:
            signing = threading.Thread(target=sign_and_close)
            signing.start()
            assert received.read() == expected(LARGE)
            signing.join()

    def test_a_pipe_gets_nothing_when_it_fails(self) -> None:
        reader, writer = os.pipe()
        with open(reader, "rb") as received:
            with open(writer, "wb") as output, pytest.raises(ZeroDivisionError):
                sign(LARGE, output, lambda _: 1 // 0)  # type: ignore[arg-type]
            assert received.read() == b""

    def test_that_says_nothing_of_how_much_it_took(self) -> None:
        class Plain:
            content = b""

            def write(self, data: bytes, /) -> None:
                self.content += data

        plain = Plain()
        sign(SMALL, plain)
        assert plain.content == expected(SMALL)

    def test_that_would_block_or_takes_nothing(self) -> None:
        class Stuck(io.BytesIO):
            def write(self, _: Any, /) -> int:
                return 0

        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        with open(reader, "rb"), open(writer, "wb", buffering=0) as output, pytest.raises(BlockingIOError):
            sign(LARGE, output)
        with pytest.raises(rustpdf.RustpdfError, match="took none"):
            sign(SMALL, Stuck())

    def test_that_writes_only_forwards(self, folder: Folder) -> None:
        with gzip.open(folder.at("out.pdf.gz"), "wb") as output:
            sign(SMALL, output)
        assert gzip.decompress(folder.read("out.pdf.gz")) == expected(SMALL)
        with pytest.raises(ValueError, match="closed"):
            sign(SMALL, output, never)

    def test_that_is_a_file_stands_at_its_end_afterwards(self, folder: Folder) -> None:
        for mode in ("wb", "w+b", "ab"):
            file = folder.open("out.pdf", mode)
            file.write(b"before")
            sign(SMALL, file)
            file.write(b"after")
            file.flush()
            assert folder.read("out.pdf") == b"before" + expected(SMALL) + b"after"
            os.truncate(folder.at("out.pdf"), 0)

    def test_that_takes_little_at_a_time(self) -> None:
        class Slow(io.BytesIO):
            def write(self, data: Any, /) -> int:
                return super().write(data[:1000])

        slow = Slow()
        sign(SMALL, slow)
        assert slow.getvalue() == expected(SMALL)
