"""The facts of a document."""

from __future__ import annotations

import asyncio
import hashlib
import io
from typing import Any

import pytest
import rustpdf
from rustpdf import FieldLock

from .conftest import Folder
from .support.pdf import make_large_pdf, make_pdf
from .support.pki import CHAIN, ROOT, certificate, signer

PDF = make_pdf(pages=3)
SIGNER = rustpdf.Signer(certificate(), signer(), CHAIN)


def test_of_a_document_without_signatures() -> None:
    info = rustpdf.inspect(PDF)
    assert (info.version, info.length, info.pages, info.revisions, info.xref) == ("1.7", len(PDF), 3, 1, "table")
    assert (info.certified, info.fields, info.signatures, info.warnings) == (None, (), (), ())


def test_of_a_signed_one() -> None:
    lock = FieldLock(action="include", fields=["A"])
    signed = rustpdf.sign(PDF, signer=SIGNER, reason="Approved", certify=2, lock=lock, field_name="S")
    info = rustpdf.inspect(signed.pdf)
    assert (info.revisions, info.certified) == (2, 2)
    assert info.fields == (rustpdf.FieldInfo(name="S", type="Sig", signed=True),)
    (signature,) = info.signatures
    assert (signature.field, signature.sub_filter, signature.reason, signature.revision) == ("S", "ETSI.CAdES.detached", "Approved", 2)
    assert signature.byte_range == signed.report.byte_range
    assert signature.covers_whole_file
    assert signature.doc_mdp == 2
    assert signature.lock == rustpdf.LockInfo(action="include", fields=("A",))
    assert signature.signer is not None
    assert signature.signer.sha256 == hashlib.sha256(certificate()).hexdigest()
    assert len(signature.certificates) == 3
    assert signature.signer in signature.certificates


def test_documents_of_every_kind(folder: Folder) -> None:
    pdf = make_large_pdf(3_300_000)
    path = folder.write("in.pdf", pdf)
    expected = rustpdf.inspect(pdf)
    for document in (path, folder.open("in.pdf", "rb"), io.BytesIO(pdf), bytearray(pdf)):
        assert rustpdf.inspect(document) == expected
        assert asyncio.run(rustpdf.inspect_async(document)) == expected


def test_a_password() -> None:
    document = ROOT / "tests/vectors/documents/encrypted-user-aes-128.pdf"
    assert rustpdf.inspect(document, password="user").pages is not None
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.inspect(document)
    assert caught.value.code == "ERR_PASSWORD_MISSING"
    wrong: Any
    for wrong in (7, b"x"):
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.inspect(document, password=wrong)
        assert caught.value.code == "ERR_ARGUMENT"


def test_what_is_no_document() -> None:
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.inspect(b"no PDF")
    assert caught.value.code == "ERR_NOT_A_PDF"
    with pytest.raises(FileNotFoundError):
        rustpdf.inspect("none.pdf")
