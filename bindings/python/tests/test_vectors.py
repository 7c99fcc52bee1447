"""The conformance vectors: each in every way that it allows."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from .support import vectors
from .support.pki import KEY

FOLDER = os.environ.get("RUSTPDF_CONFORMANCE")
"""Place of the outcomes for the table of all languages."""


@pytest.fixture(scope="module")
def results() -> Iterator[dict[str, str]]:
    """Outcome of each vector, by its name."""
    told: dict[str, str] = {}
    yield told
    counts = Counter(told.values())
    print(f"vectors: {counts['passed']} passed, {counts['skipped']} skipped")  # noqa: T201
    if FOLDER is not None:
        _write(Path(FOLDER, "results/python.json"), json.dumps(told).encode())


def test_there_are_vectors() -> None:
    assert len(vectors.CASES) > 100


@pytest.mark.parametrize("path", vectors.CASES, ids=lambda path: path.stem)
def test_vector(path: Path, results: dict[str, str]) -> None:
    vector = vectors.load(path)
    unknown = vector.keys() - vectors.KEYS
    if unknown:
        results[path.stem] = "skipped"
        pytest.skip(f"{unknown} is not known here")
    results[path.stem] = "failed"
    for name, way in vectors.ways(vector).items():
        found, expected = vectors.outcome(way), dict(vector["expect"])
        if "hash" not in found:
            expected.pop("hash", None)  # only sessions tell it
        assert found == expected, name
    if FOLDER is not None and "session" not in vector and "code" not in vector["expect"]:
        _write(Path(FOLDER, "sessions/python", path.stem), vectors.begin(vector).serialize(KEY))
    results[path.stem] = "passed"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
