"""The installed wheel."""

import json
import re
from importlib.metadata import distribution, files
from pathlib import Path

import rustpdf
import rustpdf._core

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


def test_it_runs_on_glibc_2_28() -> None:
    assert "Tag: cp310-abi3-manylinux_2_28_x86_64" in (distribution("rustpdf").read_text("WHEEL") or "")
    extension = Path(rustpdf._core.__file__ or "").read_bytes()
    versions = {tuple(map(int, found.split(b"."))) for found in re.findall(rb"GLIBC_(\d+(?:\.\d+)+)", extension)}
    assert (2, 2, 5) in versions
    assert max(versions) <= (2, 28)


def test_the_module_lists_each_public_name_once_and_loads_it() -> None:
    for _ in range(2):
        names = dir(rustpdf)
        assert len(names) == len(set(names))
        assert set(rustpdf.__all__) <= set(names)
        assert all(hasattr(rustpdf, name) for name in rustpdf.__all__)
    assert not hasattr(rustpdf, "sign_mani")


def test_no_index_accepts_it_by_accident() -> None:
    assert "Private :: Do Not Upload" in distribution("rustpdf").metadata.get_all("Classifier", [])


def test_each_key_store_has_an_extra() -> None:
    stores = (ROOT / "bindings/python/python/rustpdf/keystores").glob("[a-z]*.py")
    named = {store.stem.removesuffix("_key").replace("_", "-") for store in stores}
    metadata = distribution("rustpdf").metadata
    assert set(metadata.get_all("Provides-Extra") or []) == named
    assert all("; extra ==" in one for one in metadata.get_all("Requires-Dist") or [])  # without an extra it has no dependency
