"""A bug of the core: it comes out as `ERR_INTERNAL`, and the process goes on."""

from __future__ import annotations

import subprocess
import sys

from .support.pki import ROOT
from .support.probe import MODULE

PROGRAM = """
import importlib.util, sys
import rustpdf
spec = importlib.util.spec_from_file_location("rustpdf._core", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
assert module.Machine is not rustpdf._core.Machine

from tests.support.pki import CHAIN, MOMENT, certificate, signer
from tests.support.pdf import make_pdf
sign = lambda: rustpdf.sign_with(make_pdf(), certificate(), signer(), chain=CHAIN, **MOMENT)
signed = sign()
rustpdf._machine._core = rustpdf._operations._core = rustpdf._hash._core = module

from rustpdf._frame import decode, encode
machine = module.Machine(encode({"operation": "panic", "length": 0}))
for _ in range(2):
    try:
        decode(machine.next(encode({})))
    except rustpdf.RustpdfError as error:
        assert (error.code, error.group) == ("ERR_INTERNAL", "internal"), error
    else:
        raise AssertionError("nothing was raised")

assert sign() == signed

from threading import Barrier, Thread
together, others, broken = Barrier(8), [], []

def keep_signing():
    together.wait()
    others.extend(sign() for _ in range(25))

def keep_breaking():
    together.wait()
    for _ in range(5):
        machine = module.Machine(encode({"operation": "panic", "length": 0}))
        try:
            decode(machine.next(encode({})))
        except rustpdf.RustpdfError as error:
            broken.append(error.code)

threads = [Thread(target=work) for work in 4 * (keep_signing, keep_breaking)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert others == 100 * [signed] and broken == 20 * ["ERR_INTERNAL"], (len(others), broken)
print("signed")
"""


def test_a_panic_is_an_error_and_the_process_signs_as_if_nothing_was() -> None:
    assert MODULE.exists(), "scripts/test.sh builds it"
    command = [sys.executable, "-c", PROGRAM, str(MODULE)]
    ended = subprocess.run(command, cwd=ROOT / "bindings/python", check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, "signed\n"), ended.stderr
