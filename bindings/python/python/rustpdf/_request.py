"""Requests to a signer, and its results."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from ._arguments import BytesLike, text_or_bytes
from ._errors import argument_error, host_error, type_name
from ._generated import SigningRequest

Signer: TypeAlias = Callable[[bytes], BytesLike] | Callable[[bytes, SigningRequest], BytesLike]
"""Signs `data` and returns the raw signature: ECDSA as DER or r‖s. Its exceptions reach the caller unchanged.

The call is `signer(data, request)` if the signer requires a second argument, names its second `request`, or takes any number of them;
else `signer(data)`.
"""

AsyncSigner: TypeAlias = (
    Callable[[bytes], Awaitable[BytesLike] | BytesLike] | Callable[[bytes, SigningRequest], Awaitable[BytesLike] | BytesLike]
)
"""Signs `data` and returns the raw signature, or an awaitable of it; called like `Signer`, in the thread of the event loop."""


def ask_of(signer: object) -> Callable[[SigningRequest], Any]:
    """A call of the signer with its request. Errors: `ERR_ARGUMENT`."""
    if not callable(signer):
        raise argument_error("the signer", "callable", signer)
    if _wants_request(signer):
        return lambda request: signer(request.data, request)
    return lambda request: signer(request.data)


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


def signature_bytes(result: object) -> memoryview | bytes:
    """The result of a signer as bytes. The core rejects text. Errors: `ERR_CALLBACK_RESULT`, `ERR_ARGUMENT`."""
    signature = text_or_bytes(result)
    if signature is not None:
        return signature
    if inspect.iscoroutine(result):
        result.close()  # else the interpreter warns that it was never awaited
        raise host_error("signer_promise")
    raise host_error("signer_result", found=type_name(result))
