"""Calls that fail after a signature was made: the exception is the caller's or the system's own, and carries a session."""

from __future__ import annotations

import asyncio
import errno
import os
import pickle
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
import rustpdf
from rustpdf import FileSession, Progress, RustpdfError, SigningCancelled, SigningRequest, unfinished_session
from rustpdf._disk import Disk

from .conftest import Folder
from .support.pdf import make_pdf
from .support.pki import CHAIN, KEY, MOMENT, certificate, signer
from .support.places import PLACES, MakePlace

PDF = make_pdf(pages=3)
EACH_PLACE = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)


def expected() -> bytes:
    return rustpdf.sign_with(PDF, certificate(), signer(), chain=CHAIN, **MOMENT)


class Key:
    """A signer that may be asked once."""

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        self._then = then
        self._asked = False

    def __call__(self, data: bytes, request: SigningRequest) -> bytes:
        assert not self._asked
        self._asked = True
        self._then()
        return signer()(data, request)


def raise_at_write(mine: BaseException) -> Callable[[Progress], None]:
    def on_progress(progress: Progress) -> None:
        if progress.phase == "write" or (progress.phase, progress.done) == ("sign", 1):
            raise mine

    return on_progress


@EACH_PLACE
class TestInto:
    def test_a_callback_that_raises_after_the_signature(self, place: MakePlace, folder: Folder) -> None:
        made = place(folder, PDF)
        mine = ZeroDivisionError("mine")
        call: dict[str, Any] = {"chain": CHAIN, **MOMENT, "on_progress": raise_at_write(mine)}
        with pytest.raises(ZeroDivisionError) as caught:
            rustpdf.sign_file(made.input, made.output, certificate=certificate(), signer=Key(), **call)
        assert caught.value is mine
        assert mine.__context__ is None
        made.expect_untouched(PDF)
        session = unfinished_session(mine)
        assert isinstance(session, FileSession)
        assert session.request is None or session.request.data
        assert made.signed(session.complete_signed(made.output)) == expected()

    def test_cancelled_while_the_key_signs(self, place: MakePlace, folder: Folder) -> None:
        made = place(folder, PDF)
        cancelled = threading.Event()
        call: dict[str, Any] = {"chain": CHAIN, **MOMENT, "cancelled": cancelled}
        with pytest.raises(SigningCancelled) as caught:
            rustpdf.sign_file(made.input, made.output, certificate=certificate(), signer=Key(cancelled.set), **call)
        made.expect_untouched(PDF)
        session = unfinished_session(caught.value)
        assert isinstance(session, FileSession)
        saved = session.serialize(KEY)
        resumed = rustpdf.resume_signing_file(saved, made.input, KEY)
        assert made.signed(resumed.complete_signed(made.output)) == expected()

    def test_a_signer_that_raises_leaves_no_session(self, place: MakePlace, folder: Folder) -> None:
        made = place(folder, PDF)
        mine = OSError(2, "the HSM is away")

        def by(_: bytes) -> bytes:
            raise mine

        with pytest.raises(OSError, match="the HSM is away") as caught:
            rustpdf.sign_file(made.input, made.output, certificate=certificate(), signer=by, chain=CHAIN)
        assert caught.value is mine
        assert unfinished_session(mine) is None
        made.expect_untouched(PDF)


def refusing(op: str, error: OSError) -> Any:
    """The disk, which fails at an operation when the signature is there."""
    perform = Disk.perform

    def failing(self: Disk, operation: Any, content: memoryview) -> Any:
        if operation["op"] == op:
            raise error
        return perform(self, operation, content)

    return patch.object(Disk, "perform", failing)


@pytest.mark.parametrize(("output", "op"), [("in.pdf", "link"), ("in.pdf", "sync"), ("out.pdf", "link"), ("out.pdf", "write")])
def test_the_systems_own_exception(output: str, op: str, folder: Folder) -> None:
    path = folder.write("in.pdf", PDF)
    theirs = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with refusing(op, theirs), pytest.raises(OSError, match="No space") as caught:
        rustpdf.sign_file(path, folder.at(output), certificate=certificate(), signer=Key(), chain=CHAIN, **MOMENT)
    assert caught.value is theirs
    assert (folder.read("in.pdf"), folder.names()) == (PDF, ["in.pdf"])
    session = unfinished_session(theirs)
    assert isinstance(session, FileSession)
    session.complete_signed(folder.at(output))
    assert folder.read(output) == expected()


def test_an_output_that_appeared_meanwhile(folder: Folder) -> None:
    path = folder.write("in.pdf", PDF)
    with pytest.raises(FileExistsError) as caught:
        rustpdf.sign_file(
            path,
            folder.at("out.pdf"),
            certificate=certificate(),
            signer=Key(lambda: folder.write("out.pdf", b"precious")),
            chain=CHAIN,
            **MOMENT,
        )
    assert folder.read("out.pdf") == b"precious"
    session = unfinished_session(caught.value)
    assert isinstance(session, FileSession)
    with pytest.raises(FileExistsError) as again:
        session.complete_signed(folder.at("out.pdf"))
    assert unfinished_session(again.value) is not None
    session.complete_signed(folder.at("out.pdf"), replace=True)
    assert folder.read("out.pdf") == expected()


def test_a_later_signer_that_raises() -> None:
    """The signatures before it are kept in the session."""
    mine = ZeroDivisionError("mine")

    def by(_: bytes) -> bytes:
        raise mine

    signatories: list[rustpdf.CertifiedSigner] = [
        rustpdf.Signer(certificate(), Key(), CHAIN),
        rustpdf.Signer(certificate("p384"), by, CHAIN),
    ]
    with pytest.raises(ZeroDivisionError):
        rustpdf.sign_in_turn(PDF, signatories, **MOMENT)
    session = unfinished_session(mine)
    assert isinstance(session, rustpdf.Session)
    assert session.complete_signed() == expected()
    with pytest.raises(ZeroDivisionError):
        rustpdf.sign_in_turn(PDF, signatories[1:], **MOMENT)
    assert unfinished_session(mine) is None  # that of the call before is gone


def test_the_session_of_a_document_in_a_file_for_a_call_in_memory(folder: Folder) -> None:
    path = folder.write("in.pdf", PDF)
    with pytest.raises(RustpdfError) as caught:
        rustpdf.sign_with(path, certificate(), Key(lambda: os.utime(path, (1, 1))), chain=CHAIN, **MOMENT)
    assert caught.value.code == "ERR_FILE_CHANGED"
    session = unfinished_session(caught.value)
    assert isinstance(session, rustpdf.Session)
    assert session.complete_signed() == expected()


def test_a_completion_that_fails(folder: Folder) -> None:
    path = folder.write("in.pdf", PDF)
    session = rustpdf.begin_signing_file(path, certificate=certificate(), chain=CHAIN, **MOMENT)
    assert session.request is not None
    signature = signer()(session.request.data, session.request)
    folder.write("out.pdf", b"precious")
    with pytest.raises(FileExistsError) as caught:
        session.complete_with_signature(signature, folder.at("out.pdf"))
    with pytest.raises(RustpdfError) as unsigned:
        session.complete_signed(None)
    assert unsigned.value.group in ("session", "misuse")
    finished = unfinished_session(caught.value)
    if finished is not None:
        assert isinstance(finished, FileSession)
        finished.complete_signed(folder.at("other.pdf"))
        assert folder.read("other.pdf") == expected()


@pytest.mark.parametrize("kind", [Exception, KeyboardInterrupt, OSError, RustpdfError])
def test_whatever_exception_it_is(kind: type[BaseException], folder: Folder) -> None:
    class Stubborn(kind):  # type: ignore[valid-type, misc]
        """Lets nobody set an attribute, and cannot be hashed or referred to weakly."""

        __slots__ = ()
        __hash__ = None  # type: ignore[assignment]

        def __setattr__(self, *_: object) -> None:
            raise AttributeError

        def __init__(self) -> None:
            if kind is RustpdfError:
                BaseException.__init__(self)

    mine = Stubborn()
    call: dict[str, Any] = {"chain": CHAIN, **MOMENT, "on_progress": raise_at_write(mine)}
    with pytest.raises(kind) as caught:
        rustpdf.sign_file(folder.write("in.pdf", PDF), folder.at("out.pdf"), certificate=certificate(), signer=Key(), **call)
    assert caught.value is mine
    assert unfinished_session(mine) is not None
    assert unfinished_session(kind.__new__(kind)) is None


def test_the_exception_goes_to_another_process_without_its_session(folder: Folder) -> None:
    path = folder.write("in.pdf", PDF)
    with refusing("link", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))), pytest.raises(OSError, match="No space") as caught:
        rustpdf.sign_file(path, folder.at("out.pdf"), certificate=certificate(), signer=Key(), on_warnings=lambda _: None)
    assert unfinished_session(caught.value) is not None
    twin = pickle.loads(pickle.dumps(caught.value))
    assert (type(twin), twin.errno, unfinished_session(twin)) == (OSError, errno.ENOSPC, None)


class TestTask:
    def test_cancelled_when_the_signature_is_there(self, folder: Folder) -> None:
        path = folder.write("in.pdf", PDF)
        caught: list[BaseException] = []

        reached, released = threading.Event(), threading.Event()

        def on_progress(progress: Progress) -> None:
            if (progress.phase, progress.done) == ("sign", 1):
                reached.set()
                released.wait()

        async def main() -> None:
            call: dict[str, Any] = {"chain": CHAIN, **MOMENT, "on_progress": on_progress}
            signing = asyncio.ensure_future(
                rustpdf.sign_file_async(path, folder.at("out.pdf"), certificate=certificate(), signer=Key(), **call)
            )
            while not reached.is_set():
                await asyncio.sleep(0.001)
            signing.cancel()
            await asyncio.sleep(0.01)  # the task meets it
            released.set()
            try:
                await signing
            except asyncio.CancelledError as error:
                caught.append(error)

        asyncio.run(main())
        assert folder.names() == ["in.pdf"]
        session = unfinished_session(caught[0])
        assert isinstance(session, FileSession)
        asyncio.run(session.complete_signed_async(folder.at("out.pdf")))
        assert folder.read("out.pdf") == expected()
