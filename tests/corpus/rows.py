"""The index of the corpus, and a sample of it that has something of every kind."""
import csv
import re
from dataclasses import dataclass
from pathlib import Path

SAMPLED_BYTES = 250_000  # what a sample holds is small: DSS takes a minute over a large document with several revisions

@dataclass(frozen=True)
class Row:
    """A file as the index describes it."""

    name: str
    path: Path
    password: str | None
    qpdf: str
    claims: bool  # says of itself that it is PDF/A or PDF/UA
    kinds: frozenset
    size: int


def read(corpus):
    with open(corpus / "index.csv", encoding="utf-8", newline="") as file:
        return [row_of(corpus, columns) for columns in csv.DictReader(file)]


def row_of(corpus, columns):
    features = [feature for feature in columns["features"].split(";") if feature]
    # A password that the index does not know is the empty one; `password` says so where none is encrypted.
    password = columns["password"] or None
    kinds = {(name, columns[name]) for name in ("xref_kind", "linearized", "encryption", "acroform", "subfilters", "qpdf", "mutool", "set")}
    kinds |= {(name, min(int(columns[name] or 0), 3)) for name in ("n_signatures", "revisions")}
    kinds |= {("version", columns["pdf_version"][:3])} | {("feature", re.sub(":.*", "", feature)) for feature in features}
    return Row(columns["file"], corpus / columns["file"], password, columns["qpdf"],
               any(feature.startswith(("pdfa-", "pdfua-")) for feature in features), frozenset(kinds), int(columns["bytes"]))


def sample(rows, size):
    """At most `size` files, always the same ones: each the one that adds most kinds to those before, small ones first."""
    rows = [row for row in rows if row.size <= SAMPLED_BYTES]
    rest, chosen = frozenset().union(*(row.kinds for row in rows)), []
    while rest and len(chosen) < size:
        best = min(rows, key=lambda row: (-len(row.kinds & rest), row.size, row.name))
        rest -= best.kinds
        chosen.append(best)
    return chosen
