"""What crosses the border to the core: frames of a JSON header and a byte payload."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, get_type_hints

from ._errors import RustpdfError

T = TypeVar("T")

Buffer = bytes | bytearray | memoryview


def encode(header: Mapping[str, object], payload: Iterable[Buffer] = ()) -> bytes:
    """The frame: four bytes of length (big-endian), the header as JSON in UTF-8, the payload's pieces."""
    text = json.dumps(to_wire(header), separators=(",", ":")).encode()
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


def to_wire(value: object) -> object:
    """A value as the header has it: bytes in hexadecimal, names of fields in camelCase, what is None left out.

    What JSON does not know goes as the name of its type, so that the core can refuse it.
    """
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # JSON knows neither infinity nor what is no number
    if isinstance(value, (bytes, bytearray, memoryview)):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(key): to_wire(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_wire(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        items = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {_camel(name): to_wire(item) for name, item in items if item is not None}
    return type(value).__name__


def from_wire(kind: Callable[..., T], wire: Mapping[str, Any], **more: object) -> T:
    """The dataclass `kind` of what the header has, with `more` fields that it does not have."""
    return kind(**{name: read(wire[key]) for name, key, read in _readers(kind) if wire.get(key) is not None}, **more)


@cache
def _readers(kind: Any) -> list[tuple[str, str, Any]]:
    """Of each field its name, that on the wire, and how its value is read."""
    hints = get_type_hints(kind)
    return [(field.name, _camel(field.name), _reader(hints[field.name])) for field in fields(kind)]


def _reader(hint: Any) -> Any:
    # Of a union (with None) and of a list the parts tell what stands in it.
    parts = getattr(hint, "__args__", ())
    inner: Any = next((part for part in parts if is_dataclass(part)), None)
    if hint is bytes or bytes in parts:
        return bytes.fromhex
    if inner is not None:
        return lambda items: tuple(from_wire(inner, item) for item in items)
    return lambda value: tuple(value) if isinstance(value, list) else value


@cache
def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
