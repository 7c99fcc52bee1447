"""Verdicts of other programs on a signature."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .pki import PKI, ROOT


class Found(NamedTuple):
    """The last signature of a document."""

    byte_range: tuple[int, int, int, int]
    content: bytes
    """Ranges that the signature covers."""
    container: bytes


def last_signature(signed: bytes, place: int = -1) -> Found:
    """Finds it, or the one of another place, by its `/ByteRange`."""
    found = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", signed)[place]
    start, before, behind, rest = map(int, found)
    content = signed[start:before] + signed[behind : behind + rest]
    return Found((start, before, behind, rest), content, bytes.fromhex(signed[before + 1 : behind - 1].decode()))


def openssl_verify(signed: bytes, root: Path = PKI / "root.pem", place: int = -1) -> None:
    """Lets OpenSSL verify the last signature, or that of another place, with the chain from the container alone."""
    found = last_signature(signed, place)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "container").write_bytes(found.container)
        Path(folder, "content").write_bytes(found.content)
        command = "openssl cms -verify -binary -inform DER -in container -content content -purpose any -out verified -CAfile"
        subprocess.run([*command.split(), str(root)], cwd=folder, check=True, capture_output=True)


def pdfsig(signed: bytes) -> int:
    """Lets pdfsig judge a document, and tells how many valid signatures it has."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(signed)
        file.flush()
        judge = [sys.executable, str(ROOT / "tests/judges/judge_pdfsig.py"), "--root", str(PKI / "root.pem"), file.name]
        verdict = json.loads(subprocess.run(judge, check=True, capture_output=True, text=True).stdout)
    assert verdict["ok"] if "ok" in verdict else verdict["reason"] is None, verdict
    count: int = verdict["signatures"]
    return count


def pyhanko(paths: Sequence[Path | str], root: Path = PKI / "root.pem") -> None:
    """Lets pyHanko judge documents, which it must all accept."""
    judges = ROOT / "tests/judges"
    judge = [str(judges / "venv/bin/python"), str(judges / "judge_pyhanko.py"), "--root", str(root), *map(str, paths)]
    done = subprocess.run(judge, capture_output=True, text=True)
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert [verdict["reason"] for verdict in verdicts] == [None] * len(paths), done.stdout + done.stderr
