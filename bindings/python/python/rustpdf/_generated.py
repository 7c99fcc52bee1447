"""Types that cross the border to the core. Generated from the core by scripts/generate.sh."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

if TYPE_CHECKING:
    from ._arguments import BytesLike, Certificate, FileContent

DigestAlgorithm: TypeAlias = Literal["sha256", "sha384", "sha512"]
"""A digest algorithm, by its one name in every language."""

SignatureAlgorithm: TypeAlias = Literal["rsa-pkcs1", "rsa-pss", "ecdsa", "ed25519"]
"""A signature algorithm without its digest, by its one name in every language."""

BoxCorner: TypeAlias = Literal["bottom-right", "bottom-left", "top-right", "top-left"]
"""Corner of a page as it is seen."""

LengthUnit: TypeAlias = Literal["pt", "mm"]
"""Unit of lengths on a page."""

TextAlign: TypeAlias = Literal["start", "center", "end"]
"""Alignment of lines."""

ImagePlace: TypeAlias = Literal["start", "end", "top", "behind", "only"]
"""Place of an image."""

ImageAlpha: TypeAlias = Literal["mask", "soft"]
"""Treatment of transparent pixels."""

Certification: TypeAlias = Literal[1, 2, 3]
"""Changes that a certified document permits (ISO 32000-2, table 257). 1: No changes. 2: Filling in forms and signing.
3: Filling in forms, signing and annotations.
"""

LockAction: TypeAlias = Literal["all", "include", "exclude"]
"""Meaning of the list of a `FieldLock`."""

Level: TypeAlias = Literal["B-B", "B-T", "B-LT", "B-LTA"]
"""Level of a PAdES signature (EN 319 142-1, 6.3)."""

RevocationSource: TypeAlias = Literal["ocsp", "crl"]
"""Source of revocation data that is asked first."""

Curve: TypeAlias = Literal["p256", "p384", "p521"]
"""A curve of ECDSA (FIPS 186-5)."""

XrefKind: TypeAlias = Literal["table", "stream"]
"""A kind of cross-reference section (ISO 32000-2, 7.5.4 and 7.5.8)."""

ErrorGroup: TypeAlias = Literal[
    "file",
    "options",
    "certificate",
    "answer",
    "session",
    "key",
    "service",
    "limit",
    "misuse",
    "internal",
]
"""Part that has to change after an error: the file, an option, the answer, …."""

ErrorCode: TypeAlias = Literal[
    "ERR_FILE_EMPTY",
    "ERR_NOT_A_PDF",
    "ERR_FILE_TRUNCATED",
    "ERR_XREF_MISSING",
    "ERR_XREF_BROKEN",
    "ERR_OBJECT_BROKEN",
    "ERR_XREF_AMBIGUOUS",
    "ERR_OBJECT_SHADOWED",
    "ERR_STREAM_BROKEN",
    "ERR_ENCRYPTION_UNSUPPORTED",
    "ERR_ENCRYPTION_MAC",
    "ERR_MAC_ALGORITHM",
    "ERR_MAC_INVALID",
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
    "ERR_LEDGER_BUSY",
    "ERR_LEDGER_FORMAT",
    "ERR_LEDGER_STATE",
    "ERR_DSS",
    "ERR_SIGNATURE_BROKEN",
    "ERR_SIGNATURE_MISSING",
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
    "ERR_FIELD_MISSING",
    "ERR_FIELD_SIGNED",
    "ERR_FIELD_NOT_SIGNATURE",
    "ERR_ALREADY_CERTIFIED",
    "ERR_CERTIFY_NOT_FIRST",
    "ERR_PAGE_NUMBER",
    "ERR_PASSWORD_MISSING",
    "ERR_PASSWORD_WRONG",
    "ERR_LEVEL",
    "ERR_TIMESTAMP_SERVICE",
    "ERR_APPEARANCE_BOX",
    "ERR_APPEARANCE_FIT",
    "ERR_APPEARANCE_TEXT",
    "ERR_APPEARANCE_PDF",
    "ERR_APPEARANCE_MODULE",
    "ERR_FONT",
    "ERR_FONT_GLYPH",
    "ERR_FONT_LICENSE",
    "ERR_IMAGE",
    "ERR_QR",
    "ERR_CONTAINER_SIZE",
    "ERR_CERTIFICATE_FORMAT",
    "ERR_CERTIFICATE_KEY",
    "ERR_CERTIFICATE_EXPIRED",
    "ERR_CERTIFICATE_NOT_YET_VALID",
    "ERR_CERTIFICATE_KEY_USAGE",
    "ERR_CHAIN_FORMAT",
    "ERR_CERTIFICATE_REVOKED",
    "ERR_CHAIN_INCOMPLETE",
    "ERR_CHAIN_UNTRUSTED",
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
    "ERR_SESSION_SEAL",
    "ERR_SESSION_ARGUMENTS",
    "ERR_SESSION_DOCUMENT",
    "ERR_SESSION_NO_CERTIFICATE",
    "ERR_SESSION_SIGNED",
    "ERR_SESSION_NOT_SIGNED",
    "ERR_PKCS11_MISSING",
    "ERR_PKCS11_MODULE",
    "ERR_PKCS11_URI",
    "ERR_PKCS11_TOKEN",
    "ERR_PKCS11_KEY",
    "ERR_PKCS11_CERTIFICATE",
    "ERR_PKCS11_MECHANISM",
    "ERR_PKCS11_PIN_MISSING",
    "ERR_PKCS11_PIN_WRONG",
    "ERR_PKCS11_PIN_LOCKED",
    "ERR_PKCS11_PIN_CANCELLED",
    "ERR_PKCS11_GONE",
    "ERR_PKCS11_REFUSED",
    "ERR_TIMESTAMP_UNAVAILABLE",
    "ERR_TIMESTAMP_REJECTED",
    "ERR_TIMESTAMP_MISMATCH",
    "ERR_TIMESTAMP_INVALID",
    "ERR_REVOCATION_UNAVAILABLE",
    "ERR_REVOCATION_TOO_OLD",
    "ERR_HTTP_LIMIT",
    "ERR_LIMIT",
    "ERR_ANSWER_KIND",
    "ERR_ANSWER_LENGTH",
    "ERR_HTTP_ANSWER",
    "ERR_MACHINE_DONE",
    "ERR_ANSWER_FAILED",
    "ERR_FRAME",
    "ERR_ARGUMENT",
    "ERR_INTERNAL",
]
"""The stable code of an error, the same in every language."""

WarningCode: TypeAlias = Literal[
    "WARN_CERTIFICATE_EXPIRED",
    "WARN_CERTIFICATE_NOT_YET_VALID",
    "WARN_CERTIFICATE_KEY_USAGE",
    "WARN_CERTIFICATE_SERIAL",
    "WARN_CERTIFICATE_REVOKED_LATER",
    "WARN_CERTIFIED_LTV",
    "WARN_CHAIN_UNANCHORED",
    "WARN_CHAIN_INCOMPLETE",
    "WARN_CONVERTED",
    "WARN_ED25519_ACROBAT",
    "WARN_ED25519_VERSION",
    "WARN_ENCRYPTED_PAYLOAD",
    "WARN_FIELD_NAME",
    "WARN_FIELD_TWICE",
    "WARN_FIELD_UNLISTED",
    "WARN_FIELD_WIDGETS",
    "WARN_HEADER_MISSING",
    "WARN_KEY_IDENTIFIER",
    "WARN_LEVEL_LOWER",
    "WARN_LOCK",
    "WARN_NEED_APPEARANCES",
    "WARN_NEED_APPEARANCES_CLEARED",
    "WARN_OCSP_NONCE",
    "WARN_PAGE_STREAM",
    "WARN_PERMISSIONS",
    "WARN_REVOCATION_EARLIER",
    "WARN_REVISION_CUT",
    "WARN_SEED_VALUE",
    "WARN_SIGNATURE_HIDDEN",
    "WARN_SIGNED_DAMAGE",
    "WARN_TABS",
    "WARN_TIMESTAMP_CLOCK",
    "WARN_TIMESTAMP_MODS",
    "WARN_TIMESTAMP_OLD",
    "WARN_USAGE_RIGHTS",
    "WARN_NOT_TAGGED",
    "WARN_VISIBLE_AFTER_CERTIFICATION",
    "WARN_WIDGETS_OVERLAP",
    "WARN_XFA",
    "WARN_OBJECT_SHADOWED",
    "WARN_XREF_AMBIGUOUS",
    "WARN_XREF_REBUILT",
    "WARN_XREF_STREAM",
]
"""The stable code of a warning, the same in every language."""

ERROR_GROUPS: Final[Mapping[ErrorCode, ErrorGroup]] = {
    # The document has no bytes; give a PDF file.
    "ERR_FILE_EMPTY": "file",
    # There is no %PDF- header in the first 1,024 bytes; give the PDF file itself, as it was before it was packed or
    # converted.
    "ERR_NOT_A_PDF": "file",
    # The document ends early; get a complete copy of the file.
    "ERR_FILE_TRUNCATED": "file",
    # There is no startxref near the end of the document; get a complete copy, or let a PDF tool rewrite the file before
    # it is signed.
    "ERR_XREF_MISSING": "file",
    # The cross-reference of the document is damaged; let a PDF tool rewrite the file before it is signed.
    "ERR_XREF_BROKEN": "file",
    # An object of the document cannot be read; let a PDF tool rewrite the file before it is signed.
    "ERR_OBJECT_BROKEN": "file",
    # Readers can take different objects from the document; let a PDF tool rewrite the file before it is signed, and
    # look at the result.
    "ERR_XREF_AMBIGUOUS": "file",
    # The document contains a second definition of an object that the signature changes; let a PDF tool rewrite the file
    # before it is signed, and look at the result.
    "ERR_OBJECT_SHADOWED": "file",
    # A stream of the document cannot be decoded; let a PDF tool rewrite the file before it is signed.
    "ERR_STREAM_BROKEN": "file",
    # The document is encrypted in a way that is not known; sign a document that is encrypted by a password (RC4,
    # AES-128 or AES-256) or not at all.
    "ERR_ENCRYPTION_UNSUPPORTED": "file",
    # The document has an integrity code (ISO/TS 32004), and a signature in two phases cannot renew it; sign in one
    # call, or sign a copy that was encrypted without an integrity code.
    "ERR_ENCRYPTION_MAC": "file",
    # The integrity code of the document (ISO/TS 32004) was made by an unknown algorithm; sign a copy that was encrypted
    # without an integrity code.
    "ERR_MAC_ALGORITHM": "file",
    # The integrity code of the document (ISO/TS 32004) is wrong: the document was changed without its password, or by a
    # program that does not renew the code; get an unchanged copy, or let its author encrypt it again.
    "ERR_MAC_INVALID": "file",
    # The document has no usable catalog; get a complete copy, or let a PDF tool rewrite the file before it is signed.
    "ERR_CATALOG": "file",
    # The page tree cannot be read; get a complete copy, or let a PDF tool rewrite the file before it is signed.
    "ERR_PAGE_TREE": "file",
    # The form of the document cannot be read; let a PDF tool rewrite the file before it is signed.
    "ERR_FORM": "file",
    # The document is certified and allows no changes, and a signature is one; ask its author for a copy that permits
    # signing.
    "ERR_CERTIFIED": "file",
    # An earlier signature locks the field; sign another field, or ask that signer for a copy with this field unlocked.
    "ERR_FIELD_LOCKED": "file",
    # The seed values (/SV) of the field ask for another signature; sign as they ask, or sign another field.
    "ERR_SEED_VALUE": "file",
    # The document changed while it was being signed; sign it again, and let nothing else write to it meanwhile.
    "ERR_FILE_CHANGED": "file",
    # Another process signs the document in place, or was interrupted; wait for it; if no process signs the document,
    # recover it.
    "ERR_FILE_BUSY": "file",
    # The journal beside the document is damaged; check that the document opens, then remove the journal.
    "ERR_JOURNAL_DAMAGED": "file",
    # The journal beside the document may come from another user; recover the document by naming the journal's owner, if
    # you trust that user and nobody else can write the journal; else remove the journal.
    "ERR_JOURNAL_OWNER": "file",
    # Another run uses the ledger; wait for it; if no run uses the ledger, remove its lock file.
    "ERR_LEDGER_BUSY": "file",
    # The file is not a ledger; give the ledger of an earlier run, or the name of a new file.
    "ERR_LEDGER_FORMAT": "file",
    # An earlier run was interrupted, and the output is neither as it was nor signed; look at the output, then remove
    # the lines of the job from the ledger.
    "ERR_LEDGER_STATE": "file",
    # The document security store (/DSS) cannot be read; let a PDF tool rewrite the file before it is signed.
    "ERR_DSS": "file",
    # A signature of the document is broken, and must not be extended; leave it out by naming the other fields
    # (`fields`), or get an unchanged copy.
    "ERR_SIGNATURE_BROKEN": "file",
    # The document has no signature to extend; sign it first, or give it a document timestamp alone.
    "ERR_SIGNATURE_MISSING": "file",
    # The journal beside the document belongs to another document; check that the document is the right one, then remove
    # the journal.
    "ERR_JOURNAL_DOCUMENT": "file",
    # There is no such option; correct its name; docs/options.md lists the options.
    "ERR_OPTION_UNKNOWN": "options",
    # An option has a value that it cannot have; give a value of the kind named.
    "ERR_OPTION_VALUE": "options",
    # The signing time is no date; give a valid date between 1970 and 9999.
    "ERR_SIGNING_TIME": "options",
    # The entropy is not 32 bytes; give 32 bytes from a secure random source, or leave it to the library.
    "ERR_ENTROPY": "options",
    # There is no such algorithm; use one of these names: `sha256`, `sha384`, `sha512`; `rsa-pkcs1`, `rsa-pss`, `ecdsa`,
    # `ed25519`.
    "ERR_ALGORITHM_UNKNOWN": "options",
    # The algorithm does not fit the key of the certificate; leave the option out, or give one that fits the key.
    "ERR_ALGORITHM_MISMATCH": "options",
    # A signature policy needs the digest of its document; give `policy.digest` and `policy.digestAlgorithm`.
    "ERR_POLICY_DIGEST": "options",
    # `reason` cannot stand beside a policy or a commitment type in a PAdES signature (EN 319 142-1, 6.3); leave
    # `reason` out and say it by `commitmentType`.
    "ERR_REASON_WITH_POLICY": "options",
    # A new field cannot have this name; give a name that is not empty and holds no dot, or the full name of an existing
    # empty signature field.
    "ERR_FIELD_NAME": "options",
    # The document has no field of this name; name an empty signature field, or leave `existingField` out to make a new
    # field.
    "ERR_FIELD_MISSING": "options",
    # The field is signed already; name another field.
    "ERR_FIELD_SIGNED": "options",
    # The field is not a signature field; name another field.
    "ERR_FIELD_NOT_SIGNATURE": "options",
    # The document is certified already, and can be only once; leave `certify` out.
    "ERR_ALREADY_CERTIFIED": "options",
    # The document is signed already, and a certification must be the first signature; leave `certify` out.
    "ERR_CERTIFY_NOT_FIRST": "options",
    # The document has no such page; give a page number from 1 to the number of pages, or from the end as -1 (the last).
    "ERR_PAGE_NUMBER": "options",
    # The document is encrypted and needs a password to be opened; give `password`, that of a user or of the owner.
    "ERR_PASSWORD_MISSING": "options",
    # The password does not open the document, neither as a user's nor as the owner's; give another `password`.
    "ERR_PASSWORD_WRONG": "options",
    # The level does not fit the other options; choose another `level`.
    "ERR_LEVEL": "options",
    # The level requires a timestamp, and no timestamp service is given; name one (`timestamp.services`).
    "ERR_TIMESTAMP_SERVICE": "options",
    # The box of the visible signature cannot be used; give a box within the page, of 6 by 6 points at least
    # (`appearance.rect` or `appearance.position`).
    "ERR_APPEARANCE_BOX": "options",
    # The text does not fit into the box of the visible signature; give a larger box (`appearance.rect` or
    # `appearance.position`), or a shorter `appearance.text`.
    "ERR_APPEARANCE_FIT": "options",
    # The text of the visible signature contains a value that is not known; correct `appearance.text`, or begin with
    # `certificate` or `name`.
    "ERR_APPEARANCE_TEXT": "options",
    # The PDF for the appearance cannot be used; give a PDF of a plain page: complete, not encrypted, within the limits
    # of docs/options.md.
    "ERR_APPEARANCE_PDF": "options",
    # The module that draws visible signatures is missing; install the package whole; a browser loads the module before
    # it signs.
    "ERR_APPEARANCE_MODULE": "options",
    # A font of the visible signature cannot be used; give a TrueType or OpenType font, or a collection of them with an
    # `index`.
    "ERR_FONT": "options",
    # No font has some of the characters of the visible signature; give a font that has them (`appearance.font`).
    "ERR_FONT_GLYPH": "options",
    # The licence of a font forbids to embed it (fsType); give a font that permits embedding.
    "ERR_FONT_LICENSE": "options",
    # The image of the visible signature cannot be used; give a PNG, or a JPEG in grey or RGB.
    "ERR_IMAGE": "options",
    # The text of the QR code is too long; give a shorter `appearance.qr`.
    "ERR_QR": "options",
    # The size for the container is out of bounds; give a number of bytes within the bounds, or leave `containerSize`
    # out.
    "ERR_CONTAINER_SIZE": "options",
    # The certificate is neither DER nor PEM; give the signer's X.509 certificate in DER or PEM.
    "ERR_CERTIFICATE_FORMAT": "certificate",
    # The key of the certificate cannot be used; use a certificate for RSA (2,048 to 8,192 bits), ECDSA on P-256, P-384
    # or P-521, or Ed25519.
    "ERR_CERTIFICATE_KEY": "certificate",
    # The certificate has expired; use a valid certificate, or leave `strict` out to sign with a warning.
    "ERR_CERTIFICATE_EXPIRED": "certificate",
    # The certificate is not valid yet; check the clock, use a valid certificate, or leave `strict` out to sign with a
    # warning.
    "ERR_CERTIFICATE_NOT_YET_VALID": "certificate",
    # The certificate is not meant for signing; use one with digitalSignature or nonRepudiation, or leave `strict` out
    # to sign with a warning.
    "ERR_CERTIFICATE_KEY_USAGE": "certificate",
    # A certificate of the chain is neither DER nor PEM; give X.509 certificates in DER, PEM, a PEM bundle or PKCS #7.
    "ERR_CHAIN_FORMAT": "certificate",
    # A certificate is revoked; use another certificate.
    "ERR_CERTIFICATE_REVOKED": "certificate",
    # The issuer of a certificate was not found; give the missing issuers (`validation.certificates`).
    "ERR_CHAIN_INCOMPLETE": "certificate",
    # A chain does not end at a trusted certificate; add its root to `validation.trust`, if you trust it.
    "ERR_CHAIN_UNTRUSTED": "certificate",
    # A certificate of the chain is not an issuer of the signing certificate; give only the issuers of the signing
    # certificate.
    "ERR_CHAIN_UNRELATED": "certificate",
    # The signer gave no bytes back; return the raw signature as bytes.
    "ERR_CALLBACK_RESULT": "answer",
    # The signature has no bytes; return the raw signature as bytes.
    "ERR_SIGNATURE_EMPTY": "answer",
    # The signature is text (PEM, base64, hexadecimal, JSON); decode it and return the bytes.
    "ERR_SIGNATURE_TEXT": "answer",
    # The signature has a length that the key cannot give; return the raw signature and nothing else, made by the key of
    # the certificate.
    "ERR_SIGNATURE_LENGTH": "answer",
    # The signature has not the form of its algorithm; return the raw signature: for ECDSA the DER value or r and s, one
    # after the other.
    "ERR_SIGNATURE_FORMAT": "answer",
    # The signature is not one of the certificate's key over the data; check that key and certificate belong together,
    # and that exactly `data` was signed.
    "ERR_SIGNATURE_MISMATCH": "answer",
    # The signature is one of the certificate's key, but over other data; sign exactly the bytes of `data` that this
    # session asked for.
    "ERR_SIGNATURE_OTHER_DATA": "answer",
    # The digest was digested again before it was signed; hand `data` to a call that hashes, or `digest` to one that
    # does not.
    "ERR_SIGNATURE_DOUBLE_DIGEST": "answer",
    # The signature was made over the bare digest, where RSA PKCS #1 v1.5 needs a DigestInfo; hand `digestInfo` to the
    # key store's raw RSA mechanism.
    "ERR_SIGNATURE_NO_DIGEST_INFO": "answer",
    # The signature was made by another RSA scheme than was asked for; use the scheme that `signatureAlgorithm` names,
    # or ask for the other by that option.
    "ERR_SIGNATURE_SCHEME": "answer",
    # The PSS signature has another salt length than was asked for; set the salt length of the key store to `saltLength`
    # bytes, the length of the digest.
    "ERR_SIGNATURE_SALT_LENGTH": "answer",
    # The container is no CMS SignedData; give the DER or BER bytes of a ContentInfo with SignedData.
    "ERR_CONTAINER_FORMAT": "answer",
    # The container does not fit into the bytes reserved for it; begin again with a larger `containerSize`.
    "ERR_CONTAINER_TOO_LARGE": "answer",
    # The container holds the signed content; ask for a detached signature.
    "ERR_CONTAINER_CONTENT": "answer",
    # The container has not exactly one signer; ask for a container with one signature.
    "ERR_CONTAINER_SIGNERS": "answer",
    # The container does not hold the certificate of its signer, or it is not the one that the session was begun with;
    # let the container carry that certificate, and begin the session with the right one.
    "ERR_CONTAINER_SIGNER_CERTIFICATE": "answer",
    # The container uses another digest algorithm than the session; begin the session with the `digestAlgorithm` of the
    # signing service.
    "ERR_CONTAINER_DIGEST_ALGORITHM": "answer",
    # The container was made for another document; have `hash` of this session signed, as the digest of the content.
    "ERR_CONTAINER_MESSAGE_DIGEST": "answer",
    # The container has a signing-time attribute, which PAdES forbids (EN 319 142-1, 6.3); ask for a PAdES container, or
    # begin without PAdES (`pades`).
    "ERR_CONTAINER_SIGNING_TIME": "answer",
    # The container has no signing-certificate attribute for its signer, which PAdES requires (EN 319 142-1, 6.3); ask
    # for a PAdES or CAdES container, or begin without PAdES (`pades`).
    "ERR_CONTAINER_SIGNING_CERTIFICATE": "answer",
    # The signed attributes of the container are missing or wrong; ask for a container with content-type and
    # message-digest as signed attributes.
    "ERR_CONTAINER_SIGNED_ATTRIBUTES": "answer",
    # The signature in the container does not belong to its certificate and signed attributes; check that the signing
    # service uses the key of the certificate that it sends.
    "ERR_CONTAINER_SIGNATURE": "answer",
    # These bytes are not a saved session; give the bytes that `serialize` returned.
    "ERR_SESSION_FORMAT": "session",
    # The session was saved by another version; complete it with the version that saved it, or begin again.
    "ERR_SESSION_VERSION": "session",
    # The saved session is damaged; use an undamaged copy of it, or begin again.
    "ERR_SESSION_DAMAGED": "session",
    # The key does not fit the session, or the session was changed; give an unchanged copy to the call for its form,
    # with the key that sealed it if there is one, or begin again.
    "ERR_SESSION_SEAL": "session",
    # The certificate or the options are not those that the session was begun with; give those of the beginning, or
    # begin again.
    "ERR_SESSION_ARGUMENTS": "session",
    # The session belongs to another document; resume it with exactly the document that it was begun with.
    "ERR_SESSION_DOCUMENT": "session",
    # The session was begun without a certificate, so it takes a container only; begin with `certificate`, or with
    # `signatureAlgorithm` and without PAdES (`pades`) if the certificate comes with the raw signature.
    "ERR_SESSION_NO_CERTIFICATE": "session",
    # The session is signed already; complete it without an answer, or begin again.
    "ERR_SESSION_SIGNED": "session",
    # The session is not signed yet; complete it with a raw signature or a container.
    "ERR_SESSION_NOT_SIGNED": "session",
    # The package pkcs11js is not installed; install it: npm install pkcs11js.
    "ERR_PKCS11_MISSING": "key",
    # The PKCS#11 module cannot be used; give the path of a PKCS#11 module for this machine's architecture.
    "ERR_PKCS11_MODULE": "key",
    # The PKCS#11 URI cannot be used; give one as in RFC 7512, such as pkcs11:token=NAME;object=KEY.
    "ERR_PKCS11_URI": "key",
    # No token fits, or several do; name one token by its label, serial number or slot.
    "ERR_PKCS11_TOKEN": "key",
    # No private key fits, or several do; name one key of the token by its label or id.
    "ERR_PKCS11_KEY": "key",
    # The token has no certificate for the key; give the certificate, or write it into the token with the id of the key.
    "ERR_PKCS11_CERTIFICATE": "key",
    # The token has no mechanism for the signature; choose a signature algorithm that the token has.
    "ERR_PKCS11_MECHANISM": "key",
    # The token requires a PIN; give the PIN.
    "ERR_PKCS11_PIN_MISSING": "key",
    # The token refused the PIN; give the right PIN: wrong ones lock the token.
    "ERR_PKCS11_PIN_WRONG": "key",
    # The PIN is locked or has expired; unlock or change it with the tool of the token's vendor.
    "ERR_PKCS11_PIN_LOCKED": "key",
    # The entry of the PIN was cancelled or timed out; sign again, and enter the PIN.
    "ERR_PKCS11_PIN_CANCELLED": "key",
    # The token is not there any more; connect the token, and sign again.
    "ERR_PKCS11_GONE": "key",
    # The token refused a call; look up the CKR_ code in the documentation of the token.
    "ERR_PKCS11_REFUSED": "key",
    # No timestamp service answered; try again later, or name another service (`timestamp.services`).
    "ERR_TIMESTAMP_UNAVAILABLE": "service",
    # The timestamp service refused the request; do as its reason says, or name another service (`timestamp.services`).
    "ERR_TIMESTAMP_REJECTED": "service",
    # The timestamp does not belong to the request; name another service (`timestamp.services`).
    "ERR_TIMESTAMP_MISMATCH": "service",
    # The answer of the timestamp service is not a valid timestamp; name another service (`timestamp.services`).
    "ERR_TIMESTAMP_INVALID": "service",
    # No proof was found that a certificate is not revoked; try again later, or give the proof (`validation.ocsps`,
    # `validation.crls`).
    "ERR_REVOCATION_UNAVAILABLE": "service",
    # The revocation data is older than `validation.revocationAge` permits; go on with the session after the next update
    # of the data.
    "ERR_REVOCATION_TOO_OLD": "service",
    # The requests to servers are more than one call may make; give certificates and revocation data (`validation`), so
    # that fewer are asked for.
    "ERR_HTTP_LIMIT": "limit",
    # Something in the document is larger or deeper than the limits of reading; let a PDF tool rewrite the file before
    # it is signed.
    "ERR_LIMIT": "limit",
    # The answer is not of the kind that was asked for; answer the open question.
    "ERR_ANSWER_KIND": "misuse",
    # The answer has not the length that was asked for; answer with all the bytes asked for.
    "ERR_ANSWER_LENGTH": "misuse",
    # The responses are not one for each request, within its limit; answer each request once, in order, with a body
    # within its limit.
    "ERR_HTTP_ANSWER": "misuse",
    # The operation has ended already; start a new one.
    "ERR_MACHINE_DONE": "misuse",
    # The host answered that a step failed; look at the host's own error.
    "ERR_ANSWER_FAILED": "misuse",
    # A frame cannot be read; use the package and its native or WebAssembly module of one version.
    "ERR_FRAME": "misuse",
    # An argument of the call has the wrong type or value; give a value of the type named.
    "ERR_ARGUMENT": "misuse",
    # An internal error occurred; report it, with the document if you can.
    "ERR_INTERNAL": "internal",
}
"""Every code of an error, with its group."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Appearance:
    """Place of a visible signature, and its content. Without `rect` and `position` the box is at the lower right corner
    of the page. A place is for a new field: an existing one keeps its own.
    """

    page: int | None = None
    """Page of a new field: from 1, or from the end as -1 (the last). Default: that of the option `page`."""
    rect: Sequence[float] | None = None
    """Box of a new field on the page as it is seen: left, bottom, right and top from the lower left corner, in `unit`.
    """
    position: BoxPosition | None = None
    """Box of a new field by a corner of the page, instead of `rect`."""
    unit: LengthUnit | None = None
    """Unit of `rect` and `position`."""
    tooltip: str | None = None
    """Text that a viewer shows for the field, and that a screen reader speaks (`/TU`, `/Contents`). Default in a tagged
    document: its name.
    """
    pdf: AppearancePdf | None = None
    """Page of a PDF as the appearance: alone, or behind the text if a drawing option is given. It keeps its
    proportions.
    """
    text: str | None = None
    """Template of the text. `''` draws no text. Values: `{label}`, `{name}`, `{date}`, `{reason}`, `{location}`,
    `{contact}`, `{field}`, `{serial}`, and attributes of the certificate such as `{subject.O}` and `{issuer.CN}`.
    `{reason}` and `{location}` begin with their labels. `**…**` is bold, and a line that is bold as a whole is
    larger. A line that has an empty value is left out. Write `{{` and `}}` for braces. Default:
    `"{label}\n**{name}**\n{date}\n{reason}\n{location}"`.
    """
    language: str | None = None
    """Language of the labels (BCP 47): one of the official languages of the European Union, or `ar`, `hi`, `ja`, `ko`,
    `no`, `tr`, `uk`, `zh-Hans`, `zh-Hant`. A region is permitted (`pt-BR`). Scripts other than Latin, Greek and
    Cyrillic require `font`. Default: `"en"`.
    """
    labels: AppearanceLabels | None = None
    """Labels that replace those of the language."""
    date_format: str | None = None
    """Pattern of the date: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, and `xxx` for the offset from UTC, `+01:00` or `UTC`.
    Quote other letters: `dd.MM.yyyy 'um' HH:mm`. Default: `"yyyy-MM-dd HH:mm:ss xxx"`.
    """
    font: Sequence[AppearanceFont] | None = None
    """Fonts in the order of preference. A character is drawn with the first font that has it. The built-in font (Latin,
    Greek, Cyrillic) is the last.
    """
    font_size: float | None = None
    """Size of the text in points, before it is shrunk to fit the box. The name is larger, the label smaller. Default:
    `7.2`.
    """
    color: str | None = None
    """Colour of text, strokes and QR code. Default: `"#000000"`."""
    align: TextAlign | None = None
    """Alignment of the lines. `start` is the right of the box if the name is written from right to left. Default:
    `"start"`.
    """
    image: AppearanceImage | None = None
    """Image: a logo, or a signature by hand."""
    strokes: Sequence[Sequence[float]] | None = None
    """Handwriting: strokes, each a list x, y, x, y … with y down, as from a canvas. Scaled to the place of the image.
    """
    qr: str | None = None
    """Template of the text of a QR code, drawn at the end of the box. Its values are those of `text`, without labels.
    At most 2,331 bytes.
    """
    background: str | None = None
    """Colour of the box. Default: transparent. A colour hides the content of the page below."""
    border: AppearanceBorder | None = None
    """Border of the box."""
    accent: str | None = None
    """Colour of the bar at the start of the box, or `none`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxPosition:
    """Place of a box by a corner of the page as it is seen."""

    corner: BoxCorner | None = None
    """Corner."""
    width: float | None = None
    """Width of the box. Default: 210 points."""
    height: float | None = None
    """Height of the box. Default: 60 points."""
    margin: float | None = None
    """Distance of the box from both edges of the page. Default: 36 points."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AppearancePdf:
    """Page of a PDF that becomes an appearance."""

    data: FileContent
    """The PDF."""
    page: int | None = None
    """Page: from 1, or from the end as -1 (the last). Default: 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AppearanceLabels:
    """Labels of the text. Those that are absent are of the language."""

    signed_by: str | None = None
    """Text of `{label}`. Default: `Digitally signed by` in the language."""
    reason: str | None = None
    """Label of the reason, without colon. `''` leaves out the label."""
    location: str | None = None
    """Label of the location, without colon. `''` leaves out the label."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AppearanceFont:
    """A font: TrueType or OpenType, alone or in a collection. A subset of it is embedded."""

    regular: FileContent
    """Font file."""
    bold: FileContent | None = None
    """Font file of bold text. Default: the regular one."""
    index: int = 0
    """Number of the font in a collection. The first is 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AppearanceImage:
    """Image of an appearance. Its proportions are kept."""

    data: FileContent
    """PNG or JPEG file."""
    place: ImagePlace = "start"
    """Place in the box."""
    share: float | None = None
    """Share of the box that the image has: of its width, or of its height if it is at the top. Default: 0.4, at the top
    0.5.
    """
    alpha: ImageAlpha = "mask"
    """Treatment of transparent pixels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AppearanceBorder:
    """Border of the box, drawn inside."""

    width: float = 0.5
    """Width of the line in points."""
    color: str = "#b4b4b4"
    """Colour of the line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EmptyField:
    """An empty signature field for a later signer. A later signature that fills it in changes nothing else, so earlier
    signatures stay valid for every validator.
    """

    name: str
    """Name, without a dot."""
    page: int | None = None
    """Page: from 1, or from the end as -1 (the last). Default: that of the option `page`."""
    rect: Sequence[float] | None = None
    """Box on the page as it is seen: left, bottom, right and top from the lower left corner, in `unit`."""
    position: BoxPosition | None = None
    """Box by a corner of the page, instead of `rect`. Without either the box is at the lower right corner."""
    unit: LengthUnit | None = None
    """Unit of `rect` and `position`."""
    tooltip: str | None = None
    """Text that a viewer shows for the field, and that a screen reader speaks (`/TU`, `/Contents`). Default in a tagged
    document: its name.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldLock:
    """Form fields that a signature locks (ISO 32000-2, table 236)."""

    action: LockAction
    """Fields to lock: all, those listed, or all but those listed."""
    fields: Sequence[str] = ()
    """Full names of the fields to include or exclude. A name includes all fields below it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignaturePolicy:
    """Signature policy: the document, named by its digest, that defines the meaning of the signature. EN 319 122-1,
    5.2.9.
    """

    oid: str
    """Object identifier of the policy, in numbers and dots."""
    digest_algorithm: DigestAlgorithm
    """Algorithm of the digest of the policy's document."""
    digest: BytesLike
    """Digest of the policy's document."""
    uri: str | None = None
    """Address of the policy's document."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TimestampOptions:
    """Timestamps of a call (RFC 3161)."""

    services: Sequence[TimestampService]
    """Timestamp services. The next one is asked if one fails."""
    digest_algorithm: DigestAlgorithm = "sha256"
    """Digest algorithm of all timestamps, whatever that of the signature is."""
    policy: str | None = None
    """Object identifier of the policy that the service is to use. Default: that of the service."""
    size: int | None = None
    """Bytes to reserve for a timestamp. Default: 12288."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TimestampService:
    """A timestamp service of the caller (RFC 3161). Its address and header fields stay in the process: neither a
    session nor a report has them.
    """

    url: str = dataclasses.field(repr=False)
    """Address, `http` or `https`."""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    """Header fields of each request, such as `Authorization`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ValidationOptions:
    """Options for certificates and revocation data."""

    trust: Sequence[Certificate] = ()
    """Trusted certificates, each DER or PEM. Every chain must end at one of them. Without them each chain warns at B-LT
    and above, and none is looked at below.
    """
    certificates: Sequence[Certificate] = ()
    """Further issuers, each DER, PEM or PKCS #7."""
    ocsps: Sequence[Certificate] = ()
    """OCSP responses that are at hand, each DER."""
    crls: Sequence[Certificate] = ()
    """Revocation lists that are at hand, each DER or PEM."""
    prefer: RevocationSource = "ocsp"
    """Source that is asked first."""
    online: bool = True
    """Ask servers for issuers and revocation data. If false, ask timestamp services only."""
    revocation_age: int | None = None
    """Greatest age of revocation data in seconds, counted from the timestamp. Default: any age, with a warning."""
    max_crl: int = 5242880
    """Largest revocation list in bytes. The document grows by it."""
    ocsp_nonce: bool = False
    """Send a nonce with OCSP requests (RFC 9654). Many responders answer with cached responses, which have none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningOptions:
    """Options of a signature. The default is a PAdES B-B approval signature in a new invisible field on the first page.
    """

    pades: bool = True
    """Make a PAdES signature (`ETSI.CAdES.detached`). If false, make a plain CMS signature (`adbe.pkcs7.detached`)."""
    digest_algorithm: DigestAlgorithm | None = None
    """Digest algorithm. Default: SHA-256 for RSA, for P-256 and without a certificate, SHA-384 for P-384, SHA-512 for
    P-521 and Ed25519.
    """
    signature_algorithm: SignatureAlgorithm | None = None
    """Signature algorithm. Default: that of the certificate's key, for RSA `rsa-pkcs1`. With `pades: false` and without
    a certificate, a session requests a raw signature of this algorithm, and the certificate comes with the
    signature.
    """
    field_name: str | None = None
    """Full name of an existing empty signature field, or name of the new one, without a dot. Default: a free name."""
    existing_field: bool = False
    """Sign only an existing field. If `field_name` is not the name of one, refuse, and list the empty signature fields.
    If false, make a new invisible field.
    """
    page: int = 1
    """Page of a new field's widget: from 1, or from the end as -1 (the last)."""
    appearance: Appearance | None = None
    """Make the signature visible. If absent, a new field is invisible, and an existing one keeps its appearance."""
    empty_fields: Sequence[EmptyField] | None = None
    """Empty signature fields to make for later signers, with the first signature of the document."""
    name: str | None = None
    """Name of the signer (`/Name`), for a certificate that does not have it."""
    reason: str | None = None
    """Reason of the signature (`/Reason`). PAdES forbids it beside a policy or a commitment type (EN 319 142-1, 6.3).
    """
    location: str | None = None
    """Place of the signature (`/Location`)."""
    contact_info: str | None = None
    """Contact information of the signer (`/ContactInfo`)."""
    certify: Certification | None = None
    """Certify the document. Only the first signature can certify. The level (`/P` of DocMDP) names the changes that
    stay permitted.
    """
    lock: FieldLock | None = None
    """Form fields that the signature locks (FieldMDP). The `/Lock` of an existing field takes precedence."""
    policy: SignaturePolicy | None = None
    """Signature policy (EN 319 122-1, 5.2.9)."""
    commitment_type: str | None = None
    """Commitment of the signer (EN 319 122-1, 5.2.3): `proof-of-origin`, `-receipt`, `-delivery`, `-sender`,
    `-approval` or `-creation`, or an object identifier.
    """
    signer_roles: Sequence[str] = ()
    """Roles that the signer claims (EN 319 122-1, 5.2.6)."""
    utc_offset_minutes: int = 0
    """Offset of the time that `/M` shows from UTC, in minutes, positive to the east. The time itself stays the same."""
    signing_time_attribute: bool = False
    """Add the signing-time attribute to a plain CMS signature (`pades: false`). The time of a PAdES signature is `/M`
    alone.
    """
    container_size: int | None = None
    """Bytes to reserve for the container. Default: computed, or 32768 without a certificate."""
    clear_need_appearances: bool = False
    """Set `/NeedAppearances` of the form to false. If it stays true, Acrobat redraws the form and does not show the
    signature as valid. Fields without an appearance stay empty until a viewer draws them.
    """
    strict: bool = False
    """Refuse a damaged or ambiguous document, and a certificate that has expired, is not valid yet, or is not meant for
    signing. If false, the report warns.
    """
    password: str | None = dataclasses.field(default=None, repr=False)
    """User or owner password of an encrypted document. A document that needs no password is opened without one."""
    level: Level = "B-B"
    """Level of the signature (EN 319 142-1, 6.3). Above `B-B` it needs PAdES and `timestamp`."""
    minimum_level: Level | None = None
    """Lowest level that is accepted if a service fails. Between it and `level` the report warns. Default: `level`."""
    timestamp: TimestampOptions | None = None
    """Timestamps."""
    validation: ValidationOptions | None = None
    """Certificates and revocation data."""
    complete_chain: bool = False
    """Fetch missing issuers of the signing certificate from the addresses in certificates (RFC 5280, 4.2.2.1), before
    the key is asked. Those that cannot be fetched are left out with `WARN_CHAIN_INCOMPLETE`. No address is asked if
    `validation.online` is false, nor for a session.
    """
    check_signature: bool = True
    """Verify the raw signature against the certificate before embedding it. If false, embed the signature unverified,
    even if it is invalid.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtensionOptions:
    """Options of raising signatures to a level, or of a document timestamp alone."""

    level: Level = "B-LTA"
    """Level that the signatures are to have. Of signatures that have B-LTA the evidence is renewed."""
    minimum_level: Level | None = None
    """Lowest level that is accepted if a service fails. Between it and `level` the report warns. Default: `level`."""
    fields: Sequence[str] = ()
    """Full names of the signature fields to raise. Default: all that are signed."""
    field_name: str | None = None
    """Full name of the field of a new document timestamp. Default: a free name."""
    timestamp: TimestampOptions | None = None
    """Timestamps."""
    validation: ValidationOptions | None = None
    """Certificates and revocation data."""
    strict: bool = False
    """Refuse a damaged or ambiguous document. If false, the report warns."""
    password: str | None = dataclasses.field(default=None, repr=False)
    """User or owner password of an encrypted document. A document that needs no password is opened without one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningRequest:
    """Request for a raw signature, in every form that key stores accept: message, digest, DigestInfo."""

    data: bytes
    """Message, for a key store that hashes it."""
    digest: bytes
    """Digest of `data`, for a key store that signs digests. Ed25519 signs `data` itself."""
    digest_info: bytes | None = None
    """DER of DigestInfo around `digest` (RFC 8017, 9.2), for raw RSA such as `CKM_RSA_PKCS` of PKCS #11. For
    `rsa-pkcs1` only.
    """
    digest_algorithm: DigestAlgorithm
    """Digest algorithm, for `digest` and for the key store."""
    signature_algorithm: SignatureAlgorithm
    """Signature algorithm."""
    salt_length: int | None = None
    """Length of the salt, in bytes. For `rsa-pss` only."""
    curve: Curve | None = None
    """Curve of the key. For `ecdsa` only."""
    document_digest: bytes | None = None
    """Digest of the document over `/ByteRange`, by `digest_algorithm`: the bytes that the signature covers. Absent for
    a certificate.
    """
    document_name: str | None = None
    """Name of the document's file, without its folder. Absent if the document is not a file."""
    field_name: str | None = None
    """Name of the signature field. Absent in a saved session of an encrypted document, and in one without a seal."""
    certificate_digest: bytes | None = None
    """SHA-256 of the certificate of the key. Absent if it comes with the signature."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> SigningRequest:
        return cls(
            data=bytes.fromhex(wire["data"]),
            digest=bytes.fromhex(wire["digest"]),
            digest_info=bytes.fromhex(wire["digestInfo"]) if "digestInfo" in wire else None,
            digest_algorithm=wire["digestAlgorithm"],
            signature_algorithm=wire["signatureAlgorithm"],
            salt_length=wire.get("saltLength"),
            curve=wire.get("curve"),
            document_digest=bytes.fromhex(wire["documentDigest"]) if "documentDigest" in wire else None,
            document_name=wire.get("documentName"),
            field_name=wire.get("fieldName"),
            certificate_digest=bytes.fromhex(wire["certificateDigest"]) if "certificateDigest" in wire else None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TimestampReport:
    """A timestamp that was made."""

    service: int
    """Number of the service, from 0."""
    time: str
    """Time of the timestamp, in RFC 3339."""
    policy: str
    """Policy of the service, an object identifier."""
    token_length: int
    """Length of the token in bytes."""
    not_after: str
    """End of the validity of the service's certificate, in RFC 3339."""
    of_document: bool
    """Whether it covers the whole document. A timestamp of a signature covers that signature."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> TimestampReport:
        return cls(
            service=wire["service"],
            time=wire["time"],
            policy=wire["policy"],
            token_length=wire["tokenLength"],
            not_after=wire["notAfter"],
            of_document=wire["ofDocument"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ValidationReport:
    """Certificates and revocation data that a document contains for validation."""

    certificates: int
    """Number of certificates."""
    ocsps: int
    """Number of OCSP responses."""
    crls: int
    """Number of revocation lists."""
    added: int
    """Number of all these that this call added."""
    bytes: int
    """Bytes of the added ones, before compression."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> ValidationReport:
        return cls(
            certificates=wire["certificates"],
            ocsps=wire["ocsps"],
            crls=wire["crls"],
            added=wire["added"],
            bytes=wire["bytes"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestReport:
    """A request to a server, and how it ended."""

    purpose: str
    """Purpose: `timestamp`, `ocsp`, `crl` or `issuer`."""
    host: str | None = None
    """Name of the server. Absent for a timestamp service, which has a number."""
    service: int | None = None
    """Number of the timestamp service, from 0."""
    status: int | None = None
    """Status code of the response."""
    failed: str | None = None
    """Kind of the failure, if there is no response."""
    bytes: int
    """Length of the response's body in bytes."""
    cached: bool
    """Whether the response came from the cache."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> RequestReport:
        return cls(
            purpose=wire["purpose"],
            host=wire.get("host"),
            service=wire.get("service"),
            status=wire.get("status"),
            failed=wire.get("failed"),
            bytes=wire["bytes"],
            cached=wire["cached"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Warning:
    """A fact that the caller should know, and that did not stop the signing."""

    code: WarningCode
    """The stable code, such as `WARN_CERTIFICATE_EXPIRED`."""
    message: str
    """Message: the finding, and its meaning."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> Warning:
        return cls(
            code=wire["code"],
            message=wire["message"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Report of a signature: field, sizes, algorithms, warnings."""

    field: str
    """Full name of the signature field."""
    new_field: bool
    """Whether this signature made the field."""
    page: int | None = None
    """Page of a new field's widget, from 1. Absent if the document has no pages."""
    rect: Sequence[float] | None = None
    """Box of a visible signature on the page as it is seen: left, bottom, right and top in points. Absent if the
    signature is invisible.
    """
    revision: int
    """Number of this revision. The first revision of a document is 1."""
    xref: XrefKind
    """Kind of the update's cross-reference: `table` or `stream`, as in the revision before."""
    document_length: int
    """Length of the document before the signature, in bytes."""
    update_length: int
    """Length of the update, in bytes."""
    byte_range: tuple[int, ...]
    """`/ByteRange`: bytes that the signature covers, as offsets and lengths from the start of the file."""
    container_size: int
    """Bytes reserved for the container."""
    container_length: int | None = None
    """Length of the container, in bytes. Absent before it is made."""
    sub_filter: str
    """`/SubFilter`."""
    digest_algorithm: DigestAlgorithm
    """Digest algorithm of the signature."""
    signature_algorithm: SignatureAlgorithm | None = None
    """Signature algorithm. Absent without a certificate."""
    certified: Certification | None = None
    """Level of the certification. Absent if the signature does not certify."""
    level: Level | None = None
    """Level that the signature has (EN 319 142-1, 6.3). Absent without PAdES, and before the container is made."""
    timestamps: Sequence[TimestampReport] | None = None
    """Timestamps of this call, in their order. Absent if there are none."""
    validation: ValidationReport | None = None
    """Certificates and revocation data in the document security store. Absent below B-LT."""
    requests: Sequence[RequestReport] | None = None
    """Requests to servers, in their order. Absent if there were none."""
    renew_before: str | None = None
    """Time by which the evidence must be renewed, in RFC 3339: the end of the last timestamp's certificate. Absent
    without a timestamp.
    """
    reads: int
    """Number of steps that read ranges of the document."""
    bytes_read: int
    """Number of bytes that these steps read. The hashed bytes do not count."""
    warnings: Sequence[Warning]
    """Warnings."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> Report:
        return cls(
            field=wire["field"],
            new_field=wire["newField"],
            page=wire.get("page"),
            rect=tuple(wire["rect"]) if "rect" in wire else None,
            revision=wire["revision"],
            xref=wire["xref"],
            document_length=wire["documentLength"],
            update_length=wire["updateLength"],
            byte_range=tuple(wire["byteRange"]),
            container_size=wire["containerSize"],
            container_length=wire.get("containerLength"),
            sub_filter=wire["subFilter"],
            digest_algorithm=wire["digestAlgorithm"],
            signature_algorithm=wire.get("signatureAlgorithm"),
            certified=wire.get("certified"),
            level=wire.get("level"),
            timestamps=tuple(map(TimestampReport._from_wire, wire.get("timestamps", ()))),
            validation=ValidationReport._from_wire(wire["validation"]) if "validation" in wire else None,
            requests=tuple(map(RequestReport._from_wire, wire.get("requests", ()))),
            renew_before=wire.get("renewBefore"),
            reads=wire["reads"],
            bytes_read=wire["bytesRead"],
            warnings=tuple(map(Warning._from_wire, wire["warnings"])),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtendedSignature:
    """A signature that was raised."""

    field: str
    """Full name of the signature field."""
    before: Level
    """Level before."""
    level: Level
    """Level now."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> ExtendedSignature:
        return cls(
            field=wire["field"],
            before=wire["before"],
            level=wire["level"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtensionReport:
    """Report of raising signatures to a level, or of a document timestamp."""

    level: Level | None = None
    """Lowest level that a raised signature has now. Absent for a document timestamp alone."""
    signatures: Sequence[ExtendedSignature] | None = None
    """Signatures that were raised."""
    revisions: int
    """Number of revisions that were appended. 0 if nothing was to be done."""
    document_length: int
    """Length of the document before, in bytes."""
    update_length: int
    """Length of what was appended, in bytes."""
    timestamps: Sequence[TimestampReport] | None = None
    """Timestamps of this call, in their order. Absent if there are none."""
    validation: ValidationReport | None = None
    """Certificates and revocation data in the document security store. Absent below B-LT."""
    requests: Sequence[RequestReport] | None = None
    """Requests to servers, in their order. Absent if there were none."""
    renew_before: str | None = None
    """Time by which the evidence must be renewed, in RFC 3339: the end of the last timestamp's certificate."""
    warnings: Sequence[Warning]
    """Warnings."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> ExtensionReport:
        return cls(
            level=wire.get("level"),
            signatures=tuple(map(ExtendedSignature._from_wire, wire.get("signatures", ()))),
            revisions=wire["revisions"],
            document_length=wire["documentLength"],
            update_length=wire["updateLength"],
            timestamps=tuple(map(TimestampReport._from_wire, wire.get("timestamps", ()))),
            validation=ValidationReport._from_wire(wire["validation"]) if "validation" in wire else None,
            requests=tuple(map(RequestReport._from_wire, wire.get("requests", ()))),
            renew_before=wire.get("renewBefore"),
            warnings=tuple(map(Warning._from_wire, wire["warnings"])),
        )


class OptionKeywords(TypedDict, total=False):
    """SigningOptions as keywords of a call, or as a mapping: each has the meaning of the field of that name."""

    pades: bool
    digest_algorithm: DigestAlgorithm | None
    signature_algorithm: SignatureAlgorithm | None
    field_name: str | None
    existing_field: bool
    page: int
    appearance: Appearance | Mapping[str, Any] | None
    empty_fields: Sequence[EmptyField | Mapping[str, Any]] | None
    name: str | None
    reason: str | None
    location: str | None
    contact_info: str | None
    certify: Certification | None
    lock: FieldLock | Mapping[str, Any] | None
    policy: SignaturePolicy | Mapping[str, Any] | None
    commitment_type: str | None
    signer_roles: Sequence[str]
    utc_offset_minutes: int
    signing_time_attribute: bool
    container_size: int | None
    clear_need_appearances: bool
    strict: bool
    password: str | None
    level: Level
    minimum_level: Level | None
    timestamp: TimestampOptions | Mapping[str, Any] | None
    validation: ValidationOptions | Mapping[str, Any] | None
    complete_chain: bool
    check_signature: bool


class ExtensionKeywords(TypedDict, total=False):
    """ExtensionOptions as keywords of a call, or as a mapping: each has the meaning of the field of that name."""

    level: Level
    minimum_level: Level | None
    fields: Sequence[str]
    field_name: str | None
    timestamp: TimestampOptions | Mapping[str, Any] | None
    validation: ValidationOptions | Mapping[str, Any] | None
    strict: bool
    password: str | None


HostErrorName: TypeAlias = Literal[
    "argument_type",
    "argument_types",
    "argument_missing",
    "argument_size",
    "key_type",
    "count_mismatch",
    "id_twice",
    "no_file_system",
    "source_read",
    "source_size",
    "source_short",
    "source_changed",
    "output_not_empty",
    "output_write",
    "option_unknown",
    "option_useless",
    "option_conflict",
    "option_text",
    "option_type",
    "signer_result",
    "signer_promise",
    "time_zone",
    "no_session",
    "unknown_step",
    "machine_broke",
    "module_missing",
    "drawing_missing",
]
"""Name of an error that the package itself raises."""

HOST_ERRORS: Final[Mapping[HostErrorName, tuple[ErrorCode, str]]] = {
    "argument_type": (
        "ERR_ARGUMENT",
        "{name} must be {expected}, and is {found}; give a value of that type",
    ),
    "argument_types": (
        "ERR_ARGUMENT",
        "{name} must be {expected}, and are {found}; give values of that type",
    ),
    "argument_missing": (
        "ERR_ARGUMENT",
        "{name} is missing; give it to the call",
    ),
    "argument_size": (
        "ERR_ARGUMENT",
        "{name} has more than 256 MiB; give less",
    ),
    "key_type": (
        "ERR_ARGUMENT",
        "the key must be bytes, and is {found}; give 32 random bytes that stay secret",
    ),
    "count_mismatch": (
        "ERR_ARGUMENT",
        "there are {given} {name} for {needed}; give one for each",
    ),
    "id_twice": (
        "ERR_ARGUMENT",
        "two documents have the id {id}; give each its own",
    ),
    "no_file_system": (
        "ERR_ARGUMENT",
        "{name} needs a file system; run it where files are, or give bytes and null as the output",
    ),
    "source_read": (
        "ERR_ARGUMENT",
        "the `read` of the document returned {found}; return bytes",
    ),
    "source_size": (
        "ERR_ARGUMENT",
        "the size of the document is not known; give a document that can seek, or its size",
    ),
    "source_short": (
        "ERR_ANSWER_LENGTH",
        "{found} bytes of the document were read where {expected} were asked for; answer with all the bytes asked for, and give the right size",
    ),
    "source_changed": (
        "ERR_FILE_CHANGED",
        "{found}; sign it again, and let nothing else write to it meanwhile",
    ),
    "output_not_empty": (
        "ERR_ARGUMENT",
        "the open output has bytes after its position; open an empty file, or give the input itself",
    ),
    "output_write": (
        "ERR_ARGUMENT",
        "the open output took none of the bytes; give a file that takes all of its bytes",
    ),
    "option_unknown": (
        "ERR_OPTION_UNKNOWN",
        "there is no option `{name}` for this call; correct its name; docs/options.md lists the options",
    ),
    "option_useless": (
        "ERR_ARGUMENT",
        "this call has no use for the option {name}; leave it out",
    ),
    "option_conflict": (
        "ERR_ARGUMENT",
        "the options ask for {one} and for {other}; give one of the two",
    ),
    "option_text": (
        "ERR_ARGUMENT",
        "a text in the options is not UTF-8; convert it to UTF-8 first",
    ),
    "option_type": (
        "ERR_OPTION_VALUE",
        "an option has a value of a type that no option takes; give text, a number, true or false, or a list or mapping of them; docs/options.md has the type of each",
    ),
    "signer_result": (
        "ERR_CALLBACK_RESULT",
        "the signer returned {found}; return the raw signature as bytes",
    ),
    "signer_promise": (
        "ERR_ARGUMENT",
        "the signer is asynchronous, and the call is not; use the asynchronous call",
    ),
    "time_zone": (
        "ERR_SIGNING_TIME",
        "the signing time has no time zone; give a time with a zone, such as UTC",
    ),
    "no_session": (
        "ERR_SESSION_FORMAT",
        "the document has no session: it failed when the sessions were begun; begin it again",
    ),
    "unknown_step": (
        "ERR_INTERNAL",
        "the core asks for {step}; use the package and its native or WebAssembly module of one version",
    ),
    "machine_broke": (
        "ERR_INTERNAL",
        "an internal error occurred; report it, with the document if you can",
    ),
    "module_missing": (
        "ERR_INTERNAL",
        "the WebAssembly module cannot be loaded ({cause}); keep rustpdf.wasm beside the script that was bundled, and let the page's security policy permit WebAssembly",
    ),
    "drawing_missing": (
        "ERR_APPEARANCE_MODULE",
        "the module that draws visible signatures cannot be loaded ({cause}); keep rustpdf-appearance.wasm beside the script that was bundled, and let the page's security policy permit WebAssembly",
    ),
}
"""Errors that the package itself raises: the code, and the message, whose parameters are in braces."""

NAMES: Final[Mapping[str, str]] = {
    "appearance.dateFormat": "appearance.date_format",
    "appearance.fontSize": "appearance.font_size",
    "appearance.labels.signedBy": "appearance.labels.signed_by",
    "checkSignature": "check_signature",
    "clearNeedAppearances": "clear_need_appearances",
    "commitmentType": "commitment_type",
    "completeChain": "complete_chain",
    "contactInfo": "contact_info",
    "containerSize": "container_size",
    "dateFormat": "date_format",
    "digestAlgorithm": "digest_algorithm",
    "digestInfo": "digest_info",
    "emptyFields": "empty_fields",
    "existingField": "existing_field",
    "fieldName": "field_name",
    "fontSize": "font_size",
    "inFlight": "in_flight",
    "maxCrl": "max_crl",
    "minimumLevel": "minimum_level",
    "ocspNonce": "ocsp_nonce",
    "policy.digestAlgorithm": "policy.digest_algorithm",
    "revocationAge": "revocation_age",
    "saltLength": "salt_length",
    "signatureAlgorithm": "signature_algorithm",
    "signedBy": "signed_by",
    "signerRoles": "signer_roles",
    "signingTime": "signing_time",
    "signingTimeAttribute": "signing_time_attribute",
    "skipDocumentCheck": "skip_document_check",
    "timestamp.digestAlgorithm": "timestamp.digest_algorithm",
    "utcOffsetMinutes": "utc_offset_minutes",
    "validation.maxCrl": "validation.max_crl",
    "validation.revocationAge": "validation.revocation_age",
}
"""Names in messages of the core, and as Python spells them."""
