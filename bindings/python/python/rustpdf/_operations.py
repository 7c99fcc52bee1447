"""Operations of the core: their start and call frames, and their results."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from . import _core
from ._arguments import Certificate, Chain, bytes_of, key_of, view_of
from ._call import Call, seconds
from ._disk import Disk
from ._document import RunDocument
from ._errors import argument_error, host_error
from ._frame import Buffer, Parts, decode, encode_operation
from ._generated import SigningOptions
from ._machine import Done, Host, Work, run
from ._output import SignedFile, open_output
from ._request import AsyncSigner

if TYPE_CHECKING:
    from . import _frames as wire

Options: TypeAlias = SigningOptions | Mapping[str, Any] | None
"""Properties of a signature: `SigningOptions`, or a mapping by the names that the options have in JSON, such as `{"page": 2}`."""

S = TypeVar("S", bound=AsyncSigner, covariant=True)


@dataclass(frozen=True)
class Signatory(Generic[S]):
    """A signer of a document that several sign in turn."""

    certificate: Certificate
    """Certificate of the signer."""

    signer: S
    """Returns the raw signature."""

    chain: Chain = None
    """Issuers of the certificate, in any order."""

    options: Options = field(default=None, repr=False)
    """Properties of this signature. `repr` omits them: a mapping may contain a password."""


@dataclass(frozen=True)
class Answer:
    """Answer for a session: a raw signature or a container; neither for a session that is signed."""

    signature: Buffer | None = None
    container: Buffer | None = None
    certificate: Certificate | None = None
    """Certificate of the signature, of a session that was begun without one."""

    chain: Chain = None


class Operation:
    """An operation on a document, and the files that are open during it. Errors: `ERR_ARGUMENT`."""

    def __init__(self, document: object, call: Call, output: object = None, *, replace: bool = False, in_memory: bool = False) -> None:
        self._call = call
        self._parts = Parts()
        self._disk = Disk()
        self._target = open_output(document, output, replace, self._disk)
        self._document = RunDocument(document, self._disk, opened=in_memory or self._target.is_stream, in_memory=in_memory)

    def close(self) -> None:
        """Closes the files that were opened."""
        self._disk.close()

    def content(self) -> memoryview:
        """The document, of an operation `in_memory`."""
        return self._document.content()

    def finish(self, done: Done) -> SignedFile:
        """Completes the output after signing or completing."""
        if self._target.place is None:
            self._document.refuse_changed()
        copy = self._target.finish(self._document.reader, done.payload, self._call.control, done.copy)
        return SignedFile(bytes(done.payload), done.reports, copy)

    def sign(self, signatories: Sequence[Signatory[Any]], unfinished: Callable[[Done], object]) -> Work[Done]:
        """Signs by each in turn. The payload are the updates, one after the other.

        `unfinished` makes the session that an error after a signature carries.
        """
        listed = [_signatory(one, self._parts) for one in signatories]
        fields: wire.SignStart = {"signatories": listed, "output": self._target.place}
        return (yield from self._run("sign", fields, unfinished, len(listed)))

    def prepare(self, certificate: Certificate | None, chain: Chain, options: Options) -> Work[Done]:
        """Prepares a session. The payload is the live session."""
        return (yield from self._run("prepare", _prepared(certificate, chain, options, self._parts)))

    def resume(self, live: Buffer, skip_document_check: bool) -> Work[Done]:
        """Resumes a session. Unless that is skipped, the document is digested and compared with the one of the session."""
        fields: wire.ResumeStart = {"session": self._parts.add("session", live), "skipDocumentCheck": skip_document_check}
        return (yield from self._run("resume", fields))

    def complete(self, live: Buffer, answer: Answer, unfinished: Callable[[Done], object]) -> Work[Done]:
        """Completes a session into an output. The payload is the update."""
        fields: wire.CompleteStart = {**_completed(live, answer, self._parts), "output": self._target.place}
        return (yield from self._run("complete", fields, unfinished))

    def recover(self, undo: bool, journal_owner: str | None) -> Work[Done]:
        """Finishes an interrupted signing in place of a file, or undoes it."""
        fields: wire.RecoverStart = {"undo": undo, "journalOwner": journal_owner}
        return (yield from self._run("recover", fields))

    def _run(
        self,
        operation: wire.StartOperation,
        fields: Mapping[str, object],
        unfinished: Callable[[Done], object] = lambda _: None,
        signers: int = 0,
    ) -> Work[Done]:
        entropy = view_of(self._call.entropy)
        start: wire.Start = {
            "length": self._document.length,
            "file": self._document.file,
            "now": self._call.now,
            "entropy": "" if entropy is None else entropy.hex(),
        }
        frame = encode_operation(operation, {**fields, **start}, self._parts)
        host = Host(self._disk, self._document, self._call.control)
        return (yield from run(frame, host, self._call.control, unfinished, signers))


def complete(live: Buffer, answer: Answer) -> Done:
    """Completes a session. The payload is the update."""
    parts = Parts()
    return _called("complete", {**_completed(live, answer, parts), "now": int(time.time())}, parts)


def serialize(live: Buffer, key: Buffer | None) -> bytes:
    """The saved form of a session: sealed by a key, or unsealed."""
    parts = Parts()
    fields: wire.SerializeCall = {"sessions": [parts.add("session", live)], "key": parts.add_optional("key", key)}
    return bytes(_called("serialize", fields, parts).payload)


def open_sealed(saved: object, key: object) -> memoryview:
    """The live session of a sealed one."""
    parts = Parts()
    fields: wire.OpenCall = {"saved": parts.add("saved", bytes_of(saved, "the saved session")), "key": parts.add("key", key_of(key))}
    return _called("open", fields, parts).payload


def open_unsealed(
    saved: object, certificate: Certificate | None, chain: Chain, options: Options, signing_time: datetime | None
) -> memoryview:
    """The live session of an unsealed one. The input of signed attributes comes from the caller, never from the file."""
    parts = Parts()
    now = None if signing_time is None else seconds(signing_time)
    fields: wire.OpenCall = {"saved": parts.add("saved", bytes_of(saved, "the saved session")), "now": now}
    return _called("open", {**fields, **_prepared(certificate, chain, options, parts)}, parts).payload


def _called(operation: wire.CallOperation, fields: Mapping[str, object], parts: Parts) -> Done:
    end, payload = decode(_core.call(encode_operation(operation, fields, parts)))
    assert end["step"] == "done"
    return Done.of(end, payload)


def _signatory(one: Signatory[Any], parts: Parts) -> wire.SignatoryStart:
    certificate = parts.add("certificate", bytes_of(one.certificate, "the certificate"))
    return {"certificate": certificate, "chain": _issuers(one.chain, parts), "options": _options(one.options)}


def _prepared(certificate: Certificate | None, chain: Chain, options: Options, parts: Parts) -> wire.PrepareStart:
    own = None if certificate is None else bytes_of(certificate, "the certificate")
    return {"certificate": parts.add_optional("certificate", own), "chain": _issuers(chain, parts), "options": _options(options)}


def _completed(live: Buffer, answer: Answer, parts: Parts) -> wire.CompleteStart:
    certificate = None if answer.certificate is None else bytes_of(answer.certificate, "the certificate")
    return {
        "session": parts.add("session", live),
        "signature": parts.add_optional("signature", answer.signature),
        "certificate": parts.add_optional("certificate", certificate),
        "chain": _issuers(answer.chain, parts),
        "container": parts.add_optional("container", answer.container),
    }


def _issuers(chain: Chain, parts: Parts) -> list[str]:
    issuers = [] if chain is None else chain if isinstance(chain, (list, tuple)) else [chain]
    return [parts.add("chain", bytes_of(issuer, "each certificate of the chain")) for issuer in issuers]


def _options(options: object) -> Mapping[str, Any]:
    if isinstance(options, SigningOptions):
        try:
            return options._to_wire()
        except (AttributeError, TypeError) as error:
            raise host_error("option_type") from error
    if options is not None and not isinstance(options, Mapping):
        raise argument_error("`options`", "SigningOptions or a mapping", options)
    return _with_hexadecimal_digest(options) if options else {}


def _with_hexadecimal_digest(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Translates the digest of a policy, the only option that holds bytes."""
    policy = options.get("policy")
    if not isinstance(policy, Mapping):
        return options
    digest = view_of(policy.get("digest"))
    return options if digest is None else {**options, "policy": {**policy, "digest": digest.hex()}}
