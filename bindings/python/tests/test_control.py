"""How far a signing is, how it is stopped, and that nothing is left behind then."""

from __future__ import annotations

import threading
from itertools import groupby
from typing import Any

import pytest
import rustpdf
from rustpdf import Progress, SigningCancelled, SigningRequest

from .conftest import Folder
from .support.pdf import make_large_pdf, make_pdf
from .support.pki import CHAIN, KEY, certificate, never, signer
from .support.places import PLACES, MakePlace, Place

SMALL = make_pdf()
LARGE = make_large_pdf(3_300_000)
EACH_PLACE = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)


def sign(made: Place, by: Any = None, **more: Any) -> rustpdf.SignedFile:
    return rustpdf.sign_file(made.input, made.output, certificate=certificate(), signer=by or signer(), chain=CHAIN, **more)


def phases_of(told: list[Progress], names: list[str]) -> dict[str, list[Progress]]:
    """Each phase in its order, with its reports."""
    phases = [(phase, list(group)) for phase, group in groupby(told, lambda one: one.phase)]
    assert [phase for phase, _ in phases] == names
    for phase, group in phases:
        assert len({one.total for one in group}) == 1
        assert [one.done for one in group] == sorted(one.done for one in group)
        assert group[-1].done <= group[-1].total
        if phase in ("digest", "sign"):
            assert group[0].done == 0
        if phase != "read":
            assert group[-1].done == group[-1].total
    return dict(phases)


class TestProgress:
    @EACH_PLACE
    def test_of_a_large_document(self, place: MakePlace, folder: Folder) -> None:
        made = place(folder, LARGE)
        told: list[Progress] = []
        signed = sign(made, on_progress=told.append)
        phases = phases_of(told, ["read", "digest", "sign", *(["write"] if made.output is not None else [])])
        assert len(phases["digest"]) > 3
        assert phases["digest"][0] == Progress("digest", 0, len(LARGE))
        if "write" in phases:
            assert phases["write"][-1].total in (len(signed.update), len(LARGE) + len(signed.update))

    def test_of_a_document_in_memory(self) -> None:
        told: list[Progress] = []
        rustpdf.sign_with(LARGE, certificate(), signer(), chain=CHAIN, on_progress=told.append)
        phases_of(told, ["digest", "sign"])

    def test_of_several_signatures_one_pass_over_the_document(self, folder: Folder) -> None:
        told: list[Progress] = []
        one, other = (rustpdf.Signer(certificate(name), signer(name)) for name in ("rsa", "p384"))
        rustpdf.sign_file_in_turn(folder.write("in.pdf", LARGE), folder.at("out.pdf"), [one, other, one], on_progress=told.append)
        assert [(each.done, each.total) for each in told if each.phase == "sign"] == [(done, 3) for done in (0, 1, 1, 2, 2, 3)]
        assert len([each for each in told if each.phase == "digest" and each.done == 0]) == 1

    def test_of_a_session(self, folder: Folder) -> None:
        told: list[Progress] = []
        session = rustpdf.begin_signing_file(folder.write("in.pdf", LARGE), certificate=certificate(), on_progress=told.append)
        phases_of(told, ["read", "digest"])
        told.clear()
        assert session.request is not None
        signature = signer()(session.request.data, session.request)
        session.complete_with_signature(signature, folder.at("out.pdf"), on_progress=told.append)
        phases_of(told, ["write"])


@EACH_PLACE
class TestStopped:
    def test_by_what_on_progress_raises_wherever_that_is(self, place: MakePlace, folder: Folder) -> None:
        mine = ZeroDivisionError("enough")
        for pdf in (SMALL, LARGE):
            told: list[Progress] = []
            folder.clear()
            sign(place(folder, pdf), on_progress=told.append)
            assert len(told) > 4
            for stop in range(len(told)):
                folder.clear()
                made = place(folder, pdf)
                calls: list[Progress] = []

                def on_progress(progress: Progress, stop: int = stop, calls: list[Progress] = calls) -> None:
                    calls.append(progress)
                    if len(calls) > stop:
                        raise mine

                with pytest.raises(ZeroDivisionError) as caught:
                    sign(made, on_progress=on_progress)
                assert caught.value is mine
                if calls[-1].phase == "write" and calls[-1].done == calls[-1].total:
                    assert stop == len(told) - 1  # too late: the output is there
                    assert b"/ByteRange" in folder.read("in.pdf" if made.left == ["in.pdf"] and made.output == made.input else "out.pdf")
                else:
                    made.expect_untouched(pdf)

    def test_by_an_event_wherever_that_is(self, place: MakePlace, folder: Folder) -> None:
        for stop in range(100):
            made = place(folder, LARGE)
            cancelled = threading.Event()
            calls = 0

            def on_progress(_: Progress, stop: int = stop, cancelled: threading.Event = cancelled) -> None:
                nonlocal calls
                calls += 1
                if calls > stop:
                    cancelled.set()

            try:
                sign(made, on_progress=on_progress, cancelled=cancelled)
            except SigningCancelled:
                made.expect_untouched(LARGE)
            else:
                break  # the last is told when it is too late
        assert stop > 3

    def test_by_an_event_that_was_set_before(self, place: MakePlace, folder: Folder) -> None:
        made = place(folder, SMALL)
        cancelled = threading.Event()
        cancelled.set()
        with pytest.raises(SigningCancelled):
            sign(made, never, cancelled=cancelled)
        made.expect_untouched(SMALL)

    def test_by_the_signer(self, place: MakePlace, folder: Folder) -> None:
        made = place(folder, SMALL)
        cancelled = threading.Event()

        def by(data: bytes, request: SigningRequest) -> bytes:
            cancelled.set()
            return signer()(data, request)

        with pytest.raises(SigningCancelled):
            sign(made, by, cancelled=cancelled)
        made.expect_untouched(SMALL)


def test_in_memory() -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(SigningCancelled):
        rustpdf.sign_with(SMALL, certificate(), never, cancelled=cancelled)
    with pytest.raises(SigningCancelled):
        rustpdf.begin_signing(SMALL, cancelled=cancelled)
    saved = rustpdf.begin_signing(SMALL).serialize(KEY)
    with pytest.raises(SigningCancelled):
        rustpdf.resume_signing(saved, SMALL, KEY, cancelled=cancelled)


@pytest.mark.parametrize("name", ["on_progress", "on_report", "cancelled"])
@pytest.mark.parametrize("value", [7, "x", {}], ids=repr)
def test_what_cannot_be_called(name: str, value: Any) -> None:
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.sign_with(SMALL, certificate(), never, **{name: value})
    assert caught.value.code == "ERR_ARGUMENT"
    assert name in caught.value.message


def test_what_on_report_raises_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        rustpdf.sign_with(SMALL, certificate(), signer(), on_report=lambda _: 1 // 0)


def test_an_argument_that_there_is_not() -> None:
    with pytest.raises(TypeError, match="on_progres"):
        rustpdf.sign_with(SMALL, certificate(), never, on_progres=print)  # type: ignore[call-arg]
    saved = rustpdf.begin_signing(SMALL).serialize(KEY)
    with pytest.raises(TypeError, match="entropy"):
        rustpdf.resume_signing(saved, SMALL, KEY, entropy=bytes(32))  # type: ignore[call-arg]
