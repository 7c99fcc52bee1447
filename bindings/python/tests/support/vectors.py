"""The conformance vectors, and every way in which one can be signed. The README of the vectors explains the keys."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import rustpdf

from .pki import KEY, ROOT

FOLDER = ROOT / "tests/vectors"
CASES = sorted((FOLDER / "cases").glob("*.json"))
KEYS = {
    "comment",
    "flags",
    "document",
    "certificate",
    "chain",
    "options",
    "now",
    "entropy",
    "session",
    "sessionKey",
    "request",
    "signature",
    "container",
    "expect",
}
"""Keys that this runner knows. A vector with another key is skipped."""

Vector = dict[str, Any]
Outcome = dict[str, Any]


def load(path: Path) -> Vector:
    """The vector of a file."""
    vector: Vector = json.loads(path.read_bytes())
    return vector


def ways(vector: Vector) -> dict[str, Callable[[], Outcome]]:
    """Every way in which a vector can be signed."""
    if "session" in vector:
        key = bytes.fromhex(vector["sessionKey"])
        return {"resume_signing": lambda: completed(vector, resume(vector, bytes.fromhex(vector["session"]), key))}
    halves: dict[str, Callable[[], Outcome]] = {
        "begin_signing": lambda: completed(vector, begin(vector)),
        "a session saved": lambda: completed(vector, resume(vector, begin(vector).serialize(KEY))),
        "a session saved unsealed": lambda: completed(vector, _resume_unsealed(vector)),
        "a session of a file": lambda: _completed_file(vector),
    }
    if "certificate" not in vector or "container" in vector:
        return halves
    return halves | {
        "sign_with": lambda: _success(rustpdf.sign_with(document(vector), *_signer(vector), **_given(vector))),
        "sign_with_async": lambda: _success(
            asyncio.run(rustpdf.sign_with_async(document(vector), *_async_signer(vector), **_given(vector)))
        ),
        "options as they stand": lambda: _success(
            rustpdf.sign_with(document(vector), *_signer(vector), **_given(vector) | {"options": vector["options"]})
        ),
        "into a new file": lambda: _signed_file(vector, in_place=False),
        "in place": lambda: _signed_file(vector, in_place=True),
    }


def outcome(way: Callable[[], Outcome]) -> Outcome:
    """Outcome of a way to sign, an error as its code."""
    try:
        return way()
    except rustpdf.RustpdfError as error:
        return {"code": error.code}


def begin(vector: Vector) -> rustpdf.Session:
    """The first half, in memory."""
    return rustpdf.begin_signing(document(vector), certificate=_certificate(vector), **_given(vector))


def resume(vector: Vector, saved: bytes, key: bytes = KEY) -> rustpdf.Session:
    """The saved session, with its document."""
    return rustpdf.resume_signing(saved, document(vector), key)


def _resume_unsealed(vector: Vector) -> rustpdf.Session:
    given = _given(vector)
    del given["entropy"]
    return rustpdf.resume_unsealed(begin(vector).serialize_unsealed(), document(vector), certificate=_certificate(vector), **given)


def completed(vector: Vector, session: rustpdf.Session) -> Outcome:
    """The second half."""
    compare(vector, session.request)
    if "container" in vector:
        signed = session.complete(bytes.fromhex(vector["container"]))
    else:
        signed = session.complete_with_signature(_signature(vector))
    return _success(signed) | {"hash": session.hash.hex()}


def document(vector: Vector) -> bytes:
    """Document of a vector."""
    return Path(FOLDER, "documents", vector["document"]).read_bytes()


def compare(vector: Vector, request: rustpdf.SigningRequest | None) -> None:
    """The request must be that of the vector."""
    if request is None:
        assert "request" not in vector
        return
    names = {"digest_info": "digestInfo", "digest_algorithm": "digestAlgorithm", "signature_algorithm": "signatureAlgorithm"}
    names |= {"salt_length": "saltLength", "data": "data", "digest": "digest", "curve": "curve"}
    values = {names[name]: getattr(request, name) for name in names}
    found = {name: value.hex() if isinstance(value, bytes) else value for name, value in values.items() if value is not None}
    assert found == vector["request"]


def _signature(vector: Vector) -> bytes:
    # Where there is none, an error should have come before it was asked for.
    assert "signature" in vector, "a signature is asked for"
    return bytes.fromhex(vector["signature"])


def _certificate(vector: Vector) -> bytes | None:
    return (FOLDER / "certificates" / vector["certificate"]).read_bytes() if "certificate" in vector else None


def _given(vector: Vector) -> dict[str, Any]:
    return {
        "chain": [(FOLDER / "certificates" / name).read_bytes() for name in vector.get("chain", [])],
        "options": options(vector),
        "signing_time": _time(vector["now"]),
        "entropy": bytes.fromhex(vector["entropy"]),
    }


def _time(now: int) -> datetime:
    # One hour to the west, so that the first hour of the year 10000 can be told, too.
    return datetime.fromtimestamp(now - 3600, timezone.utc).replace(tzinfo=timezone(timedelta(hours=-1)))


def options(vector: Vector) -> rustpdf.Options:
    """The options as a Python program writes them, where it could."""
    given = {_snake(name): value for name, value in vector["options"].items()}
    try:
        if "lock" in given:
            given["lock"] = rustpdf.FieldLock(**given["lock"])
        if "policy" in given:
            policy = {_snake(name): value for name, value in given["policy"].items()}
            given["policy"] = rustpdf.SignaturePolicy(**policy | {"digest": bytes.fromhex(policy["digest"])})
        return rustpdf.SigningOptions(**given)
    except (KeyError, TypeError):
        options: dict[str, Any] = vector["options"]
        return options


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda found: "_" + found[0].lower(), name)


def _signer(vector: Vector) -> tuple[bytes, Callable[[bytes, rustpdf.SigningRequest], bytes]]:
    def sign(data: bytes, request: rustpdf.SigningRequest) -> bytes:
        assert data == request.data
        compare(vector, request)
        return _signature(vector)

    certificate = _certificate(vector)
    assert certificate is not None
    return certificate, sign


def _async_signer(vector: Vector) -> tuple[bytes, rustpdf.AsyncSigner]:
    certificate, sign = _signer(vector)

    async def sign_later(data: bytes, request: rustpdf.SigningRequest) -> bytes:
        await asyncio.sleep(0)
        return sign(data, request)

    return certificate, sign_later


def _signed_file(vector: Vector, *, in_place: bool) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(FOLDER / "documents" / vector["document"], folder))
        output = path if in_place else Path(folder, "out.pdf")
        before = path.read_bytes()
        try:
            rustpdf.sign_file_with(path, output, *_signer(vector), **_given(vector))
        except BaseException:
            assert [each.name for each in Path(folder).iterdir()] == [path.name]
            assert path.read_bytes() == before
            raise
        assert {each.name for each in Path(folder).iterdir()} == {path.name, output.name}
        return _success(output.read_bytes())


def _completed_file(vector: Vector) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(FOLDER / "documents" / vector["document"], folder))
        session = rustpdf.begin_signing_file(path, certificate=_certificate(vector), **_given(vector))
        compare(vector, session.request)
        if "container" in vector:
            session.complete(bytes.fromhex(vector["container"]), path)
        else:
            session.complete_with_signature(_signature(vector), path)
        return _success(path.read_bytes()) | {"hash": session.hash.hex()}


def _success(signed: bytes) -> Outcome:
    return {"result": "success", "outputSha256": hashlib.sha256(signed).hexdigest(), "outputLength": len(signed)}
