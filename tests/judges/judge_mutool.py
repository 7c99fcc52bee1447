#!/usr/bin/env python3
"""mutool sign -v (MuPDF with OpenSSL): the digest, and whether the document changed after it.

It takes no trusted roots, so its words about the certificate are reported and not judged.
"""
from common import Verdict, main, run


def judge(path, trust):
    password = ["-p", trust.password] if trust.password else []
    status, output = run("mutool", "sign", "-v", *password, path)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    fields = [line for line in lines if line.startswith("Verifying signature")]
    unsigned = [line for line in lines if line == "Signature is not signed."]
    intact = [line for line in lines if line.startswith("The document is unchanged since signing")]
    bad = [line for line in lines if line.startswith(("Digest error", "error:", "warning:", "The document has changed"))]
    signatures = len(fields) - len(unsigned)
    ok = status == 0 and signatures > 0 and bool(intact) and not bad
    reason = None if ok else bad[0] if bad else "it does not find the document unchanged" if signatures else "it finds no signature"
    return Verdict(None, signatures, reason, {"status": status, "said": lines})


if __name__ == "__main__":
    main("mutool", judge)
