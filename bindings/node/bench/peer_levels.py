"""Signs a document by pyHanko as B-LTA, and tells what each run took: peer_levels.py FACTS DOCUMENT RUNS"""
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests/judges"))

from reference_levels import Levels  # noqa: E402

facts, document, runs = sys.argv[1:]
levels, data, times = Levels(json.loads(facts)), pathlib.Path(document).read_bytes(), []
for _ in range(int(runs)):
    start = time.perf_counter()
    levels.sign(data, "rsa", "B-LTA")
    times.append(1000 * (time.perf_counter() - start))
json.dump({"times": times}, sys.stdout)
