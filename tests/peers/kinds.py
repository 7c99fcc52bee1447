#!/usr/bin/env python3
"""Signs a sample of files of every kind with rustpdf and with peers, has each output judged, and prints a table of kinds and libraries.

    RUSTPDF_CORPUS=FOLDER ../judges/venv/bin/python kinds.py [--signers rustpdf,pyHanko] [--table]

See README.md. What was found is kept a signer in tests/.build/kinds/results, so that one of them can be run again.
"""
import argparse
import collections
import csv
import functools
import hashlib
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "judges"))

import judge_pdfsig  # noqa: E402
import judge_pyhanko  # noqa: E402
import made_kinds  # noqa: E402
from common import Trust, guarded  # noqa: E402
from common import run as run_judge  # noqa: E402

PKI = HERE.parent / "pki/certificates"
FOLDER = HERE.parent / ".build/kinds"
KEY = [str(PKI / name) for name in ("rsa.key", "rsa.pem", "chain.pem")]
JAVA = ["java", "-Xmx1500m", "-cp", f"{HERE}/java/target/peers-1.jar:{HERE}/java/target/dependency/*", "peers.Main"]
SIGNERS = {
    "rustpdf": ["node", str(HERE / "sign_rustpdf.mjs")],
    "pyHanko": [str(HERE / "venv/bin/python"), str(HERE / "sign_pyhanko.py")],
    "PDFBox": [*JAVA, "pdfbox"],
    "iText": [*JAVA, "itext"],
}
SAMPLE = 12  # files a kind
LIMIT_S = 60  # for one signature, or one judge
judge_pdfsig.run = functools.partial(run_judge, timeout=LIMIT_S)  # a form that refers to itself keeps it busy for good

# What tells of the last change and of the structure around a new widget, and what is drawn anew: written anew by those that keep it.
TOLD_ANEW = {"/ModDate", "/Producer", "/Metadata", "/SigFlags", "/Version", "/NeedAppearances",
             "/K", "/ParentTree", "/ParentTreeNextKey", "/RoleMap"}


def has(feature):
    return lambda row: any(word == feature or word.startswith(feature + ":") for word in row["features"].split(";"))


def column(name, *values):
    return lambda row: row[name] in values


def starts(name, *values):
    return lambda row: row[name].startswith(values)


def both(one, other):
    return lambda row: one(row) and other(row)


plain = column("encryption", "")
whole = column("qpdf", "ok")
one_revision = both(plain, column("revisions", "1"))

# Of the corpus, by its index; a kind that is made has its name in made_kinds.py, and more of a kind may be.
KINDS = [
    ("Cross-reference", "table, one revision", both(both(whole, one_revision), column("xref_kind", "table"))),
    ("Cross-reference", "stream", both(both(whole, plain), column("xref_kind", "stream"))),
    ("Cross-reference", "object streams", both(both(whole, plain), has("objstm"))),
    ("Cross-reference", "hybrid", both(plain, column("xref_kind", "hybrid"))),
    ("Cross-reference", "three revisions or more", both(whole, lambda row: row["revisions"] not in ("0", "1", "2"))),
    ("Cross-reference", "linearized", column("linearized", "yes")),
    ("Cross-reference", "linearized, updated since", column("linearized", "updated")),
    ("Cross-reference", "21,099 objects", has("objects")),
    ("Damage", "`startxref` points nowhere", both(plain, column("xref_kind", "broken", "broken-chain"))),
    ("Damage", "no cross-reference at all", both(plain, column("xref_kind", "none"))),
    ("Damage", "entries that are not 20 bytes", has("xref-entry-bytes")),
    ("Damage", "no `%%EOF`", has("no-eof")),
    ("Damage", "junk or offset before the header", lambda row: has("junk-before-header")(row) or has("offsets-from-header")(row)),
    ("Damage", "junk after the end", has("junk-after-eof")),
    ("Damage", "no header", has("no-header")),
    ("Damage", "page tree that contradicts itself", has("pagetree-bad-parent")),
    ("Damage", "other that qpdf warns of", both(both(plain, column("qpdf", "warns")), column("xref_kind", "table", "stream"))),
    ("Damage", "qpdf cannot open it", both(plain, column("qpdf", "fails"))),
    ("Encryption", "RC4, 40 bits", starts("encryption", "RC4-40")),
    ("Encryption", "RC4, 128 bits", starts("encryption", "RC4-128")),
    ("Encryption", "AES-128", starts("encryption", "AESV2")),
    ("Encryption", "AES-256, R5", column("encryption", "AESV3-R5")),
    ("Encryption", "AES-256, R6", column("encryption", "AESV3-R6")),
    ("Encryption", "opened without a password", has("empty-user")),
    ("Encryption", "opened by the user's password", None),
    ("Encryption", "opened by the owner's password", None),
    ("Encryption", "metadata left plain", lambda row: row["encryption"].endswith("clearmeta")),
    ("Encryption", "for certificates", starts("encryption", "pubsec")),
    ("Form", "none", both(both(whole, plain), column("acroform", "no"))),
    ("Form", "direct", both(both(whole, plain), column("acroform", "direct"))),
    ("Form", "indirect", both(both(whole, plain), column("acroform", "indirect"))),
    ("Form", "without `/Fields`", has("no-fields")),
    ("Form", "`/Fields` or `/Annots` an object of its own", lambda row: has("fields-indirect")(row) or has("annots-indirect")(row)),
    ("Form", "XFA", has("xfa")),
    ("Form", "`/NeedAppearances`", has("needappearances")),
    ("Form", "an empty field, by name", has("empty-sigfields")),
    ("Form", "a field with a `/Lock`, by name", None),
    ("Form", "a field whose seed value asks for SHA-512", None),
    ("Signed before", "once", both(column("n_signatures", "1"), whole)),
    ("Signed before", "twice or more", both(column("n_signatures", "2", "3", "4"), whole)),
    ("Signed before", "certified, forms may be filled in", lambda row: has("docmdp-p:2")(row) or has("docmdp-p:3")(row)),
    ("Signed before", "certified, no changes allowed", has("docmdp-p:1")),
    ("Signed before", "a signature that locks fields", has("fieldmdp-ref")),
    ("Version", "1.0 to 1.2", starts("pdf_version", "1.0", "1.1", "1.2")),
    ("Version", "1.3", both(whole, starts("pdf_version", "1.3"))),
    ("Version", "1.4", both(whole, starts("pdf_version", "1.4"))),
    ("Version", "1.5", both(whole, starts("pdf_version", "1.5"))),
    ("Version", "1.6", both(whole, starts("pdf_version", "1.6"))),
    ("Version", "1.7", both(whole, starts("pdf_version", "1.7"))),
    ("Version", "2.0", both(whole, starts("pdf_version", "2.0"))),
    ("Version", "header and catalog differ", lambda row: len(set(row["pdf_version"].split(">"))) == 2),
    ("Standard", "PDF/A-1", lambda row: "pdfa-1" in row["features"]),
    ("Standard", "PDF/A-2, -3", lambda row: "pdfa-2" in row["features"] or "pdfa-3" in row["features"]),
    ("Standard", "PDF/A-4", lambda row: "pdfa-4" in row["features"]),
    ("Standard", "PDF/UA-1, -2", lambda row: "pdfua-" in row["features"]),
]


def sample(rows, wanted):
    """Of each project in turn the next file, by its digest: the same ones each time, and not all of one project."""
    projects = collections.defaultdict(list)
    for row in sorted(filter(wanted, rows), key=lambda row: row["sha256"]):
        projects[row["set"]].append(row)
    turns = [row for turn in range(SAMPLE) for _, files in sorted(projects.items()) for row in files[turn:turn + 1]]
    return turns[:SAMPLE]


def cases(corpus):
    """Each kind with its cases `{file, password, field}`."""
    with open(corpus / "index.csv", newline="", encoding="utf-8") as index:
        rows = [row for row in csv.DictReader(index) if not has("password-unknown")(row)]
    made = made_kinds.make(HERE.parent / "vectors/documents", FOLDER / "made")
    for group, name, wanted in KINDS:
        found = [{"file": str(corpus / row["file"]), "password": row["password"]} for row in sample(rows, wanted)] if wanted else []
        if "by name" in name:
            found = [{**case, "field": field} for case in found if (field := empty_field(case))]
        yield f"{group}: {name}", [{"field": None, **case} for case in [*made.get(name, []), *found][:SAMPLE]]


def empty_field(case):
    """The full name of a signature field without a value; None where pyHanko finds none."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import enumerate_sig_fields
    try:
        with open(case["file"], "rb") as file:
            return next((name for name, value, _ in enumerate_sig_fields(PdfFileReader(file, strict=False)) if value is None), None)
    except Exception:  # noqa: BLE001
        return None


class Signer:
    """A program that signs a case a line. One that takes too long is ended, and started again for the next case."""

    def __init__(self, command):
        self.command, self.process = command, None

    def sign(self, case, target):
        if not self.process:
            self.process = subprocess.Popen([*self.command, "lines", *KEY], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=subprocess.DEVNULL)
        line = "\t".join([case["file"], str(target), case["password"] or "", case["field"] or ""])
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], LIMIT_S)[0]:
            self.close()
            return {"error": f"over {LIMIT_S} s"}
        answer = self.process.stdout.readline()
        if not answer:
            self.close()
            return {"error": "it ended"}
        return json.loads(answer)

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


class View:
    """What the judges see of a document."""

    def __init__(self, path, password, before=None):
        words = [f"--password={password}"] if password else []
        self.check = run("qpdf", *words, "--check", path).returncode
        said = run("qpdf", *words, "--json=2", "--json-key=qpdf", "--json-stream-data=none", path).stdout
        try:
            objects = json.loads(said)["qpdf"][1]
            self.objects = {key: value.get("stream", value) for key, value in objects.items()}
        except (ValueError, LookupError):
            self.objects = None
        trust = Trust([PKI / "root.pem"], [], password or None)
        self.pyhanko = guarded(limited(judge_pyhanko.judge), path, trust)
        self.pdfsig = None  # it does not open it or get through, and is not asked again
        if before is None or before.pdfsig is not None:
            said = guarded(judge_pdfsig.judge, path, trust).details
            self.pdfsig = None if "Incorrect password" in said.get("said", "") else said.get("signatures")

    def signature(self, field):
        return self.pyhanko.details.get(field) or {}

    def readable(self):
        """Whether pyHanko reads it at all; it says so of one without signatures, too."""
        opened = "FAILED" not in str(self.pyhanko.details.get("decrypt"))
        return opened and (bool(self.fields()) or self.pyhanko.reason == "it finds no signature")

    def fields(self):
        return {name for name, said in self.pyhanko.details.items() if isinstance(said, dict)}


def objection(case, target, before):
    """Why a signed file is not right; None if it is."""
    original = Path(case["file"]).read_bytes()
    if target.read_bytes()[:len(original)] != original:
        return "the original bytes are not a prefix"
    after = View(target, case["password"], before)
    if {0: 0, 3: 1, 2: 2}.get(after.check, 2) > {0: 0, 3: 1, 2: 2}.get(before.check, 2):
        return "qpdf finds what it did not find before"
    if before.objects is not None:
        if after.objects is None:
            return "qpdf cannot open it any more"
        for key, value in reachable(before.objects).items():
            if what := lost(value, after.objects.get(key), before.objects, after.objects):
                return f"{key[4:]} is another: {what}"
    # Its word on the whole file depends on the order of /Contents and /ByteRange where that is encrypted.
    whole_file = f" - {target.stat().st_size}]"
    seen = [one for one in after.pdfsig or [] if one.get("Signed Ranges", "").endswith(whole_file)]
    if before.pdfsig is not None and all(map(judge_pdfsig.objection, seen)):
        return "pdfsig: no valid signature over the whole file"
    new = [after.signature(field) for field in after.fields() - before.fields()]
    if before.readable() and not any(said.get("bottomLine") and said.get("coverage") == "ENTIRE_FILE" for said in new):
        said = [one.get("problem") or one.get("summary") for one in new] or [after.pyhanko.reason]
        return f"pyHanko: {said[0]}"
    if before.readable() and "strict" in after.pyhanko.details and "strict" not in before.pyhanko.details:
        return f"pyHanko reads it leniently only: {after.pyhanko.details['strict']}"
    valid = [sum(one.get("Signature Validation") == "Signature is Valid." for one in view.pdfsig or []) for view in (before, after)]
    if before.pdfsig is not None and valid[1] <= valid[0]:
        return "pdfsig: an earlier signature is not valid any more"
    for field in before.fields():
        was, now = before.signature(field), after.signature(field)
        if "summary" not in was:
            continue  # it broke on this one
        if was.get("docMdpOk") and not now.get("docMdpOk") or not str(now.get("summary")).startswith(str(was.get("summary")).split(",")[0]):
            return "pyHanko: an earlier signature is not valid any more"
    return None


def lost(old, new, olds, news, depth=0):
    """What of an old value is not in the new one; None where all is. A dictionary and an array may grow, a child become a list."""
    if old == new or depth > 20 or isinstance(new, list) and old in new:
        return None
    if reference(old) or reference(new):
        return lost(followed(old, olds), followed(new, news), olds, news, depth + 1) if reference(old) != reference(new) else str(old)
    if isinstance(old, dict) and isinstance(new, dict):
        if old.get("dict", {}).get("/Type") in ("/Metadata", "/XRef"):  # the number of the last is another question
            return None
        for key, value in old.items():
            if key not in TOLD_ANEW and not key.startswith("/QPDFFake") and (what := lost(value, new.get(key), olds, news, depth + 1)):
                return f"{key} {what}"[:60]
        return None
    if isinstance(new, list) and isinstance(old, str):
        return None  # what was no list where one belongs
    if isinstance(old, list) and isinstance(new, list) and len(new) >= len(old):
        return next(filter(None, (lost(one, other, olds, news, depth + 1) for one, other in zip(old, new))), None)
    return None if old in (None, {"value": None}) else "a value"


def reachable(objects):
    """The objects that the trailer leads to: others are no part of the document."""
    found, open_values = {}, [objects.get("trailer")]
    while open_values:
        value = open_values.pop()
        if reference(value):
            key = f"obj:{value}"
            if key not in found and key in objects:
                found[key] = objects[key]
                open_values.append(objects[key])
        elif isinstance(value, (dict, list)):
            open_values.extend(value.values() if isinstance(value, dict) else value)
    return found


def reference(value):
    return isinstance(value, str) and value.endswith(" R")


def followed(value, objects):
    found = objects.get(f"obj:{value}") if reference(value) else value
    return found.get("value", found) if isinstance(found, dict) else found


def run(*command):
    try:
        return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 2, b"")


def limited(judge):
    def judged(*words):
        def late(*_):
            raise TimeoutError(f"over {LIMIT_S} s")
        signal.signal(signal.SIGALRM, late)
        signal.alarm(LIMIT_S)
        try:
            return judge(*words)
        finally:
            signal.alarm(0)
    return judged


def identity(case):
    words = [hashlib.sha256(Path(case["file"]).read_bytes()).hexdigest(), case["password"] or "", case["field"] or ""]
    return "/".join([Path(case["file"]).name, hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]])


def cell(answers):
    """How many were signed right; the others in their own words."""
    counts = collections.Counter("right" if a["right"] else "refused" if a["error"] else "wrong" for a in answers)
    text = f"{counts['right']} of {len(answers)}"
    return text + "".join(f", {counts[word]} {word}" for word in ("refused", "wrong") if counts[word])


def table(kinds):
    results = {name: json.loads(path.read_text()) for name in SIGNERS if (path := FOLDER / f"results/{name}.json").exists()}
    print(f"| kind | {' | '.join(next(iter(results[name].values()))['peer'] for name in results)} |\n|---|{'---|' * len(results)}")
    group = None
    for kind, found in kinds:
        if group != (group := kind.split(": ")[0]):
            print(f"| **{group}** |{' |' * len(results)}")
        answers = [[of[identity(case)] for case in found if identity(case) in of] for of in results.values()]
        print(f"| {kind.split(': ', 1)[1]} | {' | '.join(map(cell, answers))} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--signers", type=lambda text: text.split(","), default=list(SIGNERS))
    parser.add_argument("--only", type=lambda text: text.split(","), help="files whose names start so; of others what was found is kept")
    parser.add_argument("--table", action="store_true", help="print the table of what was found before")
    options = parser.parse_args()
    corpus = Path(os.environ.get("RUSTPDF_CORPUS") or sys.exit("RUSTPDF_CORPUS names the folder of real files"))
    (FOLDER / "results").mkdir(parents=True, exist_ok=True)
    kinds = list(cases(corpus))
    if not options.table:
        every = {identity(case): case for _, found in kinds for case in found}
        signers = {name: Signer(SIGNERS[name]) for name in options.signers}
        kept = {name: FOLDER / f"results/{name}.json" for name in signers if options.only}
        results = {name: json.loads(kept[name].read_text()) if name in kept else {} for name in signers}
        every = {key: case for key, case in every.items() if not options.only or key.startswith(tuple(options.only))}
        for count, (key, case) in enumerate(every.items(), 1):
            before = View(case["file"], case["password"])
            for name, signer in signers.items():
                target = FOLDER / f"{name}.pdf"
                target.unlink(missing_ok=True)
                answer = signer.sign(case, target)
                why = None if answer["error"] else objection(case, target, before)
                results[name][key] = {"peer": name, **answer, "right": not (answer["error"] or why), "why": why}
                print(f"{count} of {len(every)} {key} {name}: {answer['error'] or why or 'right'}"[:230], flush=True)
        for name, signer in signers.items():
            signer.close()
            (FOLDER / f"results/{name}.json").write_text(json.dumps(results[name], indent=1))
            (FOLDER / f"{name}.pdf").unlink(missing_ok=True)
    table(kinds)


if __name__ == "__main__":
    main()
