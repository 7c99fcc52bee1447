"""Figures of the Python package, one line of JSON each.

    bench.py startup        from the start of this program to its first signature
    bench.py small SECONDS  a small document signed again and again in memory
    bench.py in-place FILE  FILE signed in place by a key in memory; it is cut to its old length afterwards

The first two answer with the signature of a vector: the time of a key store is not measured.
"""

import time

START = time.perf_counter()  # before any other import: their time counts

import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> None:
    """Prints the figures that are asked for."""
    match arguments:
        case ["startup"]:
            figures = startup()
        case ["small", seconds]:
            figures = small(float(seconds))
        case ["in-place", path]:
            figures = in_place(path)
        case _:
            sys.exit(__doc__)
    import json

    print(json.dumps(figures))


def startup() -> dict[str, float]:
    """To the first signature."""
    sign = _vector()
    sign()
    return {"startup_ms": (time.perf_counter() - START) * 1e3}


def small(seconds: float) -> dict[str, float]:
    """Again and again."""
    sign = _vector()
    for _ in range(100):
        sign()
    count = 0
    begin = time.perf_counter()
    while (taken := time.perf_counter() - begin) < seconds:
        for _ in range(20):
            sign()
        count += 20
    return {"signatures_per_second": count / taken}


def in_place(path: str) -> dict[str, float]:
    """One large file."""
    import os

    import rustpdf
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pki = ROOT / "tests/pki/certificates"
    key = load_pem_private_key((pki / "rsa.key").read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    certificate, chain = (pki / "rsa.der").read_bytes(), (pki / "chain.pem").read_bytes()
    size = os.path.getsize(path)
    before = _in_mb("VmRSS")
    begin = time.perf_counter()
    rustpdf.sign_file(path, path, certificate=certificate, signer=lambda data: key.sign(data, PKCS1v15(), SHA256()), chain=chain)
    taken = time.perf_counter() - begin
    peak = _in_mb("VmHWM") - before
    os.truncate(path, size)
    return {"seconds": taken, "peak_mb_over_start": peak}


def _vector() -> Callable[[], bytes]:
    """A function that signs the document of a vector once, by its signature."""
    import json
    from datetime import datetime, timezone

    import rustpdf

    vectors = ROOT / "tests/vectors"
    vector = json.loads((vectors / "cases/rsa-pkcs1-sha256.json").read_bytes())
    pdf = (vectors / "documents" / vector["document"]).read_bytes()
    certificate = (vectors / "certificates" / vector["certificate"]).read_bytes()
    chain = [(vectors / "certificates" / name).read_bytes() for name in vector.get("chain", [])]
    time, entropy = datetime.fromtimestamp(vector["now"], timezone.utc), bytes.fromhex(vector["entropy"])
    signature = bytes.fromhex(vector["signature"])
    return lambda: rustpdf.sign_with(pdf, certificate, lambda _: signature, chain=chain, signing_time=time, entropy=entropy)


def _in_mb(name: str) -> float:
    """A figure of this process: VmHWM is its peak, VmRSS its current value."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise KeyError(name)


if __name__ == "__main__":
    main(sys.argv[1:])
