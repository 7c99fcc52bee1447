"""Operations of the core: their start and call frames, and their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal

from . import _core
from ._arguments import bytes_of, certificate_bytes, chain_bytes, key_of, view_of
from ._call import Call, seconds
from ._disk import Disk
from ._document import RunDocument
from ._errors import host_error
from ._frame import Buffer, Parts, decode, encode_operation, path_to_wire
from ._generated import ExtensionReport, SigningRequest, TimestampService
from ._machine import Done, Host, Work, run
from ._options import framed, options_to_wire
from ._output import ExtendedFile, SignedFile, open_output
from ._request import asking, is_certified

if TYPE_CHECKING:
    from . import _frames as wire


@dataclass(frozen=True)
class Kept:
    """Options that no frame or session contains, or that are not saved with one."""

    services: Sequence[TimestampService] = ()
    password: str | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Kept:
        """Those of the options of a call."""
        timestamp, password = options.get("timestamp"), options.get("password")
        services = timestamp.get("services", ()) if isinstance(timestamp, dict) else ()
        return cls(services, password if isinstance(password, str) else None)

    @classmethod
    def of_all(cls, several: Sequence[Mapping[str, Any]]) -> list[Kept]:
        """Those of each of several signers in turn. The password of one opens the document for all later ones."""
        all: list[Kept] = []
        for kept in map(Kept.of, several):
            all.append(cls(kept.services, kept.password or (all[-1].password if all else None)))
        return all


@dataclass(frozen=True)
class Credentials:
    """Certificate, chain and options of a signature. Without a certificate the session takes a container."""

    certificate: object
    chain: object
    options: Mapping[str, Any]
    """Options by their names of the wire."""

    carried: Mapping[str, Any] = field(default_factory=dict)
    """Those of them that the signer carries."""

    @classmethod
    def of(cls, signer: object, certificate: object, chain: object, options: Mapping[str, Any]) -> Credentials:
        """Credentials of a call, which replace those that its signer carries.

        The options of the signer fill in those that the call does not have.
        Errors: `ERR_ARGUMENT` for a signer without a certificate, those of the options.
        """
        carried = carried_options(signer)
        if certificate is None:
            certificate, chain = getattr(signer, "certificate", None), chain or getattr(signer, "chain", None)
        if certificate is None and signer is not None:
            raise host_error("argument_missing", name="the certificate")
        return cls(certificate, chain, _filled(options, carried), carried)


@dataclass(frozen=True, kw_only=True)
class Signatory(Credentials):
    """A signer, with the credentials of its signature."""

    ask: Callable[[SigningRequest], Any]
    """Asks the signer for the raw signature."""

    ask_async: Callable[[SigningRequest], Any]
    """Asks the signer beside an event loop. The result may be an awaitable."""

    @classmethod
    def of(cls, signer: object, certificate: object, chain: object, options: Mapping[str, Any]) -> Signatory:
        """The signer of a call, and its credentials. Errors: as `Credentials.of`."""
        ask, ask_async = asking(signer)
        own = Credentials.of(signer, certificate, chain, options)
        return cls(own.certificate, own.chain, own.options, own.carried, ask=ask, ask_async=ask_async)

    def with_options(self, options: Mapping[str, Any]) -> Signatory:
        """The same signer with further options, which replace single ones."""
        return replace(self, options=_filled({**self.options, **options}, self.carried))


def carried_options(signer: object) -> dict[str, Any]:
    """The options that a signer with a certificate carries, by their names of the wire. Errors: `ERR_ARGUMENT`, those of the options."""
    return options_to_wire(getattr(signer, "options", None)) if is_certified(signer) else {}


def _filled(options: Mapping[str, Any], carried: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a call. Those that a signer carries fill in what is absent."""
    return {**options, **{name: value for name, value in carried.items() if options.get(name) is None}}


@dataclass(frozen=True)
class Answer:
    """Answer for a session: a raw signature or a container; neither for a session that is signed."""

    signature: Buffer | None = None
    container: Buffer | None = None
    certificate: object = None
    """Certificate of the signature, of a session that was begun without one."""

    chain: object = None


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

    def finish_extension(self, done: Done) -> ExtendedFile | None:
        """Completes the output after extending; None if the core skipped the document."""
        if done.result.get("skipped"):
            return None
        signed = self.finish(done)
        return ExtendedFile(signed.update, ExtensionReport._from_wire(done.result), signed.copy)

    def sign(
        self,
        signatories: Sequence[Signatory],
        kept: Sequence[Kept],
        unfinished: Callable[[Done, int], object],
        job: wire.LedgerJob | None = None,
    ) -> Work[Done]:
        """Signs by each in turn. The payload are the updates, one after the other. `job` is the job of a ledger.

        `unfinished` makes the session that an error after a signature carries.
        """
        listed = [_signatory(one, self._parts) for one in signatories]
        fields: wire.SignStart = {"signatories": listed, "output": self._target.place, "ledger": job}
        return (yield from self._run("sign", fields, unfinished, len(listed), [one.services for one in kept]))

    def prepare(self, credentials: Credentials) -> Work[Done]:
        """Prepares a session. The payload is the live session."""
        return (yield from self._run("prepare", _prepared(credentials, self._parts)))

    def resume(self, live: Buffer, skip_document_check: bool) -> Work[Done]:
        """Resumes a session. Unless that is skipped, the document is digested and compared with the one of the session."""
        fields: wire.ResumeStart = {"session": self._parts.add("session", live), "skipDocumentCheck": skip_document_check}
        return (yield from self._run("resume", fields))

    def complete(self, live: Buffer, answer: Answer, kept: Kept, unfinished: Callable[[Done, int], object]) -> Work[Done]:
        """Completes a session into an output. The payload is the update."""
        certificate = None if answer.certificate is None else certificate_bytes(answer.certificate)
        fields: wire.CompleteStart = {
            "session": self._parts.add("session", live),
            "signature": self._parts.add_optional("signature", answer.signature),
            "certificate": self._parts.add_optional("certificate", certificate),
            "chain": _issuers(answer.chain, self._parts),
            "container": self._parts.add_optional("container", answer.container),
            "password": kept.password,
            "output": self._target.place,
        }
        return (yield from self._run("complete", fields, unfinished, services=[kept.services]))

    def extend(
        self,
        operation: Literal["extend", "timestamp"],
        options: Mapping[str, Any],
        job: wire.LedgerJob | None = None,
        renew_before: int | None = None,
    ) -> Work[Done]:
        """Raises signatures of the document to a level, or gives it a timestamp. The payload is the update.

        `job` is the job of a ledger. `renew_before` is the time by which evidence must end for the document to be extended.
        """
        wired, services = framed(options, self._parts)
        fields: wire.ExtendStart = {"options": wired, "output": self._target.place, "ledger": job, "renewBefore": renew_before}
        return (yield from self._run(operation, fields, services=[services]))

    def inspect(self, password: str | None) -> Work[Done]:
        """Reads the facts of a document."""
        fields: wire.InspectStart = {"password": password}
        return (yield from self._run("inspect", fields))

    def recover(self, undo: bool, journal_owner: str | None) -> Work[Done]:
        """Finishes an interrupted signing in place of a file, or undoes it."""
        fields: wire.RecoverStart = {"undo": undo, "journalOwner": journal_owner}
        return (yield from self._run("recover", fields))

    def _run(
        self,
        operation: wire.StartOperation,
        fields: Mapping[str, object],
        unfinished: Callable[[Done, int], object] = lambda *_: None,
        signers: int = 0,
        services: Sequence[Sequence[TimestampService]] = (),
    ) -> Work[Done]:
        entropy = view_of(self._call.entropy)
        start: wire.Start = {
            "length": self._document.length,
            "file": self._document.file,
            "now": self._call.now,
            "entropy": "" if entropy is None else entropy.hex(),
        }
        frame = encode_operation(operation, {**fields, **start}, self._parts)
        host = Host(self._disk, self._document, self._call.control, self._call.network, services)
        return (yield from run(frame, host, self._call.control, unfinished, signers))


def serialize(sessions: Sequence[Buffer | None], key: Buffer | None, *, batch: bool = False) -> bytes:
    """The saved form of a session or a batch: sealed by a key, or unsealed. A document of a batch may have no session."""
    parts = Parts()
    names = [parts.add_optional("session", live) for live in sessions]
    fields: wire.SerializeCall = {"sessions": names, "batch": batch, "key": parts.add_optional("key", key)}
    return bytes(_called("serialize", fields, parts).payload)


def open_sealed(saved: object, key: object, *, batch: bool = False) -> list[memoryview]:
    """The live sessions of a sealed session or batch."""
    parts = Parts()
    fields: wire.OpenCall = {"saved": _saved(saved, parts), "batch": batch, "key": parts.add("key", key_of(key))}
    return _opened(fields, parts)


def open_unsealed(saved: object, credentials: Credentials, signing_time: datetime | None, *, batch: bool = False) -> list[memoryview]:
    """The live sessions of an unsealed session or batch. The input of signed attributes comes from the caller, never from the file."""
    parts = Parts()
    now = None if signing_time is None else seconds(signing_time)
    fields: wire.OpenCall = {"saved": _saved(saved, parts), "batch": batch, "now": now}
    return _opened({**fields, **_prepared(credentials, parts)}, parts)


def certify(fields: wire.CertifyCall, public_key: Buffer, signature: Buffer | None = None) -> Done:
    """A certification request or a self-signed certificate: without a signature its request to the key, with it the DER.

    `fields` are those of the frame, except for the bytes. Errors: `ERR_ARGUMENT`, `ERR_ALGORITHM_…`, `ERR_SIGNATURE_…`.
    """
    parts = Parts()
    named = {"publicKey": parts.add("publicKey", public_key), "signature": parts.add_optional("signature", signature)}
    return _called("certify", {**fields, **named}, parts)


def open_ledger(path: str | bytes) -> Work[wire.LedgerResult]:
    """Opens the ledger of a run over many files, or makes one, and locks it."""
    fields: wire.OpenLedgerStart = {"path": path_to_wire(path)}
    result: wire.LedgerResult = (yield from _on_disk("openLedger", fields)).result
    return result


def close_ledger(ledger: wire.LedgerPlace) -> Work[None]:
    """Releases the lock of a ledger."""
    fields: wire.CloseLedgerStart = {"ledger": ledger}
    yield from _on_disk("closeLedger", fields)


def _on_disk(operation: wire.StartOperation, fields: Mapping[str, object]) -> Work[Done]:
    """An operation without a document."""
    with closing(Operation(b"", Call())) as run:
        return (yield from run._run(operation, fields))


def _saved(saved: object, parts: Parts) -> str:
    return parts.add("saved", bytes_of(saved, "the saved session"))


def _opened(fields: Mapping[str, object], parts: Parts) -> list[memoryview]:
    done = _called("open", fields, parts)
    result: wire.SessionsResult = done.result
    ends = [*accumulate(result["sessions"])]
    return [done.payload[end - length : end] for end, length in zip(ends, result["sessions"], strict=True)]


def _called(operation: wire.CallOperation, fields: Mapping[str, object], parts: Parts) -> Done:
    end, payload = decode(_core.call(encode_operation(operation, fields, parts)))
    assert end["step"] == "done"
    return Done.of(end, payload)


def _signatory(one: Signatory, parts: Parts) -> wire.SignatoryStart:
    certificate = parts.add("certificate", certificate_bytes(one.certificate))
    return {"certificate": certificate, "chain": _issuers(one.chain, parts), "options": framed(one.options, parts)[0]}


def _prepared(credentials: Credentials, parts: Parts) -> wire.PrepareStart:
    own = None if credentials.certificate is None else certificate_bytes(credentials.certificate)
    return {
        "certificate": parts.add_optional("certificate", own),
        "chain": _issuers(credentials.chain, parts),
        "options": framed(credentials.options, parts)[0],
    }


def _issuers(chain: object, parts: Parts) -> list[str]:
    return [parts.add("chain", issuer) for issuer in chain_bytes(chain)]
