#!/usr/bin/env python3
"""Signs documents and compares the objects that qpdf reads before and after, and the objects that the update wrote.

    objects.py [--sample N] [--only TEXT]

First spoils a signed document in several ways, each of which must be noticed. `--sample` takes N documents of documents.py, always the
same ones, spread over all kinds; `--only` takes documents whose name or kind contains TEXT. The documents of tests/vectors/documents, with
several options, and the findings of the fuzzers are always taken. README.md names the properties. Exit status 1 if one is broken.
"""
import argparse
import json
import logging
import re
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
from documents import documents
from pikepdf import Array, Dictionary, Object, Stream, String
from readers import HERE, Worker

ROOT = HERE.parents[1]
BUILD = HERE.parent / ".build/differential"
logging.getLogger("pikepdf").addHandler(logging.NullHandler())
pikepdf.set_object_conversion_mode("explicit")  # a number that is an object has a number of its own, too
DOUBTS = {"WARN_XREF_AMBIGUOUS", "WARN_OBJECT_SHADOWED", "WARN_XREF_REBUILT", "WARN_REVISION_CUT", "WARN_SIGNATURE_HIDDEN"}
# What qpdf says of a repair of which it complains by itself.
RESULTS = {"recovered stream length: #"}
CUT = "attempting to recover stream length"
PROCESSES = 2
DEEPEST = 100
# Entries that a signature changes (ISO 32000-2, 7.12, 12.5.2, 12.7.3 and 12.8).
CATALOG, PAGE, FORM, FIELD = ({*names} for names in (
    ["/AcroForm", "/Extensions", "/Perms"], ["/Annots", "/Tabs"], ["/Fields", "/SigFlags", "/NeedAppearances"], ["/V", "/F", "/Lock"]))
# Options for documents that have a field, pages, or neither.
VARIANTS = {
    "plain": {},
    "cms": {"pades": False, "reason": "(\\)\r\nZoë 名", "name": "", "location": "a"},
    "certified": {"certify": 2},
    "locked": {"certify": 3, "lock": {"action": "exclude", "fields": ["a.b"]}},
    "field": {"fieldName": "approval.director"},
    "last page": {"page": 5},
    "cleared": {"clearNeedAppearances": True, "digestAlgorithm": "sha512"},
}


# ── what qpdf reads ──

class View:
    """A file as qpdf reads it."""

    def __init__(self, path, password=""):
        self.pdf = opened(path, password)
        warnings = self.pdf.get_warnings()
        self.trailer = self.pdf.trailer
        self.catalog = self.trailer.get("/Root")
        self.pages = list(pages(self.catalog))
        self.used = reachable(self)
        # The check repairs pages, so it gets a copy.
        self.complaints = {kind(text.replace(str(path), "")) for text in [*warnings, *opened(path, password).check_pdf_syntax()]} - RESULTS

    def form(self):
        return entry(self.catalog, "/AcroForm")

    def field(self, name):
        """The field of this full name."""
        return next((field for full, field in fields(entry(self.form(), "/Fields")) if full == name), None)


def opened(path, password):
    return pikepdf.open(path, password=password.encode("pdfdoc"), suppress_warnings=True, inherit_page_attributes=False)


def entry(holder, key):
    return holder.get(key) if isinstance(holder, (Dictionary, Stream)) else None


def children(holder, key):
    array = entry(holder, key)
    return list(array) if isinstance(array, Array) else []


def pages(catalog):
    """The pages, in their order."""
    left, seen = [entry(catalog, "/Pages")], set()
    while left:
        node = left.pop()
        if not isinstance(node, Dictionary) or node.objgen in seen:
            continue
        seen.add(node.objgen)
        if "/Kids" in node:
            left += reversed(children(node, "/Kids"))
        else:
            yield node


def fields(array, above="", depth=0):
    """Full names and fields, parents first."""
    for field in array if isinstance(array, Array) and depth < DEEPEST else []:
        if not isinstance(field, Dictionary):
            continue
        title = entry(field, "/T")
        name = ".".join(part for part in (above, str(title) if title is not None else "") if part)
        yield name, field
        yield from fields(entry(field, "/Kids"), name, depth + 1)


def value(item):
    """An object as bytes, with the references in it."""
    try:
        if item is None:
            return b"null"
        if isinstance(item, Stream):
            return item.stream_dict.unparse() + b" stream " + item.read_raw_bytes()
        return item.unparse(resolved=True)
    except pikepdf.PdfError as error:
        return f"unreadable: {error}".encode()


def kind(complaint):
    """A complaint without places and numbers: files are longer after they are signed."""
    return re.sub(r"\d+", "#", complaint.rpartition("): ")[2])


def reachable(view):
    """The objects to which the trailer leads: by their numbers, as bytes."""
    seen, left = {}, [entry(view.trailer, key) for key in ("/Root", "/Info", "/Encrypt")]
    while left:
        item = left.pop()
        if getattr(item, "is_indirect", False):
            if item.objgen in seen:
                continue
            seen[item.objgen] = value(item)
        if isinstance(item, Stream):
            item = item.stream_dict
        if isinstance(item, Dictionary):
            left += [child for _, child in item.items()]
        elif isinstance(item, Array):
            left += list(item)
    return seen


# ── what the update wrote ──

def written(document, signed):
    """{(number, generation): text} of the objects in the update, by the cross-reference section that the update wrote."""
    start = int(signed[signed.rindex(b"startxref") + 9:].split()[0])
    # Offsets may count from the header (ISO 32000-1, annex H.3).
    base = next((base for base in (0, signed.find(b"%PDF-")) if re.match(rb"xref|\d+ \d+ obj", signed[base + start:])), None)
    if base is None:
        raise ValueError(f"there is no cross-reference section at {start}")
    start += base
    section = signed[start:]
    entries = [(base + offset, number) for offset, number in (table(section) if section.startswith(b"xref") else stream(section))]
    ends = sorted([offset for offset, _ in entries] + [start])
    objects = {}
    for offset, number in entries:
        if offset < len(document):
            continue  # a complete cross-reference also has the objects of the document
        text = signed[offset:next(end for end in [*ends, len(signed)] if end > offset)]
        head = re.match(rb"%d (\d+) obj\s" % number, text)
        if head is None:
            raise ValueError(f"object {number} is not at {offset}")
        if offset != start:
            objects[number, int(head[1])] = text[head.end():text.rindex(b"endobj")]
    return objects


def alone(objects, pdf, null):
    """The objects of the update in a file without anything else: as they are written. What is null in `pdf` is missing here, or `null`."""
    named = {(int(number), int(generation)) for number, generation in re.findall(rb"(\d+)\s+(\d+)\s+R\b", b"\n".join(objects.values()))}
    nothing = {objgen for objgen in named if value(pdf.get_object(objgen)) == b"null"}
    catalog = max(number for number, _ in named | objects.keys()) + 1
    bodies = dict.fromkeys(named - nothing, b"0 ") | dict.fromkeys(nothing if null else (), b"null") | objects
    bodies |= {(catalog, 0): b"<</Type/Catalog/Pages %d 0 R>>" % (catalog + 1), (catalog + 1, 0): b"<</Type/Pages/Kids[]/Count 0>>"}
    out, lines = b"%PDF-1.7\n", b"xref\n0 1\n0000000000 65535 f \n"
    for (number, generation), body in bodies.items():
        lines += b"%d 1\n%010d %05d n \n" % (number, len(out), generation)
        out += b"%d %d obj\n%s\nendobj\n" % (number, generation, body.rstrip())
    out += lines + b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (catalog + 2, catalog, len(out))
    return pikepdf.open(BytesIO(out), suppress_warnings=True)


def table(section):
    """(offset, number) of the entries in use of a table."""
    lines = section[:section.index(b"trailer")].split(b"\n")[1:]
    entries, left, number = [], 0, 0
    for line in filter(None, lines):
        words = line.split()
        if not left:
            number, left = int(words[0]), int(words[1])
            continue
        if words[2] == b"n":
            entries.append((int(words[0]), number))
        number, left = number + 1, left - 1
    return entries


def stream(section):
    """The same of a cross-reference stream, which the update writes without a filter."""
    dictionary, _, data = section.partition(b"stream\n")
    widths = [int(word) for word in re.search(rb"/W ?\[([\d ]+)\]", dictionary)[1].split()]
    index = re.search(rb"/Index ?\[([\d ]+)\]", dictionary)
    runs = [int(word) for word in index[1].split()] if index else [0, int(re.search(rb"/Size (\d+)", dictionary)[1])]
    numbers = [number for first, count in zip(runs[::2], runs[1::2]) for number in range(first, first + count)]
    entries, at = [], 0
    for number in numbers:
        kind_of, offset, _ = (int.from_bytes(data[at + sum(widths[:n]):at + sum(widths[:n + 1])]) for n in range(3))
        at += sum(widths)
        if kind_of == 1:
            entries.append((offset, number))
    return entries


def plain(item):
    """The structure of an object, with its strings left out: in the text of an encrypted document they are encrypted."""
    if isinstance(item, Stream):
        item = item.stream_dict
    if isinstance(item, Dictionary):
        return {key: source(child) if getattr(child, "is_indirect", False) else plain(child) for key, child in item.items()}
    if isinstance(item, Array):
        return [source(child) if getattr(child, "is_indirect", False) else plain(child) for child in item]
    return "string" if isinstance(item, String) else source(item)


# ── the properties ──

def failures(before, after, document, signed, report):
    """{property: what breaks it}."""
    found = {}
    objects = written(document, signed)

    def fail(name, text):
        found.setdefault(name, []).append(text)

    # The update's own objects are the ones that qpdf reads under their numbers.
    form = plain if after.pdf.is_encrypted else value
    ours = [alone(objects, after.pdf, null) for null in (False, True)]
    for objgen, text in objects.items():
        other = form(after.pdf.get_object(objgen))
        if other not in [form(pdf.get_object(objgen)) for pdf in ours]:
            fail("written", f"{objgen}: {brief(text)}, read as {other}")

    # qpdf finds the signature, its field and its page as the report names them.
    field = after.field(report["field"])
    signature = entry(field, "/V")
    if entry(signature, "/ByteRange") is None or [int(part) for part in signature["/ByteRange"]] != report["byteRange"]:
        fail("way", f"the signature of {report['field']!r} is not found from the catalog")
    page = report.get("page")
    widgets = children(after.pages[page - 1], "/Annots") if page and page <= len(after.pages) else []
    listed = [widget.objgen for widget in widgets if widget is not None]
    if field is not None and report["newField"] and page and field.objgen not in listed:
        fail("way", f"the field is not found on page {page}")
    # Where qpdf repairs a file, it may take any of its definitions.
    lost = ["way", "written"] if any("reconstruct" in complaint for complaint in after.complaints) else ["way"]
    if DOUBTS & set(report["warnings"]):
        found["lost"] = [text for name in lost for text in found.pop(name, [])]
    # Where qpdf found no page before, it did not read the document.
    if DOUBTS & set(report["warnings"]) or not before.pages:
        return {name: texts for name, texts in found.items() if texts}

    # Whatever is not written anew is read as before.
    for objgen, old in before.used.items():
        new = after.used.get(objgen) or value(after.pdf.get_object(objgen))
        if CUT in before.complaints:  # where a stream ends that has no end depends on what follows
            old, new = (read.partition(b" stream ")[0] for read in (old, new))
        if objgen not in objects and old != new:
            fail("kept", f"{objgen}: {brief(old)} → {brief(new)}")
    # Whatever is written anew has the changes of a signature, and no others.
    roles = Roles(before, report)
    for objgen in objects.keys() & before.used.keys():
        if text := roles.wrong(objgen, before.pdf.get_object(*objgen), after.pdf.get_object(*objgen)):
            fail("change", f"{objgen}: {text}: {brief(before.used[objgen])} → {brief(value(after.pdf.get_object(objgen)))}")
    for key in ("/Root", "/Info", "/Encrypt"):
        old, new = (source(entry(view.trailer, key)) for view in (before, after))
        if old != new:
            fail("trailer", f"{key}: {old} → {new}")
    identifiers = [children(view.trailer, "/ID") for view in (before, after)]
    if identifiers[0] and bytes(identifiers[0][0]) and bytes(identifiers[0][0]) != bytes(identifiers[1][0]):
        fail("trailer", "the first part of /ID")
    if len(before.pages) != len(after.pages):
        fail("kept", f"{len(before.pages)} pages → {len(after.pages)}")
    if complaints := after.complaints - before.complaints:
        fail("complaint", "; ".join(sorted(complaints)))
    return found


class Roles:
    """The objects of a document that a signature may change, and how."""

    def __init__(self, view, report):
        form, page = view.form(), (report.get("page") or 0)
        self.dictionaries, self.lists = {}, set()
        permissions, extensions = entry(view.catalog, "/Perms"), entry(view.catalog, "/Extensions")
        held = [(view.catalog, CATALOG), (form, FORM), (permissions, {"/DocMDP"}), (extensions, {"/ISO_", "/ESIC"})]
        if 0 < page <= len(view.pages):
            held.append((view.pages[page - 1], PAGE))
        if not report["newField"]:
            held.append((view.field(report["field"]), FIELD))
        for item, keys in held:
            if isinstance(item, Dictionary) and item.is_indirect:
                self.dictionaries.setdefault(item.objgen, set()).update(keys)
        for array in (entry(item, key) for item, _ in held for key in ("/Fields", "/Annots")):
            if isinstance(array, Array) and array.is_indirect:
                self.lists.add(array.objgen)

    def wrong(self, objgen, old, new):
        """What is wrong with a change."""
        if objgen in self.lists:
            return None if longer(old, new) else "not one reference more"
        if objgen not in self.dictionaries:
            return "not an object that a signature changes"
        return change(self.dictionaries[objgen], old, new)


def change(allowed, old, new):
    """What is wrong with the change of a dictionary."""
    if not isinstance(old, Dictionary) or not isinstance(new, Dictionary):
        return "not a dictionary"
    for key in old.keys() | new.keys():
        one, other = entry(old, key), entry(new, key)
        if source(one) == source(other):
            continue
        if key not in allowed:
            return f"{key} is another"
        if key in ("/Fields", "/Annots") and not longer(one if one is not None else Array(), other):
            return f"{key} has not one reference more"
        if key in ("/V", "/Tabs", "/Lock") and one is not None:
            return f"{key} was there"
        if key == "/AcroForm" and isinstance(one, Dictionary) and (wrong := change(FORM, one, other)):
            return f"{wrong} in /AcroForm"
    return None


def longer(old, new):
    """Whether an array has one reference more, at its end."""
    if not isinstance(old, Array) or not isinstance(new, Array):
        return False
    one, other = [source(item) for item in old], [source(item) for item in new]
    return len(other) == len(one) + 1 and other[:-1] == one and getattr(new[-1], "is_indirect", False)


def source(item):
    """A value or a reference, as bytes."""
    if item is None:
        return b"null"
    return item.unparse() if isinstance(item, Object) else repr(item).encode()


def brief(data):
    return repr(data[:300] + b"..." if len(data) > 300 else data)


# ── the documents ──

def all_documents(options):
    """(name, bytes, options of the signature)."""
    wanted = lambda spec: not options.only or any(options.only in part for part in [spec.name, *spec.kinds])  # noqa: E731
    made = [(spec, data) for spec, data in documents() if wanted(spec)]
    count = min(options.sample or len(made), len(made))
    for spec, data in (made[index * len(made) // count] for index in range(count)):
        yield spec.name, data, {}
    for path in sorted((ROOT / "tests/vectors/documents").rglob("*.pdf")):
        name = str(path.relative_to(ROOT / "tests/vectors/documents"))
        for variant, given in VARIANTS.items():
            yield f"{name} ({variant})", path.read_bytes(), given | (password_of(path.stem) if "encrypted" in name else {})
    for path in sorted((ROOT / "fuzz/regressions/sign").iterdir()):
        data = path.read_bytes()
        # Four bytes choose options of the fuzzer.
        yield f"fuzz {path.name}", data if data.startswith(b"%PDF") else data[4:], {}


def password_of(name):
    """The user's password of an encrypted document (tests/documents/make.py), where it needs one."""
    if name in ("encrypted", "empty-user", "forbidden", "forbidden-rc4-40"):
        return {}
    return {"password": "hôtel" if name == "latin" else "user"}


@cache
def signer():
    return Worker(["node", HERE / "sign.mjs"])


def judge(job):
    """(name, outcome, failures) of a document that is signed, and of its signed form signed again."""
    name, data, options = job
    results = []
    with tempfile.TemporaryDirectory(prefix="rustpdf-objects-") as folder:
        for turn in ("", " again"):
            path = Path(folder) / f"{len(results)}.pdf"
            path.write_bytes(data)
            Path(f"{path}.options").write_text(json.dumps(options))
            answer = signer().ask(path)
            outcome = answer["usual"] if answer else {"signed": False, "error": "crash"}
            if not outcome["signed"]:
                error = outcome["error"]
                results.append((name + turn, error, {} if error.startswith("ERR_") else {"crash": [error]}))
                break
            signed = Path(f"{path}.signed").read_bytes()
            try:
                before = View(path, options.get("password", ""))
            except pikepdf.PdfError:
                results.append((name + turn, "qpdf does not open it", {}))
                break
            try:
                found = failures(before, View(f"{path}.signed", options.get("password", "")), data, signed, outcome)
            except pikepdf.PdfError as error:
                found = {"lost" if DOUBTS & set(outcome["warnings"]) else "complaint": [f"qpdf opens it no longer: {error}"]}
            except ValueError as error:
                found = {"written": [str(error)]}
            results.append((name + turn, "with a doubt" if DOUBTS & set(outcome["warnings"]) else "signed", found))
            data, options = signed, {key: given for key, given in options.items() if key == "password"}
    return results


def counted(counter):
    return ", ".join(f"{key} {count}" for key, count in counter.most_common()) or "none"


# A change of the same length in a signed document, and the property that breaks. The last column says where: in the update, or before it.
SPOILS = [
    (b"/SigFlags 3", b"/SigFlagX 3", "change", True),
    (b"/MediaBox[0 0 595", b"/MediaBox[0 0 695", "change", True),
    (b"/Annots[7 0 R 9 0 R 12 0 R]", b"/Annots[9 0 R 7 0 R 12 0 R]", "change", True),
    (b"/Annots[7 0 R 9 0 R 12 0 R]", b"/Annots[7 0 R 9 0 R 12 1 R]", "way", True),
    (b"/Fields[7 0 R 8 0 R 12 0 R]", b"/Fields[7 0 R 8 0 R 11 0 R]", "way", True),
    (b"/V 11 0 R", b"/W 11 0 R", "way", True),
    (b"[0 2168", b"[0 2169", "way", True),
    (b"0000001759 00000 n", b"0000000214 00000 n", "way", True),
    (b"startxref\n88", b"startxref\n87", "written", True),
    (b"0000002003 00000 n", b"0000008581 00000 n", "written", True),
    (b"/Root 1 0 R", b"/Root 2 0 R", "complaint", True),
    (b"<00112233", b"<10112233", "trailer", True),
    (b"/Length 0>>", b"/Length 9>>", "complaint", True),
    (b"/Helvetica", b"/Helvetixx", "kept", False),
    (b"(1200) Tj", b"(1300) Tj", "kept", False),
    (b"/Kids[4 0 R]", b"/Kids[5 0 R]", "kept", False),
]


def unnoticed():
    """The SPOILS of a signed document that no property notices, or another one than it should."""
    data = (ROOT / "tests/vectors/documents/field.pdf").read_bytes()
    with tempfile.TemporaryDirectory(prefix="rustpdf-objects-") as folder:
        path, spoilt = Path(folder) / "0.pdf", Path(folder) / "1.pdf"
        path.write_bytes(data)
        report = signer().ask(path)["usual"]
        update = Path(f"{path}.signed").read_bytes()[len(data):]

        def found(before, after):
            spoilt.write_bytes(before + after)
            try:
                return failures(View(path), View(spoilt), data, before + after, report).keys()
            except pikepdf.PdfError:
                return {"complaint"}
            except ValueError:
                return {"written"}

        wrong = [] if not found(data, update) else ["a document that is not spoilt"]
        for old, new, expected, in_update in SPOILS:
            texts = (data, update.replace(old, new, 1)) if in_update else (data.replace(old, new, 1), update)
            if texts == (data, update) or expected not in found(*texts):
                wrong.append(f"{old} → {new}")
    # The processes that follow have signers of their own.
    signer().close()
    signer.cache_clear()
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--only", metavar="TEXT")
    jobs = list(all_documents(parser.parse_args()))
    if wrong := unnoticed():
        print(f"not noticed: {'; '.join(wrong)}")
        return 1
    with ProcessPoolExecutor(PROCESSES) as pool:
        results = [result for several in pool.map(judge, jobs, chunksize=20) for result in several]
    lost = sum(bool(found.pop("lost", None)) for _, _, found in results)
    failed = [{"name": name, "failures": found} for name, _, found in results if found]
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / "objects.json").write_text(json.dumps(failed, indent="\t"))
    outcomes = Counter(outcome for _, outcome, _ in results)
    signed, doubtful = outcomes.pop("signed", 0), outcomes.pop("with a doubt", 0)
    print(f"\n{len(jobs)} documents; signatures compared: {signed + doubtful}, of these with a warning about the document: {doubtful}")
    print(f"after such a warning qpdf does not find the signature, by another reading of the document: {lost}")
    print(f"not compared: {counted(outcomes)}")
    print(f"failures: {counted(Counter(key for row in failed for key in row['failures']))}")
    for row in failed[:20]:
        print(f"{row['name']}: {row['failures']}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
