"""The public calls that sign documents of any size."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from types import NoneType
from typing import TYPE_CHECKING, Literal, overload

from ._arguments import Certificate, Chain, Document, Output, Path, check_flag, is_path
from ._call import Call, InTurn, SignCall, SignKeywords, check_keywords, split_keywords
from ._errors import argument_error
from ._machine import Work, drive, drive_async
from ._operations import Kept, Operation, Signatory
from ._options import Options
from ._output import SignedFile
from ._request import AsyncCertifiedSigner, AsyncSignFunction, CertifiedSigner, PrivateKey, SignFunction
from ._session import FileSession
from ._sign import signatories_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._frames import LedgerJob, RecoveredResult


@overload
def sign_file(
    input: Document,
    output: Output,
    *,
    signer: CertifiedSigner,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    replace: bool = False,
    **keywords: Unpack[SignKeywords],
) -> SignedFile: ...


@overload
def sign_file(
    input: Document,
    output: Output,
    *,
    signer: SignFunction | PrivateKey,
    certificate: Certificate,
    chain: Chain = (),
    options: Options = None,
    replace: bool = False,
    **keywords: Unpack[SignKeywords],
) -> SignedFile: ...


def sign_file(
    input: Document,
    output: Output,
    *,
    signer: CertifiedSigner | SignFunction | PrivateKey,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    replace: bool = False,
    **keywords: Unpack[SignKeywords],
) -> SignedFile:
    """Signs a document of any size. It is read once, in pieces, and is never in memory as a whole.

    `output` is one of these:

    - The input itself: the document is signed in place. Its bytes are never touched, and an interruption at any moment loses nothing
      (see `recover_file`).
    - Another path: the file appears there when it is complete and on the disk. An existing file is rejected (`FileExistsError`),
      unless `replace`.
    - A binary file object, positioned at its end.
    - None: the caller appends the bytes of the update to the document.

    The other arguments are those of `sign`. The exception of a call that fails after a signature carries a session (see
    `unfinished_session`).

    >>> rustpdf.sign_file("in.pdf", "out.pdf", signer=signer, reason="Approved").report.field
    'Signature1'
    >>> rustpdf.sign_file("in.pdf", "in.pdf", signer=signer).report.revision
    2
    """
    split, call = split_keywords(sign_file, keywords, SignKeywords, options)
    signatory = Signatory.of(signer, certificate, chain, split)
    return drive(into_output(input, output, [signatory], replace, SignCall(**call)), [signatory.ask])


@overload
async def sign_file_async(
    input: Document,
    output: Output,
    *,
    signer: AsyncCertifiedSigner,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    replace: bool = False,
    **keywords: Unpack[SignKeywords],
) -> SignedFile: ...


@overload
async def sign_file_async(
    input: Document,
    output: Output,
    *,
    signer: AsyncSignFunction | PrivateKey,
    certificate: Certificate,
    chain: Chain = (),
    options: Options = None,
    replace: bool = False,
    **keywords: Unpack[SignKeywords],
) -> SignedFile: ...


async def sign_file_async(
    input: Document,
    output: Output,
    *,
    signer: AsyncCertifiedSigner | AsyncSignFunction | PrivateKey,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    replace: bool = False,
    **keywords: Unpack[SignKeywords],
) -> SignedFile:
    """Signs a document of any size like `sign_file`, with a signer that may return an awaitable.

    A cancelled task leaves nothing behind, unless the output exists already.

    >>> asyncio.run(rustpdf.sign_file_async("in.pdf", "out.pdf", signer=signer)).report.field
    'Signature1'
    """
    split, call = split_keywords(sign_file_async, keywords, SignKeywords, options)
    signatory = Signatory.of(signer, certificate, chain, split)
    made = SignCall(**call)
    return await drive_async(into_output(input, output, [signatory], replace, made), made.control, [signatory.ask_async])


def sign_file_in_turn(
    input: Document,
    output: Output,
    signers: Sequence[CertifiedSigner],
    *,
    replace: bool = False,
    **call: Unpack[InTurn],
) -> SignedFile:
    """Signs a document of any size by several signers, each over the earlier signatures. It is read once.

    >>> len(rustpdf.sign_file_in_turn("in.pdf", "out.pdf", [signer, signer]).reports)
    2
    """
    check_keywords(sign_file_in_turn, call, InTurn)
    signatories = signatories_of(signers)
    return drive(into_output(input, output, signatories, replace, SignCall(**call)), [one.ask for one in signatories])


async def sign_file_in_turn_async(
    input: Document,
    output: Output,
    signers: Sequence[AsyncCertifiedSigner],
    *,
    replace: bool = False,
    **call: Unpack[InTurn],
) -> SignedFile:
    """Signs a document of any size like `sign_file_in_turn`, with signers that may return awaitables.

    >>> len(asyncio.run(rustpdf.sign_file_in_turn_async("in.pdf", "out.pdf", [signer, signer])).reports)
    2
    """
    check_keywords(sign_file_in_turn_async, call, InTurn)
    signatories = signatories_of(signers)
    made = SignCall(**call)
    return await drive_async(into_output(input, output, signatories, replace, made), made.control, [one.ask_async for one in signatories])


def recover_file(path: Path, undo: bool = False, journal_owner: str | int | None = None) -> Literal["nothing", "signed", "original"]:
    """Finishes an interrupted signing in place, as the next signing in place would. With `undo` it restores the original.

    A journal of a user that is neither the caller nor the owner of the file is rejected. `journal_owner` names that user (by name or
    number) and accepts the journal, if the caller is root or owns the file. Temporary files of ended processes are removed.

    Returns the state of the file: `signed`, the `original`, or `nothing` if no signing was interrupted.

    >>> rustpdf.recover_file("in.pdf")
    'nothing'
    """
    return drive(_recover(path, undo, journal_owner, Call()))


async def recover_file_async(
    path: Path, undo: bool = False, journal_owner: str | int | None = None
) -> Literal["nothing", "signed", "original"]:
    """Finishes or undoes an interrupted signing in place like `recover_file`, while the event loop goes on.

    >>> asyncio.run(rustpdf.recover_file_async("in.pdf"))
    'nothing'
    """
    call = Call()
    return await drive_async(_recover(path, undo, journal_owner, call), call.control)


def _recover(path: object, undo: object, journal_owner: object, call: Call) -> Work[Literal["nothing", "signed", "original"]]:
    if not is_path(path):
        raise argument_error("the file", "a path", path)
    undo = check_flag(undo, "undo")
    if not isinstance(journal_owner, (str, int, NoneType)) or isinstance(journal_owner, bool):
        raise argument_error("`journal_owner`", "the name or the number of a user", journal_owner)
    owner = None if journal_owner is None else str(journal_owner)
    with closing(Operation(path, call)) as recovery:
        done = yield from recovery.recover(undo, owner)
    result: RecoveredResult = done.result
    return result["outcome"]


def into_output(
    document: Document,
    output: Output,
    signatories: Sequence[Signatory],
    replace: bool,
    call: SignCall,
    job: LedgerJob | None = None,
) -> Work[SignedFile]:
    """Signs a document into an output. `job` is its job in a ledger; a job that is done already returns no report."""
    with closing(Operation(document, call, output, replace=replace)) as signing:
        kept = Kept.of_all([one.options for one in signatories])
        done = yield from signing.sign(signatories, kept, lambda done, signer: FileSession(document, done, call, kept[signer]), job)
        signed = signing.finish(done)
    for report in signed.reports:
        call.control.warn_of_rest(report.warnings)
        call.report(report)
    return signed
