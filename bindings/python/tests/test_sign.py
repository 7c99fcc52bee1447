"""Signing in memory: forms of a document, a certificate, a signer; and calls of signers."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import io
import mmap
import tempfile
import warnings
from pathlib import Path
from typing import Any

import pytest
import rustpdf
from rustpdf import SigningOptions, SigningRequest

from .conftest import Folder
from .support.pdf import make_large_pdf, make_pdf
from .support.pki import CHAIN, KEY, MOMENT, PKI, certificate, never, rsa_sign, signer
from .support.verify import last_signature, openssl_verify, pdfsig

PDF = make_pdf(pages=3)


def expected(pdf: bytes) -> bytes:
    return rustpdf.sign_with(pdf, certificate(), signer(), chain=CHAIN, **MOMENT)


def test_the_literal_calls() -> None:
    """As the project's front page has them."""
    pdf, cert_der, chain = PDF, certificate(), CHAIN

    def hsm_sign(data: bytes) -> bytes:
        return rsa_sign(data)

    opts = rustpdf.SigningOptions(pades=True)
    signed = rustpdf.sign_with(pdf, cert_der, hsm_sign, chain=chain, options=opts)
    openssl_verify(signed)
    session = rustpdf.begin_signing(pdf, certificate=cert_der, chain=chain, options=opts)
    assert len(session.hash) == 32
    assert session.request is not None
    openssl_verify(session.complete_with_signature(hsm_sign(session.request.data)))


@pytest.mark.parametrize("name", ["rsa", "p256", "p384", "p521"])
def test_every_kind_of_key(name: str) -> None:
    signed = rustpdf.sign_with(PDF, certificate(name), signer(name), chain=CHAIN)
    assert signed.startswith(PDF)
    openssl_verify(signed)


def test_a_judge_accepts_it() -> None:
    assert pdfsig(expected(expected(PDF))) == 2


def test_pss() -> None:
    asked: list[SigningRequest] = []

    def sign(data: bytes, request: SigningRequest) -> bytes:
        asked.append(request)
        return signer()(data, request)

    openssl_verify(rustpdf.sign_with(PDF, certificate(), sign, chain=CHAIN, options=SigningOptions(signature_algorithm="rsa-pss")))
    assert (asked[0].signature_algorithm, asked[0].salt_length, asked[0].digest_info) == ("rsa-pss", 32, None)


class TestDocuments:
    @pytest.mark.parametrize("pdf", [PDF, make_large_pdf(3_300_000)], ids=["small", "large"])
    def test_of_every_kind(self, pdf: bytes, folder: Folder) -> None:
        path = folder.write("in.pdf", pdf)
        signed = expected(pdf)
        raw = folder.path.joinpath("in.pdf").open("rb", buffering=0)
        with raw, mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ) as mapped, tempfile.NamedTemporaryFile(dir=folder.path) as temporary:
            temporary.write(pdf)
            in_middle = folder.open("in.pdf", "rb")
            in_middle.seek(100)
            documents: list[Any] = [bytearray(pdf), memoryview(pdf), path, Path(path), in_middle, raw, temporary, io.BytesIO(pdf), mapped]
            for document in documents:
                assert rustpdf.sign_with(document, certificate(), signer(), chain=CHAIN, **MOMENT) == signed, type(document)

    def test_a_file_object_that_reads_little_at_a_time(self) -> None:
        class Slow(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                return super().read(min(size or 0, 1000))

        assert rustpdf.sign_with(Slow(PDF), certificate(), signer(), chain=CHAIN, **MOMENT) == expected(PDF)

    @pytest.mark.parametrize("pdf", [None, 42, [1, 2], {}, object(), io.StringIO("%PDF-1.7")], ids=repr)
    def test_none_at_all(self, pdf: Any) -> None:
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_with(pdf, certificate(), never)
        assert caught.value.code == "ERR_ARGUMENT"

    def test_what_a_file_object_raises(self) -> None:
        class Broken(io.BytesIO):
            def read(self, _size: int | None = -1, /) -> bytes:
                raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            rustpdf.sign_with(Broken(PDF), certificate(), never)

    def test_a_file_object_that_ends_early(self) -> None:
        class Short(io.BytesIO):
            def read(self, _size: int | None = -1, /) -> bytes:
                return b""

        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_with(Short(PDF), certificate(), never)
        assert caught.value.code == "ERR_ANSWER_LENGTH"

    def test_that_are_not_there(self, folder: Folder) -> None:
        with pytest.raises(FileNotFoundError):
            rustpdf.sign_with(folder.at("none.pdf"), certificate(), never)

    def test_of_pages_that_are_not_contiguous(self) -> None:
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_with(memoryview(PDF)[::2], certificate(), never)
        assert caught.value.code == "ERR_ARGUMENT"

    def test_a_buffer_is_free_again(self) -> None:
        pdf = bytearray(PDF)
        rustpdf.sign_with(pdf, certificate(), signer(), chain=CHAIN)
        with pytest.raises(ZeroDivisionError):
            rustpdf.sign_with(pdf, certificate(), lambda _: 1 // 0)  # type: ignore[arg-type]
        pdf.extend(b"more")


class TestCertificates:
    def test_of_every_kind(self) -> None:
        pem = (PKI / "rsa.pem").read_bytes()
        issuers = [(PKI / "issuing.der").read_bytes(), (PKI / "root.pem").read_text()]
        kinds: list[tuple[Any, Any]] = [
            (pem, CHAIN),
            (pem.decode(), CHAIN.decode()),
            (bytearray(certificate()), issuers),
            (certificate(), tuple(issuers)),
        ]
        for own, chain in kinds:
            assert rustpdf.sign_with(PDF, own, signer(), chain=chain, **MOMENT) == expected(PDF)

    @pytest.mark.parametrize(("own", "chain"), [(None, None), (7, None), (certificate(), 7), (certificate(), [None])])
    def test_none_at_all(self, own: Any, chain: Any) -> None:
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_with(PDF, own, never, chain=chain)
        assert caught.value.code == "ERR_ARGUMENT"


class TestSigners:
    """Which arguments a signer gets."""

    def sign(self, by: Any) -> None:
        assert rustpdf.sign_with(PDF, certificate(), by, chain=CHAIN, **MOMENT) == expected(PDF)

    def test_of_one_argument(self) -> None:
        class Token:
            def sign(self, data: bytes) -> bytes:
                return rsa_sign(data)

            def __call__(self, data: bytes, pin: str = "1234") -> bytes:
                assert pin == "1234"
                return rsa_sign(data)

        def keyword(data: bytes, *, pin: str = "1234") -> bytes:
            return Token()(data, pin)

        for by in (lambda data: rsa_sign(data), lambda data, key=rsa_sign: key(data), Token().sign, Token(), keyword, rsa_sign):
            self.sign(by)
        self.sign(functools.partial(lambda key, data: key(data), rsa_sign))

    def test_of_two_arguments(self) -> None:
        key = signer()
        self.sign(lambda data, request: key(data, request))
        self.sign(lambda data, request=None: key(data, request))
        self.sign(lambda message, how, /: key(message, how))
        self.sign(lambda *both: key(*both))
        self.sign(functools.partial(lambda by, data, request: by(data, request), key))

    def test_that_returns_other_bytes(self) -> None:
        key = signer()
        self.sign(lambda data, request: bytearray(key(data, request)))
        self.sign(lambda data, request: memoryview(key(data, request)))

    @pytest.mark.parametrize("by", [None, 42, b"signature"])
    def test_that_is_none(self, by: Any) -> None:
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_with(PDF, certificate(), by)
        assert caught.value.code == "ERR_ARGUMENT"

    @pytest.mark.filterwarnings("error")
    @pytest.mark.parametrize("value", [None, 42, [1], "coroutine"])
    def test_that_returns_nonsense(self, value: Any) -> None:
        async def later(_: bytes) -> bytes:
            return b""

        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_with(PDF, certificate(), later if value == "coroutine" else lambda _: value, chain=CHAIN)  # type: ignore[arg-type]
        assert caught.value.code == ("ERR_ARGUMENT" if value == "coroutine" else "ERR_CALLBACK_RESULT")

    @pytest.mark.parametrize(
        ("value", "code"), [(b"", "ERR_SIGNATURE_EMPTY"), (b"\1" * 256, "ERR_SIGNATURE_MISMATCH"), ("ab" * 256, "ERR_SIGNATURE_TEXT")]
    )
    def test_that_returns_a_wrong_signature(self, value: Any, code: str) -> None:
        with pytest.raises(rustpdf.RustpdfError) as caught:
            rustpdf.sign_with(PDF, certificate(), lambda _: value)
        assert caught.value.code == code

    @pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, StopIteration, GeneratorExit, SystemExit, asyncio.CancelledError])
    def test_that_raises(self, kind: type[BaseException]) -> None:
        mine = kind("the HSM is on fire")

        def sign(_: bytes) -> bytes:
            raise mine

        with pytest.raises(kind) as caught:
            rustpdf.sign_with(PDF, certificate(), sign)
        assert caught.value is mine
        assert caught.traceback[-1].name == "sign"
        assert mine.__cause__ is None
        assert mine.__context__ is None

    def test_that_signs_meanwhile(self) -> None:
        def sign(data: bytes, request: SigningRequest) -> bytes:
            assert expected(PDF) == expected(PDF)
            return signer()(data, request)

        self.sign(sign)


def test_warnings_come_before_the_key_is_asked_and_an_exception_stops_the_signing() -> None:
    codes: list[str] = []

    def stop(warnings: list[rustpdf.Warning]) -> None:
        codes.extend(warning.code for warning in warnings)
        raise ValueError("not without its chain")

    with pytest.raises(ValueError, match="not without its chain"):
        rustpdf.sign_with(PDF, certificate(), never, on_warnings=stop)
    assert codes == ["WARN_CHAIN_INCOMPLETE"]


def test_warnings_that_no_callback_receives_are_warnings_of_python() -> None:
    with pytest.warns(rustpdf.SigningWarning, match="^WARN_CHAIN_INCOMPLETE: ") as caught:
        rustpdf.sign_with(PDF, certificate(), signer())
    (warning,) = caught
    assert isinstance(warning.message, rustpdf.SigningWarning)
    assert (warning.message.code, warning.filename) == ("WARN_CHAIN_INCOMPLETE", __file__)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rustpdf.sign_with(PDF, certificate(), signer(), on_warnings=lambda _: None)
        rustpdf.sign_with(PDF, certificate(), signer(), on_report=lambda _: None)
        with pytest.raises(rustpdf.SigningWarning):
            rustpdf.sign_with(PDF, certificate(), never)


class TestInTurn:
    def test_as_one_call_after_the_other(self) -> None:
        signatories = [rustpdf.Signer(certificate(name), signer(name), CHAIN) for name in ("rsa", "p384", "p521")]
        signed = rustpdf.sign_in_turn(PDF, signatories)
        openssl_verify(signed.pdf)
        assert [report.revision for report in signed.reports] == [2, 3, 4]
        assert [report.digest_algorithm for report in signed.reports] == ["sha256", "sha384", "sha512"]
        assert signed.report is signed.reports[2]

    def test_what_is_wrong_is_refused_before_anybody_signs(self) -> None:
        good = rustpdf.Signer(certificate(), never)
        for bad in (rustpdf.Signer(b"none", never), rustpdf.Signer(certificate(), never, options=SigningOptions(page=0))):
            with pytest.raises(rustpdf.RustpdfError):
                rustpdf.sign_in_turn(PDF, [good, bad])
        none: Any
        for none in (None, {}, [7], good):
            with pytest.raises(rustpdf.RustpdfError) as caught:
                rustpdf.sign_in_turn(PDF, none)
            assert caught.value.code == "ERR_ARGUMENT"


class TestAsync:
    def test_an_awaitable_signer(self) -> None:
        async def sign(data: bytes, request: SigningRequest) -> bytes:
            await asyncio.sleep(0.001)
            return signer()(data, request)

        async def main() -> None:
            assert await rustpdf.sign_with_async(PDF, certificate(), sign, chain=CHAIN, **MOMENT) == expected(PDF)
            assert await rustpdf.sign_with_async(PDF, certificate(), signer(), chain=CHAIN, **MOMENT) == expected(PDF)

        asyncio.run(main())

    def test_more_at_once_than_there_are_threads(self) -> None:
        """The signers use threads as well: nobody may hold one while it waits for a signer."""

        async def sign(data: bytes, request: SigningRequest) -> bytes:
            await everybody.wait()
            return await asyncio.to_thread(signer(), data, request)

        async def main() -> None:
            calls = [rustpdf.sign_with_async(PDF, certificate(), sign, chain=CHAIN, **MOMENT) for _ in range(100)]
            running = asyncio.gather(*calls)
            await asyncio.sleep(0.2)
            everybody.set()
            assert set(await running) == {expected(PDF)}

        everybody = asyncio.Event()
        asyncio.run(asyncio.wait_for(main(), 30))

    def test_the_signer_is_asked_in_the_thread_of_the_loop(self) -> None:
        async def main() -> None:
            loop = asyncio.get_running_loop()

            def sign(data: bytes, request: SigningRequest) -> bytes:
                assert asyncio.get_running_loop() is loop
                return signer()(data, request)

            await rustpdf.sign_with_async(PDF, certificate(), sign, chain=CHAIN)

        asyncio.run(main())

    @pytest.mark.parametrize("kind", [ValueError, StopAsyncIteration])
    def test_what_it_raises(self, kind: type[Exception]) -> None:
        mine = kind("the HSM is on fire")

        async def sign(_: bytes) -> bytes:
            await asyncio.sleep(0)
            raise mine

        with pytest.raises(kind) as caught:
            asyncio.run(rustpdf.sign_with_async(PDF, certificate(), sign))
        assert caught.value is mine

    def test_the_loop_goes_on(self) -> None:
        """While a document is hashed that takes a while."""
        pdf = make_large_pdf(100_000_000)

        async def main() -> float:
            longest = 0.0
            task = asyncio.create_task(rustpdf.begin_signing_async(pdf, certificate=certificate()))
            while not task.done():
                before = asyncio.get_running_loop().time()
                await asyncio.sleep(0.001)
                longest = max(longest, asyncio.get_running_loop().time() - before)
            await task
            return longest

        assert min(asyncio.run(main()) for _ in range(4)) < 0.05

    def test_other_calls(self, folder: Folder) -> None:
        async def main() -> None:
            one = rustpdf.Signer(certificate(), signer(), CHAIN)
            assert (await rustpdf.sign_in_turn_async(PDF, [one], **MOMENT)).pdf == expected(PDF)
            session = await rustpdf.begin_signing_async(PDF, certificate=certificate(), chain=CHAIN, **MOMENT)
            session = await rustpdf.resume_signing_async(session.serialize(KEY), PDF, KEY)
            assert session.request is not None
            signature = signer()(session.request.data, session.request)
            assert session.complete_with_signature(signature) == expected(PDF)
            path = folder.write("in.pdf", PDF)
            await rustpdf.sign_file_async(path, folder.at("out.pdf"), certificate=certificate(), signer=signer(), chain=CHAIN, **MOMENT)
            await rustpdf.sign_file_in_turn_async(path, folder.at("turn.pdf"), [one], **MOMENT)
            file = await rustpdf.begin_signing_file_async(path, certificate=certificate(), chain=CHAIN, **MOMENT)
            file = await rustpdf.resume_signing_file_async(file.serialize(KEY), path, KEY)
            await file.complete_with_signature_async(signature, folder.at("later.pdf"))
            unsealed = file.serialize_unsealed()
            assert file.request is not None
            unnamed = dataclasses.replace(file.request, document_name=None, field_name=None)  # which anybody could have written into it
            assert (await rustpdf.resume_unsealed_async(unsealed, PDF, certificate=certificate(), chain=CHAIN)).request == unnamed
            assert (await rustpdf.resume_unsealed_file_async(unsealed, path, certificate=certificate(), chain=CHAIN)).hash == file.hash
            container = rustpdf.sign_with(PDF, certificate(), signer(), chain=CHAIN, **MOMENT)
            await file.complete_async(last_signature(container).container, path)
            for name in folder.names():
                assert folder.read(name) == expected(PDF)
            assert folder.names() == ["in.pdf", "later.pdf", "out.pdf", "turn.pdf"]

        asyncio.run(main())


def test_a_message_names_options_as_python_spells_them() -> None:
    with pytest.raises(rustpdf.RustpdfError, match=r"^`container_size` ") as caught:
        rustpdf.sign_with(PDF, certificate(), never, chain=CHAIN, options=SigningOptions(container_size=2000))
    assert caught.value.code == "ERR_CONTAINER_SIZE"
    with pytest.raises(rustpdf.RustpdfError, match="`pageNumber`"):  # as the caller spells it
        rustpdf.sign_with(PDF, certificate(), never, options={"pageNumber": 1})
