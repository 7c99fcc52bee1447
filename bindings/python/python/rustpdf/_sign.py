"""The public calls that sign at once, into memory and into files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal

from ._arguments import Certificate, Chain, Document, Output, Path, check_flag, is_path
from ._call import Call, SigningCall
from ._errors import argument_error
from ._machine import Work, drive, drive_async
from ._operations import Operation, Options, Signatory
from ._output import SignedFile
from ._request import AsyncSigner, Signer, ask_of
from ._session import FileSession, Session

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._call import Signing
    from ._frames import RecoveredResult


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

    `signer(data)` or `signer(data, request)` receives the bytes to sign and returns the raw signature over them (see `Signer`). Its
    exceptions reach the caller unchanged. A signature is embedded only if it verifies with the certificate.

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

    The thread of the event loop calls the signer; other threads read and hash. A cancelled task leaves nothing behind. A `bytearray` or
    `memoryview` is not copied: it must not change meanwhile.
    """
    return await sign_in_turn_async(pdf, [Signatory(certificate, signer, chain, options)], **call)


def sign_in_turn(pdf: Document, signatories: Sequence[Signatory[Signer]], **call: Unpack[Signing]) -> bytes:
    """Signs a PDF by several signers, each over the earlier signatures, as one call after the other would. The document is hashed once.

    A wrong certificate or option is rejected before the first signature.
    """
    made = SigningCall(**call)
    return drive(_in_memory(pdf, signatories, made), _asks(signatories))


async def sign_in_turn_async(pdf: Document, signatories: Sequence[Signatory[AsyncSigner]], **call: Unpack[Signing]) -> bytes:
    """Signs a PDF like `sign_in_turn`, with signers that may return awaitables."""
    made = SigningCall(**call)
    return await drive_async(_in_memory(pdf, signatories, made), made.control, _asks(signatories))


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
    """Signs a document of any size. It is read once, in pieces, and is never in memory as a whole.

    `output` is

    - the input itself, which is then signed in place: the bytes of the document are never touched, and an interruption at any moment loses
      nothing (see `recover_file`);
    - another path: the file appears there when it is complete and on the disk. An existing file is rejected (`FileExistsError`), unless
      `replace`;
    - a binary file object, positioned at its end;
    - None for the bytes of the update alone, to be appended to the document.

    The exception of a call that fails after a signature was made carries a session (see `unfinished_session`).
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

    A cancelled task leaves nothing behind, unless the output exists already.
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
    """Signs a document of any size by several signers, each over the earlier signatures. It is read once."""
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


def recover_file(path: Path, undo: bool = False, journal_owner: str | int | None = None) -> Literal["nothing", "signed", "original"]:
    """Finishes an interrupted signing in place, as the next signing in place would; or with `undo` restores the original.

    A journal of a user that is neither the caller nor the owner of the file is rejected, unless `journal_owner` names that user (by name or
    number), and the caller is root or owns the file. Temporary files of processes that ended are removed.

    Returns the state of the file: `signed`, the `original`, or `nothing` if no signing was interrupted.
    """
    if not is_path(path):
        raise argument_error("the file", "a path", path)
    check_flag(undo, "undo")
    if not isinstance(journal_owner, (str, int, NoneType)) or isinstance(journal_owner, bool):
        raise argument_error("`journal_owner`", "the name or the number of a user", journal_owner)
    owner = None if journal_owner is None else str(journal_owner)
    with closing(Operation(path, Call())) as recovery:
        result: RecoveredResult = drive(recovery.recover(undo, owner)).result
        return result["outcome"]


def _in_memory(pdf: Document, signatories: Sequence[Signatory[Any]], call: SigningCall) -> Work[bytes]:
    with closing(Operation(pdf, call, in_memory=True)) as signing:
        done = yield from signing.sign(signatories, lambda unfinished: Session(signing.content(), unfinished, call))
        signed = b"".join([signing.content(), done.payload])
    for report in done.reports:
        call.report(report)
    return signed


def _into_output(
    document: Document, output: Output, signatories: Sequence[Signatory[Any]], replace: bool, call: SigningCall
) -> Work[SignedFile]:
    with closing(Operation(document, call, output, replace=replace)) as signing:
        done = yield from signing.sign(signatories, lambda unfinished: FileSession(document, unfinished, call))
        signed = signing.finish(done)
    for report in signed.reports:
        call.report(report)
    return signed


def _asks(signatories: object) -> list[Callable[..., Any]]:
    if not isinstance(signatories, (list, tuple)):
        raise argument_error("`signatories`", "a list", signatories)
    for one in signatories:
        if not isinstance(one, Signatory):
            raise argument_error("each signer", "a Signatory", one)
    return [ask_of(one.signer) for one in signatories]
