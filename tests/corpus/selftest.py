#!/usr/bin/env python3
"""Proves the judgement: a document that is signed has no finding, and one that is spoiled on the way has those that it must.

Needs the judges, which scripts/setup-tests.sh installs, and the built package, and no corpus.
"""
import tempfile
from io import BytesIO
from pathlib import Path

import judging
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from rows import Row
from signing import KEYS, sign

DOCUMENTS = judging.HERE.parent / "vectors/documents"


def replaced(old, new):
    """A way to spoil a document: other bytes."""
    return lambda data: data.replace(old, new, 1)


def revised(change):
    """A way to spoil a document: a revision of its own before it is signed."""
    def spoil(data):
        writer = IncrementalPdfFileWriter(BytesIO(data))
        change(writer)
        output = BytesIO()
        writer.write(output)
        return output.getvalue()
    return spoil


def page_of(writer):
    return writer.find_page_for_modification(0)[0].get_object()


def put(holder, key, value, writer):
    holder[generic.NameObject(key)] = value
    writer.update_container(holder)


def another_box(writer):
    put(page_of(writer), "/MediaBox", generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 300))), writer)


def another_content(writer):
    put(page_of(writer), "/Contents", writer.add_object(generic.StreamObject(stream_data=b"0 0 200 200 re f")), writer)


def language(writer):
    put(writer.root, "/Lang", generic.TextStringObject("tlh"), writer)


def no_metadata(writer):
    del writer.root["/Metadata"]
    writer.update_root()


def one_page(writer):
    pages = writer.root["/Pages"]
    put(pages, "/Kids", generic.ArrayObject([pages["/Kids"].raw_get(0)]), writer)
    put(pages, "/Count", generic.NumberObject(1), writer)


# Document; how it is spoiled before and after it is signed once; who must find fault with it.
CASES = {
    "signed": ("classic", None, None, set()),
    "signed, cross-reference stream": ("xref-stream", None, None, set()),
    "signed, PDF/A-2b": ("pdfa-2b", None, None, set()),
    "another page box": ("classic", revised(another_box), None, {"qpdf", "mutool"}),
    "other page content": ("classic", revised(another_content), None, {"qpdf", "mutool"}),
    "another catalog": ("classic", revised(language), None, {"qpdf"}),
    "a page less": ("pages", revised(one_page), None, {"qpdf", "mutool"}),
    "PDF/A without its metadata": ("pdfa-2b", revised(no_metadata), None, {"qpdf", "verapdf"}),
    "a byte of it changed": ("classic", replaced(b"Page 1 of", b"Page 2 of"), None, {"prefix", "mutool"}),
    "another page after the first signature": ("classic", None, revised(another_box), {"qpdf", "mutool", "pyhanko"}),
    "a bit of the first signature changed": ("classic", None, replaced(b"/Contents <3082", b"/Contents <3083"),
                                             {"prefix", "pdfsig", "pyhanko", "dss"}),
    "a byte covered by the first signature changed": ("classic", None, replaced(b"Page 1 of", b"Page 2 of"),
                                                      {"prefix", "mutool", "pdfsig", "pyhanko", "dss"}),
}


def main():
    judging.begin()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        once, twice = Path(folder, "once.pdf"), Path(folder, "twice.pdf")
        for title, (document, before, between, expected) in CASES.items():
            source = DOCUMENTS / f"{document}.pdf"
            row = Row(title, source, None, "ok", document.startswith("pdfa"), frozenset(), 0)
            spoiled = Path(folder, "spoiled.pdf")
            spoiled.write_bytes(before(source.read_bytes()) if before else source.read_bytes())
            names = sign(spoiled, (KEYS[0], once))
            spoiled.write_bytes(between(once.read_bytes()) if between else once.read_bytes())
            names += sign(spoiled, (KEYS[1], twice))
            findings, _ = judging.judge(row, once, twice, names)
            found = {judge for judge, _ in findings}
            right = expected <= found if expected else not findings
            wrong += not right
            print(f"{'ok' if right else 'NO'} {title}: {', '.join(sorted(found)) or 'no finding'}")
            if not right:
                print(*(f"   {judge}: {what}" for judge, what in findings), sep="\n")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
