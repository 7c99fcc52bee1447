"""Sessions that were begun in other languages. `RUSTPDF_PAIRS` names the folder of the sessions and of the outcomes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .support import vectors

FOLDER = os.environ.get("RUSTPDF_PAIRS")


@pytest.mark.skipif(FOLDER is None, reason="there are no sessions of other languages")
def test_sessions_of_every_language_are_completed() -> None:
    assert FOLDER is not None
    told: dict[str, dict[str, int]] = {}
    failed: list[str] = []
    for saved in sorted(Path(FOLDER, "sessions").glob("*/*")):
        counts = told.setdefault(saved.parent.name, {"passed": 0, "failed": 0})
        vector = vectors.load(vectors.FOLDER / "cases" / f"{saved.name}.json")
        session = saved.read_bytes()
        found = vectors.outcome(lambda vector=vector, session=session: vectors.completed(vector, vectors.resume(vector, session)))  # type: ignore[misc]
        good = found == vector["expect"]
        counts["passed" if good else "failed"] += 1
        if not good:
            failed.append(f"{saved.parent.name}/{saved.name}: {found}")
    path = Path(FOLDER, "pairs/python.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told))
    assert told
    assert failed == []
