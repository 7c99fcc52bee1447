"""Things that the examples of the README and of docstrings use: key stores, a service, and a disk that is full."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import rustpdf
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from rustpdf._disk import Disk

from .pki import CHAIN, certificate, private_key, rsa_sign
from .verify import last_signature


class Kms:
    """Signs digests."""

    def sign_digest(self, digest: bytes) -> bytes:
        """Signs at once."""
        signature: bytes = private_key().sign(digest, PKCS1v15(), Prehashed(SHA256()))
        return signature

    async def sign_digest_async(self, digest: bytes) -> bytes:
        """Signs later."""
        await asyncio.sleep(0)
        return self.sign_digest(digest)


class Hsm:
    """Signs messages."""

    def sign(self, data: bytes) -> bytes:
        """Signs at once."""
        return rsa_sign(data)

    async def sign_later(self, data: bytes) -> bytes:
        """Signs later."""
        await asyncio.sleep(0)
        return rsa_sign(data)


class Service:
    """Returns containers over digests of a document.

    A session that has a certificate makes them, at the same time and with the same entropy: `os.urandom` is to return zeros.
    """

    def __init__(self, pdf: bytes, **options: Any) -> None:
        self.pdf = pdf
        self._options = options

    def sign(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        """Returns a container."""
        session = rustpdf.begin_signing(self.pdf, certificate=certificate(), chain=CHAIN, container_size=32768, **self._options)
        assert (session.hash, session.hash_algorithm) == (digest, algorithm)
        assert session.request is not None
        return last_signature(session.complete_with_signature(rsa_sign(session.request.data))).container


@contextmanager
def full_disk() -> Iterator[None]:
    """A folder `full`, in which `out.pdf` does not get its name: the disk is full."""
    perform = Disk.perform

    def failing(self: Disk, operation: Any, content: memoryview) -> Any:
        if operation["op"] == "link" and bytes.fromhex(operation["to"]).endswith(b"/full/out.pdf"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return perform(self, operation, content)

    os.mkdir("full")
    with patch.object(Disk, "perform", failing):
        yield
