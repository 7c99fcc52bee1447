"""Signs at every level by the command line, with pyHanko, EU DSS and iText as makers of foreign files, and compares the judges with levels.json.

    levels.py WORK [--by pyhanko] [CASE…]

WORK/services is the folder of start.sh. `--by pyhanko`: pyHanko in place of the command line, to test this file itself. Ends with the table of
cases × judges; the exit status is 0 when every judge says of every case what levels.json expects.
"""
import argparse
import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader

HERE = Path(__file__).resolve().parent
JUDGES = HERE.parent / "judges"
DOCUMENTS = HERE.parent / "vectors/documents"
sys.path.insert(0, str(JUDGES))

import judge_pyhanko  # noqa: E402
from common import Trust  # noqa: E402
from judge import ALL, LEVELS, judged, judges_of  # noqa: E402
from reference_levels import KEYS, Levels  # noqa: E402

COMMAND = os.environ.get("RUSTPDF", f"node {HERE.parent.parent}/bindings/node/dist/cli.js").split()
DIGESTS = {"p384": "sha384"}
FIELDS = {"signer": "rsa", "tsa": "tsa", "field": None, "certify": None}


class CommandLine:
    """The command line of the package."""

    def __init__(self, services, password):
        self.services, self.password = services, password

    def services_flags(self, step):
        certs = self.services["certs"]
        return ["--timestamp-url", self.services["tsa"][step["tsa"]], "--trust", f"{certs}/root.cert.pem", "--trust",
                f"{certs}/tsaroot.cert.pem", "--allow-private-networks"]

    def key(self, name):
        """A shell command that signs standard input. OpenSSL takes the data of an Ed25519 signature from a file only."""
        key = f"{self.services['keys']}/{KEYS.get(name, 'rsa')}.pem"
        if name == "ed25519":
            return f"f=$(mktemp) && cat >$f && openssl pkeyutl -sign -rawin -inkey {key} -in $f && rm $f"
        return f"openssl dgst -{DIGESTS.get(name, 'sha256')} -sign {key}"

    def sign(self, source, target, step):
        certs = self.services["certs"]
        words = ["--cert", f"{certs}/{step['signer']}.cert.pem", "--chain", f"{certs}/issuing.cert.pem", "--exec", self.key(step["signer"])]
        if step["field"]:
            words += ["--field-name", step["field"]]
        if step["certify"]:
            words += ["--certify", str(step["certify"])]
        if step["level"] != "B-B":
            words += ["--level", step["level"], *self.services_flags(step)]
        self.run("sign", source, target, words)

    def extend(self, source, target, step):
        self.run("extend", source, target, ["--level", step["level"], *self.services_flags(step)])

    def timestamp(self, source, target, step):
        self.run("timestamp", source, target, ["--timestamp-url", self.services["tsa"][step["tsa"]]])

    def run(self, name, source, target, words):
        password = {"RUSTPDF_PASSWORD": self.password} if self.password else {}
        done = subprocess.run([*COMMAND, name, source, "-o", target, *words], env=os.environ | password, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise RuntimeError(done.stdout.strip())


class PyHanko:
    """pyHanko, which has one call for each step from a level to the next. It extends no encrypted documents here."""

    def __init__(self, services, password):
        self.levels, self.password, self.services = Levels(services), password, services

    def sign(self, source, target, step):
        target.write_bytes(self.levels.sign(
            source.read_bytes(), step["signer"], step["level"], self.services["tsa"][step["tsa"]], step["field"] or "Signature",
            self.password, step["certify"]))

    def extend(self, source, target, step):
        data, tsa, names = source.read_bytes(), self.services["tsa"][step["tsa"]], list(LEVELS)
        reached = level_of(data)
        if reached == step["level"] == "B-LTA":
            data = self.levels.renew(data, tsa)
        while reached != step["level"]:
            data = self.levels.add_store(data) if reached == "B-T" else self.levels.timestamp(data, tsa)
            reached = names[names.index(reached) + 1]
        target.write_bytes(data)

    def timestamp(self, source, target, step):
        target.write_bytes(self.levels.timestamp(source.read_bytes(), self.services["tsa"][step["tsa"]]))


def level_of(data):
    reader = PdfFileReader(BytesIO(data))
    return judge_pyhanko.level(reader, reader.embedded_regular_signatures[-1]).removeprefix("PAdES-")


class Java:
    """EU DSS or iText, by a program of the judges."""

    def __init__(self, services, program):
        self.services, self.program = services, program

    def sign(self, source, target, step):
        self.run("sign", source, target, step)

    def extend(self, source, target, step):
        self.run("extend", source, target, step)

    def run(self, name, source, target, step):
        java = JUDGES / "java/target"
        subprocess.run(["java", "-cp", f"{java}/judges-1.jar:{java}/dependency/*", f"judges.{self.program}", self.services["certs"],
                        self.services["keys"], name, step["level"].removeprefix("B-"), source, target,
                        self.services["tsa"][step["tsa"]]], check=True)


def make(case, work, makers):
    """The file of a case, step by step. Each step leaves its file, for those that look for the cause of a failure."""
    path = DOCUMENTS / f"{case.get('document', 'classic')}.pdf"
    for number, step in enumerate(case["steps"], 1):
        target = work / f"{case['name']}.{number}.pdf"
        maker = makers[step.get("by", "rustpdf")]
        getattr(maker, step["do"])(path, target, {**FIELDS, **step})
        path = target
    return path.rename(work / f"{case['name']}.pdf")


def words(verdict):
    return f"{'ok' if verdict.ok else 'no'} {verdict.level or ''}".strip()


def expected(case, name):
    """What the judge `name` is to say: that the file is of its level, unless the case says otherwise."""
    return case.get("says", {}).get(name, f"ok {LEVELS[case['level']].get(name, '')}".strip())


def agrees(case, name, verdict):
    want = expected(case, name)
    return words(verdict) == want or (want in ("ok", "no") and words(verdict).startswith(want))


def judge(cases, services):
    """The verdicts on each case. Files with the same trust are judged in one run."""
    groups, said = {}, {}
    for case in cases:
        names = case.get("judges") or judges_of(case["level"])
        groups.setdefault((case["level"] in ("B-B", "B-T"), case.get("password"), tuple(names)), []).append(case)
    roots = [Path(services["certs"], f"{name}.cert.pem") for name in ("root", "tsaroot")]
    for (with_lists, password, names), members in groups.items():
        trust = Trust(roots, [Path(one) for one in services["crls"]] if with_lists else [], password)
        for case, (_, verdicts) in zip(members, judged([case["path"] for case in members], trust, names), strict=True):
            said[case["name"]] = verdicts
    return said


def table(cases, said):
    rows = [["", "bytes", "updates", *ALL]]
    for case in cases:
        data = case["path"].read_bytes()
        original = Path(DOCUMENTS, f"{case.get('document', 'classic')}.pdf").read_bytes()
        verdicts = said[case["name"]]
        rows.append([case["name"], f"+{len(data) - len(original)}", str(data.count(b"startxref") - original.count(b"startxref")), *(
            words(verdicts[name]).replace("PAdES-", "").replace("BASELINE-", "") + ("" if agrees(case, name, verdicts[name]) else " ✗")
            if name in verdicts else "–" for name in ALL)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--by", choices=["rustpdf", "pyhanko"], default="rustpdf")
    options = parser.parse_intermixed_args()
    services = json.loads((options.work / "services/services.json").read_text())
    cases = [{"name": name, **case} for name, case in json.loads((HERE / "levels.json").read_text()).items()
             if not options.cases or name in options.cases]
    if unknown := set(options.cases) - {case["name"] for case in cases}:
        parser.error(f"no case is called {', '.join(sorted(unknown))}")

    made, failed = [], 0
    for case in cases:
        password = case.get("password")
        makers = {"pyhanko": PyHanko(services, password), "dss": Java(services, "DssLevels"), "itext": Java(services, "ITextLevels")}
        makers["rustpdf"] = CommandLine(services, password) if options.by == "rustpdf" else makers["pyhanko"]
        try:
            made.append({**case, "path": make(case, options.work.resolve(), makers)})
        except Exception as error:  # noqa: BLE001  the other cases are made and judged all the same
            print(f"{case['name']}: not made: {type(error).__name__}: {error}", flush=True)
            failed += 1
    said = judge(made, services)
    for case in made:
        wrong = [name for name, verdict in said[case["name"]].items() if not agrees(case, name, verdict)]
        for name in wrong:
            verdict = said[case["name"]][name]
            print(f"{case['name']}: {name} says “{words(verdict)}” instead of “{expected(case, name)}”: {verdict.reason}")
        failed += bool(wrong)
    print(table(made, said))
    print(f"\n{len(cases) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
