"""The certificates and keys of the tests, and signers with a key in memory."""

from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from rustpdf import Moment, SigningRequest

ROOT = Path(__file__).resolve().parents[4]
TOKEN = ROOT / "tests/.build/token"
PKI = ROOT / "tests/pki/certificates"
CHAIN = (PKI / "chain.pem").read_bytes()
"""The issuers of every signer, as PEM."""

MOMENT: Moment = {"signing_time": datetime(2026, 11, 27, 12, tzinfo=timezone.utc), "entropy": bytes([7]) * 32}
"""So that the same call gives the same bytes."""

KEY = bytes(range(32))
"""The key that seals the sessions of the tests."""

HASHES: dict[str, hashes.HashAlgorithm] = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


@cache
def certificate(name: str = "rsa") -> bytes:
    """The certificate of a name, DER."""
    return (PKI / f"{name}.der").read_bytes()


@cache
def private_key(name: str = "rsa") -> Any:
    """The key of a name, as an object of `cryptography`."""
    return load_pem_private_key((PKI / f"{name}.key").read_bytes(), None)


@cache
def signer(name: str = "rsa") -> Callable[[bytes, SigningRequest], bytes]:
    """A signer for every kind of request."""
    key = private_key(name)

    def sign(data: bytes, request: SigningRequest) -> bytes:
        algorithm = HASHES[request.digest_algorithm]
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return key.sign(data)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(data, ec.ECDSA(algorithm))
        assert isinstance(key, rsa.RSAPrivateKey)
        if request.salt_length is not None:
            return key.sign(data, padding.PSS(padding.MGF1(algorithm), request.salt_length), algorithm)
        return key.sign(data, padding.PKCS1v15(), algorithm)

    return sign


def rsa_sign(data: bytes) -> bytes:
    """A signer that is handed the bytes alone."""
    signature: bytes = private_key().sign(data, padding.PKCS1v15(), hashes.SHA256())
    return signature


def never(_: bytes) -> bytes:
    """A signer that must not be asked."""
    raise AssertionError("asked to sign")
