"""From a key to its certificate: requests and self-signed certificates, judged by OpenSSL, and a signature with one."""

from __future__ import annotations

import asyncio
import subprocess
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import rustpdf
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rustpdf import Signer, SigningRequest, certificate_request, self_signed

from .conftest import Folder
from .support.pdf import make_pdf
from .support.pki import CHAIN, PKI, certificate, never, private_key, signer
from .support.verify import openssl_verify

SUBJECT = "CN=Zoë Example,O=Example Ltd,C=DE"
MOMENT = datetime(2030, 1, 31, 12, tzinfo=timezone.utc)


def openssl(folder: Folder, *arguments: str) -> str:
    """OpenSSL in the folder of a test, which must succeed."""
    done = subprocess.run(["openssl", *arguments], cwd=folder.path, check=True, capture_output=True, text=True)
    return done.stdout + done.stderr


def public_key(name: str) -> Any:
    return private_key(name).public_key()


@pytest.mark.parametrize(
    ("name", "algorithms", "shown"),
    [
        ("rsa", {}, "sha256WithRSAEncryption"),
        ("rsa", {"signature_algorithm": "rsa-pss", "digest_algorithm": "sha512"}, "rsassaPss"),
        ("p256", {}, "ecdsa-with-SHA256"),
        ("p384", {}, "ecdsa-with-SHA384"),
        ("p521", {}, "ecdsa-with-SHA512"),
        ("ed25519", {}, "ED25519"),
    ],
)
def test_a_request(name: str, algorithms: Any, shown: str, folder: Folder) -> None:
    request = certificate_request(SUBJECT, public_key(name), signer(name), **algorithms)
    folder.write("request.pem", request.pem.encode())
    folder.write("request.der", request.der)
    assert "verify OK" in openssl(folder, "req", "-in", "request.pem", "-verify", "-noout")
    assert "verify OK" in openssl(folder, "req", "-inform", "DER", "-in", "request.der", "-verify", "-noout")
    text = openssl(folder, "req", "-in", "request.pem", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus")
    assert "C=DE,O=Example Ltd,CN=Zoë Example" in text
    assert f"Signature Algorithm: {shown}" in text
    parsed = x509.load_pem_x509_csr(request.pem.encode())
    assert parsed.public_key() == public_key(name)
    assert parsed.is_signature_valid


def test_a_request_changed_in_one_bit_is_refused_by_openssl(folder: Folder) -> None:
    der = certificate_request(SUBJECT, public_key("p256"), signer("p256")).der
    assert der.count("Zoë".encode()) == 1
    folder.write("request.der", der.replace("Zoë".encode(), "Zoé".encode()))
    assert "verify OK" not in openssl(folder, "req", "-inform", "DER", "-in", "request.der", "-verify", "-noout")


def test_every_form_of_a_public_key() -> None:
    key = public_key("rsa")
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    forms: list[Any] = [key, spki, bytearray(spki), memoryview(spki), pem, pem.decode(), (PKI / "rsa.pem").read_text()]
    forms.append(x509.load_der_x509_certificate(certificate()))
    assert {certificate_request(SUBJECT, one, signer()).der for one in forms} == {certificate_request(SUBJECT, key, signer()).der}


def test_every_kind_of_signer() -> None:
    async def later(data: bytes, request: SigningRequest) -> bytes:
        await asyncio.sleep(0)
        return signer()(data, request)

    pss = Signer(certificate(), signer(), CHAIN, options={"signature_algorithm": "rsa-pss", "digest_algorithm": "sha384"})
    key = public_key("rsa")
    made = certificate_request(SUBJECT, key, signer())
    assert certificate_request(SUBJECT, key, private_key()) == made
    assert certificate_request(SUBJECT, key, Signer(certificate(), signer())) == made
    assert asyncio.run(rustpdf.certificate_request_async(SUBJECT, key, later)) == made
    assert asyncio.run(rustpdf.certificate_request_async(SUBJECT, key, signer())) == made
    parameters: Any = x509.load_der_x509_csr(certificate_request(SUBJECT, key, pss).der).signature_algorithm_parameters
    assert (parameters.mgf._algorithm.name, parameters._salt_length) == ("sha384", 48)
    own = x509.load_der_x509_csr(certificate_request(SUBJECT, key, pss, digest_algorithm="sha256").der)
    assert own.signature_hash_algorithm is not None
    assert own.signature_hash_algorithm.name == "sha256"
    with pytest.raises(rustpdf.RustpdfError) as caught:
        certificate_request(SUBJECT, key, later)  # type: ignore[arg-type]
    assert "is asynchronous" in caught.value.message


def test_the_request_to_the_key_is_of_no_document() -> None:
    asked = []

    def see(data: bytes, request: SigningRequest) -> bytes:
        asked.append(request)
        return signer()(data, request)

    certificate_request(SUBJECT, public_key("rsa"), see)
    (one,) = asked
    assert (one.document_digest, one.document_name, one.field_name, one.certificate_digest) == (None, None, None, None)


@pytest.mark.parametrize("name", ["rsa", "p256", "p384", "p521", "ed25519"])
def test_a_self_signed_certificate_signs_at_once(name: str, folder: Folder) -> None:
    own = self_signed(SUBJECT, public_key(name), signer(name), days=30)
    folder.write("own.pem", own.pem.encode())
    assert openssl(folder, "verify", "-CAfile", "own.pem", "own.pem") == "own.pem: OK\n"
    parsed = x509.load_der_x509_certificate(own.der)
    assert parsed == x509.load_pem_x509_certificate(own.pem.encode())
    assert parsed.not_valid_after_utc - parsed.not_valid_before_utc == timedelta(days=30)
    signed = rustpdf.sign(make_pdf(), signer=signer(name), certificate=own.der)
    if name != "ed25519":  # OpenSSL 3.0 knows no Ed25519 in CMS
        openssl_verify(signed.pdf, folder.path / "own.pem")
        with pytest.raises(subprocess.CalledProcessError):
            openssl_verify(signed.pdf)


def test_the_moment_and_the_serial_number_of_a_certificate() -> None:
    def made(**given: Any) -> x509.Certificate:
        given = {"signing_time": MOMENT, "entropy": bytes(32), **given}
        return x509.load_der_x509_certificate(self_signed(SUBJECT, public_key("p256"), signer("p256"), **given).der)

    one = made()
    assert one.not_valid_before_utc == MOMENT
    assert one.not_valid_after_utc == MOMENT + timedelta(days=365)
    assert one.serial_number == made().serial_number
    assert one.serial_number != made(entropy=None).serial_number
    assert made(entropy=None).serial_number != made(entropy=None).serial_number
    now = made(signing_time=None).not_valid_before_utc
    assert abs(now - datetime.now(timezone.utc)) < timedelta(minutes=1)
    later = asyncio.run(rustpdf.self_signed_async(SUBJECT, public_key("p256"), signer("p256"), signing_time=MOMENT, days=1))
    assert x509.load_der_x509_certificate(later.der).not_valid_after_utc == MOMENT + timedelta(days=1)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"public_key": (PKI / "p256.key").read_bytes()}, "ERR_ARGUMENT"),
        ({"public_key": b"key"}, "ERR_ARGUMENT"),
        ({"public_key": 5}, "ERR_ARGUMENT"),
        ({"public_key": None}, "ERR_ARGUMENT"),
        ({"subject": "Zoë"}, "ERR_ARGUMENT"),
        ({"subject": 5}, "ERR_ARGUMENT"),
        ({"signer": 5}, "ERR_ARGUMENT"),
        ({"signature_algorithm": "rsa-pss"}, "ERR_ALGORITHM_MISMATCH"),
        ({"digest_algorithm": "md5"}, "ERR_ALGORITHM_UNKNOWN"),
        ({"days": 0}, "ERR_ARGUMENT"),
        ({"days": -1}, "ERR_ARGUMENT"),
        ({"days": 10**30}, "ERR_ARGUMENT"),
        ({"days": "30"}, "ERR_ARGUMENT"),
        ({"days": True}, "ERR_ARGUMENT"),
        ({"entropy": b"short"}, "ERR_ENTROPY"),
        ({"entropy": 5}, "ERR_ENTROPY"),
        ({"signing_time": datetime(2030, 1, 31)}, "ERR_SIGNING_TIME"),  # noqa: DTZ001
        ({"signing_time": 5}, "ERR_SIGNING_TIME"),
    ],
)
def test_what_is_refused(wrong: dict[str, Any], code: str) -> None:
    good = {"subject": SUBJECT, "public_key": public_key("p256"), "signer": never}
    with pytest.raises(rustpdf.RustpdfError) as caught:
        self_signed(**{**good, **wrong})
    assert caught.value.code == code
    with pytest.raises(rustpdf.RustpdfError) as caught:
        asyncio.run(rustpdf.self_signed_async(**{**good, **wrong}))
    assert caught.value.code == code


def test_a_signature_by_another_key_is_refused() -> None:
    with pytest.raises(rustpdf.RustpdfError) as caught:
        certificate_request(SUBJECT, public_key("rsa"), lambda _: b"\1" * 256)
    assert caught.value.code == "ERR_SIGNATURE_MISMATCH"
    with pytest.raises(rustpdf.RustpdfError) as caught:
        certificate_request(SUBJECT, public_key("p256"), signer("p384"))
    assert caught.value.code == "ERR_SIGNATURE_LENGTH"


def test_the_exception_of_the_signer_reaches_the_caller() -> None:
    error = KeyError("of the key")

    def fails(_: bytes) -> bytes:
        raise error

    with pytest.raises(KeyError) as caught:
        certificate_request(SUBJECT, public_key("p256"), fails)
    assert caught.value is error
