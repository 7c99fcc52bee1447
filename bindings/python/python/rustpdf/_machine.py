"""The loop over the steps of the core, run in this thread or beside an event loop."""

from __future__ import annotations

import contextvars
import inspect
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast

from . import _core
from ._call import Control
from ._disk import Disk, kind_of
from ._document import RunDocument
from ._errors import SigningCancelled, attach_session, error_of, host_error, session_of
from ._frame import encode, split
from ._generated import Report, SigningRequest, TimestampService, Warning
from ._hash import Digests
from ._http import Network
from ._output import Copy
from ._request import signature_bytes
from ._source import MemoryReader

if TYPE_CHECKING:
    from . import _frames as wire
    from ._exchange import Exchange, Servers

T = TypeVar("T")


@dataclass(frozen=True)
class Ask:
    """A request to a signer."""

    signer: int
    request: SigningRequest


@dataclass(frozen=True)
class Done:
    """End of a run or call: its result, a report for each signature, and the payload."""

    result: Any
    reports: list[Report]
    payload: memoryview
    copy: Copy = "none"

    @classmethod
    def of(cls, step: wire.DoneStep, payload: memoryview) -> Done:
        """The end that a `done` frame reports."""
        return cls(step["result"], [Report._from_wire(report) for report in step["reports"]], payload, step["copy"])


Work: TypeAlias = "Generator[Ask | Exchange, object, T]"
"""Work that stops at each request to a signer or to servers and continues with the answer. Everything else in it blocks its thread."""


class Host:
    """Answers the steps about the document and about files, and begins those about servers."""

    def __init__(
        self, disk: Disk, document: RunDocument, control: Control, network: Network, services: Sequence[Sequence[TimestampService]]
    ) -> None:
        """`services` has the timestamp services of each signer."""
        self._network = network
        self._services = services
        self._servers: Servers | None = None
        self._disk = disk
        self._document = document
        self._control = control
        self._digests: Digests | None = None
        self._bytes_read = 0
        self._late: wire.StoreProgress | None = None
        self.failures: list[BaseException] = []
        self.signer = 0
        """Place of the signer that was asked last."""

    def failed(self, error: BaseException) -> wire.FailureKind:
        """Keeps an exception, and returns its kind for the answer."""
        self.failures.append(error)
        if isinstance(error, OSError):
            return kind_of(error)
        return "other" if isinstance(error, Exception) and not isinstance(error, SigningCancelled) else "cancelled"

    def answer(self, step: wire.StepFrame, payload: memoryview) -> bytes:
        """Answers a step. Errors: `ERR_INTERNAL` for an unknown step, those of the answer."""
        match step["step"]:
            case "read":
                return self._read(step)
            case "digest":
                return self._digest(step, payload)
            case "store":
                return self._store(step, payload)
        raise host_error("unknown_step", step=step["step"])

    def exchange(self, step: wire.HttpStep, payload: memoryview) -> Exchange:
        """Begins the requests of a step. Errors: `ERR_TIMESTAMP_SERVICE`."""
        if self._servers is None:
            from ._exchange import Servers  # here, because most signatures need none

            self._servers = Servers(self._network, self._services, self._control)
        return self._servers.begin(step, payload, self.signer)

    def finish(self) -> None:
        """Reports the progress of final steps. An exception of the callback is too late to stop them."""
        if self._late is not None:
            self._control.report("write", self._late["done"], self._late["total"])

    def _read(self, step: wire.ReadStep) -> bytes:
        document = self._document.reader(step.get("document"))
        pieces = [document.read(offset, length) for offset, length in step["ranges"]]
        if not isinstance(document, MemoryReader):
            self._bytes_read += sum(map(len, pieces))
            self._control.progress("read", min(self._bytes_read, document.length), document.length)
        ranges = [(offset, len(piece)) for (offset, _), piece in zip(step["ranges"], pieces, strict=True)]
        answer: wire.AnswerFrame = {"answer": "read", "ranges": ranges}
        return encode(answer, pieces)

    def _digest(self, step: wire.DigestRequest, payload: memoryview) -> bytes:
        if self._digests is None:
            self._digests = Digests(self._document.reader(step.get("document")), self._control)
        copy = step.get("copy")
        return encode(*self._digests.answer(step, payload, None if copy is None else self._disk.descriptor(copy)))

    def _store(self, step: wire.StoreRequest, payload: memoryview) -> bytes:
        progress = step.get("progress")
        if step["final"]:
            self._late = progress or self._late
        else:
            self._document.refuse_changed()
            if progress is not None:
                self._control.report("write", progress["done"], progress["total"])
                self._control.check()
        results: list[wire.ResultFrame] = []
        pieces: list[bytes] = []
        for operation in step["operations"]:
            length = operation["length"] if operation["op"] == "write" or operation["op"] == "append" else 0
            content, payload = payload[:length], payload[length:]
            try:
                result: wire.ResultFrame | bytes = self._disk.perform(operation, content)
            except BaseException as error:
                results.append({"failed": self.failed(error)})
                break
            if isinstance(result, bytes):
                pieces.append(result)
                result = {"length": len(result)}
            results.append(result)
        answer: wire.AnswerFrame = {"answer": "store", "results": results}
        return encode(answer, pieces)


def run(start: bytes, host: Host, control: Control, unfinished: Callable[[Done, int], object], signers: int = 0) -> Work[Done]:
    """Runs the machine to its end, after a failure too: the core cleans up.

    `unfinished` makes the session that an error after a signature carries. It receives the place of the signer that was asked last.
    """
    machine = _core.Machine(start)
    answer = encode({})
    signed = 0
    while True:
        step, payload = split(machine.next(answer))
        if step["step"] == "done":
            if signed:
                control.report("sign", signed, signers)
            host.finish()
            return Done.of(step, payload)
        if step["step"] == "error":
            failure = step["error"].get("failure")
            error = error_of(step["error"]) if failure is None else host.failures[failure]
            session = step.get("session")
            attach_session(error, None if session is None else unfinished(Done(session, [], payload), host.signer))
            try:
                raise error
            finally:  # exception and frame would hold each other, and the document with them
                del error
                host.failures.clear()
        response: wire.AnswerFrame
        try:
            if step["step"] != "store" or not step["final"]:
                if signed:
                    done, signed = signed, 0
                    control.report("sign", done, signers)
                control.check()
            if step["step"] == "sign":
                host.signer = signer = step["signer"]
                control.progress("sign", signer, signers)
                warnings = cast("list[dict[str, Any]]", step["warnings"])
                control.warn([Warning._from_wire(warning) for warning in warnings])
                signature = yield Ask(signer, SigningRequest._from_wire({**step["request"], "data": payload.hex()}))
                response = {"answer": "sign"}
                answer = encode(response, [signature_bytes(signature)])
                signed = signer + 1
            elif step["step"] == "http":
                exchange = host.exchange(step, payload)
                yield exchange
                answer = exchange.answer()
            else:
                answer = host.answer(step, payload)
        except BaseException as error:
            response = {"answer": "failed", "kind": host.failed(error)}
            answer = encode(response)


def drive(work: Work[T], signers: Sequence[Callable[[SigningRequest], object]] = ()) -> T:
    """Does the work in this thread. However it ends, it has released its files."""
    answer: object = None
    raised: BaseException | None = None
    with closing(work):
        try:
            while True:
                step = _advance(work, answer, raised)
                if isinstance(step, _End):
                    return step.value
                try:
                    if isinstance(step, Ask):
                        answer, raised = signers[step.signer](step.request), None
                    else:
                        step.run()
                        raised = None
                except BaseException as error:
                    raised = error
        except RuntimeError as error:
            if not isinstance(error.__cause__, StopIteration):
                raise
            stopped = error.__cause__  # a generator raises it as a RuntimeError
        finally:
            raised = None  # its traceback holds this frame
    raise stopped


async def drive_async(work: Work[T], control: Control, signers: Sequence[Callable[[SigningRequest], Any]] = ()) -> T:
    """Does the work in threads, and calls the caller's functions in the thread of the event loop."""
    answer: object = None
    raised: BaseException | None = None
    try:
        while True:
            step: Ask | Exchange | _End[T] = await _in_thread(control, _advance, work, answer, raised)
            if isinstance(step, _End):
                return step.value
            try:
                if isinstance(step, Ask):
                    given = signers[step.signer](step.request)
                else:
                    given = step.run_async() if step.is_awaited else _in_thread(control, step.run)
                answer, raised = await given if inspect.isawaitable(given) else given, None
            except GeneratorExit:
                raise
            except BaseException as error:
                raised = error
    except GeneratorExit:  # a coroutine that is closed must not await
        control.stop()
        with suppress(ValueError):  # a thread still runs the work, which ends at its next check
            work.close()
        raise
    except BaseException:
        await _in_thread(control, work.close)
        raise


@dataclass(frozen=True)
class _End(Generic[T]):
    """Result of the work."""

    value: T


def _advance(work: Work[T], answer: object, raised: BaseException | None) -> Ask | Exchange | _End[T]:
    """Continues with the answer of a signer or of servers, or with an exception."""
    try:
        return work.send(answer) if raised is None else work.throw(raised)
    except StopIteration as end:
        return _End(end.value)
    finally:
        del raised  # its traceback holds this frame


async def _in_thread(control: Control, work: Callable[..., T], *arguments: object) -> T:
    """The result of the work. A cancelled task stops the work and waits for its end, because the work holds files."""
    import asyncio  # here, because its import takes as long as that of the whole package

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
            attach_session(cancelled, session_of(error))
        raise
    return future.result()
