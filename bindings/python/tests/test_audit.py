"""Records of the requests to a key. The chain of each file is recomputed here."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import re
import resource
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import rustpdf
from rustpdf import Signer, SigningRequest, audited

from .conftest import Folder
from .support.pdf import make_pdf
from .support.pki import CHAIN, MOMENT, ROOT, certificate, never, private_key, rsa_sign, signer
from .support.verify import openssl_verify

PDF = make_pdf()
NAME = re.compile(r"\d{8}T\d{6}Z-(\d+)-[0-9a-f]{8}\.jsonl")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
FIELDS = set(
    re.findall(
        r"^    (\w+): ",
        (ROOT / "bindings/python/python/rustpdf/_frames.py").read_text().split("class AuditRecord")[1].split("class ")[0],
        re.M,
    )
)


def chain_of(path: Path) -> list[dict[str, Any]]:
    """The records of a file, if they are one unbroken chain."""
    assert NAME.fullmatch(path.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_bytes().splitlines(keepends=True)
    previous = "0" * 64
    records = []
    for number, line in enumerate(lines):
        assert line.endswith(b"\n")
        record = json.loads(line)
        assert (record["previous"], record["sequence"]) == (previous, number)
        assert TIME.fullmatch(record["time"])
        assert record.keys() <= FIELDS
        previous = hashlib.sha256(line).hexdigest()
        records.append(record)
    return records


def records(folder: Folder, files: int = 1) -> list[dict[str, Any]]:
    """The records in the folder `audit`, of so many files."""
    paths = sorted((folder.path / "audit").iterdir())
    assert len(paths) == files
    return [record for path in paths for record in chain_of(path)]


@pytest.fixture
def audit(folder: Folder) -> str:
    """A folder for records."""
    os.mkdir(folder.at("audit"))
    return folder.at("audit")


def test_a_request_and_its_signature(folder: Folder, audit: str) -> None:
    before = datetime.now(timezone.utc) - timedelta(milliseconds=1)
    path = folder.write("contract.pdf", PDF)
    given = []

    def slow(data: bytes, request: SigningRequest) -> bytes:
        time.sleep(0.02)
        given.append(request)
        return rsa_sign(data)

    key = audited(Signer(certificate(), slow, CHAIN), audit, "contracts")
    signed = rustpdf.sign_file(path, folder.at("out.pdf"), signer=key, field_name="Approval")
    openssl_verify(folder.read("out.pdf"))
    asked, answer = records(folder)
    start, before_, behind, rest = signed.report.byte_range
    whole = folder.read("out.pdf")
    covered = whole[start : start + before_] + whole[behind : behind + rest]
    assert {name: asked[name] for name in asked.keys() - {"time", "previous", "sequence"}} == {
        "event": "asked",
        "keyId": "contracts",
        "documentName": "contract.pdf",
        "documentDigest": hashlib.sha256(covered).hexdigest(),
        "fieldName": "Approval",
        "certificateDigest": hashlib.sha256(certificate()).hexdigest(),
        "signatureAlgorithm": "rsa-pkcs1",
        "digestAlgorithm": "sha256",
        "digest": given[0].digest.hex(),
    }
    assert (answer["event"], answer["asked"]) == ("signed", 0)
    assert answer["signatureDigest"] == hashlib.sha256(rsa_sign(given[0].data)).hexdigest()
    assert 20_000 <= answer["duration"] < 10_000_000
    assert (
        before
        <= datetime.fromisoformat(asked["time"].replace("Z", "+00:00"))
        <= datetime.fromisoformat(answer["time"].replace("Z", "+00:00"))
    )
    (name,) = os.listdir(audit)
    assert name.split("-")[1] == str(os.getpid())


def test_the_record_is_there_when_the_key_is_asked(folder: Folder, audit: str) -> None:
    seen = []

    def see(data: bytes) -> bytes:
        seen.append([record["event"] for record in records(folder)])
        return rsa_sign(data)

    rustpdf.sign_with(PDF, certificate(), audited(see, audit), chain=CHAIN)
    assert seen == [["asked"]]
    assert [record["event"] for record in records(folder)] == ["asked", "signed"]


def test_every_kind_of_signer(folder: Folder, audit: str) -> None:
    async def later(data: bytes, request: SigningRequest) -> bytes:
        await asyncio.sleep(0)
        return signer()(data, request)

    class Token:
        certificate = certificate()
        chain = CHAIN
        options = {"digest_algorithm": "sha512"}  # noqa: RUF012
        key_id = "of the token"

        def sign(self, data: bytes, request: SigningRequest) -> bytes:
            return signer()(data, request)

    expected = rustpdf.sign_with(PDF, certificate(), signer(), chain=CHAIN, **MOMENT)
    for one in (signer(), rsa_sign, private_key()):
        assert rustpdf.sign_with(PDF, certificate(), audited(one, audit), chain=CHAIN, **MOMENT) == expected
    for key in (Signer(certificate(), rsa_sign, CHAIN), Signer(certificate(), private_key(), CHAIN)):
        assert rustpdf.sign(PDF, signer=audited(key, audit), **MOMENT).pdf == expected
        assert asyncio.run(rustpdf.sign_async(PDF, signer=audited(key, audit), **MOMENT)).pdf == expected
    certified = Signer(certificate(), later, CHAIN)
    assert asyncio.run(rustpdf.sign_async(PDF, signer=audited(certified, audit), **MOMENT)).pdf == expected
    made = asyncio.run(rustpdf.sign_async(PDF, signer=audited(later, audit), certificate=certificate(), chain=CHAIN, **MOMENT))
    assert made.pdf == expected
    assert rustpdf.sign(PDF, signer=audited(Token(), audit)).report.digest_algorithm == "sha512"
    request = rustpdf.certificate_request("CN=Test", private_key().public_key(), audited(signer(), audit))
    assert request == rustpdf.certificate_request("CN=Test", private_key().public_key(), signer())
    pairs = records(folder)
    assert [record["event"] for record in pairs] == ["asked", "signed"] * 11
    assert [record["asked"] for record in pairs[1::2]] == list(range(0, 22, 2))
    assert [record.get("keyId") for record in pairs[::2]] == [None] * 9 + ["of the token", None]
    assert "documentDigest" not in pairs[-2]
    assert "certificateDigest" not in pairs[-2]


class RefusedError(Exception):
    """An exception of a store."""


def test_a_failure_is_recorded_without_its_message_and_reaches_the_caller(folder: Folder, audit: str) -> None:
    error = RefusedError("the PIN 1234 is wrong, Authorization: Bearer secret-token")

    def refuse(_: bytes) -> bytes:
        raise error

    async def refuse_later(_: bytes) -> bytes:
        await asyncio.sleep(0)
        raise error

    with pytest.raises(RefusedError) as caught:
        rustpdf.sign_with(PDF, certificate(), audited(refuse, audit), chain=CHAIN)
    assert caught.value is error
    with pytest.raises(RefusedError) as caught:
        asyncio.run(rustpdf.sign_with_async(PDF, certificate(), audited(refuse_later, audit), chain=CHAIN))
    assert caught.value is error
    with pytest.raises(rustpdf.RustpdfError):
        rustpdf.sign_with(PDF, certificate(), audited(lambda _: 5, audit), chain=CHAIN)  # type: ignore[arg-type]

    def mismatch(_: bytes) -> bytes:
        raise rustpdf.RustpdfError("ERR_ALGORITHM_MISMATCH", "secret-token")

    with pytest.raises(rustpdf.RustpdfError):
        rustpdf.sign_with(PDF, certificate(), audited(mismatch, audit), chain=CHAIN)
    written = records(folder)
    failures = [record["error"] for record in written if record["event"] == "failed"]
    assert failures == ["RefusedError", "RefusedError", "ERR_CALLBACK_RESULT", "ERR_ALGORITHM_MISMATCH"]
    assert [record["asked"] for record in written if record["event"] == "failed"] == [0, 2, 4, 6]
    text = b"".join(path.read_bytes() for path in Path(audit).iterdir())
    assert not any(secret in text for secret in (b"1234 is", b"secret-token", b"Bearer"))


def test_a_cancelled_request_is_recorded(folder: Folder, audit: str) -> None:
    async def main() -> None:
        asked = asyncio.Event()

        async def never_signs(_: bytes) -> bytes:
            asked.set()
            await asyncio.sleep(60)
            raise AssertionError

        task = asyncio.create_task(rustpdf.sign_with_async(PDF, certificate(), audited(never_signs, audit), chain=CHAIN))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert [(record["event"], record.get("error")) for record in records(folder)] == [("asked", None), ("failed", "CancelledError")]


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process grows beyond that size, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_missing_folder_is_made_for_this_user_alone(folder: Folder) -> None:
    os.chmod(folder.path, 0o755)
    made = folder.at("var/audit")
    key = audited(rsa_sign, made)
    for _ in range(2):
        rustpdf.sign_with(PDF, certificate(), key, chain=CHAIN)
        assert [stat.S_IMODE(os.stat(path).st_mode) for path in (folder.path, folder.at("var"), made)] == [0o755, 0o700, 0o700]
        [name] = os.listdir(made)
        assert len(chain_of(Path(made, name))) == 2
        shutil.rmtree(made)  # the next request makes it again


@pytest.mark.parametrize("place", ["file", "file/audit"])
def test_without_a_folder_the_key_is_not_asked(place: str, folder: Folder) -> None:
    folder.write("file", b"")
    for key in (audited(never, folder.at(place)), audited(Signer(certificate(), never), folder.at(place))):
        with pytest.raises((FileNotFoundError, NotADirectoryError)):
            rustpdf.sign(PDF, signer=key, certificate=certificate(), chain=CHAIN)
    assert folder.names() == ["file"]


def test_a_folder_of_another_user_is_refused(folder: Folder, audit: str) -> None:
    script = f"""
import os, rustpdf
os.setuid(65534)
key = rustpdf.audited(lambda data: print("asked"), {audit!r})
try:
    rustpdf.sign_with({PDF!r}, {certificate()!r}, key, on_warnings=lambda _: None)
except PermissionError as error:
    print("refused")
"""
    os.chmod(folder.path, 0o755)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env={**os.environ, "HOME": "/"})
    assert done.stdout == "refused\n"
    assert os.listdir(audit) == []


def test_on_a_full_disk_the_key_is_not_asked_and_the_chain_goes_on_later(folder: Folder, audit: str) -> None:
    rustpdf.sign_with(PDF, certificate(), audited(rsa_sign, audit), chain=CHAIN)
    (path,) = Path(audit).iterdir()
    whole = path.read_bytes()
    for room in (0, 1, 100):
        with largest_file(len(whole) + room), pytest.raises(OSError, match="too large"):
            rustpdf.sign_with(PDF, certificate(), audited(never, audit), chain=CHAIN)
        assert path.read_bytes() == whole
    rustpdf.sign_with(PDF, certificate(), audited(rsa_sign, audit), chain=CHAIN)
    assert [record["event"] for record in records(folder)] == ["asked", "signed"] * 2
    assert path.read_bytes().startswith(whole)


def test_a_signature_that_cannot_be_recorded_is_not_returned(folder: Folder, audit: str) -> None:
    returned = []

    def fills_the_disk(data: bytes) -> bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (next(Path(audit).iterdir()).stat().st_size + 50, hard))
        return rsa_sign(data)

    recorded = audited(fills_the_disk, audit)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with pytest.raises(OSError, match="too large"):
            returned.append(rustpdf.sign_with(PDF, certificate(), recorded, chain=CHAIN))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert returned == []
    assert [record["event"] for record in records(folder)] == ["asked"]


def test_the_exception_of_the_signer_counts_more_than_that_of_its_record(folder: Folder, audit: str) -> None:
    def fills_the_disk(_: bytes) -> bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (next(Path(audit).iterdir()).stat().st_size, hard))
        raise RefusedError

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with pytest.raises(RefusedError):
            rustpdf.sign_with(PDF, certificate(), audited(fills_the_disk, audit), chain=CHAIN)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [record["event"] for record in records(folder)] == ["asked"]


def test_many_threads_make_one_chain(folder: Folder, audit: str) -> None:
    jobs = [rustpdf.Job(folder.write(f"{number}.pdf", PDF), folder.at(f"{number}.out")) for number in range(60)]
    key = audited(Signer(certificate(), private_key(), CHAIN), audit)
    assert all(outcome.status == "signed" for outcome in rustpdf.sign_many(jobs, signer=key, in_flight=12))
    written = records(folder)
    assert sorted(record["documentName"] for record in written if record["event"] == "asked") == sorted(f"{n}.pdf" for n in range(60))
    answers = [record["asked"] for record in written if record["event"] == "signed"]
    assert sorted(answers) == [record["sequence"] for record in written if record["event"] == "asked"]
    assert answers != sorted(answers) or written[1]["event"] == "asked"  # several at a time


def test_several_signers_of_a_folder_share_the_file(folder: Folder, audit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    os.symlink("audit", folder.at("link"))
    monkeypatch.chdir(folder.path)
    places: list[str | Path] = [audit, f"{audit}/", folder.at("link"), "audit", Path("audit")]
    for number, place in enumerate(places):
        key = audited(rsa_sign, place, f"key {number}")
        monkeypatch.chdir("/")
        rustpdf.sign_with(PDF, certificate(), key, chain=CHAIN)
        monkeypatch.chdir(folder.path)
    assert [record["keyId"] for record in records(folder)[::2]] == [f"key {number}" for number in range(5)]


def test_a_file_that_was_removed_is_followed_by_another(folder: Folder, audit: str) -> None:
    key = audited(rsa_sign, audit)
    rustpdf.sign_with(PDF, certificate(), key, chain=CHAIN)
    (path,) = Path(audit).iterdir()
    path.unlink()
    rustpdf.sign_with(PDF, certificate(), key, chain=CHAIN)
    assert [record["event"] for record in records(folder)] == ["asked", "signed"]


def test_a_forked_process_begins_a_file_of_its_own(audit: str) -> None:
    key = audited(rsa_sign, audit)

    def sign() -> None:
        rustpdf.sign_with(PDF, certificate(), key, chain=CHAIN)

    sign()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            try:
                sign()
                sign()
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    sign()
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    sign()
    found = {int(NAME.fullmatch(path.name)[1]): chain_of(path) for path in Path(audit).iterdir()}  # type: ignore[index]
    assert {pid: len(chain) for pid, chain in found.items()} == {os.getpid(): 6, **dict.fromkeys(children, 4)}


def test_a_fork_while_threads_write_does_not_hang_the_child(audit: str) -> None:
    key: Any = audited(lambda _: b"", audit)
    request = rustpdf.begin_signing(PDF, certificate=certificate(), chain=CHAIN).request
    assert request is not None
    stop = time.monotonic() + 1
    children = []

    def work() -> None:
        while time.monotonic() < stop:
            key(request.data, request)

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(work)
        for _ in range(10):
            child = os.fork()
            if child == 0:
                key(request.data, request)
                os._exit(0)
            children.append(child)
            time.sleep(0.05)
        end = time.monotonic() + 10
        while children and time.monotonic() < end:
            children = [child for child in children if os.waitpid(child, os.WNOHANG) == (0, 0)]
            time.sleep(0.01)
    assert children == []
    assert sum(len(chain_of(path)) == 2 for path in Path(audit).iterdir()) == 10


def test_a_killed_process_leaves_whole_lines(folder: Folder, audit: str) -> None:
    script = f"""
import sys, rustpdf
key = rustpdf.audited(lambda data: b"", {audit!r})
request = rustpdf.begin_signing({PDF!r}, certificate={certificate()!r}, on_warnings=lambda _: None).request
print("ready", flush=True)
while True:
    key(request.data, request)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.3)
        process.kill()
    written = records(folder)
    assert len(written) > 10
    assert [record["event"] for record in written[:2]] == ["asked", "signed"]


def test_interrupts_of_the_user_leave_a_whole_chain(audit: str) -> None:
    script = f"""
import random, rustpdf, signal
class Interrupt(BaseException):
    pass
def interrupt(*_):
    raise Interrupt
signal.signal(signal.SIGALRM, interrupt)
key = rustpdf.audited(lambda data: b"", {audit!r})
request = rustpdf.begin_signing({PDF!r}, certificate={certificate()!r}, on_warnings=lambda _: None).request
for _ in range(400):
    try:
        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0001, 0.003))
        while True:
            key(request.data, request)
    except Interrupt:
        pass
"""
    subprocess.run([sys.executable, "-c", script], check=True)
    assert sum(len(chain_of(path)) for path in Path(audit).iterdir()) > 400


def test_names_that_are_no_text_and_unusual_names(folder: Folder, audit: str) -> None:
    path = folder.write('Vertr\udce4g \n\u2028 ".pdf', PDF)
    rustpdf.sign_file(path, None, signer=audited(Signer(certificate(), rsa_sign, CHAIN), audit, "Schlüssel\n"))
    asked, _ = records(folder)
    assert asked["keyId"] == "Schlüssel\n"
    assert "\n" in asked["documentName"]


@pytest.mark.parametrize(
    "call",
    [
        lambda: audited(5, "audit"),  # type: ignore[call-overload]
        lambda: audited(never, 5),  # type: ignore[call-overload]
        lambda: audited(never, b"audit"),  # type: ignore[call-overload]
        lambda: audited(never, "audit", 5),  # type: ignore[call-overload]
    ],
)
def test_what_is_refused(call: Any) -> None:
    with pytest.raises(rustpdf.RustpdfError) as caught:
        call()
    assert caught.value.code == "ERR_ARGUMENT"


def test_it_shows_neither_options_nor_keys() -> None:
    key = audited(Signer(certificate(), never, CHAIN, options={"password": "secret"}), "audit")
    assert "secret" not in repr(key)
    assert base64.b64encode(certificate()[:9]).decode() not in repr(key)
