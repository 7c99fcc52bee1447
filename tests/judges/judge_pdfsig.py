#!/usr/bin/env python3
"""pdfsig (Poppler with NSS): integrity, chain to a root in a fresh NSS database, and how much is covered."""
import functools
import re
import tempfile
from pathlib import Path

from common import Verdict, main, run, signatures


@functools.cache
def database(roots, signers):
    """An NSS database that trusts the roots and knows the certificates `signers`; its folder lives as long as the process."""
    folder = tempfile.TemporaryDirectory()
    additions = [("-A", "-n", f"root{number}", "-t", "CT,C,C", "-i", root) for number, root in enumerate(roots)]
    for number, signer in enumerate(signers):
        path = Path(folder.name, f"signer{number}.pem")
        path.write_text(signer)
        additions.insert(0, ("-A", "-n", path.stem, "-t", ",,", "-a", "-i", path))
    for words in [("-N", "--empty-password"), *additions]:
        status, output = run("certutil", *words, "-d", f"sql:{folder.name}")
        if status:
            raise RuntimeError(f"certutil: {output}")
    return folder


def signers(path):
    """The certificates of those who signed the file, where they are several signatures.

    Of a certificate that signed twice, and that the database does not know, pdfsig mostly says “Unknown issue with Certificate or
    corrupted data” the second time. To know it is not to trust it: the chain is built from what the file has, as before.
    """
    found = signatures(path)
    if len(found) < 2:
        return ()
    with tempfile.TemporaryDirectory() as folder:
        container, certificate = Path(folder, "container.der"), Path(folder, "signer.pem")
        certificates = set()
        for signature in found:
            container.write_bytes(signature.container)
            run("openssl", "cms", "-verify", "-noverify", "-nosigs", "-no_content_verify", "-binary", "-inform", "DER", "-in", container,
                "-content", "/dev/null", "-signer", certificate, "-out", "/dev/null")
            if certificate.exists():
                certificates.add(certificate.read_text())
    return tuple(sorted(certificates))


def judge(path, trust):
    return judge_knowing(signers(path), path, trust)


def judge_knowing(known, path, trust):
    """The verdict where the database knows the certificates `known`: none, where no certificate of interest signed twice."""
    password = ["-upw", trust.password, "-opw", trust.password] if trust.password else []
    status, output = run("pdfsig", "-nssdir", f"sql:{database(tuple(trust.roots), known).name}", *password, path)
    output = re.sub(r"NSS_Shutdown failed: .*\n", "", output)  # which it says at its end, and which lands anywhere in between
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
