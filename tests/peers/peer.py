"""What the peers in Python share: the command line, the clock, and what is told at the end. Each imports this before its library, for
the memory of bare Python is measured here.
"""
import gc
import json
import os
import re
import sys
from time import perf_counter


def peak_mb():
    """The most memory that this process has ever held, in MB (10^6 bytes)."""
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) * 1024 / 1e6


BARE_MB = peak_mb()


def run(name, package, load, prepare=lambda source, target: None):
    """`load(key, certificate, chain)` answers the library's `sign(source, target)`; `prepare(source, target)` comes before the clock."""
    from importlib.metadata import version

    told = {"peer": f"{name} {version(package)}"}
    if sys.argv[1] == "lines":
        return sign_lines(told, load(*sys.argv[2:]), prepare)
    source, target, key, certificate, chain, runs = sys.argv[1:]
    try:
        sign = load(key, certificate, chain)
        if warmup := os.environ.get("PEERS_WARMUP"):
            timed(sign, prepare, warmup, target)
        told["ms"] = [timed(sign, prepare, source, target) for _ in range(int(runs))]
        told |= {"peakMb": peak_mb(), "bareMb": BARE_MB}
    except Exception as error:
        told["error"] = f"{type(error).__name__}: {error}".splitlines()[0]
    print(json.dumps(told))


def sign_lines(told, sign, prepare):
    """`SOURCE TAB TARGET TAB PASSWORD TAB FIELD` a line in; what was made of it a line out. What is empty is none."""
    for line in sys.stdin:
        source, target, password, field = line.rstrip("\n").split("\t")
        try:
            prepare(source, target)
            sign(source, target, password or None, field or None)
            told["error"] = None
        except Exception as error:
            told["error"] = f"{type(error).__name__}: {error}".splitlines()[0]
        print(json.dumps(told), flush=True)


def timed(sign, prepare, source, target):
    gc.collect()  # what an earlier signature left behind is not of this one's peak
    if os.path.exists(target):
        os.remove(target)
    prepare(source, target)
    begun = perf_counter()
    sign(source, target)
    return (perf_counter() - begun) * 1000
