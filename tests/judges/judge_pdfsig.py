#!/usr/bin/env python3
"""pdfsig (Poppler with NSS): integrity, chain to a root in a fresh NSS database, and how much is covered."""
import functools
import re
import tempfile

from common import Verdict, main, run


@functools.cache
def database(roots):
    """An NSS database with the roots; its folder lives as long as the process."""
    folder = tempfile.TemporaryDirectory()
    additions = [("-A", "-n", f"root{number}", "-t", "CT,C,C", "-i", root) for number, root in enumerate(roots)]
    for words in [("-N", "--empty-password"), *additions]:
        status, output = run("certutil", *words, "-d", f"sql:{folder.name}")
        if status:
            raise RuntimeError(f"certutil: {output}")
    return folder


def judge(path, trust):
    password = ["-upw", trust.password, "-opw", trust.password] if trust.password else []
    status, output = run("pdfsig", "-nssdir", f"sql:{database(tuple(trust.roots)).name}", *password, path)
    blocks = re.split(r"^Signature #\d+:\n", output, flags=re.M)[1:]
    signatures = []
    for block in blocks:
        if "The signature form field is not signed." in block:
            continue
        fields = dict(re.findall(r"^  - ([^:\n]+): (.*)$", block, flags=re.M))
        fields["total"] = "Total document signed" in block
        signatures.append(fields)
    reason = next(filter(None, map(objection, signatures)), None)
    if not signatures:
        reason = "it finds no signature"
    elif not any(signature["total"] for signature in signatures):
        reason = reason or "no signature covers the whole file"
    return Verdict(signatures[-1].get("Signature Type") if signatures else None, len(signatures), reason,
                   {"status": status, "signatures": signatures, "said": "" if signatures else output.strip()})


def objection(signature):
    """What pdfsig has against one signature; None if nothing."""
    for question, right in (("Signature Validation", "Signature is Valid."), ("Certificate Validation", "Certificate is Trusted.")):
        if signature.get(question) != right:
            return signature.get(question, f"it does not come to the {question.lower()}")
    return None


if __name__ == "__main__":
    main("pdfsig", judge)
