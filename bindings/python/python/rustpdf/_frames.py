"""Headers of the frames that cross the border to the core: types only. Generated from the core by scripts/generate.sh.

Import this module under `TYPE_CHECKING` alone: `typing_extensions` may be missing at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from typing_extensions import NotRequired, TypedDict, final

from ._generated import Curve, DigestAlgorithm, ErrorCode, ErrorGroup, Level, SignatureAlgorithm, WarningCode

StartOperation: TypeAlias = Literal[
    "sign",
    "prepare",
    "resume",
    "complete",
    "inspect",
    "extend",
    "timestamp",
    "recover",
    "openLedger",
    "closeLedger",
]
"""An operation that a start frame names."""

CallOperation: TypeAlias = Literal["complete", "serialize", "open", "certify"]
"""An operation that a call frame names."""

DigestPhase: TypeAlias = Literal["digest", "write"]
"""Phase of a call in which the document is read."""

HttpPurpose: TypeAlias = Literal["timestamp", "ocsp", "crl", "issuer"]
"""Purpose of a request to a server."""

Access: TypeAlias = Literal["read", "write", "append"]
"""Access to a file that is opened."""

Copied: TypeAlias = Literal["none", "clone", "kernel", "read"]
"""How the document got into another file."""

SessionState: TypeAlias = Literal["toSign", "toTimestamp", "toValidate", "done"]
"""What a session waits for."""

FailureKind: TypeAlias = Literal["exists", "missing", "denied", "unsupported", "noSpace", "busy", "cancelled", "other"]
"""Kind of a failure that a host answers."""

HttpFailure: TypeAlias = Literal[
    "dns",
    "connect",
    "tls",
    "timeout",
    "tooLarge",
    "blocked",
    "redirect",
    "unsupported",
    "other",
]
"""Kind of the failure to get a response."""

FileKind: TypeAlias = Literal["missing", "file", "link", "folder", "other"]
"""Type of a file."""

RecoveryOutcome: TypeAlias = Literal["nothing", "signed", "original"]
"""State of a file after a recovery."""

AuditEvent: TypeAlias = Literal["asked", "signed", "failed"]
"""A kind of line in an audit folder."""


class Start(TypedDict):
    """Document of a call: its length, if the host holds it, or a file."""

    length: NotRequired[int | None]
    """Length of the document in bytes. The host answers `read` and `digest` from memory or ranges."""
    file: NotRequired[FileLocation | None]
    """File of the document, if it is one."""
    now: NotRequired[int | None]
    """Seconds since 1970, UTC. All operations except `inspect` and `closeLedger` require it."""
    entropy: NotRequired[str | None]
    """32 random bytes. All operations except `inspect` and `closeLedger` require them."""
    verifies: NotRequired[bool | None]
    """Whether the host answers `verify`."""
    parts: NotRequired[list[PartLength] | None]
    """Bytes of the payload."""


class SignStart(TypedDict):
    """Has a document signed by one signer or several in turn."""

    signatories: list[SignatoryStart]
    """Signers in their order."""
    output: NotRequired[OutputPlace | None]
    """Place of the signed document; absent if the caller appends the update."""
    ledger: NotRequired[LedgerJob | None]
    """Job of a ledger, if the run has one."""


class PrepareStart(TypedDict):
    """Prepares a signature in two phases."""

    certificate: NotRequired[str | None]
    """Certificate, if it is known: DER or PEM."""
    chain: NotRequired[list[str] | None]
    """Issuers: DER or PEM."""
    options: NotRequired[Mapping[str, Any] | None]
    """Signature options (options.md)."""


class ResumeStart(TypedDict):
    """Resumes a session with its document."""

    session: str
    """Live session."""
    skipDocumentCheck: NotRequired[bool | None]
    """Whether the document is not digested again."""


class CompleteStart(TypedDict):
    """Completes a session into an output."""

    session: str
    """Live session."""
    signature: NotRequired[str | None]
    """Raw signature, of a session that has a request."""
    certificate: NotRequired[str | None]
    """Certificate of the signature, DER or PEM, if the session was begun without one."""
    chain: NotRequired[list[str] | None]
    """Its issuers: DER or PEM."""
    container: NotRequired[str | None]
    """CMS container, DER or BER. Without it and `signature` a session goes on that was signed and waits."""
    password: NotRequired[str | None]
    """Password of an encrypted document, for levels above B-T."""
    output: NotRequired[OutputPlace | None]
    """Place of the signed document; absent if the caller appends the update."""


class InspectStart(TypedDict):
    """Reads the facts that a document states of itself."""

    password: NotRequired[str | None]
    """Password of an encrypted document."""


class ExtendStart(TypedDict):
    """Raises signatures to a level, or gives a document a timestamp of its own."""

    options: NotRequired[Mapping[str, Any] | None]
    """Options (options.md)."""
    output: NotRequired[OutputPlace | None]
    """Place of the extended document; absent if the caller appends the update."""
    ledger: NotRequired[LedgerJob | None]
    """Job of a ledger, if the run has one."""
    renewBefore: NotRequired[int | None]
    """Seconds since 1970, UTC: nothing is done where the signatures have the level, and evidence that lasts until after
    this time.
    """


class RecoverStart(TypedDict):
    """Ends an interrupted signing in place."""

    undo: NotRequired[bool | None]
    """Whether the signing is taken back, and not finished."""
    journalOwner: NotRequired[str | None]
    """Accept the journal of this user (name or number), too."""


class OpenLedgerStart(TypedDict):
    """Opens the ledger of a run over many files, or makes one."""

    path: str
    """Path of the ledger."""


class CloseLedgerStart(TypedDict):
    """Releases the lock of a ledger."""

    ledger: LedgerPlace
    """The ledger, as `openLedger` returned it."""


class PartLength(TypedDict):
    """A named part of a payload. The payload has them in the order of the list."""

    name: str
    """Name."""
    length: int
    """Length in bytes."""


class FileLocation(TypedDict):
    """Place of a file: a path, or an open file of the caller."""

    path: NotRequired[str | None]
    """Path; of an open file, if the host knows it."""
    handle: NotRequired[int | None]
    """Number of an open file of the caller, below 16."""


class OutputPlace(TypedDict):
    """Place of a signed document: the document itself, a path, or an open, empty file of the caller."""

    inPlace: NotRequired[bool | None]
    """Whether the document itself is signed."""
    path: NotRequired[str | None]
    """Path."""
    handle: NotRequired[int | None]
    """Number of an open file of the caller, below 16."""
    replace: NotRequired[bool | None]
    """Whether an existing regular file is replaced."""
    orInPlace: NotRequired[bool | None]
    """Whether the document is signed in place if the output is the document."""


class SignatoryStart(TypedDict):
    """A signer of a document."""

    certificate: str
    """Certificate: DER or PEM."""
    chain: NotRequired[list[str] | None]
    """Issuers: DER or PEM."""
    options: NotRequired[Mapping[str, Any] | None]
    """Signature options (options.md)."""


class LedgerPlace(TypedDict):
    """An open ledger."""

    path: str
    """Path."""
    identity: str
    """Identity of the file."""
    lockIdentity: str
    """Identity of its lock."""


class LedgerJob(TypedDict):
    """A job of a ledger."""

    ledger: LedgerPlace
    """The ledger, as `openLedger` returned it."""
    id: str
    """Name of the job."""
    state: NotRequired[JobState | None]
    """Its entry of `states`; absent or null if it has none."""


class JobState(TypedDict):
    """State of a job in a ledger."""

    state: str
    """`signing` before the commit, `signed` after it."""
    length: NotRequired[int | None]
    """Length of the document in bytes."""
    signedLength: NotRequired[int | None]
    """Length of the signed document in bytes."""
    update: NotRequired[str | None]
    """SHA-256 of the update, in hexadecimal."""
    renewBefore: NotRequired[str | None]
    """Time by which the evidence must be renewed, in RFC 3339."""


class ReadStep(TypedDict):
    """Ranges of the document."""

    step: Literal["read"]
    ranges: list[tuple[int, int]]
    """Offset and length of each range, ascending."""
    document: NotRequired[int | None]
    """The document's file; absent if the host holds the document itself."""


class VerifyRequest(TypedDict):
    """A signature to verify. Its form, its length and the bounds of the key were checked."""

    step: Literal["verify"]
    signatureAlgorithm: SignatureAlgorithm
    """Signature algorithm."""
    digestAlgorithm: DigestAlgorithm
    """Digest algorithm. Ed25519 digests by itself."""
    saltLength: NotRequired[int | None]
    """Length of the salt in bytes. For `rsa-pss` only; the mask is MGF1 with the same digest."""
    curve: NotRequired[Curve | None]
    """Curve of the key. For `ecdsa` only."""
    key: int
    """SubjectPublicKeyInfo (RFC 5280, 4.1) in DER: its length, the first of the payload."""
    message: int
    """Message: its length, the next of the payload."""
    signature: int
    """Signature, of ECDSA in DER: its length, the last of the payload."""


class DigestRequest(TypedDict):
    """Digests of the document, taken in one pass."""

    step: Literal["digest"]
    document: NotRequired[int | None]
    """The document's file; absent if the host holds the document itself."""
    parts: list[DigestPart]
    """Digests to answer with, in this order."""
    keep: list[DigestAlgorithm]
    """Further algorithms. The host keeps their states at the end of the document for a later step."""
    copy: NotRequired[int | None]
    """Empty file that receives a copy of the document; null for none."""
    find: list[str]
    """Byte patterns to find, 1 to 64 bytes each."""
    findIn: list[tuple[int, int]]
    """Ranges of the document in which matches are wanted: offset and length in bytes, ascending, not overlapping.
    Matches elsewhere may be reported, and one that is only partly in a range may be missing.
    """
    progress: DigestProgress
    """Phase and bytes for the caller's progress."""


class DigestPart(TypedDict):
    """One digest: of ranges of the document, then of a suffix."""

    algorithm: DigestAlgorithm
    """Digest algorithm."""
    ranges: list[tuple[int, int]]
    """Ranges of the document: offset and length in bytes, ascending, not overlapping."""
    suffix: int
    """Bytes digested after the ranges: their number, the next of the payload."""


class DigestProgress(TypedDict):
    """Phase of the call to which a pass over the document belongs."""

    phase: DigestPhase
    """Phase of the call."""
    total: int
    """Bytes of the phase: of the document, or of the whole output."""


class SignStep(TypedDict):
    """A request for a raw signature. The payload is the message."""

    step: Literal["sign"]
    signer: int
    """Place of the signer, from 0."""
    request: Mapping[str, Any]
    """The request. Its `data` is the payload."""
    warnings: list[Warning]
    """Warnings of this signature. The host hands them to the caller before it asks the key."""


class DrawStep(TypedDict):
    """A request for the drawing of a visible signature."""

    step: Literal["draw"]
    request: DrawRequest
    """The request."""
    parts: list[PartLength]
    """Bytes of the payload."""


class DrawRequest(TypedDict):
    """Drawing of a visible signature: the options of the caller, the size of the box, and the values that its text can
    contain.
    """

    appearance: Any
    """Drawing options as the caller gave them (options.md, `Appearance`). Bytes are parts of the payload."""
    width: Any
    """Width of the box as it is seen, in points."""
    height: Any
    """Height of the box as it is seen, in points."""
    values: DrawValues
    """Values for the text."""
    pdfA: bool
    """Whether the document says that it is PDF/A."""


class DrawValues(TypedDict):
    """Values that the text of a visible signature can contain. A text that was not given is absent."""

    now: int
    """Time of the signature, in seconds since 1970, UTC."""
    utcOffsetMinutes: int
    """Offset of the time that is shown, in minutes."""
    name: NotRequired[str | None]
    """Name of the signer: the option, else that of the certificate."""
    reason: NotRequired[str | None]
    """Reason."""
    location: NotRequired[str | None]
    """Location."""
    contact: NotRequired[str | None]
    """Contact information."""
    field: str
    """Full name of the field."""
    certificate: NotRequired[DrawCertificate | None]
    """Certificate. Absent if it is not known yet."""


class DrawCertificate(TypedDict):
    """Names of a certificate."""

    subject: list[list[str]]
    """Attributes of the subject: type (RFC 4514) and value."""
    issuer: list[list[str]]
    """Attributes of the issuer."""
    serial: str
    """Serial number, in hexadecimal."""


class HttpStep(TypedDict):
    """Requests to servers."""

    step: Literal["http"]
    requests: list[HttpRequest]
    """The requests."""


class HttpRequest(TypedDict):
    """A request to a server. Either `service` or `url` names it."""

    id: int
    """Identifier, unique within the step."""
    purpose: HttpPurpose
    """Purpose of the request."""
    service: NotRequired[int | None]
    """Number of the caller's timestamp service, from 0. The host knows its address and header fields."""
    url: NotRequired[str | None]
    """Address from a certificate. A stranger may have chosen it."""
    method: str
    """`GET` or `POST`."""
    contentType: NotRequired[str | None]
    """Type of the body (`Content-Type`). Absent without a body."""
    accept: str
    """Types of the response that are asked for (`Accept`)."""
    body: int
    """Body: its length, the next of the payload."""
    limit: int
    """Largest body of a response in bytes, after decoding."""
    delay: NotRequired[int | None]
    """Seconds to wait before sending. Absent for none."""
    cache: NotRequired[str | None]
    """Key by which a cache keeps the response. Absent if none keeps it."""


class StoreRequest(TypedDict):
    """Operations on files."""

    step: Literal["store"]
    operations: list[Operation]
    """Operations to perform in order, up to the first failure."""
    final: bool
    """Whether the step must not be cancelled: an output or a journal gets its name."""
    progress: NotRequired[StoreProgress | None]
    """Progress of the output, for the caller; absent where there is none to report."""


class StoreProgress(TypedDict):
    """Bytes written of an output."""

    done: int
    """Bytes written."""
    total: int
    """All bytes to write."""


class DoneStep(TypedDict):
    """The result."""

    step: Literal["done"]
    result: Any
    """Result of the operation, or null."""
    reports: list[Mapping[str, Any]]
    """A report for each signature."""
    copy: Copied
    """How the document got into the output."""


class ErrorStep(TypedDict):
    """An error."""

    step: Literal["error"]
    error: ErrorFrame
    """The error."""
    session: NotRequired[SessionResult | None]
    """Session from which to go on without the key; absent if there is none."""


class ErrorFrame(TypedDict):
    """Facts of an error."""

    code: ErrorCode
    """Stable code."""
    group: ErrorGroup
    """Group of the code."""
    message: str
    """Message: the finding, and its remedy."""
    offset: NotRequired[int | None]
    """Offset in the document, in bytes."""
    object: NotRequired[tuple[int, int] | None]
    """Number and generation of the object."""
    failure: NotRequired[int | None]
    """Number of the failed answer that ended the machine, from 0. The host raises its own error of that failure."""


class AnswerFrame(TypedDict):
    """Answer to a step. The first answer, to nothing, has no field."""

    answer: NotRequired[str | None]
    """The step that is answered, or `failed`."""
    kind: NotRequired[FailureKind | None]
    """`failed`: kind of the failure."""
    ranges: NotRequired[list[tuple[int, int]] | None]
    """`read`: offset and length of each piece that was read. The payload are the bytes."""
    digests: NotRequired[list[int] | None]
    """`digest`: length of the digest of each part. The payload are the digests."""
    found: NotRequired[list[Matches] | None]
    """`digest`: matches of each pattern; may be absent if there was none to find."""
    copied: NotRequired[Copied | None]
    """`digest`: how the copy was made; may be absent if there was none to make."""
    verified: NotRequired[bool | None]
    """`verify`: whether the signature verifies; absent or null if the host does not know."""
    error: NotRequired[DrawError | None]
    """`draw`: the reason why nothing was drawn. Without it the payload is a PDF whose first page is the drawing."""
    now: NotRequired[int | None]
    """`http`: seconds since 1970, UTC, at the time of the answer."""
    responses: NotRequired[list[ResponseFrame] | None]
    """`http`: one response for each request. The payload are the bodies."""
    results: NotRequired[list[ResultFrame] | None]
    """`store`: results of the operations, in their order. A failure is the last. The payload are the bytes that were
    read.
    """


class DrawError(TypedDict):
    """The reason why nothing was drawn."""

    code: str
    """Code, such as `ERR_FONT_GLYPH`."""
    found: str
    """First half of the message: what was found."""
    remedy: NotRequired[str | None]
    """Second half: what to do. Without it that of the code."""


class Matches(TypedDict):
    """Offsets at which a pattern occurs."""

    offsets: list[int]
    """The first 1,000 offsets in bytes, ascending."""
    more: NotRequired[bool | None]
    """Whether there are more."""


class ResponseFrame(TypedDict):
    """Response of a server, or the failure to get one."""

    id: int
    """Identifier of the request."""
    failed: NotRequired[HttpFailure | None]
    """Kind of the failure, if there is no response."""
    status: NotRequired[int | None]
    """Status code."""
    body: NotRequired[int | None]
    """Length of the body, the next of the payload."""
    retryAfter: NotRequired[int | None]
    """Seconds of the field `Retry-After`, if the response has it."""
    cached: NotRequired[bool | None]
    """Whether the response comes from a cache."""


class ResultFrame(TypedDict):
    """Result of an operation on files: the fields of one kind, or none."""

    failed: NotRequired[FailureKind | None]
    """Kind of the failure, after which nothing was performed."""
    path: NotRequired[str | None]
    """`resolve`: the real path."""
    stat: NotRequired[Stat | None]
    """`open`, `create`, `stat`: facts of a file."""
    length: NotRequired[int | None]
    """`read`: number of bytes, the next of the payload."""
    removed: NotRequired[bool | None]
    """`remove`: whether the name was removed."""
    names: NotRequired[list[str] | None]
    """`list`: names in the folder."""
    process: NotRequired[Process | None]
    """`process`: facts of a process."""


class Stat(TypedDict):
    """Facts of a file."""

    type: NotRequired[FileKind | None]
    """Type of the file."""
    identity: NotRequired[str | None]
    """Tells the file from others: device and inode."""
    size: NotRequired[int | None]
    """Size in bytes."""
    mode: NotRequired[int | None]
    """Permissions: the lowest nine bits. `384` where the system has none."""
    owner: NotRequired[int | None]
    """Number of the owner."""
    group: NotRequired[int | None]
    """Number of the group."""
    links: NotRequired[int | None]
    """Names of the file."""
    modified: NotRequired[str | None]
    """Time of the last modification, in nanoseconds since 1970, as decimal text."""
    changed: NotRequired[str | None]
    """Time of the last change of data or facts, likewise; the modification time where the system has no such time."""


class Process(TypedDict):
    """Facts of a process: all of this process, `lives` and `start` of another. A text is empty where the system does
    not tell.
    """

    pid: NotRequired[int | None]
    """Number."""
    user: NotRequired[int | None]
    """Number of the effective user."""
    host: NotRequired[str | None]
    """Name of the host."""
    boot: NotRequired[str | None]
    """Text that differs from one boot to another."""
    namespace: NotRequired[str | None]
    """Text that differs between PID namespaces."""
    start: NotRequired[str | None]
    """Text that differs between two processes that had the same number."""
    lives: NotRequired[bool | None]
    """Whether it exists, or the system does not tell."""


class SkippedResult(TypedDict):
    """Result of `sign` and `extend` where the ledger says that the job is done, and of `extend` where `renewBefore`
    says that nothing is to be done.
    """

    skipped: bool
    """`true`."""


class SessionResult(TypedDict):
    """Result of `prepare` and `resume`. The payload is the live session."""

    hash: str
    """Digest of `/ByteRange`."""
    hashAlgorithm: DigestAlgorithm
    """Algorithm of `hash`."""
    documentLength: int
    """Length of the document in bytes."""
    containerSize: int
    """Bytes reserved for the container."""
    request: NotRequired[Mapping[str, Any] | None]
    """Request for the raw signature; null for a session that takes a container only, or is signed."""
    report: Mapping[str, Any]
    """Report of the signature."""
    signed: bool
    """Whether the session is signed."""
    level: Level
    """Level that the signature is to have."""
    state: SessionState
    """What the session waits for."""


class RecoveredResult(TypedDict):
    """Result of `recover`."""

    outcome: RecoveryOutcome
    """State of the file."""
    removed: int
    """Number of leftovers of ended processes that were removed."""


class LedgerResult(TypedDict):
    """Result of `openLedger`."""

    ledger: LedgerPlace
    """The ledger."""
    states: dict[str, JobState]
    """States of jobs in earlier runs, by the names of the jobs."""


class SessionsResult(TypedDict):
    """Result of `open`. The payload are live sessions."""

    sessions: list[int]
    """Length of each live session in bytes; 0 for a document of a batch that has none."""


class CertifyResult(TypedDict):
    """Result of `certify` without a signature."""

    request: Mapping[str, Any]
    """Request for the raw signature."""


class AuditRecord(TypedDict):
    """A line of an audit folder: JSON, written by the host around each request to the key. No frame, and no step of the
    core. Each process writes one file, whose name no other one has. A line names the digest of the line before it,
    so that no line can be altered, left out or moved without a trace.
    """

    previous: str
    """SHA-256 of the line before it with its line end, in hexadecimal. 64 zeros in the first line."""
    sequence: int
    """Number of the line in its file, from 0."""
    event: AuditEvent
    """`asked` before the key is asked, `signed` or `failed` after its answer."""
    time: str
    """Time in UTC, such as `2026-01-31T12:00:00.123Z`."""
    asked: NotRequired[int | None]
    """For `signed` and `failed`: number of the line that asked."""
    keyId: NotRequired[str | None]
    """Identifier of the key, as the key store names it."""
    documentName: NotRequired[str | None]
    """`documentName` of the request."""
    documentDigest: NotRequired[str | None]
    """`documentDigest` of the request."""
    fieldName: NotRequired[str | None]
    """`fieldName` of the request."""
    certificateDigest: NotRequired[str | None]
    """`certificateDigest` of the request."""
    signatureAlgorithm: NotRequired[str | None]
    """`signatureAlgorithm` of the request."""
    digestAlgorithm: NotRequired[str | None]
    """`digestAlgorithm` of the request."""
    digest: NotRequired[str | None]
    """Digest of what the key is asked to sign, by that algorithm."""
    signatureDigest: NotRequired[str | None]
    """For `signed`: SHA-256 of the signature value."""
    error: NotRequired[str | None]
    """For `failed`: the type of the error, or its code. Its message can contain anything, and is left out."""
    duration: NotRequired[int | None]
    """For `signed` and `failed`: time that the key took, in microseconds."""


class CompleteCall(TypedDict):
    """Completes a live session without an output."""

    parts: NotRequired[list[PartLength] | None]
    """Bytes of the payload."""
    session: str
    """Live session."""
    signature: NotRequired[str | None]
    """Raw signature, of a session that has a request."""
    certificate: NotRequired[str | None]
    """Certificate of the signature, DER or PEM, if the session was begun without one."""
    chain: NotRequired[list[str] | None]
    """Its issuers: DER or PEM."""
    now: NotRequired[int | None]
    """Time for which the certificate is checked, in seconds since 1970, UTC."""
    container: NotRequired[str | None]
    """CMS container, DER or BER. Without it and `signature` the session is signed already."""


class SerializeCall(TypedDict):
    """Saves a session, or a batch of them."""

    parts: NotRequired[list[PartLength] | None]
    """Bytes of the payload."""
    sessions: list[str | None]
    """Live sessions; null for a document of a batch that has none."""
    batch: NotRequired[bool | None]
    """Whether a batch is saved."""
    key: NotRequired[str | None]
    """Key of 32 bytes or more; absent or null for an unsealed session."""


class OpenCall(TypedDict):
    """Opens a saved session, or a batch of them."""

    parts: NotRequired[list[PartLength] | None]
    """Bytes of the payload."""
    saved: str
    """The saved bytes."""
    batch: NotRequired[bool | None]
    """Whether a batch was saved."""
    key: NotRequired[str | None]
    """Key of 32 bytes or more; absent or null for an unsealed session."""
    certificate: NotRequired[str | None]
    """Certificate of an unsealed session that was begun with one: DER or PEM."""
    chain: NotRequired[list[str] | None]
    """Its issuers: DER or PEM."""
    options: NotRequired[Mapping[str, Any] | None]
    """Its signature options (options.md)."""
    now: NotRequired[int | None]
    """Time of its beginning, in seconds since 1970, UTC, if it is known."""


class CertifyCall(TypedDict):
    """Makes a certification request or a self-signed certificate: without `signature` its request to the key store,
    with it the DER.
    """

    parts: NotRequired[list[PartLength] | None]
    """Bytes of the payload."""
    subject: str
    """Subject: `CN=…,O=…` (RFC 4514) or `/O=…/CN=…`."""
    publicKey: str
    """Public key: SubjectPublicKeyInfo, DER or PEM."""
    signatureAlgorithm: NotRequired[SignatureAlgorithm | None]
    """Signature algorithm. Absent: that of the key."""
    digestAlgorithm: NotRequired[DigestAlgorithm | None]
    """Digest algorithm. Absent: that of the key."""
    days: NotRequired[int | None]
    """Days that a self-signed certificate is valid. Absent: a certification request is made."""
    now: NotRequired[int | None]
    """Seconds since 1970, UTC, for a self-signed certificate."""
    entropy: NotRequired[str | None]
    """32 random bytes, for a self-signed certificate."""
    signature: NotRequired[str | None]
    """Raw signature."""


class CertificateSummary(TypedDict):
    """Facts of a certificate."""

    subject: str
    """Subject (RFC 4514)."""
    issuer: str
    """Issuer (RFC 4514)."""
    serialNumber: str
    """Serial number, in hexadecimal."""
    notBefore: str
    """Start of its validity (RFC 3339)."""
    notAfter: str
    """End of its validity (RFC 3339)."""
    sha256: str
    """SHA-256 of the certificate, in hexadecimal."""


class LockInfo(TypedDict):
    """Fields that a signature locks."""

    action: str
    """`all`, `include` or `exclude`."""
    fields: list[str]
    """Full names of fields."""


class FieldInfo(TypedDict):
    """A field of the form."""

    name: str
    """Full name."""
    type: str
    """`Sig`, `Tx`, `Btn` or `Ch`; empty if the file does not say."""
    signed: bool
    """Whether it is a signature field with a signature."""


class SignatureInfo(TypedDict):
    """Facts of a signature, from its dictionary and its container."""

    field: str
    """Full name of its field."""
    subFilter: NotRequired[str | None]
    """`/SubFilter`."""
    name: NotRequired[str | None]
    """`/Name`."""
    reason: NotRequired[str | None]
    """`/Reason`."""
    location: NotRequired[str | None]
    """`/Location`."""
    contactInfo: NotRequired[str | None]
    """`/ContactInfo`."""
    signingTime: NotRequired[str | None]
    """`/M`, as it is in the file."""
    byteRange: list[int]
    """`/ByteRange`, as it is in the file."""
    coversWholeFile: bool
    """Whether it covers all of the document except its own container."""
    revision: int
    """Revision that it signed, from 1."""
    docMdp: NotRequired[int | None]
    """`/P` of its DocMDP reference."""
    lock: NotRequired[LockInfo | None]
    """Lock of its FieldMDP reference."""
    level: NotRequired[Level | None]
    """Level that a PAdES signature shows (EN 319 142-1, 6.3). Nothing is judged."""
    renewBefore: NotRequired[str | None]
    """Time by which its evidence must be renewed, in RFC 3339: the end of the certificate of its last timestamp."""
    signer: NotRequired[CertificateSummary | None]
    """Certificate of the signer, if the container has it."""
    certificates: list[CertificateSummary]
    """Certificates of the container."""


class Warning(TypedDict):
    """A fact that the caller should know, and that did not stop the signing."""

    code: WarningCode
    """The stable code, such as `WARN_CERTIFICATE_EXPIRED`."""
    message: str
    """Message: the finding, and its meaning."""


class DocumentInfo(TypedDict):
    """Facts of a document."""

    version: str
    """Version of PDF, such as `1.7`."""
    length: int
    """Length in bytes."""
    pages: NotRequired[int | None]
    """Number of pages, as the page tree counts them."""
    revisions: int
    """Number of revisions: the first, and one for each incremental update."""
    xref: str
    """Kind of the newest cross-reference section: `table` or `stream`."""
    certified: NotRequired[int | None]
    """Level of the certification, 1 to 3."""
    fields: list[FieldInfo]
    """Terminal fields of the form."""
    signatures: list[SignatureInfo]
    """Signatures, in the order of their ends in the file."""
    renewBefore: NotRequired[str | None]
    """Time by which the evidence of a signature must be renewed, in RFC 3339: the earliest of all."""
    warnings: list[Warning]
    """Warnings."""


@final
class ResolveOperation(TypedDict):
    """Finds the real path: every link is followed, and `..` is resolved after the links. For a file that does not
    exist: the real path of its folder, and the name.
    """

    op: Literal["resolve"]
    path: str
    """Path."""


@final
class OpenOperation(TypedDict):
    """Opens an existing file."""

    op: Literal["open"]
    handle: int
    """Number that the file gets."""
    path: str
    """Path."""
    access: Access
    """Access."""


@final
class CreateOperation(TypedDict):
    """Makes a file that did not exist, readable and writable for the process."""

    op: Literal["create"]
    handle: int
    """Number that the file gets."""
    path: str
    """Path."""
    mode: int
    """Permissions, of which the process's umask is taken away."""


@final
class StatPathOperation(TypedDict):
    """Facts of the file of a name. A name that does not exist, is too long, or is below something that is not a folder
    has the type `missing`.
    """

    op: Literal["stat"]
    path: str
    """Path."""


@final
class StatHandleOperation(TypedDict):
    """Facts of an open file."""

    op: Literal["stat"]
    handle: int
    """Number of the file."""


@final
class AbsentOperation(TypedDict):
    """Fails with `exists`, and the system's own exception for that, if something has this name; fails with the system's
    exception for a name that is too long.
    """

    op: Literal["absent"]
    path: str
    """Path."""


@final
class ReadOperation(TypedDict):
    """Reads bytes: fewer at the end of the file."""

    op: Literal["read"]
    handle: int
    """Number of the file."""
    offset: int
    """Offset of the first byte."""
    length: int
    """Number of bytes."""


@final
class WriteOperation(TypedDict):
    """Writes all the bytes."""

    op: Literal["write"]
    handle: int
    """Number of the file."""
    offset: int
    """Offset of the first byte."""
    length: int
    """Bytes: their number, the next of the payload."""


@final
class AppendOperation(TypedDict):
    """Writes all the bytes at the end of the file, by one call of the system."""

    op: Literal["append"]
    handle: int
    """Number of the file."""
    length: int
    """Bytes: their number, the next of the payload."""


@final
class TruncateOperation(TypedDict):
    """Changes the size of a file."""

    op: Literal["truncate"]
    handle: int
    """Number of the file."""
    length: int
    """Size in bytes."""


@final
class SyncOperation(TypedDict):
    """Brings data and size to the disk."""

    op: Literal["sync"]
    handle: int
    """Number of the file."""


@final
class PermitOperation(TypedDict):
    """Changes owner and group, then the permissions. Windows: nothing."""

    op: Literal["permit"]
    handle: int
    """Number of the file."""
    owner: NotRequired[int | None]
    """Number of the owner; null leaves it."""
    group: NotRequired[int | None]
    """Number of the group; null leaves it."""
    mode: NotRequired[int | None]
    """Permissions; null leaves them."""


@final
class CloseOperation(TypedDict):
    """Closes a file."""

    op: Literal["close"]
    handle: int
    """Number of the file."""


LinkOperation = TypedDict("LinkOperation", {"op": Literal["link"], "from": str, "to": str})
"""Gives a file a second name; fails with `exists` if the name exists."""


RenameOperation = TypedDict("RenameOperation", {"op": Literal["rename"], "from": str, "to": str})
"""Replaces the file that `to` names. Windows: no open file is replaced."""


@final
class RemoveOperation(TypedDict):
    """Removes a name. A name that does not exist is not a failure."""

    op: Literal["remove"]
    path: str
    """Path."""
    identity: NotRequired[str | None]
    """Identity that the file must have; null for any."""


@final
class ListOperation(TypedDict):
    """The names in a folder, at most 10,000."""

    op: Literal["list"]
    path: str
    """Path of the folder."""
    prefix: str
    """First bytes of the names."""


@final
class SyncFolderOperation(TypedDict):
    """Brings the names in a folder to the disk. Nothing where the system cannot."""

    op: Literal["syncFolder"]
    path: str
    """Path of the folder."""


@final
class ProcessOperation(TypedDict):
    """Facts of a process."""

    op: Literal["process"]
    pid: NotRequired[int | None]
    """Number; null for this process."""


@final
class WaitOperation(TypedDict):
    """Waits."""

    op: Literal["wait"]
    milliseconds: int
    """Milliseconds."""


Operation: TypeAlias = (
    ResolveOperation
    | OpenOperation
    | CreateOperation
    | StatPathOperation
    | StatHandleOperation
    | AbsentOperation
    | ReadOperation
    | WriteOperation
    | AppendOperation
    | TruncateOperation
    | SyncOperation
    | PermitOperation
    | CloseOperation
    | LinkOperation
    | RenameOperation
    | RemoveOperation
    | ListOperation
    | SyncFolderOperation
    | ProcessOperation
    | WaitOperation
)
"""An operation on files."""

StepFrame: TypeAlias = ReadStep | DigestRequest | SignStep | VerifyRequest | DrawStep | HttpStep | StoreRequest | DoneStep | ErrorStep
"""A step of the core."""
