"""What is raised."""

from __future__ import annotations

from ._generated import ERROR_GROUPS, ErrorCode, ErrorGroup


class RustpdfError(Exception):
    """A failure with a stable code.

    The message says what was found and what to do. It holds no text of the document and no key material, so it may be logged. What a
    callback raises is not wrapped: it reaches the caller as itself, and so does what the system says of a file (`OSError`).
    """

    code: ErrorCode
    """The stable code, such as `ERR_SIGNATURE_MISMATCH`: what a program compares."""

    group: ErrorGroup
    """Whose turn it is, such as `answer`."""

    message: str
    """What was found and what to do."""

    offset: int | None
    """Where in the document it was found, in bytes from its first."""

    object: tuple[int, int] | None
    """The number and generation of the PDF object in which it was found."""

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


class SigningCancelled(Exception):  # noqa: N818 (it is no error that somebody stops)
    """The signing was stopped by the caller's `cancelled`. Nothing was left behind."""


def argument_error(found: str, remedy: str = "give what the documentation names") -> RustpdfError:
    """What is raised where a caller's argument is not what it must be."""
    return RustpdfError("ERR_ARGUMENT", f"{found}; {remedy}")


def file_changed() -> RustpdfError:
    """What is raised where a document is not what it was when the run began."""
    found = "the document changed while it was being signed"
    return RustpdfError("ERR_FILE_CHANGED", f"{found}; sign it again, and let nothing else write to it meanwhile")
