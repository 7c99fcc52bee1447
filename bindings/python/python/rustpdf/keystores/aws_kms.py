"""Keys in AWS KMS, by boto3."""

from __future__ import annotations

from typing import Any

from .._arguments import Certificate, Chain
from .._generated import SigningRequest
from ._key import StoreKey, client_library, question


def aws_kms_key(key_id: str, certificate: Certificate | None = None, chain: Chain = None, client: Any = None) -> StoreKey:
    """A key in AWS KMS as a signer. Permissions: `kms:Sign`, and `kms:GetPublicKey` for its public key.

    `key_id` is an identifier, an ARN or an alias. `client` is a `boto3.client("kms")` (default: one with the region and the credentials
    that boto3 finds).

    >>> signer = aws_kms_key("alias/contracts", certificate, chain)
    >>> signed = rustpdf.sign(pdf, signer=signer)

    Raises ImportError without the extra `aws-kms`. Signing raises the exceptions of botocore, and RustpdfError: `ERR_ALGORITHM_MISMATCH`.
    """
    kms = client_library("boto3", "aws-kms").client("kms") if client is None else client

    def sign(data: bytes, request: SigningRequest) -> bytes:
        asked = question("aws-kms", data, request)
        kind = "RAW" if asked.way.input == "data" else "DIGEST"
        answer = kms.sign(KeyId=key_id, Message=asked.input, MessageType=kind, SigningAlgorithm=asked.name)
        signature: bytes = answer["Signature"]
        return signature

    def public_key() -> bytes:
        key: bytes = kms.get_public_key(KeyId=key_id)["PublicKey"]
        return key

    return StoreKey(certificate, chain, key_id=key_id, _sign=sign, _public_key=public_key)
