"""A key in a key store, and the question that the store is asked for a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, ClassVar

from .._arguments import BytesLike, Certificate, Chain, PublicKey
from .._errors import RustpdfError
from .._generated import SigningRequest
from .._options import Options
from ._table import KEY_STORES, KeyStore, Way


@dataclass(frozen=True, eq=False, repr=False)
class StoreKey:
    """A key in a key store: a signer with a certificate, for every call that signs.

    Coroutines call it in a thread. Several threads may use it at a time.
    """

    blocking: ClassVar[bool] = True
    """Whether coroutines call it in a thread."""

    certificate: Certificate | None
    """Certificate of the key. None for a key that has none yet: it makes certification requests."""

    chain: Chain
    """Issuers of the certificate, in any order."""

    options: Options = field(default_factory=lambda: {"complete_chain": True}, kw_only=True)
    """Algorithms of the key, if it has only one. Missing issuers are fetched. Options of the call come first."""

    key_id: str | None = field(default=None, kw_only=True)
    """Name of the key in the store, for audit records."""

    _sign: Callable[[bytes, SigningRequest], bytes] = field(kw_only=True)
    _public_key: Callable[[], PublicKey] = field(kw_only=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.key_id!r})"

    def sign(self, data: bytes, request: SigningRequest, /) -> bytes:
        """Returns the raw signature over `data`. Errors: those of the store, `ERR_ALGORITHM_MISMATCH`."""
        return self._sign(data, request)

    def public_key(self) -> PublicKey:
        """The public key, for `certificate_request` and `self_signed`. Errors: those of the store."""
        return self._public_key()


@dataclass(frozen=True)
class Question:
    """The question to a store."""

    way: Way
    """How the store signs by the algorithm of the request."""

    name: str
    """Name of the algorithm in the store."""

    input: bytes
    """Bytes that the store signs."""


def question(store: str, data: bytes, request: SigningRequest) -> Question:
    """The question to a store for a request. Errors: `ERR_ALGORITHM_MISMATCH`."""
    title, ways = KEY_STORES[store].title, KEY_STORES[store].ways
    way = ways.get(request.signature_algorithm)
    name = None if way is None else way.names.get(request.digest_algorithm)
    if way is None or name is None:
        algorithm = f"{request.signature_algorithm} with {request.digest_algorithm}"
        raise mismatch(f"{title} does not sign by {algorithm}; use a key or options that it has")
    input = {"data": data, "digest": request.digest, "digestInfo": request.digest_info}[way.input]
    if input is None:
        raise mismatch(f"the request for {title} has no DigestInfo; pass the request of the package")
    if way.most is not None and len(input) > way.most:
        limit = f"at most {way.most} bytes by {request.signature_algorithm}"
        raise mismatch(f"{title} signs {limit}, and there are {len(input)}; use another key")
    return Question(way, name, bytes(input))


def mismatch(message: str) -> RustpdfError:
    """The error of a key that does not sign by an algorithm."""
    return RustpdfError("ERR_ALGORITHM_MISMATCH", message)


def store_of(name: str) -> KeyStore:
    """The entry of a store in the table."""
    return KEY_STORES[name]


def client_library(module: str, extra: str) -> Any:
    """The client library of a store. Errors: `ImportError` that names the extra."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        missing = f"the package of the module {error.name!r} is not installed"
        raise ImportError(f"{missing}; run: pip install 'rustpdf[{extra}]'", name=error.name) from error


def ed25519_public_key(point: BytesLike) -> bytes:
    """SubjectPublicKeyInfo of Ed25519 around its 32 bytes. RFC 8410, 4."""
    return bytes.fromhex("302a300506032b6570032100") + bytes(point)
