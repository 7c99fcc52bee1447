"""The public calls that sign in two phases: the second may come much later, or in another process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from ._arguments import BytesLike, Certificate, Chain, Document, Output, bytes_of, check_flag, key_of, view_of
from ._call import BeginKeywords, Call, Completing, ResumeKeywords, Resuming, SignCall, check_keywords, split_keywords
from ._errors import argument_error, session_of
from ._frame import Buffer
from ._generated import DigestAlgorithm, Level, Report, SigningRequest
from ._http import Network
from ._machine import Done, Work, drive, drive_async
from ._operations import Answer, Credentials, Kept, Operation, open_sealed, open_unsealed, serialize
from ._options import Options, services_of
from ._output import SignedFile
from ._request import AsyncCertifiedSigner, signature_bytes

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._frames import SessionResult


_Prepared = TypeVar("_Prepared", bound="PreparedSession")

SessionState: TypeAlias = Literal["toSign", "toTimestamp", "toValidate", "done"]
"""What a session waits for: the raw signature or the container; a timestamp of it; revocation data; its output."""


class PreparedSession:
    """A signing after its first phase. Several threads may use it."""

    _in_memory = False

    def __init__(self, document: Any, done: Done, call: Call, kept: Kept) -> None:
        self._document = document
        self._kept = kept
        self._result: SessionResult = done.result
        self._live = bytes(done.payload)
        self._call = call
        self._report = Report._from_wire(self._result["report"])

    @property
    def hash(self) -> bytes:
        """Digest of the document's signed part (`/ByteRange`), for a service that returns containers."""
        return bytes.fromhex(self._result["hash"])

    @property
    def hash_algorithm(self) -> DigestAlgorithm:
        """Algorithm of `hash`."""
        return self._result["hashAlgorithm"]

    @property
    def document_length(self) -> int:
        """Length of the document before the signature, in bytes."""
        return self._result["documentLength"]

    @property
    def request(self) -> SigningRequest | None:
        """Request to a key store. Only of a session with a certificate, or one whose certificate comes with the signature."""
        request = self._result.get("request")
        return None if request is None else SigningRequest._from_wire(request)

    @property
    def level(self) -> Level:
        """Level that the signature is to have."""
        return self._result["level"]

    @property
    def state(self) -> SessionState:
        """What the session waits for."""
        return self._result["state"]

    @property
    def is_signed(self) -> bool:
        """Whether the key has signed: `advance` goes on without it."""
        return self._result["signed"]

    @property
    def report(self) -> Report:
        """Report of the first phase, or of the last completion."""
        return self._report

    def serialize(self, key: BytesLike) -> bytes:
        """The session as a few kilobytes without the document. This version resumes it, and later ones as the change log states.

        HMAC-SHA-256 seals it with `key`, 32 random bytes or more: `resume_signing` rejects a session that was changed.

        >>> saved = rustpdf.begin_signing(pdf, certificate=certificate).serialize(seal_key)

        Raises RustpdfError: `ERR_ARGUMENT` for a shorter key.
        """
        return serialize([self._live], key_of(key))

    def serialize_unsealed(self) -> bytes:
        """The session without a seal, for callers that keep sessions as safely as documents.

        Anybody with write access to the saved session controls the signed content. `resume_unsealed` resumes it.

        >>> saved = rustpdf.begin_signing(pdf, certificate=certificate).serialize_unsealed()
        """
        return serialize([self._live], None)

    def _call_of(self, given: Mapping[str, Any]) -> tuple[Call, Kept]:
        """The call of a completion, and what was not saved. Errors: `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`."""
        own = {name: value for name, value in given.items() if name not in ("services", "password", "http", "cache")}
        services, password = given.get("services"), given.get("password")
        if password is not None and not isinstance(password, str):
            raise argument_error("`password`", "text", password)
        call = SignCall(**own)
        call.network = Network(given.get("http"), given.get("cache"), self._call.network)
        kept = Kept(
            self._kept.services if services is None else services_of(services), self._kept.password if password is None else password
        )
        return call, kept

    def _reported(self, report: Report) -> None:
        self._report = report
        self._call.report(report)

    def _completed(self, reports: Sequence[Report], call: Call) -> None:
        call.control.warn_of_rest(warning for warning in reports[-1].warnings if warning not in self._report.warnings)
        self._reported(reports[-1])


class Session(PreparedSession):
    """A signing in two phases of a document that is kept in memory."""

    _in_memory = True

    def complete(self, container: BytesLike, **call: Unpack[Completing]) -> bytes:
        """Returns the signed document with a finished CMS container, which is checked first. May be called again.

        >>> session = rustpdf.begin_signing(pdf)
        >>> session.complete(service.sign(session.hash))[:5]
        b'%PDF-'
        """
        check_keywords(Session.complete, call, Completing)
        return drive(self._complete(Answer(container=bytes_of(container, "the container")), *self._call_of(call)))

    async def complete_async(self, container: BytesLike, **call: Unpack[Completing]) -> bytes:
        """Returns the signed document with a container like `complete`, while the event loop goes on."""
        check_keywords(Session.complete_async, call, Completing)
        made, kept = self._call_of(call)
        return await drive_async(self._complete(Answer(container=bytes_of(container, "the container")), made, kept), made.control)

    def complete_with_signature(
        self, signature: BytesLike, *, certificate: Certificate | None = None, chain: Chain = None, **call: Unpack[Completing]
    ) -> bytes:
        """Returns the signed document with a raw signature over `request.data`, which is checked first. May be called again.

        `certificate` and `chain` are for a session that was begun without them (`pades=False` and `signature_algorithm`). A level above
        B-B asks servers. If they fail, the exception carries a session that has the signature (see `unfinished_session`).

        >>> session = rustpdf.begin_signing(pdf, certificate=certificate, chain=chain)
        >>> session.complete_with_signature(hsm.sign(session.request.data))[:5]
        b'%PDF-'
        """
        check_keywords(Session.complete_with_signature, call, Completing)
        answer = Answer(signature_bytes(signature), certificate=certificate, chain=chain)
        return drive(self._complete(answer, *self._call_of(call)))

    async def complete_with_signature_async(
        self, signature: BytesLike, *, certificate: Certificate | None = None, chain: Chain = None, **call: Unpack[Completing]
    ) -> bytes:
        """Returns the signed document with a raw signature like `complete_with_signature`, while the event loop goes on."""
        check_keywords(Session.complete_with_signature_async, call, Completing)
        answer = Answer(signature_bytes(signature), certificate=certificate, chain=chain)
        made, kept = self._call_of(call)
        return await drive_async(self._complete(answer, made, kept), made.control)

    def complete_signed(self, **call: Unpack[Completing]) -> bytes:
        """Returns the signed document of a session that has its signature, such as one of `unfinished_session`. May be called again."""
        check_keywords(Session.complete_signed, call, Completing)
        return drive(self._complete(Answer(), *self._call_of(call)))

    async def complete_signed_async(self, **call: Unpack[Completing]) -> bytes:
        """Returns the signed document like `complete_signed`, while the event loop goes on."""
        check_keywords(Session.complete_signed_async, call, Completing)
        made, kept = self._call_of(call)
        return await drive_async(self._complete(Answer(), made, kept), made.control)

    def advance(self, **call: Unpack[Completing]) -> bytes:
        """Goes on with a session that waits for a timestamp or for revocation data, and returns the signed document.

        The key is not asked. If servers fail again, the exception carries a session that got further.

        >>> options = {"level": "B-T", "timestamp": {"services": [{"url": "http://127.0.0.1:9/"}]}}
        >>> try:
        ...     rustpdf.sign(pdf, signer=signer, options=options)
        ... except rustpdf.RustpdfError as error:
        ...     saved = rustpdf.unfinished_session(error).serialize(seal_key)
        >>> session = rustpdf.resume_signing(saved, pdf, seal_key)
        >>> session.advance(services=[tsa])[:5]
        b'%PDF-'
        """
        check_keywords(Session.advance, call, Completing)
        return drive(self._complete(Answer(), *self._call_of(call)))

    async def advance_async(self, **call: Unpack[Completing]) -> bytes:
        """Goes on with a session like `advance`, while the event loop goes on."""
        check_keywords(Session.advance_async, call, Completing)
        made, kept = self._call_of(call)
        return await drive_async(self._complete(Answer(), made, kept), made.control)

    def _complete(self, answer: Answer, call: Call, kept: Kept) -> Work[bytes]:
        with closing(Operation(self._document, call, in_memory=True)) as completion:
            done = yield from completion.complete(
                self._live, answer, kept, lambda unfinished, _: Session(self._document, unfinished, self._call, kept)
            )
        self._completed(done.reports, call)
        return b"".join([self._document, done.payload])


class FileSession(PreparedSession):
    """A signing in two phases of a document that is not kept in memory.

    A change between the phases is detected: of a file by its size and times, of bytes and other file objects by their size alone. Leave
    the latter unchanged, or resume the serialised session, which reads the document again.
    """

    def complete(self, container: BytesLike, output: Output, *, replace: bool = False, **call: Unpack[Completing]) -> SignedFile:
        """Completes with a finished CMS container, which is checked first, into an output of `sign_file`. May be called again.

        >>> session = rustpdf.begin_signing_file("in.pdf")
        >>> session.complete(service.sign(session.hash), "out.pdf").report.field
        'Signature1'
        """
        check_keywords(FileSession.complete, call, Completing)
        return drive(self._into(Answer(container=bytes_of(container, "the container")), output, replace, *self._call_of(call)))

    async def complete_async(
        self, container: BytesLike, output: Output, *, replace: bool = False, **call: Unpack[Completing]
    ) -> SignedFile:
        """Completes with a finished CMS container like `complete`, while the event loop goes on."""
        check_keywords(FileSession.complete_async, call, Completing)
        made, kept = self._call_of(call)
        return await drive_async(
            self._into(Answer(container=bytes_of(container, "the container")), output, replace, made, kept), made.control
        )

    def complete_with_signature(
        self,
        signature: BytesLike,
        output: Output,
        *,
        certificate: Certificate | None = None,
        chain: Chain = None,
        replace: bool = False,
        **call: Unpack[Completing],
    ) -> SignedFile:
        """Completes with a raw signature over `request.data`, which is checked first, into an output. May be called again.

        `certificate` and `chain` are for a session that was begun without them (`pades=False` and `signature_algorithm`).

        >>> session = rustpdf.begin_signing_file("in.pdf", certificate=certificate, chain=chain)
        >>> session.complete_with_signature(hsm.sign(session.request.data), "out.pdf").report.field
        'Signature1'
        """
        check_keywords(FileSession.complete_with_signature, call, Completing)
        answer = Answer(signature_bytes(signature), certificate=certificate, chain=chain)
        return drive(self._into(answer, output, replace, *self._call_of(call)))

    async def complete_with_signature_async(
        self,
        signature: BytesLike,
        output: Output,
        *,
        certificate: Certificate | None = None,
        chain: Chain = None,
        replace: bool = False,
        **call: Unpack[Completing],
    ) -> SignedFile:
        """Completes with a raw signature like `complete_with_signature`, while the event loop goes on."""
        check_keywords(FileSession.complete_with_signature_async, call, Completing)
        made, kept = self._call_of(call)
        answer = Answer(signature_bytes(signature), certificate=certificate, chain=chain)
        return await drive_async(self._into(answer, output, replace, made, kept), made.control)

    def complete_signed(self, output: Output, *, replace: bool = False, **call: Unpack[Completing]) -> SignedFile:
        """Completes a session that has its signature, such as one of `unfinished_session`, into an output. May be called again."""
        check_keywords(FileSession.complete_signed, call, Completing)
        return drive(self._into(Answer(), output, replace, *self._call_of(call)))

    async def complete_signed_async(self, output: Output, *, replace: bool = False, **call: Unpack[Completing]) -> SignedFile:
        """Completes a session that has its signature like `complete_signed`, while the event loop goes on."""
        check_keywords(FileSession.complete_signed_async, call, Completing)
        made, kept = self._call_of(call)
        return await drive_async(self._into(Answer(), output, replace, made, kept), made.control)

    def advance(self, output: Output, *, replace: bool = False, **call: Unpack[Completing]) -> SignedFile:
        """Goes on with a session that waits for a timestamp or for revocation data, into an output of `sign_file`.

        The key is not asked. If servers fail again, the exception carries a session that got further.
        """
        check_keywords(FileSession.advance, call, Completing)
        return drive(self._into(Answer(), output, replace, *self._call_of(call)))

    async def advance_async(self, output: Output, *, replace: bool = False, **call: Unpack[Completing]) -> SignedFile:
        """Goes on with a session like `advance`, while the event loop goes on."""
        check_keywords(FileSession.advance_async, call, Completing)
        made, kept = self._call_of(call)
        return await drive_async(self._into(Answer(), output, replace, made, kept), made.control)

    def _into(self, answer: Answer, output: Output, replace: bool, call: Call, kept: Kept) -> Work[SignedFile]:
        with closing(Operation(self._document, call, output, replace=replace)) as completion:
            done = yield from completion.complete(
                self._live, answer, kept, lambda unfinished, _: FileSession(self._document, unfinished, self._call, kept)
            )
            signed = completion.finish(done)
        self._completed(signed.reports, call)
        return signed


def unfinished_session(error: BaseException) -> Session | FileSession | None:
    """The session that the exception of a call carries if it failed after a signature was made. Else None.

    Its `complete_signed` finishes the document without another use of the key. It can be serialised like any other session.

    >>> try:
    ...     rustpdf.sign_file("in.pdf", "full/out.pdf", signer=signer)
    ... except OSError as error:
    ...     session = rustpdf.unfinished_session(error)
    >>> session.complete_signed("out.pdf").report.field
    'Signature1'
    """
    session: Session | FileSession | None = session_of(error)
    return session


def begin_signing(
    pdf: Document,
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **keywords: Unpack[BeginKeywords],
) -> Session:
    """Prepares a PDF for a signature that comes later: a finished container, or with `certificate` a raw signature.

    With `pades=False` and `signature_algorithm` the certificate may come with the raw signature. PAdES signs the digest of the
    certificate, so there it must be known. The document is kept in memory as long as the session.

    `signer` gives the certificate, the chain and the options that it carries. It is not asked.

    `keywords` are the options of `SigningOptions`, which replace single ones of `options`, the keywords of `Watching`, `Online` and
    `Moment`, and `on_report`. The completion asks servers for a `level` above B-B.

    >>> session = rustpdf.begin_signing(pdf, certificate=certificate, chain=chain)
    >>> signature = hsm.sign(session.request.data)
    >>> session.complete_with_signature(signature)[:5]
    b'%PDF-'

    Raises RustpdfError, and TypeError for an unknown keyword.
    """
    split, call = split_keywords(begin_signing, keywords, BeginKeywords, options)
    return drive(begin(Session, pdf, Credentials.of(signer, certificate, chain, split), SignCall(**call)))


async def begin_signing_async(
    pdf: Document,
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **keywords: Unpack[BeginKeywords],
) -> Session:
    """Prepares a PDF like `begin_signing`, while the event loop goes on.

    >>> asyncio.run(rustpdf.begin_signing_async(pdf)).hash_algorithm
    'sha256'
    """
    split, call = split_keywords(begin_signing_async, keywords, BeginKeywords, options)
    made = SignCall(**call)
    return await drive_async(begin(Session, pdf, Credentials.of(signer, certificate, chain, split), made), made.control)


def resume_signing(
    saved: BytesLike, document: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> Session:
    """Resumes a session that `serialize` sealed with `key`, with its document, which is read again and must be the same.

    `skip_document_check` omits the comparison: another document then goes unnoticed.

    >>> saved = rustpdf.begin_signing(pdf, certificate=certificate).serialize(seal_key)
    >>> session = rustpdf.resume_signing(saved, pdf, seal_key)
    >>> session.complete_with_signature(hsm.sign(session.request.data))[:5]
    b'%PDF-'
    """
    check_keywords(resume_signing, call, Resuming)
    (live,) = open_sealed(saved, key)
    return drive(resume(Session, live, document, skip_document_check, Call(**call)))


async def resume_signing_async(
    saved: BytesLike, document: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> Session:
    """Resumes a session like `resume_signing`, while the event loop goes on.

    >>> saved = rustpdf.begin_signing(pdf).serialize(seal_key)
    >>> asyncio.run(rustpdf.resume_signing_async(saved, pdf, seal_key)).hash_algorithm
    'sha256'
    """
    check_keywords(resume_signing_async, call, Resuming)
    (live,) = open_sealed(saved, key)
    made = Call(**call)
    return await drive_async(resume(Session, live, document, skip_document_check, made), made.control)


def resume_unsealed(
    saved: BytesLike,
    document: Document,
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    signing_time: datetime | None = None,
    **keywords: Unpack[ResumeKeywords],
) -> Session:
    """Resumes a session of `serialize_unsealed` with its document, which is read again and must be the same.

    Give the certificate, the chain and the options of signed attributes of its beginning: they are never read from the file. Without a
    certificate the session accepts a container only, unless it was begun for a certificate that comes with the signature.
    `signing_time_attribute` requires the `signing_time` as well.

    >>> saved = rustpdf.begin_signing(pdf, certificate=certificate).serialize_unsealed()
    >>> rustpdf.resume_unsealed(saved, pdf, certificate=certificate).request.signature_algorithm
    'rsa-pkcs1'
    """
    split, call = split_keywords(resume_unsealed, keywords, ResumeKeywords, options)
    (live,) = open_unsealed(saved, Credentials.of(signer, certificate, chain, split), signing_time)
    return drive(resume(Session, live, document, False, Call(**call)))


async def resume_unsealed_async(
    saved: BytesLike,
    document: Document,
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    signing_time: datetime | None = None,
    **keywords: Unpack[ResumeKeywords],
) -> Session:
    """Resumes a session like `resume_unsealed`, while the event loop goes on.

    >>> saved = rustpdf.begin_signing(pdf).serialize_unsealed()
    >>> asyncio.run(rustpdf.resume_unsealed_async(saved, pdf)).hash_algorithm
    'sha256'
    """
    split, call = split_keywords(resume_unsealed_async, keywords, ResumeKeywords, options)
    (live,) = open_unsealed(saved, Credentials.of(signer, certificate, chain, split), signing_time)
    made = Call(**call)
    return await drive_async(resume(Session, live, document, False, made), made.control)


def begin(kind: type[_Prepared], document: Document, credentials: Credentials, call: SignCall) -> Work[_Prepared]:
    """Begins a session."""
    return (yield from _first_phase(kind, document, call, Kept.of(credentials.options), lambda operation: operation.prepare(credentials)))


def resume(kind: type[_Prepared], live: Buffer, document: Document, skip_document_check: bool, call: Call) -> Work[_Prepared]:
    """Resumes a session. Errors: `ERR_ARGUMENT`, those of the core."""
    check_flag(skip_document_check, "skip_document_check")
    return (yield from _first_phase(kind, document, call, Kept(), lambda operation: operation.resume(live, skip_document_check)))


def _first_phase(
    kind: type[_Prepared], document: Document, call: Call, kept: Kept, phase: Callable[[Operation], Work[Done]]
) -> Work[_Prepared]:
    view = view_of(document) if kind._in_memory else None
    if view is not None and not isinstance(view.obj, bytes):
        document = bytes(view)  # a later change of a buffer must not change the signed content
    with closing(Operation(document, call, in_memory=kind._in_memory)) as operation:
        done = yield from phase(operation)
        session = kind(operation.content() if kind._in_memory else document, done, call, kept)
    session._reported(session.report)
    return session
