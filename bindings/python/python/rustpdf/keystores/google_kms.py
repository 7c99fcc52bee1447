"""Key versions in Google Cloud KMS, by google-cloud-kms."""

from __future__ import annotations

from typing import Any

from .._arguments import Certificate, Chain
from .._generated import OptionKeywords, SigningRequest
from ._key import StoreKey, client_library, mismatch, question, store_of


def google_kms_key(name: str, certificate: Certificate | None = None, chain: Chain = None, client: Any = None) -> StoreKey:
    """A key version in Google Cloud KMS as a signer. Role: `roles/cloudkms.signerVerifier`.

    `name` is `projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/V`. Algorithm and digest belong to the key version, and are
    read from it. `client` is a `kms_v1.KeyManagementServiceClient` (default: one with the credentials that the library finds).

    Requests and answers carry checksums (CRC-32C), which the client library leaves to its caller. They are all compared.

    >>> signer = google_kms_key(f"{key}/cryptoKeyVersions/1", certificate, chain)
    >>> signed = rustpdf.sign(pdf, signer=signer)

    Raises ImportError without the extra `google-kms`, the exceptions of google-api-core, RuntimeError for a wrong checksum, and
    RustpdfError: `ERR_ALGORITHM_MISMATCH` for a key version that makes no signatures of PDF. Signing raises these, too.
    """
    kms = client_library("google.cloud.kms_v1", "google-kms").KeyManagementServiceClient() if client is None else client
    key = kms.get_public_key(request={"name": name})
    pem: str = key.pem
    if crc32c(pem.encode()) != key.pem_crc32c:
        raise _corrupted()

    def sign(data: bytes, request: SigningRequest) -> bytes:
        asked = question("google-kms", data, request)
        check = crc32c(asked.input)
        if asked.way.input == "data":
            given: dict[str, Any] = {"data": asked.input, "data_crc32c": check}
        else:
            given = {"digest": {request.digest_algorithm: asked.input}, "digest_crc32c": check}
        answer = kms.asymmetric_sign(request={"name": name, **given})
        if not (answer.verified_digest_crc32c or answer.verified_data_crc32c):
            raise RuntimeError("Google Cloud KMS got a corrupted request; sign again")
        if answer.name != name:
            raise RuntimeError(f"Google Cloud KMS signed with {answer.name}; sign again")
        signature: bytes = answer.signature
        if crc32c(signature) != answer.signature_crc32c:
            raise _corrupted()
        return signature

    options = _options(key.algorithm.name)
    return StoreKey(certificate, chain, options={**options, "complete_chain": True}, key_id=name, _sign=sign, _public_key=lambda: pem)


def crc32c(data: bytes) -> int:
    """CRC-32C (Castagnoli)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC32C[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def _options(algorithm: str) -> OptionKeywords:
    """Algorithms of a key version. Errors: `ERR_ALGORITHM_MISMATCH`."""
    for signature_algorithm, way in store_of("google-kms").ways.items():
        for digest_algorithm, pattern in way.names.items():
            start, star, end = pattern.partition("*")
            if algorithm == pattern or (star and algorithm.startswith(start) and algorithm.endswith(end)):
                return {"signature_algorithm": signature_algorithm, "digest_algorithm": digest_algorithm}  # type: ignore[typeddict-item]
    raise mismatch(f"the key version is for {algorithm}, by which no PDF is signed; make one of another purpose")


def _corrupted() -> RuntimeError:
    return RuntimeError("the answer of Google Cloud KMS is corrupted; try again")


def _remainder(crc: int) -> int:
    for _ in range(8):
        crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc


_CRC32C = [_remainder(byte) for byte in range(256)]
