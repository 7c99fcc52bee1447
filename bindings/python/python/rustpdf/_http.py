"""Servers of a call: requests, responses, settings of the client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from ._arguments import BytesLike, check_flag
from ._cache import Cache
from ._errors import argument_error

if TYPE_CHECKING:
    from ._http_client import Client


@dataclass(frozen=True)
class HttpRequest:
    """A request to a server, for a client of the caller."""

    purpose: Literal["timestamp", "ocsp", "crl", "issuer"]
    """Purpose of the request."""

    service: int | None
    """Number of the timestamp service, from 0. None for an address out of a certificate, which may be a stranger's."""

    url: str = field(repr=False)
    """Address."""

    method: Literal["GET", "POST"]
    """Method."""

    headers: Mapping[str, str] = field(repr=False)
    """Header fields, those of the timestamp service among them."""

    body: bytes = field(repr=False)
    """Body; empty for `GET`."""

    limit: int
    """Largest body of a response in bytes, after decoding."""

    timeout: float = 15.0
    """Seconds for the request and its response."""


@dataclass(frozen=True)
class HttpResponse:
    """A response of a server.

    >>> rustpdf.HttpResponse(503, retry_after=5).status
    503
    """

    status: int
    """Status code."""

    body: BytesLike = field(default=b"", repr=False)
    """Body, decoded."""

    retry_after: int | None = None
    """Seconds of the field `Retry-After`, if the response has it."""


@dataclass(frozen=True)
class HttpSettings:
    """Settings of the package's own HTTP client.

    Addresses out of certificates may be a stranger's. By default only servers of the public internet at port 80 or 443 are asked. An
    address is checked when it is connected, after each redirection too. Through a proxy only literal addresses can be checked. Timestamp
    services are the caller's, and are not checked.

    >>> settings = rustpdf.HttpSettings(allowed_hosts=["ocsp.example.internal"])
    >>> rustpdf.sign(pdf, signer=signer, http=settings).report.field
    'Signature1'
    """

    allow_private_networks: bool = False
    """Permit private networks and this machine, at all ports. Addresses of the own link stay refused."""

    allowed_hosts: Sequence[str] = ()
    """Names of hosts that are permitted as by `allow_private_networks`."""

    connect_timeout: float = 5.0
    """Seconds for a connection."""

    request_timeout: float = 15.0
    """Seconds for a request, redirections included."""

    total_timeout: float = 60.0
    """Seconds for all requests of a document together."""


HttpFunction: TypeAlias = Callable[[HttpRequest], HttpResponse]
"""Sends a request, in place of the package's own client. Several threads may call it at a time.

An `HttpError` is a failure of the network. So is an `OSError`, such as `TimeoutError`, and an exception of aiohttp, httpx, requests or
urllib3. Other exceptions end the signing, and reach the caller unchanged. Requests with no `service` go to addresses out of certificates:
check them, or leave them to `http_client`.
"""

AsyncHttpFunction: TypeAlias = Callable[[HttpRequest], Awaitable[HttpResponse] | HttpResponse]
"""Sends a request like `HttpFunction`, and may return an awaitable. The thread of the event loop calls it."""


HttpFailure: TypeAlias = Literal["dns", "connect", "tls", "timeout", "tooLarge", "blocked", "redirect", "unsupported", "other"]
"""Kind of the failure to get a response. `blocked`: the address is not one that a certificate may name."""


class HttpError(Exception):
    """No response. It tells the kind alone: an address may contain a secret.

    >>> rustpdf.HttpError("timeout").kind
    'timeout'
    """

    kind: HttpFailure
    """Kind of the failure."""

    def __init__(self, kind: HttpFailure) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Limits:
    """Limits of time, in seconds."""

    connect: float
    request: float
    total: float


class Network:
    """Client and cache of a call, by default those of an earlier one. Errors: `ERR_ARGUMENT`."""

    def __init__(self, http: object = None, cache: object = None, earlier: Network | None = None) -> None:
        settings = HttpSettings()
        if earlier is not None:
            http = (earlier.function or earlier.settings) if http is None else http
            cache = earlier.cache if cache is None else cache
        self.function: Callable[[HttpRequest], Any] | None = None
        if isinstance(http, HttpSettings):
            settings = http
        elif isinstance(http, Mapping):
            settings = _settings(http)
        elif http is not None and not callable(http):
            raise argument_error("`http`", "a function, HttpSettings or a mapping", http)
        elif http is not None:
            self.function = http
        _check(settings)
        if cache is not None and not (callable(getattr(cache, "get", None)) and callable(getattr(cache, "set", None))):
            raise argument_error("`cache`", "an object with `get` and `set`", cache)
        self.cache: Cache | None = cast("Cache | None", cache)
        self.limits: Limits = Limits(settings.connect_timeout, settings.request_timeout, settings.total_timeout)
        self.settings: HttpSettings = settings
        self._client: Client | None = None

    def client(self) -> Client:
        """The package's own client."""
        if self._client is None:
            from ._http_client import Client  # here, because its import takes longer than that of the whole package

            self._client = Client(self.settings)
        return self._client


def http_client(settings: HttpSettings | Mapping[str, Any] | None = None) -> HttpFunction:
    """The package's own client as a function, to wrap it in another one. It checks the address of a request without `service`.

    The function raises `HttpError` if there is no response.

    >>> send = rustpdf.http_client(rustpdf.HttpSettings(request_timeout=5))
    >>> def http(request):
    ...     return rustpdf.HttpResponse(404) if request.purpose == "crl" else send(request)
    >>> rustpdf.sign(pdf, signer=signer, http=http).report.field
    'Signature1'
    """
    network = Network(HttpSettings() if settings is None else settings)
    if network.function is not None:
        raise argument_error("`settings`", "HttpSettings or a mapping", settings)

    def send(request: HttpRequest) -> HttpResponse:
        from ._http_client import Transfer

        limits = Limits(network.limits.connect, min(network.limits.request, request.timeout), network.limits.total)
        return network.client().send(request, Transfer(limits))

    return send


def _settings(given: Mapping[Any, Any]) -> HttpSettings:
    """Settings of a mapping. Errors: `ERR_ARGUMENT`."""
    known = HttpSettings.__dataclass_fields__
    for name in given:
        if name not in known:
            raise argument_error("`http`", f"a mapping with {', '.join(f'`{each}`' for each in known)} alone", given)
    return HttpSettings(**given)


def _check(settings: HttpSettings) -> None:
    """Errors: `ERR_ARGUMENT` for a setting of another type."""
    check_flag(settings.allow_private_networks, "http.allow_private_networks")
    hosts: object = settings.allowed_hosts
    if not isinstance(hosts, (list, tuple, set, frozenset)) or not all(isinstance(host, str) for host in hosts):
        raise argument_error("`http.allowed_hosts`", "a list of texts", hosts)
    for name in ("connect_timeout", "request_timeout", "total_timeout"):
        seconds = getattr(settings, name)
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or not seconds > 0:
            raise argument_error(f"`http.{name}`", "a positive number of seconds", seconds)
