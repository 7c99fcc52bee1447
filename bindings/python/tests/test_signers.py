"""Signers as values: with a certificate, as keys and certificates of `cryptography`, and as the keys of Azure's package are made."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from typing import Any

import pytest
import rustpdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from rustpdf import Signer, SigningRequest

from .conftest import Folder
from .support.pdf import make_pdf
from .support.pki import CHAIN, MOMENT, PKI, certificate, never, private_key, rsa_sign, signer
from .support.verify import openssl_verify, pdfsig

PDF = make_pdf()


def expected() -> bytes:
    return rustpdf.sign_with(PDF, certificate(), signer(), chain=CHAIN, **MOMENT)


def x509_certificate(name: str = "rsa") -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate(name))


class VaultKey(rsa.RSAPrivateKey):
    """A key like Azure's `KeyVaultRSAPrivateKey`: only `sign` works, and it refuses `Prehashed`."""

    def __init__(self) -> None:
        self._key: rsa.RSAPrivateKey = private_key()
        self.asked: list[tuple[padding.AsymmetricPadding, hashes.HashAlgorithm]] = []

    def sign(self, data: Any, padding: padding.AsymmetricPadding, algorithm: Any) -> bytes:
        if isinstance(algorithm, Prehashed):
            raise ValueError("`Prehashed` algorithms are unsupported. Please provide a `HashAlgorithm` instead.")
        self.asked.append((padding, algorithm))
        digest = hashes.Hash(algorithm)
        digest.update(data)
        return self._key.sign(digest.finalize(), padding, Prehashed(algorithm))

    def public_key(self) -> rsa.RSAPublicKey:
        raise AssertionError("asked for a public key")

    @property
    def key_size(self) -> int:
        raise ValueError("Key material could not be obtained from Key Vault.")

    def decrypt(self, *_: Any) -> bytes:
        raise NotImplementedError

    def private_numbers(self) -> rsa.RSAPrivateNumbers:
        raise ValueError("Key material could not be obtained from Key Vault.")

    def private_bytes(self, *_: Any) -> bytes:
        raise ValueError("Key material could not be obtained from Key Vault.")

    def __copy__(self) -> VaultKey:
        return self

    def __deepcopy__(self, _: Any) -> VaultKey:
        return self


class TestKeysOfCryptography:
    @pytest.mark.parametrize("name", ["rsa", "p256", "p384", "p521"])
    def test_of_every_kind(self, name: str) -> None:
        signed = rustpdf.sign(PDF, signer=private_key(name), certificate=x509_certificate(name), chain=CHAIN)
        openssl_verify(signed.pdf)

    def test_ed25519(self) -> None:
        signed = rustpdf.sign(PDF, signer=private_key("ed25519"), certificate=x509_certificate("ed25519"), chain=CHAIN)
        assert signed.report.signature_algorithm == "ed25519"

    @pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
    @pytest.mark.parametrize("algorithm", ["rsa-pkcs1", "rsa-pss"])
    def test_schemes_and_digests_of_the_request(self, algorithm: Any, digest: Any) -> None:
        signed = rustpdf.sign(
            PDF,
            signer=private_key(),
            certificate=certificate(),
            chain=CHAIN,
            signature_algorithm=algorithm,
            digest_algorithm=digest,
        )
        assert (signed.report.signature_algorithm, signed.report.digest_algorithm) == (algorithm, digest)
        assert pdfsig(signed.pdf) == 1

    def test_in_every_call_that_takes_a_signer(self) -> None:
        key = private_key()
        assert rustpdf.sign_with(PDF, certificate(), key, chain=CHAIN, **MOMENT) == expected()
        assert asyncio.run(rustpdf.sign_with_async(PDF, certificate(), key, chain=CHAIN, **MOMENT)) == expected()
        one = Signer(certificate(), key, CHAIN)
        assert rustpdf.sign(PDF, signer=one, **MOMENT).pdf == expected()
        assert asyncio.run(rustpdf.sign_async(PDF, signer=one, **MOMENT)).pdf == expected()
        assert rustpdf.sign_in_turn(PDF, [one], **MOMENT).pdf == expected()
        assert PDF + rustpdf.sign_file(PDF, None, signer=one, **MOMENT).update == expected()

    def test_of_another_kind_than_the_certificate(self) -> None:
        for name, words in (("p256", "an RSA key"), ("ed25519", "an RSA key")):
            with pytest.raises(rustpdf.RustpdfError, match=words) as caught:
                rustpdf.sign(PDF, signer=private_key(name), certificate=certificate(), chain=CHAIN)
            assert caught.value.code == "ERR_ARGUMENT"
        with pytest.raises(rustpdf.RustpdfError, match="a key of an elliptic curve"):
            rustpdf.sign(PDF, signer=private_key(), certificate=certificate("p256"), chain=CHAIN)

    @pytest.mark.parametrize("algorithm", ["rsa-pkcs1", "rsa-pss"])
    def test_a_key_in_a_vault(self, algorithm: Any) -> None:
        key = VaultKey()
        signed = rustpdf.sign(PDF, signer=key, certificate=certificate(), chain=CHAIN, signature_algorithm=algorithm)
        openssl_verify(signed.pdf)
        ((used, algorithm_used),) = key.asked
        assert algorithm_used.name == "sha256"
        assert isinstance(used, padding.PSS if algorithm == "rsa-pss" else padding.PKCS1v15)
        if isinstance(used, padding.PSS):
            assert used._salt_length == 32

    def test_a_key_that_is_no_subclass(self) -> None:
        class Key:
            sign = staticmethod(private_key().sign)
            public_key = staticmethod(private_key().public_key)

        openssl_verify(rustpdf.sign(PDF, signer=Key(), certificate=certificate(), chain=CHAIN).pdf)


class TestCertificatesOfCryptography:
    def test_wherever_a_certificate_goes(self) -> None:
        own, chain = x509_certificate(), x509.load_pem_x509_certificates(CHAIN)
        assert rustpdf.sign_with(PDF, own, signer(), chain=chain, **MOMENT) == expected()
        mixed: list[rustpdf.Certificate] = [chain[0], (PKI / "root.pem").read_text()]
        assert rustpdf.sign_with(PDF, own, signer(), chain=mixed, **MOMENT) == expected()
        session = rustpdf.begin_signing(PDF, certificate=own, chain=chain, **MOMENT)
        assert session.request is not None
        assert session.complete_with_signature(rsa_sign(session.request.data)) == expected()
        resumed = rustpdf.resume_unsealed(session.serialize_unsealed(), PDF, certificate=own, chain=chain)
        assert resumed.request == replace(session.request, field_name=None)  # without a seal it can be forged

    def test_one_issuer_alone(self) -> None:
        (issuing, _) = x509.load_pem_x509_certificates(CHAIN)
        for chain in (issuing, [issuing], (issuing,)):
            report = rustpdf.sign(PDF, signer=signer(), certificate=certificate(), chain=chain, on_warnings=lambda _: None).report
            assert [warning.code for warning in report.warnings] == []

    def test_what_is_none(self) -> None:
        wrong: Any
        for wrong in (private_key().public_key(), x509_certificate().subject, 7, object()):
            with pytest.raises(rustpdf.RustpdfError, match=r"must be bytes, text or an x509\.Certificate") as caught:
                rustpdf.sign(PDF, signer=signer(), certificate=wrong)
            assert caught.value.code == "ERR_ARGUMENT"

    def test_the_package_does_not_import_cryptography(self) -> None:
        program = (
            "import sys, rustpdf; rustpdf.sign_with(sys.stdin.buffer.read(), open(sys.argv[1], 'rb').read(), lambda _: bytes(256),"
            " options={'check_signature': False}, on_warnings=print); sys.exit('cryptography' in sys.modules or 'asyncio' in sys.modules)"
        )
        subprocess.run([sys.executable, "-c", program, str(PKI / "rsa.der")], input=PDF, check=True, capture_output=True)


class TestSignersWithACertificate:
    def test_a_value_of_the_caller(self) -> None:
        @dataclass
        class Token:
            certificate: bytes
            chain: bytes

            def sign(self, data: bytes, request: SigningRequest) -> bytes:
                return signer()(data, request)

        token = Token(certificate(), CHAIN)
        assert rustpdf.sign(PDF, signer=token, **MOMENT).pdf == expected()
        assert rustpdf.sign_in_turn(PDF, [token], **MOMENT).pdf == expected()
        session = rustpdf.begin_signing(PDF, certificate=token.certificate, chain=token.chain, **MOMENT)
        assert session.request is not None
        assert session.complete_with_signature(token.sign(session.request.data, session.request)) == expected()

    def test_whose_sign_takes_the_data_alone_or_comes_later(self) -> None:
        class Plain:
            certificate = certificate()
            chain = CHAIN

            def sign(self, data: bytes) -> bytes:
                return rsa_sign(data)

        class Later(Plain):
            async def sign(self, data: bytes, request: SigningRequest) -> bytes:  # type: ignore[override]
                await asyncio.sleep(0)
                return signer()(data, request)

        assert rustpdf.sign(PDF, signer=Plain(), **MOMENT).pdf == expected()
        assert asyncio.run(rustpdf.sign_async(PDF, signer=Later(), **MOMENT)).pdf == expected()
        with pytest.raises(rustpdf.RustpdfError, match="the signer is asynchronous"):
            rustpdf.sign(PDF, signer=Later(), **MOMENT)  # type: ignore[call-overload]

    def test_that_is_callable_or_has_a_public_key_as_well(self) -> None:
        class Token:
            certificate = certificate()
            chain = CHAIN

            def __call__(self, data: bytes) -> bytes:
                raise AssertionError(data)

            def public_key(self) -> None:
                raise AssertionError

            def sign(self, data: bytes, request: SigningRequest) -> bytes:
                return signer()(data, request)

        assert rustpdf.sign(PDF, signer=Token(), **MOMENT).pdf == expected()

    def test_certificate_and_chain_of_the_call_come_first(self) -> None:
        other = Signer(certificate("stranger"), signer(), (PKI / "stranger.pem").read_bytes())
        assert rustpdf.sign(PDF, signer=other, certificate=certificate(), chain=CHAIN, **MOMENT).pdf == expected()
        without = rustpdf.sign(PDF, signer=other, certificate=certificate(), on_warnings=lambda _: None).report
        assert [warning.code for warning in without.warnings] == ["WARN_CHAIN_INCOMPLETE"]

    def test_the_dataclass(self) -> None:
        one = Signer(certificate(), signer(), CHAIN, options={"reason": "of the signer", "location": "there"})
        assert b"(of the signer)" in rustpdf.sign(PDF, signer=one).pdf
        signed = rustpdf.sign(PDF, signer=one, reason="of the call").pdf
        assert b"(of the call)" in signed
        assert b"(there)" in signed
        for options in ({"reason": "of the call"}, rustpdf.SigningOptions(reason="of the call")):
            signed = rustpdf.sign(PDF, signer=one, options=options).pdf
            assert (b"(of the call)" in signed, b"(of the signer)" in signed, b"(there)" in signed) == (True, False, True)
        request = rustpdf.begin_signing(PDF, certificate=certificate()).request
        assert request is not None
        for key in (signer(), rsa_sign, private_key()):
            assert Signer(certificate(), key).sign(request.data, request) == rsa_sign(request.data)

    def test_algorithms_of_its_key_fill_in_those_that_a_call_does_not_have(self, folder: Folder) -> None:
        @dataclass
        class PssKey:
            certificate: bytes
            chain: bytes
            options: Any

            def sign(self, data: bytes, request: SigningRequest) -> bytes:
                return signer()(data, request)

        key = PssKey(certificate(), CHAIN, {"signature_algorithm": "rsa-pss", "digest_algorithm": "sha512"})
        path, out = folder.write("in.pdf", PDF), folder.at("out.pdf")

        def many(job: rustpdf.Job, **options: Any) -> Any:
            (outcome,) = rustpdf.sign_many([job], signer=key, replace=True, **options)
            assert outcome.status == "signed"
            return outcome.signed.report

        async def many_async() -> Any:
            async for outcome in rustpdf.sign_many_async([rustpdf.Job(path, out)], signer=key, replace=True):
                return outcome.signed.report  # type: ignore[union-attr]
            return None

        def later(session: Any) -> Any:
            return session.request

        run = asyncio.run
        sha512 = [
            rustpdf.sign(PDF, signer=key, digest_algorithm=None).report,
            rustpdf.sign(PDF, signer=key, options=rustpdf.SigningOptions(reason="x")).report,
            rustpdf.sign(PDF, signer=key, options={"digest_algorithm": None}).report,
            run(rustpdf.sign_async(PDF, signer=key)).report,
            rustpdf.sign_in_turn(PDF, [key]).reports[0],
            run(rustpdf.sign_in_turn_async(PDF, [key])).reports[0],
            rustpdf.sign_file(path, None, signer=key).report,
            run(rustpdf.sign_file_async(path, None, signer=key)).report,
            rustpdf.sign_file_in_turn(path, None, [key]).reports[0],
            run(rustpdf.sign_file_in_turn_async(path, None, [key])).reports[0],
            many(rustpdf.Job(path, out)),
            many(rustpdf.Job(path, out, options=rustpdf.SigningOptions(reason="x")), reason="y"),
            run(many_async()),
            later(rustpdf.begin_signing(PDF, signer=key)),
            later(run(rustpdf.begin_signing_async(PDF, signer=key))),
            later(rustpdf.begin_signing_file(path, signer=key)),
            later(run(rustpdf.begin_signing_file_async(path, signer=key))),
            rustpdf.begin_signing_many([path], signer=key).requests[0],
            run(rustpdf.begin_signing_many_async([path], signer=key)).requests[0],
        ]
        assert {(one.signature_algorithm, one.digest_algorithm) for one in sha512} == {("rsa-pss", "sha512")}
        sha256 = [
            rustpdf.sign(PDF, signer=key, digest_algorithm="sha256").report,
            rustpdf.sign(PDF, signer=key, options={"digest_algorithm": "sha256"}).report,
            rustpdf.sign_file(path, None, signer=key, options=rustpdf.SigningOptions(digest_algorithm="sha256")).report,
            many(rustpdf.Job(path, out), digest_algorithm="sha256"),
            many(rustpdf.Job(path, out, options={"digest_algorithm": "sha256"})),
            later(rustpdf.begin_signing(PDF, signer=key, digest_algorithm="sha256")),
        ]
        assert {(one.signature_algorithm, one.digest_algorithm) for one in sha256} == {("rsa-pss", "sha256")}
        with pytest.raises(rustpdf.RustpdfError, match="reasom"):
            rustpdf.sign(PDF, signer=PssKey(certificate(), CHAIN, {"reasom": "x"}))

    def test_in_two_phases_it_gives_its_certificate_and_is_not_asked(self, folder: Folder) -> None:
        one = Signer(certificate(), never, CHAIN)
        session = rustpdf.begin_signing(PDF, signer=one, **MOMENT)
        assert session.request is not None
        assert session.complete_with_signature(rsa_sign(session.request.data)) == expected()
        resumed = rustpdf.resume_unsealed(session.serialize_unsealed(), PDF, signer=one)
        assert resumed.complete_with_signature(rsa_sign(session.request.data)) == expected()
        path = folder.write("in.pdf", PDF)
        batch = rustpdf.begin_signing_many([path], signer=one)
        again = rustpdf.resume_unsealed_many(batch.serialize_unsealed(), [path], signer=one)
        assert [request.data for request in again.requests] == [request.data for request in batch.requests]
        with pytest.raises(rustpdf.RustpdfError, match="the certificate is missing"):
            rustpdf.begin_signing(PDF, signer=never)  # type: ignore[arg-type]

    def test_one_that_blocks_is_called_in_a_thread_by_coroutines(self) -> None:
        @dataclass
        class Blocking:
            blocking: bool
            certificate: bytes = certificate()
            chain: bytes = CHAIN

            def sign(self, data: bytes) -> bytes:
                threads.append(threading.current_thread())
                return rsa_sign(data)

        threads: list[threading.Thread] = []
        for blocking in (True, False):
            asyncio.run(rustpdf.sign_async(PDF, signer=Blocking(blocking)))
            rustpdf.sign(PDF, signer=Blocking(blocking))
        main = threading.main_thread()
        assert [thread is main for thread in threads] == [False, True, True, True]

    @pytest.mark.parametrize(
        "call",
        [
            lambda: rustpdf.sign(PDF, signer=never),  # type: ignore[call-overload]
            lambda: rustpdf.sign_with(PDF, None, never),  # type: ignore[arg-type]
            lambda: rustpdf.sign_in_turn(PDF, [never]),  # type: ignore[list-item]
            lambda: rustpdf.sign_many([], signer=never),  # type: ignore[call-overload]
        ],
    )
    def test_no_certificate_at_all(self, call: Any) -> None:
        with pytest.raises(rustpdf.RustpdfError, match="the certificate is missing; ") as caught:
            call()
        assert caught.value.code == "ERR_ARGUMENT"

    @pytest.mark.parametrize("by", [None, 42, b"signature", object()])
    def test_no_signer_at_all(self, by: Any) -> None:
        with pytest.raises(rustpdf.RustpdfError, match="the signer must be a function, a private key or an object with `sign`"):
            rustpdf.sign(PDF, signer=by, certificate=certificate())
