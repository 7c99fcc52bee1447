"""Records of the requests to a key: a folder with a file for each process."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Generic, overload

from ._arguments import BytesLike, Certificate, Chain, Path, is_path
from ._errors import RustpdfError, argument_error
from ._generated import SigningRequest
from ._options import Options
from ._request import (
    AsyncCertifiedSigner,
    AsyncSignFunction,
    CertifiedSigner,
    PrivateKey,
    R,
    SignFunction,
    function_of,
    is_certified,
    signature_bytes,
)

if TYPE_CHECKING:
    from ._frames import AuditRecord


@dataclass(frozen=True)
class AuditedSigner(Generic[R]):
    """A signer with a certificate whose requests are recorded. `audited` makes it."""

    certificate: Certificate | None
    """Certificate of the signer."""

    chain: Chain
    """Issuers of the certificate."""

    options: Options
    """Options that the signer carries."""

    blocking: bool
    """Whether coroutines call it in a thread."""

    _sign: Callable[[bytes, SigningRequest], R]

    def __repr__(self) -> str:
        return "AuditedSigner()"  # options may contain a password

    def sign(self, data: bytes, request: SigningRequest, /) -> R:
        """Returns the raw signature over `data`, and records it. Errors: those of the signer, `OSError` of the folder."""
        return self._sign(data, request)


@overload
def audited(signer: CertifiedSigner, directory: Path, key_id: str | None = None) -> AuditedSigner[BytesLike]: ...


@overload
def audited(
    signer: AsyncCertifiedSigner, directory: Path, key_id: str | None = None
) -> AuditedSigner[Awaitable[BytesLike] | BytesLike]: ...


@overload
def audited(
    signer: SignFunction | PrivateKey, directory: Path, key_id: str | None = None
) -> Callable[[bytes, SigningRequest], BytesLike]: ...


@overload
def audited(
    signer: AsyncSignFunction, directory: Path, key_id: str | None = None
) -> Callable[[bytes, SigningRequest], Awaitable[BytesLike] | BytesLike]: ...


def audited(signer: Any, directory: Path, key_id: str | None = None) -> Any:
    """Wraps a signer of any kind so that each request to it is recorded in a folder.

    A missing folder is made with mode 0700. Each process writes one file there, readable by its user alone: `START-PID-RANDOM.jsonl`. A
    line is an `AuditRecord` of docs/protocol.md in JSON: the digests of the document and of its signed attributes, the field, the
    certificate, the algorithms. Each line has the SHA-256 of the line before it, so a changed, missing or moved line shows. No record
    contains the document, a PIN, a credential, or the message of an exception.

    The record `asked` is on the disk before the key is asked. If that fails, the key is not asked and the `OSError` reaches the caller.
    The record `signed` is on the disk before the signature is returned. An `asked` without an answer means that the process ended, or
    that the disk refused the record of a failure. The thread that asks the signer writes the records. `key_id` is the name of the key in
    the records (default: the `key_id` of the signer).

    >>> recorded = rustpdf.audited(signer, "audit", key_id="contracts")
    >>> rustpdf.sign(pdf, signer=recorded).report.field
    'Signature1'
    >>> [name] = os.listdir("audit")
    >>> [json.loads(line)["event"] for line in open(os.path.join("audit", name))]
    ['asked', 'signed']

    Raises RustpdfError: `ERR_ARGUMENT`.
    """
    if not is_path(directory):
        raise argument_error("the folder", "a path", directory)
    name = getattr(signer, "key_id", None) if key_id is None else key_id
    if name is not None and not isinstance(name, str):
        raise argument_error("`key_id`", "text", name)
    recording = _Recording(function_of(signer), os.path.realpath(directory), name)
    if not is_certified(signer):
        return recording.sign
    chain, options = getattr(signer, "chain", None), getattr(signer, "options", None)
    return AuditedSigner(signer.certificate, chain, options, getattr(signer, "blocking", None) is True, recording.sign)


@dataclass(frozen=True)
class _Recording:
    """A signer and the folder of its records."""

    function: Callable[[bytes, SigningRequest], Any]
    directory: str
    key_id: str | None

    def sign(self, data: bytes, request: SigningRequest, /) -> Any:
        """Asks the signer, between two records. Returns an awaitable if the signer does."""
        asked = _Asked.record(self.directory, _asked(request, self.key_id))
        try:
            result = self.function(data, request)
            if inspect.isawaitable(result):
                return self._later(asked, result)
            return asked.signed(result)
        except BaseException as error:
            asked.failed(error)
            raise

    @staticmethod
    async def _later(asked: _Asked, result: Awaitable[Any]) -> Any:
        try:
            return asked.signed(await result)
        except BaseException as error:
            asked.failed(error)
            raise


class _Asked:
    """A request that is recorded, and has no answer yet."""

    def __init__(self, directory: str, chain: _Chain, number: int) -> None:
        self._directory = directory
        self._chain = chain
        self._number = number
        self._began = time.perf_counter_ns()
        self._is_answered = False

    @classmethod
    def record(cls, directory: str, fields: Mapping[str, Any]) -> _Asked:
        """Records the request. Errors: `OSError`; the key must not be asked then."""
        chain, number = _append(directory, fields)
        return cls(directory, chain, number)

    def signed(self, result: Any) -> Any:
        """Records the signature, and returns it. Errors: `OSError`, `ERR_CALLBACK_RESULT` for a result that is not bytes."""
        duration = self._duration()
        digest = hashlib.sha256(signature_bytes(result)).hexdigest()
        self._answer({"event": "signed", "signatureDigest": digest, "duration": duration})
        return result

    def failed(self, error: BaseException) -> None:
        """Records that the key did not sign, unless that is impossible: the caller must see the exception itself."""
        if not self._is_answered:
            name = error.code if isinstance(error, RustpdfError) else type(error).__name__
            with suppress(OSError):
                self._answer({"event": "failed", "error": name, "duration": self._duration()})

    def _duration(self) -> int:
        return (time.perf_counter_ns() - self._began) // 1000

    def _answer(self, fields: Mapping[str, Any]) -> None:
        self._is_answered = True
        # A signer that forks goes on in two processes. The file of the child does not have the line that asked.
        _append(self._directory, lambda chain: {**fields, "asked": self._number} if chain is self._chain else fields)


class _Chain:
    """The file of this process in a folder: lines that each have the digest of the one before. Errors: `OSError`."""

    def __init__(self, directory: str) -> None:
        _make_folder(directory)
        started = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        path = os.path.join(directory, f"{started}-{os.getpid()}-{os.urandom(4).hex()}.jsonl")
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._writing, self._syncing = threading.Lock(), threading.Lock()
        self._broken: OSError | None = None
        self._previous = "0" * 64
        self._sequence = self._length = 0
        self._synced = 0
        folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)  # else the name may be lost with the power
        finally:
            os.close(folder)

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file. Only where no thread uses it."""
        file, self._file = getattr(self, "_file", -1), -1
        if file >= 0:
            os.close(file)

    def is_usable(self) -> bool:
        """Whether the file takes records, and has its name: a folder may have been emptied."""
        return self._broken is None and os.fstat(self._file).st_nlink > 0

    def append(self, fields: Mapping[str, Any]) -> int:
        """Writes a line to the disk, and returns its number."""
        with self._writing:
            number = self._write(fields)
        with self._syncing:
            if self._synced <= number:
                self._sync()  # for all lines that wait for it
        return number

    def _write(self, fields: Mapping[str, Any]) -> int:
        if self._broken is not None:
            raise self._broken
        now = datetime.now(timezone.utc)
        record = {
            "previous": self._previous,
            "sequence": self._sequence,
            "event": fields["event"],
            "time": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03}Z",
            **{name: value for name, value in fields.items() if value is not None},
        }
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        digest, length = hashlib.sha256(line).hexdigest(), self._length + len(line)
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._file, rest) :]
            self._previous, self._sequence, self._length = digest, self._sequence + 1, length
        except BaseException:  # also an interrupt of the user
            self._take_back()
            raise
        return self._sequence - 1

    def _take_back(self) -> None:
        """Removes a part of a line, so that the next one can be written when there is room. Else the next one gets another file."""
        try:
            os.ftruncate(self._file, self._length)
        except OSError as error:
            self._broken = error

    def _sync(self) -> None:
        with self._writing:
            written = self._sequence
        if self._broken is not None:
            raise self._broken
        try:
            os.fsync(self._file)
        except OSError as error:
            self._broken = error  # the system may have dropped the lines, and report success the next time
            raise
        self._synced = written


def _make_folder(path: str) -> None:
    """Makes a folder and those above it that are missing. `os.makedirs` has no mode for the latter. Errors: `OSError`."""
    if not os.path.isdir(path):
        if path != (above := os.path.dirname(path)):
            _make_folder(above)
        with suppress(FileExistsError):  # made by another process, or a file: the file of records cannot be opened in that
            os.mkdir(path, 0o700)


_Fields = Mapping[str, Any]

_chains: dict[str, _Chain] = {}
_lock = threading.Lock()


def _append(directory: str, fields: _Fields | Callable[[_Chain], _Fields]) -> tuple[_Chain, int]:
    """Writes a record into the file of this process, which the first record creates. Errors: `OSError`."""
    with _lock:
        chain = _chains.get(directory)
        if chain is None or not chain.is_usable():
            chain = _chains[directory] = _Chain(directory)
    return chain, chain.append(fields(chain) if callable(fields) else fields)


def _asked(request: SigningRequest, key_id: str | None) -> AuditRecord | Mapping[str, Any]:
    """The record of a request, without its place in the chain."""
    document, certificate = request.document_digest, request.certificate_digest
    return {
        "event": "asked",
        "keyId": key_id,
        "documentName": request.document_name,
        "documentDigest": None if document is None else document.hex(),
        "fieldName": request.field_name,
        "certificateDigest": None if certificate is None else certificate.hex(),
        "signatureAlgorithm": request.signature_algorithm,
        "digestAlgorithm": request.digest_algorithm,
        "digest": request.digest.hex(),
    }


def _forget() -> None:
    """Begins anew in a forked child: neither the files nor the locks of the parent are its own."""
    global _lock
    _lock = threading.Lock()
    for chain in _chains.values():
        chain.close()  # the descriptor of this process alone
    _chains.clear()


os.register_at_fork(after_in_child=_forget)
