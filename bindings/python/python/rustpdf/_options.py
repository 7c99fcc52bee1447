"""Options of a signature: as `SigningOptions`, as a mapping, and as keywords of a call."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from ._arguments import bytes_of, chain_bytes, text_or_bytes, view_of
from ._errors import RustpdfError, argument_error, host_error
from ._frame import Buffer, Parts
from ._generated import (
    Appearance,
    AppearanceBorder,
    AppearanceFont,
    AppearanceImage,
    AppearanceLabels,
    AppearancePdf,
    BoxPosition,
    EmptyField,
    ExtensionKeywords,
    ExtensionOptions,
    FieldLock,
    OptionKeywords,
    SignaturePolicy,
    SigningOptions,
    TimestampOptions,
    TimestampService,
    ValidationOptions,
)

Options: TypeAlias = SigningOptions | OptionKeywords | Mapping[str, Any] | None
"""Options of a signature: `SigningOptions`, or a mapping with the names of its fields, such as `{"field_name": "Approval"}`."""

Extension: TypeAlias = ExtensionOptions | ExtensionKeywords | Mapping[str, Any] | None
"""Options of `extend` and `timestamp`: `ExtensionOptions`, or a mapping with the names of its fields."""


def options_to_wire(
    options: object, keywords: Mapping[str, Any] | None = None, kind: type[SigningOptions | ExtensionOptions] = SigningOptions
) -> dict[str, Any]:
    """Options by their names of the wire. Keywords replace single ones. `framed` makes them those of a frame.

    Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`, `ERR_OPTION_VALUE`.
    """
    wire = _translated(keywords, kind) if keywords else {}
    if options is None:
        return wire
    if isinstance(options, kind):
        return {**_structure(options), **wire}
    if not isinstance(options, Mapping):
        raise argument_error("`options`", f"{kind.__name__} or a mapping", options)
    return {**_translated(options, kind), **wire}


def framed(options: Mapping[str, Any], parts: Parts) -> tuple[dict[str, Any], Sequence[TimestampService]]:
    """Options as a frame has them, and the timestamp services, of which it has the number alone. Bytes become parts of the frame."""
    wire = dict(options)
    services: Sequence[TimestampService] = ()
    timestamp = wire.get("timestamp")
    if isinstance(timestamp, dict):
        services = timestamp.get("services", ())
        wire["timestamp"] = {**timestamp, "services": len(services)}
    return {name: _parted(value, parts) for name, value in wire.items()}, services


def _parted(value: object, parts: Parts) -> object:
    """A value, in which parts of the frame stand for bytes: a font may have megabytes."""
    if isinstance(value, dict):
        return {name: _parted(item, parts) for name, item in value.items()}
    if isinstance(value, list):
        return [item if isinstance(item, list) else _parted(item, parts) for item in value]
    return {"part": parts.add("option", value)} if isinstance(value, (bytes, memoryview)) else value


def services_of(given: object) -> list[TimestampService]:
    """Timestamp services of the caller. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`; none contains an address or a field."""
    if not isinstance(given, (list, tuple)):
        raise argument_error("`timestamp.services`", "a list of TimestampService", given)
    return [_service(one) for one in given]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a wrong one probably means: the same in the spelling of another language, or a similar one."""
    import difflib  # here, because only an error needs it

    known = list(known)
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return snake if snake in known else next(iter(difflib.get_close_matches(snake, known, 1)), None)


def _translated(options: Mapping[str, Any], kind: type[Any]) -> dict[str, Any]:
    """A mapping by the names of the wire. `kind` is the class with the same fields."""
    known = _names(kind)
    wire = {}
    for name, value in options.items():
        if not isinstance(name, str):
            raise host_error("option_type")
        if name not in known:
            raise _unknown(name, known)
        wire[known[name]] = _value(name, value)
    return wire


def _structure(value: object) -> dict[str, Any]:
    """A structure by the names of the wire, without what is absent."""
    fields = ((name, wire, getattr(value, name)) for name, wire in _names(type(value)).items())
    return {wire: _value(name, item) for name, wire, item in fields if item is not None}


def _names(kind: type[Any]) -> dict[str, str]:
    """Names of the fields of a class, and their names of the wire."""
    names = _NAMES.get(kind)
    if names is None:
        names = _NAMES[kind] = {field.name: _camel(field.name) for field in dataclasses.fields(kind)}
    return names


def _value(name: str, value: object) -> object:
    """The value of an option, with bytes as `bytes` or views of them."""
    if value is None or (isinstance(value, (str, int, float)) and name not in _CONTENTS):
        return value
    if name in _CONTENTS:
        return _CONTENTS[name](name, value)
    if isinstance(value, Mapping):
        return _translated(value, _NESTED[name]) if name in _NESTED else value
    if isinstance(value, _STRUCTURES):
        return _structure(value)
    view = view_of(value)
    if view is not None:
        return bytes(view)
    if isinstance(value, Sequence):  # a list in a list has numbers only
        return [item if isinstance(item, Sequence) else _value(name, item) for item in value]
    return value


def _file(name: str, value: object) -> bytes:
    """Content of a file. Text is refused: it may come from a stranger, and files of this machine are not for strangers.

    Errors: `ERR_ARGUMENT`, `OSError`.
    """
    if isinstance(value, os.PathLike):
        return Path(value).read_bytes()
    view = view_of(value)
    if view is None:
        raise argument_error(f"`{name}` of an appearance", "bytes or a pathlib.Path", value)
    return bytes(view)


def _timestamp(_: str, value: object) -> object:
    """Options of timestamps by their names of the wire, with the services themselves."""
    if isinstance(value, TimestampOptions):
        return {**_structure(dataclasses.replace(value, services=())), "services": services_of(value.services)}
    if isinstance(value, Mapping):
        given = {name: item for name, item in value.items() if name != "services"}
        return {**_translated(given, TimestampOptions), "services": services_of(value.get("services", ()))}
    return value


def _service(value: object) -> TimestampService:
    if isinstance(value, Mapping):
        known = {field.name for field in dataclasses.fields(TimestampService)}
        for name in value:
            if name not in known:
                raise _unknown(str(name), known)
        if "url" not in value:
            raise host_error("argument_missing", name="`url` of a timestamp service")
        value = TimestampService(**value)
    if not isinstance(value, TimestampService):
        raise argument_error("each of `timestamp.services`", "a TimestampService or a mapping", value)
    from ._addresses import Place  # here, because few signatures need it

    url: object = value.url
    fields: object = value.headers
    try:
        Place.of(url if isinstance(url, str) else "")
    except ValueError:
        raise _wrong("the `url` of a timestamp service is not an address with http or https") from None
    if not isinstance(fields, Mapping) or not all(
        isinstance(name, str) and _FIELD_NAME.fullmatch(name) and isinstance(text, str) and _FIELD_VALUE.fullmatch(text)
        for name, text in fields.items()
    ):
        raise _wrong("`headers` of a timestamp service are not names and values of header fields")
    return value


def _wrong(message: str) -> RustpdfError:
    return RustpdfError("ERR_OPTION_VALUE", f"{message}; correct it")


def _certificates(name: str, value: object) -> Sequence[Buffer]:
    """A list of certificates, OCSP responses or revocation lists as bytes. One alone counts as a list. Errors: `ERR_ARGUMENT`."""
    if name in ("trust", "certificates"):
        return chain_bytes(value, f"each of `validation.{name}`")
    several = value if isinstance(value, Sequence) and text_or_bytes(value) is None else [value]
    return [bytes_of(_der(one), f"each of `validation.{name}`") for one in several]


def _der(value: Any) -> object:
    """The DER of an OCSP response or a revocation list of the package `cryptography`; another value itself."""
    if type(value).__module__.split(".")[0] != "cryptography" or not hasattr(value, "public_bytes"):
        return value
    from cryptography.hazmat.primitives.serialization import Encoding

    return value.public_bytes(Encoding.DER)


def _unknown(name: str, known: Iterable[str]) -> RustpdfError:
    near = nearest(name, known)
    remedy = "correct its name;" if near is None else f"did you mean `{near}`?"
    return RustpdfError("ERR_OPTION_UNKNOWN", f"there is no option `{name}`; {remedy} docs/options.md lists the options")


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


# RFC 9110, 5.1 and 5.5: a name is a token; a value has no control characters.
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
# No two options of a name differ in their type.
_NESTED: dict[str, type[Any]] = {
    "appearance": Appearance,
    "border": AppearanceBorder,
    "empty_fields": EmptyField,
    "font": AppearanceFont,
    "image": AppearanceImage,
    "labels": AppearanceLabels,
    "lock": FieldLock,
    "pdf": AppearancePdf,
    "policy": SignaturePolicy,
    "position": BoxPosition,
    "validation": ValidationOptions,
}
_STRUCTURES = tuple(_NESTED.values())
_NAMES: dict[type[Any], dict[str, str]] = {}
_CONTENTS: dict[str, Callable[[str, object], object]] = {
    "bold": _file,
    "certificates": _certificates,
    "crls": _certificates,
    "data": _file,
    "ocsps": _certificates,
    "regular": _file,
    "timestamp": _timestamp,
    "trust": _certificates,
}
