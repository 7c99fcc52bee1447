"""Signing in two halves, in memory."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import Any

import pytest
import rustpdf

from .conftest import Folder
from .support.pdf import make_pdf
from .support.pki import CHAIN, KEY, MOMENT, certificate, signer
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


def test_the_request_tells_what_it_is_for() -> None:
    session = begin(field_name="Approval")
    resumed = rustpdf.resume_signing(session.serialize(KEY), PDF, KEY)
    for request in (session.request, resumed.request):
        assert request is not None
        assert (request.document_digest, request.field_name) == (session.hash, "Approval")
        assert request.certificate_digest == hashlib.sha256(certificate()).digest()
        assert request.document_name is None
    with_signature = rustpdf.begin_signing(PDF, pades=False, signature_algorithm="rsa-pkcs1", digest_algorithm="sha512")
    assert with_signature.request is not None
    assert with_signature.request.certificate_digest is None
    assert with_signature.request.document_digest == with_signature.hash
    assert len(with_signature.hash) == 64


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


@pytest.mark.parametrize(("algorithm", "name"), [("rsa-pkcs1", "rsa"), ("ecdsa", "p256")])
def test_the_certificate_comes_with_the_signature(algorithm: str, name: str) -> None:
    options = {"pades": False, "signature_algorithm": algorithm}
    session = rustpdf.begin_signing(PDF, options=options, **MOMENT)
    assert session.request is not None
    raw = signer(name)(session.request.data, session.request)
    issued: Any = {"certificate": certificate(name), "chain": CHAIN}
    completed = session.complete_with_signature(raw, **issued)
    openssl_verify(completed)
    assert rustpdf.resume_signing(session.serialize(KEY), PDF, KEY).complete_with_signature(raw, **issued) == completed
    resumed = rustpdf.resume_unsealed(session.serialize_unsealed(), PDF, options=options)
    assert resumed.complete_with_signature(raw, **issued) == completed
    assert PDF + rustpdf.begin_signing_file(PDF, options=options, **MOMENT).complete_with_signature(raw, None, **issued).update == completed
    other: Any = {**issued, "certificate": certificate("ed25519")}
    attempts: list[tuple[Any, str]] = [
        (lambda: session.complete_with_signature(raw), "ERR_SESSION_NO_CERTIFICATE"),
        (lambda: session.complete_with_signature(raw, **other), "ERR_ALGORITHM_MISMATCH"),
        (lambda: session.complete_with_signature(raw, certificate=7), "ERR_ARGUMENT"),  # type: ignore[arg-type]
        (lambda: begin().complete_with_signature(raw, **issued), "ERR_SESSION_ARGUMENTS"),
    ]
    for attempt, code in attempts:
        with pytest.raises(rustpdf.RustpdfError) as caught:
            attempt()
        assert caught.value.code == code


def test_it_is_saved_and_completed_elsewhere() -> None:
    session = begin()
    saved = session.serialize(KEY)
    assert len(saved) < 16 * 1024
    for document in (PDF, bytearray(PDF), io.BytesIO(PDF)):
        resumed = rustpdf.resume_signing(saved, document, KEY)
        assert (resumed.request, resumed.hash, resumed.serialize(KEY)) == (session.request, session.hash, saved)
        assert resumed.complete_with_signature(raw_signature(resumed)) == signed()


def test_a_document_is_compared_unless_that_is_skipped() -> None:
    other = PDF.replace(b"10 20 m", b"11 20 m")
    saved = begin().serialize(KEY)
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.resume_signing(saved, other, KEY)
    assert (caught.value.code, caught.value.group) == ("ERR_SESSION_DOCUMENT", "session")
    assert rustpdf.resume_signing(saved, other, KEY, skip_document_check=True).request is not None
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.resume_signing(saved, PDF, KEY, skip_document_check=1)  # type: ignore[arg-type]
    assert caught.value.code == "ERR_ARGUMENT"


def test_a_session_in_a_file_is_resumed_with_its_document_whatever_was_checked(folder: Folder) -> None:
    path = folder.write("in.pdf", PDF)
    saved = begin(path).serialize(KEY)
    for skip in (False, True):
        resumed = rustpdf.resume_signing(saved, path, KEY, skip_document_check=skip)
        assert resumed.complete_with_signature(raw_signature(resumed)) == signed()


class TestSeal:
    def test_whatever_is_changed_is_refused(self) -> None:
        saved = begin().serialize(KEY)
        for at in range(len(saved)):
            changed = bytearray(saved)
            changed[at] ^= 1
            with pytest.raises(rustpdf.RustpdfError) as caught:
                rustpdf.resume_signing(bytes(changed), PDF, KEY, skip_document_check=True)
            assert caught.value.group == "session"

    def test_another_key_is_refused(self) -> None:
        saved = begin().serialize(KEY)
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.resume_signing(saved, PDF, bytes(32))
        assert caught.value.code == "ERR_SESSION_SEAL"

    @pytest.mark.parametrize("key", [b"", bytes(31), None, 7], ids=repr)
    def test_what_is_no_key(self, key: Any) -> None:
        session = begin()
        saved = session.serialize(KEY)
        for use in (lambda: session.serialize(key), lambda: rustpdf.resume_signing(saved, PDF, key)):
            with pytest.raises(rustpdf.RustpdfError) as caught:
                use()
            assert caught.value.code == "ERR_ARGUMENT"

    def test_a_longer_key_and_other_bytes_are_keys(self) -> None:
        session, key = begin(), bytes(range(64))
        resumed = rustpdf.resume_signing(memoryview(session.serialize(bytearray(key))), PDF, key)
        assert resumed.complete_with_signature(raw_signature(resumed)) == signed()


class TestUnsealed:
    def test_it_is_resumed_with_certificate_and_options(self) -> None:
        options = rustpdf.SigningOptions(pades=False, signing_time_attribute=True)
        session = begin(options=options)
        saved = session.serialize_unsealed()
        time = MOMENT["signing_time"]
        resumed = rustpdf.resume_unsealed(saved, PDF, certificate=certificate(), chain=CHAIN, options=options, signing_time=time)
        # Anybody could have written the name of the field into a file without a seal.
        assert session.request is not None
        assert resumed.request == replace(session.request, field_name=None)
        completed = resumed.complete_with_signature(raw_signature(resumed))
        assert completed == session.complete_with_signature(raw_signature(session))
        openssl_verify(completed)
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.resume_unsealed(saved, PDF, certificate=certificate(), chain=CHAIN, options=options)
        assert caught.value.code == "ERR_SIGNING_TIME"

    def test_another_certificate_or_document_is_refused(self) -> None:
        saved = begin().serialize_unsealed()
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.resume_unsealed(saved, PDF, certificate=certificate("p256"), chain=CHAIN)
        assert caught.value.code == "ERR_SESSION_ARGUMENTS"
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.resume_unsealed(saved, PDF.replace(b"10 20 m", b"11 20 m"), certificate=certificate(), chain=CHAIN)
        assert caught.value.code == "ERR_SESSION_DOCUMENT"

    def test_it_takes_a_container_without_a_certificate(self) -> None:
        container = last_signature(signed()).container
        resumed = rustpdf.resume_unsealed(begin().serialize_unsealed(), PDF)
        assert resumed.request is None
        assert resumed.complete(container) == signed()

    def test_it_is_not_a_sealed_one(self) -> None:
        session = begin()
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.resume_unsealed(session.serialize(KEY), PDF, certificate=certificate(), chain=CHAIN)
        assert caught.value.code == "ERR_SESSION_SEAL"
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.resume_signing(session.serialize_unsealed(), PDF, KEY)
        assert caught.value.code == "ERR_SESSION_SEAL"


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
    session = rustpdf.begin_signing(PDF, certificate=certificate("expired"))
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
        rustpdf.resume_signing(saved, PDF, KEY)
    assert caught.value.code == code


def test_what_is_done_to_a_buffer_later_does_not_get_into_what_is_signed() -> None:
    for wrap in (lambda pdf: pdf, memoryview):
        pdf = bytearray(PDF)
        session = begin(wrap(pdf))
        pdf[:] = b"other"
        assert session.complete_with_signature(raw_signature(session)) == signed()
