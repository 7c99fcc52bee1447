"""Uses that type checkers accept, and uses that they refuse: there, an ignored error that does not occur is an error. Nothing runs this."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import rustpdf
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from rustpdf import FieldLock, Job, Signer, SigningOptions, SigningRequest
from rustpdf.keystores import StoreKey, aws_kms_key, pkcs11_key, vault_key
from typing_extensions import assert_never, assert_type


def plain(_: bytes) -> bytes:
    """A function of the data."""
    raise NotImplementedError


def full(_: bytes, request: SigningRequest) -> bytearray:
    """A function of the data and the request."""
    raise NotImplementedError(request)


async def later(_: bytes, request: SigningRequest) -> bytes:
    """A coroutine function."""
    raise NotImplementedError(request)


def text(_: bytes) -> str:
    """Not a signer."""
    raise NotImplementedError


@dataclass
class Token:
    """A signer that carries its certificate."""

    certificate: x509.Certificate
    chain: list[x509.Certificate]

    def sign(self, data: bytes, request: SigningRequest) -> bytes:
        """Signs."""
        raise NotImplementedError(data, request)


@dataclass
class LateToken:
    """A signer whose signature comes later."""

    certificate: bytes
    chain: tuple[bytes, ...]

    async def sign(self, data: bytes, request: SigningRequest) -> bytes:
        """Signs."""
        raise NotImplementedError(data, request)


def signs(pdf: bytes, own: x509.Certificate, token: Token, late: LateToken, rsa_key: rsa.RSAPrivateKey) -> None:
    """Signing at once."""
    assert_type(rustpdf.sign(pdf, signer=token), rustpdf.Signed)
    assert_type(rustpdf.sign(Path("in.pdf"), signer=plain, certificate=own, chain=[own], reason="x", page=2).pdf, bytes)
    rustpdf.sign(pdf, signer=full, certificate=b"", lock=FieldLock(action="all"), digest_algorithm="sha512")
    rustpdf.sign(pdf, signer=lambda data, request: full(data, request), certificate=b"", options=SigningOptions(pades=False))
    rustpdf.sign(pdf, signer=rsa_key, certificate=own, options={"reason": "x"})
    assert_type(rustpdf.sign_with(pdf, own, plain, chain=own), bytes)
    rustpdf.sign_with(pdf, own, rsa_key)
    rustpdf.sign_in_turn(pdf, [token, Signer(own, plain), Signer(own, rsa_key)])
    rustpdf.sign_file("in.pdf", None, signer=Signer(own, full, [own]), replace=True)

    rustpdf.sign(pdf, signer=plain)  # type: ignore[call-overload]  # without a certificate
    rustpdf.sign(pdf, signer=rsa_key)  # type: ignore[call-overload]
    rustpdf.sign(pdf, signer=text, certificate=own)  # type: ignore[arg-type]
    rustpdf.sign(pdf, signer=later, certificate=own)  # type: ignore[arg-type]
    rustpdf.sign(pdf, signer=late)  # type: ignore[call-overload]
    rustpdf.sign(pdf, signer=token, resaon="x")  # type: ignore[call-overload]
    rustpdf.sign(pdf, signer=token, page="x")  # type: ignore[call-overload]
    rustpdf.sign(pdf, signer=token, digest_algorithm="sha1")  # type: ignore[call-overload]
    rustpdf.sign_with(pdf, own, later)  # type: ignore[arg-type]
    rustpdf.sign_with(pdf, own, plain, reason="x")  # type: ignore[call-arg]
    rustpdf.sign_with(pdf, rsa_key, plain)  # type: ignore[arg-type]
    rustpdf.sign_in_turn(pdf, [plain])  # type: ignore[list-item]
    rustpdf.sign_file("in.pdf", signer=token)  # type: ignore[call-overload]


async def signs_later(pdf: bytes, own: x509.Certificate, late: LateToken, key: ec.EllipticCurvePrivateKey) -> None:
    """Signing beside an event loop."""
    assert_type(await rustpdf.sign_async(pdf, signer=late), rustpdf.Signed)
    await rustpdf.sign_async(pdf, signer=later, certificate=own)
    await rustpdf.sign_async(pdf, signer=plain, certificate=own)
    await rustpdf.sign_async(pdf, signer=key, certificate=own)
    await rustpdf.sign_in_turn_async(pdf, [late, Signer(own, later)])
    async for outcome in rustpdf.sign_many_async([Job("in.pdf", "out.pdf")], signer=late):
        assert_type(outcome, rustpdf.JobOutcome)
    await rustpdf.sign_async(pdf, signer=later)  # type: ignore[call-overload]
    await rustpdf.sign_async(pdf, signer=text, certificate=own)  # type: ignore[arg-type]


def visible(pdf: bytes, token: Token) -> None:
    """Visible signatures."""
    image = rustpdf.AppearanceImage(data=Path("logo.png"), place="end")
    font = rustpdf.AppearanceFont(regular=b"", bold=memoryview(b""))
    box = rustpdf.Appearance(rect=(0, 0, 10.5, 10), image=image, font=[font], strokes=[[0, 0, 1, 1]], text=None, align="center")
    rustpdf.sign(pdf, signer=token, appearance=box, empty_fields=[rustpdf.EmptyField(name="x"), {"name": "y"}])
    rustpdf.sign(pdf, signer=token, appearance={"position": {"corner": "top-left"}, "image": {"data": b""}})
    rustpdf.sign(pdf, signer=token, options=SigningOptions(appearance=box))

    rustpdf.AppearanceImage(data="logo.png")  # type: ignore[arg-type]  # a text is no path
    rustpdf.Appearance(unit="inch")  # type: ignore[arg-type]
    rustpdf.Appearance(colour="#000000")  # type: ignore[call-arg]
    rustpdf.sign(pdf, signer=token, appearance=True)  # type: ignore[call-overload]
    rustpdf.EmptyField()  # type: ignore[call-arg]


def values(own: x509.Certificate, key: ed25519.Ed25519PrivateKey, request: SigningRequest) -> None:
    """Signers as values."""
    assert_type(Signer(own, plain).sign(b"", request), bytes)
    assert_type(Signer(own, full).sign(b"", request), bytearray)
    assert_type(Signer(own, key).sign(b"", request), bytes)
    asyncio.run(Signer(own, later).sign(b"", request))
    sync: rustpdf.CertifiedSigner = Signer(own, plain)
    sync = Signer(own, key)
    either: rustpdf.AsyncCertifiedSigner = Signer(own, later)
    either = Signer(own, plain)
    sync = Signer(own, later)  # type: ignore[arg-type]
    assert sync is not either


def keys(pdf: bytes, own: x509.Certificate, token: Token, late: LateToken, rsa_key: rsa.RSAPrivateKey) -> None:
    """Keys in key stores, their certificates, and records of their requests."""
    assert_type(rustpdf.certificate_request("CN=x", rsa_key.public_key(), plain), rustpdf.Issued)
    rustpdf.self_signed("CN=x", b"", rsa_key, days=30, digest_algorithm="sha512")
    rustpdf.self_signed("CN=x", "PEM", token)
    rustpdf.certificate_request("CN=x", own, full)
    rustpdf.certificate_request("CN=x", own, later)  # type: ignore[arg-type]
    rustpdf.self_signed("CN=x", rsa_key, plain)  # type: ignore[arg-type]
    asyncio.run(rustpdf.certificate_request_async("CN=x", own, later))
    rustpdf.sign(pdf, signer=rustpdf.audited(token, "audit"))
    rustpdf.sign(pdf, signer=rustpdf.audited(plain, Path("audit"), "key"), certificate=own)
    rustpdf.sign(pdf, signer=rustpdf.audited(rsa_key, "audit"), certificate=own)
    rustpdf.sign(pdf, signer=rustpdf.audited(late, "audit"))  # type: ignore[arg-type]
    asyncio.run(rustpdf.sign_async(pdf, signer=rustpdf.audited(late, "audit")))
    asyncio.run(rustpdf.sign_async(pdf, signer=rustpdf.audited(later, "audit"), certificate=own))
    key = assert_type(aws_kms_key("alias/key", own, [own]), StoreKey)
    rustpdf.sign(pdf, signer=key)
    rustpdf.sign(pdf, signer=rustpdf.audited(key, "audit"))
    rustpdf.certificate_request("CN=x", key.public_key(), key)
    rustpdf.begin_signing(pdf, signer=key)
    with pkcs11_key("pkcs11:token=T", pin=lambda: "pin") as opened:
        rustpdf.sign_in_turn(pdf, [opened, assert_type(vault_key("key", own, version=1), StoreKey)])
    asyncio.run(rustpdf.sign_async(pdf, signer=key))
    aws_kms_key(own)  # type: ignore[arg-type]
    pkcs11_key(pin=b"pin")  # type: ignore[arg-type]


def outcomes(outcome: rustpdf.JobOutcome) -> Any:
    """The kinds of an outcome, by their status."""
    if outcome.status == "signed":
        return assert_type(outcome.signed, rustpdf.SignedFile)
    if outcome.status == "failed":
        return assert_type(outcome.error, BaseException)
    if outcome.status == "skipped":
        return outcome.job
    assert_never(outcome)


def extensions(pdf: bytes, outcome: rustpdf.ExtendOutcome, request: rustpdf.HttpRequest) -> Any:
    """Extensions, and the kinds of their outcomes."""
    assert_type(rustpdf.extend(pdf, level="B-LTA", validation={"trust": [b""]}), rustpdf.Extended)
    assert_type(rustpdf.timestamp_file("in.pdf", None, timestamp={"services": [{"url": "http://a/"}]}).update, bytes)
    jobs = [rustpdf.ExtendJob("in.pdf", "in.pdf", options=rustpdf.ExtensionOptions())]
    for each in rustpdf.extend_many(jobs, renew_before=datetime.now(timezone.utc), ledger=Path("ledger"), http=rustpdf.http_client()):
        assert_type(each, rustpdf.ExtendOutcome)
    rustpdf.extend_many(jobs, renew_before="90d")  # type: ignore[arg-type]
    rustpdf.extend_many([Job("in.pdf", "out.pdf")])  # type: ignore[list-item]
    rustpdf.extend(pdf, reason="x")  # type: ignore[call-arg]
    assert_type(rustpdf.http_client({"request_timeout": 5})(request), rustpdf.HttpResponse)
    if outcome.status == "extended":
        return assert_type(outcome.extended, rustpdf.ExtendedFile)
    if outcome.status == "failed":
        return assert_type(outcome.error, BaseException)
    if outcome.status == "skipped":
        return outcome.job
    assert_never(outcome)


def sessions(pdf: bytes, own: x509.Certificate) -> None:
    """Sessions."""
    session = rustpdf.begin_signing(pdf, certificate=own, reason="x", on_report=print)
    assert_type(session.complete(b""), bytes)
    assert_type(session.state, rustpdf.SessionState)
    assert_type(session.level, rustpdf.Level)
    assert_type(session.advance(services=[rustpdf.TimestampService(url="http://a/")]), bytes)
    session.complete_with_signature(session.request.data)  # type: ignore[union-attr]  # a session without a certificate has no request
    batch = rustpdf.begin_signing_many([pdf, "in.pdf"], certificate=own)
    assert_type(batch.requests, list[SigningRequest])
    assert_type(rustpdf.inspect(pdf).signatures, tuple[rustpdf.SignatureInfo, ...])
