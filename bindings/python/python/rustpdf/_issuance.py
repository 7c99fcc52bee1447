"""The public calls that make certification requests and self-signed certificates."""

from __future__ import annotations

import base64
import inspect
import os
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from ._arguments import PublicKey, public_key_bytes, view_of
from ._call import seconds
from ._errors import argument_error
from ._generated import DigestAlgorithm, SignatureAlgorithm, SigningRequest
from ._operations import carried_options, certify
from ._request import AsyncCertifiedSigner, AsyncSignFunction, CertifiedSigner, PrivateKey, SignFunction, asking, signature_bytes

if TYPE_CHECKING:
    from . import _frames as wire


@dataclass(frozen=True)
class Issued:
    """A certification request or a certificate."""

    der: bytes
    """DER."""

    pem: str
    """The same as PEM."""


def certificate_request(
    subject: str,
    public_key: PublicKey,
    signer: SignFunction | PrivateKey | CertifiedSigner,
    *,
    signature_algorithm: SignatureAlgorithm | None = None,
    digest_algorithm: DigestAlgorithm | None = None,
) -> Issued:
    """Makes a certification request (PKCS #10) for a key that stays where it is. An authority makes a certificate of it.

    `subject` is the name of the holder, such as `CN=Example Ltd signing,O=Example Ltd,C=DE` (RFC 4514), or with slashes as OpenSSL
    takes it. The signer signs once. It may be one that carries its certificate. Without algorithms, those of the key are used.

    >>> request = rustpdf.certificate_request("CN=Example Ltd signing,O=Example Ltd,C=DE", key.public_key(), hsm.sign)
    >>> request.pem.splitlines()[0]
    '-----BEGIN CERTIFICATE REQUEST-----'

    Raises RustpdfError: `ERR_ARGUMENT` for a subject or a key that cannot be read, `ERR_ALGORITHM_…` for algorithms that do not fit the
    key, `ERR_SIGNATURE_…` for a signature that does not verify with it.
    """
    return _Issuance("CERTIFICATE REQUEST", subject, public_key, signer, signature_algorithm, digest_algorithm).issue()


async def certificate_request_async(
    subject: str,
    public_key: PublicKey,
    signer: AsyncSignFunction | PrivateKey | AsyncCertifiedSigner,
    *,
    signature_algorithm: SignatureAlgorithm | None = None,
    digest_algorithm: DigestAlgorithm | None = None,
) -> Issued:
    """Makes a certification request like `certificate_request`, with a signer that may return an awaitable.

    >>> asyncio.run(rustpdf.certificate_request_async("CN=Test", key.public_key(), hsm.sign_later)).der[:1]
    b'0'
    """
    return await _Issuance("CERTIFICATE REQUEST", subject, public_key, signer, signature_algorithm, digest_algorithm).issue_async()


def self_signed(
    subject: str,
    public_key: PublicKey,
    signer: SignFunction | PrivateKey | CertifiedSigner,
    *,
    days: int = 365,
    signature_algorithm: SignatureAlgorithm | None = None,
    digest_algorithm: DigestAlgorithm | None = None,
    signing_time: datetime | None = None,
    entropy: bytes | None = None,
) -> Issued:
    """Makes a certificate that its own key signs, for a first try. No validator trusts it unless it is told to.

    It is valid for `days`, from `signing_time` on (default: now). `entropy` are 32 random bytes for its serial number (default: from
    `os.urandom`). The other arguments and the errors are those of `certificate_request`.

    >>> own = rustpdf.self_signed("CN=Test", key.public_key(), hsm.sign, days=30)
    >>> rustpdf.sign(pdf, signer=hsm.sign, certificate=own.der).report.field
    'Signature1'
    """
    ambient = _ambient(days, signing_time, entropy)
    return _Issuance("CERTIFICATE", subject, public_key, signer, signature_algorithm, digest_algorithm, ambient).issue()


async def self_signed_async(
    subject: str,
    public_key: PublicKey,
    signer: AsyncSignFunction | PrivateKey | AsyncCertifiedSigner,
    *,
    days: int = 365,
    signature_algorithm: SignatureAlgorithm | None = None,
    digest_algorithm: DigestAlgorithm | None = None,
    signing_time: datetime | None = None,
    entropy: bytes | None = None,
) -> Issued:
    """Makes a certificate like `self_signed`, with a signer that may return an awaitable.

    >>> asyncio.run(rustpdf.self_signed_async("CN=Test", key.public_key(), hsm.sign_later)).pem.splitlines()[0]
    '-----BEGIN CERTIFICATE-----'
    """
    ambient = _ambient(days, signing_time, entropy)
    return await _Issuance("CERTIFICATE", subject, public_key, signer, signature_algorithm, digest_algorithm, ambient).issue_async()


class _Issuance:
    """A certification request or a certificate to be signed. Errors: `ERR_ARGUMENT`, `ERR_ALGORITHM_…`."""

    def __init__(
        self,
        label: str,
        subject: object,
        public_key: object,
        signer: object,
        signature_algorithm: Any,
        digest_algorithm: Any,
        ambient: dict[str, Any] | None = None,
    ) -> None:
        if not isinstance(subject, str):
            raise argument_error("the subject", "text", subject)
        self._label = label
        self._key = public_key_bytes(public_key)
        self._ask, self._ask_async = asking(signer)
        carried = carried_options(signer)
        named = {
            "subject": subject,
            "signatureAlgorithm": signature_algorithm or carried.get("signatureAlgorithm"),
            "digestAlgorithm": digest_algorithm or carried.get("digestAlgorithm"),
        }
        self._fields = cast("wire.CertifyCall", {**named, **(ambient or {})})
        result: wire.CertifyResult = certify(self._fields, self._key).result
        self._request = SigningRequest._from_wire(result["request"])

    def issue(self) -> Issued:
        """Asks the signer at once. Errors: `ERR_SIGNATURE_…`, those of the signer."""
        return self._completed(self._ask(self._request))

    async def issue_async(self) -> Issued:
        """Asks the signer beside an event loop. Errors: as `issue`."""
        given = self._ask_async(self._request)
        return self._completed(await given if inspect.isawaitable(given) else given)

    def _completed(self, signature: object) -> Issued:
        der = bytes(certify(self._fields, self._key, signature_bytes(signature)).payload)
        text = base64.b64encode(der).decode()
        lines = [text[start : start + 64] for start in range(0, len(text), 64)]
        return Issued(der, "\n".join([f"-----BEGIN {self._label}-----", *lines, f"-----END {self._label}-----", ""]))


def _ambient(days: object, signing_time: datetime | None, entropy: object) -> dict[str, Any]:
    """The fields of a certificate that a certification request does not have. Errors: `ERR_ARGUMENT`, `ERR_SIGNING_TIME`."""
    if not isinstance(days, int) or isinstance(days, bool):
        raise argument_error("`days`", "a number", days)
    random = view_of(os.urandom(32) if entropy is None else entropy)
    return {
        "days": max(-1, min(days, 2**32 - 1)),  # the core rejects both ends
        "now": int(time.time()) if signing_time is None else seconds(signing_time),
        "entropy": "" if random is None else random.hex(),
    }
