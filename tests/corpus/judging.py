"""The judgement of one file: what is wrong with it after it was signed once and twice; nothing, if it was signed right."""
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "judges"))

import common  # noqa: E402
import mutool_view  # noqa: E402
import pyhanko_reading  # noqa: E402
import qpdf_view  # noqa: E402
import signatures  # noqa: E402
from judge import JavaJudges  # noqa: E402

PKI = HERE.parent / "pki/certificates"
TIMEOUT_S = 180  # of a Java judge over one file
# Threads that collect and compile are what the other worker lacks; what the judges log is not what they say.
JAVA_OPTIONS = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx1g", "-Djava.util.logging.config.file=/dev/null"]
common.TIMEOUT_S = 60


class Java:
    """One Java process, which is ended and begun again where it takes too long over a file."""

    def __init__(self, *names):
        self.names, self.process = names, None

    def verdict(self, path, password):
        if self.process is None:
            self.process = JavaJudges(signatures.trust(PKI, None), self.names, JAVA_OPTIONS)
        watch = threading.Timer(TIMEOUT_S, self.process.process.kill)
        watch.start()
        try:
            return self.process.judge(path, password)[self.names[0]]
        except (SystemExit, BrokenPipeError, ValueError) as error:
            self.process = None
            return common.Verdict(reason=str(error), details={"exception": f"ended over {path.name}: {error}"})
        finally:
            watch.cancel()


JUDGES = {}  # of a worker: Java processes that live as long as it


def begin():
    JUDGES.update(dss=Java("dss"), verapdf=Java("verapdf"))


def judge(row, once, twice, fields):
    """The findings, each a judge and what it says; and the judges that could not read the file before it was signed."""
    findings, silent = [], []
    documents = [row.path, once, twice]
    contents = [path.read_bytes() for path in documents]
    for earlier, later, which in zip(contents, contents[1:], ("first", "second")):
        if not later.startswith(earlier):
            findings.append(("prefix", f"the {which} signature changed bytes that were there"))

    for name, see in (("qpdf", qpdf_view), ("mutool", mutool_view)):
        compare(name, see, [(path, row.password) for path in documents], findings, silent)

    trust = signatures.trust(PKI, row.password)
    asked = {
        "pdfsig": lambda path: signatures.pdfsig(path, trust),
        "pyhanko": lambda path: signatures.pyhanko(path, trust),
        "dss": lambda path: signatures.dss(JUDGES["dss"].verdict(path, row.password)),
    }
    for name, ask in asked.items():
        try:
            answers = [ask(path) for path in documents]
        except signatures.Endless:
            answers = [None]
        if answers[0] is None:
            silent.append(name)
            continue
        for which, answer, new in (("first", answers[1], fields[:1]), ("second", answers[2], fields)):
            found = signatures.changes(answers[0], answer, new)
            if name == "pyhanko" and found:
                found = competent(found, row, once, new[-1], silent)
            findings += [(name, f"{which}: {what}") for what in found]

    if row.claims:
        findings += conformance(row, twice)
    return findings, silent


def competent(found, row, once, last, silent):
    """pyHanko's findings without those that come from what it cannot read of the file before it is signed."""
    remarks = [what for what in found if what.startswith("says anew")]
    if remarks and not pyhanko_reading.reads_strictly(row.path, row.password):
        found = [what for what in found if what not in remarks]
    # Of the last signature there is nothing to compare.
    compared = [what for what in found if what.startswith(("does not accept", "says of")) and f" {last}" not in what]
    if compared and not pyhanko_reading.compares(row.path, once, row.password):
        found = [what for what in found if what not in compared]
        silent.append("pyhanko on later changes")
    return found


def compare(name, judge, documents, findings, silent):
    before = seen(judge, *documents[0])
    if before is None:
        silent.append(name)
        return
    for document, which in zip(documents[1:], ("first", "second")):
        after = seen(judge, *document)
        if after is None:
            findings.append((name, f"{which}: cannot read the signed file"))
            return
        findings += [(name, f"{which}: {what}") for what in judge.changes(before, after)]
        before = after


def seen(judge, path, password):
    """What a judge sees of a file; None where it cannot read it, or does not come to an end."""
    try:
        return judge.view(path, password)
    except subprocess.TimeoutExpired:
        return None


def conformance(row, signed):
    """Rules of what the file claims to be that it breaks only since it was signed."""
    before, after = (JUDGES["verapdf"].verdict(path, row.password).details for path in (row.path, signed))
    if "exception" in before:
        return []
    if "exception" in after:
        return [("verapdf", f"cannot read the signed file: {after['exception']}")]
    if before["claims"] != after["claims"]:
        return [("verapdf", f"the claims are {after['claims']}, were {before['claims']}")]
    return [("verapdf", f"{claim}: {rule} is broken anew")
            for claim in before["claims"] for rule in after.get(claim, {}) if rule not in before.get(claim, {})]
