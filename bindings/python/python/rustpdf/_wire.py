"""What crosses the border to the core: frames of a JSON header and a byte payload."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from ._errors import RustpdfError

Buffer: TypeAlias = bytes | bytearray | memoryview


def encode(header: Mapping[str, object], payload: Iterable[Buffer] = ()) -> bytes:
    """The frame: four bytes of length (big-endian), the header as JSON in UTF-8, the payload's pieces.

    Errors: `ERR_OPTION_VALUE` for what JSON cannot hold; nothing but options can be such.
    """
    text = _text(header)
    if text is None:  # the error itself, which may hold the whole header with its password, is gone by now
        raise RustpdfError("ERR_OPTION_VALUE", "an option has a value that it cannot have; give one of the type that is documented")
    return b"".join([len(text).to_bytes(4, "big"), text, *payload])


def decode(frame: bytes) -> tuple[dict[str, Any], memoryview]:
    """The header and the payload, which is a view of the frame. Errors: the one that an error step holds."""
    end = 4 + int.from_bytes(frame[:4], "big")
    header: dict[str, Any] = json.loads(frame[4:end])
    error = header.get("error")
    if error is not None:
        place = error.get("object")
        raise RustpdfError(error["code"], error["message"], error.get("offset"), None if place is None else (place[0], place[1]))
    return header, memoryview(frame)[end:]


def _text(header: Mapping[str, object]) -> bytes | None:
    """The header as JSON; None where it cannot be."""
    try:
        return _JSON.encode(header).encode()
    except (RecursionError, TypeError, ValueError):
        return None


def _other(value: object) -> object:
    """What JSON does not know is refused, bytes among it: as text it would be signed as what nobody meant."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError


_JSON = json.JSONEncoder(separators=(",", ":"), default=_other, ensure_ascii=False, allow_nan=False)
