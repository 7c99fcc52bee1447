"""Single steps: the core asks for a step of the test, and returns the answer as it understood it."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import closing
from functools import cache
from types import ModuleType
from typing import Any
from unittest.mock import patch

from rustpdf import _machine
from rustpdf._call import Call
from rustpdf._machine import drive
from rustpdf._operations import Operation

from .pki import ROOT

MODULE = ROOT / "target/python/panic/_core.abi3.so"
"""The extension with operations for tests, as scripts/test.sh builds it."""


@cache
def module() -> ModuleType:
    """The extension with operations for tests, beside the one of the package."""
    spec = importlib.util.spec_from_file_location("rustpdf._core", MODULE)
    assert spec is not None and spec.loader is not None
    ours = sys.modules["rustpdf._core"]
    made = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(made)
    finally:
        sys.modules["rustpdf._core"] = ours
    return made


def probe(step: dict[str, Any], payload: bytes = b"", document: object = b"", **call: Any) -> tuple[Any, bytes]:
    """Has the package answer a step about a document. Returns the header of its answer, and the payload."""
    with patch.object(_machine, "_core", module()), closing(Operation(document, Call(**call))) as operation:
        operation._parts.lengths.append({"name": "step", "length": len(payload)})
        operation._parts.payload.append(payload)
        done = drive(operation._run("probe", {"step": step}))  # type: ignore[arg-type]  # known to the core of tests only
        return done.result["answer"], bytes(done.payload)


def store(*operations: dict[str, Any], payload: bytes = b"") -> tuple[list[dict[str, Any]], bytes]:
    """The results of operations on files, and the bytes that they read."""
    answer, read = probe({"step": "store", "operations": list(operations)}, payload)
    return answer["results"], read
