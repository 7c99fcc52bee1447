"""Signings that fail: every kind of output is left as it was, the error arrives as itself, and nothing stays open."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import rustpdf
from rustpdf import Progress, SigningOptions, SigningRequest

from .conftest import Folder
from .support.pdf import make_large_pdf, make_pdf
from .support.pki import CHAIN, certificate, never, signer
from .support.places import PLACES, MakePlace, Place

SMALL = make_pdf(pages=3)
LARGE = make_large_pdf(3_300_000)
EACH_PLACE = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)


def sign(made: Place, by: Any = None, **more: Any) -> rustpdf.SignedFile:
    return rustpdf.sign_file(made.input, made.output, certificate=certificate(), signer=by or signer(), chain=CHAIN, **more)


def after(act: Callable[[], object]) -> Callable[[bytes, SigningRequest], bytes]:
    """Signs, after something was done."""

    def by(data: bytes, request: SigningRequest) -> bytes:
        act()
        return signer()(data, request)

    return by


def replaced(folder: Folder) -> None:
    folder.write("new", make_pdf())
    os.rename(folder.at("new"), folder.at("in.pdf"))


def appended(folder: Folder) -> None:
    with folder.path.joinpath("in.pdf").open("ab") as file:
        file.write(b"more")


CHANGES: dict[str, tuple[Callable[[Folder], object], Callable[[bytes], bytes]]] = {
    "appended to": (appended, lambda pdf: pdf + b"more"),
    "cut short": (lambda folder: os.truncate(folder.at("in.pdf"), 500), lambda pdf: pdf[:500]),
    "touched": (lambda folder: os.utime(folder.at("in.pdf"), (time.time(), time.time() + 3600)), lambda pdf: pdf),
    "replaced": (replaced, lambda _: make_pdf()),
}


@EACH_PLACE
class TestInto:
    @pytest.mark.parametrize("pdf", [SMALL, LARGE], ids=["small", "large"])
    def test_a_signer_that_raises(self, place: MakePlace, pdf: bytes, folder: Folder) -> None:
        mine = KeyboardInterrupt("enough")

        def by(_: bytes) -> bytes:
            raise mine

        made = place(folder, pdf)
        with pytest.raises(KeyboardInterrupt) as caught:
            sign(made, by)
        assert caught.value is mine
        made.expect_untouched(pdf)

    @pytest.mark.parametrize(("value", "code"), [(b"\1" * 256, "ERR_SIGNATURE_MISMATCH"), (None, "ERR_CALLBACK_RESULT")])
    def test_a_signer_that_gives_nonsense(self, place: MakePlace, value: Any, code: str, folder: Folder) -> None:
        made = place(folder, LARGE)
        with pytest.raises(rustpdf.RustpdfError) as caught:
            sign(made, lambda _: value)
        assert caught.value.code == code
        made.expect_untouched(LARGE)

    def test_what_is_refused_before_anybody_signs(self, place: MakePlace, folder: Folder) -> None:
        broken = place(folder, SMALL[:-60])
        with pytest.raises(rustpdf.RustpdfError) as caught:
            sign(broken, never, options=SigningOptions(strict=True))
        assert caught.value.group == "file"
        broken.expect_untouched(SMALL[:-60])
        folder.write("in.pdf", SMALL)
        for options, code in (({"page": 9}, "ERR_PAGE_NUMBER"), ({"reazon": "x"}, "ERR_OPTION_UNKNOWN"), (7, "ERR_ARGUMENT")):
            with pytest.raises(rustpdf.RustpdfError) as caught:
                sign(broken, never, options=options)
            assert caught.value.code == code
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_file(broken.input, broken.output, certificate="none", signer=never)
        assert caught.value.code == "ERR_CERTIFICATE_FORMAT"
        broken.expect_untouched(SMALL)

    def test_an_empty_document(self, place: MakePlace, folder: Folder) -> None:
        made = place(folder, b"")
        with pytest.raises(rustpdf.RustpdfError) as caught:
            sign(made, never)
        assert caught.value.code == "ERR_FILE_EMPTY"
        made.expect_untouched(b"")

    @pytest.mark.parametrize(("change", "now"), CHANGES.values(), ids=CHANGES)
    def test_a_document_that_is_changed(
        self, place: MakePlace, change: Callable[[Folder], object], now: Callable[[bytes], bytes], folder: Folder
    ) -> None:
        made = place(folder, LARGE)
        times: list[Progress] = []

        def on_progress(progress: Progress) -> None:
            if progress.phase == "digest" and progress.done > 0:
                times.append(progress)
                if len(times) == 1:
                    change(folder)

        with pytest.raises(rustpdf.RustpdfError) as caught:
            sign(made, never, on_progress=on_progress)
        assert caught.value.code == "ERR_FILE_CHANGED"
        made.expect_untouched(now(LARGE))
        folder.write("in.pdf", SMALL)
        if made.input is made.output and not isinstance(made.input, str):
            return  # the open file is another by now
        with pytest.raises(rustpdf.RustpdfError) as caught:
            sign(made, after(lambda: change(folder)))
        assert caught.value.code == "ERR_FILE_CHANGED"
        made.expect_untouched(now(SMALL))

    def test_a_document_that_is_removed_while_the_signer_works(self, place: MakePlace, folder: Folder) -> None:
        made = place(folder, SMALL)
        with pytest.raises(rustpdf.RustpdfError) as caught:
            sign(made, after(lambda: os.unlink(folder.at("in.pdf"))))
        assert caught.value.code == "ERR_FILE_CHANGED"
        assert [name for name in folder.names() if name != "out.pdf"] == []

    def test_cancelled_while_the_signer_is_awaited(self, place: MakePlace, folder: Folder) -> None:
        async def forever(_: bytes) -> bytes:
            asked.set()
            await asyncio.sleep(1000)
            return b""

        async def main() -> None:
            made = place(folder, LARGE)
            signing = asyncio.create_task(rustpdf.sign_file_async(made.input, made.output, certificate=certificate(), signer=forever))
            await asked.wait()
            signing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await signing
            made.expect_untouched(LARGE)

        asked = asyncio.Event()
        asyncio.run(main())

    def test_cancelled_while_it_is_read(self, place: MakePlace, folder: Folder) -> None:
        """The thread that reads has ended when the task has."""

        async def main() -> None:
            made = place(folder, LARGE)
            loop = asyncio.get_running_loop()
            told: list[Progress] = []

            def on_progress(progress: Progress) -> None:
                told.append(progress)
                if progress.phase == "digest" and progress.done > 0:
                    loop.call_soon_threadsafe(signing.cancel)
                    time.sleep(0.05)

            call = rustpdf.sign_file_async(made.input, made.output, certificate=certificate(), signer=never, on_progress=on_progress)
            signing = asyncio.create_task(call)
            with pytest.raises(asyncio.CancelledError):
                await signing
            assert told[-1].done < len(LARGE)
            made.expect_untouched(LARGE)

        asyncio.run(main())

    @pytest.mark.parametrize("phase", ["sign", "digest"])
    def test_a_coroutine_that_is_closed(self, place: MakePlace, phase: str, folder: Folder) -> None:
        """While the signer is awaited, and while a thread reads."""
        begun, closed = threading.Event(), threading.Event()

        def on_progress(progress: Progress) -> None:
            if progress.phase == phase == "digest" and progress.done > 0 and not begun.is_set():
                begun.set()
                closed.wait()

        async def forever(_: bytes) -> bytes:
            begun.set()
            await asyncio.sleep(1000)
            return b""

        @types.coroutine
        def begin(coroutine: Coroutine[Any, Any, object]) -> Generator[Any, Any, None]:
            future = coroutine.send(None)
            if phase == "digest":
                begun.wait()
            while not begun.is_set():
                yield future
                future = coroutine.send(None)

        async def main() -> None:
            signing = rustpdf.sign_file_async(made.input, made.output, certificate=certificate(), signer=forever, on_progress=on_progress)
            await begin(signing)
            signing.close()
            closed.set()

        made = place(folder, LARGE)
        asyncio.run(main())  # waits for the threads
        made.expect_untouched(LARGE)


class TestSources:
    def test_a_file_object_that_changes_its_length(self, folder: Folder) -> None:
        file = io.BytesIO(SMALL)
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_file(file, folder.at("out.pdf"), certificate=certificate(), signer=after(lambda: file.write(b"more")))
        assert caught.value.code == "ERR_FILE_CHANGED"
        assert folder.names() == []

    @pytest.mark.parametrize("document", [None, 7, {}, [], io.StringIO("x"), 1.5], ids=repr)
    def test_none_at_all(self, document: Any) -> None:
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_file(document, None, certificate=certificate(), signer=never)
        assert caught.value.code == "ERR_ARGUMENT"

    def test_a_folder_or_what_is_not_there(self, folder: Folder) -> None:
        with pytest.raises(FileNotFoundError):
            rustpdf.sign_file(folder.at("none.pdf"), None, certificate=certificate(), signer=never)
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_file(folder.path, None, certificate=certificate(), signer=never)
        assert caught.value.code == "ERR_ARGUMENT"

    def test_a_pipe_is_not_waited_for(self, folder: Folder) -> None:
        os.mkfifo(folder.at("pipe"))
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_file(folder.at("pipe"), None, certificate=certificate(), signer=never)
        assert caught.value.code == "ERR_ARGUMENT"

    def test_a_closed_file(self, folder: Folder) -> None:
        folder.write("in.pdf", SMALL)
        with folder.path.joinpath("in.pdf").open("rb") as file:
            pass
        with pytest.raises(ValueError, match="closed"):
            rustpdf.sign_file(file, None, certificate=certificate(), signer=never)


class TestOutputs:
    @pytest.mark.parametrize("output", [7, {}, [], b"x", True, io.StringIO()], ids=repr)
    def test_none_at_all(self, output: Any) -> None:
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_file(SMALL, output, certificate=certificate(), signer=never)
        assert caught.value.code == "ERR_ARGUMENT"

    def test_in_a_folder_that_is_not_there_or_in_none(self, folder: Folder) -> None:
        path = folder.write("in.pdf", SMALL)
        with pytest.raises(FileNotFoundError):
            rustpdf.sign_file(path, folder.at("gone/out.pdf"), certificate=certificate(), signer=never)
        with pytest.raises(NotADirectoryError):
            rustpdf.sign_file(path, f"{path}/out.pdf", certificate=certificate(), signer=never)
        assert folder.names() == ["in.pdf"]

    def test_that_cannot_be_written(self, folder: Folder) -> None:
        folder.write("out.pdf", b"")
        with pytest.raises(io.UnsupportedOperation):
            rustpdf.sign_file(SMALL, folder.open("out.pdf", "rb"), certificate=certificate(), signer=never)
        with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space"):
            rustpdf.sign_file(SMALL, full, certificate=certificate(), signer=signer())
        assert folder.names() == ["out.pdf"]

    @pytest.mark.parametrize("buffering", [0, -1, 1 << 20])
    def test_that_is_full_is_what_it_was(self, buffering: int, folder: Folder) -> None:
        """Even when it is closed, with room again."""
        given = [folder.write(name, content) for name, content in (("in.pdf", LARGE), ("certificate", certificate()))]
        for limit in (1_000_000, len(LARGE) + 100):
            command = [sys.executable, "-c", FULL, folder.at("out.pdf"), str(buffering), str(limit), *given]
            ended = subprocess.run(command, check=False, capture_output=True, text=True)
            assert (ended.returncode, ended.stdout) == (0, "full\n"), ended.stderr
            assert folder.read("out.pdf") == b"before"


FULL = """
import errno, resource, sys, rustpdf
path, buffering, limit, pdf, certificate = sys.argv[1:]
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
with open(path, "wb", buffering=int(buffering)) as output:
    output.write(b"before")
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), hard))
    try:
        rustpdf.sign_file(pdf, output, certificate=open(certificate, "rb").read(), signer=lambda _: bytes(256), check_signature=False)
    except OSError as error:
        assert error.errno == errno.EFBIG, error
        print("full")
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
"""
"""Signs into a file that takes no more than so many bytes."""


def test_nothing_stays_open_however_it_ends(folder: Folder) -> None:
    """The folder's own check comes when the test is over."""
    makers = [place for name, place in PLACES.items() if "open" not in name]
    for _ in range(5):
        for place in makers:
            for by, more in (
                (signer(), {}),
                (lambda _: 1 // 0, {}),
                (signer(), {"options": {"page": 9}}),
                (after(lambda: appended(folder)), {}),
                (after(lambda: folder.write("out.pdf", b"precious")), {}),
            ):
                made = place(folder, SMALL)
                with suppress(rustpdf.RustpdfError, OSError, ZeroDivisionError):
                    sign(made, by, **more)
                assert folder.opened() == []
                folder.clear()
