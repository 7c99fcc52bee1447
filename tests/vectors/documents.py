#!/usr/bin/env python3
"""Makes documents/: those of tests/documents/make.py, a long one, broken ones, and some that pyHanko has signed already. What is there stays as it is.

    ../judges/venv/bin/python documents.py
"""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "documents"), str(HERE.parent / "judges")]

import make  # noqa: E402
import reference  # noqa: E402

reference.PKI = HERE / "certificates"
LINES = [f"Line {number} of a document that is longer than what is read of it at first." for number in range(1500)]

FILES = make.FILES | {
    "long": lambda: make.paged(contents=make.text(LINES)).table(1),
    "field-seed-value": lambda: make.form(b"/SV<</Type/SV/Ff 3/Filter/Adobe.PPKLite/SubFilter[/adbe.pkcs7.detached]>>"),
    "broken-empty": lambda: b"",
    "broken-no-header": lambda: read("classic").replace(b"%PDF-", b"%FDF-"),
    "broken-no-startxref": lambda: read("classic").partition(b"startxref")[0],
    "broken-startxref": lambda: read("classic").partition(b"startxref")[0] + b"startxref\n15\n%%EOF\n",
    "encrypted": lambda: qpdf("--encrypt", "", "owner", "256", "--", "--static-id", "--static-aes-iv"),
    "encrypted-user-aes-128": lambda: qpdf("--encrypt", "user", "owner", "128", "--use-aes=y", "--", "--static-id", "--static-aes-iv"),
    "encrypted-user-rc4": lambda: qpdf("--allow-weak-crypto", "--encrypt", "user", "owner", "128", "--use-aes=n", "--", "--static-id"),
    "encrypted-object-streams": lambda: qpdf(
        "--encrypt", "user", "owner", "256", "--", "--static-id", "--static-aes-iv", "--object-streams=generate"),
    "signed": lambda: reference.sign(read("classic"), 1, "p256", {}),
    "broken-revision-cut-short": lambda: read("signed")[:len(read("signed")) - 600],
    "certified-1": lambda: reference.sign(read("classic"), 1, "p256", {"certify": 1}),
    "certified-2": lambda: reference.sign(read("field"), 1, "p256", {"certify": 2}),
    "signed-lock": lambda: reference.sign(read("field"), 1, "p256", {"lock": {"action": "include", "fields": ["approval.director"]}}),
}


def qpdf(*options):
    """The classic document by way of qpdf."""
    return subprocess.run(["qpdf", *options, path("classic"), "-"], check=True, stdout=subprocess.PIPE).stdout


def path(name):
    return HERE / "documents" / f"{name}.pdf"


def read(name):
    return path(name).read_bytes()


for name, document in FILES.items():
    if not path(name).exists():
        path(name).write_bytes(document())
