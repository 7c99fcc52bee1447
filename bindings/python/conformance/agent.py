"""Agent of tests/conformance: signs by the installed package as each line of the input asks."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import rustpdf

NAMES = ["data", "digest", "digest_info", "digest_algorithm", "signature_algorithm", "salt_length", "curve"]


def perform(asked: dict[str, Any], answer: dict[str, Any]) -> None:
    """Does what is asked, and adds to the answer step by step."""
    document = Path(asked["document"]).read_bytes()
    certificate = Path(asked["certificate"]).read_bytes() if "certificate" in asked else None
    chain = [Path(path).read_bytes() for path in asked["chain"]]
    session = bytes.fromhex(asked.get("session", ""))
    if asked["way"] == "resume" and "sessionKey" in asked:
        resumed = rustpdf.resume_signing(session, document, bytes.fromhex(asked["sessionKey"]))
        return complete(asked, resumed, answer)
    signing: dict[str, Any] = {"chain": chain, "options": options(asked["options"]), "signing_time": time(asked["now"])}
    if asked["way"] == "resume":
        return complete(asked, rustpdf.resume_unsealed(session, document, certificate=certificate, **signing), answer)
    signing["entropy"] = bytes.fromhex(asked["entropy"])
    if asked["way"] == "begin":
        begun = rustpdf.begin_signing(document, certificate=certificate, **signing)
        answer["sealed"] = begun.serialize(bytes.fromhex(asked["sessionKey"])).hex()
        answer["unsealed"] = begun.serialize_unsealed().hex()
        return complete(asked, begun, answer)

    def sign(data: bytes, request: rustpdf.SigningRequest) -> bytes:
        answer["requests"].append(told(request) | {"data": data.hex()})
        return bytes.fromhex(asked["signature"])

    assert certificate is not None
    answer["output"] = output(rustpdf.sign_with(document, certificate, sign, **signing))
    return None


def complete(asked: dict[str, Any], session: rustpdf.Session, answer: dict[str, Any]) -> None:
    """Completes a session by the answer of the key or of the service, if there is one."""
    if session.request is not None:
        answer["requests"].append(told(session.request))
    answer["hash"] = session.hash.hex()
    if "container" in asked:
        answer["output"] = output(session.complete(bytes.fromhex(asked["container"])))
    elif "signature" in asked:
        issued = [Path(path).read_bytes() for path in asked.get("issued", [])]
        signature = bytes.fromhex(asked["signature"])
        certificate = issued[0] if issued else None
        answer["output"] = output(session.complete_with_signature(signature, certificate=certificate, chain=issued[1:]))


def told(request: rustpdf.SigningRequest) -> dict[str, Any]:
    """The request in JSON."""
    values = {camel(name): getattr(request, name) for name in NAMES}
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in values.items() if value is not None}


def output(signed: bytes) -> dict[str, Any]:
    """Digest and length of the signed document."""
    return {"sha256": hashlib.sha256(signed).hexdigest(), "length": len(signed)}


def options(given: dict[str, Any]) -> rustpdf.Options:
    """The options by their types; a mapping if these do not have them."""
    named = renamed(given)
    try:
        typed = dict(named)
        if "lock" in typed:
            typed["lock"] = rustpdf.FieldLock(**typed["lock"])
        if "policy" in typed:
            policy = typed["policy"]
            typed["policy"] = rustpdf.SignaturePolicy(**policy | {"digest": bytes.fromhex(policy["digest"])})
        return rustpdf.SigningOptions(**typed)
    except (KeyError, TypeError):
        return named


def renamed(given: dict[str, Any]) -> dict[str, Any]:
    """The options by their names in Python."""
    return {snake(name): renamed(value) if isinstance(value, dict) else value for name, value in given.items()}


def time(now: int) -> datetime:
    """A time, in a zone in which the first hour of the year 10000 is one of 9999."""
    return datetime.fromtimestamp(now - 3600, timezone.utc).replace(tzinfo=timezone(timedelta(hours=-1)))


def snake(name: str) -> str:
    """The name of an option in Python."""
    return re.sub("[A-Z]", lambda found: "_" + found[0].lower(), name)


def camel(name: str) -> str:
    """The name of a field in JSON."""
    return re.sub("_(.)", lambda found: found[1].upper(), name)


for line in sys.stdin:
    asked = json.loads(line)
    answer: dict[str, Any] = {"id": asked["id"], "requests": []}
    try:
        perform(asked, answer)
    except Exception as error:
        answer["error"] = error.code if isinstance(error, rustpdf.RustpdfError) else repr(error)
    print(json.dumps(answer), flush=True)
