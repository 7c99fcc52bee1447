"""What the core does: what goes into the start frame, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from . import _core
from ._arguments import Certificate, Chain, certificates_of, type_name, view_of
from ._call import Control, SigningCall
from ._errors import RustpdfError, argument_error
from ._generated import SigningOptions
from ._machine import Done, Host, Story, done_of, run
from ._request import AsyncSigner
from ._wire import Buffer, decode, encode

Options: TypeAlias = SigningOptions | Mapping[str, Any] | None
"""What a signature is to be: `SigningOptions`, or a mapping by the names that the options have in JSON, such as `{"page": 2}`."""


S = TypeVar("S", bound=AsyncSigner, covariant=True)


@dataclass(frozen=True)
class Signatory(Generic[S]):
    """One of those who sign a document in turn."""

    certificate: Certificate
    """The signer's certificate."""

    signer: S
    """Gives the raw signature."""

    chain: Chain = None
    """The certificate's issuers, in any order."""

    options: Options = field(default=None, repr=False)
    """What this signature is to be. It is not shown: a mapping may hold a password."""


def sign(document: Host, signatories: Sequence[tuple[Certificate, Chain, Options]], call: SigningCall) -> Story[Done]:
    """Signs by each in turn: the payload are the updates, one behind the other."""
    payload: list[Buffer] = []
    listed = []
    for certificate, chain, options in signatories:
        own, *issuers = certificates_of(certificate, chain)
        payload += [own, *issuers]
        listed.append({"certificate": len(own), "chain": [len(issuer) for issuer in issuers], "options": _options(options)})
    header = {"operation": "sign", **_start(document, call), "signatories": listed}
    return (yield from run(encode(header, payload), document, call.control, len(listed)))


def prepare(document: Host, certificate: Certificate | None, chain: Chain, options: Options, call: SigningCall) -> Story[Done]:
    """Prepares: the payload is the saved session."""
    own, *issuers = certificates_of(b"" if certificate is None else certificate, chain)
    header = {
        "operation": "prepare",
        **_start(document, call),
        "certificate": None if certificate is None else len(own),
        "chain": [len(issuer) for issuer in issuers],
        "options": _options(options),
    }
    return (yield from run(encode(header, [own, *issuers]), document, call.control))


def resume(document: Host, saved: Buffer, document_vouched: bool, control: Control) -> Story[Done]:
    """Takes up a saved session, and compares the document with the one it was begun with, unless that is vouched for."""
    if not isinstance(document_vouched, bool):
        raise argument_error(f"document_vouched must be a bool, and is {type_name(document_vouched)}")
    header = {"operation": "resume", "length": document.length, "documentVouched": document_vouched}
    return (yield from run(encode(header, [saved]), document, control))


def recover(document: Host, journal: bytes, undo: bool, control: Control) -> Story[Done]:
    """Compares a file with its journal, to finish the signature or to take it back: the payload belongs at the offset, if there is one."""
    return (yield from run(encode({"operation": "recover", "length": document.length, "undo": undo}, [journal]), document, control))


def complete(saved: bytes, answer: str, given: Buffer) -> Done:
    """Completes a saved session by a `signature` or a `container`: the payload is the update."""
    return done_of(*decode(_core.complete(encode({"answer": answer, "session": len(saved)}, [saved, given]))))


def make_journal(length: int, tail: Buffer, update: Buffer) -> bytes:
    """The journal of a document of so many bytes, which ends with `tail`, and gets the update."""
    _, payload = decode(_core.journal(encode({"length": length, "tail": len(tail)}, [tail, update])))
    return bytes(payload)


def _start(document: Host, call: SigningCall) -> dict[str, object]:
    entropy = view_of(call.entropy)
    return {"length": document.length, "now": call.now, "entropy": None if entropy is None else entropy.hex()}


def _options(options: object) -> object:
    if isinstance(options, SigningOptions):
        try:
            return options._to_wire()
        except (AttributeError, TypeError) as error:
            raise RustpdfError("ERR_OPTION_VALUE", f"an option is of another type than is documented ({error}); correct it") from error
    if options is not None and not isinstance(options, Mapping):
        raise argument_error(f"the options must be SigningOptions, and are {type_name(options)}")
    return _with_hexadecimal_digest(options) if options else {}


def _with_hexadecimal_digest(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The digest of a policy may be bytes in a mapping, too; nothing else of the options is."""
    policy = options.get("policy")
    if not isinstance(policy, Mapping):
        return options
    digest = view_of(policy.get("digest"))
    return options if digest is None else {**options, "policy": {**policy, "digest": digest.hex()}}
