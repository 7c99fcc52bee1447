"""Keys in a SoftHSM2 token, by python-pkcs11: the README says which form of the request a key store wants."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pkcs11
import pytest
import rustpdf
from pkcs11 import MGF, Mechanism, ObjectClass
from rustpdf import SigningOptions, SigningRequest

from .support.pdf import make_pdf
from .support.pki import CHAIN, TOKEN
from .support.verify import pdfsig

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PDF = make_pdf(pages=2)


@pytest.fixture(scope="module")
def token() -> Iterator[Any]:
    """A session with the token."""
    os.environ["SOFTHSM2_CONF"] = str(TOKEN / "softhsm2.conf")
    with pkcs11.lib(MODULE).get_token(token_label="rustpdf").open(user_pin="1234") as session:
        yield session


def key_of(token: Any, name: str) -> Any:
    return token.get_key(object_class=ObjectClass.PRIVATE_KEY, label=name)


def certificate_of(name: str) -> bytes:
    return (TOKEN / f"{name}.der").read_bytes()


def test_rsa_over_the_message(token: Any) -> None:
    key = key_of(token, "rsa")

    def hsm_sign(data: bytes) -> bytes:
        signature: bytes = key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS)
        return signature

    assert pdfsig(rustpdf.sign_with(PDF, certificate_of("rsa"), hsm_sign, chain=CHAIN)) == 1


def test_rsa_over_the_digest_info(token: Any) -> None:
    key = key_of(token, "rsa")

    def hsm_sign(_: bytes, request: SigningRequest) -> bytes:
        signature: bytes = key.sign(request.digest_info, mechanism=Mechanism.RSA_PKCS)
        return signature

    assert pdfsig(rustpdf.sign_with(PDF, certificate_of("rsa"), hsm_sign, chain=CHAIN)) == 1


def test_pss_over_the_digest(token: Any) -> None:
    key = key_of(token, "rsa")

    def hsm_sign(_: bytes, request: SigningRequest) -> bytes:
        parameters = (Mechanism.SHA256, MGF.SHA256, request.salt_length)
        signature: bytes = key.sign(request.digest, mechanism=Mechanism.RSA_PKCS_PSS, mechanism_param=parameters)
        return signature

    options = SigningOptions(signature_algorithm="rsa-pss")
    assert pdfsig(rustpdf.sign_with(PDF, certificate_of("rsa"), hsm_sign, chain=CHAIN, options=options)) == 1


@pytest.mark.parametrize("name", ["p256", "p384", "p521"])
def test_ecdsa_over_the_digest(name: str, token: Any) -> None:
    key = key_of(token, name)

    def hsm_sign(_: bytes, request: SigningRequest) -> bytes:
        signature: bytes = key.sign(request.digest, mechanism=Mechanism.ECDSA)  # r and s, one after the other
        return signature

    assert pdfsig(rustpdf.sign_with(PDF, certificate_of(name), hsm_sign, chain=CHAIN)) == 1


def test_in_two_halves_and_in_turn(token: Any) -> None:
    rsa, p256 = key_of(token, "rsa"), key_of(token, "p256")
    session = rustpdf.begin_signing(PDF, certificate=certificate_of("rsa"), chain=CHAIN)
    assert session.request is not None
    once = session.complete_with_signature(rsa.sign(session.request.data, mechanism=Mechanism.SHA256_RSA_PKCS))
    signatories: list[rustpdf.CertifiedSigner] = [
        rustpdf.Signer(certificate_of("p256"), lambda _, request: p256.sign(request.digest, mechanism=Mechanism.ECDSA), CHAIN),
        rustpdf.Signer(certificate_of("rsa"), lambda data: rsa.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS), CHAIN),
    ]
    assert pdfsig(rustpdf.sign_in_turn(once, signatories).pdf) == 3


def test_what_the_token_says_reaches_the_caller(token: Any) -> None:
    key = key_of(token, "rsa")
    with pytest.raises(pkcs11.exceptions.PKCS11Error):
        rustpdf.sign_with(PDF, certificate_of("rsa"), lambda data: key.sign(data, mechanism=Mechanism.ECDSA))


def test_the_wrong_key(token: Any) -> None:
    key = key_of(token, "rsa-imported")
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.sign_with(PDF, certificate_of("rsa"), lambda data: key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
    assert caught.value.code == "ERR_SIGNATURE_MISMATCH"
