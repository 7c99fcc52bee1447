#!/usr/bin/env python3
"""Puts signed PDF files before every judge: a table on standard output, or one line of JSON a file with --json.

    judge.py --root ROOT.pem [--crl LIST.crl]... [--password TEXT] [--only dss,qpdf] [--json] FILE...

The exit status is 0 when every judge asked accepts every file.
"""
import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import judge_mutool
import judge_openssl
import judge_pdfsig
import judge_qpdf
from common import Trust, Verdict, guarded

HERE = Path(__file__).resolve().parent
JAVA = ["dss", "itext", "pdfbox", "verapdf"]
LOCAL = {"pdfsig": judge_pdfsig, "mutool": judge_mutool, "qpdf": judge_qpdf, "openssl": judge_openssl}
ALL = ["pdfsig", "mutool", "qpdf", "openssl", "pyhanko", *JAVA]


class JavaJudges:
    """One Java process for all files: starting it is what costs."""

    def __init__(self, trust, names, options=()):
        java = os.environ.get("JAVA_HOME")
        home = Path(os.environ.get("JUDGES_JAVA", HERE / "java"))
        command = [f"{java}/bin/java" if java else "java", *options, "-cp", f"{home}/target/judges-1.jar:{home}/target/dependency/*", "judges.Main"]
        for root in trust.roots:
            command += ["--root", str(root)]
        for crl in trust.crls:
            command += ["--crl", str(crl)]
        if trust.password:
            command += ["--password", trust.password]
        self.process = subprocess.Popen([*command, *names], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def judge(self, path, password=None):
        self.process.stdin.write(f"{path}\n" if password is None else f"{path}\t{password}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the Java judges ended: build them first (README.md)")
        answers = json.loads(line)["verdicts"]
        return {name: Verdict(**{key: value for key, value in answer.items() if key != "ok"}) for name, answer in answers.items()}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def judged(paths, trust, names=ALL):
    """Each path with the verdicts of the judges `names`, as soon as they are there."""
    local = {name: module.judge for name, module in LOCAL.items() if name in names}
    if "pyhanko" in names:
        import judge_pyhanko
        local["pyhanko"] = judge_pyhanko.judge
    java_names = [name for name in JAVA if name in names]
    java = JavaJudges(trust, java_names) if java_names else None
    for path in paths:
        verdicts = {name: guarded(judge, path, trust) for name, judge in local.items()}
        if java:
            verdicts |= java.judge(path.resolve())
        yield path, {name: verdicts[name] for name in names}
    if java:
        java.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--root", action="append", default=[], type=Path)
    parser.add_argument("--crl", action="append", default=[], type=Path)
    parser.add_argument("--password")
    parser.add_argument("--only", type=lambda text: text.split(","), default=ALL)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    unknown = set(options.only) - set(ALL)
    if unknown:
        parser.error(f"no judge is called {', '.join(sorted(unknown))}")

    accepted, width = True, max(len(path.name) for path in options.files)
    if not options.json:
        print(" " * width, *(f"{name:>17}" for name in options.only))
    for path, verdicts in judged(options.files, Trust(options.root, options.crl, options.password), options.only):
        accepted &= all(verdict.ok for verdict in verdicts.values())
        if options.json:
            print(json.dumps({"file": str(path), "verdicts": {name: vars(v) for name, v in verdicts.items()}}, default=str), flush=True)
            continue
        words = [("ok " if verdict.ok else "NO ") + (verdict.level or "") for verdict in verdicts.values()]
        print(f"{path.name:{width}}", *(f"{word[:17]:>17}" for word in words), flush=True)
    sys.exit(0 if accepted else 1)


if __name__ == "__main__":
    main()
