"""Signs PDF files with keys that never leave the HSM.

The package does all the PDF and CMS work. The key does one thing: it signs the bytes that the package gives it.

>>> signed = rustpdf.sign(pdf, signer=key, certificate=certificate, chain=chain)
>>> signed.pdf[:5], signed.report.field
(b'%PDF-', 'Signature1')

Saved sessions carry the version of their format. A package that does not know it raises `ERR_SESSION_VERSION`. The change log states
the formats that each version completes.
"""

from typing import TYPE_CHECKING

from ._arguments import (
    BinaryFile,
    BytesLike,
    Certificate,
    Chain,
    CryptographyPublicKey,
    Document,
    Output,
    Path,
    PublicKey,
    WritableFile,
    X509Certificate,
)
from ._cache import Cache, MemoryCache
from ._call import (
    BeginKeywords,
    Cancelled,
    Completing,
    Extending,
    InTurn,
    ManyCompleting,
    ManyExtending,
    ManyKeywords,
    ManyResumeKeywords,
    ManyResuming,
    Moment,
    Online,
    Progress,
    ResumeKeywords,
    Resuming,
    Signing,
    SignKeywords,
    Watching,
)
from ._core import VERSION as __version__
from ._errors import RustpdfError, SigningCancelled, SigningWarning
from ._generated import (
    Certification,
    Curve,
    DigestAlgorithm,
    ErrorCode,
    ErrorGroup,
    ExtendedSignature,
    ExtensionKeywords,
    ExtensionOptions,
    ExtensionReport,
    FieldLock,
    Level,
    LockAction,
    OptionKeywords,
    Report,
    RequestReport,
    RevocationSource,
    SignatureAlgorithm,
    SignaturePolicy,
    SigningOptions,
    SigningRequest,
    TimestampOptions,
    TimestampReport,
    TimestampService,
    ValidationOptions,
    ValidationReport,
    Warning,
    WarningCode,
    XrefKind,
)
from ._http import AsyncHttpFunction, HttpError, HttpFailure, HttpFunction, HttpRequest, HttpResponse, HttpSettings, http_client
from ._options import Extension, Options
from ._output import Copy, Extended, ExtendedFile, Signed, SignedFile
from ._request import AsyncCertifiedSigner, AsyncSignFunction, CertifiedSigner, PrivateKey, Signer, SignFunction
from ._session import (
    FileSession,
    PreparedSession,
    Session,
    SessionState,
    begin_signing,
    begin_signing_async,
    resume_signing,
    resume_signing_async,
    resume_unsealed,
    resume_unsealed_async,
    unfinished_session,
)
from ._session_file import (
    begin_signing_file,
    begin_signing_file_async,
    resume_signing_file,
    resume_signing_file_async,
    resume_unsealed_file,
    resume_unsealed_file_async,
)
from ._sign import sign, sign_async, sign_in_turn, sign_in_turn_async, sign_with, sign_with_async
from ._sign_file import recover_file, recover_file_async, sign_file, sign_file_async, sign_file_in_turn, sign_file_in_turn_async

if TYPE_CHECKING:
    from ._audit import AuditedSigner, audited
    from ._extend import (
        extend,
        extend_async,
        extend_file,
        extend_file_async,
        timestamp,
        timestamp_async,
        timestamp_file,
        timestamp_file_async,
    )
    from ._extend_many import ExtendDone, ExtendFailed, ExtendJob, ExtendOutcome, ExtendSkipped, extend_many, extend_many_async
    from ._facts import CertificateSummary, DocumentInfo, FieldInfo, LockInfo, SignatureInfo
    from ._inspect import inspect, inspect_async
    from ._issuance import Issued, certificate_request, certificate_request_async, self_signed, self_signed_async
    from ._many import Job, JobFailed, JobOutcome, JobSigned, JobSkipped, sign_many, sign_many_async
    from ._session_many import (
        SessionBatch,
        SessionFailure,
        begin_signing_many,
        begin_signing_many_async,
        resume_signing_many,
        resume_signing_many_async,
        resume_unsealed_many,
        resume_unsealed_many_async,
    )
else:
    # Loaded when they are used first: many programs sign one document, and importing is most of the time of a first signature.
    _LATER = {
        "_audit": ["AuditedSigner", "audited"],
        "_extend": [
            "extend",
            "extend_async",
            "extend_file",
            "extend_file_async",
            "timestamp",
            "timestamp_async",
            "timestamp_file",
            "timestamp_file_async",
        ],
        "_extend_many": ["ExtendDone", "ExtendFailed", "ExtendJob", "ExtendOutcome", "ExtendSkipped", "extend_many", "extend_many_async"],
        "_facts": ["CertificateSummary", "DocumentInfo", "FieldInfo", "LockInfo", "SignatureInfo"],
        "_inspect": ["inspect", "inspect_async"],
        "_issuance": ["Issued", "certificate_request", "certificate_request_async", "self_signed", "self_signed_async"],
        "_many": ["Job", "JobFailed", "JobOutcome", "JobSigned", "JobSkipped", "sign_many", "sign_many_async"],
        "_session_many": [
            "SessionBatch",
            "SessionFailure",
            "begin_signing_many",
            "begin_signing_many_async",
            "resume_signing_many",
            "resume_signing_many_async",
            "resume_unsealed_many",
            "resume_unsealed_many_async",
        ],
    }

    def __getattr__(name: str) -> object:
        from importlib import import_module

        for module, names in _LATER.items():
            if name in names:
                globals().update({each: getattr(import_module(f".{module}", __name__), each) for each in names})
                return globals()[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = [
    "AsyncCertifiedSigner",
    "AsyncHttpFunction",
    "AsyncSignFunction",
    "AuditedSigner",
    "BeginKeywords",
    "BinaryFile",
    "BytesLike",
    "Cache",
    "Cancelled",
    "Certificate",
    "CertificateSummary",
    "Certification",
    "CertifiedSigner",
    "Chain",
    "Completing",
    "Copy",
    "CryptographyPublicKey",
    "Curve",
    "DigestAlgorithm",
    "Document",
    "DocumentInfo",
    "ErrorCode",
    "ErrorGroup",
    "ExtendDone",
    "ExtendFailed",
    "ExtendJob",
    "ExtendOutcome",
    "ExtendSkipped",
    "Extended",
    "ExtendedFile",
    "ExtendedSignature",
    "Extending",
    "Extension",
    "ExtensionKeywords",
    "ExtensionOptions",
    "ExtensionReport",
    "FieldInfo",
    "FieldLock",
    "FileSession",
    "HttpError",
    "HttpFailure",
    "HttpFunction",
    "HttpRequest",
    "HttpResponse",
    "HttpSettings",
    "InTurn",
    "Issued",
    "Job",
    "JobFailed",
    "JobOutcome",
    "JobSigned",
    "JobSkipped",
    "Level",
    "LockAction",
    "LockInfo",
    "ManyCompleting",
    "ManyExtending",
    "ManyKeywords",
    "ManyResumeKeywords",
    "ManyResuming",
    "MemoryCache",
    "Moment",
    "Online",
    "OptionKeywords",
    "Options",
    "Output",
    "Path",
    "PreparedSession",
    "PrivateKey",
    "Progress",
    "PublicKey",
    "Report",
    "RequestReport",
    "ResumeKeywords",
    "Resuming",
    "RevocationSource",
    "RustpdfError",
    "Session",
    "SessionBatch",
    "SessionFailure",
    "SessionState",
    "SignFunction",
    "SignKeywords",
    "SignatureAlgorithm",
    "SignatureInfo",
    "SignaturePolicy",
    "Signed",
    "SignedFile",
    "Signer",
    "Signing",
    "SigningCancelled",
    "SigningOptions",
    "SigningRequest",
    "SigningWarning",
    "TimestampOptions",
    "TimestampReport",
    "TimestampService",
    "ValidationOptions",
    "ValidationReport",
    "Warning",
    "WarningCode",
    "Watching",
    "WritableFile",
    "X509Certificate",
    "XrefKind",
    "__version__",
    "audited",
    "begin_signing",
    "begin_signing_async",
    "begin_signing_file",
    "begin_signing_file_async",
    "begin_signing_many",
    "begin_signing_many_async",
    "certificate_request",
    "certificate_request_async",
    "extend",
    "extend_async",
    "extend_file",
    "extend_file_async",
    "extend_many",
    "extend_many_async",
    "http_client",
    "inspect",
    "inspect_async",
    "recover_file",
    "recover_file_async",
    "resume_signing",
    "resume_signing_async",
    "resume_signing_file",
    "resume_signing_file_async",
    "resume_signing_many",
    "resume_signing_many_async",
    "resume_unsealed",
    "resume_unsealed_async",
    "resume_unsealed_file",
    "resume_unsealed_file_async",
    "resume_unsealed_many",
    "resume_unsealed_many_async",
    "self_signed",
    "self_signed_async",
    "sign",
    "sign_async",
    "sign_file",
    "sign_file_async",
    "sign_file_in_turn",
    "sign_file_in_turn_async",
    "sign_in_turn",
    "sign_in_turn_async",
    "sign_many",
    "sign_many_async",
    "sign_with",
    "sign_with_async",
    "timestamp",
    "timestamp_async",
    "timestamp_file",
    "timestamp_file_async",
    "unfinished_session",
]
