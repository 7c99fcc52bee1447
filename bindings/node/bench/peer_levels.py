"""Signs a document by pyHanko as B-LTA, and prints the time of each run: peer_levels.py FACTS DOCUMENT OUTPUT RUNS

The clock runs from a path to a file, without fsync. The last signature stays in OUTPUT.
"""
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests/judges"))

from reference_levels import Levels  # noqa: E402

facts, document, output, runs = sys.argv[1:]
levels, document, output, times = Levels(json.loads(facts)), pathlib.Path(document), pathlib.Path(output), []
for _ in range(int(runs)):
    start = time.perf_counter()
    output.write_bytes(levels.sign(document.read_bytes(), "rsa", "B-LTA"))
    times.append(1000 * (time.perf_counter() - start))
json.dump({"times": times}, sys.stdout)
