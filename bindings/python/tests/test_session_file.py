"""Signings in two halves of documents in files: between the halves the document is let go, and must still be the same."""

from __future__ import annotations

import dataclasses
import io
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import rustpdf
from rustpdf import FileSession, Progress

from .conftest import Folder
from .support.pdf import make_large_pdf, make_pdf
from .support.pki import CHAIN, KEY, MOMENT, PKI, certificate, signer
from .support.places import PLACES, MakePlace
from .support.verify import last_signature
from .test_files_refused import CHANGES

SMALL = make_pdf(pages=3)
LARGE = make_large_pdf(3_300_000)


def expected(pdf: bytes) -> bytes:
    return rustpdf.sign_with(pdf, certificate(), signer(), chain=CHAIN, **MOMENT)


def begin(document: Any) -> FileSession:
    return rustpdf.begin_signing_file(document, certificate=certificate(), chain=CHAIN, **MOMENT)


def raw_signature(session: rustpdf.PreparedSession) -> bytes:
    assert session.request is not None
    return signer()(session.request.data, session.request)


@pytest.mark.parametrize("pdf", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("half", ["at once", "resumed", "unchecked"])
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_into(place: MakePlace, half: str, pdf: bytes, folder: Folder) -> None:
    made = place(folder, pdf)
    session = begin(made.input)
    if half != "at once":
        session = rustpdf.resume_signing_file(session.serialize(KEY), made.input, KEY, skip_document_check=half == "unchecked")
    assert [name for name in folder.names() if name.startswith(".")] == []
    signed = session.complete_with_signature(raw_signature(session), made.output)
    assert made.signed(signed) == expected(pdf)
    assert session.report == signed.report
    assert signed.copy in (("clone", "kernel") if "out.pdf" in folder.names() else ("none",))


@pytest.mark.parametrize("source", [lambda pdf: pdf, bytearray, io.BytesIO], ids=["bytes", "bytearray", "BytesIO"])
def test_of_what_is_no_file(source: Callable[[bytes], Any], folder: Folder) -> None:
    session = begin(source(LARGE))
    opened = folder.open("opened.pdf", "wb")
    for output in (folder.at("out.pdf"), opened, None):
        signed = session.complete_with_signature(raw_signature(session), output)
        assert LARGE + signed.update == expected(LARGE)
        assert signed.copy == ("none" if output is None else "read")
    assert folder.read("out.pdf") == folder.read("opened.pdf") == expected(LARGE)


def test_it_is_as_one_in_memory(folder: Folder) -> None:
    session = begin(folder.write("in.pdf", LARGE))
    memory = rustpdf.begin_signing(LARGE, certificate=certificate(), chain=CHAIN, **MOMENT)
    for name in ("hash", "hash_algorithm", "document_length"):
        assert getattr(session, name) == getattr(memory, name)
    assert memory.request is not None
    assert session.request == dataclasses.replace(memory.request, document_name="in.pdf")
    assert session.serialize_unsealed() == memory.serialize_unsealed()


def test_a_container_completes_it(folder: Folder) -> None:
    container = last_signature(expected(SMALL)).container
    options = rustpdf.SigningOptions(container_size=len(container))
    session = rustpdf.begin_signing_file(folder.write("in.pdf", SMALL), options=options, **MOMENT)
    assert session.request is None
    assert session.complete(container, folder.at("out.pdf")).report.container_length == len(container)
    assert last_signature(folder.read("out.pdf")).container == container


def test_it_may_be_completed_again(folder: Folder) -> None:
    session = begin(folder.write("in.pdf", SMALL))
    signature = raw_signature(session)
    assert session.complete_with_signature(signature, None) == session.complete_with_signature(signature, None)
    session.complete_with_signature(signature, folder.at("one.pdf"))
    session.complete_with_signature(signature, folder.at("two.pdf"))
    with pytest.raises(FileExistsError):
        session.complete_with_signature(signature, folder.at("two.pdf"))
    session.complete_with_signature(signature, folder.at("two.pdf"), replace=True)
    session.complete_with_signature(signature, folder.at("in.pdf"))
    for output in (folder.at("in.pdf"), None):  # in place it is another document now
        with pytest.raises(rustpdf.RustpdfError) as caught:
            session.complete_with_signature(signature, output)
        assert caught.value.code == "ERR_FILE_CHANGED"
    assert folder.names() == ["in.pdf", "one.pdf", "two.pdf"]
    for name in folder.names():
        assert folder.read(name) == expected(SMALL)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
class TestInto:
    def test_a_refused_answer_changes_nothing(self, place: MakePlace, folder: Folder) -> None:
        made = place(folder, SMALL)
        told: list[rustpdf.Report] = []
        moment: dict[str, Any] = {**MOMENT}
        session = rustpdf.begin_signing_file(made.input, certificate=certificate(), chain=CHAIN, on_report=told.append, **moment)
        wrong: list[tuple[Callable[[Any, Any], object], Any, Any, str]] = [
            (session.complete_with_signature, b"\1" * 256, made.output, "ERR_SIGNATURE_MISMATCH"),
            (session.complete_with_signature, None, made.output, "ERR_CALLBACK_RESULT"),
            (session.complete, b"nonsense", made.output, "ERR_CONTAINER_FORMAT"),
            (session.complete, None, made.output, "ERR_ARGUMENT"),
            (session.complete_with_signature, raw_signature(session), 7, "ERR_ARGUMENT"),
        ]
        for complete, answer, output, code in wrong:
            with pytest.raises(rustpdf.RustpdfError) as caught:
                complete(answer, output)
            assert caught.value.code == code
        made.expect_untouched(SMALL)
        assert told == [session.report]
        assert made.signed(session.complete_with_signature(raw_signature(session), made.output)) == expected(SMALL)
        assert len(told) == 2

    @pytest.mark.parametrize(("change", "now"), CHANGES.values(), ids=CHANGES)
    def test_a_document_that_is_changed_between_the_halves(
        self, place: MakePlace, change: Callable[[Folder], object], now: Callable[[bytes], bytes], folder: Folder
    ) -> None:
        made = place(folder, SMALL)
        session = begin(made.input)
        unchecked = rustpdf.resume_signing_file(session.serialize(KEY), made.input, KEY, skip_document_check=True)
        change(folder)
        for one in (session, unchecked):
            with pytest.raises(rustpdf.RustpdfError) as caught:
                one.complete_with_signature(raw_signature(one), made.output)
            assert caught.value.code == "ERR_FILE_CHANGED"
        made.expect_untouched(now(SMALL))

    def test_a_document_that_is_rewritten_with_its_old_time(self, place: MakePlace, folder: Folder) -> None:
        made = place(folder, SMALL)
        session = begin(made.input)
        before = os.stat(folder.at("in.pdf"))
        other = SMALL.replace(b"10 20 m", b"11 20 m")
        folder.write("in.pdf", other)
        os.utime(folder.at("in.pdf"), ns=(before.st_atime_ns, before.st_mtime_ns))
        with pytest.raises(rustpdf.RustpdfError) as caught:
            session.complete_with_signature(raw_signature(session), made.output)
        assert caught.value.code == "ERR_FILE_CHANGED"
        made.expect_untouched(other)


def test_a_document_that_is_another_when_it_is_resumed(folder: Folder) -> None:
    path = folder.write("in.pdf", SMALL)
    saved = begin(path).serialize(KEY)
    folder.write("in.pdf", SMALL.replace(b"10 20 m", b"11 20 m"))
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.resume_signing_file(saved, path, KEY)
    assert caught.value.code == "ERR_SESSION_DOCUMENT"
    assert rustpdf.resume_signing_file(saved, path, KEY, skip_document_check=True).request is not None


@pytest.mark.parametrize("copied", [0, len(LARGE)])
def test_a_document_that_is_changed_while_the_copy_is_made(copied: int, folder: Folder) -> None:
    path = folder.write("in.pdf", LARGE)
    session = begin(path)

    def on_progress(progress: Progress) -> None:
        if progress == Progress("write", copied, progress.total):
            with open(path, "ab") as file:
                file.write(b"more")

    with pytest.raises(rustpdf.RustpdfError) as caught:
        session.complete_with_signature(raw_signature(session), folder.at("out.pdf"), on_progress=on_progress)
    assert caught.value.code == "ERR_FILE_CHANGED"
    assert folder.names() == ["in.pdf"]


def test_a_document_that_only_got_another_name_is_the_same(folder: Folder) -> None:
    saved = begin(folder.write("in.pdf", SMALL)).serialize(KEY)
    os.rename(folder.at("in.pdf"), folder.at("new.pdf"))
    resumed = rustpdf.resume_signing_file(saved, folder.at("new.pdf"), KEY)
    resumed.complete_with_signature(raw_signature(resumed), folder.at("new.pdf"))
    assert folder.read("new.pdf") == expected(SMALL)


def test_a_copy_of_a_document_that_nobody_may_write_to(folder: Folder) -> None:
    os.chmod(folder.write("in.pdf", SMALL), 0o444)
    session = begin(folder.at("in.pdf"))
    session.complete_with_signature(raw_signature(session), folder.at("out.pdf"))
    assert folder.read("out.pdf") == expected(SMALL)


def test_each_half_in_a_process_of_its_own(folder: Folder) -> None:
    path = folder.write("in.pdf", LARGE)
    first = """
        session = rustpdf.begin_signing_file("in.pdf", certificate=sys.argv[1].encode(), chain=sys.argv[2])
        pathlib.Path("session").write_bytes(session.serialize(bytes(range(32))))
        pathlib.Path("data").write_bytes(session.request.data)"""
    second = """
        session = rustpdf.resume_signing_file(pathlib.Path("session").read_bytes(), "in.pdf", bytes(range(32)))
        session.complete_with_signature(pathlib.Path("signature").read_bytes(), "in.pdf")"""
    given = [(PKI / "rsa.pem").read_text(), CHAIN.decode()]
    for half in (first, second):
        program = "\n".join(["import pathlib, sys, rustpdf", *(line.strip() for line in half.splitlines())])
        subprocess.run([sys.executable, "-c", program, *given], cwd=folder.path, check=True)
        if half is first:
            command = ["openssl", "dgst", "-sha256", "-sign", str(PKI / "rsa.key"), "-out", "signature", "data"]
            subprocess.run(command, cwd=folder.path, check=True)
    signed = folder.read("in.pdf")
    assert signed.startswith(LARGE)
    from .support.verify import openssl_verify

    openssl_verify(signed)
    assert path == folder.at("in.pdf")


def test_nothing_of_the_document_stays_open_between_the_halves(folder: Folder) -> None:
    path = folder.write("in.pdf", SMALL)
    sessions = [begin(path) for _ in range(10)]
    assert folder.opened() == []
    for number, session in enumerate(sessions):
        session.complete_with_signature(raw_signature(session), folder.at(f"{number}.pdf"))
    assert folder.opened() == []
