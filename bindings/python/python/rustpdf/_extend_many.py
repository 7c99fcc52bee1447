"""The public calls that extend many documents."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable, Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ._arguments import Document, Output, Path, check_flag
from ._call import ManyExtending, SignCall, seconds, split_keywords
from ._errors import argument_error
from ._extend import into_file
from ._generated import ExtensionOptions
from ._machine import Work, drive, drive_async
from ._many import Run
from ._options import Extension, options_to_wire
from ._output import ExtendedFile
from ._parallel import Outcome, in_parallel, in_parallel_async

if TYPE_CHECKING:
    from typing_extensions import Unpack


@dataclass(frozen=True)
class ExtendJob:
    """One of many documents to be extended.

    >>> rustpdf.ExtendJob("in.pdf", "in.pdf", options={"level": "B-T"}).input
    'in.pdf'
    """

    input: Document
    """The document, as of `extend_file`."""

    output: Output
    """Place of the extended document, as of `extend_file`."""

    id: str | None = None
    """Name of the job in the ledger. The ids of a run differ. Default: the path of the output."""

    options: Extension = field(default=None, repr=False)
    """Options of this document. A mapping replaces single options of the call, `ExtensionOptions` all of them."""


@dataclass(frozen=True)
class ExtendDone:
    """A job whose document was extended."""

    job: ExtendJob
    """The job."""

    index: int
    """Its place, from 0."""

    extended: ExtendedFile
    """The extended document."""

    status: Literal["extended"] = "extended"
    """Kind of the outcome."""


@dataclass(frozen=True)
class ExtendSkipped:
    """A job with nothing to do: an earlier run with the same ledger did it, or the evidence lasts until after `renew_before`."""

    job: ExtendJob
    """The job."""

    index: int
    """Its place, from 0."""

    status: Literal["skipped"] = "skipped"
    """Kind of the outcome."""


@dataclass(frozen=True)
class ExtendFailed:
    """A job that failed. The failure concerns its document alone."""

    job: ExtendJob
    """The job."""

    index: int
    """Its place, from 0."""

    error: BaseException
    """The exception."""

    status: Literal["failed"] = "failed"
    """Kind of the outcome."""


ExtendOutcome: TypeAlias = ExtendDone | ExtendSkipped | ExtendFailed
"""Outcome of a job. Its `status` is `extended`, `skipped` or `failed`."""


def extend_many(
    jobs: Iterable[ExtendJob],
    *,
    options: Extension = None,
    in_flight: int = 8,
    ledger: Path | None = None,
    renew_before: datetime | None = None,
    replace: bool = False,
    **keywords: Unpack[ManyExtending],
) -> Generator[ExtendOutcome, None, None]:
    """Extends many documents, several at a time, and yields the outcome of each when it is known.

    With `renew_before` it renews an archive. A document is skipped if its signatures have the level, and evidence that lasts until after
    that time. `ledger` is the path of a file that records the extended jobs. A run that is repeated with it extends each document once,
    until its evidence ends before `renew_before`.

    The other arguments are those of `extend_file` and `sign_many`. The documents share a cache of certificates and revocation data.

    >>> before = datetime.now(timezone.utc) + timedelta(days=90)
    >>> signed = rustpdf.sign_file("in.pdf", "in.pdf", signer=signer)
    >>> jobs = [rustpdf.ExtendJob("in.pdf", "in.pdf")]
    >>> options = {"level": "B-T", "timestamp": {"services": [tsa]}}
    >>> for _ in range(2):
    ...     print([outcome.status for outcome in rustpdf.extend_many(jobs, options=options, renew_before=before)])
    ['extended']
    ['skipped']
    """
    split, call = split_keywords(extend_many, keywords, ManyExtending, options, ExtensionOptions)
    return _extended_many(_Extending(split, renew_before, replace, call, in_flight, ledger), jobs)


def extend_many_async(
    jobs: Iterable[ExtendJob] | AsyncIterable[ExtendJob],
    *,
    options: Extension = None,
    in_flight: int = 8,
    ledger: Path | None = None,
    renew_before: datetime | None = None,
    replace: bool = False,
    **keywords: Unpack[ManyExtending],
) -> AsyncGenerator[ExtendOutcome, None]:
    """Extends many documents like `extend_many`, while the event loop goes on. The jobs may come from an asynchronous iterable.

    >>> async def main():
    ...     jobs = [rustpdf.ExtendJob(signed, "out.pdf")]
    ...     outcomes = rustpdf.extend_many_async(jobs, level="B-T", timestamp={"services": [tsa]})
    ...     return [outcome.status async for outcome in outcomes]
    >>> asyncio.run(main())
    ['extended']
    """
    split, call = split_keywords(extend_many_async, keywords, ManyExtending, options, ExtensionOptions)
    return _extended_many_async(_Extending(split, renew_before, replace, call, in_flight, ledger), jobs)


class _Extending(Run):
    """A run that extends. Errors: `ERR_ARGUMENT`."""

    def __init__(
        self,
        options: Mapping[str, Any],
        renew_before: datetime | None,
        replace: bool,
        call: Mapping[str, Any],
        in_flight: int,
        ledger: object,
    ) -> None:
        super().__init__(call, in_flight, ledger)
        if renew_before is not None and (not isinstance(renew_before, datetime) or renew_before.utcoffset() is None):
            raise argument_error("`renew_before`", "a datetime with a time zone", renew_before)
        self._renew_before = None if renew_before is None else seconds(renew_before)
        self._options = options
        self._replace = check_flag(replace, "replace")

    def begin(self, job: object) -> tuple[SignCall, Work[ExtendedFile | None]]:
        """The work on a job, and its call. Errors: `ERR_ARGUMENT`, those of the options."""
        if not isinstance(job, ExtendJob):
            raise argument_error("each job", "an ExtendJob", job)
        entry, call = self.entry_of(job.id, job.output), self.call()
        options = {**self._options, **options_to_wire(job.options, None, ExtensionOptions)}
        return call, into_file("extend", job.input, job.output, self._replace, options, call, entry, self._renew_before)


def _extended_many(run: _Extending, jobs: Iterable[ExtendJob]) -> Generator[ExtendOutcome, None, None]:
    def work(job: ExtendJob) -> ExtendedFile | None:
        return drive(run.begin(job)[1])

    drive(run.open())
    try:
        with closing(in_parallel(jobs, run.in_flight, work, run.control)) as outcomes:
            for outcome in outcomes:
                yield _outcome_of(outcome)
    finally:
        drive(run.close())


async def _extended_many_async(
    run: _Extending, jobs: Iterable[ExtendJob] | AsyncIterable[ExtendJob]
) -> AsyncGenerator[ExtendOutcome, None]:
    async def work(job: ExtendJob) -> ExtendedFile | None:
        call, extending = run.begin(job)
        return await drive_async(extending, call.control)

    await drive_async(run.open(), run.control)
    try:
        async with aclosing(in_parallel_async(jobs, run.in_flight, work, run.control)) as outcomes:
            async for outcome in outcomes:
                yield _outcome_of(outcome)
    finally:
        await drive_async(run.close(), run.control)


def _outcome_of(outcome: Outcome[ExtendJob, ExtendedFile | None]) -> ExtendOutcome:
    if outcome.error is not None:
        return ExtendFailed(outcome.item, outcome.index, outcome.error)
    if outcome.value is None:
        return ExtendSkipped(outcome.item, outcome.index)
    return ExtendDone(outcome.item, outcome.index, outcome.value)
