"""Signing in two halves: the bytes to sign are known, and the answer may come much later, or elsewhere."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from ._arguments import BytesLike, Certificate, Chain, Document, Output, bytes_of, type_name, view_of
from ._call import Call, SigningCall
from ._errors import argument_error, session_of
from ._generated import DigestAlgorithm, Report, SigningRequest
from ._machine import Done, Work, drive, drive_async
from ._operations import Answer, Operation, Options, complete, open_sealed, open_unsealed, serialize
from ._output import SignedFile
from ._request import signature_bytes
from ._wire import Buffer

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._call import Resuming, Signing, Watching


_Prepared = TypeVar("_Prepared", bound="PreparedSession")


class PreparedSession:
    """A signing of which the first half is done. Several threads may use it."""

    def __init__(self, done: Done, call: Call) -> None:
        self._result = done.result
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
        algorithm: DigestAlgorithm = self._result["hashAlgorithm"]
        return algorithm

    @property
    def document_length(self) -> int:
        """Length of the document before the signature, in bytes."""
        length: int = self._result["documentLength"]
        return length

    @property
    def request(self) -> SigningRequest | None:
        """Request to a key store. Only of a session with a certificate."""
        request: dict[str, Any] | None = self._result["request"]
        return None if request is None else SigningRequest._from_wire(request)

    @property
    def report(self) -> Report:
        """Report of the first half, or of the last completion."""
        return self._report

    def serialize(self, key: BytesLike) -> bytes:
        """The session as a few kilobytes, without the document, to be resumed by this version or a later one that says so.

        It is sealed by HMAC-SHA-256 with `key`, 32 random bytes or more: `resume_signing` refuses one that was changed.

        Raises RustpdfError: `ERR_ARGUMENT` for a shorter key.
        """
        return serialize(self._live, bytes_of(key, "the key"))

    def serialize_unsealed(self) -> bytes:
        """The session without a seal, for callers that keep sessions as safely as documents.

        Everybody that can write the saved session decides what is signed. `resume_unsealed` resumes it.
        """
        return serialize(self._live, None)

    def _reported(self, report: Report) -> None:
        self._report = report
        self._call.report(report)


class Session(PreparedSession):
    """A signing in two halves of a document that is kept in memory."""

    def __init__(self, content: memoryview, done: Done, call: Call) -> None:
        super().__init__(done, call)
        self._content = content

    def complete(self, container: BytesLike) -> bytes:
        """Returns the signed document with a finished CMS container, which is checked first. May be called again."""
        return self._complete(("container", bytes_of(container, "the container")))

    def complete_with_signature(self, signature: BytesLike) -> bytes:
        """Returns the signed document with a raw signature over `request.data`, which is checked first. May be called again."""
        return self._complete(("signature", signature_bytes(signature)))

    def complete_signed(self) -> bytes:
        """Returns the signed document of a session that has its signature, as that of `unfinished_session`. May be called again."""
        return self._complete(_SIGNED)

    def _complete(self, answer: Answer) -> bytes:
        done = complete(self._live, answer)
        self._reported(done.reports[-1])
        return b"".join([self._content, done.payload])


class FileSession(PreparedSession):
    """A signing in two halves of a document that is not kept in memory.

    A file that changes between the halves is noticed by its size and times; bytes and file objects that are no files only by their
    size, so leave those alone, or resume the serialised session, which reads the document again.
    """

    def __init__(self, document: Document, done: Done, call: Call) -> None:
        super().__init__(done, call)
        self._document = document

    def complete(self, container: BytesLike, output: Output, *, replace: bool = False, **watching: Unpack[Watching]) -> SignedFile:
        """Completes with a finished CMS container, which is checked first, into an output as of `sign_file_with`. May be called again."""
        return drive(self._into(("container", bytes_of(container, "the container")), output, replace, Call(**watching)))

    async def complete_async(
        self, container: BytesLike, output: Output, *, replace: bool = False, **watching: Unpack[Watching]
    ) -> SignedFile:
        """Completes with a finished CMS container, like `complete`, while the event loop goes on."""
        call = Call(**watching)
        return await drive_async(self._into(("container", bytes_of(container, "the container")), output, replace, call), call.control)

    def complete_with_signature(
        self, signature: BytesLike, output: Output, *, replace: bool = False, **watching: Unpack[Watching]
    ) -> SignedFile:
        """Completes with a raw signature over `request.data`, which is checked first, into an output. May be called again."""
        return drive(self._into(("signature", signature_bytes(signature)), output, replace, Call(**watching)))

    async def complete_with_signature_async(
        self, signature: BytesLike, output: Output, *, replace: bool = False, **watching: Unpack[Watching]
    ) -> SignedFile:
        """Completes with a raw signature, like `complete_with_signature`, while the event loop goes on."""
        call = Call(**watching)
        return await drive_async(self._into(("signature", signature_bytes(signature)), output, replace, call), call.control)

    def complete_signed(self, output: Output, *, replace: bool = False, **watching: Unpack[Watching]) -> SignedFile:
        """Completes a session that has its signature, as that of `unfinished_session`, into an output. May be called again."""
        return drive(self._into(_SIGNED, output, replace, Call(**watching)))

    async def complete_signed_async(self, output: Output, *, replace: bool = False, **watching: Unpack[Watching]) -> SignedFile:
        """Completes a session that has its signature, like `complete_signed`, while the event loop goes on."""
        call = Call(**watching)
        return await drive_async(self._into(_SIGNED, output, replace, call), call.control)

    def _into(self, answer: Answer, output: Output, replace: bool, call: Call) -> Work[SignedFile]:
        with closing(Operation(self._document, call, output, replace=replace)) as completion:
            done = yield from completion.complete(
                self._live, answer, lambda unfinished: FileSession(self._document, unfinished, self._call)
            )
            signed = completion.finish(done)
        self._reported(signed.report)
        return signed


def unfinished_session(error: BaseException) -> Session | FileSession | None:
    """The session that an exception carries, where a call failed after a signature was made; else None.

    Its `complete_signed` finishes the document without asking the key again. It can be serialised like any other session.
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

    The document is kept in memory as long as the session. `Signing` documents `call`.
    """
    return drive(_begin(pdf, certificate, chain, options, SigningCall(**call)))


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
    return await drive_async(_begin(pdf, certificate, chain, options, made), made.control)


def resume_signing(
    saved: BytesLike, document: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> Session:
    """Resumes a session that `serialize` sealed with `key`, with its document, which is read again and must be the same.

    With `skip_document_check` it is not read to compare it: another document is then not noticed.
    """
    return drive(_resume(open_sealed(saved, key), document, skip_document_check, Call(**call)))


async def resume_signing_async(
    saved: BytesLike, document: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> Session:
    """Resumes a session like `resume_signing`, while the event loop goes on."""
    made = Call(**call)
    return await drive_async(_resume(open_sealed(saved, key), document, skip_document_check, made), made.control)


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

    Certificate, chain and the options that make signed attributes are those that it was begun with: they are never taken from the file.
    Without them the session takes a container only. `signing_time_attribute` requires the `signing_time` as well.
    """
    made = Call(**call)
    return drive(_resume(open_unsealed(saved, certificate, chain, options, signing_time), document, False, made))


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
    return await drive_async(_resume(open_unsealed(saved, certificate, chain, options, signing_time), document, False, made), made.control)


def begin_signing_file(
    input: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> FileSession:
    """Prepares a document of any size for a signature that comes later. It is read once, and not kept open until then."""
    return drive(_begin_file(input, certificate, chain, options, SigningCall(**call)))


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
    return await drive_async(_begin_file(input, certificate, chain, options, made), made.control)


def resume_signing_file(
    saved: BytesLike, input: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> FileSession:
    """Resumes a sealed session like `resume_signing`, with its document of any size."""
    return drive(_resume_file(open_sealed(saved, key), input, skip_document_check, Call(**call)))


async def resume_signing_file_async(
    saved: BytesLike, input: Document, key: BytesLike, *, skip_document_check: bool = False, **call: Unpack[Resuming]
) -> FileSession:
    """Resumes a session like `resume_signing_file`, while the event loop goes on."""
    made = Call(**call)
    return await drive_async(_resume_file(open_sealed(saved, key), input, skip_document_check, made), made.control)


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
    return drive(_resume_file(open_unsealed(saved, certificate, chain, options, signing_time), input, False, made))


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
        _resume_file(open_unsealed(saved, certificate, chain, options, signing_time), input, False, made), made.control
    )


def _begin(pdf: Document, certificate: Certificate | None, chain: Chain, options: Options, call: SigningCall) -> Work[Session]:
    with closing(Operation(_kept(pdf), call, in_memory=True)) as preparation:
        done = yield from preparation.prepare(certificate, chain, options)
        return _told(Session(preparation.content(), done, call))


def _resume(live: Buffer, pdf: Document, skip_document_check: bool, call: Call) -> Work[Session]:
    _check_skip(skip_document_check)
    with closing(Operation(_kept(pdf), call, in_memory=True)) as resumption:
        done = yield from resumption.resume(live, skip_document_check)
        return _told(Session(resumption.content(), done, call))


def _begin_file(
    document: Document, certificate: Certificate | None, chain: Chain, options: Options, call: SigningCall
) -> Work[FileSession]:
    with closing(Operation(document, call)) as preparation:
        done = yield from preparation.prepare(certificate, chain, options)
    return _told(FileSession(document, done, call))


def _resume_file(live: Buffer, document: Document, skip_document_check: bool, call: Call) -> Work[FileSession]:
    _check_skip(skip_document_check)
    with closing(Operation(document, call)) as resumption:
        done = yield from resumption.resume(live, skip_document_check)
    return _told(FileSession(document, done, call))


def _kept(pdf: Document) -> Document:
    """The document as it is now: a later change of a buffer must not get into what is signed."""
    view = view_of(pdf)
    return pdf if view is None or isinstance(view.obj, bytes) else bytes(view)


def _check_skip(skip_document_check: object) -> None:
    if not isinstance(skip_document_check, bool):
        raise argument_error(f"skip_document_check must be a bool, and is {type_name(skip_document_check)}")


def _told(session: _Prepared) -> _Prepared:
    session._reported(session.report)
    return session


_SIGNED: Answer = ("none", b"")
