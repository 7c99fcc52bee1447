#!/usr/bin/env python3
"""Lets the judges look at signed files, and says what speaks against each.

    believe.py FOLDER <ASKED >REASONS

ASKED is {name: {"like": kind, "signatures": count, "password": text, "facts": {…}}}, REASONS {name: [text…]}. Of FOLDER/NAME.pdf every judge must say what
expected.json says of pyHanko's file of that kind; its last signature must have the signed attributes of that kind, and these facts
(`mentions`: texts that stand somewhere in the attributes of policy and commitment type).
"""
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "judges"))

import verdicts  # noqa: E402

verdicts.PKI = HERE / "certificates"
asked = json.load(sys.stdin)
verdicts.KINDS = {name: {"signatures": [{}] * entry["signatures"], "password": entry.get("password")} for name, entry in asked.items()}
expected = json.loads(verdicts.EXPECTED.read_text())["kinds"]
said = verdicts.judge_folder(Path(sys.argv[1]), list(asked))


def reasons(entry, like, facts):
    wanted = expected[like]
    for judge, words in entry["verdicts"].items():
        if words != wanted["verdicts"][judge]:
            yield f"{judge} says “{words}”, of {like} by pyHanko “{wanted['verdicts'][judge]}”"
    yield from (f"dss objects: {text}" for text in entry["dss"] if text not in wanted["dss"])
    signature = (entry["signatures"] or [{}])[-1]
    for text in facts.pop("mentions", ()):
        if text not in str(signature.get("values")):
            yield f"its attributes do not mention {text}"
    for name, value in ({"attributes": wanted["signatures"][-1]["attributes"]} | facts).items():
        if signature.get(name) != value:
            yield f"{name} is {signature.get(name)} and not {value}"


print(verdicts.table(said), file=sys.stderr)
json.dump({name: list(reasons(said[name], entry["like"], entry["facts"])) for name, entry in asked.items()}, sys.stdout)
