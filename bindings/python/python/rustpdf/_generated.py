"""The types that every language has, by the core's own tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

DigestAlgorithm = Literal[
    "sha256",
    "sha384",
    "sha512",
]
"""A digest algorithm, by its one name in every language."""

SignatureAlgorithm = Literal[
    "rsa-pkcs1",
    "rsa-pss",
    "ecdsa",
    "ed25519",
]
"""A signature algorithm, by its one name in every language."""

ErrorGroup = Literal[
    "file",
    "options",
    "certificate",
    "answer",
    "session",
    "limit",
    "misuse",
    "internal",
]
"""Whose turn it is."""

ErrorCode = Literal[
    "ERR_FILE_EMPTY",
    "ERR_NOT_A_PDF",
    "ERR_FILE_TRUNCATED",
    "ERR_XREF_MISSING",
    "ERR_XREF_BROKEN",
    "ERR_OBJECT_BROKEN",
    "ERR_STREAM_BROKEN",
    "ERR_ENCRYPTION_UNSUPPORTED",
    "ERR_ENCRYPTION_MAC",
    "ERR_ENCRYPTED_PAYLOAD",
    "ERR_CATALOG",
    "ERR_PAGE_TREE",
    "ERR_FORM",
    "ERR_CERTIFIED",
    "ERR_FIELD_LOCKED",
    "ERR_SEED_VALUE",
    "ERR_FILE_CHANGED",
    "ERR_FILE_BUSY",
    "ERR_JOURNAL_DAMAGED",
    "ERR_JOURNAL_OWNER",
    "ERR_JOURNAL_DOCUMENT",
    "ERR_OPTION_UNKNOWN",
    "ERR_OPTION_VALUE",
    "ERR_SIGNING_TIME",
    "ERR_ENTROPY",
    "ERR_ALGORITHM_UNKNOWN",
    "ERR_ALGORITHM_MISMATCH",
    "ERR_POLICY_DIGEST",
    "ERR_REASON_WITH_POLICY",
    "ERR_FIELD_NAME",
    "ERR_FIELD_SIGNED",
    "ERR_FIELD_NOT_SIGNATURE",
    "ERR_ALREADY_CERTIFIED",
    "ERR_CERTIFY_NOT_FIRST",
    "ERR_PAGE_NUMBER",
    "ERR_PASSWORD_MISSING",
    "ERR_PASSWORD_WRONG",
    "ERR_CONTAINER_SIZE",
    "ERR_CERTIFICATE_FORMAT",
    "ERR_CERTIFICATE_KEY",
    "ERR_CERTIFICATE_EXPIRED",
    "ERR_CERTIFICATE_NOT_YET_VALID",
    "ERR_CERTIFICATE_KEY_USAGE",
    "ERR_CHAIN_FORMAT",
    "ERR_CHAIN_UNRELATED",
    "ERR_CALLBACK_RESULT",
    "ERR_SIGNATURE_EMPTY",
    "ERR_SIGNATURE_TEXT",
    "ERR_SIGNATURE_LENGTH",
    "ERR_SIGNATURE_FORMAT",
    "ERR_SIGNATURE_MISMATCH",
    "ERR_SIGNATURE_OTHER_DATA",
    "ERR_SIGNATURE_DOUBLE_DIGEST",
    "ERR_SIGNATURE_NO_DIGEST_INFO",
    "ERR_SIGNATURE_SCHEME",
    "ERR_SIGNATURE_SALT_LENGTH",
    "ERR_CONTAINER_FORMAT",
    "ERR_CONTAINER_TOO_LARGE",
    "ERR_CONTAINER_CONTENT",
    "ERR_CONTAINER_SIGNERS",
    "ERR_CONTAINER_SIGNER_CERTIFICATE",
    "ERR_CONTAINER_DIGEST_ALGORITHM",
    "ERR_CONTAINER_MESSAGE_DIGEST",
    "ERR_CONTAINER_SIGNING_TIME",
    "ERR_CONTAINER_SIGNING_CERTIFICATE",
    "ERR_CONTAINER_SIGNED_ATTRIBUTES",
    "ERR_CONTAINER_SIGNATURE",
    "ERR_SESSION_FORMAT",
    "ERR_SESSION_VERSION",
    "ERR_SESSION_DAMAGED",
    "ERR_SESSION_DOCUMENT",
    "ERR_SESSION_NO_CERTIFICATE",
    "ERR_LIMIT",
    "ERR_ANSWER_KIND",
    "ERR_ANSWER_LENGTH",
    "ERR_MACHINE_DONE",
    "ERR_FRAME",
    "ERR_ARGUMENT",
    "ERR_PKCS11_MISSING",
    "ERR_INTERNAL",
]
"""The stable code of an error."""

WarningCode = Literal[
    "WARN_CERTIFICATE_EXPIRED",
    "WARN_CERTIFICATE_NOT_YET_VALID",
    "WARN_CERTIFICATE_KEY_USAGE",
    "WARN_CHAIN_INCOMPLETE",
    "WARN_ED25519_ACROBAT",
    "WARN_ED25519_VERSION",
    "WARN_HEADER_MISSING",
    "WARN_KEY_IDENTIFIER",
    "WARN_LOCK",
    "WARN_NEED_APPEARANCES",
    "WARN_NEED_APPEARANCES_CLEARED",
    "WARN_PERMISSIONS",
    "WARN_REVISION_CUT",
    "WARN_SEED_VALUE",
    "WARN_TABS",
    "WARN_USAGE_RIGHTS",
    "WARN_XFA",
    "WARN_XREF_REBUILT",
    "WARN_XREF_STREAM",
]
"""The stable code of a warning."""

ERROR_GROUPS: dict[ErrorCode, ErrorGroup] = {
    "ERR_FILE_EMPTY": "file",
    "ERR_NOT_A_PDF": "file",
    "ERR_FILE_TRUNCATED": "file",
    "ERR_XREF_MISSING": "file",
    "ERR_XREF_BROKEN": "file",
    "ERR_OBJECT_BROKEN": "file",
    "ERR_STREAM_BROKEN": "file",
    "ERR_ENCRYPTION_UNSUPPORTED": "file",
    "ERR_ENCRYPTION_MAC": "file",
    "ERR_ENCRYPTED_PAYLOAD": "file",
    "ERR_CATALOG": "file",
    "ERR_PAGE_TREE": "file",
    "ERR_FORM": "file",
    "ERR_CERTIFIED": "file",
    "ERR_FIELD_LOCKED": "file",
    "ERR_SEED_VALUE": "file",
    "ERR_FILE_CHANGED": "file",
    "ERR_FILE_BUSY": "file",
    "ERR_JOURNAL_DAMAGED": "file",
    "ERR_JOURNAL_OWNER": "file",
    "ERR_JOURNAL_DOCUMENT": "file",
    "ERR_OPTION_UNKNOWN": "options",
    "ERR_OPTION_VALUE": "options",
    "ERR_SIGNING_TIME": "options",
    "ERR_ENTROPY": "options",
    "ERR_ALGORITHM_UNKNOWN": "options",
    "ERR_ALGORITHM_MISMATCH": "options",
    "ERR_POLICY_DIGEST": "options",
    "ERR_REASON_WITH_POLICY": "options",
    "ERR_FIELD_NAME": "options",
    "ERR_FIELD_SIGNED": "options",
    "ERR_FIELD_NOT_SIGNATURE": "options",
    "ERR_ALREADY_CERTIFIED": "options",
    "ERR_CERTIFY_NOT_FIRST": "options",
    "ERR_PAGE_NUMBER": "options",
    "ERR_PASSWORD_MISSING": "options",
    "ERR_PASSWORD_WRONG": "options",
    "ERR_CONTAINER_SIZE": "options",
    "ERR_CERTIFICATE_FORMAT": "certificate",
    "ERR_CERTIFICATE_KEY": "certificate",
    "ERR_CERTIFICATE_EXPIRED": "certificate",
    "ERR_CERTIFICATE_NOT_YET_VALID": "certificate",
    "ERR_CERTIFICATE_KEY_USAGE": "certificate",
    "ERR_CHAIN_FORMAT": "certificate",
    "ERR_CHAIN_UNRELATED": "certificate",
    "ERR_CALLBACK_RESULT": "answer",
    "ERR_SIGNATURE_EMPTY": "answer",
    "ERR_SIGNATURE_TEXT": "answer",
    "ERR_SIGNATURE_LENGTH": "answer",
    "ERR_SIGNATURE_FORMAT": "answer",
    "ERR_SIGNATURE_MISMATCH": "answer",
    "ERR_SIGNATURE_OTHER_DATA": "answer",
    "ERR_SIGNATURE_DOUBLE_DIGEST": "answer",
    "ERR_SIGNATURE_NO_DIGEST_INFO": "answer",
    "ERR_SIGNATURE_SCHEME": "answer",
    "ERR_SIGNATURE_SALT_LENGTH": "answer",
    "ERR_CONTAINER_FORMAT": "answer",
    "ERR_CONTAINER_TOO_LARGE": "answer",
    "ERR_CONTAINER_CONTENT": "answer",
    "ERR_CONTAINER_SIGNERS": "answer",
    "ERR_CONTAINER_SIGNER_CERTIFICATE": "answer",
    "ERR_CONTAINER_DIGEST_ALGORITHM": "answer",
    "ERR_CONTAINER_MESSAGE_DIGEST": "answer",
    "ERR_CONTAINER_SIGNING_TIME": "answer",
    "ERR_CONTAINER_SIGNING_CERTIFICATE": "answer",
    "ERR_CONTAINER_SIGNED_ATTRIBUTES": "answer",
    "ERR_CONTAINER_SIGNATURE": "answer",
    "ERR_SESSION_FORMAT": "session",
    "ERR_SESSION_VERSION": "session",
    "ERR_SESSION_DAMAGED": "session",
    "ERR_SESSION_DOCUMENT": "session",
    "ERR_SESSION_NO_CERTIFICATE": "session",
    "ERR_LIMIT": "limit",
    "ERR_ANSWER_KIND": "misuse",
    "ERR_ANSWER_LENGTH": "misuse",
    "ERR_MACHINE_DONE": "misuse",
    "ERR_FRAME": "misuse",
    "ERR_ARGUMENT": "misuse",
    "ERR_PKCS11_MISSING": "misuse",
    "ERR_INTERNAL": "internal",
}
"""Every code, with its group."""


@dataclass(frozen=True, kw_only=True)
class FieldLock:
    """A FieldMDP lock: which form fields the signature freezes."""

    action: Literal["all", "include", "exclude"]
    """`include` freezes the fields named, `exclude` all but these."""

    fields: Sequence[str] | None = None
    """Full names of fields."""


@dataclass(frozen=True, kw_only=True)
class SignaturePolicy:
    """A signature policy that the signer commits to."""

    oid: str
    """The policy's object identifier, such as `1.2.3`."""

    digest_algorithm: DigestAlgorithm
    """The hash that `digest` was made with."""

    digest: bytes | str
    """The digest of the policy's document, as bytes or hexadecimal."""

    uri: str | None = None
    """Where the policy's document can be had."""


@dataclass(frozen=True, kw_only=True)
class SigningOptions:
    """What a signature is to be; `{}` means PAdES B-B with what fits the certificate."""

    pades: bool | None = None
    """Makes a PAdES signature (`ETSI.CAdES.detached`), as is the default; `false` makes `adbe.pkcs7.detached`."""

    digest_algorithm: DigestAlgorithm | None = None
    """The hash. Default: SHA-256 for RSA and P-256, SHA-384 for P-384, SHA-512 for P-521 and Ed25519."""

    signature_algorithm: SignatureAlgorithm | None = None
    """The signature algorithm. Default: that of the certificate's key, for RSA `rsa-pkcs1`."""

    field_name: str | None = None
    """The full name of an existing empty signature field, or the name of the new one (no dot). Default: a free name."""

    page: int | None = None
    """The page of a new field's widget, from 1. Default: 1."""

    name: str | None = None
    """The signer's name (`/Name`)."""

    reason: str | None = None
    """Why it is signed (`/Reason`). PAdES knows it not beside `policy` or `commitment_type`."""

    location: str | None = None
    """Where it is signed (`/Location`)."""

    contact_info: str | None = None
    """How to reach the signer (`/ContactInfo`)."""

    certify: Literal[1, 2, 3] | None = None
    """Certifies the document (DocMDP): 1 permits no changes, 2 form filling and signing, 3 also annotations."""

    lock: FieldLock | None = None
    """Freezes form fields (FieldMDP); of a new field."""

    policy: SignaturePolicy | None = None
    """The signature policy."""

    commitment_type: str | None = None
    """The commitment, by name (`proof-of-origin`, `-receipt`, `-delivery`, `-sender`, `-approval`, `-creation`) or object identifier."""

    signer_roles: Sequence[str] | None = None
    """The roles that the signer claims."""

    signing_time_attribute: bool | None = None
    """Adds the signing-time attribute; only with `pades: false`."""

    container_size: int | None = None
    """Bytes to reserve for the container. Default: computed; without a certificate 32768."""

    password: str | None = None
    """Opens an encrypted document, as its owner or as a user. One that needs no password is opened without."""

    clear_need_appearances: bool | None = None
    """Sets `/NeedAppearances` of the form to false where it is true: Acrobat then redraws the form, and does not show the signature as valid. Fields without an appearance stay empty until a viewer draws them."""

    strict: bool | None = None
    """Refuses a damaged document, and a certificate that is expired, not yet valid or not meant for signing, instead of a warning."""

    check_signature: bool | None = None
    """`false` skips the check of the raw signature against the certificate: a wrong one is then embedded without a word."""


@dataclass(frozen=True, kw_only=True)
class Warning:
    """Something that the caller should know and that did not stop the signing."""

    code: WarningCode
    """The stable code, such as `_w_a_r_n__c_e_r_t_i_f_i_c_a_t_e__e_x_p_i_r_e_d`."""

    message: str
    """What was found and what it means."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was done: the field, sizes and algorithms of a signature, and warnings."""

    field: str
    """The full name of the signature field."""

    new_field: bool
    """Whether the field is new."""

    page: int
    """The page of the field's widget, from 1."""

    revision: int
    """The revision that the signature makes, from 1."""

    xref: Literal["table", "stream"]
    """The kind of cross-reference that was written: that of the last revision before."""

    document_length: int
    """Length of the document before the signature, in bytes."""

    update_length: int
    """Length of what is appended, in bytes."""

    byte_range: Sequence[int]
    """What the signature covers: all but the value of `/Contents`."""

    container_size: int
    """Bytes reserved for the container."""

    container_length: int | None = None
    """Bytes of the container. Not before the signature is there."""

    sub_filter: str
    """The `/SubFilter`: `ETSI.CAdES.detached` or `adbe.pkcs7.detached`."""

    digest_algorithm: DigestAlgorithm
    """The digest algorithm of the signature."""

    signature_algorithm: SignatureAlgorithm | None = None
    """The signature algorithm. Not where the certificate is not known."""

    certified: Literal[1, 2, 3] | None = None
    """The DocMDP level. Only of a certification."""

    reads: int
    """How often the document was read, in steps."""

    bytes_read: int
    """How many bytes of it were read, besides those hashed."""

    warnings: Sequence[Warning]
    """What the caller should know."""


@dataclass(frozen=True, kw_only=True)
class SigningRequest:
    """What a key store is asked to sign, in every form that key stores take: the message, its digest, the DigestInfo."""

    data: bytes
    """The message to sign, for a key store that hashes by itself. A copy: it may be kept."""

    digest: bytes
    """The digest of `data`, for a key store that signs digests. Ed25519 signs `data` itself."""

    digest_info: bytes | None = None
    """The DER DigestInfo of the digest, for PKCS#11 `_c_k_m__r_s_a__p_k_c_s`. Only with `rsa-pkcs1`."""

    digest_algorithm: DigestAlgorithm
    """The hash of `digest`, and the one to name to a key store."""

    signature_algorithm: SignatureAlgorithm
    """The scheme to sign with."""

    salt_length: int | None = None
    """The PSS salt's length in bytes. Only with `rsa-pss`."""

    curve: Literal["p256", "p384", "p521"] | None = None
    """The curve of the key. Only with `ecdsa`."""
