"""The public calls that sign many documents, and the ledger of such a run."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable, Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast, overload

from ._arguments import Certificate, Chain, Document, Output, Path, is_path
from ._cache import MemoryCache
from ._call import ManyKeywords, SignCall, split_keywords
from ._errors import argument_error, host_error
from ._machine import Work, drive, drive_async
from ._operations import Signatory, close_ledger, open_ledger
from ._options import Options, options_to_wire
from ._output import SignedFile
from ._parallel import Outcome, check_in_flight, in_parallel, in_parallel_async
from ._request import AsyncCertifiedSigner, AsyncSignFunction, CertifiedSigner, PrivateKey, SignFunction
from ._sign_file import into_output

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._frames import LedgerJob, LedgerResult


@dataclass(frozen=True)
class Job:
    """One of many documents to be signed.

    >>> rustpdf.Job("in.pdf", "out.pdf", options={"reason": "Approved"}).output
    'out.pdf'
    """

    input: Document
    """The document, as of `sign_file`."""

    output: Output
    """Place of the signed document, as of `sign_file`."""

    id: str | None = None
    """Name of the job in the ledger. The ids of a run differ. Default: the path of the output."""

    options: Options = field(default=None, repr=False)
    """Options of this signature. A mapping replaces single options of the call, `SigningOptions` all of them."""


@dataclass(frozen=True)
class JobSigned:
    """A job that was signed."""

    job: Job
    """The job."""

    index: int
    """Its place, from 0."""

    signed: SignedFile
    """The signed document."""

    status: Literal["signed"] = "signed"
    """Kind of the outcome."""


@dataclass(frozen=True)
class JobSkipped:
    """A job that an earlier run with the same ledger has signed."""

    job: Job
    """The job."""

    index: int
    """Its place, from 0."""

    status: Literal["skipped"] = "skipped"
    """Kind of the outcome."""


@dataclass(frozen=True)
class JobFailed:
    """A job that failed. The failure concerns its document alone."""

    job: Job
    """The job."""

    index: int
    """Its place, from 0."""

    error: BaseException
    """The exception."""

    status: Literal["failed"] = "failed"
    """Kind of the outcome."""


JobOutcome: TypeAlias = JobSigned | JobSkipped | JobFailed
"""Outcome of a job. Its `status` is `signed`, `skipped` or `failed`."""


@overload
def sign_many(
    jobs: Iterable[Job],
    *,
    signer: CertifiedSigner,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    in_flight: int = 8,
    ledger: Path | None = None,
    replace: bool = False,
    **keywords: Unpack[ManyKeywords],
) -> Generator[JobOutcome, None, None]: ...


@overload
def sign_many(
    jobs: Iterable[Job],
    *,
    signer: SignFunction | PrivateKey,
    certificate: Certificate,
    chain: Chain = (),
    options: Options = None,
    in_flight: int = 8,
    ledger: Path | None = None,
    replace: bool = False,
    **keywords: Unpack[ManyKeywords],
) -> Generator[JobOutcome, None, None]: ...


def sign_many(
    jobs: Iterable[Job],
    *,
    signer: CertifiedSigner | SignFunction | PrivateKey,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    in_flight: int = 8,
    ledger: Path | None = None,
    replace: bool = False,
    **keywords: Unpack[ManyKeywords],
) -> Generator[JobOutcome, None, None]:
    """Signs many documents by one key, several at a time, and yields the outcome of each when it is known.

    Nothing is signed before the first outcome is asked for. Up to `in_flight` threads work at a time, and each calls the signer. With
    `in_flight=1` the signer is called once at a time. A job is taken from `jobs` when there is room for it.

    `ledger` is the path of a file that records the signed jobs. A run that is repeated with it signs each document once, even after an
    interruption. The outputs then need paths, or the jobs ids. One run at a time uses a ledger.

    A loop that stops early lets the jobs that were begun come to their end, and begins no other. After `cancelled` they are yielded
    before `SigningCancelled` is raised. The other arguments are those of `sign_file`. The documents share a cache of certificates and
    revocation data.

    >>> jobs = [rustpdf.Job("in.pdf", "out.pdf"), rustpdf.Job("none.pdf", "none.out")]
    >>> with contextlib.closing(rustpdf.sign_many(jobs, signer=signer, ledger="ledger")) as outcomes:
    ...     for outcome in outcomes:
    ...         if outcome.status == "failed":
    ...             print(outcome.job.input, outcome.error.strerror)
    none.pdf No such file or directory
    """
    split, call = split_keywords(sign_many, keywords, ManyKeywords, options)
    run = _Signing(Signatory.of(signer, certificate, chain, split), replace, call, in_flight, ledger)
    return _signed_many(run, jobs)


@overload
def sign_many_async(
    jobs: Iterable[Job] | AsyncIterable[Job],
    *,
    signer: AsyncCertifiedSigner,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    in_flight: int = 8,
    ledger: Path | None = None,
    replace: bool = False,
    **keywords: Unpack[ManyKeywords],
) -> AsyncGenerator[JobOutcome, None]: ...


@overload
def sign_many_async(
    jobs: Iterable[Job] | AsyncIterable[Job],
    *,
    signer: AsyncSignFunction | PrivateKey,
    certificate: Certificate,
    chain: Chain = (),
    options: Options = None,
    in_flight: int = 8,
    ledger: Path | None = None,
    replace: bool = False,
    **keywords: Unpack[ManyKeywords],
) -> AsyncGenerator[JobOutcome, None]: ...


def sign_many_async(
    jobs: Iterable[Job] | AsyncIterable[Job],
    *,
    signer: AsyncCertifiedSigner | AsyncSignFunction | PrivateKey,
    certificate: Certificate | None = None,
    chain: Chain = (),
    options: Options = None,
    in_flight: int = 8,
    ledger: Path | None = None,
    replace: bool = False,
    **keywords: Unpack[ManyKeywords],
) -> AsyncGenerator[JobOutcome, None]:
    """Signs many documents like `sign_many`, with a signer that may return an awaitable.

    The thread of the event loop calls the signer and takes the jobs, which may come from an asynchronous iterable.

    >>> async def main():
    ...     jobs = [rustpdf.Job("in.pdf", "out.pdf")]
    ...     return [outcome.status async for outcome in rustpdf.sign_many_async(jobs, signer=signer)]
    >>> asyncio.run(main())
    ['signed']
    """
    split, call = split_keywords(sign_many_async, keywords, ManyKeywords, options)
    run = _Signing(Signatory.of(signer, certificate, chain, split), replace, call, in_flight, ledger)
    return _signed_many_async(run, jobs)


class Run:
    """A run over many documents, which share a cache. Errors: `ERR_ARGUMENT`."""

    def __init__(self, call: Mapping[str, Any], in_flight: int, ledger: object) -> None:
        check_in_flight(in_flight)
        if ledger is not None and not is_path(ledger):
            raise argument_error("`ledger`", "a path", ledger)
        self.in_flight = in_flight
        self.control = SignCall(**call, emits=False).control
        self._call = {**call, "cache": MemoryCache() if call.get("cache") is None else call["cache"]}
        self._path = ledger
        self._ledger: _Ledger | None = None

    def open(self) -> Work[None]:
        """Opens the ledger, if there is one."""
        if self._path is not None:
            self._ledger = _Ledger((yield from open_ledger(os.fspath(self._path))))

    def close(self) -> Work[None]:
        """Releases the lock of the ledger."""
        if self._ledger is not None:
            yield from close_ledger(self._ledger.opened["ledger"])

    def call(self) -> SignCall:
        """The call of a job."""
        call = SignCall(**self._call, emits=False)
        call.control.part_of(self.control)
        return call

    def entry_of(self, id: str | None, output: object) -> LedgerJob | None:
        """The entry of a job, if there is a ledger. Errors: `ERR_ARGUMENT` if there was a job with this id."""
        return None if self._ledger is None else self._ledger.entry_of(id, output)


class _Signing(Run):
    """A run that signs. Errors: `ERR_ARGUMENT`."""

    def __init__(self, signatory: Signatory, replace: bool, call: Mapping[str, Any], in_flight: int, ledger: object) -> None:
        super().__init__(call, in_flight, ledger)
        self.signatory = signatory
        self._replace = replace

    def begin(self, job: object) -> tuple[SignCall, Work[SignedFile]]:
        """The work on a job, and its call. Errors: `ERR_ARGUMENT`, those of the options."""
        if not isinstance(job, Job):
            raise argument_error("each job", "a Job", job)
        entry, call = self.entry_of(job.id, job.output), self.call()
        signatory = self.signatory.with_options(options_to_wire(job.options))
        return call, into_output(job.input, job.output, [signatory], self._replace, call, entry)


class _Ledger:
    """The ledger of a run, which the core keeps."""

    def __init__(self, opened: LedgerResult) -> None:
        self.opened = opened
        self._begun: dict[str, object] = {}

    def entry_of(self, id: str | None, output: object) -> LedgerJob:
        """The entry of a job. Errors: `ERR_ARGUMENT` if there was a job with this id."""
        name = id if id is not None else os.fspath(output) if is_path(output) else ""
        mark = object()
        if self._begun.setdefault(name, mark) is not mark:  # one step, because several threads do this
            raise host_error("id_twice", id=name)
        return {"ledger": self.opened["ledger"], "id": name, "state": self.opened["states"].get(name)}


def _signed_many(run: _Signing, jobs: Iterable[Job]) -> Generator[JobOutcome, None, None]:
    def work(job: Job) -> SignedFile:
        return drive(run.begin(job)[1], [run.signatory.ask])

    drive(run.open())
    try:
        with closing(in_parallel(jobs, run.in_flight, work, run.control)) as outcomes:
            for outcome in outcomes:
                yield outcome_of(outcome.item, outcome)
    finally:
        drive(run.close())


async def _signed_many_async(run: _Signing, jobs: Iterable[Job] | AsyncIterable[Job]) -> AsyncGenerator[JobOutcome, None]:
    async def work(job: Job) -> SignedFile:
        call, signing = run.begin(job)
        return await drive_async(signing, call.control, [run.signatory.ask_async])

    await drive_async(run.open(), run.control)
    try:
        async with aclosing(in_parallel_async(jobs, run.in_flight, work, run.control)) as outcomes:
            async for outcome in outcomes:
                yield outcome_of(outcome.item, outcome)
    finally:
        await drive_async(run.close(), run.control)


def outcome_of(job: Job, outcome: Outcome[Any, SignedFile], index: int | None = None) -> JobOutcome:
    """The outcome of a job."""
    index = outcome.index if index is None else index
    if outcome.error is not None:
        return JobFailed(job, index, outcome.error)
    signed = cast("SignedFile", outcome.value)
    return JobSigned(job, index, signed) if signed.reports else JobSkipped(job, index)
