"""Requests to servers: the answer to the step `http`."""

from __future__ import annotations

import contextvars
import inspect
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from ._arguments import view_of
from ._cache import pack, unpack
from ._call import Control
from ._errors import argument_error
from ._frame import Buffer, encode
from ._generated import TimestampService
from ._http import FailedRequestError, HttpRequest, HttpResponse, Network

if TYPE_CHECKING:
    from . import _frames as wire
    from ._http_client import Transfer


class Servers:
    """Servers of a run. Requests of all its steps share the limit of time."""

    def __init__(self, network: Network, services: Sequence[TimestampService], control: Control) -> None:
        self.network = network
        self.control = control
        self.used = 0.0
        self._services = services

    def begin(self, step: wire.HttpStep, payload: memoryview) -> Exchange:
        """Begins to answer a step. Errors: those of the cache."""
        requests = []
        for header in step["requests"]:
            requests.append(Pending(header, _request(header, bytes(payload[: header["body"]]), self._services)))
            payload = payload[header["body"] :]
        return Exchange(self, requests)


def _request(header: wire.HttpRequest, body: bytes, services: Sequence[TimestampService]) -> HttpRequest | None:
    """The request of a header; None for an unknown service."""
    fields = {"Accept": header["accept"], "User-Agent": "rustpdf"}
    content_type, number, url = header.get("contentType"), header.get("service"), header.get("url") or ""
    if content_type is not None:
        fields["Content-Type"] = content_type
    if header["method"] == "GET":
        fields["Accept-Encoding"] = "gzip"
    if number is not None:
        if number >= len(services):
            return None
        url, own = services[number].url, services[number].headers
        fields = {**{name: value for name, value in fields.items() if name.lower() not in map(str.lower, own)}, **own}
    method = cast("Literal['GET', 'POST']", header["method"])
    return HttpRequest(header["purpose"], number, url, method, fields, body, header["limit"])


@dataclass
class Pending:
    """A request of a step, and its outcome when it is known."""

    header: wire.HttpRequest
    request: HttpRequest | None
    outcome: HttpResponse | FailedRequestError | None = None
    cached: bool = False


class Exchange:
    """The requests of a step, all at once. Errors: those of the cache."""

    def __init__(self, servers: Servers, requests: Sequence[Pending]) -> None:
        self._servers = servers
        self._network = servers.network
        self._requests = requests
        for one in requests:
            key = one.header.get("cache")
            if one.request is None:
                one.outcome = FailedRequestError("unsupported")
            elif key is not None and self._network.cache is not None:
                body = unpack(self._network.cache.get(key))
                if body is not None and len(body) <= one.request.limit:
                    one.outcome, one.cached = HttpResponse(200, body), True

    @property
    def is_awaited(self) -> bool:
        """Whether the caller's function sends, which may return awaitables."""
        return self._network.function is not None

    def answer(self) -> bytes:
        """The answer to the step. Errors: those of the cache."""
        responses: list[wire.ResponseFrame] = []
        bodies: list[Buffer] = []
        for one in self._requests:
            outcome, key = one.outcome, one.header.get("cache")
            if not isinstance(outcome, HttpResponse):
                responses.append({"id": one.header["id"], "failed": "other" if outcome is None else outcome.kind})
                continue
            body = bytes(outcome.body)
            if key is not None and outcome.status == 200 and not one.cached and self._network.cache is not None:
                self._network.cache.set(key, pack(body))
            response: wire.ResponseFrame = {"id": one.header["id"], "status": outcome.status, "body": len(body)}
            if outcome.retry_after is not None:
                response["retryAfter"] = outcome.retry_after
            if one.cached:
                response["cached"] = True
            responses.append(response)
            bodies.append(body)
        answer: wire.AnswerFrame = {"answer": "http", "now": int(time.time()), "responses": responses}
        return encode(answer, bodies)

    def run(self) -> None:
        """Sends what is not known, in threads, and waits. Errors: `SigningCancelled`, those of the caller's function."""
        running: dict[int, _Running] = {}
        results: queue.SimpleQueue[_Result] = queue.SimpleQueue()
        with self._timed() as (begun, end):
            try:
                while any(one.outcome is None for one in self._requests):
                    self._servers.control.check()
                    now = time.monotonic()
                    for index, one in enumerate(self._requests):
                        if one.outcome is not None or one.request is None:
                            continue
                        if now >= end or (index in running and running[index].is_overdue):
                            self._settle(index, FailedRequestError("timeout"))
                        elif index not in running and len(running) < _AT_ONCE and now >= begun + (one.header.get("delay") or 0):
                            running[index] = _Running(index, one.request, self._network, results)
                        if one.outcome is not None and index in running:
                            running.pop(index).end()
                    try:
                        index, outcome = results.get(timeout=_POLL)
                    except queue.Empty:
                        continue
                    if index in running:
                        del running[index]
                        if isinstance(outcome, BaseException) and not isinstance(outcome, FailedRequestError):
                            raise outcome
                        self._settle(index, outcome)
            finally:
                for each in running.values():
                    each.end()

    async def run_async(self) -> None:
        """Sends what is not known by the caller's function, in the event loop. Errors: as of `run`."""
        import asyncio  # here, because its import takes as long as that of the whole package

        permits = asyncio.Semaphore(_AT_ONCE)

        async def send(index: int, request: HttpRequest, delay: float) -> None:
            outcome: HttpResponse | FailedRequestError
            await asyncio.sleep(delay)
            async with permits:
                try:
                    outcome = await asyncio.wait_for(_awaited(self._network, request), self._network.limits.request)
                except FailedRequestError as error:
                    outcome = error
                except asyncio.TimeoutError:
                    outcome = FailedRequestError("timeout")
                self._settle(index, outcome)

        with self._timed() as (_, end):
            tasks = {
                asyncio.ensure_future(send(index, one.request, one.header.get("delay") or 0))
                for index, one in enumerate(self._requests)
                if one.outcome is None and one.request is not None
            }
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
            for index, one in enumerate(self._requests):
                if one.outcome is None:
                    self._settle(index, FailedRequestError("timeout"))

    @contextmanager
    def _timed(self) -> Iterator[tuple[float, float]]:
        """Counts the time of the step. Gives its beginning and its latest end."""
        begun = time.monotonic()
        try:
            yield begun, begun + max(self._network.limits.total - self._servers.used, 0)
        finally:
            self._servers.used += time.monotonic() - begun

    def _settle(self, index: int, outcome: HttpResponse | FailedRequestError) -> None:
        self._requests[index].outcome = outcome
        settled = sum(one.outcome is not None for one in self._requests)
        self._servers.control.progress("http", settled, len(self._requests))


_Result: TypeAlias = "tuple[int, HttpResponse | FailedRequestError]"


class _Running:
    """A request in a thread of its own. A thread that cannot be interrupted, such as one that resolves a name, is left behind."""

    def __init__(self, index: int, request: HttpRequest, network: Network, results: queue.SimpleQueue[_Result]) -> None:
        self._transfer: Transfer | None = None
        self._latest = time.monotonic() + network.limits.request
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
    """The response of the caller's function. Errors: `FailedRequestError`, `ERR_ARGUMENT`, the function's own."""
    assert network.function is not None
    try:
        response = network.function(request)
    except Exception as error:
        raise _failure(error) from None
    if inspect.iscoroutine(response):
        response.close()  # else the interpreter warns that it was never awaited
        raise argument_error("the response of `http`", "an HttpResponse, outside of a coroutine", response)
    return _response(response, request)


async def _awaited(network: Network, request: HttpRequest) -> HttpResponse:
    """The response of the caller's function, awaited. Errors: as of `_called`."""
    assert network.function is not None
    try:
        response = network.function(request)
        if inspect.isawaitable(response):
            response = await response
    except Exception as error:
        raise _failure(error) from None
    return _response(response, request)


def _response(response: object, request: HttpRequest) -> HttpResponse:
    """The response as the core may have it. Errors: `FailedRequestError`, `ERR_ARGUMENT`."""
    body = view_of(getattr(response, "body", None))
    status, after = getattr(response, "status", None), getattr(response, "retry_after", None)
    if body is None or not isinstance(status, int) or not 100 <= status <= 999:
        raise argument_error("the response of `http`", "an HttpResponse with a status and bytes", response)
    if len(body) > request.limit:
        raise FailedRequestError("tooLarge")
    return HttpResponse(status, bytes(body), None if after is None else min(max(int(after), 0), 0x7FFF_FFFF))


def _failure(error: Exception) -> Exception:
    """The failure of the network that an exception of the caller's function tells; else the exception itself."""
    names = [each.__name__ for each in type(error).__mro__]
    if not isinstance(error, OSError) and not any(each.__module__.split(".")[0] in _CLIENTS for each in type(error).__mro__):
        return error
    if any("Timeout" in name for name in names):
        return FailedRequestError("timeout")
    if any("SSL" in name or "Certificate" in name for name in names):
        return FailedRequestError("tls")
    if "gaierror" in names:
        return FailedRequestError("dns")
    return FailedRequestError("connect" if "Connect" in names[0] and names[0] not in _BROKEN else "other")


_AT_ONCE = 8
# Seconds between two looks at whether the caller cancelled.
_POLL = 0.05
_BROKEN = frozenset({"ConnectionResetError", "ConnectionAbortedError"})
_CLIENTS = frozenset({"aiohttp", "httpcore", "httpx", "requests", "urllib3"})
