"""Memory over many signatures."""

from __future__ import annotations

import gc
from pathlib import Path

import rustpdf

from .support.pdf import make_pdf
from .support.pki import CHAIN, MOMENT, certificate, signer

PDF = make_pdf()
MOST_MB = 3.0


def resident_mb() -> float:
    gc.collect()
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) * 1024 / 1e6


def test_ten_thousand_signatures_leave_no_memory_behind() -> None:
    session = rustpdf.begin_signing(PDF, certificate=certificate(), chain=CHAIN, **MOMENT)
    assert session.request is not None
    signature = signer()(session.request.data, session.request)

    def sign(times: int) -> None:
        for count in range(times):
            rustpdf.sign_with(PDF, certificate(), lambda _: signature, chain=CHAIN, **MOMENT)
            if count % 10 == 0:  # runs that fail, and sessions, are let go as well
                try:
                    rustpdf.sign_with(PDF, certificate(), lambda _: b"\1" * 256, chain=CHAIN, **MOMENT)
                except rustpdf.RustpdfError:
                    rustpdf.begin_signing(PDF, certificate=certificate(), chain=CHAIN, **MOMENT)

    sign(1000)
    before = resident_mb()
    sign(10_000)
    grown = resident_mb() - before
    print(f"grown by {grown:.2f} MB over 10,000 signatures")  # noqa: T201
    assert grown < MOST_MB
