"""What the validators say of each signature of a file, in one form for all of them.

A judge answers None where it cannot read the file, else a dictionary of `Said` by field name.
"""
import re
import signal
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field

import judge_pdfsig
import judge_pyhanko
from common import Trust, guarded, run

PYHANKO_S = 30  # of pyHanko over one file


@dataclass
class Said:
    """`accepted`: valid, by a trusted certificate, with nothing to complain of. `whole`: it covers the file to its end.
    `standing`: what must not change to the worse, each with the values that are good."""

    accepted: bool
    whole: bool
    standing: dict
    words: str


@dataclass
class Answer:
    """`remarks`: what else the judge complains of, about the file as a whole."""

    signatures: dict
    remarks: set = field(default_factory=set)


def pdfsig(path, trust):
    try:
        return pdfsig_answer(path, trust)
    except subprocess.TimeoutExpired:  # it goes round in circles over some forms
        return None


def pdfsig_answer(path, trust):
    password = ["-upw", trust.password, "-opw", trust.password] if trust.password else []
    status, told = run("pdfinfo", *password, path)
    pages = re.search(r"^Pages:\s+(\d+)$", told, flags=re.M)
    if status or not pages or pages[1] == "0":
        return None
    answers = {}
    for said in judge_pdfsig.judge_knowing((), path, trust).details["signatures"]:
        validation, certificate = said.get("Signature Validation"), said.get("Certificate Validation")
        good = validation == "Signature is Valid." and certificate == "Certificate is Trusted."
        standing = {"validity": validation == "Signature is Valid.", "trust": certificate == "Certificate is Trusted."}
        put(answers, said.get("Signature Field Name"), Said(good, said["total"], standing, f"{validation} {certificate}"))
    return Answer(answers)


class Endless(BaseException):
    """A judge within this process did not come to an end. Not an Exception, which the judge itself would catch."""


@contextmanager
def limited(seconds):
    def stop(*_):
        raise Endless

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def pyhanko(path, trust):
    with limited(PYHANKO_S):  # it goes round in circles over some forms, too
        verdict = guarded(judge_pyhanko.judge, path, trust)
    details = dict(verdict.details)
    if verdict.signatures is None or "FAILED" in details.pop("decrypt", ""):
        return None
    strict = details.pop("strict", None)
    if strict and "not found in the current context" in strict:
        strict = None  # a reference to nothing is no error (ISO 32000-2, 7.3.10), and is met only where revisions are compared
    answers = {}
    for name, said in details.items():
        summary = said.get("summary", "")
        intact = "INVALID" not in summary and "failure" not in said
        good = intact and said.get("bottomLine") is True and said.get("ades") == "AdESPassed.OK"
        standing = {"intact": intact, "bottom line": said.get("bottomLine"), "trusted": said.get("trusted"),
                    "DocMDP": said.get("docMdpOk"), "ades": said.get("ades"), "changes": said.get("modifications") != "OTHER"}
        put(answers, name, Said(good, said.get("coverage") == "ENTIRE_FILE", standing, str(said)))
    return Answer(answers, {re.sub(r"\d+", "#", strict)} if strict else set())


def dss(verdict):
    if "exception" in verdict.details:
        return None
    answers = {}
    for identifier, said in verdict.details.items():
        indication = f"{said['indication']} {said['subIndication']}"
        standing = {"indication": indication, "errors": sorted(said["errors"])}
        whole = any(scope.startswith("FULL") for scope in said.get("scope", []))
        good = said["indication"] in ("TOTAL_PASSED", "PASSED", "TOTAL-PASSED") and not said["errors"]
        words = f"{indication}: {said['errors']} {said['warnings']}"
        put(answers, "+".join(said.get("fields") or [identifier]), Said(good, whole, standing, words))
    return Answer(answers)


def put(answers, name, said):
    """Two fields of one name are told apart by their order."""
    name, number = str(name), 1
    key = name
    while key in answers:
        number += 1
        key = f"{name} ({number})"
    answers[key] = said


def changes(before, after, fields):
    """What is wrong with the new signatures `fields`, of which the last is to cover the file, or worse with those before."""
    if after is None:
        return ["cannot read the signed file"]
    found = [f"says anew of the file: {remark}" for remark in sorted(after.remarks - before.remarks)]
    for name in fields:
        said = after.signatures.get(name)
        if said is None:
            found.append(f"does not find {name}, but {sorted(after.signatures)}")
        elif not said.accepted:
            found.append(f"does not accept {name}: {said.words}")
        elif name == fields[-1] and not said.whole:
            found.append(f"does not find that {name} covers the file")
    for name, old in before.signatures.items():
        new = after.signatures.get(name)
        if new is None:
            found.append(f"no longer finds {name}, which was there")
            continue
        for what, value in old.standing.items():
            if worse(value, new.standing.get(what)):
                found.append(f"says of {name}, which was there: {what} {new.standing.get(what)}, was {value}; {new.words}")
    return found


def worse(old, new):
    """What was good stays so; what was bad may be bad in other words of the same kind."""
    if isinstance(old, list):
        return not set(new or []) <= set(old)
    return old != new and not (old is None or old is False)


def trust(material, password):
    return Trust([material / "root.pem"], [material / "root.crl", material / "issuing.crl"], password)
