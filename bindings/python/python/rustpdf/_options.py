"""Options of a signature: as `SigningOptions`, as a mapping, and as keywords of a call."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from ._arguments import bytes_of, chain_bytes, text_or_bytes, view_of
from ._errors import RustpdfError, argument_error, host_error
from ._frame import Buffer, Parts
from ._generated import (
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
        return {**_whole(options), **wire}
    if not isinstance(options, Mapping):
        raise argument_error("`options`", f"{kind.__name__} or a mapping", options)
    return {**_translated(options, kind), **wire}


def framed(options: Mapping[str, Any], parts: Parts) -> tuple[dict[str, Any], Sequence[TimestampService]]:
    """Options as a frame has them, and the timestamp services, of which it has the number alone. Bytes become parts of the frame."""
    wire = dict(options)
    services: Sequence[TimestampService] = ()
    timestamp, validation = wire.get("timestamp"), wire.get("validation")
    if isinstance(timestamp, dict):
        services = timestamp.get("services", ())
        wire["timestamp"] = {**timestamp, "services": len(services)}
    if isinstance(validation, dict):
        listed = {name: [{"part": parts.add(name, item)} for item in validation[name]] for name in _LISTS if name in validation}
        wire["validation"] = {**validation, **listed}
    return wire, services


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
    known = {field.name for field in dataclasses.fields(kind)}
    wire = {}
    for name, value in options.items():
        if not isinstance(name, str):
            raise host_error("option_type")
        if name not in known:
            raise _unknown(name, known)
        wire[_camel(name)] = _value(name, value)
    return wire


def _value(name: str, value: object) -> object:
    if isinstance(value, (FieldLock, SignaturePolicy)):
        return _structure(value)
    if name == "timestamp":
        return _timestamp(value)
    if name == "validation":
        return _validation(value)
    if isinstance(value, Mapping) and name in _NESTED:
        return _translated(value, _NESTED[name])
    if name == "digest":
        view = view_of(value)
        return value if view is None else view.hex()
    return value


def _timestamp(value: object) -> object:
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


def _validation(value: object) -> object:
    """Options of validation by their names of the wire, with the bytes themselves."""
    lists = {}
    if isinstance(value, ValidationOptions):
        lists = {name: _encoded(name, getattr(value, name)) for name in _LISTS}
        return {**_structure(dataclasses.replace(value, trust=(), certificates=(), ocsps=(), crls=())), **lists}
    if isinstance(value, Mapping):
        lists = {name: _encoded(name, item) for name, item in value.items() if name in _LISTS}
        return {**_translated({name: item for name, item in value.items() if name not in _LISTS}, ValidationOptions), **lists}
    return value


def _encoded(name: str, value: object) -> Sequence[Buffer]:
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


def _whole(options: SigningOptions | ExtensionOptions) -> dict[str, Any]:
    wire = _structure(dataclasses.replace(options, timestamp=None, validation=None))
    if options.timestamp is not None:
        wire["timestamp"] = _timestamp(options.timestamp)
    if options.validation is not None:
        wire["validation"] = _validation(options.validation)
    return wire


def _structure(
    value: SigningOptions | ExtensionOptions | FieldLock | SignaturePolicy | TimestampOptions | ValidationOptions,
) -> dict[str, Any]:
    try:
        return value._to_wire()
    except (AttributeError, TypeError) as error:
        raise host_error("option_type") from error


def _unknown(name: str, known: Iterable[str]) -> RustpdfError:
    near = nearest(name, known)
    remedy = "correct its name;" if near is None else f"did you mean `{near}`?"
    return RustpdfError("ERR_OPTION_UNKNOWN", f"there is no option `{name}`; {remedy} docs/options.md lists the options")


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


_LISTS = ("trust", "certificates", "ocsps", "crls")
# RFC 9110, 5.1 and 5.5: a name is a token; a value has no control characters.
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
_NESTED: dict[str, type[Any]] = {"lock": FieldLock, "policy": SignaturePolicy}
