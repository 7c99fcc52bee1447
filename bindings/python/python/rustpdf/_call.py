"""What concerns a call as a whole: when, by which entropy, how far it is, and how it is stopped."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, TypedDict

from ._arguments import type_name
from ._errors import RustpdfError, SigningCancelled, argument_error
from ._generated import Report

if TYPE_CHECKING:
    from typing_extensions import Unpack


@dataclass(frozen=True)
class Progress:
    """How far a signing is."""

    phase: Literal["read", "digest", "sign", "write"]
    """`read`: structure of the document, in bytes; `digest`: all of it, in bytes; `sign`: signatures; `write`: the output, in bytes."""

    done: int
    """How much of the phase is done."""

    total: int
    """How much there is; of `read` the most that there can be."""


class Cancelled(Protocol):
    """What stops a signing: a `threading.Event`, or whatever else tells by `is_set` that it is to stop."""

    def is_set(self) -> bool:
        """Whether it is to stop."""
        ...


class Watching(TypedDict, total=False):
    """How a caller watches a call and stops it: keyword arguments of every call.

    The callbacks are called in the thread that does the work: of a coroutine that is not the one of the event loop.
    """

    on_progress: Callable[[Progress], object] | None
    """Is told how far it is. Its exceptions stop the signing, and reach the caller unchanged. One of the last call is too late: the
    output is there."""

    cancelled: Cancelled | None
    """Stops the signing when it is set, by `SigningCancelled`. It is looked at between pieces and around the signer, which is not
    interrupted. Nothing is left behind. A coroutine is stopped by cancelling its task as well."""


class Resuming(Watching, total=False):
    """Keyword arguments of a call that makes or takes up a signature."""

    on_report: Callable[[Report], object] | None
    """Is told what was done, with warnings, of each signature."""


class Signing(Resuming, total=False):
    """Keyword arguments of a call that makes a signature."""

    signing_time: datetime | None
    """The time of signing, with a time zone. Default: now."""

    entropy: bytes | None
    """32 random bytes for identifiers, for reproducible output. Default: from `os.urandom`."""


class Control:
    """The caller's eyes and hands during a call. Errors: `ERR_ARGUMENT`."""

    def __init__(self, *, on_progress: Callable[[Progress], object] | None = None, cancelled: Cancelled | None = None) -> None:
        if on_progress is not None and not callable(on_progress):
            raise argument_error(f"on_progress must be callable, and is {type_name(on_progress)}")
        if cancelled is not None and not callable(getattr(cancelled, "is_set", None)):
            raise argument_error(f"cancelled must have is_set, as threading.Event has, and is {type_name(cancelled)}")
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._stopped = threading.Event()

    def check(self) -> None:
        """Raises where it is to stop."""
        if self._stopped.is_set() or (self._cancelled is not None and self._cancelled.is_set()):
            raise SigningCancelled("the signing was stopped by its caller")

    def progress(self, phase: Literal["read", "digest", "sign", "write"], done: int, total: int) -> None:
        """Tells how far it is, and raises where it is to stop."""
        self.check()
        self.tell(phase, done, total)

    def tell(self, phase: Literal["read", "digest", "sign", "write"], done: int, total: int) -> None:
        """Tells how far it is, where it is too late to stop, or was looked at already."""
        if self._on_progress is not None:
            self._on_progress(Progress(phase, done, total))

    def stop(self) -> None:
        """Has the work end at its next check."""
        self._stopped.set()


class Call:
    """Arguments that concern a call as a whole. Errors: `ERR_ARGUMENT`."""

    def __init__(self, *, on_report: Callable[[Report], object] | None = None, **watching: Unpack[Watching]) -> None:
        if on_report is not None and not callable(on_report):
            raise argument_error(f"on_report must be callable, and is {type_name(on_report)}")
        self.control = Control(**watching)
        self.now: int | None = int(time.time())
        self.entropy = os.urandom(32)
        self._on_report = on_report

    def report(self, report: Report) -> None:
        """Tells the caller what was done."""
        if self._on_report is not None:
            self._on_report(report)


class SigningCall(Call):
    """The same of a call that makes a signature. Errors: `ERR_ARGUMENT`, `ERR_SIGNING_TIME`."""

    def __init__(self, *, signing_time: datetime | None = None, entropy: bytes | None = None, **call: Unpack[Resuming]) -> None:
        super().__init__(**call)
        if signing_time is not None:
            self.now = seconds(signing_time)
        if entropy is not None:
            self.entropy = entropy


def seconds(moment: object) -> int | None:
    """Seconds since 1970; None for what is no date, which the core refuses."""
    if not isinstance(moment, datetime):
        return None
    if moment.utcoffset() is None:  # `timestamp` would take it for local time, which it mostly is not
        raise RustpdfError("ERR_SIGNING_TIME", "the signing time has no time zone; give one, such as `datetime.now(timezone.utc)`")
    return math.floor(moment.timestamp())
