#!/usr/bin/env python3
"""qpdf --check: the syntax, the cross-reference chain and every stream. A warning is not accepted."""
from common import Verdict, main, run


def judge(path, trust):
    password = [f"--password={trust.password}"] if trust.password else []
    status, output = run("qpdf", *password, "--check", path)
    said = output.strip().splitlines()
    reason = None if status == 0 else next((line for line in said if "WARNING" in line or "ERROR" in line), f"it ends with status {status}")
    return Verdict(reason=reason, details={"status": status, "said": said})


if __name__ == "__main__":
    main("qpdf", judge)
