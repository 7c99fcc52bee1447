"""Signing in one call: into memory, and into files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ._arguments import Certificate, Chain, Document, Output, Path, is_path, type_name
from ._call import SigningCall
from ._document import MemoryDocument, StreamedDocument
from ._errors import argument_error
from ._generated import Report
from ._machine import Done, Story, drive, drive_async
from ._operations import Options, Signatory, sign
from ._output import Copy, open_output
from ._request import AsyncSigner, Signer, ask_of
from ._source import open_source, read_document

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._call import Signing


@dataclass(frozen=True)
class SignedFile:
    """A document that was signed."""

    update: bytes = field(repr=False)
    """What was appended, or is to be appended, to the document: a few kilobytes."""

    reports: Sequence[Report]
    """What was done by each who signed."""

    copy: Copy
    """How the document got into the output: `none`, as a `clone` that shares its blocks, by the `kernel`, or by a `read`."""

    @property
    def report(self) -> Report:
        """What was done; of several signatures the last."""
        return self.reports[-1]


def sign_with(
    pdf: Document,
    certificate: Certificate,
    signer: Signer,
    *,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> bytes:
    """Signs a PDF with a key that stays where it is, and returns the signed document.

    `signer(data)` or `signer(data, request)` gets the bytes to sign and returns the raw signature over them (see `Signer`). What it raises
    reaches the caller unchanged. Nothing is embedded that does not verify with the certificate.

    `pdf` is bytes, a path, or a binary file object. `call` is documented by `Signing`: `signing_time`, `entropy`, `on_report`,
    `on_progress`, `cancelled`.

    Raises RustpdfError.
    """
    return sign_in_turn(pdf, [Signatory(certificate, signer, chain, options)], **call)


async def sign_with_async(
    pdf: Document,
    certificate: Certificate,
    signer: AsyncSigner,
    *,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> bytes:
    """Signs a PDF like `sign_with`, with a signer that may return an awaitable.

    The signer is called in the thread of the event loop; reading and hashing are done in others. When the task is cancelled, nothing
    is left behind. A `bytearray` or `memoryview` is not copied: it must not change meanwhile.
    """
    return await sign_in_turn_async(pdf, [Signatory(certificate, signer, chain, options)], **call)


def sign_in_turn(pdf: Document, signatories: Sequence[Signatory[Signer]], **call: Unpack[Signing]) -> bytes:
    """Signs a PDF by several signers, each over the signatures before, as one call after the other would. The document is hashed once.

    A certificate or option that is wrong is refused before anybody signs.
    """
    made = SigningCall(**call)
    return drive(_into_memory(pdf, signatories, made), _asks(signatories))


async def sign_in_turn_async(pdf: Document, signatories: Sequence[Signatory[AsyncSigner]], **call: Unpack[Signing]) -> bytes:
    """Signs a PDF like `sign_in_turn`, with signers that may return awaitables."""
    made = SigningCall(**call)
    return await drive_async(_into_memory(pdf, signatories, made), made.control, _asks(signatories))


def sign_file_with(
    input: Document,
    output: Output,
    certificate: Certificate,
    signer: Signer,
    *,
    chain: Chain = None,
    options: Options = None,
    replace: bool = False,
    **call: Unpack[Signing],
) -> SignedFile:
    """Signs a document of any size: it is read once, in pieces, and never in memory as a whole.

    `output` is

    - the input itself, which is then signed in place: the bytes of the document are never touched, and an interruption at any moment loses
      nothing (see `recover_file`);
    - another path: the file appears under it when it is complete, and on the disk. One that is there is refused (`FileExistsError`),
      unless `replace`;
    - a binary file object that stands at its end;
    - None for nothing but the update's bytes, to be appended to the document.
    """
    return sign_file_in_turn(input, output, [Signatory(certificate, signer, chain, options)], replace=replace, **call)


async def sign_file_with_async(
    input: Document,
    output: Output,
    certificate: Certificate,
    signer: AsyncSigner,
    *,
    chain: Chain = None,
    options: Options = None,
    replace: bool = False,
    **call: Unpack[Signing],
) -> SignedFile:
    """Signs a document of any size like `sign_file_with`, with a signer that may return an awaitable.

    When the task is cancelled, nothing is left behind, unless it is too late and the output is there.
    """
    return await sign_file_in_turn_async(input, output, [Signatory(certificate, signer, chain, options)], replace=replace, **call)


def sign_file_in_turn(
    input: Document,
    output: Output,
    signatories: Sequence[Signatory[Signer]],
    *,
    replace: bool = False,
    **call: Unpack[Signing],
) -> SignedFile:
    """Signs a document of any size by several signers, each over the signatures before. It is read once."""
    made = SigningCall(**call)
    return drive(_into_output(input, output, signatories, replace, made), _asks(signatories))


async def sign_file_in_turn_async(
    input: Document,
    output: Output,
    signatories: Sequence[Signatory[AsyncSigner]],
    *,
    replace: bool = False,
    **call: Unpack[Signing],
) -> SignedFile:
    """Signs a document of any size like `sign_file_in_turn`, with signers that may return awaitables."""
    made = SigningCall(**call)
    return await drive_async(_into_output(input, output, signatories, replace, made), made.control, _asks(signatories))


def recover_file(path: Path, *, undo: bool = False) -> Literal["nothing", "signed", "original"]:
    """Finishes a signing in place that was interrupted, or with `undo` gives the original back. The next signing does so by itself.

    Returns what the file is now: `signed`, the `original`, or `nothing` where nothing was to be done.
    """
    from ._files.recover import recover

    if not is_path(path):
        raise argument_error(f"the file must be a path, and is {type_name(path)}")
    if not isinstance(undo, bool):
        raise argument_error(f"undo must be a bool, and is {type_name(undo)}")
    return recover(os.path.realpath(os.fsdecode(path), strict=True), undo)


def _into_memory(pdf: Document, signatories: Sequence[Signatory[Any]], call: SigningCall) -> Story[bytes]:
    content = read_document(pdf, call.control)
    done = yield from _signed(MemoryDocument(content, call.control), signatories, call)
    for report in done.reports:
        call.report(report)
    return b"".join([content, done.payload])


def _into_output(
    document: Document, output: Output, signatories: Sequence[Signatory[Any]], replace: bool, call: SigningCall
) -> Story[SignedFile]:
    source = open_source(document)
    try:
        target = open_output(source, output, replace, call.control)
        try:
            done = yield from _signed(StreamedDocument(source, call.control, target.sink), signatories, call)
            target.commit(done.payload)
        finally:
            target.end()
    finally:
        source.close()
    for report in done.reports:
        call.report(report)
    return SignedFile(bytes(done.payload), done.reports, target.copy)


def _signed(document: MemoryDocument | StreamedDocument, signatories: Sequence[Signatory[Any]], call: SigningCall) -> Story[Done]:
    return (yield from sign(document, [(one.certificate, one.chain, one.options) for one in signatories], call))


def _asks(signatories: object) -> list[Callable[..., Any]]:
    if not isinstance(signatories, (list, tuple)):
        raise argument_error(f"the signers must be a list, and are {type_name(signatories)}")
    for one in signatories:
        if not isinstance(one, Signatory):
            raise argument_error(f"each signer must be a Signatory, and is {type_name(one)}")
    return [ask_of(one.signer) for one in signatories]
