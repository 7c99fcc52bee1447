"""What a key holder is asked, and what it gives back."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from ._arguments import BytesLike, text_or_bytes, type_name
from ._errors import RustpdfError, argument_error
from ._generated import SigningRequest

Signer: TypeAlias = Callable[[bytes], BytesLike] | Callable[[bytes, SigningRequest], BytesLike]
"""Signs `data` and returns the raw signature: ECDSA as DER or r‖s. What it raises reaches the caller unchanged.

Is called with `(data, request)` where it needs a second argument, calls its second `request`, or takes any number; else with `(data)`.
"""

AsyncSigner: TypeAlias = (
    Callable[[bytes], Awaitable[BytesLike] | BytesLike] | Callable[[bytes, SigningRequest], Awaitable[BytesLike] | BytesLike]
)
"""Signs `data` and returns the raw signature, or an awaitable of it; called like `Signer`, in the thread of the event loop."""


def ask_of(signer: object) -> Callable[[SigningRequest], Any]:
    """How the signer is asked. Errors: `ERR_ARGUMENT`."""
    if not callable(signer):
        raise argument_error(f"the signer must be callable, and is {type_name(signer)}")
    if _wants_request(signer):
        return lambda request: signer(request.data, request)
    return lambda request: signer(request.data)


def _wants_request(signer: Callable[..., object]) -> bool:
    try:
        parameters = inspect.signature(signer).parameters.values()
    except (TypeError, ValueError):  # some that are written in C do not tell
        return False
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return True
    positional = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    # A default is the signer's own: `lambda data, key=key: …` is a common way to bind a value.
    return len(positional) > 1 and (positional[1].default is inspect.Parameter.empty or positional[1].name == "request")


def signature_bytes(result: object) -> memoryview | bytes:
    """What a signer gave back, as bytes. Text passes, for the core to say what it is. Errors: `ERR_CALLBACK_RESULT`."""
    signature = text_or_bytes(result)
    if signature is not None:
        return signature
    remedy = "return the raw signature as bytes"
    if inspect.iscoroutine(result):
        result.close()  # it would be warned of as never awaited
        remedy = "call the function with `_async` in its name, or return the raw signature as bytes"
    raise RustpdfError("ERR_CALLBACK_RESULT", f"the signer gave back what is {type_name(result)}; {remedy}")
