"""The client, the caller's client, limits, and the cache: against services that break their answers."""

from __future__ import annotations

import asyncio
import gzip
import http.server
import json
import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import rustpdf
from rustpdf import (
    HttpError,
    HttpRequest,
    HttpResponse,
    HttpSettings,
    MemoryCache,
    RustpdfError,
    SigningCancelled,
    TimestampService,
    http_client,
)
from rustpdf._call import Control
from rustpdf._exchange import Exchange, Servers
from rustpdf._http import Network

from .support.pki import PKI
from .support.services import LOCAL, services

LIST = "/ltv/crls/root/latest.crl"


def header(url: str | None, **fields: Any) -> dict[str, Any]:
    """A request of a step."""
    return {"id": 1, "purpose": "crl", "method": "GET", "accept": "*/*", "body": 0, "limit": 65536, "url": url, **fields}


def exchange(
    *headers: dict[str, Any], http: object = LOCAL, cache: object = None, control: Control | None = None, **fields: Any
) -> Exchange:
    """The requests of a step that is the first of its run."""
    servers = Servers(Network(http, cache), [fields.get("services", ())], control or Control())
    numbered: Any = [{**one, "id": number} for number, one in enumerate(headers, 1)]
    return servers.begin({"step": "http", "requests": numbered}, memoryview(fields.get("payload", b"")))


def answer_of(frame: bytes) -> tuple[list[dict[str, Any]], bytes]:
    """The responses of an answer, and their bodies."""
    end = 4 + int.from_bytes(frame[:4], "big")
    answer = json.loads(frame[4:end])
    assert answer["answer"] == "http"
    assert abs(answer["now"] - time.time()) < 10
    return answer["responses"], frame[end:]


def ask(*headers: dict[str, Any], **fields: Any) -> tuple[list[dict[str, Any]], bytes]:
    """The answer to a step."""
    step = exchange(*headers, **fields)
    step.run()
    return answer_of(step.answer())


def get(fault: str = "", path: str = LIST, **fields: Any) -> dict[str, Any]:
    """The response to one request for a list, whose answer a fault breaks."""
    settings = {**LOCAL, **fields.pop("http", {})}
    ((response,), body) = ask(header(services().broken(services().base + path, fault), **fields), http=settings)
    assert len(body) == response.get("body", 0)
    return response


@contextmanager
def server(handle: Callable[[http.server.BaseHTTPRequestHandler], None], tls: bool = False) -> Iterator[tuple[int, list[Any]]]:
    """A server on loopback, and the lines of the requests that it gets."""
    seen: list[Any] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            seen.append((self.requestline, dict(self.headers)))
            handle(self)

        do_GET = do_POST = do_CONNECT = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(PKI / "rsa.pem", PKI / "rsa.key")
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    thread = threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield listening.server_port, seen
    finally:
        listening.shutdown()
        listening.server_close()


def reply(status: int = 200, body: bytes = b"", **fields: str) -> Callable[[http.server.BaseHTTPRequestHandler], None]:
    """Answers always the same."""

    def handle(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **fields}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return handle


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class TestTransport:
    @pytest.mark.parametrize("fault", ["", "chunked", "gzip", "close", "type=text%2Fhtml", "delay=0.2", "drip=200"])
    def test_a_body_in_every_form(self, fault: str) -> None:
        assert get(fault)["status"] == 200
        assert get(fault)["body"] == get()["body"] > 100

    @pytest.mark.parametrize(
        ("fault", "expected"),
        [
            ("status=429,retry-after=7", {"status": 429, "retryAfter": 7}),
            ("status=503", {"status": 503}),
            ("basic=u:p", {"status": 401}),
            ("empty", {"status": 200, "body": 0}),
            ("html", {"status": 200}),
            ("cut=10", {"failed": "other"}),
            ("reset", {"failed": "other"}),
            ("endless", {"failed": "tooLarge"}),
            ("redirect-loop", {"failed": "redirect"}),
        ],
    )
    def test_a_broken_answer(self, fault: str, expected: dict[str, Any]) -> None:
        assert get(fault).items() >= expected.items()

    @pytest.mark.parametrize("fault", ["delay=9", "drip=3"])
    def test_a_slow_answer(self, fault: str) -> None:
        begun = time.monotonic()
        assert get(fault, http={"request_timeout": 0.5})["failed"] == "timeout"
        assert time.monotonic() - begun < 3

    def test_the_limit_counts_after_decoding(self) -> None:
        exact = get()["body"]
        assert get("gzip", limit=exact)["status"] == 200
        assert get("gzip", limit=exact - 1)["failed"] == "tooLarge"
        with server(reply(body=gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")) as (port, _):
            assert ask(header(f"http://127.0.0.1:{port}/"))[0][0]["failed"] == "tooLarge"
        with server(reply(body=gzip.compress(b"") * 200_000, Content_Encoding="gzip")) as (port, _):  # members without content
            assert ask(header(f"http://127.0.0.1:{port}/"))[0][0]["failed"] == "tooLarge"

    @pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"content" * 100)[:-9]])
    def test_a_body_that_cannot_be_decoded(self, body: bytes) -> None:
        with server(reply(body=body, Content_Encoding="gzip")) as (port, _):
            assert ask(header(f"http://127.0.0.1:{port}/"))[0][0]["failed"] == "other"
        with server(reply(body=body, Content_Encoding="br")) as (port, _):
            assert ask(header(f"http://127.0.0.1:{port}/"))[0][0]["failed"] == "other"

    def test_retry_after_is_a_number_or_a_date(self) -> None:
        later = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 100))
        for field, low, high in [(later, 90, 101), ("Sun, 06 Nov 1994 08:49:37 GMT", 0, 0), ("99999999999999", 2**31 - 1, 2**31 - 1)]:
            with server(reply(503, Retry_After=field)) as (port, _):
                ((response,), _) = ask(header(f"http://127.0.0.1:{port}/"))
            assert low <= response["retryAfter"] <= high
        with server(reply(503, Retry_After="soon")) as (port, _):
            assert "retryAfter" not in ask(header(f"http://127.0.0.1:{port}/"))[0][0]

    def test_a_server_that_is_not_there(self) -> None:
        with server(reply()) as (port, _):
            pass
        assert ask(header(f"http://127.0.0.1:{port}/"))[0][0]["failed"] == "connect"
        assert ask(header("http://name.invalid/"))[0][0]["failed"] == "dns"

    def test_a_certificate_that_nobody_trusts(self) -> None:
        with server(reply(), tls=True) as (port, _):
            assert ask(header(f"https://127.0.0.1:{port}/"))[0][0]["failed"] == "tls"
        with server(reply()) as (port, _):  # no TLS at all
            assert ask(header(f"https://127.0.0.1:{port}/"))[0][0]["failed"] == "tls"

    def test_a_post_has_its_body_and_type(self) -> None:
        with server(reply(body=b"ok")) as (port, seen):
            asked = header(f"http://127.0.0.1:{port}/a?b", method="POST", contentType="application/ocsp-request", body=3)
            responses, body = ask(asked, payload=b"abc")
        assert (responses[0]["status"], body) == (200, b"ok")
        line, fields = seen[0]
        assert line == "POST /a?b HTTP/1.1"
        assert fields["Content-Type"] == "application/ocsp-request"
        assert (fields["Content-Length"], fields["Host"]) == ("3", f"127.0.0.1:{port}")
        assert "Cookie" not in fields


class TestRedirection:
    def test_it_is_followed_for_get_alone(self) -> None:
        target = (services().base + LIST).replace("/", "%2F")
        assert get(f"redirect={target}")["status"] == 200
        assert get(f"redirect={target}", method="POST")["failed"] == "redirect"

    @pytest.mark.parametrize(
        "location",
        ["http://169.254.169.254/", "file:///etc/passwd", "http://a:b@127.0.0.1/", "ldap://127.0.0.1/", "http://[fe80::1]/", "http://a b/"],
    )
    def test_it_is_checked(self, location: str) -> None:
        with server(reply(302, Location=location)) as (port, _):
            assert ask(header(f"http://127.0.0.1:{port}/"))[0][0]["failed"] == "blocked"

    def test_a_permitted_host_does_not_permit_others(self) -> None:
        with server(reply()) as (silent, seen), server(reply(302, Location=f"http://127.0.0.1:{silent}/")) as (port, _):
            ((response,), _) = ask(header(f"http://localhost:{port}/"), http=HttpSettings(allowed_hosts=["localhost"]))
            assert (response["failed"], seen) == ("blocked", [])

    def test_it_may_be_relative(self) -> None:
        def handle(handler: http.server.BaseHTTPRequestHandler) -> None:
            (reply(body=b"here") if handler.path == "/b/d?e" else reply(307, Location="d?e"))(handler)

        with server(handle) as (port, _):
            assert ask(header(f"http://127.0.0.1:{port}/b/c"))[1] == b"here"


class TestStrangers:
    def test_this_machine_is_not_asked_by_default(self) -> None:
        with server(reply()) as (port, seen):
            for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
                assert ask(header(f"http://{host}:{port}/"), http=None)[0][0]["failed"] == "blocked"
        assert seen == []

    def test_a_name_is_checked_by_its_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """And the connection goes to the address that was checked: the name is resolved once."""
        names: list[str] = []

        def resolve(name: str, port: int, **_: object) -> list[Any]:
            names.append(name)
            return [(2, 1, 6, "", ("127.0.0.1" if len(names) == 1 else "8.8.8.8", port))]

        monkeypatch.setattr("socket.getaddrinfo", resolve)
        assert ask(header("http://rebound.example/"), http=None)[0][0]["failed"] == "blocked"
        assert names == ["rebound.example"]

    def test_a_timestamp_service_is_the_callers(self) -> None:
        with server(reply(body=b"ok")) as (port, seen):
            service = TimestampService(url=f"http://us:pw@127.0.0.1:{port}/", headers={"X-Key": "k", "accept": "mine"})
            responses, _ = ask(header(None, service=0, method="POST"), http=None, services=[service])
        assert responses[0]["status"] == 200
        fields = {name.lower(): value for name, value in seen[0][1].items()}
        assert (fields["authorization"], fields["x-key"], fields["accept"]) == ("Basic dXM6cHc=", "k", "mine")
        with pytest.raises(RustpdfError) as raised:
            ask(header(None, service=1), services=[service])
        assert raised.value.code == "ERR_TIMESTAMP_SERVICE"

    def test_credentials_follow_no_redirection(self) -> None:
        with server(reply()) as (other, seen), server(reply(307, Location=f"http://127.0.0.1:{other}/")) as (port, _):
            service = TimestampService(url=f"http://127.0.0.1:{port}/", headers={"Authorization": "Bearer secret"})
            assert ask(header(None, service=0, method="POST"), services=[service])[0][0]["failed"] == "redirect"
        assert seen == []


class TestProxy:
    def test_it_comes_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with server(reply(body=b"by proxy")) as (port, seen):
            monkeypatch.setenv("http_proxy", f"http://us:pw@127.0.0.1:{port}")
            assert ask(header("http://crl.example/x"), http=None)[1] == b"by proxy"
            assert ask(header("http://10.0.0.1/x"), http=None)[0][0]["failed"] == "blocked"
            assert ask(header("http://0x7f.1/x"), http=None)[0][0]["failed"] == "blocked"
            monkeypatch.setenv("no_proxy", "name.invalid")
            assert ask(header("http://name.invalid/x"), http=None)[0][0]["failed"] == "dns"
        ((line, fields),) = seen
        assert line == "GET http://crl.example/x HTTP/1.1"
        assert (fields["Host"], fields["Proxy-Authorization"]) == ("crl.example", "Basic dXM6cHc=")

    def test_tls_goes_through_a_tunnel(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with server(reply(407)) as (port, seen):
            monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
            assert ask(header("https://crl.example/x"), http=None)[0][0]["failed"] == "connect"
        assert seen[0][0] == "CONNECT crl.example:443 HTTP/1.1"

    def test_other_kinds_of_proxies_are_not_supported(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1")
        assert ask(header("http://crl.example/x"), http=None)[0][0]["failed"] == "unsupported"


class TestTogether:
    def test_eight_at_once_and_responses_in_order(self) -> None:
        running: list[int] = []
        most: list[int] = []

        def send(request: HttpRequest) -> HttpResponse:
            running.append(1)
            most.append(len(running))
            number = int(request.url.rsplit("/", 1)[1])
            time.sleep(0.05 - number / 500)
            running.pop()
            return HttpResponse(200, bytes([number]))

        _, body = ask(*(header(f"http://a/{number}") for number in range(20)), http=send)
        assert (body, max(most)) == (bytes(range(20)), 8)

    def test_a_delay_is_kept(self) -> None:
        begun = time.monotonic()
        ask(header("http://a/", delay=1), http=lambda _: HttpResponse(200))
        assert 1 <= time.monotonic() - begun < 2

    def test_the_time_of_a_run_is_limited(self) -> None:
        servers = Servers(Network({**LOCAL, "total_timeout": 0.4}), [], Control())

        def step(delay: float) -> str | None:
            asked: Any = header(services().broken(services().base + LIST, f"delay={delay}"))
            one = servers.begin({"step": "http", "requests": [asked]}, memoryview(b""))
            one.run()
            failed: str | None = answer_of(one.answer())[0][0].get("failed")
            return failed

        assert [step(0.2), step(0.3), step(0)] == [None, "timeout", "timeout"]

    def test_a_caller_stops_it(self) -> None:
        cancelled = threading.Event()
        threading.Timer(0.2, cancelled.set).start()
        begun = time.monotonic()
        with pytest.raises(SigningCancelled):
            ask(header(services().broken(services().base + LIST, "delay=9")), control=Control(cancelled=cancelled))
        assert time.monotonic() - begun < 3

    def test_progress_is_reported(self) -> None:
        seen: list[Any] = []
        control = Control(on_progress=lambda progress: seen.append((progress.phase, progress.done, progress.total)))
        ask(header("http://a/1"), header("http://a/2"), http=lambda _: HttpResponse(200), control=control)
        assert seen == [("http", 0, 2), ("http", 1, 2), ("http", 2, 2)]


class TestOwnClient:
    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            (TimeoutError(), "timeout"),
            (ConnectionRefusedError(), "connect"),
            (ConnectionResetError(), "other"),
            (OSError("network"), "other"),
            (ssl.SSLError(), "tls"),
            (type("ReadTimeout", (Exception,), {"__module__": "httpx"})(), "timeout"),
            (type("ConnectError", (Exception,), {"__module__": "httpx"})(), "connect"),
            (type("ClientError", (Exception,), {"__module__": "aiohttp.client"})(), "other"),
        ],
    )
    def test_a_failure_of_the_network(self, error: Exception, kind: str) -> None:
        def send(_: HttpRequest) -> HttpResponse:
            raise error

        assert ask(header("http://a/"), http=send)[0][0]["failed"] == kind

    def test_another_exception_is_the_callers(self) -> None:
        mine = RuntimeError("mine")

        def send(_: HttpRequest) -> HttpResponse:
            raise mine

        with pytest.raises(RuntimeError) as raised:
            ask(header("http://a/"), header("http://b/"), http=send)
        assert raised.value is mine

    @pytest.mark.parametrize(
        "response",
        [None, b"bytes", (200, b""), HttpResponse("200"), HttpResponse(200, "text"), HttpResponse(200, b"", "5"), HttpResponse(700)],  # type: ignore[arg-type]
    )
    def test_another_response_is_refused(self, response: Any) -> None:
        with pytest.raises(RustpdfError) as raised:
            ask(header("http://a/"), http=lambda _: response)
        assert raised.value.code == "ERR_HTTP_ANSWER"

    def test_it_tells_the_kind_of_a_failure(self) -> None:
        def send(request: HttpRequest) -> HttpResponse:
            raise HttpError(request.url.rsplit("/", 1)[1])  # type: ignore[arg-type]

        assert [one["failed"] for one in ask(header("http://a/blocked"), header("http://a/dns"), http=send)[0]] == ["blocked", "dns"]
        with pytest.raises(RustpdfError) as raised:
            ask(header("http://a/bored"), http=send)
        assert raised.value.code == "ERR_HTTP_ANSWER"

    def test_its_exception_keeps_its_cause(self) -> None:
        mine = RuntimeError("mine")

        def send(_: HttpRequest) -> HttpResponse:
            raise mine from KeyError("cause")

        with pytest.raises(RuntimeError) as raised:
            ask(header("http://a/"), http=send)
        assert raised.value is mine
        assert isinstance(mine.__cause__, KeyError)

    def test_ours_as_a_function(self) -> None:
        url = services().base + LIST
        send = http_client({"allow_private_networks": True})
        assert ask(header(url), http=send)[0][0]["status"] == 200
        assert ask(header(url), http=http_client())[0][0]["failed"] == "blocked"
        assert ask(header(services().broken(url, "delay=9")), http={**LOCAL, "request_timeout": 0.2})[0][0]["failed"] == "timeout"
        with pytest.raises(RustpdfError):
            http_client(send)  # type: ignore[arg-type]

    def test_its_request_is_complete(self) -> None:
        seen: list[HttpRequest] = []

        def send(request: HttpRequest) -> HttpResponse:
            seen.append(request)
            return HttpResponse(200, bytearray(b"abc"), 5)

        service = TimestampService(url="https://tsa.example/secret", headers={"Authorization": "Bearer secret"})
        asked = header(None, service=0, purpose="timestamp", method="POST", contentType="application/timestamp-query", body=2, limit=3)
        (response,), body = ask(asked, http=send, services=[service], payload=b"ab")
        assert (response["status"], response["retryAfter"], body) == (200, 5, b"abc")
        assert (seen[0].url, seen[0].service, seen[0].body, seen[0].limit) == ("https://tsa.example/secret", 0, b"ab", 3)
        assert seen[0].headers.items() >= {"Content-Type": "application/timestamp-query", "Authorization": "Bearer secret"}.items()
        assert "secret" not in repr((seen, service))
        assert ask(header("http://a/", limit=2), http=send)[0][0]["failed"] == "tooLarge"

    def test_a_coroutine_is_for_a_coroutine(self) -> None:
        async def send(request: HttpRequest) -> HttpResponse:
            await asyncio.sleep(0)
            if request.url == "http://b/":
                raise TimeoutError
            return HttpResponse(200, request.url.encode())

        with pytest.raises(RustpdfError, match="coroutine"):
            ask(header("http://a/"), http=send)
        step = exchange(header("http://a/"), header("http://b/"), http=send)
        asyncio.run(step.run_async())
        responses, body = answer_of(step.answer())
        assert ([one.get("failed") for one in responses], body) == ([None, "timeout"], b"http://a/")

    def test_one_that_takes_too_long_is_left_to_itself(self) -> None:
        network = Network(lambda _: time.sleep(5))
        network.limits = type(network.limits)(1, 0.1, 60)
        begun = time.monotonic()
        asked: Any = header("http://a/")
        step = Servers(network, [], Control()).begin({"step": "http", "requests": [asked]}, memoryview(b""))
        step.run()
        assert answer_of(step.answer())[0][0]["failed"] == "timeout"
        assert time.monotonic() - begun < 2

    @pytest.mark.parametrize(
        "http",
        [5, "x", {"unknown": 1}, {"allow_private_networks": 1}, {"allowed_hosts": "a"}, {"request_timeout": 0}, {"total_timeout": "1"}],
    )
    def test_a_wrong_setting_is_refused(self, http: Any) -> None:
        with pytest.raises(RustpdfError) as raised:
            Network(http)
        assert raised.value.code == "ERR_ARGUMENT"


class TestCache:
    def test_a_response_with_a_key_is_kept(self) -> None:
        cache = MemoryCache()
        count: list[str] = []

        def send(request: HttpRequest) -> HttpResponse:
            count.append(request.url)
            return HttpResponse(404 if "missing" in request.url else 200, b"body")

        def once(**fields: Any) -> bool:
            (response,), _ = ask(header(fields.pop("url", "http://a/"), **fields), http=send, cache=cache)
            return bool(response.get("cached"))

        assert [once(cache="k"), once(cache="k"), once(), once(cache="other")] == [False, True, False, False]
        assert [once(cache="m", url="http://missing/"), once(cache="m", url="http://missing/")] == [False, False]
        assert once(cache="k", limit=3) is False
        assert len(count) == 6

    @pytest.mark.parametrize("status", [200, 404])
    @pytest.mark.parametrize("later", [False, True])
    def test_one_of_several_at_the_same_time_asks(self, status: int, later: bool) -> None:
        """Six runs in threads, or in an event loop, want the same list twice. If the first has none, each asks."""
        cache = MemoryCache()
        count: list[float] = []

        def respond() -> HttpResponse:
            return HttpResponse(status, b"body")

        def send(_: HttpRequest) -> HttpResponse:
            count.append(time.monotonic())
            time.sleep(0.05)
            return respond()

        async def send_later(_: HttpRequest) -> HttpResponse:
            count.append(time.monotonic())
            await asyncio.sleep(0.05)
            return respond()

        steps = [exchange(*[header("http://a/", cache="k")] * 2, http=send_later if later else send, cache=cache) for _ in range(6)]
        if later:

            async def main() -> None:
                await asyncio.gather(*(step.run_async() for step in steps))

            asyncio.run(main())
        else:
            threads = [threading.Thread(target=step.run) for step in steps]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        responses = [one for step in steps for one in answer_of(step.answer())[0]]
        assert [one["status"] for one in responses] == [status] * 12
        assert sum(bool(one.get("cached")) for one in responses) == (11 if status == 200 else 0)
        assert len(count) == (1 if status == 200 else 12)
        assert rustpdf._exchange._FLIGHTS == {}

    def test_one_that_is_stopped_leaves_the_others_alone(self) -> None:
        cache, cancelled, begun = MemoryCache(), threading.Event(), threading.Event()

        def send(_: HttpRequest) -> HttpResponse:
            if not begun.is_set():
                begun.set()
                time.sleep(5)
            return HttpResponse(200, b"body")

        def first() -> None:
            with pytest.raises(SigningCancelled):
                ask(header("http://a/", cache="k"), http=send, cache=cache, control=Control(cancelled=cancelled))

        thread = threading.Thread(target=first)
        thread.start()
        begun.wait()
        threading.Timer(0.1, cancelled.set).start()
        at = time.monotonic()
        assert ask(header("http://a/", cache="k"), http=send, cache=cache)[1] == b"body"
        assert time.monotonic() - at < 2
        thread.join()

    @pytest.mark.parametrize(("age", "body"), [(3500, b"old"), (3700, b"new"), (-60, b"new")])
    def test_it_is_used_for_an_hour(self, age: int, body: bytes) -> None:
        cache = MemoryCache()
        cache.set("k", (int(time.time()) - age).to_bytes(8, "big") + b"old")
        assert ask(header("http://a/", cache="k"), http=lambda _: HttpResponse(200, b"new"), cache=cache)[1] == body

    def test_a_full_one_drops_the_oldest(self) -> None:
        cache = MemoryCache(max_bytes=10)
        for key in ("a", "b", "a", "c"):
            cache.set(key, key.encode() * 4)
        assert (cache.get("a"), cache.get("b"), cache.get("c")) == (b"aaaa", None, b"cccc")
        cache.set("d", bytes(11))
        assert cache.get("c") is cache.get("d") is None

    def test_its_exceptions_are_the_callers(self) -> None:
        class Broken:
            def get(self, key: str) -> bytes | None:
                raise KeyError(key)

            def set(self, key: str, value: bytes) -> None: ...

        with pytest.raises(KeyError):
            ask(header("http://a/", cache="k"), cache=Broken())
        with pytest.raises(RustpdfError):
            Network(None, object())


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    service = TimestampService(url=f"{services().base}/secret", headers={"X-Key": "secret"})
    ask(header(None, service=0, method="POST"), services=[service])
    assert "secret" not in caplog.text + "".join(capfd.readouterr())


def test_the_list_is_that_of_the_services() -> None:
    """The answer that the tests above compare is the right one."""
    _, body = ask(header(services().base + "/static/crls/plain.crl"))
    assert body == Path(services()._facts["static"], "crls/plain.crl").read_bytes()
