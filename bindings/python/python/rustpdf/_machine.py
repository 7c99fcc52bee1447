"""The loop over the steps of the core, and how it is run in this thread or beside an event loop."""

from __future__ import annotations

import contextvars
import inspect
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from . import _core
from ._call import Control
from ._document import MemoryReader, Source
from ._errors import RustpdfError, SigningCancelled, attach_session, error_of, move_session
from ._files.digest_pass import Digests
from ._files.disk import Disk, kind_of
from ._generated import Report, SigningRequest
from ._output import Copy
from ._request import signature_bytes
from ._wire import encode, split

T = TypeVar("T")


@dataclass(frozen=True)
class Ask:
    """A signer is asked to sign."""

    signer: int
    request: SigningRequest


@dataclass(frozen=True)
class Done:
    """The end of a run: a report for each signature; the payload is the update or the live session."""

    result: dict[str, Any]
    reports: list[Report]
    payload: memoryview
    copy: Copy = "none"

    @classmethod
    def of(cls, header: Mapping[str, Any], payload: memoryview) -> Done:
        """The end that a `done` frame tells."""
        reports = [Report._from_wire(report) for report in header.get("reports", ())]
        return cls(header.get("result", {}), reports, payload, header.get("copy") or "none")


Work: TypeAlias = Generator[Ask, object, T]
"""Work that stops where a signer is to be asked, and goes on with its answer. All else in it blocks its thread."""


class Host:
    """Answers the steps that ask for the document or for files."""

    def __init__(self, disk: Disk, source: Source, control: Control) -> None:
        self._disk = disk
        self._source = source
        self._control = control
        self._digests: Digests | None = None
        self._bytes_read = 0
        self._late: dict[str, int] | None = None
        self.failures: list[BaseException] = []

    def failed(self, error: BaseException) -> str:
        """Keeps an exception, and returns the kind of the failure for the answer."""
        self.failures.append(error)
        if isinstance(error, OSError):
            return kind_of(error)
        return "other" if isinstance(error, Exception) and not isinstance(error, SigningCancelled) else "cancelled"

    def answer(self, header: dict[str, Any], payload: memoryview) -> bytes:
        """Answers a step."""
        match header["step"]:
            case "read":
                return self._read(header)
            case "digest":
                return self._digest(header, payload)
            case "store":
                return self._store(header, payload)
        raise RustpdfError("ERR_INTERNAL", f"the core asks for {header['step']}; report it")

    def finish(self) -> None:
        """Tells the progress of final steps: what a callback raises is too late to stop them."""
        if self._late is not None:
            self._control.tell("write", self._late["done"], self._late["total"])

    def _read(self, header: dict[str, Any]) -> bytes:
        document = self._source.reader(header.get("document"))
        pieces = [document.read(offset, length) for offset, length in header["ranges"]]
        if not isinstance(document, MemoryReader):
            self._bytes_read += sum(map(len, pieces))
            self._control.progress("read", min(self._bytes_read, document.length), document.length)
        ranges = [(offset, len(piece)) for (offset, _), piece in zip(header["ranges"], pieces, strict=True)]
        return encode({"answer": "read", "ranges": ranges}, pieces)

    def _digest(self, header: dict[str, Any], payload: memoryview) -> bytes:
        if self._digests is None:
            self._digests = Digests(self._source.reader(header.get("document")), self._control)
        copy = header.get("copy")
        return encode(*self._digests.answer(header, payload, None if copy is None else self._disk.descriptor(copy)))

    def _store(self, header: dict[str, Any], payload: memoryview) -> bytes:
        progress = header.get("progress")
        if header["final"]:
            self._late = progress or self._late
        else:
            self._source.refuse_changed()
            if progress is not None:
                self._control.tell("write", progress["done"], progress["total"])
                self._control.check()
        results: list[dict[str, Any]] = []
        pieces: list[bytes] = []
        for operation in header["operations"]:
            length = operation["length"] if operation["op"] in ("write", "append") else 0
            content, payload = payload[:length], payload[length:]
            try:
                result = self._disk.perform(operation, content)
            except BaseException as error:
                results.append({"failed": self.failed(error)})
                break
            if isinstance(result, bytes):
                pieces.append(result)
                result = {"length": len(result)}
            results.append(result)
        return encode({"answer": "store", "results": results}, pieces)


def run(start: bytes, host: Host, control: Control, session_of: Callable[[Done], object], signers: int = 0) -> Work[Done]:
    """One run of the machine, to its end: after a failure too, for the core cleans up.

    An error after a signature carries what `session_of` makes of the live session.
    """
    machine = _core.Machine(start)
    answer = encode({})
    signed = 0
    while True:
        header, payload = split(machine.next(answer))
        step = header["step"]
        if step == "done":
            if signed:
                control.tell("sign", signed, signers)
            host.finish()
            return Done.of(header, payload)
        if step == "error":
            failure = header["error"].get("failure")
            error = error_of(header["error"]) if failure is None else host.failures[failure]
            session = header.get("session")
            attach_session(error, None if session is None else session_of(Done(session, [], payload)))
            try:
                raise error
            finally:  # else it would hold this frame, and the frame it: the document would stay in memory
                del error
                host.failures.clear()
        try:
            if not header.get("final"):
                if signed:
                    done, signed = signed, 0
                    control.tell("sign", done, signers)
                control.check()
            if step == "sign":
                signer: int = header["signer"]
                control.progress("sign", signer, signers)
                signature = yield Ask(signer, SigningRequest._from_wire({**header, "data": payload.hex()}))
                answer = encode({"answer": "sign"}, [signature_bytes(signature)])
                signed = signer + 1
            else:
                answer = host.answer(header, payload)
        except BaseException as error:
            answer = encode({"answer": "failed", "kind": host.failed(error)})


def drive(work: Work[T], signers: Sequence[Callable[[SigningRequest], object]] = ()) -> T:
    """Does the work in this thread. However it ends, it has let go of all that it held."""
    answer: object = None
    raised: BaseException | None = None
    with closing(work):
        try:
            while True:
                step = _advance(work, answer, raised)
                if not isinstance(step, Ask):
                    return step.value
                try:
                    answer, raised = signers[step.signer](step.request), None
                except BaseException as error:
                    raised = error
        except RuntimeError as error:
            if not isinstance(error.__cause__, StopIteration):
                raise
            stopped = error.__cause__  # a generator cannot raise it as it is
        finally:
            raised = None  # it holds this frame
    raise stopped


async def drive_async(work: Work[T], control: Control, signers: Sequence[Callable[[SigningRequest], Any]] = ()) -> T:
    """Does the work in threads, and asks the signers in the thread of the event loop."""
    answer: object = None
    raised: BaseException | None = None
    try:
        while True:
            step: Ask | _End[T] = await _in_thread(control, _advance, work, answer, raised)
            if not isinstance(step, Ask):
                return step.value
            try:
                given = signers[step.signer](step.request)
                answer, raised = await given if inspect.isawaitable(given) else given, None
            except GeneratorExit:
                raise
            except BaseException as error:
                raised = error
    except GeneratorExit:  # the coroutine was closed: it must not await
        control.stop()
        with suppress(ValueError):  # a thread is at the work, which ends at its next check
            work.close()
        raise
    except BaseException:
        await _in_thread(control, work.close)
        raise


@dataclass(frozen=True)
class _End(Generic[T]):
    """The work is done."""

    value: T


def _advance(work: Work[T], answer: object, raised: BaseException | None) -> Ask | _End[T]:
    """Goes on with the answer of a signer, or with the exception that it raised."""
    try:
        return work.send(answer) if raised is None else work.throw(raised)
    except StopIteration as end:
        return _End(end.value)
    finally:
        del raised  # it holds this frame


async def _in_thread(control: Control, work: Callable[..., T], *arguments: object) -> T:
    """The result of the work. When the task is cancelled, the work is told to stop, and comes to its end first: it holds files."""
    import asyncio  # here, for to load it takes as long as to load all else

    context = contextvars.copy_context()
    future = asyncio.get_running_loop().run_in_executor(None, lambda: context.run(work, *arguments))
    try:
        await asyncio.wait([future])
    except asyncio.CancelledError as cancelled:
        control.stop()
        while not future.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([future])
        if (error := future.exception()) is not None:
            move_session(error, cancelled)
        raise
    return future.result()
