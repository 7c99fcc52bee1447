"""What the judges share: their command line, their answer and the parts of a signature."""
import argparse
import json
import mmap
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

# The array may be padded with spaces and broken over lines, and the first number is 0 unless the file is odd.
# id-ct-authData (RFC 5652, 9.1).
AUTHENTICATED_DATA = bytes.fromhex("060b2a864886f70d0109100102")
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")

TIMEOUT_S = 600  # of one tool over one file


@dataclass
class Verdict:
    """`level`: what the judge calls the last signature; None where it has no word for it. `signatures`: how many it looked at; None
    where it does not count. `reason`: why it does not accept them, in a few words of its own; None where it does: then it is `ok`."""

    ok: bool = field(init=False)
    level: str | None = None
    signatures: int | None = None
    reason: str | None = None
    details: dict = field(default_factory=dict)

    def __post_init__(self):
        self.ok = self.reason is None


def verdict_of(answer):
    """The verdict of its JSON."""
    return Verdict(**{key: value for key, value in answer.items() if key != "ok"})


@dataclass
class Trust:
    roots: list[Path]
    crls: list[Path]
    password: str | None


@dataclass
class Signature:
    """A signature found by its /ByteRange: the covered bytes lie before `gap_start` and from `gap_end` on."""

    first: int
    gap_start: int
    gap_end: int
    last: int
    container: bytes
    padding: bytes

    def copy_covered(self, source, target):
        """Writes the covered bytes of the open file `source` to the open file `target`."""
        for low, high in ((self.first, self.gap_start), (self.gap_end, self.last)):
            source.seek(low)
            left = high - low
            while left:
                block = source.read(min(left, 1 << 22))
                if not block:
                    raise ValueError("the /ByteRange ends after the file")
                target.write(block)
                left -= len(block)


def signatures(path):
    """The signatures of a file, in the order of what they cover. Unsigned fields and templates have no /ByteRange."""
    found = {}
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for match in BYTE_RANGE.finditer(data):
            first, length, second, rest = map(int, match.groups())
            low, high = first + length, second
            if not (low < match.start() or match.end() <= high) or high <= low or high > len(data):
                continue
            text = bytes(data[low:high])
            if not (text.startswith(b"<") and text.endswith(b">")):
                raise ValueError(f"the gap of the /ByteRange at {match.start()} is not exactly a hexadecimal string")
            raw = bytes.fromhex(text[1:-1].decode("ascii"))
            if AUTHENTICATED_DATA in raw[:24]:
                continue  # an integrity code (ISO/TS 32004)
            size = der_size(raw)
            found[first, low, high, rest] = Signature(first, low, high, second + rest, raw[:size], raw[size:])
    return sorted(found.values(), key=lambda s: s.last)


def der_size(data):
    """The size of the DER value that `data` starts with; all of it where the length is indefinite (BER)."""
    if len(data) < 2 or data[0] != 0x30:
        raise ValueError("/Contents does not start with a SEQUENCE")
    if data[1] < 0x80:
        return 2 + data[1]
    count = data[1] & 0x7F
    return 2 + count + int.from_bytes(data[2:2 + count], "big") if count else len(data)


def run(*command):
    """Runs a tool and returns its exit status and all that it printed."""
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_S)
    return result.returncode, result.stdout.decode("utf-8", "replace")


def main(name, judge):
    """The command line of one judge: prints a line of JSON for each file; the exit status is 0 when all are accepted."""
    parser = argparse.ArgumentParser(description=f"{name}: judges signed PDF files")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--root", action="append", default=[], type=Path, help="a trusted root, PEM; may be repeated")
    parser.add_argument("--crl", action="append", default=[], type=Path, help="a revocation list, DER; may be repeated")
    parser.add_argument("--password", help="user or owner password of an encrypted document")
    options = parser.parse_args()
    trust = Trust(options.root, options.crl, options.password)
    accepted = True
    for path in options.files:
        verdict = guarded(judge, path, trust)
        accepted &= verdict.ok
        print(json.dumps({"judge": name, "file": str(path), **vars(verdict)}, default=str), flush=True)
    raise SystemExit(0 if accepted else 1)


def guarded(judge, path, trust):
    """A judge that breaks does not accept."""
    try:
        return judge(path, trust)
    except Exception as error:  # noqa: BLE001
        return Verdict(reason=f"{type(error).__name__}: {error}")
