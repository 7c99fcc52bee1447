"""Exceptions, and hostile use."""

from __future__ import annotations

import copy
import pickle
import sys
import threading
import time
from datetime import date, datetime, timezone
from typing import Any

import pytest
import rustpdf
from rustpdf import FieldLock, RustpdfError, SignaturePolicy, Signer, SigningOptions, _core
from rustpdf._call import Control
from rustpdf._disk import Disk
from rustpdf._document import RunDocument
from rustpdf._errors import host_error
from rustpdf._frame import decode, encode
from rustpdf._generated import HOST_ERRORS
from rustpdf._http import Network
from rustpdf._machine import Host

from .support.pdf import make_pdf
from .support.pki import CHAIN, MOMENT, certificate, never, signer

PDF = make_pdf()
ENDLESS: list[object] = []
ENDLESS.append(ENDLESS)


def code_of(**more: Any) -> str:
    with pytest.raises(RustpdfError) as caught:
        rustpdf.sign_with(PDF, certificate(), never, **more)
    return caught.value.code


def test_it_has_code_group_message_and_place() -> None:
    with pytest.raises(RustpdfError) as caught:
        rustpdf.sign_with(PDF.replace(b"/Type/Pages", b"/Type/Pag(("), certificate(), never, options=SigningOptions(strict=True))
    error = caught.value
    assert (error.code, error.group) == ("ERR_OBJECT_BROKEN", "file")
    assert isinstance(error.offset, int)
    assert error.object == (2, 0)
    assert str(error) == error.message
    assert "; " in error.message


def test_it_can_be_copied_and_pickled() -> None:
    error = RustpdfError("ERR_XREF_BROKEN", "found; do", 7, (3, 0))
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (twin.code, twin.group, twin.message, twin.offset, twin.object) == ("ERR_XREF_BROKEN", "file", "found; do", 7, (3, 0))
    assert repr(error) == "RustpdfError('ERR_XREF_BROKEN', 'found; do')"


@pytest.mark.parametrize(
    "time",
    [datetime(2026, 1, 1), date(2026, 1, 1), 7, "2026", datetime(1900, 1, 1, tzinfo=timezone.utc)],  # noqa: DTZ001
    ids=repr,
)
def test_a_time_that_is_none(time: Any) -> None:
    assert code_of(signing_time=time) == "ERR_SIGNING_TIME"


@pytest.mark.parametrize("entropy", [b"", b"short", bytes(33), "0" * 64 + "x", "0" * 64, 7, object()], ids=repr)
def test_entropy_that_is_none(entropy: Any) -> None:
    assert code_of(entropy=entropy) == "ERR_ENTROPY"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"pads": True}, "ERR_OPTION_UNKNOWN"),
        ({"page": float("nan")}, "ERR_OPTION_VALUE"),
        ({"page": 1.5}, "ERR_OPTION_VALUE"),
        ({"reason": "\ud800"}, "ERR_OPTION_VALUE"),
        ({(1, 2): 3}, "ERR_OPTION_VALUE"),
        ({"reason": ENDLESS}, "ERR_OPTION_VALUE"),
        ({"page": 10**30}, "ERR_OPTION_VALUE"),
        ({"reason": object()}, "ERR_OPTION_VALUE"),
        ({"reason": b"Approved"}, "ERR_OPTION_VALUE"),
        ({"reason": date(2026, 1, 1)}, "ERR_OPTION_VALUE"),
        ({"strict": print}, "ERR_OPTION_VALUE"),
        ({"policy": {"oid": "1.2.3", "digest_algorithm": "sha256", "digest": bytes(3)}}, "ERR_POLICY_DIGEST"),
        ({"policy": {"oid": "1.2.3", "digest_algorithm": "sha256", "digest": object()}}, "ERR_OPTION_VALUE"),
        ({"policy": {"oid": b"1.2.3", "digest_algorithm": "sha256", "digest": bytes(32)}}, "ERR_OPTION_VALUE"),
        (SigningOptions(reason=b"Approved"), "ERR_OPTION_VALUE"),  # type: ignore[arg-type]
        (SigningOptions(page="x"), "ERR_OPTION_VALUE"),  # type: ignore[arg-type]
        (SigningOptions(lock="all"), "ERR_OPTION_VALUE"),  # type: ignore[arg-type]
        (SigningOptions(signer_roles=7), "ERR_OPTION_VALUE"),  # type: ignore[arg-type]
        (SigningOptions(lock=FieldLock(action="only")), "ERR_OPTION_VALUE"),  # type: ignore[arg-type]
        (SigningOptions(certify=4), "ERR_OPTION_VALUE"),  # type: ignore[arg-type]
        (7, "ERR_ARGUMENT"),
        ("pades", "ERR_ARGUMENT"),
        ([("pades", True)], "ERR_ARGUMENT"),
    ],
    ids=repr,
)
def test_options_that_are_wrong(options: Any, code: str) -> None:
    assert code_of(options=options) == code


def test_half_of_a_character_is_refused_by_the_name_of_the_option() -> None:
    with pytest.raises(RustpdfError, match="`name` has half of a surrogate pair") as caught:
        rustpdf.sign_with(PDF, certificate(), never, options=SigningOptions(name="a\ud800"))
    assert caught.value.code == "ERR_OPTION_VALUE"


def test_a_mapping_holds_the_digest_of_a_policy_as_bytes_or_text() -> None:
    def signed(options: rustpdf.Options) -> bytes:
        return rustpdf.sign_with(PDF, certificate(), signer(), options=options, **MOMENT)

    policy = {"oid": "1.2.3", "digest_algorithm": "sha256"}
    expected = signed(SigningOptions(policy=SignaturePolicy(oid="1.2.3", digest_algorithm="sha256", digest=bytes(32))))
    for digest in (bytes(32), bytearray(32), memoryview(bytes(32)), "00" * 32):
        assert signed({"policy": {**policy, "digest": digest}}) == expected


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(SigningOptions(password="secret"))
    assert "secret" not in repr(Signer(b"", never, options={"password": "secret"}))


def test_no_secret_is_in_an_error() -> None:
    with pytest.raises(RustpdfError) as caught:
        rustpdf.sign_with(make_pdf(trailer="/Encrypt 7 0 R"), certificate(), never, options=SigningOptions(password="secret"))
    assert "secret" not in repr(caught.value)
    for options in ({"password": "secret\ud800"}, SigningOptions(password="secret\ud800")):
        with pytest.raises(RustpdfError) as caught:
            rustpdf.sign_with(PDF, certificate(), never, options=options)
        assert caught.value.code == "ERR_OPTION_VALUE"
        assert "secret" not in repr(caught.value)
        assert (caught.value.__cause__, caught.value.__context__) == (None, None)


class TestMachine:
    """The extension itself: it answers or raises for every argument."""

    @pytest.mark.parametrize("frame", [b"", b"\0", b"\0\0\0\1x", b"\xff" * 4, b"\0\0\0\2{}", b"\0\0\0\x0f" + b'{"length":"no"}'])
    def test_a_start_that_is_none(self, frame: bytes) -> None:
        machine = _core.Machine(frame)
        for _ in range(2):
            with pytest.raises(RustpdfError) as caught:
                decode(machine.next(encode({})))
            assert caught.value.code == "ERR_FRAME"

    @pytest.mark.parametrize("frame", [None, "text", 7, bytearray(b"x"), memoryview(b"x")])
    def test_what_is_no_frame(self, frame: Any) -> None:
        for call in (_core.Machine, _core.call, _core.Machine(b"").next):
            with pytest.raises(TypeError):
                call(frame)

    def test_answers_that_do_not_fit_change_nothing(self) -> None:
        machine = self.started()
        for header, code in (({"answer": "sign"}, "ERR_ANSWER_KIND"), ({"answer": "x"}, "ERR_ANSWER_KIND"), ({}, "ERR_ANSWER_KIND")):
            with pytest.raises(RustpdfError) as caught:
                decode(machine.next(encode(header)))
            assert (caught.value.code, caught.value.group) == (code, "misuse")
        answer = encode({"answer": "read", "ranges": [[0, len(PDF)]]}, [PDF])
        assert decode(machine.next(answer))[0]["step"] == "digest"

    def test_an_operation_that_panics_is_not_there(self) -> None:
        with pytest.raises(RustpdfError) as caught:
            decode(_core.Machine(encode({"operation": "panic", "length": 0})).next(encode({})))
        assert caught.value.code == "ERR_FRAME"

    def test_it_cannot_be_inherited_from_or_changed(self) -> None:
        with pytest.raises(TypeError):
            type("Heir", (_core.Machine,), {})
        with pytest.raises(AttributeError):
            self.started().more = 1  # type: ignore[attr-defined]

    def test_two_threads_at_one_machine(self) -> None:
        """Each call gets a step, or is told that another thread is at it."""
        large = make_pdf(pages=20_000)
        ended: list[str] = []
        for _ in range(20):
            machine = self.started(len(large))
            barrier = threading.Barrier(4)
            answer = encode({"answer": "read", "ranges": [[0, len(large)]]}, [large])

            def one(machine: _core.Machine = machine, barrier: threading.Barrier = barrier, answer: bytes = answer) -> None:
                barrier.wait()
                try:
                    ended.append(decode(machine.next(answer))[0]["step"])
                except RustpdfError as error:
                    ended.append(error.code)
                except RuntimeError as error:
                    assert "another thread" in str(error)
                    ended.append("busy")

            threads = [threading.Thread(target=one) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(ended) == 80
        assert sum(step in ("read", "digest") for step in ended) >= 20
        assert set(ended) <= {"read", "digest", "busy", "ERR_ANSWER_KIND"}

    @staticmethod
    def started(length: int = len(PDF)) -> _core.Machine:
        header = {"operation": "prepare", "length": length, "now": 0, "entropy": bytes(32).hex()}
        machine = _core.Machine(encode(header))
        assert decode(machine.next(encode({})))[0]["step"] == "read"
        return machine


def test_many_threads_at_once() -> None:
    expected = rustpdf.sign_with(PDF, certificate(), signer(), chain=CHAIN, **MOMENT)
    session = rustpdf.begin_signing(PDF, certificate=certificate(), chain=CHAIN, **MOMENT)
    assert session.request is not None
    signature = signer()(session.request.data, session.request)
    signed: list[bytes] = []

    def one() -> None:
        for _ in range(25):
            signed.append(rustpdf.sign_with(PDF, certificate(), lambda _: signature, chain=CHAIN, **MOMENT))
            signed.append(session.complete_with_signature(signature))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(signed) == 400
    assert set(signed) == {expected}


def test_other_threads_go_on_while_the_core_works(request: pytest.FixtureRequest) -> None:
    """The interpreter's lock is released: a thread that counts does so in the middle of a step of the core, too."""
    interval = sys.getswitchinterval()
    request.addfinalizer(lambda: sys.setswitchinterval(interval))
    sys.setswitchinterval(1e-4)
    large = make_pdf(pages=100_000)
    answer = encode({"answer": "read", "ranges": [[0, len(large)]]}, [large])
    for _ in range(10):  # a machine that is busy may not have run the thread that counts
        machine = TestMachine.started(len(large))
        began, ended = threading.Event(), threading.Event()
        counted: list[float] = []
        step: list[float] = []

        def work(machine: _core.Machine = machine, began: threading.Event = began, step: list[float] = step) -> None:
            began.wait()
            step.append(time.perf_counter())
            machine.next(answer)
            step.append(time.perf_counter())

        def count(began: threading.Event = began, ended: threading.Event = ended, counted: list[float] = counted) -> None:
            began.set()
            while not ended.is_set():
                counted.append(time.perf_counter())

        threads = [threading.Thread(target=work), threading.Thread(target=count)]
        for thread in threads:
            thread.start()
        threads[0].join()
        ended.set()
        threads[1].join()
        begin, end = step
        quarter = (end - begin) / 4
        assert quarter > 10 * sys.getswitchinterval(), "the step is too short"
        if any(begin + quarter < at < end - quarter for at in counted):
            return
    pytest.fail("no other thread runs while the core works")


@pytest.mark.parametrize("name", ["verify", "http", "later"])
def test_a_step_that_the_host_does_not_know(name: str) -> None:
    disk, control = Disk(), Control()
    host = Host(disk, RunDocument(PDF, disk, opened=False, in_memory=False), control, Network(), ())
    with pytest.raises(RustpdfError, match=f"asks for {name};") as caught:
        step: Any = {"step": name}
        host.answer(step, memoryview(b""))
    assert caught.value.code == "ERR_INTERNAL"


@pytest.mark.parametrize("name", HOST_ERRORS)
def test_the_errors_of_the_host(name: Any) -> None:
    """Every message takes its parameters, and has two parts."""
    parameters = {"name", "expected", "found", "given", "needed", "id", "one", "other", "step", "cause"}
    error = host_error(name, **dict.fromkeys(parameters, "something"))
    assert error.code == HOST_ERRORS[name][0]
    assert "{" not in error.message
    assert "; " in error.message
