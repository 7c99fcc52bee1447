"""The public calls that read the facts of a document."""

from __future__ import annotations

from contextlib import closing

from ._arguments import Document
from ._call import Call
from ._errors import argument_error
from ._facts import DocumentInfo
from ._machine import Work, drive, drive_async
from ._operations import Operation


def inspect(pdf: Document, *, password: str | None = None) -> DocumentInfo:
    """Returns the facts of a document: its revisions, form fields, signatures and certificates. It verifies nothing.

    `password` opens an encrypted document.

    >>> info = rustpdf.inspect(signed)
    >>> info.revisions, [signature.field for signature in info.signatures]
    (2, ['Signature1'])

    Raises RustpdfError.
    """
    return drive(_inspect(pdf, password, Call()))


async def inspect_async(pdf: Document, *, password: str | None = None) -> DocumentInfo:
    """Returns the facts of a document like `inspect`, while the event loop goes on.

    >>> asyncio.run(rustpdf.inspect_async(pdf)).signatures
    ()
    """
    call = Call()
    return await drive_async(_inspect(pdf, password, call), call.control)


def _inspect(pdf: Document, password: object, call: Call) -> Work[DocumentInfo]:
    if password is not None and not isinstance(password, str):
        raise argument_error("`password`", "text", password)
    with closing(Operation(pdf, call)) as reading:
        done = yield from reading.inspect(password)
    return DocumentInfo._from_wire(done.result)
