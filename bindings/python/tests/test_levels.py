"""Levels above B-B, extension and document timestamps, against real services."""

from __future__ import annotations

import asyncio
import pickle
import threading
import warnings
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import rustpdf
from cryptography import x509
from rustpdf import (
    ExtensionOptions,
    HttpRequest,
    HttpResponse,
    Level,
    MemoryCache,
    RustpdfError,
    SigningOptions,
    SigningRequest,
    TimestampOptions,
    TimestampService,
    ValidationOptions,
)

from .conftest import Folder
from .support.pdf import make_pdf
from .support.pki import KEY, ROOT
from .support.services import LOCAL, Services, sent, services
from .support.verify import last_signature

PDF = make_pdf()
LEVELS: list[Level] = ["B-T", "B-LT", "B-LTA"]


class Key:
    """A signer that counts how often it is asked."""

    def __init__(self, name: str = "rsa") -> None:
        own = services().signer(name)
        self.certificate, self.chain, self._own = own.certificate, own.chain, own
        self.count = 0

    def sign(self, data: bytes, request: SigningRequest) -> bytes:
        self.count += 1
        return self._own.sign(data, request)


@pytest.fixture
def tsa() -> Services:
    return services()


class TestSigning:
    @pytest.mark.parametrize("level", LEVELS)
    @pytest.mark.parametrize("name", ["rsa", "ec", "p384", "ed25519"])
    def test_in_memory(self, tsa: Services, level: Level, name: str) -> None:
        signed = rustpdf.sign(PDF, signer=tsa.signer(name), options=tsa.options(level), http=LOCAL)
        assert signed.pdf.startswith(PDF)
        assert signed.report.level == level
        assert [stamp.of_document for stamp in signed.report.timestamps or ()] == [False, True][: 2 if level == "B-LTA" else 1]
        assert (signed.report.validation is not None) == (level != "B-T")
        assert signed.report.renew_before is not None

    def test_with(self, tsa: Services) -> None:
        signer = tsa.signer()
        signed = rustpdf.sign_with(
            PDF, signer.certificate, signer.key, chain=signer.chain, options=tsa.options("B-LTA"), http=LOCAL, cache=MemoryCache()
        )
        assert signed.startswith(PDF)

    def test_options_in_every_form(self, tsa: Services) -> None:
        roots = [tsa.certificate("root"), tsa.certificate("tsaroot")]
        objects = [x509.load_der_x509_certificate(root) for root in roots]
        pem = "".join(Path(tsa._facts["certs"], f"{name}.cert.pem").read_text() for name in ("root", "tsaroot"))
        service: dict[str, Any] = {"url": tsa.tsa(), "headers": {}}
        forms: list[Any] = [
            {"level": "B-LT", "timestamp": TimestampOptions(services=[TimestampService(url=tsa.tsa())]), "validation": {"trust": roots}},
            {"level": "B-LT", "timestamp": {"services": [service]}, "validation": ValidationOptions(trust=objects)},
            {"level": "B-LT", "timestamp": {"services": [service], "digest_algorithm": "sha256"}, "validation": {"trust": [pem]}},
            {"level": "B-LT", "timestamp": {"services": [service]}, "validation": {"trust": pem.encode(), "max_crl": 1_000_000}},
        ]
        for form in forms:
            assert rustpdf.sign(PDF, signer=tsa.signer(), http=LOCAL, **form).report.level == "B-LT", form
            assert rustpdf.sign(PDF, signer=tsa.signer(), http=LOCAL, options=form).report.level == "B-LT", form
            assert (
                rustpdf.sign(PDF, signer=tsa.signer(), http=LOCAL, options=SigningOptions(**{**form, **_typed(form)})).report.level
                == "B-LT"
            )

    def test_files_and_many(self, tsa: Services, folder: Folder) -> None:
        folder.write("in.pdf", PDF)
        signed = rustpdf.sign_file(folder.at("in.pdf"), folder.at("out.pdf"), signer=tsa.signer(), options=tsa.options("B-LTA"), http=LOCAL)
        assert signed.report.level == "B-LTA"
        assert folder.read("out.pdf") == PDF + signed.update
        jobs = [rustpdf.Job(folder.at("in.pdf"), folder.at(f"{number}.pdf")) for number in range(4)]
        with tsa.rules() as log:
            outcomes = [*rustpdf.sign_many(jobs, signer=tsa.signer(), options=tsa.options("B-LTA"), http=LOCAL, in_flight=1)]
            asked = [one["path"] for one in log()]
        assert [outcome.status for outcome in outcomes] == ["signed"] * 4
        others = [path for path in asked if "/tsa/" not in path]
        assert len(others) == len(set(others))
        assert len(asked) == len(others) + 8

    def test_in_turn(self, tsa: Services) -> None:
        first = rustpdf.Signer(*_parts(tsa.signer()), options=tsa.options("B-T"))
        second = rustpdf.Signer(*_parts(tsa.signer("ec")), options=tsa.options("B-LTA"))
        signed = rustpdf.sign_in_turn(PDF, [first, second], http=LOCAL)
        assert [report.level for report in signed.reports] == ["B-T", "B-LTA"]

    def test_in_turn_each_has_services_of_its_own(self, tsa: Services, folder: Folder) -> None:
        first = rustpdf.Signer(*_parts(tsa.signer()), options=tsa.options("B-T"))
        second = rustpdf.Signer(*_parts(tsa.signer("ec")), options=tsa.options("B-LTA", tsa.tsa(name="ec")))
        folder.write("in.pdf", PDF)
        with tsa.rules() as log:
            rustpdf.sign_file_in_turn(folder.at("in.pdf"), folder.at("out.pdf"), [first, second], http=LOCAL)
            stamps = [one["path"] for one in log() if "/tsa/" in one["path"]]
        assert stamps == ["/ltv/tsa/tsa", "/ltv/tsa/ec", "/ltv/tsa/ec"]
        # The session has the services of the signer that failed.
        broken = rustpdf.Signer(*_parts(tsa.signer()), options=tsa.options("B-T", tsa.tsa("status=500")))
        for signers in ([broken, second], [first, broken]):
            with pytest.raises(RustpdfError) as raised:
                rustpdf.sign_in_turn(PDF, signers, http=LOCAL)
            session = rustpdf.unfinished_session(raised.value)
            assert session is not None
            assert session._kept.services == tsa.options("B-T", tsa.tsa("status=500")).timestamp.services  # type: ignore[union-attr]

    def test_coroutines(self, tsa: Services, folder: Folder) -> None:
        async def http(request: HttpRequest) -> HttpResponse:
            await asyncio.sleep(0)
            return await asyncio.to_thread(sent, request)

        async def main() -> list[Level | None]:
            signer, options = tsa.signer(), tsa.options("B-LTA")
            folder.write("in.pdf", PDF)
            reports = [
                (await rustpdf.sign_async(PDF, signer=signer, options=options, http=http)).report,
                (await rustpdf.sign_async(PDF, signer=signer, options=options, http=LOCAL)).report,
                (
                    await rustpdf.sign_file_async(folder.at("in.pdf"), folder.at("out.pdf"), signer=signer, options=options, http=http)
                ).report,
            ]
            return [report.level for report in reports]

        assert asyncio.run(main()) == ["B-LTA"] * 3

    def test_the_callers_client_replaces_ours(self, tsa: Services) -> None:
        seen: list[HttpRequest] = []

        def http(request: HttpRequest) -> HttpResponse:
            seen.append(request)
            return sent(request)

        with_ours, with_theirs = (rustpdf.sign(PDF, signer=tsa.signer(), options=tsa.options("B-LT"), http=each) for each in (LOCAL, http))
        assert with_ours.report.level == with_theirs.report.level
        assert len(seen) == len(with_theirs.report.requests or ()) == len(with_ours.report.requests or ())


class TestFailures:
    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            ("wrong-nonce", "ERR_TIMESTAMP_MISMATCH"),
            ("wrong-imprint", "ERR_TIMESTAMP_MISMATCH"),
            ("other-hash", "ERR_TIMESTAMP_MISMATCH"),
            ("rejected=badAlg", "ERR_TIMESTAMP_REJECTED"),
            ("waiting", "ERR_TIMESTAMP_REJECTED"),
            ("html", "ERR_TIMESTAMP_INVALID"),
            ("empty", "ERR_TIMESTAMP_INVALID"),
            ("endless", "ERR_TIMESTAMP_UNAVAILABLE"),
            ("cut=10", "ERR_TIMESTAMP_UNAVAILABLE"),
            ("reset", "ERR_TIMESTAMP_UNAVAILABLE"),
            ("status=500", "ERR_TIMESTAMP_UNAVAILABLE"),
        ],
    )
    def test_a_timestamp_service_that_fails(self, tsa: Services, fault: str, code: str) -> None:
        key = Key()
        with pytest.raises(RustpdfError) as raised:
            rustpdf.sign(PDF, signer=key, options=tsa.options("B-T", tsa.tsa(fault)), http=LOCAL)
        assert (raised.value.code, key.count) == (code, 1)
        assert isinstance(rustpdf.unfinished_session(raised.value), rustpdf.Session)
        assert tsa.base not in str(raised.value)
        # The next of the list is asked.
        signed = rustpdf.sign(PDF, signer=key, options=tsa.options("B-T", tsa.tsa(fault), tsa.tsa()), http=LOCAL)
        assert (signed.report.timestamps or ())[0].service == 1

    def test_it_is_never_silent(self, tsa: Services) -> None:
        with pytest.warns(rustpdf.SigningWarning, match="WARN_LEVEL_LOWER"):
            pdf = rustpdf.sign_with(
                PDF,
                *_parts(tsa.signer())[:2],
                chain=tsa.signer().chain,
                options=tsa.options("B-T", tsa.tsa("status=500"), minimum_level="B-B"),
                http=LOCAL,
            )
        assert pdf.startswith(PDF)

        def on_warnings(warnings: list[rustpdf.Warning]) -> None:
            seen.extend(warnings)
            if any(warning.code == "WARN_LEVEL_LOWER" for warning in warnings):
                raise KeyError("too late")

        seen: list[rustpdf.Warning] = []
        options = tsa.options("B-T", tsa.tsa("status=500"), minimum_level="B-B")
        report = rustpdf.sign(PDF, signer=tsa.signer(), options=options, http=LOCAL, on_warnings=on_warnings).report
        assert (report.level, seen) == ("B-B", [*report.warnings])

    def test_private_networks_are_not_asked_by_default(self, tsa: Services) -> None:
        """Certificates of these services name this machine. The timestamp service is the caller's."""
        with tsa.rules() as log:
            assert rustpdf.sign(PDF, signer=tsa.signer(), options=tsa.options("B-T")).report.level == "B-T"
            with pytest.raises(RustpdfError) as raised:
                rustpdf.sign(PDF, signer=tsa.signer(), options=tsa.options("B-LT"))
            assert {one["path"] for one in log()} == {"/ltv/tsa/tsa"}
        assert raised.value.code == "ERR_REVOCATION_UNAVAILABLE"

    def test_a_revoked_certificate_is_found_before_the_key_is_asked(self, tsa: Services) -> None:
        """If an answer is at hand. Else it is found when the proofs are collected, and nothing is written."""
        key = Key("revoked")
        with pytest.raises(RustpdfError) as raised:
            rustpdf.sign(PDF, signer=key, options=tsa.options("B-LT"), http=LOCAL)
        assert raised.value.code == "ERR_CERTIFICATE_REVOKED"
        own, key.count = tsa.options("B-LT"), 0
        lists = [Path(tsa._facts["static"], "crls/whole/issuing.crl").read_bytes()]
        with pytest.raises(RustpdfError) as raised:
            rustpdf.sign(PDF, signer=key, level="B-LT", timestamp=own.timestamp, validation=tsa.validation(crls=lists), http=LOCAL)
        assert (raised.value.code, key.count) == ("ERR_CERTIFICATE_REVOKED", 0)

    @pytest.mark.parametrize(
        ("options", "code"),
        [
            ({"level": "B-X"}, "ERR_OPTION_VALUE"),
            ({"level": "B-T"}, "ERR_TIMESTAMP_SERVICE"),
            ({"level": "B-T", "pades": False}, "ERR_LEVEL"),
            ({"level": "B-T", "timestamp": {"services": [{"url": "ftp://secret/"}]}}, "ERR_OPTION_VALUE"),
            ({"level": "B-T", "timestamp": {"services": [{"url": "http://a/", "headers": {"A": "secret\r\nB: c"}}]}}, "ERR_OPTION_VALUE"),
            ({"level": "B-T", "timestamp": {"services": [{"url": "http://a/", "headers": ["secret"]}]}}, "ERR_OPTION_VALUE"),
            ({"level": "B-T", "timestamp": {"services": "http://secret/"}}, "ERR_ARGUMENT"),
            ({"level": "B-T", "timestamp": {"services": [{}]}}, "ERR_ARGUMENT"),
            ({"level": "B-T", "timestamp": {"service": []}}, "ERR_OPTION_UNKNOWN"),
            ({"validation": {"trusted": []}}, "ERR_OPTION_UNKNOWN"),
            ({"validation": {"trust": [5]}}, "ERR_ARGUMENT"),
            ({"validation": {"online": "yes"}}, "ERR_OPTION_VALUE"),
        ],
    )
    def test_wrong_options(self, options: Any, code: str) -> None:
        key = Key()
        with pytest.raises(RustpdfError) as raised:
            rustpdf.sign(PDF, signer=key, options=options)
        assert (raised.value.code, key.count) == (code, 0)
        assert "secret" not in str(raised.value)

    def test_the_callers_exception_is_unchanged(self, tsa: Services) -> None:
        mine, key = RuntimeError("mine"), Key()

        def http(_: HttpRequest) -> HttpResponse:
            raise mine

        with pytest.raises(RuntimeError) as raised:
            rustpdf.sign(PDF, signer=key, options=tsa.options("B-T"), http=http)
        assert raised.value is mine
        session = rustpdf.unfinished_session(mine)
        assert isinstance(session, rustpdf.Session)
        assert session.advance(http=LOCAL).startswith(PDF)
        assert key.count == 1

    def test_a_cancelled_task_leaves_a_session(self, tsa: Services) -> None:
        key = Key()

        async def main() -> BaseException:
            signing = asyncio.ensure_future(rustpdf.sign_async(PDF, signer=key, options=tsa.options("B-T", tsa.tsa("delay=9")), http=LOCAL))
            while key.count == 0:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            signing.cancel()
            try:
                await signing
            except asyncio.CancelledError as cancelled:
                return cancelled
            raise AssertionError("it was not cancelled")

        session = rustpdf.unfinished_session(asyncio.run(main()))
        assert isinstance(session, rustpdf.Session)
        assert session.advance(services=[{"url": tsa.tsa()}]).startswith(PDF)
        assert key.count == 1

    def test_a_file_stays_as_it_was_and_its_session_goes_on(self, tsa: Services, folder: Folder) -> None:
        key = Key("ec")
        folder.write("in.pdf", PDF)
        with pytest.raises(RustpdfError) as raised:
            rustpdf.sign_file(
                folder.at("in.pdf"), folder.at("in.pdf"), signer=key, options=tsa.options("B-LTA", tsa.tsa("reset")), http=LOCAL
            )
        assert (folder.read("in.pdf"), folder.names()) == (PDF, ["in.pdf"])
        session = rustpdf.unfinished_session(raised.value)
        assert isinstance(session, rustpdf.FileSession)
        assert (session.state, session.level, session.is_signed) == ("toTimestamp", "B-LTA", True)
        resumed = rustpdf.resume_signing_file(session.serialize(KEY), folder.at("in.pdf"), KEY)
        signed = resumed.advance(folder.at("in.pdf"), services=[{"url": tsa.tsa()}], http=LOCAL)
        assert (folder.read("in.pdf"), key.count, signed.report.level) == (PDF + signed.update, 1, "B-LTA")
        (first, second) = rustpdf.inspect(folder.at("in.pdf")).signatures
        assert (first.level, second.sub_filter) == ("B-LTA", "ETSI.RFC3161")

    def test_a_job_that_fails_has_a_session(self, tsa: Services, folder: Folder) -> None:
        """A run that is repeated by its ledger would ask the key again; the session does not."""
        key = Key()
        job = rustpdf.Job(folder.write("in.pdf", PDF), folder.at("out.pdf"))
        options = tsa.options("B-T", tsa.tsa("status=500"))
        (outcome,) = rustpdf.sign_many([job], signer=key, options=options, http=LOCAL, ledger=folder.at("ledger"))
        assert outcome.status == "failed"
        session = rustpdf.unfinished_session(outcome.error)
        assert isinstance(session, rustpdf.FileSession)
        assert session.advance(folder.at("out.pdf"), services=[{"url": tsa.tsa()}]).report.level == "B-T"
        assert key.count == 1
        more = [rustpdf.Job(folder.at("in.pdf"), folder.at(f"{number}.pdf")) for number in range(2)]
        for expected in ("signed", "skipped"):
            outcomes = rustpdf.sign_many(more, signer=key, options=tsa.options("B-T"), http=LOCAL, ledger=folder.at("ledger"))
            assert [one.status for one in outcomes] == [expected] * 2
        assert key.count == 3

    def test_a_caller_stops_it(self, tsa: Services, folder: Folder) -> None:
        stop, key = threading.Event(), Key()
        path = folder.write("in.pdf", PDF)

        def progress(progress: rustpdf.Progress) -> None:
            if progress.phase == "http":
                threading.Timer(0.1, stop.set).start()

        watching: Any = {"cancelled": stop, "on_progress": progress, "http": LOCAL}
        with pytest.raises(rustpdf.SigningCancelled) as raised:
            rustpdf.sign_file(path, path, signer=key, options=tsa.options("B-T", tsa.tsa("delay=9")), **watching)
        assert (folder.read("in.pdf"), folder.names()) == (PDF, ["in.pdf"])
        session = rustpdf.unfinished_session(raised.value)
        assert isinstance(session, rustpdf.FileSession)
        assert session.advance(path, services=[{"url": tsa.tsa()}]).report.level == "B-T"
        stop.clear()
        with pytest.raises(rustpdf.SigningCancelled):
            rustpdf.extend_file(
                path, path, level="B-LTA", timestamp={"services": [{"url": tsa.tsa("delay=9")}]}, validation=tsa.validation(), **watching
            )
        assert key.count == 1


class TestSessions:
    @pytest.mark.parametrize("level", LEVELS)
    def test_two_phases(self, tsa: Services, level: Level, folder: Folder) -> None:
        signer, options = tsa.signer(), tsa.options(level)
        own: Any = {"certificate": signer.certificate, "chain": signer.chain, "options": options, "http": LOCAL}
        session = rustpdf.begin_signing(PDF, **own)
        assert session.request is not None
        assert (session.state, session.level, session.is_signed) == ("toSign", level, False)
        signature = signer.sign(session.request.data, session.request)
        assert session.complete_with_signature(signature).startswith(PDF)
        assert session.report.level == level
        assert asyncio.run(session.complete_with_signature_async(signature)).startswith(PDF)
        folder.write("in.pdf", PDF)
        prepared = rustpdf.begin_signing_file(folder.at("in.pdf"), **own)
        assert prepared.request is not None
        signature = signer.sign(prepared.request.data, prepared.request)
        assert prepared.complete_with_signature(signature, folder.at("out.pdf")).report.level == level

    def test_it_waits_and_goes_on_elsewhere(self, tsa: Services, folder: Folder) -> None:
        """A session is saved at the timestamp, and again at the revocation data. The key is asked once."""
        key = Key()
        with pytest.raises(RustpdfError) as raised:
            rustpdf.sign(PDF, signer=key, options=tsa.options("B-LTA", tsa.tsa("status=500")), http=LOCAL)
        waiting = rustpdf.unfinished_session(raised.value)
        assert isinstance(waiting, rustpdf.Session)
        assert (waiting.state, waiting.level, waiting.is_signed, waiting.request) == ("toTimestamp", "B-LTA", True, None)
        saved = waiting.serialize(KEY)
        assert tsa.base.encode() not in saved[:64]

        session = rustpdf.resume_signing(saved, PDF, KEY)
        assert (session.state, session.level) == ("toTimestamp", "B-LTA")
        with pytest.raises(RustpdfError) as raised:
            session.advance(http=LOCAL)
        assert raised.value.code == "ERR_TIMESTAMP_SERVICE"
        with pytest.raises(RustpdfError) as raised:  # timestamps are to be had, but no proofs
            session.advance(services=[TimestampService(url=tsa.tsa())])
        assert raised.value.code == "ERR_REVOCATION_UNAVAILABLE"
        waiting = rustpdf.unfinished_session(raised.value)
        assert isinstance(waiting, rustpdf.Session)
        assert (waiting.state, waiting.is_signed) == ("toValidate", True)

        saved = waiting.serialize(KEY)
        folder.write("in.pdf", PDF)
        later = rustpdf.resume_signing_file(saved, folder.at("in.pdf"), KEY)
        signed = later.advance(folder.at("out.pdf"), services=[{"url": tsa.tsa()}], http=LOCAL)
        assert (signed.report.level, key.count) == ("B-LTA", 1)
        assert asyncio.run(later.advance_async(folder.at("again.pdf"), services=[{"url": tsa.tsa()}], http=LOCAL)).report.level == "B-LTA"

    def test_no_saved_session_has_a_secret(self, tsa: Services) -> None:
        service = TimestampService(url=tsa.tsa("status=500") + "?secret", headers={"Authorization": "Bearer secret"})
        with pytest.raises(RustpdfError) as raised:
            rustpdf.sign(PDF, signer=Key(), level="B-T", timestamp={"services": [service]}, http=LOCAL)
        session = rustpdf.unfinished_session(raised.value)
        assert session is not None
        assert b"secret" not in session.serialize(KEY) + session._live + repr((raised.value, session.report)).encode()
        assert b"secret" not in pickle.dumps(raised.value)

    def test_many_sessions(self, tsa: Services, folder: Folder) -> None:
        for name in ("a.pdf", "b.pdf"):
            folder.write(name, PDF)
        signer = tsa.signer()
        batch = rustpdf.begin_signing_many(
            [folder.at("a.pdf"), folder.at("b.pdf")],
            certificate=signer.certificate,
            chain=signer.chain,
            options=tsa.options("B-LT"),
            http=LOCAL,
        )
        signatures = [signer.sign(request.data, request) for request in batch.requests]
        outcomes = [*batch.complete_with_signatures(signatures, [folder.at("c.pdf"), folder.at("d.pdf")])]
        assert [outcome.status for outcome in outcomes] == ["signed", "signed"]

    def test_many_sessions_wait(self, tsa: Services, folder: Folder) -> None:
        paths = [folder.write(name, PDF) for name in ("a.pdf", "b.pdf")]
        key = Key("ec")
        own: Any = {"certificate": key.certificate, "chain": key.chain, "http": LOCAL}
        saved = rustpdf.begin_signing_many(paths, options=tsa.options("B-LTA"), **own).serialize(KEY)
        batch = rustpdf.resume_signing_many(saved, paths, KEY)
        signatures = [key.sign(request.data, request) for request in batch.requests]
        failing: Any = {"services": [{"url": tsa.tsa("status=500")}], "http": LOCAL}
        for outcome in batch.complete_with_signatures(signatures, paths, **failing):
            assert outcome.status == "failed"
            session = rustpdf.unfinished_session(outcome.error)
            assert isinstance(session, rustpdf.FileSession)
            assert session.state == "toTimestamp"
        outcomes = batch.complete_with_signatures(signatures, paths, services=[{"url": tsa.tsa()}], http=LOCAL)
        assert [outcome.status for outcome in outcomes] == ["signed"] * 2
        assert key.count == 2
        assert [rustpdf.inspect(path).signatures[0].level for path in paths] == ["B-LTA"] * 2

    def test_a_container_of_a_service_gets_its_timestamp(self, tsa: Services) -> None:
        signer, options = tsa.signer(), tsa.options("B-T", tsa.tsa("status=500"))
        moment: Any = {"signing_time": datetime.now(timezone.utc), "entropy": bytes(32), "container_size": 40_000}
        plain = rustpdf.begin_signing(PDF, certificate=signer.certificate, chain=signer.chain, **moment)
        assert plain.request is not None
        container = last_signature(plain.complete_with_signature(signer.sign(plain.request.data, plain.request))).container
        session = rustpdf.begin_signing(PDF, level="B-T", timestamp=options.timestamp, **moment)
        assert (session.state, session.request) == ("toSign", None)
        with pytest.raises(RustpdfError) as raised:
            session.complete(container)
        waiting = rustpdf.unfinished_session(raised.value)
        assert isinstance(waiting, rustpdf.Session)
        assert waiting.state == "toTimestamp"
        assert rustpdf.inspect(waiting.advance(services=[{"url": tsa.tsa()}])).signatures[0].level == "B-T"

    def test_one_of_an_encrypted_document_needs_its_password(self, tsa: Services) -> None:
        pdf, key = (ROOT / "tests/vectors/documents/encrypted-user-aes-128.pdf").read_bytes(), Key()
        options: Any = {"level": "B-LTA", "validation": tsa.validation(), "password": "user"}
        with pytest.raises(RustpdfError) as raised:
            rustpdf.sign(pdf, signer=key, timestamp={"services": [{"url": tsa.tsa("status=500")}]}, http=LOCAL, **options)
        waiting = rustpdf.unfinished_session(raised.value)
        assert isinstance(waiting, rustpdf.Session)
        services: Any = {"services": [{"url": tsa.tsa()}], "http": LOCAL}
        assert waiting.advance(**services).startswith(pdf)
        session = rustpdf.resume_signing(waiting.serialize(KEY), pdf, KEY)
        with pytest.raises(RustpdfError) as raised:
            session.advance(**services)
        assert raised.value.code == "ERR_PASSWORD_MISSING"
        signed = session.advance(password="user", **services)
        assert rustpdf.inspect(signed, password="user").signatures[0].level == "B-LTA"
        assert key.count == 1

    def test_one_without_a_seal_is_refused(self, tsa: Services) -> None:
        session = rustpdf.begin_signing(PDF, certificate=tsa.certificate("rsa"), options=tsa.options("B-T"))
        with pytest.raises(RustpdfError, match="sealed"):
            session.serialize_unsealed()


class TestStrangers:
    """Certificates name servers, and a stranger may have made them. Private networks are permitted here."""

    @pytest.mark.parametrize(
        "location",
        ["http://169.254.169.254/latest", "http://us:pw@127.0.0.1/", "file:///etc/passwd", "ldap://127.0.0.1/", "http://[fe80::1]/"],
    )
    def test_a_redirection_is_checked(self, tsa: Services, location: str) -> None:
        with (
            tsa.rules({"path": "/ltv/crls/", "fault": f"redirect={location}"}),
            pytest.raises(RustpdfError, match="its address is not a public one") as raised,
        ):
            rustpdf.sign(PDF, signer=tsa.signer("crl-only"), options=tsa.options("B-LT"), http=LOCAL)
        assert raised.value.code == "ERR_REVOCATION_UNAVAILABLE"

    @pytest.mark.parametrize("name", ["user-info", "link-local", "file-only"])
    def test_an_odd_address_of_a_certificate(self, tsa: Services, name: str) -> None:
        with tsa.rules() as log, pytest.raises(RustpdfError) as raised:
            rustpdf.sign(PDF, signer=tsa.signer(name), options=tsa.options("B-LT"), http=LOCAL)
        assert raised.value.code == "ERR_REVOCATION_UNAVAILABLE"
        assert not any("/ocsp/issuing" in one["path"] for one in log())

    def test_a_host_is_permitted_by_its_name(self, tsa: Services) -> None:
        signed = rustpdf.sign(PDF, signer=tsa.signer(), options=tsa.options("B-LT"), http={"allowed_hosts": ["127.0.0.1"]})
        assert signed.report.level == "B-LT"


class TestExtension:
    @pytest.mark.parametrize("level", LEVELS)
    def test_to_a_level(self, tsa: Services, level: Level) -> None:
        signed = rustpdf.sign(PDF, signer=tsa.signer(), options=SigningOptions()).pdf
        own = tsa.options(level)
        extended = rustpdf.extend(signed, level=level, timestamp=own.timestamp, validation=own.validation, http=LOCAL)
        assert extended.pdf.startswith(signed)
        assert [(one.before, one.level) for one in extended.report.signatures or ()] == [("B-B", level)]
        options = ExtensionOptions(level=level, timestamp=own.timestamp, validation=own.validation)
        assert asyncio.run(rustpdf.extend_async(signed, options=options, http=LOCAL)).report.level == level

    def test_a_renewal_in_place(self, tsa: Services, folder: Folder) -> None:
        folder.write("a.pdf", rustpdf.sign(PDF, signer=tsa.signer(), options=tsa.options("B-LTA"), http=LOCAL).pdf)
        own = tsa.options("B-LTA")
        keywords: Any = {"timestamp": own.timestamp, "validation": own.validation, "http": LOCAL}
        before = folder.read("a.pdf")
        renewed = rustpdf.extend_file(folder.at("a.pdf"), folder.at("a.pdf"), **keywords)
        assert folder.read("a.pdf") == before + renewed.update
        assert renewed.report.level == "B-LTA"
        assert asyncio.run(rustpdf.extend_file_async(folder.at("a.pdf"), folder.at("b.pdf"), **keywords)).report.revisions == 1

    def test_a_timestamp_alone(self, tsa: Services, folder: Folder) -> None:
        folder.write("a.pdf", PDF)
        keywords: Any = {"timestamp": {"services": [{"url": tsa.tsa()}]}, "http": LOCAL}
        stamped = rustpdf.timestamp(PDF, **keywords)
        assert stamped.pdf.startswith(PDF)
        assert [one.of_document for one in stamped.report.timestamps or ()] == [True]
        assert asyncio.run(rustpdf.timestamp_async(PDF, **keywords)).report.revisions == 1
        assert rustpdf.timestamp_file(folder.at("a.pdf"), folder.at("a.pdf"), **keywords).report.revisions == 1
        assert asyncio.run(rustpdf.timestamp_file_async(folder.at("a.pdf"), None, **keywords)).update != b""

    def test_a_broken_signature(self, tsa: Services) -> None:
        signed = rustpdf.sign(PDF, signer=tsa.signer()).pdf
        at = signed.index(b"/MediaBox") + 11
        broken = signed[:at] + b"9" + signed[at + 1 :]
        with pytest.raises(RustpdfError) as raised:
            rustpdf.extend(broken, level="B-T", timestamp={"services": [{"url": tsa.tsa()}]}, http=LOCAL)
        assert raised.value.code == "ERR_SIGNATURE_BROKEN"
        with pytest.raises(RustpdfError) as raised:
            rustpdf.extend(PDF, level="B-T", timestamp={"services": [{"url": tsa.tsa()}]})
        assert raised.value.code == "ERR_SIGNATURE_MISSING"

    def test_wrong_keywords(self) -> None:
        with pytest.raises(TypeError, match=r"extend.*reason"):
            rustpdf.extend(PDF, reason="x")  # type: ignore[call-arg]
        with pytest.raises(RustpdfError) as raised:
            rustpdf.extend(PDF, options=SigningOptions())  # type: ignore[arg-type]
        assert raised.value.code == "ERR_ARGUMENT"
        with pytest.raises(RustpdfError) as raised:
            rustpdf.timestamp(PDF)
        assert raised.value.code == "ERR_TIMESTAMP_SERVICE"
        with pytest.raises(RustpdfError) as raised:
            rustpdf.extend_many([], renew_before=datetime(2030, 1, 1))  # noqa: DTZ001 (that is the fault)
        assert raised.value.code == "ERR_ARGUMENT"
        (outcome,) = rustpdf.extend_many([PDF], level="B-T", timestamp={"services": [{"url": "http://a/"}]})  # type: ignore[list-item]
        assert outcome.status == "failed"


class TestManyExtensions:
    """An archive of three documents that have a signature, and one that has none."""

    SOON, LATE = datetime.now(timezone.utc), datetime(2090, 1, 1, tzinfo=timezone.utc)

    @pytest.fixture
    def jobs(self, tsa: Services, folder: Folder) -> list[rustpdf.ExtendJob]:
        signed = rustpdf.sign(PDF, signer=tsa.signer("ec")).pdf
        paths = [folder.write(f"{number}.pdf", signed) for number in range(3)] + [folder.write("plain.pdf", PDF)]
        return [rustpdf.ExtendJob(path, path) for path in paths]

    def keywords(self, tsa: Services, **others: Any) -> Any:
        own = tsa.options("B-LTA")
        return {"level": "B-LTA", "timestamp": own.timestamp, "validation": own.validation, "http": LOCAL, **others}

    def statuses(self, outcomes: Iterable[rustpdf.ExtendOutcome]) -> list[str]:
        return [outcome.status for outcome in sorted(outcomes, key=lambda outcome: outcome.index)]

    def test_an_archive_is_renewed_in_time(self, tsa: Services, folder: Folder, jobs: list[rustpdf.ExtendJob]) -> None:
        keywords = self.keywords(tsa, renew_before=self.SOON)
        with tsa.rules() as log:
            outcomes = [*rustpdf.extend_many(jobs, in_flight=4, **keywords)]
            lists = [one["path"] for one in log() if "/crls/" in one["path"]]
        assert self.statuses(outcomes) == ["extended"] * 3 + ["failed"]
        assert len(lists) == len(set(lists))
        info = rustpdf.inspect(folder.at("0.pdf"))
        assert (info.signatures[0].level, info.renew_before is not None) == ("B-LTA", True)
        lengths = [len(folder.read(f"{number}.pdf")) for number in range(3)]
        with tsa.rules() as log:
            assert self.statuses(rustpdf.extend_many(jobs, **keywords)) == ["skipped"] * 3 + ["failed"]
            assert log() == []
        assert [len(folder.read(f"{number}.pdf")) for number in range(3)] == lengths
        assert self.statuses(rustpdf.extend_many(jobs, **{**keywords, "renew_before": self.LATE})) == ["extended"] * 3 + ["failed"]

    def test_a_ledger(self, tsa: Services, folder: Folder, jobs: list[rustpdf.ExtendJob]) -> None:
        keywords = self.keywords(tsa, ledger=folder.at("ledger"))
        assert self.statuses(rustpdf.extend_many(jobs, **keywords)) == ["extended"] * 3 + ["failed"]
        assert folder.read("ledger").count(b'"renewBefore":"') == 6
        assert self.statuses(rustpdf.extend_many(jobs, **keywords)) == ["skipped"] * 3 + ["failed"]
        again = [*rustpdf.extend_many(jobs[:1], renew_before=self.LATE, **keywords)]
        assert self.statuses(again) == ["extended"]
        assert again[0].job is jobs[0]
        twice = [rustpdf.ExtendJob(jobs[0].input, jobs[0].output, id="same"), rustpdf.ExtendJob(jobs[1].input, None, id="same")]
        assert self.statuses(rustpdf.extend_many(twice, **keywords)) == ["extended", "failed"]

    def test_beside_an_event_loop(self, tsa: Services, folder: Folder, jobs: list[rustpdf.ExtendJob]) -> None:
        async def http(request: HttpRequest) -> HttpResponse:
            return await asyncio.to_thread(sent, request)

        async def later() -> AsyncIterator[rustpdf.ExtendJob]:
            for job in jobs:
                yield rustpdf.ExtendJob(job.input, str(job.output) + ".new", options={"level": "B-T"})

        async def main() -> list[rustpdf.ExtendOutcome]:
            keywords = self.keywords(tsa, http=http)
            return [outcome async for outcome in rustpdf.extend_many_async(later(), **keywords)]

        assert self.statuses(asyncio.run(main())) == ["extended"] * 3 + ["failed"]
        assert rustpdf.inspect(folder.at("1.pdf.new")).signatures[0].level == "B-T"

    def test_a_caller_stops_it(self, tsa: Services, jobs: list[rustpdf.ExtendJob]) -> None:
        stop = threading.Event()
        seen = []
        with pytest.raises(rustpdf.SigningCancelled):
            for outcome in rustpdf.extend_many(jobs, in_flight=1, cancelled=stop, **self.keywords(tsa)):
                seen.append(outcome.status)
                stop.set()
        assert seen == ["extended"]


def test_no_frame_has_a_secret(tsa: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    frames: list[bytes] = []
    machine = rustpdf._core.Machine

    class Watched:
        def __init__(self, start: bytes) -> None:
            frames.append(start)
            self._machine = machine(start)

        def next(self, answer: bytes) -> bytes:
            step: bytes = self._machine.next(answer)
            frames.extend([answer, step])
            return step

    monkeypatch.setattr("rustpdf._machine._core", type("Core", (), {"Machine": Watched}))
    service = TimestampService(url=tsa.tsa() + "?secret", headers={"Authorization": "Bearer secret"})
    with tsa.rules() as log:
        report = rustpdf.sign(PDF, signer=tsa.signer(), level="B-T", timestamp={"services": [service]}, http=LOCAL).report
        assert any("secret" in one["path"] for one in log())
    assert len(frames) > 4
    assert b"secret" not in b"".join(frames)
    assert "secret" not in repr(report)
    assert b"/ltv/tsa/tsa" not in b"".join(frames)


def test_offline_data_needs_no_server_but_the_service(tsa: Services) -> None:
    lists = [Path(path).read_bytes() for path in tsa._facts["crls"]]
    own = tsa.options("B-LT")
    validation = tsa.validation(crls=lists, online=False, certificates=[tsa.certificate("tsaca")])
    with tsa.rules() as log, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = rustpdf.sign(PDF, signer=tsa.signer(), level="B-LT", timestamp=own.timestamp, validation=validation).report
        assert {one["path"] for one in log()} == {"/ltv/tsa/tsa"}
    assert report.level == "B-LT"
    assert report.validation is not None
    assert report.validation.crls > 0


def _parts(signer: rustpdf.Signer[bytes]) -> tuple[Any, Any, Any]:
    return signer.certificate, signer.key, signer.chain


def _typed(form: dict[str, Any]) -> dict[str, Any]:
    """The nested options of a mapping as their classes."""
    timestamp, validation = form["timestamp"], form["validation"]
    if isinstance(timestamp, dict):
        timestamp = TimestampOptions(**{**timestamp, "services": [TimestampService(**one) for one in timestamp["services"]]})
    if isinstance(validation, dict):
        validation = ValidationOptions(**validation)
    return {"timestamp": timestamp, "validation": validation}
