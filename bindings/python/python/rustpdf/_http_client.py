"""The HTTP client of the package: `http.client` over a socket whose address was checked."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import cached_property
from urllib.parse import urljoin
from urllib.request import getproxies, proxy_bypass

from ._addresses import BlockedError, Place, Rules, is_permitted
from ._http import HttpError, HttpFailure, HttpRequest, HttpResponse, HttpSettings, Limits


class Transfer:
    """A request under way. Its thread sends; another thread may end it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._begun = time.monotonic()
        self._deadline = self._begun + min(limits.connect, limits.request)
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._ended = False

    @property
    def left(self) -> float:
        """Seconds until this transfer is overdue."""
        return max(self._deadline - time.monotonic(), 0)

    def connecting(self) -> None:
        """Starts the time of a connection."""
        self._deadline = min(time.monotonic() + self._limits.connect, self._begun + self._limits.request)

    def connected(self) -> None:
        """Ends the time of a connection: that of the request remains."""
        self._deadline = self._begun + self._limits.request

    def hold(self, opened: socket.socket) -> None:
        """Makes a socket the one that `end` shuts down. Errors: `HttpError` after `end`."""
        with self._lock:
            self._socket = opened
            ended = self._ended
        if ended or self.left == 0:
            raise HttpError("timeout")
        opened.settimeout(self.left)

    def end(self) -> None:
        """Ends the transfer: its thread fails at its next use of the socket."""
        with self._lock:
            self._ended = True
            if self._socket is not None:
                with suppress(OSError):  # not connected, or closed already
                    # Not the method of an SSLSocket, which another thread uses now.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Client:
    """Sends requests. Several threads may use it."""

    def __init__(self, settings: HttpSettings) -> None:
        self._rules = Rules(settings.allow_private_networks, tuple(settings.allowed_hosts))

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    @cached_property
    def _proxies(self) -> dict[str, str]:
        return getproxies()

    def send(self, request: HttpRequest, transfer: Transfer) -> HttpResponse:
        """Sends a request. Errors: `HttpError`; its cause is dropped, because it may name an address."""
        try:
            return self._send(request, transfer)
        except HttpError as error:
            kind = error.kind
        except BlockedError:
            kind = "blocked"
        except ssl.SSLError:
            kind = "tls"
        except TimeoutError:
            kind = "timeout"
        except (OSError, http.client.HTTPException, ValueError, zlib.error):
            kind = "other"
        raise HttpError(kind)

    def _send(self, request: HttpRequest, transfer: Transfer) -> HttpResponse:
        url = request.url
        for _ in range(_REDIRECTS + 1):
            try:
                place = Place.of(url)
            except ValueError:
                raise BlockedError from None
            if request.service is None:
                self._rules.check(place)
            with closing(self._connected(place, request, transfer)) as connection:
                response = connection.getresponse()
                location = response.getheader("Location")
                if response.status not in _REDIRECTED or location is None:
                    body = _body(response, request.limit)
                    return HttpResponse(response.status, body, _seconds(response.getheader("Retry-After")))
            if request.method != "GET":
                break
            url = urljoin(url, location.strip())
        raise HttpError("redirect")

    def _connected(self, place: Place, request: HttpRequest, transfer: Transfer) -> http.client.HTTPConnection:
        """A connection that has sent the request."""
        transfer.connecting()
        proxy = self._proxy_of(place)
        target, fields = place.target, {"Host": place.authority, **request.headers}
        if place.credentials is not None and not any(name.lower() == "authorization" for name in request.headers):
            fields["Authorization"] = f"Basic {place.credentials}"
        if proxy is None:
            trusted = request.service is not None
            opened = _open(place, transfer, lambda address: trusted or is_permitted(address, lifted=self._rules.lifted_for(place.host)))
        else:
            opened = _open(proxy, transfer, lambda _: True)
        try:
            if proxy is not None and place.scheme == "http":
                target = f"http://{place.authority}{target}"
                fields.update(_proxy_fields(proxy))
            elif proxy is not None:
                _tunnel(opened, place, proxy)
            if place.scheme == "https":
                opened = self._tls.wrap_socket(opened, server_hostname=place.host, do_handshake_on_connect=False)
                transfer.hold(opened)
                opened.do_handshake()
            transfer.connected()
            transfer.hold(opened)
            connection = http.client.HTTPConnection(place.host, place.port)
            connection.sock = opened
            connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in fields.items():
                connection.putheader(name, value)
            connection.putheader("Connection", "close")
            if request.method != "GET":
                connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body or None)
        except BaseException:
            opened.close()
            raise
        return connection

    def _proxy_of(self, place: Place) -> Place | None:
        """The proxy for a place, if the environment names one. Errors: `HttpError` for one of another kind."""
        url = self._proxies.get(place.scheme) or self._proxies.get("all")
        if not url or proxy_bypass(f"{place.host}:{place.port}"):
            return None
        try:
            proxy = Place.of(url if "://" in url else f"http://{url}")
        except ValueError:
            raise HttpError("unsupported") from None
        if proxy.scheme != "http":
            raise HttpError("unsupported")
        return proxy


def _open(place: Place, transfer: Transfer, permitted: Callable[[str], bool]) -> socket.socket:
    """A connected socket. Its address is the one that was checked: the name is not resolved again."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HttpError("dns") from None
    found = [each for each in found if permitted(str(each[4][0]))]
    if not found:
        raise BlockedError
    failed: HttpFailure = "connect"
    for index, (family, kind, protocol, _, address) in enumerate(found):
        opened = socket.socket(family, kind, protocol)
        try:
            transfer.hold(opened)
            opened.settimeout(max(transfer.left / (len(found) - index), 0.001))
            opened.connect(address)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transfer.hold(opened)
        except OSError as error:
            opened.close()
            failed = "timeout" if isinstance(error, TimeoutError) else "connect"
        except BaseException:
            opened.close()
            raise
        else:
            return opened
    raise HttpError(failed)


def _tunnel(opened: socket.socket, place: Place, proxy: Place) -> None:
    """Asks a proxy for a connection to the place."""
    host = f"[{place.host}]" if ":" in place.host else place.host
    fields = {"Host": f"{host}:{place.port}", **_proxy_fields(proxy)}
    lines = [f"CONNECT {host}:{place.port} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    opened.sendall("\r\n".join(lines).encode("latin-1"))
    response = http.client.HTTPResponse(opened, method="CONNECT")
    try:
        response.begin()
        if response.status != 200:
            raise HttpError("connect")
    finally:
        response.close()


def _proxy_fields(proxy: Place) -> dict[str, str]:
    return {} if proxy.credentials is None else {"Proxy-Authorization": f"Basic {proxy.credentials}"}


def _body(response: http.client.HTTPResponse, limit: int) -> bytes:
    """The decoded body. Errors: `HttpError` if it is larger than the limit or shorter than announced."""
    encoding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    announced = response.length
    if encoding == "identity" and announced is not None and announced > limit:
        raise HttpError("tooLarge")
    if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise HttpError("other")
    pieces = _pieces(response, announced, limit if encoding == "identity" else limit + limit // 100 + 4096)
    return b"".join(pieces) if encoding == "identity" else _inflated(pieces, limit)


def _pieces(response: http.client.HTTPResponse, announced: int | None, limit: int) -> Iterator[bytes]:
    """The pieces of a body as they arrive."""
    count = 0
    while piece := response.read(_PIECE):
        count += len(piece)
        if count > limit:
            raise HttpError("tooLarge")
        yield piece
    if announced is not None and count != announced:  # `read` with a size does not notice it
        raise HttpError("other")


def _inflated(pieces: Iterator[bytes], limit: int) -> bytes:
    """The decoded pieces of a body: one stream of gzip or zlib, or several."""
    content = bytearray()
    decoder = zlib.decompressobj(_ANY_HEADER)
    for piece in pieces:
        rest = piece
        while rest:
            if decoder.eof:
                decoder = zlib.decompressobj(_ANY_HEADER)
            content += decoder.decompress(rest, limit + 1 - len(content))
            if len(content) > limit:
                raise HttpError("tooLarge")
            rest = decoder.unused_data or decoder.unconsumed_tail
    if not decoder.eof:
        raise HttpError("other")
    return bytes(content)


def _seconds(field: str | None) -> int | None:
    """Seconds of `Retry-After`, which is a number or a date."""
    if field is None:
        return None
    text = field.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:10]), _LONGEST)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=timezone.utc)
    return min(max(round((date - datetime.now(timezone.utc)).total_seconds()), 0), _LONGEST)


_REDIRECTS = 3
_REDIRECTED = frozenset({301, 302, 303, 307, 308})
_PIECE = 64 * 1024
# Of zlib: gzip or zlib, as the header says.
_ANY_HEADER = 32 + zlib.MAX_WBITS
_LONGEST = 0x7FFF_FFFF
