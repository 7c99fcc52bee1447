#!/usr/bin/env python3
"""Signs every file of the corpus twice, has the results judged, and reports. README.md tells what is asked of a file.

    walk.py [--sample N | --only TEXT | --from LIST] [--output FOLDER] [--keep]

The folder of the files is in the environment variable RUSTPDF_CORPUS. The results are JSON lines in tests/.build/corpus.
"""
import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import judging
import rows
import tables
from signing import Signing

BUILD = Path(__file__).resolve().parents[1] / ".build/corpus"
WORKERS = 2
# A forked worker would hold the pipe to the process that signs, which then never ends.
SPAWN = multiprocessing.get_context("spawn")
SECONDS, PEAK_BYTES = 10, 200_000_000
# Refusals that are the document's own wish, or that of who holds its key.
WISHES = {"ERR_CERTIFIED", "ERR_FIELD_LOCKED", "ERR_ENCRYPTION_UNSUPPORTED", "ERR_PASSWORD_MISSING", "ERR_PASSWORD_WRONG"}
GROUPS = {"ok": "qpdf opens without complaint", "warns": "qpdf warns of or repairs", "fails": "qpdf does not open"}
LEAST = {"ok": 1.0, "warns": 0.95}


def judged(row, once, twice, said, keep):
    """The result of a file, as it is written down."""
    result = {"file": row.name, "qpdf": row.qpdf, **said, "findings": [], "silent": []}
    started = time.monotonic()
    if "error" not in said:
        try:
            result["findings"], result["silent"] = judging.judge(row, once, twice, [signing["field"] for signing in said["signings"]])
        except subprocess.TimeoutExpired as late:
            result["findings"] = [("time", f"{late.cmd[0]} did not end within {late.timeout} s")]
        except Exception as error:  # noqa: BLE001  a judgement that breaks is none
            result["findings"] = [("judging", f"{type(error).__name__}: {error} at {traceback.extract_tb(error.__traceback__)[-1]}")]
    elif said["error"]["code"] in (None, "ERR_INTERNAL") or len(said["signings"]) == 1:
        result["findings"] = [("signing", f"{said['error']['code']}: {said['error']['message']}")]
    if max([signing["seconds"] for signing in said["signings"]] + [said.get("error", {}).get("seconds", 0)]) > SECONDS:
        result["findings"].append(("time", f"a signing took more than {SECONDS} s"))
    result["judgingSeconds"] = round(time.monotonic() - started, 2)
    if not keep and not result["findings"]:
        once.unlink(missing_ok=True)
        twice.unlink(missing_ok=True)
    return result


def walk(chosen, output, keep):
    """The results of the files, and the peak of the process that signs."""
    folder = output.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        left.unlink()
    signing, results, progress, lock = Signing(), [], Progress(len(chosen)), threading.Lock()
    with open(output, "w", encoding="utf-8") as file, ProcessPoolExecutor(WORKERS, SPAWN, judging.begin) as pool:

        def done(work):
            with lock:
                results.append(work.result())
                print(json.dumps(results[-1]), file=file, flush=True)
                progress.step(results[-1])

        for signed in signing.each(chosen, folder):
            pool.submit(judged, *signed, keep).add_done_callback(done)
    if len(results) != len(chosen):
        raise SystemExit(f"{len(chosen) - len(results)} files were not judged: a worker broke")
    return sorted(results, key=lambda result: result["file"]), signing.peak


class Progress:
    def __init__(self, total):
        self.total, self.done, self.found, self.started = total, 0, 0, time.monotonic()
        self.terminal = sys.stderr.isatty()

    def step(self, result):
        self.done += 1
        self.found += bool(result["findings"])
        if self.terminal or self.done % 100 == 0 or self.done == self.total:
            line = f"{self.done} of {self.total} files, {self.found} with findings, {time.monotonic() - self.started:.0f} s"
            end = "" if self.terminal and self.done < self.total else "\n"
            print(f"\r{line}" if self.terminal else line, end=end, file=sys.stderr, flush=True)


def against_tables(results, complete):
    """What is wrong, as lines; `right` is set in each result."""
    refused, tolerated, wrong, used = tables.refused(), tables.tolerated(), [], set()
    for result in results:
        name, error = result["file"], result.get("error")
        open_findings = [finding for finding in result["findings"] if (name, finding[0]) not in tolerated]
        used |= {(name, finding[0]) for finding in result["findings"]}
        wrong += [f"{name}: {judge}: {what}" for judge, what in open_findings]
        code = error and error["code"]
        if code != refused.get(name):
            came = f"is refused with {code}: {error['message']}" if error else "is signed"
            wrong.append(f"{name}: {came}; refused.csv says {refused.get(name, 'nothing')}")
        result["right"] = not error and not open_findings
        result["wish"] = bool(error) and code in WISHES
    if complete:
        names = {result["file"] for result in results}
        wrong += [f"{name}: in refused.csv, not in the corpus" for name in sorted(refused.keys() - names)]
        wrong += [f"{name}: {judge} has no finding, and is in tolerated.csv" for name, judge in sorted(tolerated - used)]
    return wrong


def summary(results, peak, complete):
    """The figures, and what is wrong with them. How many have to be right is a matter of all files: a sample has some of every kind."""
    wrong = []
    for group, words in GROUPS.items():
        files = [result for result in results if result["qpdf"] == group]
        wishes = sum(result["wish"] for result in files)
        right = sum(result["right"] for result in files)
        asked = len(files) - wishes
        print(f"of {len(files)} files that {words}: {right} signed right, {wishes} refused by their own wish, {asked - right} other")
        if complete and group in LEAST and right < LEAST[group] * asked:
            wrong.append(f"{right} of {asked} files that {words} are signed right; at least {LEAST[group]:.0%} must be")
    silent = Counter(judge for result in results for judge in result["silent"])
    print("had no say: " + (", ".join(f"{name} on {count} files" for name, count in sorted(silent.items())) or "none"))
    longest = max((signing["seconds"] for result in results for signing in result["signings"]), default=0)
    print(f"longest signing {longest:.2f} s; the process that signs took {peak / 1e6:.0f} MB at most")
    if peak > PEAK_BYTES:
        wrong.append(f"the process that signs took {peak / 1e6:.0f} MB, more than {PEAK_BYTES / 1e6:.0f}")
    return wrong


def corpus():
    path = os.environ.get("RUSTPDF_CORPUS")
    if path and (Path(path) / "index.csv").is_file():
        return Path(path).resolve()
    what = f"RUSTPDF_CORPUS names {path}, where there is no index.csv" if path else "RUSTPDF_CORPUS is not set"
    print(f"corpus: {what}: NOT ONE real PDF file was signed")
    raise SystemExit(1 if path or os.environ.get("CI") == "1" else 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, help="so many files that have something of every kind, instead of all")
    parser.add_argument("--only", help="the files with this in their name")
    parser.add_argument("--from", dest="names", type=Path, help="the files named in this file, one a line")
    parser.add_argument("--output", type=Path, default=BUILD, help="the folder of the results")
    parser.add_argument("--keep", action="store_true", help="keep all signed files, not only those with findings")
    options = parser.parse_args()

    chosen = rows.read(corpus())
    complete = options.sample is None and options.only is None and options.names is None
    if options.only:
        chosen = [row for row in chosen if options.only in row.name]
    if options.names:
        by_name = {row.name: row for row in chosen}
        chosen = [by_name[name] for name in options.names.read_text().split("\n") if name]
    if options.sample:
        chosen = rows.sample(chosen, options.sample)

    output = options.output / ("all.jsonl" if complete else "sample.jsonl" if options.sample else "some.jsonl")
    results, peak = walk(chosen, output, options.keep)
    wrong = against_tables(results, complete) + summary(results, peak, complete)
    for line in wrong:
        print(f"NO {line}")
    print(f"corpus: {len(results)} files, {len(wrong)} objections; details in {output}")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
