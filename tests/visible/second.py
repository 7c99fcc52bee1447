"""Several signatures: what pyHanko, DSS and iText say of the first one, what veraPDF says of the document, and the warnings before it.

What breaks the first signature for one of them is signed with a warning, or refused.
"""
import json
import subprocess

import documents
from tools import judged, table

LEFT, RIGHT = {"rect": [36, 36, 186, 86]}, {"rect": [210, 36, 360, 86]}
BUYER = {"name": "Buyer", "rect": [210, 36, 360, 86], "tooltip": "Signature of the buyer"}
WITNESS = {"name": "Witness", "page": -1, "rect": [36, 120, 186, 170]}
FIRST = {"fieldName": "Seller", "appearance": LEFT}
FIRST_WITH_FIELDS = {**FIRST, "emptyFields": [BUYER, WITNESS]}
SECOND = {"appearance": RIGHT}
FILLED = {"fieldName": "Buyer", "appearance": {}}
THIRD = {"fieldName": "Witness", "appearance": {"text": "{name}"}}
TAGGED = ["1a", "2a", "3a-intent", "ua1", "ua2", "4-ua2-intent"]
# PDF/UA-1 wants every widget in the structure (7.18.4). PDF/UA-2 takes one that is not for an artifact.
LOSES = {"ua1"}

# pyHanko, DSS and iText on the first signature. DSS warns of a filled field that is in the structure, or that has an appearance before:
# ours has an empty one, which PDF/A and PDF 2.0 require.
VALID, WARNED = ("valid", "valid", "valid"), ("valid", "warning", "valid")
BROKEN_FOR_PYHANKO = ("invalid", "valid", "valid")


class Case:
    """A document, the options of its signatures, the codes of warnings of each, the verdicts, and whether the document still conforms."""

    def __init__(self, title, document, options, warnings, verdicts, conforms=True):
        self.title, self.document, self.options, self.warnings = title, document, options, warnings
        self.verdicts, self.conforms = verdicts, conforms


def cases(full):
    yield Case("new field, document not tagged", "upright", [FIRST, SECOND], [[], []], VALID)
    yield Case("new field, PDF/A without tags", "2b", [FIRST, SECOND], [[], []], VALID)
    for document in TAGGED if full else TAGGED[1::2]:
        yield Case("new field, not tagged", document, [FIRST, SECOND], [[], ["WARN_NOT_TAGGED"]], VALID, document not in LOSES)
    yield Case("new field, on another page", "2a", [FIRST, {"appearance": {"page": -1}}], [[], ["WARN_NOT_TAGGED"]], VALID)
    yield Case("new field, the page without /Tabs", "no-tabs", [FIRST, {"appearance": {"page": -1}}], [[], ["WARN_NOT_TAGGED", "WARN_TABS"]], VALID)
    yield Case("new field, the first invisible", "ua1", [{}, SECOND], [[], ["WARN_NOT_TAGGED"]], VALID, False)
    yield Case("new invisible field", "ua1", [FIRST, {}], [[], []], VALID)
    for level in (2, 3):
        yield Case(f"new field after a certification, P={level}", "upright", [{**FIRST, "certify": level}, SECOND],
                   [[], ["WARN_VISIBLE_AFTER_CERTIFICATION"]], BROKEN_FOR_PYHANKO)
    yield Case("new invisible field after a certification, P=2", "upright", [{**FIRST, "certify": 2}, {}], [[], []], VALID)
    for document in ["upright", *(TAGGED if full else TAGGED[::2])]:
        yield Case("empty field, filled", document, [FIRST_WITH_FIELDS, FILLED], [[], []], WARNED)
        yield Case("two empty fields, filled", document, [FIRST_WITH_FIELDS, FILLED, THIRD], [[], [], []], WARNED)
    yield Case("empty field, filled invisibly", "upright", [FIRST_WITH_FIELDS, {"fieldName": "Buyer"}], [[], []], VALID)
    yield Case("empty field, filled invisibly", "ua2", [FIRST_WITH_FIELDS, {"fieldName": "Buyer"}], [[], []], WARNED)
    for level in (2, 3):
        yield Case(f"empty field, filled after a certification, P={level}", "ua1", [{**FIRST_WITH_FIELDS, "certify": level}, FILLED, THIRD],
                   [[], [], []], WARNED)
    yield Case("empty field, filled, the first locked it not", "upright",
               [{**FIRST_WITH_FIELDS, "lock": {"action": "exclude", "fields": ["Buyer", "Witness"]}}, FILLED], [[], []], WARNED)
    yield Case("field of the document, filled", "existing-rotate-90", [{**FIRST, "appearance": {"rect": [210, 120, 360, 170]}}, {"fieldName": "Director", "appearance": {}}], [[], []], VALID)
    yield Case("widget of its own, filled first", "widget-apart", [{"fieldName": "Director", "appearance": {}}, {"fieldName": "Seller", "appearance": {}}],
               [["WARN_FIELD_WIDGETS"], []], VALID)
    yield Case("boxes overlap", "upright", [FIRST, {"appearance": {"rect": [100, 60, 250, 120]}}], [[], ["WARN_WIDGETS_OVERLAP"]], WARNED)
    yield Case("boxes overlap, empty field", "upright", [{**FIRST, "emptyFields": [{"name": "Buyer", "rect": [100, 60, 250, 120]}]}, FILLED],
               [["WARN_WIDGETS_OVERLAP"], []], WARNED)


def run(signing, folder, failures, full):
    """Signs and judges all cases."""
    made, first_alone = [], []
    for number, case in enumerate(cases(full)):
        name = f"second/{number}"
        where = f"{case.title} ({case.document})"
        answer, path = signing.sign(name, folder / f"{case.document}.pdf", *case.options, key="rsa" if number % 2 else "p256")
        if not failures.expect(where, "error" not in answer, answer.get("message")):
            continue
        codes = [sorted(warning["code"] for warning in report["warnings"]) for report in answer["reports"]]
        failures.expect(where, codes == case.warnings, f"the warnings are {codes} instead of {case.warnings}")
        length = answer["reports"][1]["documentLength"]
        before = path.with_name(f"{path.stem}-first.pdf")
        before.write_bytes(path.read_bytes()[:length])
        first_alone.append(before)
        unchanged(failures, where, before, path, answer["reports"])
        made.append((case, where, path, before, answer["reports"][0]["field"]))
    said = judged([path for _, _, path, _, _ in made], ["pyhanko", "dss", "itext", "verapdf", "qpdf"])
    said |= judged(first_alone, ["dss", "verapdf"])
    rows = []
    for case, where, path, before, field in made:
        verdicts = of_first(said[path], said[before], field)
        failures.expect(where, verdicts == case.verdicts,
                        f"pyHanko, DSS and iText say {verdicts} instead of {case.verdicts}: {reasons(said[path], field)}")
        failures.expect(f"{where}, the first alone", all(verdict["ok"] for verdict in said[before].values()), str(reasons(said[before], field)))
        conforms = said[path]["verapdf"]["ok"]
        failures.expect(where, conforms == case.conforms, f"veraPDF: {said[path]['verapdf']['reason']}")
        failures.expect(where, conforms or "7.18.4" in said[path]["verapdf"]["reason"], f"veraPDF: {said[path]['verapdf']['reason']}")
        failures.expect(where, said[path]["qpdf"]["ok"], f"qpdf: {said[path]['qpdf']['reason']}")
        claims = said[path]["verapdf"]["details"].get("claims")
        rows.append([case.title, case.document, *verdicts, "–" if not claims else "kept" if conforms else f"lost: {said[path]['verapdf']['reason']}",
                     ", ".join(code for codes in case.warnings for code in codes)])
    table(["what follows the first signature", "document", "pyHanko", "DSS", "iText", "conformance", "warnings"], rows)
    refused(signing, folder, failures)


def of_first(said, alone, field):
    """pyHanko, DSS and iText on the first signature: valid, warning or invalid. A warning counts if the signature alone does not get it."""
    first = said["pyhanko"]["details"].get(field, {})
    pyhanko = "valid" if first.get("bottomLine") and str(first.get("ades")).endswith(("OK", "None", "PASSED")) else "invalid"
    entry, before = (next((one for one in answer["dss"]["details"].values() if isinstance(one, dict) and field in one.get("fields", ())), {}) for answer in (said, alone))
    if entry.get("indication") != "TOTAL_PASSED":
        dss = "invalid"
    else:
        dss = "warning" if set(entry["warnings"]) - set(before.get("warnings", ())) else "valid"
    return pyhanko, dss, "valid" if said["itext"]["ok"] else "invalid"


def reasons(said, field):
    """What the judges give as reasons, for the message of a failure."""
    found = {name: verdict["reason"] for name, verdict in said.items() if verdict["reason"]}
    if "pyhanko" in said:
        found["pyhanko"] = said["pyhanko"]["details"].get(field, {}).get("summary")
    return found | {"dss": [one.get("warnings") for one in said["dss"]["details"].values() if isinstance(one, dict)]}


def objects(path):
    """The objects of a document, by qpdf."""
    done = subprocess.run(["qpdf", "--json=2", "--json-key=qpdf", str(path)], stdout=subprocess.PIPE, check=False)
    _, found = json.loads(done.stdout)["qpdf"]
    return {name: entry.get("value", entry.get("stream", {}).get("dict")) for name, entry in found.items() if name.startswith("obj:")}


def unchanged(failures, where, before, after, reports):
    """Filling a field changes its `/V` and `/AP`, and a second new field is in no structure and changes no `/Tabs`."""
    old, new = objects(before), objects(after)
    for name in old:
        if old[name] == new.get(name):
            continue
        kind = old[name].get("/Type") if isinstance(old[name], dict) else None
        differing = {key for key in {*old[name], *new[name]} if old[name].get(key) != new[name].get(key)} if isinstance(old[name], dict) else {"(array)"}
        if kind == "/Annot":
            failures.expect(where, differing <= {"/V", "/AP"}, f"{name}, a widget, has other {differing}")
        elif kind == "/Page":
            failures.expect(where, differing <= {"/Annots"}, f"{name}, a page, has other {differing}")
        else:
            failures.expect(where, kind not in ("/StructElem", "/StructTreeRoot"), f"{name} of the structure has other {differing}")
    filled = all(not report["newField"] for report in reports[1:])
    if filled:
        changed = [name for name in old if old[name] != new.get(name) and isinstance(old[name], dict) and old[name].get("/Type") in ("/Page", "/Catalog")]
        failures.expect(where, not changed, f"{changed} change where fields are filled")


def refused(signing, folder, failures):
    """What breaks the first signature, cannot be drawn or is outside the page, and its code."""
    def visible(**more):
        return {"appearance": {"rect": [36, 36, 186, 86], **more}}

    garbage = {"file": str(folder / "upright.pdf")}
    tests = [
        ("widget-apart", [{"fieldName": "Seller", "appearance": {}}, {"fieldName": "Director", "appearance": {}}], "ERR_APPEARANCE_BOX"),
        ("upright", [{"appearance": {"rect": [300, 200, 401, 250]}}], "ERR_APPEARANCE_BOX"),
        ("upright", [{"appearance": {"rect": [-1, 0, 100, 50]}}], "ERR_APPEARANCE_BOX"),
        ("rotate-90", [{"appearance": {"rect": [0, 0, 100, 301]}}], "ERR_APPEARANCE_BOX"),
        ("user-unit-2", [{"appearance": {"rect": [0, 0, 100, 301]}}], "ERR_APPEARANCE_BOX"),
        ("crop-box-smaller", [{"appearance": {"rect": [0, 0, 401, 100]}}], "ERR_APPEARANCE_BOX"),
        ("upright", [{"appearance": {"rect": [100, 100, 100, 150]}}], "ERR_APPEARANCE_BOX"),
        ("upright", [{"appearance": {"rect": [186, 86, 36, 36]}}], "ERR_APPEARANCE_BOX"),
        ("upright", [{"appearance": {"rect": [100, 100, 105, 150]}}], "ERR_APPEARANCE_BOX"),
        ("upright", [{"appearance": {"position": {"corner": "top-left", "width": 390}}}], "ERR_APPEARANCE_BOX"),
        ("upright", [{**FIRST, "emptyFields": [{"name": "Buyer", "rect": [300, 200, 401, 250]}]}], "ERR_APPEARANCE_BOX"),
        ("upright", [FIRST, {**SECOND, "emptyFields": [BUYER]}], "ERR_OPTION_VALUE"),
        ("upright", [{**FIRST, "emptyFields": [BUYER, BUYER]}], "ERR_FIELD_NAME"),
        ("upright", [{**FIRST_WITH_FIELDS, "certify": 1}], "ERR_OPTION_VALUE"),
        ("upright", [{"appearance": {"page": 2}}], "ERR_PAGE_NUMBER"),
        ("upright", [{"appearance": {"rect": [36, 36, 66, 50]}}], "ERR_APPEARANCE_FIT"),
        ("upright", [visible(text="{nothing}")], "ERR_APPEARANCE_TEXT"),
        ("upright", [visible(text="王小明")], "ERR_FONT_GLYPH"),
        ("upright", [visible(font=[{"regular": garbage}])], "ERR_FONT"),
        ("upright", [visible(image={"data": garbage})], "ERR_IMAGE"),
        ("upright", [visible(qr="x" * 2332)], "ERR_QR"),
        ("upright", [visible(pdf={"data": {"file": str(documents.HERE / "documents.py")}})], "ERR_APPEARANCE_PDF"),
        ("upright", [visible(pdf={"data": {"file": str(documents.HERE.parent / "vectors/documents/encrypted.pdf")}})], "ERR_APPEARANCE_PDF"),
        ("upright", [visible(pdf={"data": {"file": str(folder / "optional-content.pdf")}})], "ERR_APPEARANCE_PDF"),
        ("upright", [visible(pdf={"data": garbage, "page": 2})], "ERR_PAGE_NUMBER"),
    ]
    for number, (document, options, code) in enumerate(tests):
        answer, _ = signing.sign(f"refused/{number}", folder / f"{document}.pdf", *options)
        failures.expect(f"{document}, {options[-1]}", answer.get("error") == code, f"it ends with {answer.get('error')} instead of {code}")
