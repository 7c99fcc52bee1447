"""Keywords of a call: options of the signature, time, entropy, progress, reports and cancellation."""

from __future__ import annotations

import math
import os
import sys
import threading
import time
import warnings as python_warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypedDict

from ._cache import Cache
from ._errors import SigningCancelled, SigningWarning, argument_error, host_error
from ._generated import ExtensionKeywords, ExtensionOptions, OptionKeywords, Report, SigningOptions, TimestampService, Warning
from ._http import AsyncHttpFunction, HttpFunction, HttpSettings, Network
from ._options import nearest, options_to_wire

if TYPE_CHECKING:
    from types import FrameType

    from typing_extensions import Unpack


Phase: TypeAlias = Literal["read", "digest", "sign", "http", "write"]
"""Phase of a signing."""


@dataclass(frozen=True)
class Progress:
    """Progress of a signing."""

    phase: Phase
    """`read`: structure of the document, in bytes; `digest`: all of it, in bytes; `sign`: signatures; `http`: requests to servers that are
    sent together; `write`: the output, in bytes."""

    done: int
    """Part of the phase that is done."""

    total: int
    """Size of the phase; of `read` an upper bound."""


class Cancelled(Protocol):
    """A signal that stops a signing: a `threading.Event`, or another object with `is_set`."""

    def is_set(self) -> bool:
        """Whether the signing is to stop."""
        ...


class Watching(TypedDict, total=False):
    """Keywords of every call, by which a caller watches and stops it.

    The thread that does the work runs the callbacks. In a coroutine that is not the thread of the event loop.
    """

    on_progress: Callable[[Progress], object] | None
    """Receives the progress. Its exceptions stop the signing, and reach the caller unchanged. An exception in the last call does not
    stop the signing: the output exists already."""

    on_warnings: Callable[[list[Warning]], object] | None
    """Receives the warnings of a signature, if there are any, before its key is asked. Its exceptions stop the signing. The key is not
    asked then, and the exception reaches the caller unchanged. Warnings about timestamps and levels come when the document is complete: an
    exception changes nothing then.
    Default: `warnings.warn` with a `SigningWarning`; nothing if `on_report` receives them."""

    cancelled: Cancelled | None
    """Stops the signing when it is set, by `SigningCancelled`. The call consults it between pieces, and before and after the signer.
    It does not interrupt the signer. Nothing is left behind. Cancelling its task stops a coroutine as well."""


class Online(TypedDict, total=False):
    """Keywords of a call that asks servers: for timestamps, certificates and revocation data. Only levels above B-B need them."""

    http: HttpSettings | HttpFunction | AsyncHttpFunction | Mapping[str, Any] | None
    """Settings of the package's own client, or a function that sends in its place. Only a coroutine takes one that returns awaitables."""

    cache: Cache | None
    """Cache of certificates and revocation data, such as a `MemoryCache`. Calls for many documents have one by default."""


class Moment(TypedDict, total=False):
    """Keywords of a call that makes a signature, or asks for timestamps: its time and its random bytes."""

    signing_time: datetime | None
    """Time of signing, with a time zone. Default: now."""

    entropy: bytes | None
    """32 random bytes for identifiers, for reproducible output. Default: from `os.urandom`."""


class Completing(Watching, Online, Moment, total=False):
    """Keywords of a call that completes a session: those of `Watching`, `Online` and `Moment`.

    `http` and `cache` are by default those of the call that made the session.
    """

    services: Sequence[TimestampService | Mapping[str, Any]] | None
    """Timestamp services of a session that was resumed: neither addresses nor credentials are saved with it."""

    password: str | None
    """Password of the encrypted document of a session that was resumed. Only levels above B-T need it."""


class Resuming(Watching, total=False):
    """Keywords of a call that resumes a signature."""

    on_report: Callable[[Report], object] | None
    """Receives the report of each signature, with warnings."""


class Extending(ExtensionKeywords, Watching, Online, Moment, total=False):
    """Keywords of `extend` and `timestamp`: the options of `ExtensionOptions`, and those of `Watching`, `Online` and `Moment`."""


class ManyExtending(ExtensionKeywords, Online, Moment, total=False):
    """Keywords of `extend_many`: the options of `ExtensionOptions`, `Online`, `Moment`, and two of `Watching`.

    Several threads call `on_warnings`, unless the call is a coroutine's or `in_flight` is 1. Without it the warnings are in the reports.
    """

    on_warnings: Callable[[list[Warning]], object] | None
    cancelled: Cancelled | None


class Signing(Resuming, Online, Moment, total=False):
    """Keywords of `sign_with`, beside its options."""


class InTurn(Watching, Online, Moment, total=False):
    """Keywords of a call with several signers. Each signer has options of its own."""


class SignKeywords(OptionKeywords, Watching, Online, Moment, total=False):
    """Keywords of a call that signs: the options of `SigningOptions`, `Watching`, `Online` and `Moment`."""


class BeginKeywords(OptionKeywords, Signing, total=False):
    """Keywords of a call that begins a signature: the options of `SigningOptions`, `Resuming` and `Moment`."""


class ResumeKeywords(OptionKeywords, Resuming, total=False):
    """Keywords of a call that resumes an unsealed session: the options of its beginning, and `Resuming`."""


class ManyKeywords(OptionKeywords, Online, Moment, total=False):
    """Keywords of a call for many documents: the options of `SigningOptions`, `Online`, `Moment`, and two of `Watching`.

    Several threads call `on_warnings`, unless the call is a coroutine's or `in_flight` is 1. Without it the warnings are in the reports.
    """

    on_warnings: Callable[[list[Warning]], object] | None
    cancelled: Cancelled | None


class ManyResuming(TypedDict, total=False):
    """Keyword of a call that resumes many sessions."""

    cancelled: Cancelled | None


class ManyCompleting(ManyResuming, Online, total=False):
    """Keywords of a call that completes many sessions: `cancelled`, and those of `Online`."""

    services: Sequence[TimestampService | Mapping[str, Any]] | None
    """Timestamp services of sessions that were resumed."""

    password: str | None
    """Password of the encrypted documents of sessions that were resumed. Only levels above B-T need it."""


class ManyResumeKeywords(OptionKeywords, ManyResuming, total=False):
    """Keywords of a call that resumes many unsealed sessions: the options of their beginning, and `cancelled`."""


def check_keywords(function: Callable[..., Any], given: Iterable[str], kind: type[Any]) -> None:
    """Raises the `TypeError` of Python, in the name of a public function, if a keyword is not one of a `TypedDict`."""
    known: frozenset[str] = kind.__optional_keys__
    for name in given:
        if name not in known:
            import inspect  # here, because only an error needs it

            parameters = inspect.signature(function).parameters.values()
            near = nearest(name, [*(one.name for one in parameters if one.kind is not one.VAR_KEYWORD), *known])
            hint = "" if near is None else f"; did you mean {near!r}?"
            raise TypeError(f"{function.__qualname__}() got an unexpected keyword argument {name!r}{hint}")


def split_keywords(
    function: Callable[..., Any],
    given: Mapping[str, Any],
    kind: type[Any],
    options: object = None,
    of: type[SigningOptions | ExtensionOptions] = SigningOptions,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options by their names of the wire, and the other keywords of a call.

    Errors: `TypeError`, `ERR_ARGUMENT`, `ERR_OPTION_UNKNOWN`, `ERR_OPTION_VALUE`.
    """
    check_keywords(function, given, kind)
    own = {field.name for field in fields(of)}
    call = {name: value for name, value in given.items() if name not in own}
    return options_to_wire(options, {name: value for name, value in given.items() if name in own}, of), call


class Control:
    """Progress and cancellation of a call. Errors: `ERR_ARGUMENT`."""

    def __init__(
        self,
        *,
        on_progress: Callable[[Progress], object] | None = None,
        on_warnings: Callable[[list[Warning]], object] | None = None,
        cancelled: Cancelled | None = None,
        emits: bool = False,
    ) -> None:
        for name, callback in (("`on_progress`", on_progress), ("`on_warnings`", on_warnings)):
            if callback is not None and not callable(callback):
                raise argument_error(name, "callable", callback)
        if cancelled is not None and not callable(getattr(cancelled, "is_set", None)):
            raise argument_error("`cancelled`", "an object with `is_set`, such as a threading.Event", cancelled)
        self._on_progress = on_progress
        self._on_warnings = on_warnings or (_emit if emits else None)
        self._cancelled = cancelled
        self._stopped = threading.Event()
        self._warned: list[Warning] = []

    def check(self) -> None:
        """Errors: `SigningCancelled` if the signing is to stop."""
        if self._stopped.is_set() or (self._cancelled is not None and self._cancelled.is_set()):
            raise SigningCancelled("the signing was stopped by its caller")

    def progress(self, phase: Phase, done: int, total: int) -> None:
        """Reports progress. Errors: `SigningCancelled` if the signing is to stop, those of the callback."""
        self.check()
        self.report(phase, done, total)

    def report(self, phase: Phase, done: int, total: int) -> None:
        """Reports progress where it is too late to stop, or after `check`."""
        if self._on_progress is not None:
            self._on_progress(Progress(phase, done, total))

    def warn(self, warnings: list[Warning]) -> None:
        """Hands warnings to the caller. Errors: those of the callback."""
        self._warned += warnings
        if warnings and self._on_warnings is not None:
            self._on_warnings(warnings)

    def warn_of_rest(self, warnings: Iterable[Warning]) -> None:
        """Hands those to the caller that were not known before. The document is complete: an exception changes nothing."""
        with suppress(Exception):
            self.warn([warning for warning in warnings if warning not in self._warned])

    def stop(self) -> None:
        """Ends the work at its next check."""
        self._stopped.set()

    def part_of(self, whole: Control) -> None:
        """Makes this the control of a part of the work: `stop` of either ends both."""
        self._stopped = whole._stopped


def _emit(warnings: list[Warning]) -> None:
    """Shows warnings that no callback receives, as those of the line that called the package."""
    level = 1
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith("rustpdf."):
        level, frame = level + 1, frame.f_back
    for warning in warnings:
        python_warnings.warn(SigningWarning(warning.code, warning.message), stacklevel=level)


class Call:
    """Arguments of a call as a whole. Errors: `ERR_ARGUMENT`."""

    def __init__(
        self,
        *,
        on_report: Callable[[Report], object] | None = None,
        http: object = None,
        cache: object = None,
        emits: bool = True,
        **watching: Unpack[Watching],
    ) -> None:
        if on_report is not None and not callable(on_report):
            raise argument_error("`on_report`", "callable", on_report)
        self.control: Control = Control(**watching, emits=emits and on_report is None)
        self.now: int | None = int(time.time())
        self.entropy: bytes = os.urandom(32)
        self.network: Network = Network(http, cache)
        self._on_report = on_report

    def report(self, report: Report) -> None:
        """Reports a signature to the caller."""
        if self._on_report is not None:
            self._on_report(report)


class SignCall(Call):
    """Arguments of a call that makes a signature. Errors: `ERR_ARGUMENT`, `ERR_SIGNING_TIME`."""

    def __init__(
        self,
        *,
        signing_time: datetime | None = None,
        entropy: bytes | None = None,
        emits: bool = True,
        **call: Any,
    ) -> None:
        super().__init__(emits=emits, **call)
        if signing_time is not None:
            self.now = seconds(signing_time)
        if entropy is not None:
            self.entropy = entropy


def seconds(moment: object) -> int | None:
    """Seconds since 1970; None for a value that is not a date, which the core rejects. Errors: `ERR_SIGNING_TIME`."""
    if not isinstance(moment, datetime):
        return None
    if moment.utcoffset() is None:  # `timestamp` would assume local time, which is mostly wrong
        raise host_error("time_zone")
    return math.floor(moment.timestamp())
