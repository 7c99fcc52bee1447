"""The public calls that sign a document in memory."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, overload

from ._arguments import Certificate, Chain, Document
from ._call import InTurn, SignCall, Signing, SignKeywords, check_keywords, split_keywords
from ._errors import argument_error
from ._machine import Work, drive, drive_async
from ._operations import Kept, Operation, Signatory
from ._options import Options, options_to_wire
from ._output import Signed
from ._request import AsyncCertifiedSigner, AsyncSignFunction, CertifiedSigner, PrivateKey, SignFunction
from ._session import Session

if TYPE_CHECKING:
    from typing_extensions import Unpack


@overload
def sign(
    pdf: Document,
    *,
    signer: CertifiedSigner,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    **keywords: Unpack[SignKeywords],
) -> Signed: ...


@overload
def sign(
    pdf: Document,
    *,
    signer: SignFunction | PrivateKey,
    certificate: Certificate,
    chain: Chain = (),
    options: Options = None,
    **keywords: Unpack[SignKeywords],
) -> Signed: ...


def sign(
    pdf: Document,
    *,
    signer: CertifiedSigner | SignFunction | PrivateKey,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    **keywords: Unpack[SignKeywords],
) -> Signed:
    """Signs a PDF and returns it with a report. The key stays where it is.

    `signer` is a value that carries its certificate (see `Signer`), a function (see `SignFunction`) or a private key of the package
    `cryptography`. A function and a key need `certificate`. A signature is embedded only if it verifies with the certificate.

    `keywords` are the options of `SigningOptions` and the keywords of `Watching`, `Online` and `Moment`. They replace single ones of
    `options`. A `level` above B-B asks servers: timestamp services, and those that certificates name.
    The exceptions of the signer reach the caller unchanged.

    >>> signed = rustpdf.sign(pdf, signer=key, certificate=certificate, chain=chain, reason="Approved")
    >>> signed.report.field, signed.report.revision
    ('Signature1', 2)
    >>> visible = rustpdf.sign(pdf, signer=signer, appearance={"rect": [20, 20, 180, 70], "text": "**{name}**"})
    >>> visible.report.page, visible.report.rect
    (1, (20, 20, 180, 70))

    Raises RustpdfError, and TypeError for an unknown keyword.
    """
    split, call = split_keywords(sign, keywords, SignKeywords, options)
    signatory = Signatory.of(signer, certificate, chain, split)
    return drive(_in_memory(pdf, [signatory], SignCall(**call)), [signatory.ask])


@overload
async def sign_async(
    pdf: Document,
    *,
    signer: AsyncCertifiedSigner,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    **keywords: Unpack[SignKeywords],
) -> Signed: ...


@overload
async def sign_async(
    pdf: Document,
    *,
    signer: AsyncSignFunction | PrivateKey,
    certificate: Certificate,
    chain: Chain = (),
    options: Options = None,
    **keywords: Unpack[SignKeywords],
) -> Signed: ...


async def sign_async(
    pdf: Document,
    *,
    signer: AsyncCertifiedSigner | AsyncSignFunction | PrivateKey,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    **keywords: Unpack[SignKeywords],
) -> Signed:
    """Signs a PDF like `sign`, with a signer that may return an awaitable.

    The thread of the event loop calls the signer. Other threads read and hash. A cancelled task leaves nothing behind. A `bytearray` or
    `memoryview` is not copied: it must not change meanwhile.

    >>> asyncio.run(rustpdf.sign_async(pdf, signer=signer)).report.field
    'Signature1'
    """
    split, call = split_keywords(sign_async, keywords, SignKeywords, options)
    signatory = Signatory.of(signer, certificate, chain, split)
    made = SignCall(**call)
    return await drive_async(_in_memory(pdf, [signatory], made), made.control, [signatory.ask_async])


def sign_with(
    pdf: Document,
    certificate: Certificate,
    signer: SignFunction | PrivateKey,
    *,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> bytes:
    """Signs a PDF with a key that stays where it is, and returns the signed document.

    `signer(data)` or `signer(data, request)` receives the bytes to sign and returns the raw signature over them (see `SignFunction`).
    A private key of the package `cryptography` is a signer, too. A signature is embedded only if it verifies with the certificate. The
    exceptions of the signer reach the caller unchanged.

    `pdf` is bytes, a path, or a binary file object. `call` has the keywords of `Watching`, `Online` and `Moment`, and `on_report`.

    >>> def hsm_sign(data):
    ...     return hsm.sign(data)
    >>> signed = rustpdf.sign_with(pdf, certificate, hsm_sign, chain=chain)
    >>> signed[:5]
    b'%PDF-'

    Raises RustpdfError, and TypeError for an unknown keyword.
    """
    check_keywords(sign_with, call, Signing)
    signatory = Signatory.of(signer, certificate, chain, options_to_wire(options))
    return drive(_in_memory(pdf, [signatory], SignCall(**call)), [signatory.ask]).pdf


async def sign_with_async(
    pdf: Document,
    certificate: Certificate,
    signer: AsyncSignFunction | PrivateKey,
    *,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> bytes:
    """Signs a PDF like `sign_with`, with a signer that may return an awaitable (see `sign_async`).

    >>> asyncio.run(rustpdf.sign_with_async(pdf, certificate, hsm.sign_later, chain=chain))[:5]
    b'%PDF-'
    """
    check_keywords(sign_with_async, call, Signing)
    signatory = Signatory.of(signer, certificate, chain, options_to_wire(options))
    made = SignCall(**call)
    return (await drive_async(_in_memory(pdf, [signatory], made), made.control, [signatory.ask_async])).pdf


def sign_in_turn(pdf: Document, signers: Sequence[CertifiedSigner], **call: Unpack[InTurn]) -> Signed:
    """Signs a PDF by several signers, each over the earlier signatures. The document is hashed once.

    A wrong certificate or option is rejected before the first signature. A `Signer` carries the options of its signature.

    >>> second = rustpdf.Signer(certificate, key, chain, options={"reason": "Seen"})
    >>> [report.field for report in rustpdf.sign_in_turn(pdf, [signer, second]).reports]
    ['Signature1', 'Signature2']
    """
    check_keywords(sign_in_turn, call, InTurn)
    signatories = signatories_of(signers)
    return drive(_in_memory(pdf, signatories, SignCall(**call)), [one.ask for one in signatories])


async def sign_in_turn_async(pdf: Document, signers: Sequence[AsyncCertifiedSigner], **call: Unpack[InTurn]) -> Signed:
    """Signs a PDF like `sign_in_turn`, with signers that may return awaitables.

    >>> len(asyncio.run(rustpdf.sign_in_turn_async(pdf, [signer, signer])).reports)
    2
    """
    check_keywords(sign_in_turn_async, call, InTurn)
    signatories = signatories_of(signers)
    made = SignCall(**call)
    return await drive_async(_in_memory(pdf, signatories, made), made.control, [one.ask_async for one in signatories])


def signatories_of(signers: object) -> list[Signatory]:
    """The signers of a document in their order. Errors: `ERR_ARGUMENT`, those of the options."""
    if not isinstance(signers, (list, tuple)):
        raise argument_error("`signers`", "a list", signers)
    return [Signatory.of(one, None, None, {}) for one in signers]


def _in_memory(pdf: Document, signatories: Sequence[Signatory], call: SignCall) -> Work[Signed]:
    with closing(Operation(pdf, call, in_memory=True)) as signing:
        kept = Kept.of_all([one.options for one in signatories])
        done = yield from signing.sign(signatories, kept, lambda done, signer: Session(signing.content(), done, call, kept[signer]))
        signed = b"".join([signing.content(), done.payload])
    for report in done.reports:
        call.control.warn_of_rest(report.warnings)
        call.report(report)
    return Signed(signed, done.reports)
