"""What becomes of a file whose signing in place was interrupted, and of several that sign one file at once."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rustpdf
from rustpdf import SigningRequest
from rustpdf._operations import make_journal

from .conftest import Folder
from .support.pdf import make_pdf
from .support.pki import CHAIN, MOMENT, certificate, never, signer
from .support.verify import last_signature, openssl_verify

PDF = make_pdf(pages=20)
JOURNAL = ".in.pdf.rustpdf"


def signed_once_more(pdf: bytes) -> bytes:
    return rustpdf.sign_with(pdf, certificate(), signer(), chain=CHAIN, **MOMENT)


SIGNED = signed_once_more(PDF)
TWICE = signed_once_more(SIGNED)
UPDATE = SIGNED[len(PDF) :]
HALF = SIGNED[: len(PDF) + len(UPDATE) // 2]
"""Interrupted in the midst of writing the update."""


def journal_of(document: bytes) -> bytes:
    return make_journal(len(document), document[-1024:], UPDATE)


def interrupt(folder: Folder, file: bytes = HALF, by: bytes | None = None) -> str:
    folder.write(JOURNAL, journal_of(PDF) if by is None else by)
    return folder.write("in.pdf", file)


def sign(path: str, output: Any, by: rustpdf.Signer | None = None) -> rustpdf.SignedFile:
    return rustpdf.sign_file_with(path, output, certificate(), by or signer(), chain=CHAIN, **MOMENT)


def stops() -> dict[str, bytes]:
    """Wherever it can have stopped."""
    found = {"whole": SIGNED}
    start, end = len(PDF), len(SIGNED)
    for cut in range(0, len(UPDATE), 512):
        at = start + cut
        found[f"cut after {cut} bytes"] = SIGNED[:at]
        found[f"zeros after {cut} bytes"] = SIGNED[:at] + bytes(end - at)
        found[f"zeros in one sector at {cut}"] = SIGNED[:at] + bytes(min(512, end - at)) + SIGNED[at + 512 :]
        found[f"zeros before byte {cut}"] = PDF + bytes(cut) + SIGNED[at:]
    return found


class TestWhereverItStopped:
    def test_recovery_finishes_it_or_takes_it_back_and_leaves_nothing_behind(self, folder: Folder) -> None:
        for name, file in stops().items():
            assert rustpdf.recover_file(interrupt(folder, file)) == "signed", name
            assert folder.read("in.pdf") == SIGNED, name
            assert folder.names() == ["in.pdf"], name
            assert rustpdf.recover_file(interrupt(folder, file), undo=True) == "original", name
            assert folder.read("in.pdf") == PDF, name
            assert folder.names() == ["in.pdf"], name

    def test_the_next_signing_finishes_it(self, folder: Folder) -> None:
        for name, file in stops().items():
            path = interrupt(folder, file)
            sign(path, path)
            assert folder.read("in.pdf") == TWICE, name
            assert folder.names() == ["in.pdf"], name


class TestRecovery:
    def test_where_nothing_was_interrupted_does_nothing(self, folder: Folder) -> None:
        path = folder.write("in.pdf", PDF)
        assert rustpdf.recover_file(path) == "nothing"
        assert rustpdf.recover_file(Path(path), undo=True) == "nothing"
        assert folder.read("in.pdf") == PDF
        with pytest.raises(FileNotFoundError):
            rustpdf.recover_file(folder.at("none.pdf"))
        wrong: list[tuple[Any, Any]] = [(7, False), (path, 1)]
        for given, undo in wrong:
            with pytest.raises(rustpdf.RustpdfError) as caught:
                rustpdf.recover_file(given, undo=undo)
            assert caught.value.code == "ERR_ARGUMENT"

    def test_is_told_to_have_failed_where_the_journal_stays(self, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(path: str) -> None:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

        path = interrupt(folder)
        for undo in (True, False):
            with monkeypatch.context() as patched, pytest.raises(PermissionError):
                patched.setattr(os, "unlink", refuse)
                rustpdf.recover_file(path, undo=undo)
            assert folder.names() == [JOURNAL, "in.pdf"]
        assert rustpdf.recover_file(path, undo=True) == "original"
        assert folder.read("in.pdf") == PDF

    def test_by_a_link_to_the_document(self, folder: Folder) -> None:
        interrupt(folder)
        os.symlink("in.pdf", folder.at("link.pdf"))
        assert rustpdf.recover_file(folder.at("link.pdf")) == "signed"
        assert folder.names() == ["in.pdf", "link.pdf"]
        assert folder.read("in.pdf") == SIGNED

    def test_by_several_at_once(self, folder: Folder) -> None:
        path = interrupt(folder)
        outcomes: list[str] = []
        threads = [threading.Thread(target=lambda: outcomes.append(rustpdf.recover_file(path))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(outcomes) == 8
        assert "signed" in outcomes
        assert set(outcomes) <= {"signed", "nothing"}
        assert folder.read("in.pdf") == SIGNED
        assert folder.names() == ["in.pdf"]

    def test_comes_before_whatever_is_done_with_the_document(self, folder: Folder) -> None:
        uses: list[Callable[[str], object]] = [
            lambda path: sign(path, folder.at("out.pdf")),
            lambda path: sign(path, None),
            lambda path: rustpdf.begin_signing_file(path),
            lambda path: rustpdf.begin_signing(path),
            lambda path: rustpdf.sign_with(path, certificate(), signer()),
            lambda _: rustpdf.sign_file_with(folder.open("in.pdf", "rb"), None, certificate(), signer()),
        ]
        for use in uses:
            use(interrupt(folder))
            assert folder.read("in.pdf") == SIGNED
            assert JOURNAL not in folder.names()
        assert folder.read("out.pdf") == TWICE

    def test_leaves_alone_what_was_appended_behind_the_update(self, folder: Folder) -> None:
        assert rustpdf.recover_file(interrupt(folder, SIGNED + b"more")) == "signed"
        assert folder.read("in.pdf") == SIGNED + b"more"
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.recover_file(interrupt(folder, SIGNED + b"more"), undo=True)
        assert caught.value.code == "ERR_JOURNAL_DOCUMENT"
        assert folder.read("in.pdf") == SIGNED + b"more"


class TestRefused:
    """A journal that does not fit is refused, and nothing is touched."""

    def expect_refused(self, folder: Folder, file: bytes, by: bytes, code: str) -> None:
        path = interrupt(folder, file, by)
        uses: list[Callable[[], object]] = [
            lambda: rustpdf.recover_file(path),
            lambda: rustpdf.recover_file(path, undo=True),
            lambda: sign(path, path, never),
            lambda: sign(path, folder.at("out.pdf"), never),
            lambda: rustpdf.begin_signing_file(path),
        ]
        for use in uses if code == "ERR_JOURNAL_DAMAGED" else uses[:3]:  # the other is tried for half a second
            with pytest.raises(rustpdf.RustpdfError) as caught:
                use()
            assert caught.value.code == code
            assert JOURNAL in caught.value.message
        assert folder.read("in.pdf") == file
        assert folder.read(JOURNAL) == by
        assert folder.names() == [JOURNAL, "in.pdf"]

    @pytest.mark.parametrize("at", [None, "empty", "short", "long", 0, 16, 20, 50, 60, 100, -1], ids=str)
    def test_damaged(self, at: int | str | None, folder: Folder) -> None:
        journal = journal_of(PDF)
        words = {None: b"hello", "empty": b"", "short": journal[:-1], "long": journal + b"x"}
        if isinstance(at, int):
            bad = bytearray(journal)
            bad[at] ^= 0x20
            words[at] = bytes(bad)  # type: ignore[index]
        self.expect_refused(folder, HALF, words[at], "ERR_JOURNAL_DAMAGED")  # type: ignore[index]

    @pytest.mark.parametrize("file", [make_pdf(pages=30), PDF[:-1], PDF + b"\n9 0 obj", b""], ids=["another", "cut", "more", "empty"])
    def test_of_another_document(self, file: bytes, folder: Folder) -> None:
        self.expect_refused(folder, file, journal_of(PDF), "ERR_JOURNAL_DOCUMENT")

    def test_larger_than_any_or_no_file(self, folder: Folder) -> None:
        path = interrupt(folder)
        os.truncate(folder.at(JOURNAL), 2**30)
        folder.write("journal", journal_of(PDF))
        for make in ("true", "mkdir", "mkfifo", "ln -s journal"):
            if make != "true":
                subprocess.run(["rm", "-r", JOURNAL], cwd=folder.path, check=True)
            subprocess.run([*make.split(), JOURNAL], cwd=folder.path, check=True)
            with pytest.raises(rustpdf.RustpdfError) as caught:
                rustpdf.recover_file(path)
            assert caught.value.code == "ERR_JOURNAL_DAMAGED"
        assert folder.read("in.pdf") == HALF

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
    def test_another_users_who_does_not_own_the_document(self, folder: Folder) -> None:
        path = interrupt(folder)
        os.chown(folder.at(JOURNAL), 54321, 54321)
        for use in (lambda: rustpdf.recover_file(path), lambda: rustpdf.recover_file(path, undo=True), lambda: sign(path, path)):
            with pytest.raises(rustpdf.RustpdfError) as caught:
                use()
            assert (caught.value.code, caught.value.group) == ("ERR_JOURNAL_OWNER", "file")
        assert folder.read("in.pdf") == HALF
        os.chown(path, 54321, 54321)
        assert rustpdf.recover_file(path) == "signed"

    def test_one_that_comes_to_fit_is_taken(self, folder: Folder) -> None:
        path = interrupt(folder, HALF, journal_of(TWICE))

        def later() -> None:
            time.sleep(0.06)
            os.rename(folder.write("journal", journal_of(PDF)), folder.at(JOURNAL))

        thread = threading.Thread(target=later)
        thread.start()
        assert rustpdf.recover_file(path) == "signed"
        thread.join()
        assert folder.read("in.pdf") == SIGNED

    def test_a_new_file_where_one_was_interrupted(self, folder: Folder) -> None:
        folder.write(".out.pdf.rustpdf", journal_of(PDF))
        with pytest.raises(rustpdf.RustpdfError) as caught:
            sign(folder.write("in.pdf", PDF), folder.at("out.pdf"), never)
        assert caught.value.code == "ERR_FILE_BUSY"


class TestSeveral:
    """Several that sign one file at once."""

    def test_of_the_same_document_one_of_them_does_and_the_others_are_told(self, folder: Folder) -> None:
        for _ in range(10):
            path = folder.write("in.pdf", PDF)
            barrier = threading.Barrier(6)
            ended: list[Any] = []

            def together(data: bytes, request: SigningRequest, barrier: threading.Barrier = barrier) -> bytes:
                barrier.wait()
                return signer()(data, request)

            def one(path: str = path, ended: list[Any] = ended, by: Any = together) -> None:
                try:
                    ended.append(rustpdf.sign_file_with(path, path, certificate(), lambda data, request: by(data, request), chain=CHAIN))
                except rustpdf.RustpdfError as error:
                    ended.append(error.code)

            threads = [threading.Thread(target=one) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            [done] = [each for each in ended if isinstance(each, rustpdf.SignedFile)]
            assert {each for each in ended if each is not done} <= {"ERR_FILE_CHANGED", "ERR_FILE_BUSY"}
            assert folder.read("in.pdf") == PDF + done.update
            openssl_verify(folder.read("in.pdf"))
            assert folder.names() == ["in.pdf"]

    def test_as_fast_as_they_can_in_three_processes_no_signature_is_lost(self, folder: Folder) -> None:
        path = folder.write("in.pdf", PDF)
        context = multiprocessing.get_context("spawn")
        processes = [context.Process(target=sign_again_and_again, args=(path, 8)) for _ in range(3)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0, 0, 0]
        assert folder.names() == ["in.pdf"]
        signed = folder.read("in.pdf")
        assert signed.count(b"/ByteRange") == 24
        openssl_verify(signed)
        start, _, behind, rest = last_signature(signed).byte_range
        assert (start, behind + rest) == (0, len(signed))


def sign_again_and_again(path: str, times: int) -> None:
    while times > 0:
        try:
            rustpdf.sign_file_with(path, path, certificate(), signer(), chain=CHAIN)
            times -= 1
        except rustpdf.RustpdfError as error:
            if error.code not in ("ERR_FILE_CHANGED", "ERR_FILE_BUSY"):
                raise


VICTIM = """
import sys, rustpdf
certificate, chain, signature = (open(name, "rb").read() for name in sys.argv[2:])
from datetime import datetime, timezone
rustpdf.sign_file_with(sys.argv[1], sys.argv[1], certificate, lambda _: signature, chain=chain,
    signing_time=datetime(2026, 11, 27, 12, tzinfo=timezone.utc), entropy=bytes([7]) * 32)
"""
"""Signs in place like `sign`, in a process that is killed."""


@pytest.mark.parametrize("call", ["pwrite64", "fsync", "link,linkat", "unlink,unlinkat"])
def test_killed_at_a_system_call(call: str, folder: Folder) -> None:
    """At the first of its kind, at the second, …: afterwards the file is the original or can be made signed, and all is cleaned up."""
    session = rustpdf.begin_signing(PDF, certificate=certificate(), chain=CHAIN, **MOMENT)
    assert session.request is not None
    given = [folder.write(f"{name}.x", content) for name, content in (("certificate", certificate()), ("chain", CHAIN))]
    given.append(folder.write("signature.x", signer()(session.request.data, session.request)))
    killed = 0
    for count in range(1, 10):
        path = folder.write("in.pdf", PDF)
        traced = ["-P", folder.at(JOURNAL), "-P", str(folder.path), "-P", path] if call.startswith("unlink") else []
        inject = ["-e", f"inject={call}:signal=SIGKILL:when={count}"]
        command = ["strace", "-f", "-qq", "-o", folder.at("trace.x"), *traced, "-e", f"trace={call}", *inject]
        ended = subprocess.run([*command, sys.executable, "-c", VICTIM, path, *given], check=False, capture_output=True)
        interrupted = ended.returncode != 0
        killed += interrupted
        assert ended.returncode in (0, -signal.SIGKILL, 128 + signal.SIGKILL), ended.stderr
        outcome = rustpdf.recover_file(path)
        assert folder.read("in.pdf") == (PDF if outcome == "nothing" and folder.read("in.pdf") == PDF else SIGNED)
        assert JOURNAL not in folder.names()
        for name in folder.names():
            if name.startswith("."):
                assert interrupted  # a temporary file that was never named
                os.unlink(folder.at(name))
        if not interrupted:
            assert folder.read("in.pdf") == SIGNED
            break
    assert killed > 0
