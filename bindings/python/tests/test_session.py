"""Signing in two halves, in memory."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
import rustpdf

from .support.pdf import make_pdf
from .support.pki import CHAIN, MOMENT, certificate, signer
from .support.verify import last_signature, openssl_verify

PDF = make_pdf()


def begin(pdf: Any = PDF, **more: Any) -> rustpdf.Session:
    return rustpdf.begin_signing(pdf, certificate=certificate(), chain=CHAIN, **MOMENT, **more)


def raw_signature(session: rustpdf.PreparedSession) -> bytes:
    assert session.request is not None
    return signer()(session.request.data, session.request)


def signed() -> bytes:
    return rustpdf.sign_with(PDF, certificate(), signer(), chain=CHAIN, **MOMENT)


def test_a_raw_signature_completes_it_again_and_again() -> None:
    session = begin()
    for _ in range(3):
        assert session.complete_with_signature(raw_signature(session)) == signed()
    openssl_verify(signed())


def test_hash_is_the_digest_of_what_is_signed() -> None:
    session = begin()
    assert session.hash == hashlib.sha256(last_signature(signed()).content).digest()
    assert session.hash_algorithm == "sha256"
    assert session.document_length == len(PDF)


def test_a_container_completes_it() -> None:
    container = last_signature(signed()).container
    session = rustpdf.begin_signing(PDF, options=rustpdf.SigningOptions(container_size=len(container)), **MOMENT)
    assert session.request is None
    assert session.hash == begin().hash
    completed = session.complete(container)
    assert session.complete(bytearray(container)) == completed
    openssl_verify(completed)
    assert begin().complete(container) == signed()
    with pytest.raises(rustpdf.RustpdfError) as caught:
        session.complete_with_signature(b"\1" * 256)
    assert caught.value.code == "ERR_SESSION_NO_CERTIFICATE"


def test_it_is_saved_and_completed_elsewhere() -> None:
    session = begin()
    saved = session.serialize()
    assert len(saved) < 16 * 1024
    for document in (PDF, bytearray(PDF), io.BytesIO(PDF)):
        resumed = rustpdf.resume_signing(saved, document)
        assert (resumed.request, resumed.hash, resumed.serialize()) == (session.request, session.hash, saved)
        assert resumed.complete_with_signature(raw_signature(resumed)) == signed()


def test_a_document_that_is_vouched_for_is_not_compared() -> None:
    other = PDF.replace(b"10 20 m", b"11 20 m")
    saved = begin().serialize()
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.resume_signing(saved, other)
    assert (caught.value.code, caught.value.group) == ("ERR_SESSION_DOCUMENT", "session")
    assert rustpdf.resume_signing(saved, other, document_vouched=True).request is not None
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.resume_signing(saved, PDF, document_vouched=1)  # type: ignore[arg-type]
    assert caught.value.code == "ERR_ARGUMENT"


def test_each_half_is_reported_and_the_session_keeps_the_last_report() -> None:
    reports: list[rustpdf.Report] = []
    session = begin(on_report=reports.append)
    assert session.report is reports[0]
    assert reports[0].container_length is None
    session.complete_with_signature(raw_signature(session))
    assert len(reports) == 2
    assert session.report is reports[1]
    assert session.report.container_length == len(last_signature(signed()).container)


def test_warnings_reach_the_caller() -> None:
    session = rustpdf.begin_signing(PDF, certificate=certificate("expired"), **MOMENT)
    codes = [warning.code for warning in session.report.warnings]
    assert sorted(codes) == ["WARN_CERTIFICATE_EXPIRED", "WARN_CHAIN_INCOMPLETE"]
    assert all(warning.message for warning in session.report.warnings)


@pytest.mark.parametrize(
    ("answer", "code"), [(b"\1" * 256, "ERR_SIGNATURE_MISMATCH"), (None, "ERR_CALLBACK_RESULT"), ("ab" * 256, "ERR_SIGNATURE_TEXT")]
)
def test_a_refused_signature_changes_nothing(answer: Any, code: str) -> None:
    session = begin()
    report = session.report
    with pytest.raises(rustpdf.RustpdfError) as caught:
        session.complete_with_signature(answer)
    assert caught.value.code == code
    assert session.report is report
    assert session.complete_with_signature(raw_signature(session)) == signed()


@pytest.mark.parametrize(("answer", "code"), [(b"nonsense", "ERR_CONTAINER_FORMAT"), (None, "ERR_ARGUMENT"), (7, "ERR_ARGUMENT")])
def test_a_refused_container_changes_nothing(answer: Any, code: str) -> None:
    session = begin()
    with pytest.raises(rustpdf.RustpdfError) as caught:
        session.complete(answer)
    assert caught.value.code == code
    assert session.complete_with_signature(raw_signature(session)) == signed()


@pytest.mark.parametrize(
    ("saved", "code"), [(b"", "ERR_SESSION_FORMAT"), (b"nonsense", "ERR_SESSION_FORMAT"), (None, "ERR_ARGUMENT"), (7, "ERR_ARGUMENT")]
)
def test_what_is_no_session(saved: Any, code: str) -> None:
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.resume_signing(saved, PDF)
    assert caught.value.code == code


def test_what_is_done_to_a_buffer_later_does_not_get_into_what_is_signed() -> None:
    for wrap in (lambda pdf: pdf, memoryview):
        pdf = bytearray(PDF)
        session = begin(wrap(pdf))
        pdf[:] = b"other"
        assert session.complete_with_signature(raw_signature(session)) == signed()
