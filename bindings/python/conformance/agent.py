"""Agent of tests/conformance: signs by the installed package as each line of the input asks."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import rustpdf

NAMES = ["data", "digest", "digest_info", "digest_algorithm", "signature_algorithm", "salt_length", "curve"]
NAMES += ["document_digest", "document_name", "field_name", "certificate_digest"]


def perform(asked: dict[str, Any], answer: dict[str, Any]) -> None:
    """Does what is asked, and adds to the answer step by step."""
    document = Path(asked["document"]).read_bytes()
    certificate = Path(asked["certificate"]).read_bytes() if "certificate" in asked else None
    chain = [Path(path).read_bytes() for path in asked["chain"]]
    session = bytes.fromhex(asked.get("session", ""))
    http = recorded(asked["http"]) if "http" in asked else None
    if asked["way"] == "resume" and "sessionKey" in asked:
        resumed = rustpdf.resume_signing(session, document, bytes.fromhex(asked["sessionKey"]))
        return complete(asked, resumed, answer, http)
    signing: dict[str, Any] = {"chain": chain, "options": options(asked["options"]), "signing_time": time(asked["now"])}
    if asked["way"] == "resume":
        return complete(asked, rustpdf.resume_unsealed(session, document, certificate=certificate, **signing), answer, http)
    signing["entropy"] = bytes.fromhex(asked["entropy"])
    if asked["way"] == "begin":
        begun = rustpdf.begin_signing(document, certificate=certificate, **signing)
        answer["sealed"] = begun.serialize(bytes.fromhex(asked["sessionKey"])).hex()
        if begun.level == "B-B" and begun.report.rect is None:  # without a seal nobody could rely on what it trusts, or shows
            answer["unsealed"] = begun.serialize_unsealed().hex()
        return complete(asked, begun, answer, http)

    def sign(data: bytes, request: rustpdf.SigningRequest) -> bytes:
        answer["requests"].append(told(request) | {"data": data.hex()})
        return bytes.fromhex(asked["signature"])

    assert certificate is not None
    answer["output"] = output(rustpdf.sign_with(document, certificate, sign, http=http, **signing))
    return None


def recorded(exchange: list[dict[str, Any]]) -> rustpdf.HttpFunction:
    """Answers each request by the first unused response for it."""
    unused, lock = list(exchange), threading.Lock()

    def http(request: rustpdf.HttpRequest) -> rustpdf.HttpResponse:
        place = {"url": request.url} if request.service is None else {"service": request.service}
        asked = {"purpose": request.purpose, **place}
        with lock:
            response = next(one for one in unused if asked.items() <= one.items())
            unused.remove(response)
        return rustpdf.HttpResponse(response["status"], Path(response["body"]).read_bytes() if "body" in response else b"")

    return http


def complete(asked: dict[str, Any], session: rustpdf.Session, answer: dict[str, Any], http: rustpdf.HttpFunction | None) -> None:
    """Completes a session by the answer of the key or of the service, if there is one."""
    if session.request is not None:
        answer["requests"].append(told(session.request))
    answer["hash"] = session.hash.hex()
    call: dict[str, Any] = {"http": http, "services": services(asked)}
    if http is not None and (password := asked.get("options", {}).get("password")):
        call["password"] = password
    if "entropy" in asked:
        call |= {"signing_time": time(asked["now"]), "entropy": bytes.fromhex(asked["entropy"])}
    if "container" in asked:
        answer["output"] = output(session.complete(bytes.fromhex(asked["container"]), **call))
    elif "signature" in asked:
        issued = [Path(path).read_bytes() for path in asked.get("issued", [])]
        signature = bytes.fromhex(asked["signature"])
        certificate = issued[0] if issued else None
        answer["output"] = output(session.complete_with_signature(signature, certificate=certificate, chain=issued[1:], **call))


def services(asked: dict[str, Any]) -> list[rustpdf.TimestampService] | None:
    """As many timestamp services as the responses have. Their addresses do not matter."""
    if "http" not in asked:
        return None
    count = max((one["service"] + 1 for one in asked["http"] if "service" in one), default=0)
    return [rustpdf.TimestampService(url=f"http://service-{number}.invalid/") for number in range(count)]


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
        if "validation" in typed:
            typed["validation"] = {name: decoded(value) for name, value in typed["validation"].items()}
        if "appearance" in typed:
            typed["appearance"] = structure("Appearance", typed["appearance"])
        if "empty_fields" in typed:
            typed["empty_fields"] = [structure("EmptyField", field) for field in typed["empty_fields"]]
        return rustpdf.SigningOptions(**typed)
    except (KeyError, TypeError):
        return named


TYPES = {
    "border": "AppearanceBorder",
    "font": "AppearanceFont",
    "image": "AppearanceImage",
    "labels": "AppearanceLabels",
    "pdf": "AppearancePdf",
    "position": "BoxPosition",
}


def structure(kind: str, given: dict[str, Any]) -> Any:
    """A structure of an appearance by its type, and those within."""

    def within(name: str, value: Any) -> Any:
        if name in TYPES:
            return [structure(TYPES[name], one) for one in value] if isinstance(value, list) else structure(TYPES[name], value)
        return value

    return getattr(rustpdf, kind)(**{name: within(name, value) for name, value in given.items()})


def decoded(value: Any) -> Any:
    """Certificates, OCSP responses and lists as bytes, those that are hexadecimal; any other value itself."""
    return [bytes.fromhex(one) if re.fullmatch("[0-9a-f]+", one) else one for one in value] if isinstance(value, list) else value


def renamed(given: dict[str, Any]) -> dict[str, Any]:
    """The options by their names in Python."""

    def within(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(one) if isinstance(one, dict) else one for one in value]
        if isinstance(value, dict):
            return renamed(value)
        return bytes.fromhex(value) if name in ("bold", "data", "regular") else value

    return {snake(name): within(name, value) for name, value in given.items()}


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
