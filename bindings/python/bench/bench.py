"""Figures of the Python package, one line of JSON each.

    bench.py startup        from the start of this program to its first signature
    bench.py small SECONDS  a small document signed again and again in memory
    bench.py visible        microseconds of a visible and of an invisible signature, and the bytes that each adds
    bench.py in-place FILE  FILE signed in place by a key in memory; it is cut to its old length afterwards

All but the last answer with the signature of a vector: the time of a key store is not measured.
"""

import time

START = time.perf_counter()  # before any other import: their time counts

import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> None:
    """Prints the figures that are asked for."""
    match arguments:
        case ["startup"]:
            figures = startup()
        case ["small", seconds]:
            figures = small(float(seconds))
        case ["visible"]:
            figures = visible()
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


def visible() -> dict[str, float]:
    """The default appearance beside none. The median of calls that take turns, in time of the processor."""
    from statistics import median

    options: dict[str, dict[str, Any]] = {"invisible": {}, "default": {"appearance": {}}, "typed": {"appearance": _typed()}}
    calls = {name: _vector(check_signature=False, **more) for name, more in options.items()}
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(1000):
        for name, sign in calls.items():
            begin = time.process_time()
            sign()
            times[name].append(time.process_time() - begin)
    document = len((ROOT / "tests/vectors/documents/classic.pdf").read_bytes())
    figures = {f"{name}_us": median(taken) * 1e6 for name, taken in times.items()}
    return figures | {f"{name}_bytes": len(sign()) - document for name, sign in calls.items()}


def _typed() -> object:
    """An appearance with an image and a font, by its types."""
    from rustpdf import Appearance, AppearanceFont, AppearanceImage

    files = ROOT / "tests/vectors/files"
    image = AppearanceImage(data=(files / "logo-alpha.png").read_bytes(), place="end")
    return Appearance(image=image, font=[AppearanceFont(regular=(files / "NotoSansArabic-subset.ttf").read_bytes())])


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


def _vector(**options: Any) -> Callable[[], bytes]:
    """A function that signs the document of a vector once, by its signature, and with further options."""
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
    return lambda: rustpdf.sign_with(
        pdf, certificate, lambda _: signature, chain=chain, options=options or None, signing_time=time, entropy=entropy
    )


def _in_mb(name: str) -> float:
    """A figure of this process: VmHWM is its peak, VmRSS its current value."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise KeyError(name)


if __name__ == "__main__":
    main(sys.argv[1:])
