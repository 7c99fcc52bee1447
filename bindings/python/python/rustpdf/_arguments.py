"""What a caller hands over, as bytes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Protocol, TypeAlias

from ._errors import argument_error


class BinaryFile(Protocol):
    """A binary file object that is read: it is not closed."""

    def read(self, size: int = ..., /) -> bytes: ...

    def seek(self, offset: int, whence: int = ..., /) -> int: ...


class WritableFile(Protocol):
    """A binary file object that is written: it is not closed."""

    def write(self, data: bytes, /) -> int | None: ...


BytesLike: TypeAlias = bytes | bytearray | memoryview
"""Bytes that a caller hands over."""

Path: TypeAlias = str | os.PathLike[str]
"""Where a file is."""

Document: TypeAlias = BytesLike | Path | BinaryFile
"""A document to be signed: bytes, where its file is, or a binary file object, which is read from its first byte and not closed."""

Output: TypeAlias = Path | WritableFile | None
"""Where a signed document goes: a path, a binary file object, or with None nowhere. The path of the input itself signs in place."""

Certificate: TypeAlias = BytesLike | str
"""A certificate: DER or PEM as bytes, or PEM as text."""

Chain: TypeAlias = Certificate | Sequence[Certificate] | None
"""The issuers of a certificate, in any order: one, a PEM bundle, or several of either."""


def view_of(value: object) -> memoryview | None:
    """The value as bytes, without a copy; None where it is no bytes."""
    try:
        return memoryview(value).cast("B")  # type: ignore[arg-type]
    except TypeError:
        return None


def text_or_bytes(value: object) -> memoryview | bytes | None:
    """The value as bytes, text as UTF-8; None where it is neither. The core tells text in the wrong place from bytes."""
    return value.encode(errors="replace") if isinstance(value, str) else view_of(value)


def bytes_of(value: object, name: str) -> memoryview | bytes:
    """The argument as bytes, text as UTF-8. Errors: `ERR_ARGUMENT`."""
    view = text_or_bytes(value)
    if view is None:
        raise argument_error(f"{name} must be bytes, and is {type_name(value)}")
    return view


def certificates_of(certificate: object, chain: object) -> list[memoryview | bytes]:
    """The certificate and each part of its chain. Errors: `ERR_ARGUMENT`."""
    parts = [] if chain is None else list(chain) if isinstance(chain, (list, tuple)) else [chain]
    return [bytes_of(certificate, "the certificate"), *(bytes_of(part, "each certificate of the chain") for part in parts)]


def is_path(value: object) -> bool:
    """Whether an argument is a path."""
    return isinstance(value, (str, os.PathLike))


def type_name(value: object) -> str:
    """A value's type, for a message."""
    return "None" if value is None else f"of type {type(value).__name__}"
