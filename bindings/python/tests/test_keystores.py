"""Keys in key stores: the real client libraries, with servers on loopback and a SoftHSM2 token. Judged by OpenSSL, pdfsig and pyHanko."""

from __future__ import annotations

import asyncio
import doctest
import inspect
import json
import os
import re
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import azure.core.exceptions
import botocore.exceptions  # type: ignore[import-untyped]
import google.api_core.exceptions
import google.cloud.kms_v1
import hvac.exceptions  # type: ignore[import-untyped]
import pkcs11
import pytest
import requests
import rustpdf
import rustpdf.keystores
from azure.keyvault.keys.crypto import CryptographyClient
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key, load_pem_private_key, load_pem_public_key
from rustpdf import RustpdfError, SigningRequest, audited
from rustpdf.keystores import (
    StoreKey,
    aws_kms_key,
    azure_key_vault_key,
    cryptography_key,
    google_kms_key,
    pkcs11_key,
    vault_key,
)
from rustpdf.keystores._key import question
from rustpdf.keystores._table import KEY_STORES
from rustpdf.keystores.google_kms import crc32c

from .conftest import Folder
from .support import stores
from .support.pdf import make_pdf
from .support.pki import CHAIN, PKI, ROOT, certificate, private_key
from .support.stores import MODULE, OPEN, PIN, SECRETS, VAULT_TOKEN, Made, keep, keys_of, softhsm
from .support.verify import openssl_verify, pdfsig, pyhanko

PDF = make_pdf()


@pytest.fixture(autouse=True, scope="module")
def loopback() -> Iterator[None]:
    """Names below localhost are this machine, and no proxy has a say."""
    with pytest.MonkeyPatch.context() as patch:
        resolve = socket.getaddrinfo
        patch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: resolve(_local(host), *rest, **more))
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, "127.0.0.1,localhost,.localhost")
        yield


def _local(host: Any) -> Any:
    return "127.0.0.1" if isinstance(host, str) and host.endswith(".localhost") else host


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def leaf(made: Made) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made.certificate)


def made(store: str, start: str) -> Made:
    """The first key of a store whose kind begins so."""
    return next(key for key in keys_of(store) if key.kind.startswith(start))


def public_key_of(key: StoreKey) -> Any:
    """The public key that a store tells, in the form of `cryptography`."""
    told: Any = key.public_key()
    if isinstance(told, str):
        return load_pem_public_key(told.encode())
    return load_der_public_key(told) if isinstance(told, bytes) else told


def check_request(folder: Folder, key: StoreKey) -> None:
    """OpenSSL accepts a certification request of a key."""
    folder.write("request.pem", rustpdf.certificate_request("CN=Test,O=Test", key.public_key(), key).pem.encode())
    done = subprocess.run(["openssl", "req", "-in", folder.at("request.pem"), "-noout", "-verify"], capture_output=True, text=True)
    assert "verify OK" in done.stdout + done.stderr


@pytest.mark.parametrize("store", OPEN)
def test_every_kind_of_key_signs_by_each_of_its_algorithms(store: str, folder: Folder) -> None:
    signed: list[str] = []
    for one in keys_of(store):
        key = OPEN[store](one.id, one.certificate)
        for options in one.options:
            path = folder.at(f"{len(signed)}.pdf")
            report = rustpdf.sign_file(PDF, path, signer=key, **options).report
            for name, value in options.items():
                assert getattr(report, name) == value
            keep(store, one.kind, path, report)
            if not isinstance(leaf(one).public_key(), ed25519.Ed25519PublicKey):  # OpenSSL 3.0 knows none in CMS
                openssl_verify(Path(path).read_bytes())
            signed.append(path)
    assert len(signed) == {"aws-kms": 12, "google-kms": 11, "azure-key-vault": 12, "vault": 12}[store]
    assert pdfsig(Path(signed[0]).read_bytes()) == 1
    pyhanko(signed[-5:])  # among them the last curve, and Ed25519


@pytest.mark.parametrize("store", OPEN)
def test_a_key_without_a_certificate_asks_for_one(store: str, folder: Folder) -> None:
    for one in keys_of(store):
        given: dict[str, Any] = {"key": stores.azure_key(one.id)} if store == "azure-key-vault" else {}
        key = OPEN[store](one.id, **given)
        assert public_key_of(key) == leaf(one).public_key()
        check_request(folder, key)
    with pytest.raises(RustpdfError, match="the certificate is missing"):
        rustpdf.sign(PDF, signer=key)
    rustpdf.sign(PDF, signer=key, certificate=one.certificate, chain=CHAIN)


@pytest.mark.parametrize("store", OPEN)
def test_in_other_ways_of_signing(store: str, folder: Folder) -> None:
    one, other = keys_of(store)[:2]
    key, second = OPEN[store](one.id, one.certificate), OPEN[store](other.id, other.certificate)
    openssl_verify(asyncio.run(rustpdf.sign_async(PDF, signer=key)).pdf)
    session = rustpdf.begin_signing(PDF, signer=key)
    assert session.request is not None
    openssl_verify(session.complete_with_signature(key.sign(session.request.data, session.request)))
    assert pdfsig(rustpdf.sign_in_turn(PDF, [key, second]).pdf) == 2
    jobs = [rustpdf.Job(PDF, folder.at(f"{number}.pdf")) for number in range(8)]
    assert {outcome.status for outcome in rustpdf.sign_many(jobs, signer=key, in_flight=4)} == {"signed"}
    for number in range(8):
        openssl_verify(folder.read(f"{number}.pdf"))
    assert one.id.split("/")[-1] in repr(key)


def test_the_default_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    aws, vault = made("aws-kms", "ECC"), made("vault", "ecdsa")
    settings = {"AWS_ENDPOINT_URL_KMS": stores.kms().meta.endpoint_url, "AWS_DEFAULT_REGION": "eu-central-1"}
    secrets = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "VAULT_ADDR": stores.vault_address(),
        "VAULT_TOKEN": VAULT_TOKEN,
    }
    for name, value in {**settings, **secrets}.items():
        monkeypatch.setenv(name, value)
    openssl_verify(rustpdf.sign(PDF, signer=aws_kms_key(aws.id, aws.certificate, CHAIN)).pdf)
    openssl_verify(rustpdf.sign(PDF, signer=vault_key(vault.id, vault.certificate, CHAIN)).pdf)
    stores.kms().create_alias(AliasName="alias/python", TargetKeyId=aws.id)
    openssl_verify(rustpdf.sign(PDF, signer=aws_kms_key("alias/python", aws.certificate, CHAIN)).pdf)


class TestVault:
    def test_a_function_returns_the_token_each_time(self) -> None:
        asked = []

        def token() -> str:
            asked.append(1)
            return VAULT_TOKEN

        one = made("vault", "ecdsa")
        key = vault_key(one.id, one.certificate, CHAIN, address=stores.vault_address(), token=token)
        for _ in range(2):
            openssl_verify(rustpdf.sign(PDF, signer=key).pdf)
        assert len(asked) == 2

    def test_a_client_of_the_caller(self) -> None:
        one = made("vault", "ecdsa")
        client = hvac.Client(url=stores.vault_address(), token=VAULT_TOKEN)
        openssl_verify(rustpdf.sign(PDF, signer=vault_key(one.id, one.certificate, CHAIN, client=client)).pdf)

    def test_a_rotated_a_disabled_and_a_deleted_key(self, folder: Folder) -> None:
        stores.transit().create_key(name="rotated", key_type="ecdsa-p256")
        first = OPEN["vault"]("rotated", version=1)
        own = rustpdf.self_signed("CN=Rotated", first.public_key(), first)
        stores.transit().rotate_key(name="rotated")
        where: Any = {"address": stores.vault_address(), "token": VAULT_TOKEN}
        assert public_key_of(first) != public_key_of(vault_key("rotated", **where))
        rustpdf.sign(PDF, signer=vault_key("rotated", own.der, version=1, **where))
        with pytest.raises(RustpdfError) as caught:
            rustpdf.sign(PDF, signer=vault_key("rotated", own.der, **where))
        assert caught.value.code == "ERR_SIGNATURE_MISMATCH"
        first = vault_key("rotated", own.der, version=1, **where)
        stores.transit().update_key_configuration(name="rotated", min_encryption_version=2)
        refused(folder, first, hvac.exceptions.InternalServerError, "less than the minimum encryption key version")
        stores.transit().update_key_configuration(name="rotated", deletion_allowed=True)
        stores.transit().delete_key(name="rotated")
        refused(folder, first, hvac.exceptions.InvalidRequest, "not found")


class TestAzure:
    def test_the_certificate_that_the_store_keeps(self) -> None:
        with stores.azure_certificates() as certificates:
            for one in keys_of("azure-key-vault"):
                for id in (one.id, one.id.rpartition("/")[0]):  # by the version, and the newest
                    key = azure_key_vault_key(stores.azure_client(id), chain=CHAIN, certificates=certificates)
                    assert key.certificate == leaf(one).public_bytes(Encoding.DER)
                openssl_verify(rustpdf.sign(PDF, signer=key).pdf)
            given = azure_key_vault_key(stores.azure_client(one.id), certificate(), certificates=certificates)
            assert given.certificate == certificate()
            gone = stores.azure_client(one.id.replace("/keys/", "/keys/no-"))
            with pytest.raises(azure.core.exceptions.ResourceNotFoundError, match=r"certificate .* was not found"):
                azure_key_vault_key(gone, certificates=certificates)


class TestGoogle:
    def test_a_key_version_tells_its_algorithms(self) -> None:
        found = {one.kind: OPEN["google-kms"](one.id).options for one in keys_of("google-kms")}
        for kind, options in found.items():
            scheme = re.match(r"(RSA_SIGN_PKCS1|RSA_SIGN_PSS|EC_SIGN_P|EC_SIGN_ED)", kind)
            assert scheme is not None
            names = {"RSA_SIGN_PKCS1": "rsa-pkcs1", "RSA_SIGN_PSS": "rsa-pss", "EC_SIGN_P": "ecdsa", "EC_SIGN_ED": "ed25519"}
            digest = "sha512" if "ED25519" in kind else f"sha{kind[-3:]}"
            assert options == {"signature_algorithm": names[scheme[0]], "digest_algorithm": digest, "complete_chain": True}

    def test_a_key_version_of_another_purpose(self) -> None:
        with pytest.raises(RustpdfError) as caught:
            OPEN["google-kms"](stores.google_key("decrypts", "RSA_DECRYPT_OAEP_2048_SHA256"))
        assert caught.value.code == "ERR_ALGORITHM_MISMATCH"

    @pytest.mark.parametrize(
        ("kind", "text"),
        [("request", "got a corrupted request"), ("answer", "answer .* is corrupted"), ("name", "signed with .*/cryptoKeyVersions/19")],
    )
    def test_a_bad_wire(self, kind: str, text: str, folder: Folder) -> None:
        key = OPEN["google-kms"](stores.google_key(f"corrupt-{kind}", "EC_SIGN_P256_SHA256"))
        key = OPEN["google-kms"](str(key.key_id), certificate("p256"))
        refused(folder, key, RuntimeError, text)

    def test_a_bad_wire_of_the_public_key(self) -> None:
        class Client:
            """A client whose wire loses a letter: the stand-in cannot be made to."""

            def get_public_key(self, request: Any) -> Any:
                key = stores.google().get_public_key(request=request)
                key.pem = key.pem.replace("A", "B", 1)
                return key

        with pytest.raises(RuntimeError, match="is corrupted"):
            google_kms_key(made("google-kms", "EC").id, client=Client())

    def test_the_checksum(self) -> None:
        assert crc32c(b"123456789") == 0xE3069283  # the check value of CRC-32C (RFC 3720, B.4 uses the same polynomial)
        assert crc32c(bytes(32)) == 0x8A9136AA
        assert crc32c(b"") == 0


def shown(error: BaseException) -> str:
    """All that a program might log of an exception."""
    return f"{error!r} {error} {''.join(traceback.format_exception(error))}"


def refused(folder: Folder, key: Any, kind: type[BaseException], text: str, recorded: str | None = "failed", **options: Any) -> None:
    """Signs with a key that fails. The exception of the store arrives, nothing is written, and no text or record contains a secret.

    `recorded` is the last event in the records; None if the key is not to be asked.
    """
    audit = folder.at(f"audit {len(folder.names())}")
    os.mkdir(audit)
    before = folder.names()
    with pytest.raises(kind) as caught:
        rustpdf.sign_file(PDF, folder.at("out.pdf"), signer=audited(key, audit), **options)
    assert type(caught.value) is kind or kind is pkcs11.PKCS11Error
    assert re.search(text, f"{caught.value} {caught.value!r}"), repr(caught.value)
    assert folder.names() == before
    written = "".join(path.read_text() for path in Path(audit).iterdir())
    events = [json.loads(line) for line in written.splitlines()]
    assert [event["event"] for event in events] == ([] if recorded is None else ["asked", recorded])
    if recorded == "failed":
        own = caught.value.code if isinstance(caught.value, RustpdfError) else type(caught.value).__name__
        assert events[1]["error"] == own
    for secret in SECRETS:
        assert secret not in shown(caught.value)
        assert secret not in written
        assert secret not in repr(key)


class TestFaults:
    def test_aws_kms(self, folder: Folder) -> None:
        rsa, curve = made("aws-kms", "RSA_2048"), made("aws-kms", "ECC_NIST_P256")
        error = stores.kms().exceptions.NotFoundException
        absent = aws_kms_key(rsa.id.replace(rsa.id[:4], "0000"), rsa.certificate, client=stores.kms())
        refused(folder, absent, error, "does not exist")
        refused(
            folder,
            aws_kms_key(rsa.id, curve.certificate, client=stores.kms()),
            botocore.exceptions.ClientError,
            "ECDSA_SHA_256 is not one of",
        )
        away = aws_kms_key(rsa.id, rsa.certificate, client=stores.aws_client(f"http://127.0.0.1:{closed_port()}"))
        refused(folder, away, botocore.exceptions.EndpointConnectionError, "Could not connect")

    def test_google_kms(self, folder: Folder) -> None:
        one = made("google-kms", "RSA_SIGN_PKCS1_2048")
        with pytest.raises(google.api_core.exceptions.NotFound):
            OPEN["google-kms"](one.id.replace("cryptoKeys/", "cryptoKeys/no-"))
        key = OPEN["google-kms"](one.id, one.certificate)
        refused(folder, key, google.api_core.exceptions.InvalidArgument, "takes digest.sha256", digest_algorithm="sha512")
        refused(folder, key, RustpdfError, "does not sign by rsa-pkcs1 with sha384", digest_algorithm="sha384")
        curve = OPEN["google-kms"](one.id, made("google-kms", "EC_SIGN_P256").certificate)
        refused(folder, curve, RustpdfError, "rsa-pkcs1 does not fit", recorded=None)

        class Impatient(type(stores.google())):  # type: ignore[misc]
            """A client that retries nothing, and whose service is away after the public key was read."""

            def get_public_key(self, **asked: Any) -> Any:
                return stores.google().get_public_key(**asked)

            def asymmetric_sign(self, **asked: Any) -> Any:
                return super().asymmetric_sign(retry=None, timeout=5, **asked)

        away = google_kms_key(one.id, one.certificate, CHAIN, client=stores.google_client(closed_port(), Impatient))
        refused(folder, away, google.api_core.exceptions.ServiceUnavailable, "refused|failed to connect")

    def test_azure_key_vault(self, folder: Folder) -> None:
        rsa, curve = made("azure-key-vault", "RSA"), made("azure-key-vault", "EC")
        gone = OPEN["azure-key-vault"](rsa.id.replace("/keys/", "/keys/no-"), rsa.certificate)
        refused(folder, gone, azure.core.exceptions.ResourceNotFoundError, "was not found")
        other = azure_key_vault_key(stores.azure_client(rsa.id, "wrong-token"), rsa.certificate, CHAIN)
        refused(folder, other, azure.core.exceptions.ClientAuthenticationError, "no token")
        unlike = OPEN["azure-key-vault"](rsa.id, curve.certificate)
        refused(folder, unlike, azure.core.exceptions.HttpResponseError, "incompatible: RSA and ES256")
        away = azure_key_vault_key(stores.azure_client(re.sub(r":\d+/", f":{closed_port()}/", rsa.id)), rsa.certificate, CHAIN)
        refused(folder, away, azure.core.exceptions.ServiceRequestError, "refused")
        edwards = OPEN["azure-key-vault"](rsa.id, made("vault", "ed25519").certificate)
        refused(folder, edwards, RustpdfError, "Azure Key Vault does not sign by ed25519")
        with pytest.raises(RustpdfError, match="`key`"):
            edwards.public_key()

    def test_vault(self, folder: Folder) -> None:
        rsa, curve = made("vault", "rsa-2048"), made("vault", "ecdsa-p256")
        refused(folder, OPEN["vault"]("no-key", rsa.certificate), hvac.exceptions.InvalidRequest, "not found")
        other = OPEN["vault"](rsa.id, rsa.certificate, token="wrong-token")
        refused(folder, other, hvac.exceptions.Forbidden, "permission denied|invalid token")
        refused(folder, OPEN["vault"](rsa.id, rsa.certificate, mount="elsewhere"), hvac.exceptions.InvalidPath, "no handler")
        refused(folder, OPEN["vault"](rsa.id, rsa.certificate, version=7), hvac.exceptions.InternalServerError, "version")
        refused(folder, OPEN["vault"](rsa.id, curve.certificate), RustpdfError, "signature", recorded="signed")
        away = OPEN["vault"](rsa.id, rsa.certificate, address=f"http://127.0.0.1:{closed_port()}")
        refused(folder, away, requests.exceptions.ConnectionError, "refused")

    def test_a_sealed_vault(self, folder: Folder) -> None:
        with stores.sealable_vault() as (client, unseal):
            client.secrets.transit.create_key(name="own", key_type="ecdsa-p256")
            key = vault_key("own", client=client)
            own = rustpdf.self_signed("CN=Own", key.public_key(), key)
            key = vault_key("own", own.der, client=client)
            rustpdf.sign(PDF, signer=key)
            client.sys.seal()
            refused(folder, key, hvac.exceptions.VaultDown, "sealed")
            with pytest.raises(hvac.exceptions.VaultDown):
                key.public_key()
            jobs = [rustpdf.Job(PDF, folder.at(f"{number}.pdf")) for number in range(3)]
            errors = [outcome.error for outcome in rustpdf.sign_many(jobs, signer=key) if outcome.status == "failed"]
            assert [type(error) for error in errors] == [hvac.exceptions.VaultDown] * 3
            unseal()
            rustpdf.sign(PDF, signer=key)

    def test_a_certificate_that_is_not_of_the_key(self, folder: Folder) -> None:
        for store in OPEN:
            one = next(key for key in keys_of(store) if "2048" in key.kind)
            refused(folder, OPEN[store](one.id, certificate()), RustpdfError, "does not verify|signature", recorded="signed")

    def test_the_most_that_a_store_signs(self) -> None:
        request = rustpdf.begin_signing(PDF, certificate=certificate("ed25519")).request
        assert request is not None
        key = aws_kms_key(made("aws-kms", "ECC_NIST_EDW").id, client=stores.kms())
        assert len(key.sign(bytes(4096), request)) == 64
        with pytest.raises(RustpdfError, match="at most 4096 bytes by ed25519, and there are 4097"):
            key.sign(bytes(4097), request)


@pytest.fixture(scope="module")
def token() -> Iterator[None]:
    """The tokens `signers` and `other`."""
    with softhsm():
        yield


def token_key(key: str | None = None, **given: Any) -> Any:
    """A key in the token `signers`."""
    return pkcs11_key(key=key, **{"module": MODULE, "token": "signers", "pin": PIN, **given})


@pytest.mark.usefixtures("token")
class TestPkcs11:
    @pytest.mark.parametrize("name", ["rsa", "p256", "p384", "p521", "ed25519"])
    def test_every_kind_of_key_by_each_of_its_algorithms(self, name: str, folder: Folder) -> None:
        algorithms: list[Any] = [(None, None)]
        if name == "rsa":
            algorithms = [(scheme, f"sha{bits}") for scheme in ("rsa-pkcs1", "rsa-pss") for bits in (256, 384, 512)]
        signed = []
        with token_key(name) as key:
            for scheme, digest in algorithms:
                path = folder.at(f"{scheme}-{digest}.pdf")
                report = rustpdf.sign_file(PDF, path, signer=key, signature_algorithm=scheme, digest_algorithm=digest).report
                keep("pkcs11", name, path, report)
                if name != "ed25519":
                    openssl_verify(Path(path).read_bytes())
                signed.append(path)
            assert public_key_of(key) == private_key(name).public_key()
            check_request(folder, key)
        if name != "ed25519":
            assert pdfsig(Path(signed[-1]).read_bytes()) == 1
        pyhanko(signed)

    def test_certificate_and_issuers_come_from_the_token(self) -> None:
        with token_key("p256") as key:
            assert key.certificate == certificate("p256")  # not the older one of the same key
            assert key.chain == [certificate("issuing"), certificate("root")]
            assert key.key_id == "pkcs11:token=signers;object=p256;id=%02"
        with token_key("p256", certificate=b"own", chain=b"issuers") as key:
            assert (key.certificate, key.chain) == (b"own", b"issuers")
        with token_key("p256", chain=b"issuers") as key:
            assert (key.certificate, key.chain) == (certificate("p256"), b"issuers")
        with token_key("always") as key:
            assert key.certificate is None
            with pytest.raises(RustpdfError, match="the certificate is missing"):
                rustpdf.sign(PDF, signer=key)

    def test_by_a_uri(self, folder: Folder) -> None:
        source = folder.write("pin file", f"{PIN}\r\nanother line\n".encode())
        where = f"?module-path={MODULE}&pin-source=file:{source.replace(' ', '%20')}&vendor=x"
        for path in ("token=signers;object=p256", "token=signers;id=%02;type=private", "token=%73igners;object=p256;id=%02"):
            with pkcs11_key(f"pkcs11:{path}{where}") as key:
                openssl_verify(rustpdf.sign(PDF, signer=key).pdf)
        with pkcs11_key("pkcs11:token=signers", module=MODULE, pin=PIN, key="02") as key:
            openssl_verify(rustpdf.sign(PDF, signer=key).pdf)
        serial = pkcs11.lib(MODULE).get_token(token_label="signers").serial.decode()
        with pkcs11_key(f"pkcs11:serial={serial};object=p256{where}") as key:
            assert key.certificate == certificate("p256")

    @pytest.mark.parametrize(
        ("uri", "found"),
        [
            ("token=signers", "begin with pkcs11:"),
            ("pkcs11:token", "without name and value"),
            ("pkcs11:tokn=signers", "unknown attribute 'tokn'"),
            ("pkcs11:token=a;token=b", "two attributes token"),
            ("pkcs11:token=%ff", "not UTF-8"),
            ("pkcs11:type=public", "not name a private key"),
            ("pkcs11:token=signers?pin-value=pin-of-the-token", "contains a PIN"),
            ("pkcs11:token=signers?pin-source=%7Ccommand", "is not a file"),
            ("pkcs11:token=signers?pin-source=https://localhost/pin", "is not a file"),
            ("pkcs11:token=signers?pin-source=/dev/null", "empty line"),
        ],
    )
    def test_a_uri_that_cannot_be_used(self, uri: str, found: str) -> None:
        with pytest.raises(RustpdfError, match=found) as caught:
            pkcs11_key(uri, module=MODULE)
        assert caught.value.code == "ERR_PKCS11_URI"
        assert PIN not in shown(caught.value)

    @pytest.mark.parametrize(
        "given",
        [
            {"module": None},
            {"uri": 5},
            {"uri": "pkcs11:token=signers"},
            {"uri": f"pkcs11:?module-path={MODULE}"},
            {"uri": "pkcs11:object=rsa", "key": "rsa"},
            {"pin": 1234},
            {"pin": lambda: b"1234"},
        ],
    )
    def test_arguments_that_are_refused(self, given: dict[str, Any]) -> None:
        with pytest.raises(RustpdfError) as caught:
            token_key(**given)
        assert caught.value.code == "ERR_ARGUMENT"

    def test_a_pin_for_each_signature(self) -> None:
        asked = []

        def pin() -> str:
            asked.append(1)
            return PIN

        with token_key("always", pin=pin) as key:
            own = rustpdf.self_signed("CN=Always", key.public_key(), key)
            rustpdf.sign(PDF, signer=key, certificate=own.der)
        assert len(asked) == 3  # to log in, and for each of two signatures
        pins = iter([PIN, "wrong-pin", PIN])
        with token_key("always", pin=lambda: next(pins)) as key:
            with pytest.raises(pkcs11.PinIncorrect):
                rustpdf.sign(PDF, signer=key, certificate=own.der)
            rustpdf.sign(PDF, signer=key, certificate=own.der)  # by another PIN
        with token_key("always", signing_pin=PIN) as key:
            outcomes = rustpdf.sign_many([rustpdf.Job(PDF, None)] * 8, signer=key, certificate=own.der, in_flight=4)
            assert [outcome.status for outcome in outcomes] == ["signed"] * 8

    def test_several_threads(self, folder: Folder) -> None:
        jobs = [rustpdf.Job(PDF, folder.at(f"{number}.pdf")) for number in range(20)]
        with token_key("p256") as key:
            assert {outcome.status for outcome in rustpdf.sign_many(jobs, signer=key, in_flight=8)} == {"signed"}
        for number in range(20):
            openssl_verify(folder.read(f"{number}.pdf"))

    def test_several_keys_in_several_threads(self) -> None:
        """Before the calls were one after the other, the module crashed."""

        def sign(number: int) -> None:
            with token_key(("rsa", "p256", "p384", "p521")[number % 4]) as key:
                for _ in range(4):
                    rustpdf.sign(PDF, signer=key)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(sign, range(40)))

    def test_keys_of_a_token_share_the_login(self) -> None:
        first, second = token_key("rsa"), token_key("p256")
        first.close()
        first.close()
        openssl_verify(rustpdf.sign(PDF, signer=second).pdf)
        second.close()
        with pytest.raises(pkcs11.PinIncorrect):  # nobody is logged in any more
            token_key("rsa", pin="wrong-pin")
        with pkcs11.lib(MODULE).get_token(token_label="signers").open(user_pin=PIN), token_key("p256") as third:
            openssl_verify(rustpdf.sign(PDF, signer=third).pdf)

    def test_a_key_that_requires_no_login(self) -> None:
        with token_key("open", pin=None) as key:
            own = rustpdf.self_signed("CN=Open", key.public_key(), key)
            rustpdf.sign(PDF, signer=key, certificate=own.der)
            with token_key("p256") as second:  # its PIN is used, though there is a session already
                openssl_verify(rustpdf.sign(PDF, signer=second).pdf)

    @pytest.mark.parametrize(
        ("given", "kind"),
        [
            ({"pin": "wrong-pin"}, pkcs11.PinIncorrect),
            ({"key": "rsa", "pin": None}, pkcs11.NoSuchKey),
            ({"key": "absent"}, pkcs11.NoSuchKey),
            ({"key": "ff"}, pkcs11.NoSuchKey),
            ({}, pkcs11.MultipleObjectsReturned),
            ({"token": "absent"}, pkcs11.NoSuchToken),
            ({"token": None}, pkcs11.MultipleTokensReturned),
            ({"token": "other"}, pkcs11.NoSuchKey),
            ({"serial": "0"}, pkcs11.NoSuchToken),
            ({"module": "/nowhere.so"}, pkcs11.PKCS11Error),
        ],
    )
    def test_what_the_token_refuses(self, given: dict[str, Any], kind: type[BaseException]) -> None:
        with pytest.raises(kind) as caught:
            token_key(**given)
        for secret in SECRETS:
            assert secret not in shown(caught.value)
        with token_key("p256") as key:  # nothing is left locked
            assert key.certificate == certificate("p256")

    def test_a_locked_pin(self, folder: Folder) -> None:
        with stores.locking_module() as module:
            with token_key("always", module=module, signing_pin="wrong-pin", certificate=certificate()) as key:
                for kind in (*[pkcs11.PinIncorrect] * 3, pkcs11.PinLocked):
                    refused(folder, key, kind, kind.__name__)
            for pin in (PIN, "wrong-pin"):
                with pytest.raises(pkcs11.PinLocked) as caught:
                    token_key("rsa", module=module, pin=pin)
                assert not any(secret in shown(caught.value) for secret in SECRETS)
        with token_key("rsa") as key:
            openssl_verify(rustpdf.sign(PDF, signer=key).pdf)

    def test_faults_of_a_signature(self, folder: Folder) -> None:
        with token_key("rsa", certificate=certificate("p256")) as key:
            refused(folder, key, pkcs11.PKCS11Error, "Inconsistent|Invalid|GeneralError")
        with token_key("rsa", certificate=(PKI / "stranger.der").read_bytes()) as key:
            refused(folder, key, RustpdfError, "signature", recorded="signed")
        with token_key("always", signing_pin="wrong-pin", certificate=certificate()) as key:
            refused(folder, key, pkcs11.PinIncorrect, "PinIncorrect")
        key = token_key("rsa")
        key.close()
        refused(folder, key, pkcs11.PKCS11Error, "Handle|Logged")


class TestKeysOfCryptography:
    @pytest.mark.parametrize("name", ["rsa", "p256", "p384", "p521"])
    def test_of_every_kind(self, name: str, folder: Folder) -> None:
        key = cryptography_key(private_key(name), certificate(name), CHAIN)
        openssl_verify(rustpdf.sign(PDF, signer=key).pdf)
        assert public_key_of(key) == private_key(name).public_key()
        check_request(folder, key)
        with pytest.raises(RustpdfError):
            rustpdf.sign(PDF, signer=cryptography_key(private_key("ed25519"), certificate(name), CHAIN))

    def test_one_that_wraps_a_store(self) -> None:
        one = made("azure-key-vault", "RSA 2048")
        key = cryptography_key(stores.azure_client(one.id).create_rsa_private_key(), one.certificate, CHAIN)
        openssl_verify(rustpdf.sign(PDF, signer=key, signature_algorithm="rsa-pss").pdf)
        assert public_key_of(key).public_numbers() == leaf(one).public_key().public_numbers()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("module", "extra", "make"),
    [
        ("boto3", "aws-kms", lambda: aws_kms_key("key")),
        ("google.cloud.kms_v1", "google-kms", lambda: google_kms_key("key")),
        ("azure.keyvault.keys.crypto", "azure-key-vault", lambda: azure_key_vault_key(None)),
        ("hvac", "vault", lambda: vault_key("key")),
        ("pkcs11", "pkcs11", lambda: pkcs11_key()),
    ],
)
def test_a_library_that_is_not_installed(module: str, extra: str, make: Callable[[], StoreKey], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=re.escape(f"pip install 'rustpdf[{extra}]'")):
        make()


def test_no_library_is_loaded_before_it_is_used() -> None:
    libraries = {"azure", "boto3", "cryptography", "google", "hvac", "pkcs11"}
    script = f"import rustpdf.keystores, sys; sys.exit(sorted({libraries} & sys.modules.keys()) or None)"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_each_store_of_the_table_has_its_adapter() -> None:
    assert KEY_STORES.keys() - {"web-crypto", "key-object"} == {*OPEN, "pkcs11"}


def test_a_request_without_a_digest_info_is_refused() -> None:
    """Only a caller can make one. The bare digest must not be signed."""
    request = SigningRequest(data=b"", digest=bytes(32), digest_algorithm="sha256", signature_algorithm="rsa-pkcs1")
    with pytest.raises(RustpdfError, match="has no DigestInfo"):
        question("pkcs11", b"", request)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch, token: None) -> Callable[[str], dict[str, Any]]:  # noqa: ARG001
    """Names that the examples of a store use: its keys, their certificates, and its clients."""
    for name, value in {
        "AWS_ENDPOINT_URL_KMS": stores.kms().meta.endpoint_url,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(google.cloud.kms_v1, "KeyManagementServiceClient", stores.google)

    def of(store: str) -> dict[str, Any]:
        own: dict[str, Any] = {"rustpdf": rustpdf, "pdf": PDF, "chain": CHAIN, **vars(rustpdf.keystores)}
        key = {"aws-kms": "ECC", "google-kms": "EC", "azure-key-vault": "EC", "vault": "ecdsa"}.get(store)
        one = None if key is None else made(store, key)
        if one is not None:
            own["certificate"] = one.certificate
        match store:
            case "aws-kms":
                assert one is not None
                stores.kms().create_alias(AliasName="alias/contracts", TargetKeyId=one.id)
            case "google-kms":
                assert one is not None
                own |= {"key": one.id.removesuffix("/cryptoKeyVersions/1"), "key_version": one.id}
            case "azure-key-vault":
                assert one is not None
                client: Any = partial(CryptographyClient, **stores.azure_arguments())
                own |= {"key_id": one.id, "CryptographyClient": client, "DefaultAzureCredential": stores.Credential}
                own["credential"] = stores.Credential()
            case "vault":
                stores.transit().create_key(name="contracts", key_type="ecdsa-p256")
                signer = OPEN["vault"]("contracts")
                own |= {"certificate": rustpdf.self_signed("CN=Contracts", signer.public_key(), signer).der, "chain": None}
                own |= {"address": stores.vault_address(), "token": VAULT_TOKEN}
            case "pkcs11":
                own |= {"module": MODULE, "pin": PIN}
            case "cryptography":
                own |= {"pem": (PKI / "rsa.key").read_bytes(), "password": None, "load_pem_private_key": load_pem_private_key}
                own |= {"certificate": certificate(), "private_key": private_key()}
        return own

    return of


FUNCTIONS = {
    "aws-kms": "aws_kms_key",
    "google-kms": "google_kms_key",
    "azure-key-vault": "azure_key_vault_key",
    "vault": "vault_key",
    "pkcs11": "pkcs11_key",
    "cryptography": "cryptography_key",
}


@pytest.mark.parametrize("store", FUNCTIONS)
def test_the_example_of_a_docstring_and_that_of_the_readme(store: str, names: Callable[[str], dict[str, Any]]) -> None:
    own = names(store)
    function = getattr(rustpdf.keystores, FUNCTIONS[store])
    example = doctest.DocTestParser().get_doctest(inspect.getdoc(function) or "", own, store, None, 0)
    runner = doctest.DocTestRunner()
    runner.run(example, clear_globs=False)
    assert (runner.summarize(verbose=False).failed, len(example.examples) > 0) == (0, True)
    documents = [example.globs["signed"].pdf]
    (block,) = re.findall(r"^```python3\n(.*?)^```", (ROOT / "bindings/python/README.md").read_text(), re.M | re.S)
    lines = [line for line in block.splitlines() if not line.startswith("signer =") or f" {FUNCTIONS[store]}(" in line]
    assert len([line for line in lines if line.startswith("signer =")]) == 1
    exec("\n".join(lines), own)
    documents.append(own["signed"].pdf)
    if store == "pkcs11":
        own["signer"].close()
    for document in documents:
        if store == "vault":
            assert len(rustpdf.inspect(document).signatures) == 1  # its certificate is its own root
        else:
            openssl_verify(document)


def test_every_adapter_has_an_example_and_short_sentences() -> None:
    public = [getattr(rustpdf.keystores, name) for name in rustpdf.keystores.__all__]
    assert {one.__name__ for one in public if inspect.isfunction(one)} == set(FUNCTIONS.values())
    texts = [inspect.getdoc(one) or "" for one in public]
    assert all(texts)
    sentences = [sentence for text in texts for sentence in re.split(r"[.?]\s+|\n\n|\n- ", text) if len(sentence.split()) > 1]
    assert sum(len(sentence.split()) for sentence in sentences) / len(sentences) < 15
