"""Requests to servers: the answer to the step `http`."""

from __future__ import annotations

import contextvars
import inspect
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, cast, get_args

from ._arguments import view_of
from ._cache import pack, unpack
from ._call import Control
from ._errors import RustpdfError, type_name
from ._frame import Buffer, encode
from ._generated import TimestampService
from ._http import HttpError, HttpFailure, HttpRequest, HttpResponse, Network

if TYPE_CHECKING:
    from . import _frames as wire
    from ._http_client import Transfer


T = TypeVar("T")


class Servers:
    """Servers of a run. Requests of all its steps share the limit of time."""

    def __init__(self, network: Network, services: Sequence[Sequence[TimestampService]], control: Control) -> None:
        """`services` has the timestamp services of each signer."""
        self.network = network
        self.control = control
        self.used = 0.0
        self._services = services

    def begin(self, step: wire.HttpStep, payload: memoryview, signer: int = 0) -> Exchange:
        """Begins to answer a step. `signer` was asked last. Errors: `ERR_TIMESTAMP_SERVICE`."""
        requests = []
        services = self._services[signer] if signer < len(self._services) else ()
        for header in step["requests"]:
            requests.append(Pending(header, _request(header, bytes(payload[: header["body"]]), services)))
            payload = payload[header["body"] :]
        return Exchange(self, requests)


def _request(header: wire.HttpRequest, body: bytes, services: Sequence[TimestampService]) -> HttpRequest:
    """The request of a header. Errors: `ERR_TIMESTAMP_SERVICE` for a service that the caller did not give."""
    fields = {"Accept": header["accept"], "User-Agent": "rustpdf"}
    content_type, number, url = header.get("contentType"), header.get("service"), header.get("url") or ""
    if content_type is not None:
        fields["Content-Type"] = content_type
    if header["method"] == "GET":
        fields["Accept-Encoding"] = "gzip"
    if number is not None:
        if number >= len(services):
            raise RustpdfError(
                "ERR_TIMESTAMP_SERVICE",
                f"timestamp service {number} is needed, and {len(services)} are given, counted from 0; "
                "give the services of the beginning again (`services`)",
            )
        url, own = services[number].url, services[number].headers
        fields = {**{name: value for name, value in fields.items() if name.lower() not in map(str.lower, own)}, **own}
    method = cast("Literal['GET', 'POST']", header["method"])
    return HttpRequest(header["purpose"], number, url, method, fields, body, header["limit"])


_Outcome: TypeAlias = "HttpResponse | HttpError"


@dataclass
class Pending:
    """A request of a step, and its outcome when it is known."""

    header: wire.HttpRequest
    request: HttpRequest
    outcome: _Outcome | None = None
    cached: bool = False
    flight: Future[HttpResponse | None] | None = None
    """The flight of this request, if others wait for its response."""

    awaited: Future[HttpResponse | None] | None = None
    """The flight of another request with the same key, for whose response this one waits."""

    @property
    def delay(self) -> float:
        """Seconds to wait before sending."""
        return self.header.get("delay") or 0


class Exchange:
    """The requests of a step, all at once. Errors: those of the cache."""

    def __init__(self, servers: Servers, requests: Sequence[Pending]) -> None:
        self._servers = servers
        self._network = servers.network
        self._requests = requests

    @property
    def is_awaited(self) -> bool:
        """Whether the caller's function sends, which may return awaitables."""
        return self._network.function is not None

    def answer(self) -> bytes:
        """The answer to the step."""
        responses: list[wire.ResponseFrame] = []
        bodies: list[Buffer] = []
        for one in self._requests:
            outcome = one.outcome
            if not isinstance(outcome, HttpResponse):
                responses.append({"id": one.header["id"], "failed": "other" if outcome is None else outcome.kind})
                continue
            response: wire.ResponseFrame = {"id": one.header["id"], "status": outcome.status, "body": len(outcome.body)}
            if outcome.retry_after is not None:
                response["retryAfter"] = outcome.retry_after
            if one.cached:
                response["cached"] = True
            responses.append(response)
            bodies.append(outcome.body)
        answer: wire.AnswerFrame = {"answer": "http", "now": int(time.time()), "responses": responses}
        return encode(answer, bodies)

    def run(self) -> None:
        """Sends what is not known, in threads, and waits.

        Errors: `SigningCancelled`, those of the caller's function, of the cache and of `on_progress`.
        """
        running: dict[int, _Running] = {}
        results: queue.SimpleQueue[_Result] = queue.SimpleQueue()

        def wake(_: object) -> None:
            results.put((-1, HttpError("other")))

        with self._timed() as (begun, end):
            try:
                while any(one.outcome is None for one in self._requests):
                    self._servers.control.check()
                    now = time.monotonic()
                    for index, one in enumerate(self._requests):
                        if one.outcome is not None:
                            continue
                        if now >= end or (index in running and running[index].is_overdue):
                            self._settle(one, HttpError("timeout"))
                            if index in running:
                                running.pop(index).end()
                        elif index not in running and len(running) < _AT_ONCE and now >= begun + one.delay and self._is_to_send(one, wake):
                            running[index] = _Running(index, one.request, self._network, end, results)
                    if all(one.outcome is not None for one in self._requests):
                        break
                    try:
                        index, outcome = results.get(timeout=_POLL)
                    except queue.Empty:
                        continue
                    if index in running:
                        del running[index]
                        if isinstance(outcome, BaseException) and not isinstance(outcome, HttpError):
                            raise outcome
                        self._settle(self._requests[index], outcome)
            finally:
                for each in running.values():
                    each.end()

    async def run_async(self) -> None:
        """Sends what is not known by the caller's function, in the event loop. Errors: as of `run`."""
        import asyncio  # here, because its import takes as long as that of the whole package

        permits, settling = asyncio.Semaphore(_AT_ONCE), asyncio.Lock()

        async def later(work: Callable[..., T], *arguments: object) -> T:
            async with settling:  # callbacks and caches may block, and the former are called one after the other
                return await asyncio.to_thread(work, *arguments)

        async def send(one: Pending, end: float) -> None:
            outcome: _Outcome
            await asyncio.sleep(one.delay)
            while not await later(self._is_to_send, one, lambda _: None):
                if one.outcome is not None:
                    return
                if one.awaited is not None:
                    await asyncio.shield(asyncio.wrap_future(one.awaited))
            async with permits:
                left = max(min(self._network.limits.request, end - time.monotonic()), 0)
                try:
                    outcome = await asyncio.wait_for(_awaited(self._network, replace(one.request, timeout=left)), left)
                except HttpError as error:
                    outcome = error
                except asyncio.TimeoutError:
                    outcome = HttpError("timeout")
            await later(self._settle, one, outcome)

        with self._timed() as (_, end):
            tasks = {asyncio.ensure_future(send(one, end)) for one in self._requests}
            pending = tasks
            try:
                while pending and time.monotonic() < end:
                    self._servers.control.check()
                    done, pending = await asyncio.wait(pending, timeout=_POLL, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        task.result()
            finally:
                for task in pending:
                    task.cancel()
                if pending:
                    await asyncio.wait(pending)
            for one in self._requests:
                if one.outcome is None:
                    self._settle(one, HttpError("timeout"))

    @contextmanager
    def _timed(self) -> Iterator[tuple[float, float]]:
        """Counts the time of the step. Gives its beginning and its latest end."""
        begun = time.monotonic()
        try:
            self._servers.control.progress("http", 0, len(self._requests))
            yield begun, begun + max(self._network.limits.total - self._servers.used, 0)
        finally:
            self._servers.used += time.monotonic() - begun
            for one in self._requests:
                self._land(one, None)

    def _is_to_send(self, one: Pending, wake: Callable[[object], None]) -> bool:
        """Whether a request has to be sent. Else it is settled by a cache, or waits for another one, which calls `wake` at its end.

        Of requests with the same key one is sent at a time, and the others have its response. Errors: those of the cache.
        """
        key, cache = one.header.get("cache"), self._network.cache
        if key is None or cache is None:
            return True
        if one.awaited is not None:
            if not one.awaited.done():
                return False
            response, one.awaited = one.awaited.result(), None
            if response is not None and len(response.body) <= one.request.limit:
                one.cached = True
                self._settle(one, response)
                return False
        with _LOCK:
            one.awaited = _FLIGHTS.get((id(cache), key))
            if one.awaited is None:
                one.flight = _FLIGHTS[id(cache), key] = Future()
        if one.awaited is not None:
            one.awaited.add_done_callback(wake)
            return False
        body = unpack(cache.get(key))
        if body is None or len(body) > one.request.limit:
            return True
        one.cached = True
        self._settle(one, HttpResponse(200, body))
        return False

    def _settle(self, one: Pending, outcome: _Outcome) -> None:
        """Takes the outcome of a request. Errors: those of the cache and of `on_progress`, `SigningCancelled`."""
        key, cache = one.header.get("cache"), self._network.cache
        is_good = isinstance(outcome, HttpResponse) and outcome.status == 200
        if isinstance(outcome, HttpResponse) and is_good and key is not None and cache is not None and not one.cached:
            cache.set(key, pack(bytes(outcome.body)))
        one.outcome = outcome
        self._land(one, outcome if isinstance(outcome, HttpResponse) and is_good else None)
        settled = sum(one.outcome is not None for one in self._requests)
        self._servers.control.progress("http", settled, len(self._requests))

    def _land(self, one: Pending, response: HttpResponse | None) -> None:
        """Ends the flight of a request, and has those go on that wait for it."""
        with _LOCK:
            flight, one.flight = one.flight, None
            if flight is not None:
                del _FLIGHTS[id(self._network.cache), one.header.get("cache") or ""]
        if flight is not None:
            flight.set_result(response)


# Requests under way for a cache, by its identity and the key. They end before the cache does.
_FLIGHTS: dict[tuple[int, str], Future[HttpResponse | None]] = {}
_LOCK = threading.Lock()
_Result: TypeAlias = "tuple[int, _Outcome]"


class _Running:
    """A request in a thread of its own. A thread that cannot be interrupted, such as one that resolves a name, is left behind."""

    def __init__(self, index: int, request: HttpRequest, network: Network, end: float, results: queue.SimpleQueue[_Result]) -> None:
        self._transfer: Transfer | None = None
        self._latest = min(time.monotonic() + network.limits.request, end)
        request = replace(request, timeout=max(self._latest - time.monotonic(), 0))
        if network.function is None:
            from ._http_client import Transfer

            client, transfer = network.client(), Transfer(network.limits)
            self._transfer = transfer

            def send() -> HttpResponse:
                return client.send(request, transfer)
        else:

            def send() -> HttpResponse:
                return _called(network, request)

        def work() -> None:
            outcome: Any
            try:
                outcome = send()
            except BaseException as error:
                outcome = error
            results.put((index, outcome))

        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(work,), name="rustpdf-http", daemon=True).start()

    @property
    def is_overdue(self) -> bool:
        """Whether its time is over."""
        return time.monotonic() > self._latest if self._transfer is None else self._transfer.left == 0

    def end(self) -> None:
        """Ends it."""
        if self._transfer is not None:
            self._transfer.end()


def _called(network: Network, request: HttpRequest) -> HttpResponse:
    """The response of the caller's function. Errors: `HttpError`, `ERR_ARGUMENT`, the function's own."""
    assert network.function is not None
    try:
        response = network.function(request)
    except Exception as error:
        kind = _failure(error)
        if kind is None:
            raise
        raise HttpError(kind) from None
    if inspect.iscoroutine(response):
        response.close()  # else the interpreter warns that it was never awaited
        raise _answer_error("a coroutine, which only a coroutine awaits")
    return _response(response, request)


async def _awaited(network: Network, request: HttpRequest) -> HttpResponse:
    """The response of the caller's function, awaited. Errors: as of `_called`."""
    assert network.function is not None
    try:
        response = network.function(request)
        if inspect.isawaitable(response):
            response = await response
    except Exception as error:
        kind = _failure(error)
        if kind is None:
            raise
        raise HttpError(kind) from None
    return _response(response, request)


def _response(response: object, request: HttpRequest) -> HttpResponse:
    """The response as the core may have it. Errors: `HttpError`, `ERR_HTTP_ANSWER`."""
    body = view_of(getattr(response, "body", None))
    status, after = getattr(response, "status", None), getattr(response, "retry_after", None)
    if body is None or not isinstance(status, int) or not 100 <= status <= 599:
        raise _answer_error(type_name(response) if status is None else "no status code, or no bytes")
    if not isinstance(after, (int, float, NoneType)) or after != after:
        raise _answer_error("a `retry_after` that is not a number of seconds")
    if len(body) > request.limit:
        raise HttpError("tooLarge")
    return HttpResponse(status, bytes(body), None if after is None else math.ceil(min(max(after, 0), 0x7FFF_FFFF)))


def _answer_error(found: str) -> RustpdfError:
    return RustpdfError("ERR_HTTP_ANSWER", f"`http` returned {found}; return an HttpResponse, or raise an HttpError")


def _failure(error: Exception) -> HttpFailure | None:
    """The failure of the network that an exception of the caller's function tells. Errors: `ERR_HTTP_ANSWER`."""
    if isinstance(error, HttpError):
        if error.kind not in get_args(HttpFailure):
            raise _answer_error("another kind of failure")
        return error.kind
    names = [each.__name__ for each in type(error).__mro__]
    if not isinstance(error, OSError) and not any(each.__module__.split(".")[0] in _CLIENTS for each in type(error).__mro__):
        return None
    if any("Timeout" in name for name in names):
        return "timeout"
    if any("SSL" in name or "Certificate" in name for name in names):
        return "tls"
    if "gaierror" in names:
        return "dns"
    return "connect" if "Connect" in names[0] and names[0] not in _BROKEN else "other"


_AT_ONCE = 8
# Seconds between two looks at whether the caller cancelled.
_POLL = 0.05
_BROKEN = frozenset({"ConnectionResetError", "ConnectionAbortedError"})
_CLIENTS = frozenset({"aiohttp", "httpcore", "httpx", "requests", "urllib3"})
