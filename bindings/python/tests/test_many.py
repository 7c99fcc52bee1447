"""Many documents: by threads, by an event loop, with a ledger, and in two phases."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest
import rustpdf
from rustpdf import Job, JobOutcome, Signer, SigningRequest

from .conftest import Folder
from .support.pdf import make_pdf
from .support.pki import CHAIN, KEY, MOMENT, ROOT, certificate, rsa_sign, signer
from .support.verify import last_signature, openssl_verify

PDF = make_pdf(pages=2)
SIGNER = Signer(certificate(), signer(), CHAIN)
WAYS = pytest.mark.parametrize("asynchronous", [False, True], ids=["threads", "loop"])


def signed() -> bytes:
    return rustpdf.sign(PDF, signer=SIGNER, **MOMENT).pdf


def documents(folder: Folder, count: int) -> list[Job]:
    """Documents in the folder, each to be signed into a new file."""
    return [Job(folder.write(f"{index}.pdf", PDF), folder.at(f"{index}.out")) for index in range(count)]


def run(jobs: Any, asynchronous: bool = False, by: Any = SIGNER, **more: Any) -> list[JobOutcome]:
    """All outcomes, in the order of the jobs."""

    async def main() -> list[JobOutcome]:
        return [outcome async for outcome in rustpdf.sign_many_async(jobs, signer=by, **MOMENT, **more)]

    outcomes = asyncio.run(main()) if asynchronous else [*rustpdf.sign_many(jobs, signer=by, **MOMENT, **more)]
    return sorted(outcomes, key=lambda outcome: outcome.index)


def statuses(outcomes: Iterable[JobOutcome]) -> str:
    return " ".join(outcome.status for outcome in outcomes)


def out(folder: Folder) -> list[str]:
    return [name for name in folder.names() if name.endswith(".out")]


class TestSignMany:
    @WAYS
    def test_signs_each_as_sign_does(self, asynchronous: bool, folder: Folder) -> None:
        jobs = [*documents(folder, 20), Job(PDF, None)]
        outcomes = run(jobs, asynchronous)
        assert [outcome.index for outcome in outcomes] == [*range(21)]
        for job, outcome in zip(jobs, outcomes, strict=True):
            assert isinstance(outcome, rustpdf.JobSigned)
            assert outcome.job is job
            if outcome.index < 20:
                assert folder.read(f"{outcome.index}.out") == signed()
            else:
                assert PDF + outcome.signed.update == signed()
        assert len(folder.names()) == 40

    @WAYS
    def test_a_failure_concerns_its_document_alone(self, asynchronous: bool, folder: Folder) -> None:
        jobs: list[Any] = documents(folder, 6)
        folder.write("2.pdf", b"no PDF")
        os.unlink(folder.at("4.pdf"))
        outcomes = run([*jobs, "no job"], asynchronous)
        assert statuses(outcomes) == "signed signed failed signed failed signed failed"
        errors = [outcome.error for outcome in outcomes if outcome.status == "failed"]
        assert isinstance(errors[0], rustpdf.RustpdfError)
        assert errors[0].code == "ERR_NOT_A_PDF"
        assert isinstance(errors[1], FileNotFoundError)
        assert isinstance(errors[2], rustpdf.RustpdfError)
        assert errors[2].code == "ERR_ARGUMENT"
        assert out(folder) == ["0.out", "1.out", "3.out", "5.out"]

    @pytest.mark.parametrize("in_flight", [1, 5])
    def test_so_many_at_a_time_by_threads(self, in_flight: int, folder: Folder) -> None:
        lock = threading.Lock()
        waiting, most = 0, 0

        def slow(data: bytes, request: SigningRequest) -> bytes:
            nonlocal waiting, most
            with lock:
                waiting += 1
                most = max(most, waiting)
            time.sleep(0.05)
            with lock:
                waiting -= 1
            return signer()(data, request)

        assert statuses(run(documents(folder, 15), by=Signer(certificate(), slow, CHAIN), in_flight=in_flight)) == " ".join(["signed"] * 15)
        assert most == in_flight

    @pytest.mark.parametrize("in_flight", [1, 5])
    def test_so_many_at_a_time_in_a_loop(self, in_flight: int, folder: Folder) -> None:
        waiting, most = 0, 0

        async def slow(data: bytes, request: SigningRequest) -> bytes:
            nonlocal waiting, most
            waiting += 1
            most = max(most, waiting)
            await asyncio.sleep(0.05)
            waiting -= 1
            return signer()(data, request)

        by = Signer(certificate(), slow, CHAIN)
        assert statuses(run(documents(folder, 15), True, by, in_flight=in_flight)) == " ".join(["signed"] * 15)
        assert most == in_flight

    def test_jobs_are_taken_as_there_is_room_and_no_more_where_nobody_goes_on(self, folder: Folder) -> None:
        taken = 0

        def jobs() -> Iterator[Job]:
            nonlocal taken
            for job in documents(folder, 50):
                taken += 1
                yield job

        outcomes = rustpdf.sign_many(jobs(), signer=SIGNER, in_flight=4, **MOMENT)
        assert taken == 0
        for _ in range(10):
            assert next(outcomes).status == "signed"
        outcomes.close()
        assert taken <= 14
        assert len(out(folder)) == taken
        for name in out(folder):
            assert folder.read(name) == signed()

    def test_jobs_are_taken_as_there_is_room_in_a_loop(self, folder: Folder) -> None:
        taken = 0

        async def jobs() -> AsyncIterator[Job]:
            nonlocal taken
            for job in documents(folder, 50):
                taken += 1
                yield job

        async def main() -> None:
            outcomes = rustpdf.sign_many_async(jobs(), signer=SIGNER, in_flight=4, **MOMENT)
            for _ in range(10):
                assert (await anext(outcomes)).status == "signed"
            await outcomes.aclose()

        asyncio.run(main())
        assert taken <= 15
        for name in out(folder):
            assert folder.read(name) == signed()

    def test_an_outcome_does_not_wait_for_the_next_job(self, folder: Folder) -> None:
        one, other = documents(folder, 2)
        seen: list[int] = []

        async def main() -> None:
            go = asyncio.Event()

            async def jobs() -> AsyncIterator[Job]:
                yield one
                await go.wait()
                yield other

            async for outcome in rustpdf.sign_many_async(jobs(), signer=SIGNER, **MOMENT):
                seen.append(outcome.index)
                go.set()

        asyncio.run(asyncio.wait_for(main(), 30))
        assert seen == [0, 1]

    @WAYS
    def test_cancelled(self, asynchronous: bool, folder: Folder) -> None:
        cancelled = threading.Event()
        seen: list[JobOutcome] = []

        def see(outcome: JobOutcome) -> None:
            seen.append(outcome)
            if len(seen) == 5:
                cancelled.set()

        async def main() -> None:
            async for outcome in rustpdf.sign_many_async(documents(folder, 30), signer=SIGNER, in_flight=3, cancelled=cancelled):
                see(outcome)

        with pytest.raises(rustpdf.SigningCancelled):
            if asynchronous:
                asyncio.run(main())
            for outcome in rustpdf.sign_many(documents(folder, 30), signer=SIGNER, in_flight=3, cancelled=cancelled):
                see(outcome)
        assert not any(name.startswith(".") for name in folder.names())
        assert len(out(folder)) < 12

    def test_a_cancelled_task_leaves_nothing_behind(self, folder: Folder) -> None:
        async def forever(_: bytes) -> bytes:
            asked.set()
            await asyncio.sleep(1000)
            raise AssertionError

        async def main() -> None:
            async def work() -> None:
                by = Signer(certificate(), forever, CHAIN)
                async for _ in rustpdf.sign_many_async(documents(folder, 5), signer=by, ledger=folder.at("ledger")):
                    raise AssertionError

            task = asyncio.create_task(work())
            await asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asked = asyncio.Event()
        asyncio.run(main())
        assert folder.names() == [*(f"{index}.pdf" for index in range(5)), "ledger"]

    @WAYS
    def test_all_that_was_begun_comes_before_an_error_of_the_source(self, asynchronous: bool, folder: Folder) -> None:
        def jobs() -> Iterator[Job]:
            yield from made
            raise KeyError("no more")

        def see(outcome: JobOutcome) -> None:
            seen.append(outcome.index)

        made = documents(folder, 5)
        seen: list[int] = []

        async def main() -> None:
            async for outcome in rustpdf.sign_many_async(jobs(), signer=SIGNER):
                see(outcome)

        with pytest.raises(KeyError, match="no more"):
            if asynchronous:
                asyncio.run(main())
            for outcome in rustpdf.sign_many(jobs(), signer=SIGNER):
                see(outcome)
        assert len(out(folder)) == 5
        assert sorted(seen) == [0, 1, 2, 3, 4]

    def test_options_of_a_document(self, folder: Folder) -> None:
        one, other, third = documents(folder, 3)
        jobs = [
            one,
            Job(other.input, other.output, options={"reason": "another"}),
            Job(third.input, third.output, options=rustpdf.SigningOptions(reason="another")),
        ]
        assert statuses(run(jobs, location="here")) == "signed signed signed"
        for name, reason in (("0.out", None), ("1.out", "another"), ("2.out", "another")):
            (signature,) = rustpdf.inspect(folder.at(name)).signatures
            assert (signature.reason, signature.location) == (reason, "here")

    def test_what_is_refused_at_once(self) -> None:
        for call in (rustpdf.sign_many, rustpdf.sign_many_async):
            for wrong in ({"in_flight": 0}, {"in_flight": True}, {"in_flight": "8"}, {"ledger": 7}, {"options": 7}):
                with pytest.raises(rustpdf.RustpdfError) as caught:
                    call([], signer=SIGNER, **wrong)
                assert caught.value.code == "ERR_ARGUMENT"

    def test_warnings_are_in_the_reports(self, folder: Folder) -> None:
        by = Signer(certificate(), signer())
        (outcome,) = rustpdf.sign_many(documents(folder, 1), signer=by)
        assert outcome.status == "signed"
        assert [warning.code for warning in outcome.signed.report.warnings] == ["WARN_CHAIN_INCOMPLETE"]
        told: list[str] = []
        run(documents(folder, 3), by=by, replace=True, on_warnings=lambda warnings: told.extend(warning.code for warning in warnings))
        assert told == ["WARN_CHAIN_INCOMPLETE"] * 3


class TestLedger:
    @WAYS
    def test_it_knows_the_signed_jobs(self, asynchronous: bool, folder: Folder) -> None:
        jobs, ledger = documents(folder, 8), folder.at("ledger")
        folder.write("3.pdf", b"no PDF")
        assert statuses(run(jobs, asynchronous, ledger=ledger)) == "signed signed signed failed signed signed signed signed"
        folder.write("3.pdf", PDF)
        assert statuses(run(jobs, asynchronous, ledger=ledger)) == "skipped skipped skipped signed skipped skipped skipped skipped"
        assert folder.read("3.out") == signed()

    def test_an_interruption_before_or_after_the_output(self, folder: Folder) -> None:
        made, missing, _, other = documents(folder, 4)
        folder.write("0.out", signed())
        folder.write("2.pdf", signed())
        folder.write("3.out", b"something else")
        jobs = [made, missing, Job(folder.at("2.pdf"), folder.at("2.pdf")), other]
        update = hashlib.sha256(signed()[len(PDF) :]).hexdigest()
        lines = [
            {"id": job.output, "state": "signing", "length": len(PDF), "signedLength": len(signed()), "update": update} for job in jobs
        ]
        folder.write("ledger", "\n".join(['{"rustpdf ledger":2}', *map(json.dumps, lines), '{"id":"cut sh']).encode())
        outcomes = run(jobs, ledger=folder.at("ledger"))
        assert statuses(outcomes) == "skipped signed skipped failed"
        error = outcomes[3].error if outcomes[3].status == "failed" else None
        assert isinstance(error, rustpdf.RustpdfError)
        assert error.code == "ERR_LEDGER_STATE"
        for name in ("0.out", "1.out", "2.pdf"):
            assert folder.read(name) == signed()

    def test_it_is_no_other_file_and_wants_ids_of_its_own(self, folder: Folder) -> None:
        folder.write("list", b"shopping list\n")
        with pytest.raises(rustpdf.RustpdfError) as caught:
            run(documents(folder, 1), ledger=folder.at("list"))
        assert caught.value.code == "ERR_LEDGER_FORMAT"
        assert folder.read("list") == b"shopping list\n"
        twice = Job(PDF, folder.at("a"), id="a")
        outcomes = run([twice, twice, Job(PDF, None)], ledger=folder.at("new"), in_flight=1)
        assert statuses(outcomes) == "signed failed failed"
        assert {getattr(outcome.error, "code", None) for outcome in outcomes if outcome.status == "failed"} == {"ERR_ARGUMENT"}
        assert "new.lock" not in folder.names()

    def test_one_run_at_a_time_uses_it(self, folder: Folder) -> None:
        first = rustpdf.sign_many(documents(folder, 2), signer=SIGNER, ledger=folder.at("ledger"), in_flight=1, **MOMENT)
        next(first)
        with pytest.raises(rustpdf.RustpdfError) as caught:
            run(documents(folder, 1), ledger=folder.at("ledger"))
        assert caught.value.code == "ERR_LEDGER_BUSY"
        first.close()
        assert "ledger.lock" not in folder.names()

    def test_however_often_it_is_killed_each_document_is_signed_once(self, folder: Folder) -> None:
        def lines() -> int:
            return folder.read("ledger").count(b"\n") if "ledger" in folder.names() else 0

        count = 60
        for index in range(count):
            folder.write(f"{index}.pdf", PDF)
        command = [sys.executable, "-m", "tests.support.many", str(folder.path), str(count)]
        killed, noted = 0, 0
        while True:
            child = subprocess.Popen(command, cwd=ROOT / "bindings/python")
            while child.poll() is None and not (killed < 8 and lines() > noted + 5):
                time.sleep(0.001)
            if child.poll() is not None:
                break
            child.send_signal(signal.SIGKILL)
            child.wait()
            killed, noted = killed + 1, lines()
        assert child.returncode == 0
        assert killed >= 3
        for index in range(count):
            assert folder.read(f"{index}.pdf") == signed()
        assert [name for name in folder.names() if name.endswith((".rustpdf", ".lock"))] == []


class TestTwoPhases:
    @staticmethod
    def completed(batch: rustpdf.SessionBatch, answers: Any, outputs: Any, asynchronous: bool, call: str, **more: Any) -> list[JobOutcome]:
        async def main() -> list[JobOutcome]:
            return [outcome async for outcome in getattr(batch, f"{call}_async")(answers, outputs, **more)]

        outcomes = asyncio.run(main()) if asynchronous else [*getattr(batch, call)(answers, outputs, **more)]
        return sorted(outcomes, key=lambda outcome: outcome.index)

    @WAYS
    def test_raw_signatures_by_one_call_of_a_service(self, asynchronous: bool, folder: Folder) -> None:
        jobs = documents(folder, 10)
        folder.write("4.pdf", b"no PDF")
        inputs, outputs = [job.input for job in jobs], [job.output for job in jobs]
        arguments: dict[str, Any] = {"certificate": certificate(), "chain": CHAIN, "in_flight": 3, **MOMENT}
        if asynchronous:
            batch = asyncio.run(rustpdf.begin_signing_many_async(inputs, **arguments))
        else:
            batch = rustpdf.begin_signing_many(inputs, **arguments)
        ((index, error),) = [(failure.index, failure.error) for failure in batch.failures]
        assert (index, getattr(error, "code", None)) == (4, "ERR_NOT_A_PDF")
        assert [session is None for session in batch.sessions] == [index == 4 for index in range(10)]
        assert len(batch.requests) == len(batch.hashes) == 9
        signatures = [rsa_sign(request.data) for request in batch.requests]
        wrong = [*signatures]
        wrong[2] = bytes(256)
        seen = self.completed(batch, wrong, outputs, asynchronous, "complete_with_signatures")
        assert [outcome.index for outcome in seen] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
        assert statuses(seen) == "signed signed failed signed signed signed signed signed signed"
        assert seen[2].status == "failed"
        assert getattr(seen[2].error, "group", None) == "answer"
        assert (seen[4].job.input, seen[4].job.output) == (inputs[5], outputs[5])
        again = self.completed(batch, signatures, outputs, asynchronous, "complete_with_signatures", replace=True, in_flight=2)
        assert statuses(again) == " ".join(["signed"] * 9)
        for name in out(folder):
            assert folder.read(name) == signed()
        assert len(out(folder)) == 9

    @WAYS
    def test_containers(self, asynchronous: bool, folder: Folder) -> None:
        inputs = [job.input for job in documents(folder, 3)]
        container = last_signature(signed()).container
        batch = rustpdf.begin_signing_many(inputs, container_size=len(container), **MOMENT)
        assert batch.requests == []
        assert batch.hashes == [hashlib.sha256(last_signature(signed()).content).digest()] * 3
        outcomes = self.completed(batch, [container] * 3, [folder.at("a"), None, folder.at("b")], asynchronous, "complete")
        assert statuses(outcomes) == "signed signed signed"
        openssl_verify(folder.read("a"))
        assert folder.read("a") == folder.read("b")

    def test_saved_and_resumed_with_the_same_documents(self, folder: Folder) -> None:
        jobs = documents(folder, 4)
        inputs, outputs = [job.input for job in jobs], [job.output for job in jobs]
        folder.write("1.pdf", b"no PDF")
        begun = rustpdf.begin_signing_many(inputs, certificate=certificate(), chain=CHAIN, **MOMENT)
        saved = begun.serialize(KEY)
        shutil.copyfile(folder.at("0.pdf"), folder.at("1.pdf"))
        given: dict[str, Any] = {"certificate": certificate(), "chain": CHAIN}
        unsealed = begun.serialize_unsealed()
        # Anybody could have written the name of the field into a file without a seal.
        unnamed = [dataclasses.replace(request, field_name=None) for request in begun.requests]
        assert rustpdf.resume_unsealed_many(unsealed, inputs, **given).requests == unnamed
        assert asyncio.run(rustpdf.resume_unsealed_many_async(unsealed, inputs, **given)).requests == unnamed
        assert asyncio.run(rustpdf.resume_signing_many_async(saved, inputs, KEY)).hashes == begun.hashes
        batch = rustpdf.resume_signing_many(saved, inputs, KEY)
        assert batch.hashes == begun.hashes
        signatures = [rsa_sign(request.data) for request in batch.requests]
        assert statuses(batch.complete_with_signatures(signatures, outputs)) == "signed signed signed"
        assert out(folder) == ["0.out", "2.out", "3.out"]
        openssl_verify(folder.read("0.out"))
        folder.write("2.pdf", PDF.replace(b"10 20 m", b"11 20 m"))
        failures = rustpdf.resume_signing_many(saved, inputs, KEY).failures
        codes = [(failure.index, getattr(failure.error, "code", None)) for failure in failures]
        assert codes == [(1, "ERR_SESSION_FORMAT"), (2, "ERR_SESSION_DOCUMENT")]
        skipped = rustpdf.resume_signing_many(saved, inputs, KEY, skip_document_check=True).failures
        assert [failure.index for failure in skipped] == [1]

    @WAYS
    def test_each_with_a_certificate_of_its_own(self, asynchronous: bool, folder: Folder) -> None:
        inputs = [job.input for job in documents(folder, 3)]
        outputs = [folder.at(name) for name in "abc"]
        batch = rustpdf.begin_signing_many(inputs, pades=False, signature_algorithm="rsa-pkcs1")
        signatures = [rsa_sign(request.data) for request in batch.requests]
        how: dict[str, Any] = {"certificates": [certificate(), certificate("p256"), certificate()], "chain": CHAIN}
        outcomes = self.completed(batch, signatures, outputs, asynchronous, "complete_with_signatures", **how)
        assert statuses(outcomes) == "signed failed signed"
        assert outcomes[1].status == "failed"
        assert getattr(outcomes[1].error, "code", None) == "ERR_ALGORITHM_MISMATCH"
        for name in "ac":
            openssl_verify(folder.read(name))
        with pytest.raises(rustpdf.RustpdfError) as caught:
            batch.complete_with_signatures(signatures, outputs, certificates=[certificate()])
        assert caught.value.code == "ERR_ARGUMENT"
        assert statuses(self.completed(batch, signatures, outputs, asynchronous, "complete_with_signatures")) == "failed failed failed"

    def test_what_is_refused(self, folder: Folder) -> None:
        inputs = [job.input for job in documents(folder, 3)]
        batch = rustpdf.begin_signing_many(inputs, certificate=certificate(), chain=CHAIN)
        saved = batch.serialize(KEY)
        wrong: list[tuple[Any, str]] = [
            (lambda: rustpdf.resume_signing_many(saved, inputs[1:], KEY), "ERR_ARGUMENT"),
            (lambda: rustpdf.resume_signing_many(saved, inputs, bytes(32)), "ERR_SESSION_SEAL"),
            (lambda: rustpdf.resume_signing_many(saved[:99], inputs, KEY), "ERR_SESSION_SEAL"),
            (lambda: rustpdf.resume_unsealed_many(saved, inputs), "ERR_SESSION_SEAL"),
            (lambda: rustpdf.resume_signing_many(PDF, inputs, KEY), "ERR_SESSION_FORMAT"),
            (lambda: batch.complete_with_signatures([], []), "ERR_ARGUMENT"),
            (lambda: batch.complete_with_signatures([b""] * 3, [None]), "ERR_ARGUMENT"),
            (lambda: batch.complete(b"", []), "ERR_ARGUMENT"),  # type: ignore[arg-type]
            (lambda: batch.complete([b""] * 3, [None] * 3, in_flight=0), "ERR_ARGUMENT"),
            (lambda: rustpdf.begin_signing_many(inputs, in_flight=0), "ERR_ARGUMENT"),
            (lambda: rustpdf.begin_signing_many(PDF), "ERR_ARGUMENT"),  # type: ignore[arg-type]
        ]
        for call, code in wrong:
            with pytest.raises(rustpdf.RustpdfError) as caught:
                call()
            assert caught.value.code == code

    def test_it_can_be_cancelled(self, folder: Folder) -> None:
        cancelled = threading.Event()
        cancelled.set()
        with pytest.raises(rustpdf.SigningCancelled):
            rustpdf.begin_signing_many([job.input for job in documents(folder, 3)], cancelled=cancelled)
