"""Frames, the form in which steps and answers cross the border to the core: a JSON header and a byte payload."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from ._errors import RustpdfError, error_of

Buffer: TypeAlias = bytes | bytearray | memoryview


def encode(header: Mapping[str, object], payload: Iterable[Buffer] = ()) -> bytes:
    """A frame: four bytes of length (big-endian), the header as JSON in UTF-8, the payload's pieces.

    Errors: `ERR_OPTION_VALUE` for a value that JSON cannot hold; only options can contain one.
    """
    text = _text(header)
    if text is None:  # the error itself, which may hold the whole header with its password, is gone by now
        raise RustpdfError("ERR_OPTION_VALUE", "an option has a value that it cannot have; give one of the type that is documented")
    return b"".join([len(text).to_bytes(4, "big"), text, *payload])


def split(frame: bytes) -> tuple[dict[str, Any], memoryview]:
    """The header and the payload, which is a view of the frame."""
    end = 4 + int.from_bytes(frame[:4], "big")
    header: dict[str, Any] = json.loads(frame[4:end])
    return header, memoryview(frame)[end:]


def decode(frame: bytes) -> tuple[dict[str, Any], memoryview]:
    """The header and the payload of a frame. Errors: the error of an error frame."""
    header, payload = split(frame)
    if header["step"] == "error":
        raise error_of(header["error"])
    return header, payload


def path_to_wire(path: str | bytes) -> str:
    """A path as headers contain it."""
    return os.fsencode(path).hex()


def path_from_wire(path: str) -> str:
    """A path of a header, as text: it appears in the messages of the system's exceptions."""
    return os.fsdecode(bytes.fromhex(path))


def _text(header: Mapping[str, object]) -> bytes | None:
    """The header as JSON; None where it cannot be."""
    try:
        return _JSON.encode(header).encode()
    except (RecursionError, TypeError, ValueError):
        return None


def _other(value: object) -> object:
    """Mappings of any type become objects; all else that JSON does not know is refused.

    Bytes are refused too: as text they would be signed as something that the caller did not mean.
    """
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError


_JSON = json.JSONEncoder(separators=(",", ":"), default=_other, ensure_ascii=False, allow_nan=False)
