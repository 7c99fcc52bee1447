"""Validity: all judges accept visible signatures of every kind, by RSA and by P-256."""
import documents
from contents import TEXTS, contents
from tools import KEYS, judged, table

JUDGES = ["pdfsig", "mutool", "qpdf", "openssl", "pyhanko", "dss", "itext", "pdfbox", "verapdf"]


def samples(folder, files, full):
    """Name, document and options."""
    for number, (name, options) in enumerate(contents(files).items()):
        if full or number % 4 == 0 or name in ("qr", "strokes", "font", "page"):
            yield f"content-{name}", folder / "ua2.pdf", {"appearance": {**options, "page": -1}}
    for number, name in enumerate(documents.CONFORMING):
        if full or number % 4 == 1:
            yield f"document-{name}", folder / f"{name}.pdf", {"appearance": {}, "emptyFields": [{"name": "Buyer", "rect": [36, 36, 186, 86]}]}
    for number, name in enumerate([*documents.GEOMETRY, *documents.EXISTING]):
        if full or number % 6 == 2:
            place = {"fieldName": "Director", "appearance": {}} if name in documents.EXISTING else {"appearance": {"rect": [40, 30, 250, 90]}}
            yield f"page-{name}", folder / f"{name}.pdf", place
    for name, (options, signer, reason, _) in TEXTS.items():
        if full or name in ("arabic", "cjk"):
            yield f"text-{name}", folder / "upright.pdf", {"appearance": {**options, "rect": [40, 30, 300, 110]}, "name": signer, "reason": reason}
    vectors = documents.HERE.parent / "vectors/documents"
    for name, more in {"xref-stream": {}, "hybrid": {}, "pages": {"page": -1}, "encrypted": {}, "tagged": {}, "damaged-streams": {}}.items():
        yield f"vector-{name}", vectors / f"{name}.pdf", {"appearance": more}
    yield "certified", folder / "4-ua2.pdf", {"appearance": {}, "certify": 2}


def run(signing, folder, files, failures, full):
    made = {}
    for number, (name, document, options) in enumerate(samples(folder, files, full)):
        for key in KEYS if full else [KEYS[number % 2]]:
            path = signing.signed(f"validity/{name}-{key}", document, options, key=key)
            if path:
                made[path] = key
    rows = {key: dict.fromkeys(JUDGES, 0) for key in KEYS}
    for path, verdicts in judged(made, JUDGES).items():
        for judge in JUDGES:
            # A hybrid file is broken for MuPDF before it is signed, and its repair is what it complains of.
            verdict = verdicts[judge]
            level = {"dss": "PAdES-BASELINE-B", "itext": "B_B", "pyhanko": "PAdES-B-B"}.get(judge)
            where = f"{path.stem}, {judge}"
            holds = failures.expect(where, verdict["ok"], verdict["reason"])
            holds = failures.expect(where, level in (None, verdict["level"]), f"the level is {verdict['level']}") and holds
            rows[made[path]][judge] += holds
    table(["key", "files", *JUDGES], [[key, sum(one == key for one in made.values()), *rows[key].values()] for key in KEYS])
