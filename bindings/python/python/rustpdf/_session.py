"""The public calls that sign in two phases: the second may come much later, or in another process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from ._arguments import BytesLike, Certificate, Chain, Document, Output, bytes_of, check_flag, key_of, view_of
from ._call import Call, SigningCall
from ._errors import session_of
from ._frame import Buffer
from ._generated import DigestAlgorithm, Report, SigningRequest
from ._machine import Done, Work, drive, drive_async
from ._operations import Answer, Operation, Options, complete, open_sealed, open_unsealed, serialize
from ._output import SignedFile
from ._request import signature_bytes

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._call import Resuming, Signing, Watching
    from ._frames import SessionResult


_Prepared = TypeVar("_Prepared", bound="PreparedSession")


class PreparedSession:
    """A signing after its first phase. Several threads may use it."""

    _in_memory = False

    def __init__(self, document: Any, done: Done, call: Call) -> None:
        self._document = document
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
    def report(self) -> Report:
        """Report of the first phase, or of the last completion."""
        return self._report

    def serialize(self, key: BytesLike) -> bytes:
        """The session as a few kilobytes without the document. This version resumes it, and later ones as the change log states.

        HMAC-SHA-256 seals it with `key`, 32 random bytes or more: `resume_signing` rejects a session that was changed.

        Raises RustpdfError: `ERR_ARGUMENT` for a shorter key.
        """
        return serialize(self._live, key_of(key))

    def serialize_unsealed(self) -> bytes:
        """The session without a seal, for callers that keep sessions as safely as documents.

        Anybody with write access to the saved session controls the signed content. `resume_unsealed` resumes it.
        """
        return serialize(self._live, None)

    def _reported(self, report: Report) -> None:
        self._report = report
        self._call.report(report)


class Session(PreparedSession):
    """A signing in two phases of a document that is kept in memory."""

    _in_memory = True

    def complete(self, container: BytesLike) -> bytes:
        """Returns the signed document with a finished CMS container, which is checked first. May be called again."""
        return self._complete(Answer(container=bytes_of(container, "the container")))

    def complete_with_signature(self, signature: BytesLike, *, certificate: Certificate | None = None, chain: Chain = None) -> bytes:
        """Returns the signed document with a raw signature over `request.data`, which is checked first. May be called again.

        `certificate` and `chain` are for a session that was begun without them (`pades=False` and `signature_algorithm`).

        Raises RustpdfError: `ERR_SESSION_NO_CERTIFICATE`, `ERR_ALGORITHM_MISMATCH`, `ERR_SIGNATURE_…`.
        """
        return self._complete(Answer(signature_bytes(signature), certificate=certificate, chain=chain))

    def complete_signed(self) -> bytes:
        """Returns the signed document of a session that has its signature, such as one of `unfinished_session`. May be called again."""
        return self._complete(Answer())

    def _complete(self, answer: Answer) -> bytes:
        done = complete(self._live, answer)
        self._reported(done.reports[-1])
        return b"".join([self._document, done.payload])


class FileSession(PreparedSession):
    """A signing in two phases of a document that is not kept in memory.

    A change between the phases is detected: of a file by its size and times, of bytes and other file objects by their size alone. Leave
    the latter unchanged, or resume the serialised session, which reads the document again.
    """

    def complete(self, container: BytesLike, output: Output, *, replace: bool = False, **watching: Unpack[Watching]) -> SignedFile:
        """Completes with a finished CMS container, which is checked first, into an output as of `sign_file_with`. May be called again."""
        return drive(self._into(Answer(container=bytes_of(container, "the container")), output, replace, Call(**watching)))

    async def complete_async(
        self, container: BytesLike, output: Output, *, replace: bool = False, **watching: Unpack[Watching]
    ) -> SignedFile:
        """Completes with a finished CMS container, like `complete`, while the event loop goes on."""
        call = Call(**watching)
        return await drive_async(self._into(Answer(container=bytes_of(container, "the container")), output, replace, call), call.control)

    def complete_with_signature(
        self,
        signature: BytesLike,
        output: Output,
        *,
        certificate: Certificate | None = None,
        chain: Chain = None,
        replace: bool = False,
        **watching: Unpack[Watching],
    ) -> SignedFile:
        """Completes with a raw signature over `request.data`, which is checked first, into an output. May be called again.

        `certificate` and `chain` are for a session that was begun without them (`pades=False` and `signature_algorithm`).
        """
        answer = Answer(signature_bytes(signature), certificate=certificate, chain=chain)
        return drive(self._into(answer, output, replace, Call(**watching)))

    async def complete_with_signature_async(
        self,
        signature: BytesLike,
        output: Output,
        *,
        certificate: Certificate | None = None,
        chain: Chain = None,
        replace: bool = False,
        **watching: Unpack[Watching],
    ) -> SignedFile:
        """Completes with a raw signature, like `complete_with_signature`, while the event loop goes on."""
        call = Call(**watching)
        answer = Answer(signature_bytes(signature), certificate=certificate, chain=chain)
        return await drive_async(self._into(answer, output, replace, call), call.control)

    def complete_signed(self, output: Output, *, replace: bool = False, **watching: Unpack[Watching]) -> SignedFile:
        """Completes a session that has its signature, such as one of `unfinished_session`, into an output. May be called again."""
        return drive(self._into(Answer(), output, replace, Call(**watching)))

    async def complete_signed_async(self, output: Output, *, replace: bool = False, **watching: Unpack[Watching]) -> SignedFile:
        """Completes a session that has its signature, like `complete_signed`, while the event loop goes on."""
        call = Call(**watching)
        return await drive_async(self._into(Answer(), output, replace, call), call.control)

    def _into(self, answer: Answer, output: Output, replace: bool, call: Call) -> Work[SignedFile]:
        with closing(Operation(self._document, call, output, replace=replace)) as completion:
            done = yield from completion.complete(
                self._live, answer, lambda unfinished: FileSession(self._document, unfinished, self._call)
            )
            signed = completion.finish(done)
        self._reported(signed.report)
        return signed


def unfinished_session(error: BaseException) -> Session | FileSession | None:
    """The session that the exception of a call carries if it failed after a signature was made; else None.

    Its `complete_signed` finishes the document without another use of the key. It can be serialised like any other session.
    """
    session: Session | FileSession | None = session_of(error)
    return session


def begin_signing(
    pdf: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> Session:
    """Prepares a PDF for a signature that comes later: a finished container, or with `certificate` a raw signature.

    With `pades=False` and `signature_algorithm` the certificate may come with the raw signature. PAdES signs the digest of the
    certificate, so there it must be known. The document is kept in memory as long as the session. `Signing` documents `call`.
    """
    return drive(_begin(Session, pdf, certificate, chain, options, SigningCall(**call)))


async def begin_signing_async(
    pdf: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> Session:
    """Prepares a PDF like `begin_signing`, while the event loop goes on."""
    made = SigningCall(**call)
    return await drive_async(_begin(Session, pdf, certificate, chain, options, made), made.control)


def resume_signing(
    saved: BytesLike, document: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> Session:
    """Resumes a session that `serialize` sealed with `key`, with its document, which is read again and must be the same.

    `skip_document_check` omits the comparison: another document then goes unnoticed.
    """
    return drive(_resume(Session, open_sealed(saved, key), document, skip_document_check, Call(**call)))


async def resume_signing_async(
    saved: BytesLike, document: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> Session:
    """Resumes a session like `resume_signing`, while the event loop goes on."""
    made = Call(**call)
    return await drive_async(_resume(Session, open_sealed(saved, key), document, skip_document_check, made), made.control)


def resume_unsealed(
    saved: BytesLike,
    document: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    signing_time: datetime | None = None,
    **call: Unpack[Resuming],
) -> Session:
    """Resumes a session of `serialize_unsealed` with its document, which is read again and must be the same.

    Give the certificate, the chain and the options of signed attributes of its beginning: they are never read from the file. Without
    `certificate` the session accepts a container only, or was begun for a certificate that comes with the signature.
    `signing_time_attribute` requires the `signing_time` as well.
    """
    made = Call(**call)
    return drive(_resume(Session, open_unsealed(saved, certificate, chain, options, signing_time), document, False, made))


async def resume_unsealed_async(
    saved: BytesLike,
    document: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    signing_time: datetime | None = None,
    **call: Unpack[Resuming],
) -> Session:
    """Resumes a session like `resume_unsealed`, while the event loop goes on."""
    made = Call(**call)
    return await drive_async(
        _resume(Session, open_unsealed(saved, certificate, chain, options, signing_time), document, False, made), made.control
    )


def begin_signing_file(
    input: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> FileSession:
    """Prepares a document of any size for a signature that comes later. It is read once, and not kept open until then."""
    return drive(_begin(FileSession, input, certificate, chain, options, SigningCall(**call)))


async def begin_signing_file_async(
    input: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> FileSession:
    """Prepares a document of any size like `begin_signing_file`, while the event loop goes on."""
    made = SigningCall(**call)
    return await drive_async(_begin(FileSession, input, certificate, chain, options, made), made.control)


def resume_signing_file(
    saved: BytesLike, input: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> FileSession:
    """Resumes a sealed session like `resume_signing`, with its document of any size."""
    return drive(_resume(FileSession, open_sealed(saved, key), input, skip_document_check, Call(**call)))


async def resume_signing_file_async(
    saved: BytesLike, input: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> FileSession:
    """Resumes a session like `resume_signing_file`, while the event loop goes on."""
    made = Call(**call)
    return await drive_async(_resume(FileSession, open_sealed(saved, key), input, skip_document_check, made), made.control)


def resume_unsealed_file(
    saved: BytesLike,
    input: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    signing_time: datetime | None = None,
    **call: Unpack[Resuming],
) -> FileSession:
    """Resumes an unsealed session like `resume_unsealed`, with its document of any size."""
    made = Call(**call)
    return drive(_resume(FileSession, open_unsealed(saved, certificate, chain, options, signing_time), input, False, made))


async def resume_unsealed_file_async(
    saved: BytesLike,
    input: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    signing_time: datetime | None = None,
    **call: Unpack[Resuming],
) -> FileSession:
    """Resumes a session like `resume_unsealed_file`, while the event loop goes on."""
    made = Call(**call)
    return await drive_async(
        _resume(FileSession, open_unsealed(saved, certificate, chain, options, signing_time), input, False, made), made.control
    )


def _begin(
    kind: type[_Prepared], document: Document, certificate: Certificate | None, chain: Chain, options: Options, call: SigningCall
) -> Work[_Prepared]:
    return (yield from _first_phase(kind, document, call, lambda operation: operation.prepare(certificate, chain, options)))


def _resume(kind: type[_Prepared], live: Buffer, document: Document, skip_document_check: bool, call: Call) -> Work[_Prepared]:
    check_flag(skip_document_check, "skip_document_check")
    return (yield from _first_phase(kind, document, call, lambda operation: operation.resume(live, skip_document_check)))


def _first_phase(kind: type[_Prepared], document: Document, call: Call, phase: Callable[[Operation], Work[Done]]) -> Work[_Prepared]:
    view = view_of(document) if kind._in_memory else None
    if view is not None and not isinstance(view.obj, bytes):
        document = bytes(view)  # a later change of a buffer must not change the signed content
    with closing(Operation(document, call, in_memory=kind._in_memory)) as operation:
        done = yield from phase(operation)
        session = kind(operation.content() if kind._in_memory else document, done, call)
    session._reported(session.report)
    return session
