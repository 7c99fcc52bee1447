"""Types of arguments, and their conversion to bytes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Protocol, TypeAlias, TypeGuard

from ._errors import argument_error, host_error, type_name


class BinaryFile(Protocol):
    """A binary file object to read. It is not closed."""

    def read(self, size: int = ..., /) -> bytes: ...

    def seek(self, offset: int, whence: int = ..., /) -> int: ...


class WritableFile(Protocol):
    """A binary file object to write. It is not closed."""

    def write(self, data: bytes, /) -> int | None: ...


BytesLike: TypeAlias = bytes | bytearray | memoryview
"""Bytes of an argument."""

Path: TypeAlias = str | os.PathLike[str]
"""Path of a file."""

Document: TypeAlias = BytesLike | Path | BinaryFile
"""A document to be signed: bytes, the path of its file, or a binary file object, which is read from its first byte and not closed."""

Output: TypeAlias = Path | WritableFile | None
"""Place of a signed document: a path, a binary file object, or None for no place. The path of the input itself signs in place."""

Certificate: TypeAlias = BytesLike | str
"""A certificate: DER or PEM as bytes, or PEM as text."""

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


def key_of(value: object) -> memoryview | bytes:
    """The key of a sealed session. Errors: `ERR_ARGUMENT`."""
    view = text_or_bytes(value)
    if view is None:
        raise host_error("key_type", found=type_name(value))
    return view


def is_path(value: object) -> TypeGuard[str | os.PathLike[str]]:
    """Whether an argument is a path."""
    return isinstance(value, (str, os.PathLike))


def check_flag(value: object, name: str) -> None:
    """Errors: `ERR_ARGUMENT` if an argument is not a bool."""
    if not isinstance(value, bool):
        raise argument_error(f"`{name}`", "a bool", value)
