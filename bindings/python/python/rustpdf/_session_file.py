"""The public calls that begin and resume sessions with documents of any size."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ._arguments import BytesLike, Certificate, Chain, Document
from ._call import BeginKeywords, Call, ResumeKeywords, Resuming, SignCall, check_keywords, split_keywords
from ._machine import drive, drive_async
from ._operations import Credentials, open_sealed, open_unsealed
from ._options import Options
from ._request import AsyncCertifiedSigner
from ._session import FileSession, begin, resume

if TYPE_CHECKING:
    from typing_extensions import Unpack


def begin_signing_file(
    input: Document,
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **keywords: Unpack[BeginKeywords],
) -> FileSession:
    """Prepares a document of any size for a signature that comes later. It is read once, and not kept open until then.

    The arguments are those of `begin_signing`.

    >>> session = rustpdf.begin_signing_file("in.pdf", certificate=certificate, chain=chain)
    >>> session.complete_with_signature(hsm.sign(session.request.data), "out.pdf").report.field
    'Signature1'
    """
    split, call = split_keywords(begin_signing_file, keywords, BeginKeywords, options)
    return drive(begin(FileSession, input, Credentials.of(signer, certificate, chain, split), SignCall(**call)))


async def begin_signing_file_async(
    input: Document,
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **keywords: Unpack[BeginKeywords],
) -> FileSession:
    """Prepares a document like `begin_signing_file`, while the event loop goes on.

    >>> asyncio.run(rustpdf.begin_signing_file_async("in.pdf")).hash_algorithm
    'sha256'
    """
    split, call = split_keywords(begin_signing_file_async, keywords, BeginKeywords, options)
    made = SignCall(**call)
    return await drive_async(begin(FileSession, input, Credentials.of(signer, certificate, chain, split), made), made.control)


def resume_signing_file(
    saved: BytesLike, input: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> FileSession:
    """Resumes a sealed session like `resume_signing`, with its document of any size.

    >>> saved = rustpdf.begin_signing_file("in.pdf", certificate=certificate).serialize(seal_key)
    >>> session = rustpdf.resume_signing_file(saved, "in.pdf", seal_key)
    >>> session.complete_with_signature(hsm.sign(session.request.data), "out.pdf").report.field
    'Signature1'
    """
    check_keywords(resume_signing_file, call, Resuming)
    (live,) = open_sealed(saved, key)
    return drive(resume(FileSession, live, input, skip_document_check, Call(**call)))


async def resume_signing_file_async(
    saved: BytesLike, input: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> FileSession:
    """Resumes a session like `resume_signing_file`, while the event loop goes on.

    >>> saved = rustpdf.begin_signing_file("in.pdf").serialize(seal_key)
    >>> asyncio.run(rustpdf.resume_signing_file_async(saved, "in.pdf", seal_key)).hash_algorithm
    'sha256'
    """
    check_keywords(resume_signing_file_async, call, Resuming)
    (live,) = open_sealed(saved, key)
    made = Call(**call)
    return await drive_async(resume(FileSession, live, input, skip_document_check, made), made.control)


def resume_unsealed_file(
    saved: BytesLike,
    input: Document,
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    signing_time: datetime | None = None,
    **keywords: Unpack[ResumeKeywords],
) -> FileSession:
    """Resumes an unsealed session like `resume_unsealed`, with its document of any size.

    >>> saved = rustpdf.begin_signing_file("in.pdf", certificate=certificate).serialize_unsealed()
    >>> rustpdf.resume_unsealed_file(saved, "in.pdf", certificate=certificate).request.signature_algorithm
    'rsa-pkcs1'
    """
    split, call = split_keywords(resume_unsealed_file, keywords, ResumeKeywords, options)
    (live,) = open_unsealed(saved, Credentials.of(signer, certificate, chain, split), signing_time)
    return drive(resume(FileSession, live, input, False, Call(**call)))


async def resume_unsealed_file_async(
    saved: BytesLike,
    input: Document,
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    signing_time: datetime | None = None,
    **keywords: Unpack[ResumeKeywords],
) -> FileSession:
    """Resumes a session like `resume_unsealed_file`, while the event loop goes on.

    >>> saved = rustpdf.begin_signing_file("in.pdf").serialize_unsealed()
    >>> asyncio.run(rustpdf.resume_unsealed_file_async(saved, "in.pdf")).hash_algorithm
    'sha256'
    """
    split, call = split_keywords(resume_unsealed_file_async, keywords, ResumeKeywords, options)
    (live,) = open_unsealed(saved, Credentials.of(signer, certificate, chain, split), signing_time)
    made = Call(**call)
    return await drive_async(resume(FileSession, live, input, False, made), made.control)
