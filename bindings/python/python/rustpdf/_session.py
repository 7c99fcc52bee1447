"""Signing in two halves: what is to be signed is known, and the answer may come much later, or elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._arguments import BytesLike, Certificate, Chain, Document, Output, bytes_of, view_of
from ._call import Call, Control
from ._document import MemoryDocument, StreamedDocument
from ._errors import file_changed
from ._generated import DigestAlgorithm, Report, SigningRequest
from ._machine import Done, Story, drive, drive_async
from ._operations import Options, complete, prepare, resume
from ._output import open_output
from ._request import signature_bytes
from ._sign import SignedFile
from ._source import open_source, read_document
from ._wire import Buffer

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._call import Resuming, Signing, Watching


class PreparedSession:
    """A signing of which the first half is done. It may be used by several threads."""

    def __init__(self, done: Done, call: Call) -> None:
        self._result = done.result
        self._saved = bytes(done.payload)
        self._call = call
        self._told(done.reports[0])

    @property
    def hash(self) -> bytes:
        """The digest of the document's signed part (`/ByteRange`): what a service that returns containers is given."""
        return bytes.fromhex(self._result["hash"])

    @property
    def hash_algorithm(self) -> DigestAlgorithm:
        """The hash that `hash` was made with."""
        algorithm: DigestAlgorithm = self._result["hashAlgorithm"]
        return algorithm

    @property
    def document_length(self) -> int:
        """Length of the document before the signature, in bytes."""
        length: int = self._result["documentLength"]
        return length

    @property
    def request(self) -> SigningRequest | None:
        """What a key store is asked to sign. Only of a session with a certificate."""
        request: dict[str, Any] | None = self._result["request"]
        return None if request is None else SigningRequest._from_wire(request)

    @property
    def report(self) -> Report:
        """What was done, with warnings; as of the last completion, once there was one."""
        return self._report

    def serialize(self) -> bytes:
        """The session as a few kilobytes, without the document, to be resumed: by this version or a later one that says so."""
        return self._saved

    def _completed(self, kind: str, answer: Buffer) -> tuple[memoryview, Report]:
        done = complete(self._saved, kind, answer)
        return done.payload, done.reports[0]

    def _told(self, report: Report) -> None:
        self._report = report
        self._call.report(report)


class Session(PreparedSession):
    """A signing in two halves of a document that is kept in memory."""

    def __init__(self, content: memoryview, done: Done, call: Call) -> None:
        super().__init__(done, call)
        self._content = content

    def complete(self, container: BytesLike) -> bytes:
        """Returns the signed document with a finished CMS container, which is checked first. May be called again."""
        return self._complete("container", bytes_of(container, "the container"))

    def complete_with_signature(self, signature: BytesLike) -> bytes:
        """Returns the signed document with a raw signature over `request.data`, which is checked first. May be called again."""
        return self._complete("signature", signature_bytes(signature))

    def _complete(self, kind: str, answer: Buffer) -> bytes:
        update, report = self._completed(kind, answer)
        self._told(report)
        return b"".join([self._content, update])


class FileSession(PreparedSession):
    """A signing in two halves of a document that is not kept in memory.

    That a file changed between the halves is noticed by its size and time; of bytes and of file objects that are no files only by their
    size, so leave those alone, or resume the serialised session, which reads the document again.
    """

    def __init__(self, document: Document, state: object, done: Done, call: Call) -> None:
        super().__init__(done, call)
        self._document = document
        self._state = state

    def complete(self, container: BytesLike, output: Output, *, replace: bool = False, **watching: Unpack[Watching]) -> SignedFile:
        """Completes with a finished CMS container, which is checked first, into an output as of `sign_file_with`. May be called again."""
        return drive(self._into("container", bytes_of(container, "the container"), output, replace, Control(**watching)))

    async def complete_async(
        self, container: BytesLike, output: Output, *, replace: bool = False, **watching: Unpack[Watching]
    ) -> SignedFile:
        """Completes with a finished CMS container, like `complete`, while the event loop goes on."""
        control = Control(**watching)
        return await drive_async(self._into("container", bytes_of(container, "the container"), output, replace, control), control)

    def complete_with_signature(
        self, signature: BytesLike, output: Output, *, replace: bool = False, **watching: Unpack[Watching]
    ) -> SignedFile:
        """Completes with a raw signature over `request.data`, which is checked first, into an output. May be called again."""
        return drive(self._into("signature", signature_bytes(signature), output, replace, Control(**watching)))

    async def complete_with_signature_async(
        self, signature: BytesLike, output: Output, *, replace: bool = False, **watching: Unpack[Watching]
    ) -> SignedFile:
        """Completes with a raw signature, like `complete_with_signature`, while the event loop goes on."""
        control = Control(**watching)
        return await drive_async(self._into("signature", signature_bytes(signature), output, replace, control), control)

    def _into(self, kind: str, answer: Buffer, output: Output, replace: bool, control: Control) -> Story[SignedFile]:
        yield from ()  # a story in which nobody is asked
        update, report = self._completed(kind, answer)
        source = open_source(self._document)
        try:
            # The document was let go meanwhile: it must still be the one that was hashed.
            if source.state != self._state:
                raise file_changed()
            target = open_output(source, output, replace, control)
            try:
                target.commit(update)
            finally:
                target.end()
        finally:
            source.close()
        self._told(report)
        return SignedFile(bytes(update), [report], target.copy)


def begin_signing(
    pdf: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> Session:
    """Prepares a PDF for a signature that comes later: a finished container, or with `certificate` a raw signature.

    The document is kept in memory until the session is let go. `call` is documented by `Signing`.
    """
    return drive(_begin(pdf, certificate, chain, options, Call(**call)))


async def begin_signing_async(
    pdf: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> Session:
    """Prepares a PDF like `begin_signing`, while the event loop goes on."""
    made = Call(**call)
    return await drive_async(_begin(pdf, certificate, chain, options, made), made.control)


def resume_signing(saved: BytesLike, pdf: Document, *, document_vouched: bool = False, **call: Unpack[Resuming]) -> Session:
    """Takes up a serialised session with its document, which is read again and must be the same.

    With `document_vouched` it is not read to compare it: that it is another one is then not noticed.
    """
    return drive(_resume(saved, pdf, document_vouched, Call(**call)))


async def resume_signing_async(saved: BytesLike, pdf: Document, *, document_vouched: bool = False, **call: Unpack[Resuming]) -> Session:
    """Takes up a serialised session like `resume_signing`, while the event loop goes on."""
    made = Call(**call)
    return await drive_async(_resume(saved, pdf, document_vouched, made), made.control)


def begin_signing_file(
    input: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> FileSession:
    """Prepares a document of any size for a signature that comes later. It is read once, and let go until then."""
    return drive(_begin_file(input, certificate, chain, options, Call(**call)))


async def begin_signing_file_async(
    input: Document,
    *,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    **call: Unpack[Signing],
) -> FileSession:
    """Prepares a document of any size like `begin_signing_file`, while the event loop goes on."""
    made = Call(**call)
    return await drive_async(_begin_file(input, certificate, chain, options, made), made.control)


def resume_signing_file(
    saved: BytesLike,
    input: Document,
    *,
    document_vouched: bool = False,
    **call: Unpack[Resuming],
) -> FileSession:
    """Takes up a serialised session with its document of any size, which is read again and must be the same."""
    return drive(_resume_file(saved, input, document_vouched, Call(**call)))


async def resume_signing_file_async(
    saved: BytesLike,
    input: Document,
    *,
    document_vouched: bool = False,
    **call: Unpack[Resuming],
) -> FileSession:
    """Takes up a serialised session like `resume_signing_file`, while the event loop goes on."""
    made = Call(**call)
    return await drive_async(_resume_file(saved, input, document_vouched, made), made.control)


def _begin(pdf: Document, certificate: Certificate | None, chain: Chain, options: Options, call: Call) -> Story[Session]:
    content = _kept(pdf, call.control)
    done = yield from prepare(MemoryDocument(content, call.control), certificate, chain, options, call)
    return Session(content, done, call)


def _resume(saved: BytesLike, pdf: Document, document_vouched: bool, call: Call) -> Story[Session]:
    given = bytes_of(saved, "the saved session")
    content = _kept(pdf, call.control)
    done = yield from resume(MemoryDocument(content, call.control), given, document_vouched, call.control)
    return Session(content, done, call)


def _kept(pdf: Document, control: Control) -> memoryview:
    """The document as it is now: what the caller does to a buffer later must not get into what is signed."""
    content = read_document(pdf, control)
    return content if isinstance(content.obj, bytes) or view_of(pdf) is None else memoryview(bytes(content))


def _begin_file(document: Document, certificate: Certificate | None, chain: Chain, options: Options, call: Call) -> Story[FileSession]:
    source = open_source(document)
    try:
        done = yield from prepare(StreamedDocument(source, call.control), certificate, chain, options, call)
        return FileSession(document, source.state, done, call)
    finally:
        source.close()


def _resume_file(saved: BytesLike, document: Document, document_vouched: bool, call: Call) -> Story[FileSession]:
    given = bytes_of(saved, "the saved session")
    source = open_source(document)
    try:
        done = yield from resume(StreamedDocument(source, call.control), given, document_vouched, call.control)
        return FileSession(document, source.state, done, call)
    finally:
        source.close()
