"""The installed wheel."""

import json
from importlib.metadata import files

from .support.pki import ROOT


def test_the_bill_of_materials_names_each_crate_with_its_digest_and_no_path() -> None:
    bills = [file for file in files("rustpdf") or [] if "sboms" in file.parts]
    assert [bill.name for bill in bills] == ["rustpdf.cdx.json"]
    text = bills[0].read_text()
    assert text == (ROOT / "bindings/python/rustpdf.cdx.json").read_text()
    assert "file:" not in text
    assert str(ROOT) not in text
    crates = {component["name"]: component for component in json.loads(text)["components"]}
    assert {"pyo3", "rustpdf-core", "sha2"} <= crates.keys()
    assert crates["sha2"]["purl"].startswith("pkg:cargo/sha2@")
    assert crates["sha2"]["hashes"][0]["alg"] == "SHA-256"
