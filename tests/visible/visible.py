#!/usr/bin/env python3
"""Signs visibly with the built package, and has renderers, readers and validators judge it (README.md).

    visible.py [--full] [--snapshot] [PART…]

Ends with what disagrees; the exit status is 0 if nothing does. `--full` judges all pairs instead of a sample. `--snapshot` takes the
default appearance as it is drawn now for the right one.
"""
import argparse
import shutil
import sys
import time

import conformance
import contents
import documents
import rendering
import second
import text
import validity
from tools import BUILD, KNOWN, Failures, Signing

PARTS = ["rendering", "text", "conformance", "second", "validity"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--snapshot", action="store_true")
    options = parser.parse_args()
    parts = options.parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}")

    shutil.rmtree(BUILD, ignore_errors=True)
    folder, files = BUILD / "documents", BUILD / "files"
    documents.write(folder)
    contents.write(files)
    failures = Failures()
    signing = Signing(BUILD / "signed", failures)
    runs = {
        "rendering": lambda: rendering.run(signing, folder, files, failures, options.full, options.snapshot),
        "text": lambda: text.run(signing, folder, failures, options.full),
        "conformance": lambda: conformance.run(signing, folder, files, failures, options.full),
        "second": lambda: second.run(signing, folder, failures, options.full),
        "validity": lambda: validity.run(signing, folder, files, failures, options.full),
    }
    for part in parts:
        start = time.monotonic()
        print(f"\n── {part}", flush=True)
        runs[part]()
        print(f"── {part}: {time.monotonic() - start:.0f} s", flush=True)
    signing.close()
    for where in sorted(failures.known):
        print(f"known: {where}: {KNOWN[where]}")
    if set(parts) == set(PARTS):
        for where in sorted(KNOWN.keys() - failures.known):
            failures.add(f"{where} (no longer)", "a known fault does not occur; remove it from KNOWN")
    if failures.lines:
        sys.exit("\n".join([f"\n{len(failures.lines)} disagreements", *failures.lines]))


if __name__ == "__main__":
    main()
