"""Exceptions, and the sessions that they carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._generated import ERROR_GROUPS, ErrorCode, ErrorGroup


class RustpdfError(Exception):
    """A failure with a stable code.

    The message says what was found and what to do. It contains no text of the document and no key material, so it may be logged. The
    exception of a callback is not wrapped: it reaches the caller as itself, and so does that of the system about a file (`OSError`).
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


class SigningCancelled(Exception):  # noqa: N818 (a caller that stops a signing meets no error)
    """The caller's `cancelled` stopped the signing, and nothing was left behind. See `unfinished_session` for one after a signature."""


def argument_error(found: str, remedy: str = "give what the documentation names") -> RustpdfError:
    """The error where a caller's argument is not what it must be."""
    return RustpdfError("ERR_ARGUMENT", f"{found}; {remedy}")


def file_changed() -> RustpdfError:
    """The error where a document is not as it was when the run began."""
    found = "the document changed while it was being signed"
    return RustpdfError("ERR_FILE_CHANGED", f"{found}; sign it again, and let nothing else write to it meanwhile")


def error_of(error: Mapping[str, Any]) -> RustpdfError:
    """The error of an error frame."""
    place = error.get("object")
    return RustpdfError(error["code"], error["message"], error.get("offset"), None if place is None else (place[0], place[1]))


def attach_session(error: BaseException, session: object) -> None:
    """Has an exception carry a session. One that was raised before does not keep an old session."""
    if session is None:
        vars(error).pop(_SESSION, None)
    else:
        vars(error)[_SESSION] = _Carried(session)


def session_of(error: BaseException) -> Any:
    """The session that an exception carries, or None."""
    carried = vars(error).get(_SESSION)
    return carried.session if isinstance(carried, _Carried) else None


def move_session(error: BaseException, to: BaseException) -> None:
    """Has another exception carry the session of the first, in whose place it is raised."""
    attach_session(to, session_of(error))


class _Carried:
    """A session that stays behind where its exception goes to another process."""

    def __init__(self, session: object) -> None:
        self.session = session

    def __reduce__(self) -> tuple[type[_Carried], tuple[None]]:
        return (_Carried, (None,))


_SESSION = "_rustpdf_session"
