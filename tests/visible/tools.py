"""What the parts of the test share: folders, processes, judges, tables and failures."""
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / ".build/visible"
JUDGES = HERE.parent / "judges"
PKI = HERE.parent / "pki/certificates"

NAME = "Zoë Müller-Łukasiewicz"
VALUES = {"name": NAME, "reason": "I approve this document", "location": "Łódź"}
KEYS = ["rsa", "p256"]


class Worker:
    """A process that answers each line of JSON with one."""

    def __init__(self, *command):
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args} ended")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


# Faults that are known, by place: each has to occur, or it is none any more.
KNOWN = {}


class Failures:
    """Disagreements, a line each."""

    def __init__(self):
        self.lines, self.known = [], set()

    def add(self, where, what):
        if where in KNOWN:
            self.known.add(where)
            return
        self.lines.append(f"{where}: {what}")
        print(f"  ✗ {where}: {what}", file=sys.stderr, flush=True)

    def expect(self, where, holds, what):
        if not holds:
            self.add(where, what)
        return holds


class Signing:
    """Signs documents by the built package."""

    def __init__(self, folder, failures):
        self.folder, self.failures, self.number = folder, failures, 0
        self.worker = Worker("node", HERE / "sign.mjs")
        folder.mkdir(parents=True, exist_ok=True)

    def sign(self, name, document, *options, key=None):
        """The answer for a document with signatures of these options, and its path. Keys take turns."""
        self.number += 1
        out = self.folder / f"{name}.pdf"
        out.parent.mkdir(parents=True, exist_ok=True)
        keys = [key or KEYS[(self.number + at) % 2] for at in range(len(options))]
        signatures = [{"key": key, "options": {**VALUES, **given}} for key, given in zip(keys, options, strict=True)]
        return self.worker.ask({"document": str(document), "out": str(out), "signatures": signatures}), out

    def signed(self, name, document, *options, key=None):
        """The path of a document that has to be signed without an error; None after one."""
        answer, out = self.sign(name, document, *options, key=key)
        if "error" in answer:
            self.failures.add(name, f"{answer['error']}: {answer['message']}")
            return None
        return out

    def close(self):
        self.worker.close()


def judged(paths, names):
    """What judges say of signed files: {path: {judge: verdict}}."""
    paths = [str(path) for path in paths]
    if not paths:
        return {}
    trust = ["--root", PKI / "root.pem", "--crl", PKI / "root.crl", "--crl", PKI / "issuing.crl"]
    command = [JUDGES / "venv/bin/python", JUDGES / "judge.py", "--json", "--only", ",".join(names), *trust, *paths]
    output = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False).stdout
    answers = {answer["file"]: answer["verdicts"] for answer in map(json.loads, output.splitlines())}
    if missing := [path for path in paths if path not in answers]:
        raise SystemExit(f"the judges do not answer for {missing[0]}")
    return {Path(path): answer for path, answer in answers.items()}


def table(head, rows):
    """A table in Markdown."""
    rows = [list(map(str, row)) for row in rows]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    line = lambda row: "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"  # noqa: E731
    print("\n".join([line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)]), flush=True)
