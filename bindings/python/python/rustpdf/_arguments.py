"""Types of arguments, and their conversion to bytes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias, TypeGuard

from ._errors import argument_error, host_error, type_name


class BinaryFile(Protocol):
    """A binary file object to read. It is not closed."""

    def read(self, size: int = ..., /) -> bytes:
        """Reads up to `size` bytes."""
        ...

    def seek(self, offset: int, whence: int = ..., /) -> int:
        """Changes the position, and returns it."""
        ...


class WritableFile(Protocol):
    """A binary file object to write. It is not closed."""

    def write(self, data: bytes, /) -> int | None:
        """Writes bytes. Returns their number, or None for all."""
        ...


BytesLike: TypeAlias = bytes | bytearray | memoryview
"""Bytes of an argument."""

Path: TypeAlias = str | os.PathLike[str]
"""Path of a file."""

FileContent: TypeAlias = BytesLike | os.PathLike[str]
"""Content of a file, such as an image: bytes, or its path as a `pathlib.Path`."""

Document: TypeAlias = BytesLike | Path | BinaryFile
"""A document to be signed: bytes, the path of its file, or a binary file object, which is read from its first byte and not closed."""

Output: TypeAlias = Path | WritableFile | None
"""Place of a signed document: a path, a binary file object, or None for no place. The path of the input itself signs in place."""


class X509Certificate(Protocol):
    """A certificate of the package `cryptography`: an `x509.Certificate`."""

    @property
    def serial_number(self) -> int:
        """Serial number."""
        ...

    def public_bytes(self, encoding: Any) -> bytes:
        """The certificate in an encoding."""
        ...


Certificate: TypeAlias = BytesLike | str | X509Certificate
"""A certificate: DER or PEM as bytes, PEM as text, or an `x509.Certificate` of the package `cryptography`."""


class CryptographyPublicKey(Protocol):
    """A public key of the package `cryptography`, such as an `rsa.RSAPublicKey`."""

    def public_bytes(self, encoding: Any, format: Any) -> bytes:
        """The key in an encoding and a format."""
        ...


PublicKey: TypeAlias = BytesLike | str | CryptographyPublicKey | X509Certificate
"""A public key: SubjectPublicKeyInfo in DER or PEM, or a public key of the package `cryptography`. Or the certificate of the key: PEM, or
an `x509.Certificate`.
"""

Chain: TypeAlias = Certificate | Sequence[Certificate] | None
"""Issuers of a certificate, in any order: one, a PEM bundle, a PKCS #7 file (`.p7b`), or several of these."""


def view_of(value: object) -> memoryview | None:
    """The value as bytes, without a copy; None if it is not bytes."""
    try:
        return memoryview(value).cast("B")  # type: ignore[arg-type]
    except TypeError:
        return None


def text_or_bytes(value: object) -> memoryview | bytes | None:
    """The value as bytes, text as UTF-8; None if it is neither. The core rejects text where it expects bytes."""
    return value.encode(errors="replace") if isinstance(value, str) else view_of(value)


def bytes_of(value: object, name: str) -> memoryview | bytes:
    """The argument as bytes, text as UTF-8. Errors: `ERR_ARGUMENT`."""
    view = text_or_bytes(value)
    if view is None:
        raise argument_error(name, "bytes", value)
    return view


def certificate_bytes(value: Any, name: str = "the certificate") -> memoryview | bytes:
    """A certificate as bytes. Errors: `ERR_ARGUMENT`."""
    x509 = sys.modules.get("cryptography.x509")  # not imported here: no object of a module exists before its import
    if x509 is not None and isinstance(value, x509.Certificate):
        from cryptography.hazmat.primitives.serialization import Encoding

        der: bytes = value.public_bytes(Encoding.DER)
        return der
    content = text_or_bytes(value)
    if content is None:
        raise argument_error(name, "bytes, text or an x509.Certificate", value)
    return content


def public_key_bytes(value: Any) -> memoryview | bytes:
    """A public key, or its certificate, as bytes. Errors: `ERR_ARGUMENT`."""
    if callable(getattr(value, "public_bytes", None)):
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        key = value.public_key() if hasattr(value, "serial_number") else value
        der: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return der
    content = text_or_bytes(value)
    if content is None:
        raise argument_error("the public key", "bytes, text or a public key of `cryptography`", value)
    return content


def chain_bytes(chain: object, name: str = "each certificate of the chain") -> list[memoryview | bytes]:
    """The certificates of a chain, or of another list, as bytes. Errors: `ERR_ARGUMENT`."""
    if chain is None:
        return []
    several = chain if isinstance(chain, Sequence) and text_or_bytes(chain) is None else [chain]
    return [certificate_bytes(one, name) for one in several]


def key_of(value: object) -> memoryview | bytes:
    """The key of a sealed session. Errors: `ERR_ARGUMENT`."""
    view = text_or_bytes(value)
    if view is None:
        raise host_error("key_type", found=type_name(value))
    return view


def is_path(value: object) -> TypeGuard[str | os.PathLike[str]]:
    """Whether an argument is a path."""
    return isinstance(value, (str, os.PathLike))


def check_flag(value: object, name: str) -> bool:
    """The argument. Errors: `ERR_ARGUMENT` if it is not a bool."""
    if not isinstance(value, bool):
        raise argument_error(f"`{name}`", "a bool", value)
    return value
