"""Frames: a JSON header and a byte payload, the form in which steps and answers cross the border to the core."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from ._errors import error_of, host_error

if TYPE_CHECKING:
    from ._frames import CallOperation, PartLength, StartOperation, StepFrame

Buffer: TypeAlias = bytes | bytearray | memoryview


class Parts:
    """Payload of a start or call frame: byte strings, each under a name of its own."""

    def __init__(self) -> None:
        self.lengths: list[PartLength] = []
        self.payload: list[Buffer] = []

    def add(self, kind: str, content: Buffer) -> str:
        """Appends a byte string and returns its name."""
        name = f"{kind} {len(self.payload)}"
        self.lengths.append({"name": name, "length": len(content)})
        self.payload.append(content)
        return name

    def add_optional(self, kind: str, content: Buffer | None) -> str | None:
        """Appends a byte string if there is one, and returns its name."""
        return None if content is None else self.add(kind, content)


def encode_operation(operation: StartOperation | CallOperation, fields: Mapping[str, object], parts: Parts) -> bytes:
    """A start or call frame. Errors: as `encode`."""
    return encode({"operation": operation, **fields, "parts": parts.lengths}, parts.payload)


def encode(header: Mapping[str, object], payload: Iterable[Buffer] = ()) -> bytes:
    """A frame: the length of its header in four bytes (big-endian), the header as JSON in UTF-8, the pieces of the payload.

    Errors: `ERR_OPTION_VALUE` for a value that JSON cannot hold; only options can contain one.
    """
    text = _text(header)
    if text is None:  # raised here, because the exception of JSON may hold the whole header with its password
        raise host_error("option_type")
    return b"".join([len(text).to_bytes(4, "big"), text, *payload])


def split(frame: bytes) -> tuple[StepFrame, memoryview]:
    """The header and the payload, which is a view of the frame."""
    end = 4 + int.from_bytes(frame[:4], "big")
    header: StepFrame = json.loads(frame[4:end])
    return header, memoryview(frame)[end:]


def decode(frame: bytes) -> tuple[StepFrame, memoryview]:
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
    """The header as JSON; None where JSON cannot hold it."""
    try:
        # Half of a surrogate pair becomes its escape, which the core refuses by the name of the option.
        return _JSON.encode(header).encode(errors="backslashreplace")
    except (RecursionError, TypeError, ValueError):
        return None


def _object(value: object) -> object:
    """Translates mappings of any type to objects. JSON rejects everything else.

    Bytes are rejected too: as text they would be signed as something that the caller did not mean.
    """
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError


_JSON = json.JSONEncoder(separators=(",", ":"), default=_object, ensure_ascii=False, allow_nan=False)
