#!/usr/bin/env python3
"""Signs documents in which two texts compete, and compares what five readers show before and after.

    differential.py [--sample N] [--only KIND] [--unsigned]

`--sample` takes N documents, always the same ones, spread over all kinds; `--only` those whose name or kind contains KIND; `--unsigned`
prints what the readers show and signs nothing. README.md names the property. Failures are in tests/.build/differential: the documents,
and failures.json. Exit status 1 if there is one.
"""
import argparse
import json
import queue
import shutil
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from documents import documents
from readers import HERE, READERS, Reader, Worker

BUILD = HERE.parent / ".build/differential"
TEXTS = ("A", "B", "AB")
TOLD = {"WARN_XREF_AMBIGUOUS", "WARN_OBJECT_SHADOWED", "WARN_XREF_REBUILT", "WARN_REVISION_CUT", "WARN_SIGNATURE_HIDDEN"}
THREADS = 2


class Row:
    """A document, what the readers show of it, and what came of its signing."""

    def __init__(self, number, spec):
        self.number, self.spec = number, spec
        self.before, self.after, self.strict, self.outcome = {}, {}, {}, {}

    def told(self):
        return TOLD & set(self.outcome["usual"].get("warnings", ()))

    def switches(self, after):
        """Readers that showed a text and then show another one, or none."""
        return [name for name in after if self.before[name][0] in TEXTS and after[name][0] != self.before[name][0]]

    def appeared(self):
        return [name for name in self.after if self.before[name][0] not in TEXTS and self.after[name][0] in TEXTS]

    def failures(self):
        """{property: what breaks it}."""
        usual, strict = self.outcome["usual"], self.outcome["strict"]
        found = {}
        if (names := self.switches(self.after)) and not self.told():
            found["silent"] = names
        if names := self.switches(self.strict):
            found["strict"] = names
        # An earlier signature that some reader sees, and that is neither honoured nor told. A signature that the core sees is still there.
        # A reader that shows text B through the signed catalog sees it, too.
        through = self.spec.signed and self.spec.target == "catalog"
        seen = [name for name, (word, signatures) in self.before.items() if signatures or through and word == "B"]
        kept = any(signatures > 1 for _, signatures in self.after.values())
        if seen and usual["signed"] and "WARN_SIGNATURE_HIDDEN" not in usual["warnings"] and not (kept and self.spec.signed == "approved"):
            found["hidden"] = seen
        if seen and strict["signed"] and not (kept and self.spec.signed == "approved"):
            found["hidden-strict"] = seen
        if self.spec.honest:
            expected = {"A", "B"} if self.spec.shadow == "update" else {"A"}
            if len(views := {word for word, _ in self.before.values()}) > 1 or not views <= expected:
                found["honest-readers"] = sorted(views)
            if self.told() or not strict["signed"]:
                found["honest"] = [*self.told(), usual.get("error"), strict.get("error")]
        return found

    def json(self, found):
        words = lambda views: {name: word + ("+sig" if signatures else "") for name, (word, signatures) in views.items()}  # noqa: E731
        return {"name": self.spec.name, "failures": found, "before": words(self.before), "after": words(self.after),
                "strict": words(self.strict) if not self.outcome["strict"]["same"] else "as after", "outcome": self.outcome}


def work(todo, rows, folder, unsigned):
    """Takes documents from the queue until it is empty."""
    readers = [Reader(name) for name in READERS]
    signer = Worker(["node", HERE / "sign.mjs"])
    look = lambda path: {reader.name: reader.read(path) for reader in readers}  # noqa: E731
    while True:
        try:
            number, spec, data = todo.get_nowait()
        except queue.Empty:
            break
        row, path = Row(number, spec), folder / f"{number}.pdf"
        path.write_bytes(data)
        row.before = look(path)
        if not unsigned:
            crash = {"signed": False, "error": "crash"}
            row.outcome = signer.ask(path) or {"usual": crash, "strict": {**crash, "same": False}}
            if row.outcome["usual"]["signed"]:
                row.after = look(f"{path}.signed")
            if row.outcome["strict"]["signed"]:
                row.strict = row.after if row.outcome["strict"]["same"] else look(f"{path}.strict")
            for suffix in (".signed", ".strict"):
                Path(f"{path}{suffix}").unlink(missing_ok=True)
        rows.append(row)
        if len(rows) % 500 == 0:
            print(f"{len(rows)} documents", file=sys.stderr, flush=True)
    for process in [signer, *readers]:
        process.close()


def chosen(options):
    """The documents that the options choose."""
    made = [(spec, data) for spec, data in documents() if not options.only or any(options.only in text for text in [spec.name, *spec.kinds])]
    count = min(options.sample or len(made), len(made))
    return [(number, *made[number]) for number in (index * len(made) // count for index in range(count))]


def table(head, lines):
    widths = [max(len(str(line[column])) for line in [head, *lines]) for column in range(len(head))]
    for line in [head, *lines]:
        print("  ".join(f"{cell:<{width}}" if column == 0 else f"{cell:>{width}}" for column, (cell, width) in enumerate(zip(line, widths))).rstrip())


def report(rows, folder):
    """Prints the tables and keeps the failures; returns how many there are."""
    failed = [(row, found) for row in rows if (found := row.failures())]
    signed = [row for row in rows if row.outcome["usual"]["signed"]]
    kept = BUILD / "failures"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for row, _ in failed:
        shutil.copy(folder / f"{row.number}.pdf", kept / f"{row.spec.name}.pdf")
    (BUILD / "failures.json").write_text(json.dumps([row.json(found) for row, found in sorted(failed, key=lambda pair: pair[0].spec.name)], indent="\t"))

    group = lambda row: ("honest" if row.spec.honest else row.spec.shadow.split("-")[0] + (f" ({row.spec.signed})" if row.spec.signed else ""))  # noqa: E731
    lines = []
    for name in [*sorted({group(row) for row in rows}), "all"]:
        members = [row for row in rows if name in (group(row), "all")]
        lines.append([name, len(members), sum(row.outcome["usual"]["signed"] for row in members),
                      sum(row.outcome["strict"]["signed"] for row in members), sum(bool(row.outcome["usual"]["signed"] and row.told()) for row in members),
                      *(sum(reader in row.switches(row.after) and not row.told() for row in members) for reader in READERS),
                      sum(bool(row.switches(row.strict)) for row in members),
                      sum(any(key.startswith("hidden") for key in row.failures()) for row in members)])
    print("\nDocuments by shadow; switches without a warning, by reader; documents that switch by strict; signatures hidden without a warning\n")
    table(["shadow", "documents", "signed", "by strict", "told", *READERS, "strict", "hidden"], lines)

    kinds = Counter(kind for row, _ in failed for kind in row.spec.kinds)
    of = Counter(kind for row in rows for kind in row.spec.kinds)
    if kinds:
        print("\nKinds with failures\n")
        table(["kind", "failed", "of"], [[kind, count, of[kind]] for kind, count in kinds.most_common()])
    differ = sum(len({word for word, _ in row.before.values() if word in TEXTS}) > 1 for row in rows)
    print(f"\n{len(rows)} documents; in {differ} readers differ before the signing; {len(signed)} signed, "
          f"{sum(bool(row.told()) for row in signed)} of them with a warning, in {sum(bool(row.switches(row.after)) for row in signed)} of them a text changes; "
          f"{sum(row.outcome['strict']['signed'] for row in rows)} signed by strict")
    print(f"a text appears where a reader showed none before: {sum(bool(row.appeared()) for row in signed)}, "
          f"without a warning {sum(bool(row.appeared()) and not row.told() for row in signed)}")
    quiet = [row for row in signed if row.told() and not row.spec.honest and len({word for word, _ in row.before.values()}) == 1 and not row.switches(row.after)]
    print(f"a warning though all readers agree and nothing changes: {len(quiet)}")
    print("failures: " + (", ".join(f"{key} {count}" for key, count in Counter(key for _, found in failed for key in found).items()) or "0"))
    return len(failed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--only", metavar="KIND")
    parser.add_argument("--unsigned", action="store_true")
    options = parser.parse_args()
    rows, todo = [], queue.Queue()
    with tempfile.TemporaryDirectory(prefix="rustpdf-differential-") as name:
        folder = Path(name)
        for item in chosen(options):
            todo.put(item)
        with ThreadPoolExecutor(THREADS) as pool:
            for done in [pool.submit(work, todo, rows, folder, options.unsigned) for _ in range(THREADS)]:
                done.result()
        rows.sort(key=lambda row: row.number)
        if options.unsigned:
            table(["document", *READERS], [[row.spec.name, *(word + ("+sig" if signatures else "") for word, signatures in row.before.values())] for row in rows])
            return 0
        return 1 if report(rows, folder) else 0


if __name__ == "__main__":
    sys.exit(main())
