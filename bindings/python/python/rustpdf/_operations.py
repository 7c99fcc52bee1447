"""Operations of the core: their start frames, and their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from . import _core
from ._arguments import Certificate, Chain, bytes_of, certificates_of, type_name, view_of
from ._call import Call, seconds
from ._document import Source
from ._errors import RustpdfError, argument_error
from ._files.disk import Disk
from ._generated import SigningOptions
from ._machine import Done, Host, Work, run
from ._output import SignedFile, open_output
from ._request import AsyncSigner
from ._wire import Buffer, decode, encode

Options: TypeAlias = SigningOptions | Mapping[str, Any] | None
"""Properties of a signature: `SigningOptions`, or a mapping by the names that the options have in JSON, such as `{"page": 2}`."""

Answer: TypeAlias = tuple[str, Buffer]
"""An answer for a session: "signature" or "container" with its bytes; "none" for a session that is signed."""

S = TypeVar("S", bound=AsyncSigner, covariant=True)


@dataclass(frozen=True)
class Signatory(Generic[S]):
    """One of the signers of a document that is signed in turn."""

    certificate: Certificate
    """The signer's certificate."""

    signer: S
    """Returns the raw signature."""

    chain: Chain = None
    """The certificate's issuers, in any order."""

    options: Options = field(default=None, repr=False)
    """Properties of this signature. They are not shown: a mapping may contain a password."""


class Operation:
    """An operation on a document, and the files that are open during it. Errors: `ERR_ARGUMENT`."""

    def __init__(self, document: object, call: Call, output: object = None, *, replace: bool = False, in_memory: bool = False) -> None:
        self._call = call
        self._disk = Disk()
        self._target = open_output(document, output, replace, self._disk)
        self._source = Source(document, self._disk, opened=in_memory or self._target.is_stream, in_memory=in_memory)

    def close(self) -> None:
        """Closes what was opened."""
        self._disk.close()

    def content(self) -> memoryview:
        """The document, of an operation `in_memory`."""
        return self._source.content()

    def finish(self, done: Done) -> SignedFile:
        """Completes the output of a signing or completion that is done."""
        if self._target.wire is None:
            self._source.refuse_changed()
        copy = self._target.finish(self._source.reader, done.payload, self._call.control, done.copy)
        return SignedFile(bytes(done.payload), done.reports, copy)

    def sign(
        self,
        signatories: Sequence[tuple[Certificate, Chain, Options]],
        session_of: Callable[[Done], object],
    ) -> Work[Done]:
        """Signs by each in turn: the payload are the updates, one after the other.

        What fails after a signature carries what `session_of` makes of the live session.
        """
        payload: list[Buffer] = []
        listed = []
        for certificate, chain, options in signatories:
            own, *issuers = certificates_of(certificate, chain)
            payload += [own, *issuers]
            listed.append({"certificate": len(own), "chain": [len(issuer) for issuer in issuers], "options": _options(options)})
        header = {"operation": "sign", "signatories": listed, **self._output()}
        return (yield from self._run(header, payload, session_of, len(listed)))

    def prepare(self, certificate: Certificate | None, chain: Chain, options: Options) -> Work[Done]:
        """Prepares a session: the payload is the live session."""
        own, *issuers = certificates_of(b"" if certificate is None else certificate, chain)
        header = {
            "operation": "prepare",
            "certificate": None if certificate is None else len(own),
            "chain": [len(issuer) for issuer in issuers],
            "options": _options(options),
        }
        return (yield from self._run(header, [own, *issuers]))

    def resume(self, live: Buffer, skip_document_check: bool) -> Work[Done]:
        """Resumes a session, and compares the document with the one that it was begun with, unless that is skipped."""
        header = {"operation": "resume", "session": len(live), "skipDocumentCheck": skip_document_check}
        return (yield from self._run(header, [live]))

    def complete(self, live: Buffer, answer: Answer, session_of: Callable[[Done], object]) -> Work[Done]:
        """Completes a session into an output: the payload is the update."""
        kind, given = answer
        header = {"operation": "complete", "session": len(live), "answer": kind, "answerLength": len(given), **self._output()}
        return (yield from self._run(header, [live, given], session_of))

    def recover(self, undo: bool, journal_owner: str | None) -> Work[Done]:
        """Finishes an interrupted signing in place of a file, or takes it back."""
        return (yield from self._run({"operation": "recover", "undo": undo, "journalOwner": journal_owner}, []))

    def _output(self) -> dict[str, object]:
        return {} if self._target.wire is None else {"output": self._target.wire}

    def _run(
        self,
        header: Mapping[str, object],
        payload: Sequence[Buffer],
        session_of: Callable[[Done], object] = lambda _: None,
        signers: int = 0,
    ) -> Work[Done]:
        host = Host(self._disk, self._source, self._call.control)
        entropy = view_of(self._call.entropy)
        moment = {"now": self._call.now, "entropy": None if entropy is None else entropy.hex()}
        start = encode({**header, **self._source.wire, **moment}, payload)
        return (yield from run(start, host, self._call.control, session_of, signers))


def complete(live: Buffer, answer: Answer) -> Done:
    """Completes a session: the payload is the update."""
    kind, given = answer
    header = {"operation": "complete", "session": len(live), "answer": kind, "answerLength": len(given)}
    return Done.of(*decode(_core.call(encode(header, [live, given]))))


def serialize(live: Buffer, key: Buffer | None) -> bytes:
    """The saved form of a session: sealed by a key, or unsealed."""
    header = {"operation": "serialize", "sessions": [len(live)], "batch": False, "key": None if key is None else len(key)}
    _, saved = decode(_core.call(encode(header, [live, key or b""])))
    return bytes(saved)


def open_sealed(saved: object, key: object) -> memoryview:
    """The live session of a sealed one."""
    parts = [bytes_of(saved, "the saved session"), bytes_of(key, "the key")]
    _, live = decode(_core.call(encode({"operation": "open", "saved": len(parts[0]), "batch": False, "key": len(parts[1])}, parts)))
    return live


def open_unsealed(
    saved: object, certificate: Certificate | None, chain: Chain, options: Options, signing_time: datetime | None
) -> memoryview:
    """The live session of an unsealed one. What makes signed attributes comes from the caller, never from the file."""
    given = bytes_of(saved, "the saved session")
    own, *issuers = certificates_of(b"" if certificate is None else certificate, chain)
    header = {
        "operation": "open",
        "saved": len(given),
        "batch": False,
        "key": None,
        "certificate": None if certificate is None else len(own),
        "chain": [len(issuer) for issuer in issuers],
        "options": _options(options),
        "now": None if signing_time is None else seconds(signing_time),
    }
    _, live = decode(_core.call(encode(header, [given, own, *issuers])))
    return live


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
