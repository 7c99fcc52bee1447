#!/usr/bin/env python3
"""openssl cms -verify -cades on each extracted container and the bytes that its /ByteRange covers.

-cades also checks the signing-certificate attribute against the signer's certificate (RFC 5035).
"""
import re
import tempfile
from pathlib import Path

from common import Verdict, main, run, signatures

# 40F7453AE17F0000:error:1700009D:CMS routines:cms_get0_signed:no content:../crypto/cms/cms_smime.c:41:
ERROR = re.compile(r":error:[0-9A-F]+:([^:]*):[^:]*:([^:]*):")


def judge(path, trust):
    details, reason, found = {}, None, signatures(path)
    size = path.stat().st_size
    with tempfile.TemporaryDirectory() as folder:
        roots, container, content = (Path(folder, name) for name in ("roots.pem", "container.der", "content.bin"))
        # openssl reads revocation lists from the file of the roots.
        known = [root.read_text() for root in trust.roots] + [run("openssl", "crl", "-inform", "DER", "-in", crl)[1] for crl in trust.crls]
        roots.write_text("\n".join(known))
        for number, signature in enumerate(found, 1):
            container.write_bytes(signature.container)
            with open(path, "rb") as source, open(content, "wb") as target:
                signature.copy_covered(source, target)
            command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", container, "-content", content, "-binary",
                       "-CAfile", roots, "-no-CApath", "-no-CAstore", "-purpose", "any", "-out", "/dev/null",
                       *(["-crl_check_all"] if trust.crls else [])]
            plain, said = run(*command)
            cades, cades_said = run(*command, "-cades")
            _, printed = run("openssl", "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", container)
            entry = {
                "cms": plain == 0,
                "cades": cades == 0,
                "wholeFile": signature.first == 0 and signature.last == size,
                "zeroPadding": not any(signature.padding),
                "signingTimeAttribute": "signingTime" in printed,
                "containerBytes": len(signature.container),
                "paddingBytes": len(signature.padding),
                "said": (cades_said if cades else said).strip().splitlines()[:4],
            }
            details[f"signature {number}"] = entry
            if not (entry["cms"] and entry["cades"]):
                reason = reason or ": ".join(ERROR.search("\n".join(entry["said"])).groups())
            elif not entry["zeroPadding"]:
                reason = reason or "the container is padded with something else than zeros"
    if not found:
        return Verdict(signatures=0, reason="it finds no signature")
    if not entry["wholeFile"]:
        reason = reason or "the last signature does not reach the end of the file"
    level = "CAdES-BES" if entry["cades"] else "CMS" if entry["cms"] else None
    return Verdict(level, len(found), reason, details)


if __name__ == "__main__":
    main("openssl", judge)
