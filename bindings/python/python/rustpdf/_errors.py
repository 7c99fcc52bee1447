"""Exceptions, and the sessions that they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._generated import ERROR_GROUPS, HOST_ERRORS, NAMES, ErrorCode, ErrorGroup, HostErrorName, WarningCode

if TYPE_CHECKING:
    from ._frames import ErrorFrame


class RustpdfError(Exception):
    """A failure with a stable code.

    The message says what was found and what to do. It contains no text of the document except names of fields, and no key material, so it
    may be logged. The exception of a callback is not wrapped: it reaches the caller unchanged, and so does the system's exception about a
    file (`OSError`).
    """

    code: ErrorCode
    """Stable code, such as `ERR_SIGNATURE_MISMATCH`, for programs to compare."""

    group: ErrorGroup
    """Part that has to change, such as `answer`."""

    message: str
    """What was found and what to do."""

    offset: int | None
    """Place in the document, in bytes from its first."""

    object: tuple[int, int] | None
    """Number and generation of the PDF object in which it was found."""

    def __init__(self, code: ErrorCode, message: str, offset: int | None = None, object: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.group = ERROR_GROUPS[code]
        self.message = message
        self.offset = offset
        self.object = object

    def __reduce__(self) -> tuple[type[RustpdfError], tuple[ErrorCode, str, int | None, tuple[int, int] | None]]:
        return (RustpdfError, (self.code, self.message, self.offset, self.object))

    def __repr__(self) -> str:
        return f"RustpdfError({self.code!r}, {self.message!r})"


class SigningWarning(UserWarning):
    """A warning that no callback received."""

    code: WarningCode
    """Stable code, such as `WARN_CHAIN_INCOMPLETE`."""

    def __init__(self, code: WarningCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class SigningCancelled(Exception):  # noqa: N818 (the caller's own wish is not an error)
    """The caller's `cancelled` stopped the signing, and nothing was left behind. See `unfinished_session` for one after a signature."""


def host_error(error: HostErrorName, /, **parameters: object) -> RustpdfError:
    """An error that the package itself raises. `parameters` fill the braces of its message."""
    code, message = HOST_ERRORS[error]
    return RustpdfError(code, message.format(**parameters))


def argument_error(name: str, expected: str, value: object) -> RustpdfError:
    """The error for an argument of a type that is not expected."""
    return host_error("argument_type", name=name, expected=expected, found=type_name(value))


def type_name(value: object) -> str:
    """Type of a value, for a message."""
    return "None" if value is None else f"a value of type {type(value).__name__}"


def file_changed() -> RustpdfError:
    """The error for a document that is not as it was when the run began."""
    return host_error("source_changed", found="the document changed while it was being signed")


def error_of(error: ErrorFrame) -> RustpdfError:
    """The error of an error frame."""
    place = error.get("object")
    message = error["message"]
    if error["code"] != "ERR_OPTION_UNKNOWN":  # that name is the caller's
        for name, own in NAMES.items():
            message = message.replace(f"`{name}`", f"`{own}`")
    return RustpdfError(error["code"], message, error.get("offset"), None if place is None else (place[0], place[1]))


def attach_session(error: BaseException, session: object) -> None:
    """Attaches a session to an exception. An exception that was raised before does not keep an old session."""
    if session is None:
        vars(error).pop(_SESSION, None)
    else:
        vars(error)[_SESSION] = _Carried(session)


def session_of(error: BaseException) -> Any:
    """The session that an exception carries, or None."""
    carried = vars(error).get(_SESSION)
    return carried.session if isinstance(carried, _Carried) else None


class _Carried:
    """A session that an exception carries. It is dropped if the exception is pickled for another process."""

    def __init__(self, session: object) -> None:
        self.session = session

    def __reduce__(self) -> tuple[type[_Carried], tuple[None]]:
        return (_Carried, (None,))


_SESSION = "_rustpdf_session"
