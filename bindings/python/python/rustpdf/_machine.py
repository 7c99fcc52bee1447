"""The loop over the steps of the core, and who answers it."""

from __future__ import annotations

import contextvars
import inspect
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from . import _core
from ._call import Control
from ._generated import Report, SigningRequest
from ._request import signature_bytes
from ._wire import Buffer, decode, encode

T = TypeVar("T")


class Host(Protocol):
    """What a run asks of a document."""

    @property
    def length(self) -> int:
        """In bytes; it does not change during a run."""
        ...

    def read(self, ranges: list[tuple[int, int]]) -> Sequence[Buffer]:
        """The bytes of each range of offset and length."""
        ...

    def digest(self, algorithm: str, later: Sequence[str], suffix: Buffer) -> bytes:
        """The digest of the whole document and a suffix. Of the algorithms that come later it is hashed in the same pass."""
        ...


@dataclass(frozen=True)
class Ask:
    """A signer is asked to sign."""

    signer: int
    request: SigningRequest


@dataclass(frozen=True)
class Done:
    """What a run ends in: a report for each signature; the payload is the update or the saved session."""

    result: dict[str, Any]
    reports: list[Report]
    payload: memoryview


Story: TypeAlias = Generator[Ask, object, T]
"""Work that stops where a signer is to be asked, and goes on with what that gave. All else in it blocks its thread."""


def run(start: bytes, document: Host, control: Control, signers: int = 0) -> Story[Done]:
    """One run of the machine."""
    machine = _core.Machine(start)
    answer = encode({})
    while True:
        header, payload = decode(machine.next(answer))
        step = header["step"]
        if step == "done":
            return done_of(header, payload)
        control.check()
        if step == "read":
            pieces = document.read(header["ranges"])
            ranges = [(offset, len(piece)) for (offset, _), piece in zip(header["ranges"], pieces, strict=True)]
            answer = encode({"answer": "read", "ranges": ranges}, pieces)
        elif step == "digest":
            answer = encode({"answer": "digest"}, [document.digest(header["algorithm"], header["later"], payload)])
        else:
            signer: int = header["signer"]
            control.progress("sign", signer, signers)
            signature = yield Ask(signer, SigningRequest._from_wire({**header, "data": payload.hex()}))
            answer = encode({"answer": "sign"}, [signature_bytes(signature)])
            control.progress("sign", signer + 1, signers)


def done_of(header: dict[str, Any], payload: memoryview) -> Done:
    """What the last step says."""
    reports = [Report._from_wire(report) for report in header.get("reports", ())]
    return Done(header.get("result", {}), reports, payload)


def drive(story: Story[T], signers: Sequence[Callable[[SigningRequest], object]] = ()) -> T:
    """Has the story told in this thread. However it ends, it has let go of all that it held."""
    answer: object = None
    with closing(story):
        while True:
            step = _advance(story, answer)
            if not isinstance(step, Ask):
                return step.value
            answer = signers[step.signer](step.request)


async def drive_async(story: Story[T], control: Control, signers: Sequence[Callable[[SigningRequest], Any]] = ()) -> T:
    """Has the story told in threads, and the signers asked in that of the event loop."""
    answer: object = None
    try:
        while True:
            step: Ask | _End[T] = await _in_thread(control, _advance, story, answer)
            if not isinstance(step, Ask):
                return step.value
            given = signers[step.signer](step.request)
            answer = await given if inspect.isawaitable(given) else given
    except GeneratorExit:  # nobody goes on with the coroutine: it must not await
        control.stop()
        with suppress(ValueError):  # a thread is at the story, which ends at its next check
            story.close()
        raise
    except BaseException:
        await _in_thread(control, story.close)
        raise


@dataclass(frozen=True)
class _End(Generic[T]):
    """The story is told."""

    value: T


def _advance(story: Story[T], answer: object) -> Ask | _End[T]:
    try:
        return story.send(answer)
    except StopIteration as end:
        return _End(end.value)


async def _in_thread(control: Control, work: Callable[..., T], *arguments: object) -> T:
    """What the work gives. When the task is cancelled, the work is told to stop, and comes to its end first: it holds files."""
    import asyncio  # here, for to load it takes as long as to load all else

    context = contextvars.copy_context()
    future = asyncio.get_running_loop().run_in_executor(None, lambda: context.run(work, *arguments))
    try:
        await asyncio.wait([future])
    except asyncio.CancelledError:
        control.stop()
        while not future.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([future])
        future.exception()  # nobody asks for it any more
        raise
    return future.result()
