"""Signs PDF files with keys that never leave the HSM.

The package does all the PDF and CMS work and asks for one thing: a raw signature over the bytes that it gives.
Saved sessions carry the version of their format: a package that does not know it says `ERR_SESSION_VERSION`, and the change log tells
which formats each version completes.
"""

from ._arguments import BinaryFile, BytesLike, Certificate, Chain, Document, Output, Path, WritableFile
from ._call import Cancelled, Progress, Resuming, Signing, Watching
from ._core import VERSION as __version__
from ._errors import RustpdfError, SigningCancelled
from ._generated import (
    Certification,
    Curve,
    DigestAlgorithm,
    ErrorCode,
    ErrorGroup,
    FieldLock,
    LockAction,
    Report,
    SignatureAlgorithm,
    SignaturePolicy,
    SigningOptions,
    SigningRequest,
    Warning,
    WarningCode,
    XrefKind,
)
from ._operations import Options, Signatory
from ._output import Copy
from ._request import AsyncSigner, Signer
from ._session import (
    FileSession,
    PreparedSession,
    Session,
    begin_signing,
    begin_signing_async,
    begin_signing_file,
    begin_signing_file_async,
    resume_signing,
    resume_signing_async,
    resume_signing_file,
    resume_signing_file_async,
)
from ._sign import (
    SignedFile,
    recover_file,
    sign_file_in_turn,
    sign_file_in_turn_async,
    sign_file_with,
    sign_file_with_async,
    sign_in_turn,
    sign_in_turn_async,
    sign_with,
    sign_with_async,
)

__all__ = [
    "AsyncSigner",
    "BinaryFile",
    "BytesLike",
    "Cancelled",
    "Certificate",
    "Certification",
    "Chain",
    "Copy",
    "Curve",
    "DigestAlgorithm",
    "Document",
    "ErrorCode",
    "ErrorGroup",
    "FieldLock",
    "FileSession",
    "LockAction",
    "Options",
    "Output",
    "Path",
    "PreparedSession",
    "Progress",
    "Report",
    "Resuming",
    "RustpdfError",
    "Session",
    "Signatory",
    "SignatureAlgorithm",
    "SignaturePolicy",
    "SignedFile",
    "Signer",
    "Signing",
    "SigningCancelled",
    "SigningOptions",
    "SigningRequest",
    "Warning",
    "WarningCode",
    "Watching",
    "WritableFile",
    "XrefKind",
    "__version__",
    "begin_signing",
    "begin_signing_async",
    "begin_signing_file",
    "begin_signing_file_async",
    "recover_file",
    "resume_signing",
    "resume_signing_async",
    "resume_signing_file",
    "resume_signing_file_async",
    "sign_file_in_turn",
    "sign_file_in_turn_async",
    "sign_file_with",
    "sign_file_with_async",
    "sign_in_turn",
    "sign_in_turn_async",
    "sign_with",
    "sign_with_async",
]
