"""The examples of docstrings, run; and their English."""

from __future__ import annotations

import asyncio
import contextlib
import doctest
import inspect
import json
import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from unittest.mock import patch

import pytest
import rustpdf

from .conftest import Folder
from .support.examples import Hsm, Service, full_disk
from .support.pdf import make_pdf
from .support.pki import CHAIN, KEY, certificate, private_key
from .support.services import services

WITHOUT_EXAMPLE = {
    "AsyncCertifiedSigner",
    "AuditedSigner",
    "BinaryFile",
    "Cache",
    "CertifiedSigner",
    "CryptographyPublicKey",
    "Extended",
    "ExtendDone",
    "ExtendFailed",
    "ExtendSkipped",
    "ExtendedFile",
    "FileSession",
    "HttpRequest",
    "Cancelled",
    "Issued",
    "JobFailed",
    "JobSigned",
    "JobSkipped",
    "PreparedSession",
    "PrivateKey",
    "Progress",
    "RustpdfError",
    "Session",
    "SessionBatch",
    "SessionFailure",
    "Signed",
    "SignedFile",
    "SigningCancelled",
    "SigningWarning",
    "WritableFile",
    "X509Certificate",
}
"""Classes that calls return or take. Their methods and the calls have the examples."""


def public() -> Iterator[tuple[str, Any]]:
    """Every public object, and the methods of public classes."""
    yield "rustpdf", rustpdf
    for name in rustpdf.__all__:
        value = getattr(rustpdf, name)
        if not inspect.isclass(value) and not inspect.isfunction(value):
            continue  # an alias of a type
        yield name, value
        if inspect.isclass(value):
            for attribute, member in vars(value).items():
                if not attribute.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                    yield f"{name}.{attribute}", member


PUBLIC = dict(public())
EXAMPLES = {name: value for name, value in PUBLIC.items() if ">>> " in (value.__doc__ or "")}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_a_docstring(name: str, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.path)
    pdf = make_pdf()
    folder.write("in.pdf", pdf)
    folder.write("other.pdf", pdf)
    key = private_key()
    signer = rustpdf.Signer(certificate(), key, CHAIN)
    names = {
        "asyncio": asyncio,
        "certificate": certificate(),
        "chain": CHAIN,
        "contextlib": contextlib,
        "datetime": datetime,
        "hsm": Hsm(),
        "json": json,
        "key": key,
        "os": os,
        "pdf": pdf,
        "rustpdf": rustpdf,
        "seal_key": KEY,
        "service": Service(pdf),
        "signed": rustpdf.sign(pdf, signer=signer).pdf,
        "signer": signer,
        "timedelta": timedelta,
        "timezone": timezone,
        "tsa": {"url": services().tsa()} if "tsa" in (EXAMPLES[name].__doc__ or "") else None,
    }
    example = doctest.DocTestParser().get_doctest(inspect.getdoc(EXAMPLES[name]) or "", names, name, None, 0)
    runner = doctest.DocTestRunner()
    with patch.object(os, "urandom", bytes), full_disk():
        runner.run(example)
    assert (runner.summarize(verbose=False).failed, len(example.examples) > 0) == (0, True)


def test_every_call_has_an_example() -> None:
    calls = {name for name, value in PUBLIC.items() if inspect.isfunction(value) and "." not in name}
    classes = {
        name
        for name, value in PUBLIC.items()
        if inspect.isclass(value) and value.__module__ not in ("rustpdf._generated", "rustpdf._facts")
    }
    keywords = {name for name in classes if hasattr(PUBLIC[name], "__optional_keys__")}
    assert calls - EXAMPLES.keys() == set()
    assert classes - keywords - EXAMPLES.keys() == WITHOUT_EXAMPLE


def test_help_is_in_short_sentences() -> None:
    """The mean sentence of the docstrings has fewer than 15 words."""
    parse = doctest.DocTestParser().parse
    texts = ["".join(part for part in parse(inspect.getdoc(value) or "") if isinstance(part, str)) for value in PUBLIC.values()]
    sentences = [sentence for text in texts for sentence in re.split(r"[.?]\s+|\n\n|\n- ", text) if len(sentence.split()) > 1]
    assert sum(len(sentence.split()) for sentence in sentences) / len(sentences) < 15


def test_every_public_thing_has_a_docstring() -> None:
    assert [name for name, value in PUBLIC.items() if not inspect.getdoc(value)] == []
