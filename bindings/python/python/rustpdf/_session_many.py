"""The public calls that sign many documents in two phases."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from ._arguments import BytesLike, Certificate, Chain, Document, Output, bytes_of, check_flag, key_of
from ._cache import MemoryCache
from ._call import (
    Call,
    Control,
    ManyCompleting,
    ManyKeywords,
    ManyResumeKeywords,
    ManyResuming,
    SignCall,
    check_keywords,
    split_keywords,
)
from ._errors import argument_error, host_error
from ._generated import SigningRequest
from ._machine import Work, drive, drive_async
from ._many import Job, JobOutcome, outcome_of
from ._operations import Answer, Credentials, open_sealed, open_unsealed, serialize
from ._options import Options
from ._output import SignedFile
from ._parallel import Outcome, check_in_flight, in_parallel, in_parallel_async
from ._request import AsyncCertifiedSigner, signature_bytes
from ._session import FileSession, begin, resume

if TYPE_CHECKING:
    from typing_extensions import Unpack


@dataclass(frozen=True)
class SessionFailure:
    """A document without a session. The failure does not concern the others."""

    index: int
    """Place of the document, from 0."""

    error: BaseException
    """The exception."""


class SessionBatch:
    """Many signings after their first phase, for a service that signs many hashes in one call."""

    sessions: Sequence[FileSession | None]
    """Session of each document, in the order of the documents. None if it failed."""

    failures: Sequence[SessionFailure]
    """Documents without a session."""

    def __init__(self, inputs: Sequence[Document], sessions: Sequence[FileSession | None], failures: Sequence[SessionFailure]) -> None:
        self._inputs = inputs
        self.sessions = sessions
        self.failures = failures

    @property
    def requests(self) -> list[SigningRequest]:
        """Requests to a key store: one for each session, in their order. Only of sessions that have one."""
        return [session.request for _, session in self._begun() if session.request is not None]

    @property
    def hashes(self) -> list[bytes]:
        """Digests for a service that returns containers: one for each session, in their order."""
        return [session.hash for _, session in self._begun()]

    def complete(
        self,
        containers: Sequence[BytesLike],
        outputs: Sequence[Output],
        *,
        replace: bool = False,
        in_flight: int = 8,
        **call: Unpack[ManyCompleting],
    ) -> Generator[JobOutcome, None, None]:
        """Completes with a CMS container for each of `hashes`, and yields the outcome of each when it is known.

        `outputs` has one output for each document. A rejected container concerns its document alone, and another may follow. Nothing is
        written before the first outcome is asked for.

        >>> batch = rustpdf.begin_signing_many(["in.pdf", "other.pdf"])
        >>> containers = [service.sign(digest) for digest in batch.hashes]
        >>> [outcome.status for outcome in batch.complete(containers, ["a.pdf", "b.pdf"])]
        ['signed', 'signed']
        """
        check_keywords(SessionBatch.complete, call, ManyCompleting)
        answers = _container_answers(containers)
        return self._run(answers, outputs, replace, in_flight, call)

    def complete_async(
        self,
        containers: Sequence[BytesLike],
        outputs: Sequence[Output],
        *,
        replace: bool = False,
        in_flight: int = 8,
        **call: Unpack[ManyCompleting],
    ) -> AsyncGenerator[JobOutcome, None]:
        """Completes with containers like `complete`, while the event loop goes on."""
        check_keywords(SessionBatch.complete_async, call, ManyCompleting)
        answers = _container_answers(containers)
        return self._run_async(answers, outputs, replace, in_flight, call)

    def complete_with_signatures(
        self,
        signatures: Sequence[BytesLike],
        outputs: Sequence[Output],
        *,
        certificates: Sequence[Certificate] | None = None,
        chain: Chain = None,
        replace: bool = False,
        in_flight: int = 8,
        **call: Unpack[ManyCompleting],
    ) -> Generator[JobOutcome, None, None]:
        """Completes with a raw signature for each of `requests`. Otherwise like `complete`.

        `certificates` has one for each signature, of sessions that were begun without one. `chain` has the issuers of all.

        >>> batch = rustpdf.begin_signing_many(["in.pdf", "other.pdf"], certificate=certificate, chain=chain)
        >>> signatures = [hsm.sign(request.data) for request in batch.requests]
        >>> [outcome.status for outcome in batch.complete_with_signatures(signatures, ["a.pdf", "b.pdf"])]
        ['signed', 'signed']
        """
        check_keywords(SessionBatch.complete_with_signatures, call, ManyCompleting)
        answers = _signature_answers(signatures, certificates, chain)
        return self._run(answers, outputs, replace, in_flight, call)

    def complete_with_signatures_async(
        self,
        signatures: Sequence[BytesLike],
        outputs: Sequence[Output],
        *,
        certificates: Sequence[Certificate] | None = None,
        chain: Chain = None,
        replace: bool = False,
        in_flight: int = 8,
        **call: Unpack[ManyCompleting],
    ) -> AsyncGenerator[JobOutcome, None]:
        """Completes with raw signatures like `complete_with_signatures`, while the event loop goes on."""
        check_keywords(SessionBatch.complete_with_signatures_async, call, ManyCompleting)
        answers = _signature_answers(signatures, certificates, chain)
        return self._run_async(answers, outputs, replace, in_flight, call)

    def serialize(self, key: BytesLike) -> bytes:
        """All sessions without the documents, sealed like `Session.serialize`. `resume_signing_many` resumes them."""
        return serialize([None if one is None else one._live for one in self.sessions], key_of(key), batch=True)

    def serialize_unsealed(self) -> bytes:
        """All sessions without a seal, like `Session.serialize_unsealed`. `resume_unsealed_many` resumes them."""
        return serialize([None if one is None else one._live for one in self.sessions], None, batch=True)

    def _begun(self) -> list[tuple[int, FileSession]]:
        return [(index, session) for index, session in enumerate(self.sessions) if session is not None]

    def _run(
        self, answers: Sequence[_Answer], outputs: object, replace: bool, in_flight: int, call: Mapping[str, Any]
    ) -> Generator[JobOutcome, None, None]:
        control = Control(cancelled=call.get("cancelled"))
        return _completed(self._completions(answers, outputs, in_flight), replace, in_flight, control, _shared(call))

    def _run_async(
        self, answers: Sequence[_Answer], outputs: object, replace: bool, in_flight: int, call: Mapping[str, Any]
    ) -> AsyncGenerator[JobOutcome, None]:
        control = Control(cancelled=call.get("cancelled"))
        return _completed_async(self._completions(answers, outputs, in_flight), replace, in_flight, control, _shared(call))

    def _completions(self, answers: Sequence[_Answer], outputs: object, in_flight: object) -> list[_Completion]:
        """Errors: `ERR_ARGUMENT` if answers or outputs are missing."""
        begun, places = self._begun(), _list(outputs, "`outputs`")
        check_in_flight(in_flight)
        _check_count(len(answers), "answers", len(begun), "sessions")
        _check_count(len(places), "outputs", len(self.sessions), "documents")
        return [
            _Completion(index, session, answer, Job(self._inputs[index], places[index]))
            for (index, session), answer in zip(begun, answers, strict=True)
        ]


def begin_signing_many(
    inputs: Sequence[Document],
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    in_flight: int = 8,
    **keywords: Unpack[ManyKeywords],
) -> SessionBatch:
    """Prepares many documents for signatures that come later. Up to `in_flight` threads work at a time.

    The other arguments are those of `begin_signing_file`.

    >>> batch = rustpdf.begin_signing_many(["in.pdf", "none.pdf"], certificate=certificate, chain=chain)
    >>> len(batch.requests), batch.failures[0].index
    (1, 1)
    """
    split, call = split_keywords(begin_signing_many, keywords, ManyKeywords, options)
    return _batch(*_beginning(inputs, Credentials.of(signer, certificate, chain, split), in_flight, call))


async def begin_signing_many_async(
    inputs: Sequence[Document],
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    in_flight: int = 8,
    **keywords: Unpack[ManyKeywords],
) -> SessionBatch:
    """Prepares many documents like `begin_signing_many`, while the event loop goes on.

    >>> len(asyncio.run(rustpdf.begin_signing_many_async(["in.pdf", "other.pdf"])).hashes)
    2
    """
    split, call = split_keywords(begin_signing_many_async, keywords, ManyKeywords, options)
    return await _batch_async(*_beginning(inputs, Credentials.of(signer, certificate, chain, split), in_flight, call))


def resume_signing_many(
    saved: BytesLike,
    inputs: Sequence[Document],
    key: BytesLike,
    *,
    skip_document_check: bool = False,
    in_flight: int = 8,
    **call: Unpack[ManyResuming],
) -> SessionBatch:
    """Resumes sessions that `SessionBatch.serialize` sealed with `key`, with their documents in the same order.

    The documents are read again and must be the same. `skip_document_check` omits the comparison.

    >>> saved = rustpdf.begin_signing_many(["in.pdf", "other.pdf"], certificate=certificate).serialize(seal_key)
    >>> len(rustpdf.resume_signing_many(saved, ["in.pdf", "other.pdf"], seal_key).requests)
    2
    """
    check_keywords(resume_signing_many, call, ManyResuming)
    return _batch(*_resuming(open_sealed(saved, key, batch=True), inputs, skip_document_check, in_flight, call))


async def resume_signing_many_async(
    saved: BytesLike,
    inputs: Sequence[Document],
    key: BytesLike,
    *,
    skip_document_check: bool = False,
    in_flight: int = 8,
    **call: Unpack[ManyResuming],
) -> SessionBatch:
    """Resumes sessions like `resume_signing_many`, while the event loop goes on.

    >>> saved = rustpdf.begin_signing_many(["in.pdf"]).serialize(seal_key)
    >>> len(asyncio.run(rustpdf.resume_signing_many_async(saved, ["in.pdf"], seal_key)).hashes)
    1
    """
    check_keywords(resume_signing_many_async, call, ManyResuming)
    return await _batch_async(*_resuming(open_sealed(saved, key, batch=True), inputs, skip_document_check, in_flight, call))


def resume_unsealed_many(
    saved: BytesLike,
    inputs: Sequence[Document],
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    signing_time: datetime | None = None,
    in_flight: int = 8,
    **keywords: Unpack[ManyResumeKeywords],
) -> SessionBatch:
    """Resumes sessions of `SessionBatch.serialize_unsealed`, with their documents in the same order.

    The other arguments are those of `resume_unsealed`.

    >>> saved = rustpdf.begin_signing_many(["in.pdf"], certificate=certificate).serialize_unsealed()
    >>> len(rustpdf.resume_unsealed_many(saved, ["in.pdf"], certificate=certificate).requests)
    1
    """
    split, call = split_keywords(resume_unsealed_many, keywords, ManyResumeKeywords, options)
    sessions = open_unsealed(saved, Credentials.of(signer, certificate, chain, split), signing_time, batch=True)
    return _batch(*_resuming(sessions, inputs, False, in_flight, call))


async def resume_unsealed_many_async(
    saved: BytesLike,
    inputs: Sequence[Document],
    *,
    signer: AsyncCertifiedSigner | None = None,
    certificate: Certificate | None = None,
    chain: Chain = None,
    options: Options = None,
    signing_time: datetime | None = None,
    in_flight: int = 8,
    **keywords: Unpack[ManyResumeKeywords],
) -> SessionBatch:
    """Resumes sessions like `resume_unsealed_many`, while the event loop goes on.

    >>> saved = rustpdf.begin_signing_many(["in.pdf"]).serialize_unsealed()
    >>> len(asyncio.run(rustpdf.resume_unsealed_many_async(saved, ["in.pdf"])).hashes)
    1
    """
    split, call = split_keywords(resume_unsealed_many_async, keywords, ManyResumeKeywords, options)
    sessions = open_unsealed(saved, Credentials.of(signer, certificate, chain, split), signing_time, batch=True)
    return await _batch_async(*_resuming(sessions, inputs, False, in_flight, call))


_Answer: TypeAlias = Callable[[], Answer]
_Start: TypeAlias = "Callable[[tuple[int, Document]], tuple[Call, Work[FileSession]]]"


@dataclass(frozen=True)
class _Completion:
    """The completion of a session of a batch."""

    index: int
    session: FileSession
    answer: _Answer
    job: Job

    def begin(self, replace: bool, control: Control, call: Mapping[str, Any]) -> tuple[Call, Work[SignedFile]]:
        made, kept = self.session._call_of({**call, "emits": False})
        made.control.part_of(control)
        return made, self.session._into(self.answer(), self.job.output, replace, made, kept)


def _shared(call: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of a call for many documents, with a cache that they share."""
    return {**call, "cache": MemoryCache() if call.get("cache") is None else call["cache"]}


def _signature_answers(signatures: object, certificates: object, chain: Chain) -> list[_Answer]:
    given = _list(signatures, "`signatures`")
    issued = [None] * len(given) if certificates is None else _list(certificates, "`certificates`")
    _check_count(len(issued), "certificates", len(given), "signatures")

    def answer(signature: object, certificate: object) -> _Answer:
        return lambda: Answer(signature_bytes(signature), certificate=certificate, chain=chain)

    return [answer(*both) for both in zip(given, issued, strict=True)]


def _container_answers(containers: object) -> list[_Answer]:
    def answer(container: object) -> _Answer:
        return lambda: Answer(container=bytes_of(container, "the container"))

    return [answer(one) for one in _list(containers, "`containers`")]


def _completed(
    completions: Sequence[_Completion], replace: bool, in_flight: int, control: Control, call: Mapping[str, Any]
) -> Generator[JobOutcome, None, None]:
    def work(one: _Completion) -> SignedFile:
        return drive(one.begin(replace, control, call)[1])

    with closing(in_parallel(completions, in_flight, work, control)) as outcomes:
        for outcome in outcomes:
            yield outcome_of(outcome.item.job, outcome, outcome.item.index)


async def _completed_async(
    completions: Sequence[_Completion], replace: bool, in_flight: int, control: Control, call: Mapping[str, Any]
) -> AsyncGenerator[JobOutcome, None]:
    async def work(one: _Completion) -> SignedFile:
        made, completing = one.begin(replace, control, call)
        return await drive_async(completing, made.control)

    async with aclosing(in_parallel_async(completions, in_flight, work, control)) as outcomes:
        async for outcome in outcomes:
            yield outcome_of(outcome.item.job, outcome, outcome.item.index)


def _beginning(
    inputs: object, credentials: Credentials, in_flight: int, call: Mapping[str, Any]
) -> tuple[list[Document], int, Control, _Start]:
    control = SignCall(**call, emits=False).control

    def start(item: tuple[int, Document]) -> tuple[Call, Work[FileSession]]:
        made = SignCall(**call, emits=False)
        made.control.part_of(control)
        return made, begin(FileSession, item[1], credentials, made)

    return _list(inputs, "`inputs`"), in_flight, control, start


def _resuming(
    sessions: Sequence[memoryview], inputs: object, skip_document_check: bool, in_flight: int, call: Mapping[str, Any]
) -> tuple[list[Document], int, Control, _Start]:
    documents = _list(inputs, "`inputs`")
    _check_count(len(documents), "documents", len(sessions), "saved sessions")
    check_flag(skip_document_check, "skip_document_check")
    control = Control(**call)

    def start(item: tuple[int, Document]) -> tuple[Call, Work[FileSession]]:
        index, document = item
        if len(sessions[index]) == 0:
            raise host_error("no_session")
        made = Call(**call, emits=False)
        made.control.part_of(control)
        return made, resume(FileSession, sessions[index], document, skip_document_check, made)

    return documents, in_flight, control, start


def _batch(inputs: list[Document], in_flight: int, control: Control, start: _Start) -> SessionBatch:
    check_in_flight(in_flight)
    with closing(in_parallel([*enumerate(inputs)], in_flight, lambda item: drive(start(item)[1]), control)) as outcomes:
        return _gathered(inputs, [*outcomes])


async def _batch_async(inputs: list[Document], in_flight: int, control: Control, start: _Start) -> SessionBatch:
    async def work(item: tuple[int, Document]) -> FileSession:
        call, first_phase = start(item)
        return await drive_async(first_phase, call.control)

    check_in_flight(in_flight)
    async with aclosing(in_parallel_async([*enumerate(inputs)], in_flight, work, control)) as outcomes:
        return _gathered(inputs, [outcome async for outcome in outcomes])


def _gathered(inputs: list[Document], outcomes: list[Outcome[tuple[int, Document], FileSession]]) -> SessionBatch:
    outcomes.sort(key=lambda outcome: outcome.index)
    failures = [SessionFailure(outcome.index, outcome.error) for outcome in outcomes if outcome.error is not None]
    return SessionBatch(inputs, [outcome.value for outcome in outcomes], failures)


def _list(items: object, name: str) -> list[Any]:
    if not isinstance(items, (list, tuple)):
        raise argument_error(name, "a list", items)
    return list(items)


def _check_count(given: int, name: str, needed: int, of: str) -> None:
    if given != needed:
        raise host_error("count_mismatch", given=given, name=name, needed=f"{needed} {of}")
