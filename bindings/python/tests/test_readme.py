"""The README's examples, run as they stand."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
import rustpdf
from cryptography import x509
from rustpdf import HttpRequest, HttpSettings, Signed, inspect, sign

from .conftest import Folder
from .support.examples import Hsm, Kms, Service, full_disk
from .support.pdf import make_pdf, make_png
from .support.pki import CHAIN, KEY, ROOT, certificate
from .support.services import sent, services
from .support.verify import openssl_verify

README = (ROOT / "bindings/python/README.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, re.M | re.S)
ONLINE = re.findall(r"^```py\n(.*?)^```", README, re.M | re.S)
"""Examples that ask servers, and need the time of today."""


def test_every_example_runs_in_its_order(folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(folder.path)
    monkeypatch.setattr(os, "urandom", bytes)
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
    os.symlink(ROOT / "tests", "tests")
    folder.write("logo.png", make_png())
    pdf = make_pdf()
    for name in ("in.pdf", "a.pdf", "b.pdf", "c.pdf"):
        folder.write(name, pdf)
    names: dict[str, Any] = {
        "asyncio": asyncio,
        "os": os,
        "pdf": pdf,
        "cert_der": certificate(),
        "x509_certificate": x509.load_der_x509_certificate(certificate()),
        "chain": CHAIN,
        "hsm": Hsm(),
        "kms": Kms(),
        "seal_key": KEY,
        "service": Service(pdf, reason="Approved"),
        "sign_with_another_key": lambda _: b"\1" * 256,
    }
    assert len(EXAMPLES) == 22
    verified = 0
    for example in EXAMPLES:
        names.pop("signed", None)
        with full_disk() if "full/out.pdf" in example else nullcontext():
            exec(example, names)
        if "signed" in names:
            openssl_verify(getattr(names["signed"], "pdf", names["signed"]))
            verified += 1
    assert verified == 13
    made = ["a.later.pdf", "a.signed.pdf", "b.later.pdf", "b.signed.pdf", "both.pdf", "c.signed.pdf", "elsewhere.pdf", "in.pdf"]
    made += ["later.pdf", "out.pdf", "signed.pdf"]
    assert folder.names() == sorted([*made, "a.pdf", "audit", "b.pdf", "c.pdf", "full", "logo.png", "run.ledger", "signing.csr", "tests"])
    assert os.listdir("full") == []
    for name in made:
        openssl_verify(folder.read(name))
    assert folder.read("both.pdf").count(b"/ByteRange") == 3
    assert "ERR" not in capsys.readouterr().out


def test_every_example_that_asks_servers(folder: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    own = services()
    monkeypatch.chdir(folder.path)
    for name in ("a.pdf", "b.pdf"):
        folder.write(name, sign(make_pdf(), signer=own.signer()).pdf)
    names: dict[str, Any] = {
        "rustpdf": rustpdf,
        "pdf": make_pdf(),
        "signer": own.signer(),
        "tsa_url": own.tsa(),
        "broken_url": own.tsa("status=500"),
        "root": own.certificate("root"),
        "tsa_root": own.certificate("tsaroot"),
        "seal_key": KEY,
        "client": Client(),
        "archive": ["a.pdf", "b.pdf"],
        "datetime": datetime,
        "timedelta": timedelta,
        "timezone": timezone,
    }
    # The certificates of the services name this machine.
    monkeypatch.setattr(HttpSettings.__init__, "__defaults__", (True, *HttpSettings.__init__.__defaults__[1:]))  # type: ignore[index]
    assert len(ONLINE) == 5
    levels = []
    for example in ONLINE:
        exec(example, names)
        signed = names["signed"]
        openssl_verify(getattr(signed, "pdf", signed), own.path("root"), 0)
        levels.append(signed.report.level if isinstance(signed, Signed) else None)
    assert levels == ["B-LTA", "B-LTA", "B-LTA", "B-T", None]
    assert [inspect(name).signatures[0].level for name in names["archive"]] == ["B-LTA", "B-LTA"]
    assert names["renewed"].report.level == "B-LTA"
    assert names["stamped"].report.timestamps[0].of_document
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("B-LTA 2")
    assert sorted(others) == ["a.pdf extended", "b.pdf extended"]


class Client:
    """A client with a call as that of urllib3."""

    def request(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """Sends a request."""
        response = sent(HttpRequest("timestamp", 0, url, method, headers, body, 65536))  # type: ignore[arg-type]
        return SimpleNamespace(status=response.status, data=response.body)


def test_the_first_code_comes_early_and_the_first_lines_say_what_is_published() -> None:
    lines = README.splitlines()
    assert lines.index("```python") < 20
    assert "Nothing is published yet" in "\n".join(lines[:10])
    assert "on PyPI is another project" in "\n".join(lines[:10])
