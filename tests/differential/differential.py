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


def words(views):
    return {name: word + ("+sig" if signatures else "") for name, (word, signatures) in views.items()}


class Row:
    """A document, what the readers show of it, and what came of its signing."""

    def __init__(self, number, spec):
        self.number, self.spec = number, spec
        self.before, self.after, self.strict, self.outcome = {}, {}, {}, {}

    def signed(self, call):
        return self.outcome[call]["signed"]

    def words(self):
        return {word for word, _ in self.before.values()}

    def told(self):
        return TOLD & set(self.outcome["usual"].get("warnings", ())) if self.signed("usual") else set()

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
        through = self.spec.signed and self.spec.target == "catalog" and not any("root-direct" in damage for damage in self.spec.damages)
        seen = [name for name, (word, signatures) in self.before.items() if signatures or through and word == "B"]
        kept = any(signatures > 1 for _, signatures in self.after.values())
        if seen and usual["signed"] and "WARN_SIGNATURE_HIDDEN" not in usual["warnings"] and not (kept and self.spec.signed == "approved"):
            found["hidden"] = seen
        if seen and strict["signed"] and not (kept and self.spec.signed == "approved"):
            found["hidden-strict"] = seen
        if crash := [error for error in (usual.get("error"), strict.get("error")) if error and not error.startswith("ERR_")]:
            found["crash"] = crash
        if self.spec.honest:
            expected = {"A", "B"} if self.spec.shadow == "update" else {"A"}
            if len(self.words()) > 1 or not self.words() <= expected:
                found["honest-readers"] = sorted(self.words())
            if self.told() or not strict["signed"]:
                found["honest"] = [*self.told(), usual.get("error"), strict.get("error")]
        return found

    def json(self, found):
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
    wanted = lambda spec: not options.only or any(options.only in text for text in [spec.name, *spec.kinds])  # noqa: E731
    made = [(spec, data) for spec, data in documents() if wanted(spec)]
    count = min(options.sample or len(made), len(made))
    return [(number, *made[number]) for number in (index * len(made) // count for index in range(count))]


def table(head, lines):
    widths = [max(len(str(line[column])) for line in [head, *lines]) for column in range(len(head))]
    for line in [head, *lines]:
        first, *others = (f"{cell:{'<' if column == 0 else '>'}{widths[column]}}" for column, cell in enumerate(line))
        print("  ".join([first, *others]).rstrip())


def counted(counter):
    return ", ".join(f"{key} {count}" for key, count in counter.most_common()) or "none"


def by_shadow(rows):
    """Documents × readers."""
    groups = {"all": rows}
    for row in rows:
        spec = row.spec
        name = "honest" if spec.honest else spec.shadow.split("-")[0] + (f" ({spec.signed})" if spec.signed else "")
        groups.setdefault(name, []).append(row)
    lines = []
    for name in [*sorted(groups.keys() - {"all"}), "all"]:
        members = groups[name]
        silent = [reader for row in members if not row.told() for reader in row.switches(row.after)]
        lines.append([name, len(members), sum(row.signed("usual") for row in members), sum(row.signed("strict") for row in members),
                      sum(bool(row.told()) for row in members), *(silent.count(reader) for reader in READERS),
                      sum(bool(row.switches(row.strict)) for row in members), sum("hidden" in row.failures() for row in members)])
    print("\nDocuments by shadow: switches without a warning by reader, documents that switch by strict,"
          " signatures hidden without a warning\n")
    table(["shadow", "documents", "signed", "by strict", "told", *READERS, "strict", "hidden"], lines)


def by_kind(rows, failed):
    print("\nKinds with failures; alone: with no other damage, or as a shadow with none\n")
    of = Counter(kind for row in rows for kind in row.spec.kinds)
    lines = {}
    for row, found in failed:
        shadow, damages = row.spec.shadow, row.spec.damages
        for kind in row.spec.kinds:
            line = lines.setdefault(kind, Counter())
            line.update(["failed", *found])
            line["alone"] += damages == (kind,) or (shadow, damages) == (kind, ())
    columns = ["failed", "alone", "silent", "strict", "hidden", "hidden-strict", "honest", "honest-readers", "crash"]
    order = sorted(lines.items(), key=lambda item: (-item[1]["alone"], -item[1]["failed"], item[0]))
    table(["kind", "of", *columns], [[kind, of[kind], *(line[column] for column in columns)] for kind, line in order])


def report(rows, folder):
    """Prints the tables and keeps the failures; returns how many there are."""
    failed = [(row, found) for row in rows if (found := row.failures())]
    kept = BUILD / "failures"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for row, _ in failed:
        shutil.copy(folder / f"{row.number}.pdf", kept / f"{row.spec.name}.pdf")
    described = [row.json(found) for row, found in sorted(failed, key=lambda pair: pair[0].spec.name)]
    (BUILD / "failures.json").write_text(json.dumps(described, indent="\t"))

    by_shadow(rows)
    if failed:
        by_kind(rows, failed)
    signed = [row for row in rows if row.signed("usual")]
    told = [row for row in signed if row.told()]
    switched = [row for row in signed if row.switches(row.after)]
    differ = [row for row in rows if len(row.words() & set(TEXTS)) > 1]
    appeared = [row for row in signed if row.appeared()]
    agreed = [row for row in told if len(row.words()) == 1 and not row.switches(row.after)]
    print(f"\n{len(rows)} documents; readers differ before the signature: {len(differ)}")
    print(f"signed: {len(signed)}, with a warning: {len(told)}, a text changes: {len(switched)}; "
          f"by strict: {sum(row.signed('strict') for row in rows)}")
    for call in ("usual", "strict"):
        print(f"refused ({call}): {counted(Counter(row.outcome[call].get('error') for row in rows if not row.signed(call)))}")
    print(f"warnings: {counted(Counter(code for row in signed for code in row.outcome['usual']['warnings']))}")
    print(f"a text appears where a reader showed none: {len(appeared)}, without a warning: {sum(not row.told() for row in appeared)}")
    print(f"a warning although all readers agree and nothing changes: {len(agreed)}")
    print(f"failures: {counted(Counter(key for _, found in failed for key in found))}")
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
            table(["document", *READERS], [[row.spec.name, *words(row.before).values()] for row in rows])
            return 0
        return 1 if report(rows, folder) else 0


if __name__ == "__main__":
    sys.exit(main())
