"""The README's examples, run as they stand."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import pytest
import rustpdf
from rustpdf._disk import Disk

from .conftest import Folder
from .support.pdf import make_pdf
from .support.pki import CHAIN, KEY, PKI, ROOT, certificate, rsa_sign
from .support.verify import last_signature, openssl_verify

README = (ROOT / "bindings/python/README.md").read_text()


class Kms:
    """Signs digests."""

    def sign_digest(self, digest: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        key = load_pem_private_key((PKI / "rsa.key").read_bytes(), None)
        assert isinstance(key, RSAPrivateKey)
        return key.sign(digest, PKCS1v15(), Prehashed(SHA256()))

    async def sign_digest_async(self, digest: bytes) -> bytes:
        await asyncio.sleep(0)
        return self.sign_digest(digest)


class Hsm:
    """Signs messages."""

    def sign(self, data: bytes) -> bytes:
        return rsa_sign(data)


class Service:
    """Gives containers back."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf

    def sign(self, digest: bytes, algorithm: str) -> bytes:
        # Its container is made by a session that has a certificate, at the same time and with the same entropy.
        options = rustpdf.SigningOptions(reason="Approved", container_size=32768)
        session = rustpdf.begin_signing(self.pdf, certificate=certificate(), chain=CHAIN, options=options)
        assert (session.hash, session.hash_algorithm) == (digest, algorithm)
        assert session.request is not None
        return last_signature(session.complete_with_signature(rsa_sign(session.request.data))).container


@contextmanager
def full_disk() -> Iterator[None]:
    """A disk on which `full/out.pdf` does not get its name."""
    perform = Disk.perform

    def failing(self: Disk, operation: Any, content: memoryview) -> Any:
        if operation["op"] == "link" and bytes.fromhex(operation["to"]).endswith(b"/full/out.pdf"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return perform(self, operation, content)

    os.mkdir("full")
    with patch.object(Disk, "perform", failing):
        yield


def test_every_example_runs_in_its_order(folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(folder.path)
    monkeypatch.setattr(os, "urandom", bytes)
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
    pdf = make_pdf()
    folder.write("in.pdf", pdf)
    names: dict[str, Any] = {
        "asyncio": asyncio,
        "pdf": pdf,
        "cert_der": certificate(),
        "chain": CHAIN,
        "hsm": Hsm(),
        "kms": Kms(),
        "seal_key": KEY,
        "service": Service(pdf),
        "sign_with_another_key": lambda _: b"\1" * 256,
    }
    examples = re.findall(r"^```python\n(.*?)^```", README, re.M | re.S)
    assert len(examples) == 10
    for example in examples:
        names.pop("signed", None)
        with full_disk() if "full/out.pdf" in example else nullcontext():
            exec(example, names)
        if "signed" in names:
            openssl_verify(names["signed"])
    assert folder.names() == ["both.pdf", "elsewhere.pdf", "full", "in.pdf", "later.pdf", "out.pdf"]
    assert os.listdir("full") == []
    for name in folder.names():
        if name != "full":
            openssl_verify(folder.read(name))
    assert folder.read("both.pdf").count(b"/ByteRange") == 3
    assert "ERR" not in capsys.readouterr().out
