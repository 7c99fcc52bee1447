#!/usr/bin/env python3
"""Puts signed PDF files before every judge: a table on standard output, or one line of JSON a file with --json.

    judge.py --root ROOT.pem [--crl LIST.crl]... [--password TEXT] [--only dss,qpdf] [--level B-LTA] [--json] FILE...

The exit status is 0 when every judge asked accepts every file. With --level only those judges are asked that can judge files of that level,
and a judge that names another level for the last signature does not accept.
"""
import argparse
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import judge_mutool
import judge_openssl
import judge_pdfsig
import judge_qpdf
from common import Trust, guarded, verdict_of

HERE = Path(__file__).resolve().parent
JAVA = ["dss", "itext", "pdfbox", "verapdf"]
LOCAL = {"pdfsig": judge_pdfsig, "mutool": judge_mutool, "qpdf": judge_qpdf, "openssl": judge_openssl}
ALL = ["pdfsig", "mutool", "qpdf", "openssl", "pyhanko", *JAVA]
# The level of a PAdES signature in the words of the judges that tell it.
LEVELS = {level: {"pyhanko": f"PAdES-{level}", "dss": f"PAdES-BASELINE-{level[2:]}", "itext": level.replace("-", "_")}
          for level in ("B-B", "B-T", "B-LT", "B-LTA")}
# The others do not know a DSS, and take an update after the signature for an edit or a document timestamp for a broken signature.
LONG_TERM = ["qpdf", "pyhanko", "dss", "itext", "verapdf"]


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
        return {name: verdict_of(answer) for name, answer in answers.items()}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def judges_of(level):
    """Judges that can judge a file of that level, or of any where it is None."""
    return LONG_TERM if level in ("B-LT", "B-LTA") else ALL


def of_level(verdict, name, level):
    """The verdict of the judge `name` on a file that has to be of that level."""
    expected = LEVELS[level].get(name)
    if not verdict.ok or expected in (None, verdict.level):
        return verdict
    return replace(verdict, reason=f"it says {verdict.level} instead of {expected}")


def judged(paths, trust, names=ALL, level=None):
    """Each path with the verdicts of the judges `names`, as soon as they are there. `level` is the one that all have to be of."""
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
        yield path, {name: of_level(verdicts[name], name, level) if level else verdicts[name] for name in names}
    if java:
        java.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--root", action="append", default=[], type=Path)
    parser.add_argument("--crl", action="append", default=[], type=Path)
    parser.add_argument("--password")
    parser.add_argument("--only", type=lambda text: text.split(","))
    parser.add_argument("--level", choices=LEVELS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    options.only = options.only or judges_of(options.level)
    unknown = set(options.only) - set(ALL)
    if unknown:
        parser.error(f"no judge is called {', '.join(sorted(unknown))}")

    accepted, width = True, max(len(path.name) for path in options.files)
    if not options.json:
        print(" " * width, *(f"{name:>17}" for name in options.only))
    for path, verdicts in judged(options.files, Trust(options.root, options.crl, options.password), options.only, options.level):
        accepted &= all(verdict.ok for verdict in verdicts.values())
        if options.json:
            print(json.dumps({"file": str(path), "verdicts": {name: vars(v) for name, v in verdicts.items()}}, default=str), flush=True)
            continue
        words = [("ok " if verdict.ok else "NO ") + (verdict.level or "") for verdict in verdicts.values()]
        print(f"{path.name:{width}}", *(f"{word[:17]:>17}" for word in words), flush=True)
    sys.exit(0 if accepted else 1)


if __name__ == "__main__":
    main()
