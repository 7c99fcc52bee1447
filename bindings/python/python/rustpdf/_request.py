"""Signers: functions, private keys, and values that carry their certificate."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias

from ._arguments import BytesLike, Certificate, Chain, text_or_bytes
from ._errors import argument_error, host_error, type_name
from ._generated import SigningRequest
from ._options import Options

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    R = TypeVar("R", covariant=True, default=bytes)
else:
    from typing import TypeVar

    R = TypeVar("R", covariant=True)

SignFunction: TypeAlias = Callable[[bytes], BytesLike] | Callable[[bytes, SigningRequest], BytesLike]
"""Signs `data` and returns the raw signature. ECDSA signatures are DER or r‖s. Its exceptions reach the caller unchanged.

The call is `function(data, request)` if the function requires a second argument, names its second `request`, or takes any number of
them. Otherwise it is `function(data)`.
"""

AsyncSignFunction: TypeAlias = (
    Callable[[bytes], Awaitable[BytesLike] | BytesLike] | Callable[[bytes, SigningRequest], Awaitable[BytesLike] | BytesLike]
)
"""Signs `data` and returns the raw signature, or an awaitable of it. It is called like `SignFunction`, in the thread of the event loop."""


class PrivateKey(Protocol):
    """A private key with the methods of the package `cryptography`, such as `RSAPrivateKey`, or Azure's `KeyVaultRSAPrivateKey`.

    The key itself may be elsewhere: only `sign` is called, with the padding and the hash of the request.
    """

    @property
    def sign(self) -> Callable[..., bytes]:
        """Signs data: `sign(data, padding, algorithm)` of RSA, `sign(data, algorithm)` of ECDSA, `sign(data)` of Ed25519."""
        ...

    @property
    def public_key(self) -> Callable[[], Any]:
        """Returns the public key. Only its presence matters here."""
        ...


class CertifiedSigner(Protocol):
    """A signer that carries its certificate. `Signer` is one; so is any object with these three members.

    It may have `options`, too, such as the algorithms of its key. They fill in those that a call does not have. With `blocking = True`
    it waits for something, and coroutines call it in a thread.
    """

    @property
    def certificate(self) -> Certificate | None:
        """Certificate of the signer. Without one the call must name it."""
        ...

    @property
    def chain(self) -> Chain:
        """Issuers of the certificate, in any order."""
        ...

    @property
    def sign(self) -> SignFunction:
        """Signs data: `sign(data, request)`, or `sign(data)`."""
        ...


class AsyncCertifiedSigner(Protocol):
    """A signer that carries its certificate, and whose `sign` may return an awaitable."""

    @property
    def certificate(self) -> Certificate | None:
        """Certificate of the signer. Without one the call must name it."""
        ...

    @property
    def chain(self) -> Chain:
        """Issuers of the certificate, in any order."""
        ...

    @property
    def sign(self) -> AsyncSignFunction:
        """Signs data: `sign(data, request)`, or `sign(data)`."""
        ...


@dataclass(frozen=True)
class Signer(Generic[R]):
    """A key and its certificate.

    >>> signer = rustpdf.Signer(certificate, key, chain)
    >>> rustpdf.sign(pdf, signer=signer).report.field
    'Signature1'
    """

    certificate: Certificate
    """Certificate of the signer."""

    key: Callable[[bytes], R] | Callable[[bytes, SigningRequest], R] | PrivateKey
    """Function that returns the raw signature (see `SignFunction`), or a private key of the package `cryptography`."""

    chain: Chain = ()
    """Issuers of the certificate, in any order."""

    options: Options = field(default=None, repr=False)
    """Options of its signatures, where the call has none. `repr` omits them: a mapping may contain a password."""

    def sign(self, data: bytes, request: SigningRequest, /) -> R:
        """Returns the raw signature over `data`."""
        signature: R = function_of(self.key)(data, request)
        return signature


def is_certified(signer: object) -> bool:
    """Whether a signer carries its certificate."""
    return hasattr(signer, "certificate") and callable(getattr(signer, "sign", None))


def asking(signer: object) -> tuple[Callable[[SigningRequest], Any], Callable[[SigningRequest], Any]]:
    """How a signer is asked: at once, and beside an event loop. Errors: `ERR_ARGUMENT`."""
    function = function_of(signer)

    def ask(request: SigningRequest) -> Any:
        return function(request.data, request)

    async def ask_in_thread(request: SigningRequest) -> Any:
        import asyncio  # here, because its import takes as long as that of the whole package

        return await asyncio.to_thread(ask, request)

    return ask, ask_in_thread if getattr(signer, "blocking", None) is True else ask


def function_of(signer: object) -> Callable[[bytes, SigningRequest], Any]:
    """The function of a signer, for data and a request. Errors: `ERR_ARGUMENT`."""
    sign = getattr(signer, "sign", None)
    if callable(sign) and hasattr(signer, "certificate"):
        return _full(sign)
    if callable(signer):
        return _full(signer)
    if not callable(sign):
        raise argument_error("the signer", "a function, a private key or an object with `sign`", signer)
    if callable(getattr(signer, "public_key", None)):
        return lambda data, request: _sign_by_key(signer, data, request)
    return _full(sign)


def _full(function: Callable[..., Any]) -> Callable[[bytes, SigningRequest], Any]:
    return function if _wants_request(function) else lambda data, _: function(data)


def _wants_request(signer: Callable[..., object]) -> bool:
    try:
        parameters = inspect.signature(signer).parameters.values()
    except (TypeError, ValueError):  # some signers that are written in C have no signature
        return False
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return True
    positional = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    # A parameter with a default is not for us: `lambda data, key=key: …` is a common way to bind a value.
    return len(positional) > 1 and (positional[1].default is inspect.Parameter.empty or positional[1].name == "request")


def _sign_by_key(key: Any, data: bytes, request: SigningRequest) -> object:
    """Calls a key of `cryptography` as its kind requires. Errors: `ERR_ARGUMENT` for a key of another kind than the certificate's."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    kinds = {
        "rsa-pkcs1": ("an RSA key", rsa.RSAPrivateKey),
        "rsa-pss": ("an RSA key", rsa.RSAPrivateKey),
        "ecdsa": ("a key of an elliptic curve", ec.EllipticCurvePrivateKey),
        "ed25519": ("an Ed25519 key", ed25519.Ed25519PrivateKey),
    }
    name, wanted = kinds[request.signature_algorithm]
    # A key that imitates these classes is none of them.
    if not isinstance(key, wanted) and any(isinstance(key, other) for _, other in kinds.values()):
        raise argument_error("the signer", f"{name}, as the certificate has", key)
    digests = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    algorithm: Any = digests[request.digest_algorithm]
    match request.signature_algorithm:
        case "ed25519":
            return key.sign(data)
        case "ecdsa":
            return key.sign(data, ec.ECDSA(algorithm))
        case "rsa-pss":
            assert request.salt_length is not None
            return key.sign(data, padding.PSS(padding.MGF1(algorithm), request.salt_length), algorithm)
        case "rsa-pkcs1":
            return key.sign(data, padding.PKCS1v15(), algorithm)


def signature_bytes(result: object) -> memoryview | bytes:
    """The result of a signer as bytes. The core rejects text. Errors: `ERR_CALLBACK_RESULT`, `ERR_ARGUMENT`."""
    signature = text_or_bytes(result)
    if signature is not None:
        return signature
    if inspect.iscoroutine(result):
        result.close()  # else the interpreter warns that it was never awaited
        raise host_error("signer_promise")
    raise host_error("signer_result", found=type_name(result))
