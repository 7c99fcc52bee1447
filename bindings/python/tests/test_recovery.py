"""Signing in place that is interrupted, disturbed, or done by several at once."""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rustpdf
from rustpdf import SigningRequest, unfinished_session

from .conftest import Folder
from .support.pdf import make_pdf
from .support.pki import CHAIN, MOMENT, ROOT, certificate, never, signer
from .support.verify import last_signature, openssl_verify

PDF = make_pdf(pages=20)
JOURNAL = ".in.pdf.rustpdf"
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def signed_once_more(pdf: bytes) -> bytes:
    return rustpdf.sign_with(pdf, certificate(), signer(), chain=CHAIN, **MOMENT)


SIGNED = signed_once_more(PDF)
TWICE = signed_once_more(SIGNED)


def sign(path: Any, output: Any, by: rustpdf.SignFunction | None = None, **more: Any) -> rustpdf.SignedFile:
    return rustpdf.sign_file(path, output, certificate=certificate(), signer=by or signer(), chain=CHAIN, **MOMENT, **more)


def kill(path: str, write: int) -> None:
    """Has a process that signs the file in place killed in the midst of a write."""
    command = [sys.executable, "-m", "tests.support.victim", path, str(write)]
    ended = subprocess.run(command, cwd=ROOT / "bindings/python", check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of which half the update is written, and its journal."""
    folder = tmp_path_factory.mktemp("interrupted")
    folder.joinpath("in.pdf").write_bytes(PDF)
    kill(str(folder / "in.pdf"), 2)
    half = folder.joinpath("in.pdf").read_bytes()
    assert len(PDF) < len(half) < len(SIGNED)
    assert SIGNED.startswith(half)
    assert JOURNAL in os.listdir(folder)
    return folder


@pytest.fixture
def path(interrupted: Path, folder: Folder) -> str:
    """The interrupted file, in a folder of the test's own."""
    for name in ("in.pdf", JOURNAL):
        shutil.copy2(interrupted / name, folder.path)
    return folder.at("in.pdf")


class TestKilled:
    def test_while_it_writes_the_update(self, folder: Folder) -> None:
        for undo, outcome, content in ((False, "signed", SIGNED), (True, "original", PDF)):
            path = folder.write("in.pdf", PDF)
            kill(path, 2)
            assert rustpdf.recover_file(path, undo) == outcome
            assert folder.read("in.pdf") == content
            assert folder.names() == ["in.pdf"]

    def test_while_it_writes_the_journal(self, folder: Folder) -> None:
        path = folder.write("in.pdf", PDF)
        kill(path, 1)
        assert len(folder.names()) == 2
        assert rustpdf.recover_file(path) == "nothing"
        assert folder.read("in.pdf") == PDF
        assert folder.names() == ["in.pdf"]

    def test_the_next_signing_in_place_finishes_it(self, path: str, folder: Folder) -> None:
        sign(path, path)
        assert folder.read("in.pdf") == TWICE
        assert folder.names() == ["in.pdf"]

    def test_no_other_use_of_the_document_touches_it(self, path: str, folder: Folder) -> None:
        before = folder.read("in.pdf")
        uses: list[Callable[[], object]] = [
            lambda: sign(path, folder.at("out.pdf"), never),
            lambda: sign(path, None, never),
            lambda: sign(folder.open("in.pdf", "rb"), None, never),
            lambda: rustpdf.begin_signing_file(path),
            lambda: rustpdf.begin_signing(path),
            lambda: rustpdf.sign_with(path, certificate(), never),
            lambda: sign(PDF, path, never, replace=True),
        ]
        for use in uses:
            with pytest.raises(rustpdf.RustpdfError) as caught:
                use()
            assert caught.value.code == "ERR_FILE_BUSY"
            assert JOURNAL in caught.value.message
        assert folder.read("in.pdf") == before
        assert folder.names() == [JOURNAL, "in.pdf"]


class TestRecovery:
    def test_where_nothing_was_interrupted_does_nothing(self, folder: Folder) -> None:
        path = folder.write("in.pdf", PDF)
        assert rustpdf.recover_file(path) == "nothing"
        assert rustpdf.recover_file(Path(path), undo=True) == "nothing"
        assert folder.read("in.pdf") == PDF
        with pytest.raises(FileNotFoundError):
            rustpdf.recover_file(folder.at("none.pdf"))
        wrong: list[tuple[Any, Any, Any]] = [(7, False, None), (path, 1, None), (path, False, 1.5), (path, False, True)]
        for arguments in wrong:
            with pytest.raises(rustpdf.RustpdfError) as caught:
                rustpdf.recover_file(*arguments)
            assert caught.value.code == "ERR_ARGUMENT"

    def test_by_a_link_to_the_document(self, path: str, folder: Folder) -> None:
        os.symlink(path, folder.at("link.pdf"))
        assert rustpdf.recover_file(folder.at("link.pdf")) == "signed"
        assert folder.names() == ["in.pdf", "link.pdf"]
        assert folder.read("in.pdf") == SIGNED

    def test_by_several_at_once(self, path: str, folder: Folder) -> None:
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


class TestPlanted:
    """A journal that may be another user's is refused, and nothing is touched."""

    def refused(self, path: str, folder: Folder, code: str) -> None:
        before = folder.read("in.pdf")
        uses: list[Callable[[], object]] = [
            lambda: rustpdf.recover_file(path),
            lambda: rustpdf.recover_file(path, undo=True),
            lambda: sign(path, path, never),
        ]
        for use in uses:
            with pytest.raises(rustpdf.RustpdfError) as caught:
                use()
            assert (caught.value.code, caught.value.group) == (code, "file")
            assert JOURNAL in caught.value.message
        assert folder.read("in.pdf") == before

    @pytest.mark.parametrize("make", ["mkdir", "mkfifo", "ln -s journal"])
    def test_what_is_no_file(self, make: str, path: str, folder: Folder) -> None:
        os.rename(folder.at(JOURNAL), folder.at("journal"))
        subprocess.run([*make.split(), JOURNAL], cwd=folder.path, check=True)
        self.refused(path, folder, "ERR_JOURNAL_DAMAGED")

    def test_one_with_another_name(self, path: str, folder: Folder) -> None:
        os.link(folder.at(JOURNAL), folder.at("elsewhere"))
        self.refused(path, folder, "ERR_JOURNAL_OWNER")

    def test_one_that_others_may_write(self, path: str, folder: Folder) -> None:
        os.chmod(folder.at(JOURNAL), 0o664)
        self.refused(path, folder, "ERR_JOURNAL_OWNER")

    @ROOT_ONLY
    def test_one_of_another_user_unless_that_is_named(self, path: str, folder: Folder) -> None:
        os.chown(folder.at(JOURNAL), 54321, 54321)
        self.refused(path, folder, "ERR_JOURNAL_OWNER")
        for owner in ("nobody", 54322):
            with pytest.raises(rustpdf.RustpdfError) as caught:
                rustpdf.recover_file(path, journal_owner=owner)
            assert caught.value.code == "ERR_JOURNAL_OWNER"
        assert rustpdf.recover_file(path, journal_owner=54321) == "signed"
        assert folder.read("in.pdf") == SIGNED


class TestRefusedBeforeTheKeyIsAsked:
    @pytest.mark.parametrize("output", ["in.pdf", "out.pdf"])
    def test_in_a_folder_that_is_read_only(self, output: str, folder: Folder) -> None:
        path = folder.write("in.pdf", PDF)
        os.chmod(path, 0o666)
        os.chmod(folder.path, 0o555)

        def attempt() -> int:
            if os.geteuid() == 0:
                os.seteuid(54321)
            try:
                sign(path, folder.at(output), never)
            except PermissionError:
                return 0
            return 1

        certificate()  # which the other user cannot read
        # The way to the folder is for everybody.
        for parent in folder.path.parents:
            if parent.stat().st_uid == os.geteuid() and parent != Path("/tmp"):
                os.chmod(parent, parent.stat().st_mode | 0o755)
        child = os.fork()
        if child == 0:
            os._exit(attempt())
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        os.chmod(folder.path, 0o755)
        assert folder.names() == ["in.pdf"]

    def test_in_place_where_the_name_has_no_room_for_that_of_a_journal(self, folder: Folder) -> None:
        path = folder.write("n" * 250 + ".pdf", PDF)
        with pytest.raises(OSError) as caught:
            sign(path, path, never)
        assert caught.value.errno == errno.ENAMETOOLONG
        sign(path, folder.at("out.pdf"))
        assert folder.read("out.pdf") == SIGNED


@pytest.mark.parametrize("output", ["in.pdf", "out.pdf"])
def test_a_full_disk_leaves_what_there_was_and_the_key_is_not_asked_again(output: str, folder: Folder) -> None:
    path = folder.write("in.pdf", PDF * 20)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(PDF * 20) + 100, hard))
        with pytest.raises(OSError, match="File too large") as caught:
            sign(path, folder.at(output), options={"strict": False})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert caught.value.errno == errno.EFBIG
    assert folder.read("in.pdf") == PDF * 20
    assert folder.names() == ["in.pdf"]
    session = unfinished_session(caught.value)
    assert isinstance(session, rustpdf.FileSession)
    session.complete_signed(folder.at(output))
    openssl_verify(folder.read(output))


def test_a_path_goes_up_after_its_links(folder: Folder) -> None:
    folder.path.joinpath("real/below").mkdir(parents=True)
    folder.write("real/in.pdf", PDF)
    os.symlink("real/below", folder.at("link"))
    sign(folder.at("link/../in.pdf"), folder.at("link/../out.pdf"))
    sign(folder.at("link/../in.pdf"), folder.at("real/in.pdf"))
    assert folder.read("real/in.pdf") == folder.read("real/out.pdf") == SIGNED
    assert rustpdf.recover_file(folder.at("link/../in.pdf")) == "nothing"
    assert (folder.names(), sorted(os.listdir(folder.at("real")))) == (["link", "real"], ["below", "in.pdf", "out.pdf"])


class TestSeveral:
    """Several that sign one file at once."""

    def test_of_the_same_document_one_of_them_does_and_the_others_are_told(self, folder: Folder) -> None:
        for _ in range(5):
            path = folder.write("in.pdf", PDF)
            barrier = threading.Barrier(6)
            ended: list[Any] = []

            def together(data: bytes, request: SigningRequest, barrier: threading.Barrier = barrier) -> bytes:
                barrier.wait()
                return signer()(data, request)

            def one(path: str = path, ended: list[Any] = ended, by: Any = together) -> None:
                try:
                    ended.append(
                        rustpdf.sign_file(
                            path, path, certificate=certificate(), signer=lambda data, request: by(data, request), chain=CHAIN
                        )
                    )
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
            rustpdf.sign_file(path, path, certificate=certificate(), signer=signer(), chain=CHAIN)
            times -= 1
        except rustpdf.RustpdfError as error:
            if error.code not in ("ERR_FILE_CHANGED", "ERR_FILE_BUSY"):
                raise
