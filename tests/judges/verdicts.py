#!/usr/bin/env python3
"""Puts a folder of signed files, KIND.pdf for each kind of kinds.json, before all judges, and compares what they say with expected.json.

    verdicts.py FOLDER

A kind passes when each judge says of it what it says of pyHanko's file of that kind: accepted or not, for the same reason, at the same
level, for as many signatures, and from DSS no error or warning that pyHanko's file does not get; and when the signatures are of that
kind at all (facts.py). Ends with the table of kinds × judges.
"""
import json
import sys
from pathlib import Path

from common import Trust
from facts import facts
from judge import ALL, judged

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / ".build"
PKI = HERE.parent / "pki/certificates"
DOCUMENTS = HERE.parent / "vectors/documents"
KINDS = json.loads((HERE / "kinds.json").read_text())
EXPECTED = HERE / "expected.json"


def words(verdict, signatures):
    """A verdict in words: `ok` and the level, or `no, because …`."""
    reason = verdict.reason
    if verdict.ok and verdict.signatures not in (None, signatures):
        reason = f"it sees {verdict.signatures} signatures instead of {signatures}"
    return f"no, because: {reason}" if reason else f"ok {verdict.level or ''}".strip()


def objections(verdict):
    """Every error and warning of DSS, also of the signatures that it accepts."""
    return sorted({text for entry in verdict.details.values() if isinstance(entry, dict)
                   for text in [*entry.get("errors", ()), *entry.get("warnings", ())]})


def judge_folder(folder, kinds):
    """What is to be said of the file of each kind: {kind: {"verdicts": {judge: words}, "dss": [error or warning…], "signatures": facts}}."""
    said = {}
    for password in {KINDS[kind].get("password"): None for kind in kinds}:
        trust = Trust([PKI / "root.pem"], [PKI / "root.crl", PKI / "issuing.crl"], password)
        for path, verdicts in judged([folder / f"{kind}.pdf" for kind in kinds if KINDS[kind].get("password") == password], trust):
            count = len(KINDS[path.stem]["signatures"])
            said[path.stem] = {"verdicts": {name: words(verdict, count) for name, verdict in verdicts.items()},
                               "dss": objections(verdicts["dss"]), "signatures": read(path, password)}
    return {kind: said[kind] for kind in kinds}


def read(path, password):
    """The facts of a file; of one that cannot be read there are none, and the judges say more."""
    try:
        return facts(path, password)
    except Exception as error:  # noqa: BLE001
        print(f"{path.stem}: {type(error).__name__}: {error}")
        return []


def differences(said, expected):
    """Where a file is another than expected, a line each."""
    for name in ALL:
        if said["verdicts"][name] != expected["verdicts"][name]:
            yield f"{name} says “{said['verdicts'][name]}”, of pyHanko's “{expected['verdicts'][name]}”"
    for text in set(said["dss"]) - set(expected["dss"]):
        yield f"dss objects, and not to pyHanko's: {text}"
    if len(said["signatures"]) != len(expected["signatures"]):
        yield f"{len(said['signatures'])} signatures can be read, of pyHanko's {len(expected['signatures'])}"
    for number, (ours, other) in enumerate(zip(said["signatures"], expected["signatures"]), 1):
        for name in other:
            if ours[name] != other[name]:
                yield f"signature {number}: {name} is {ours[name]}, of pyHanko's {other[name]}"


def table(said):
    """Kinds × judges, with the reasons as notes below."""
    notes = []

    def cell(text):
        word, _, reason = text.partition(", because: ")
        if not reason:
            return text
        if reason not in notes:
            notes.append(reason)
        return f"{word} ({notes.index(reason) + 1})"

    rows = [["", *ALL]] + [[kind, *(cell(entry["verdicts"][name]) for name in ALL)] for kind, entry in said.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines + [""] * bool(notes) + [f"({number}) no, because: {reason}" for number, reason in enumerate(notes, 1)])


def main():
    folder, expected = Path(sys.argv[1]), json.loads(EXPECTED.read_text())["kinds"]
    missing = [kind for kind in KINDS if not (folder / f"{kind}.pdf").exists()]
    if missing:
        sys.exit(f"{folder} has no {', '.join(missing)}")
    said = judge_folder(folder, KINDS)
    wrong = {kind: list(differences(entry, expected[kind])) for kind, entry in said.items()}
    for kind, lines in wrong.items():
        for line in lines:
            print(f"{kind}: {line}")
    print(table(said))
    failed = sum(map(bool, wrong.values()))
    print(f"\n{len(said) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
