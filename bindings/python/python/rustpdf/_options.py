"""Options of a signature: as `SigningOptions`, as a mapping, and as keywords of a call."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from ._arguments import view_of
from ._errors import RustpdfError, argument_error, host_error
from ._generated import FieldLock, OptionKeywords, SignaturePolicy, SigningOptions

Options: TypeAlias = SigningOptions | OptionKeywords | Mapping[str, Any] | None
"""Options of a signature: `SigningOptions`, or a mapping with the names of its fields, such as `{"field_name": "Approval"}`."""


def options_to_wire(options: object, keywords: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Options by their names of the wire. Keywords replace single ones.

    Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`, `ERR_OPTION_VALUE`.
    """
    wire = _translated(keywords, SigningOptions) if keywords else {}
    if options is None:
        return wire
    if isinstance(options, SigningOptions):
        return {**_structure(options), **wire}
    if not isinstance(options, Mapping):
        raise argument_error("`options`", "SigningOptions or a mapping", options)
    return {**_translated(options, SigningOptions), **wire}


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
    if isinstance(value, Mapping) and name in _NESTED:
        return _translated(value, _NESTED[name])
    if name == "digest":
        view = view_of(value)
        return value if view is None else view.hex()
    return value


def _structure(value: SigningOptions | FieldLock | SignaturePolicy) -> dict[str, Any]:
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


_NESTED: dict[str, type[Any]] = {"lock": FieldLock, "policy": SignaturePolicy}
