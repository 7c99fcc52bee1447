"""Conformance: each document claims to be PDF/A, PDF/UA or both, and veraPDF finds it so after a visible signature."""
import documents
from contents import contents
from tools import judged, table

SAMPLE = 4  # appearances for each document


def chosen(number, names, full):
    """Appearances for the document with this number: all, or some, so that each is on some documents."""
    if full:
        return names
    return ["default", *(names[1 + (number * (SAMPLE - 1) + at) % (len(names) - 1)] for at in range(SAMPLE - 1))]


def claims(name):
    """The claims of a document as veraPDF spells them."""
    return [part for part in name.split("-") if part != "intent"]


def run(signing, folder, pictures, failures, full):
    options = contents(pictures)
    names, cells, paths = list(options), {}, {}
    unsigned = judged([folder / f"{document}.pdf" for document in documents.CONFORMING], ["verapdf"])
    for path, verdicts in unsigned.items():
        check(failures, f"{path.stem}, not signed", path.stem, verdicts["verapdf"])
    for number, document in enumerate(documents.CONFORMING):
        for name in chosen(number, names, full):
            appearance = {**options[name], "page": -1 if number % 2 else 1, "tooltip": "Signature of the seller"}
            path = signing.signed(f"conformance/{document}/{name}", folder / f"{document}.pdf", {"appearance": appearance})
            cells[document, name] = "✗"
            if path:
                paths[path] = document, name
    for path, verdicts in judged(paths, ["qpdf", "verapdf"]).items():
        document, name = paths[path]
        holds = check(failures, f"{document}, {name}", document, verdicts["verapdf"])
        if failures.expect(f"{document}, {name}", verdicts["qpdf"]["ok"], f"qpdf: {verdicts['qpdf']['reason']}") and holds:
            cells[document, name] = "ok"
    refused(signing, folder, pictures, failures)
    control(signing, folder, failures)
    table(["document", "appearances", "conforming", "of them"],
          [[document, len(own := {name: cell for (of, name), cell in cells.items() if of == document}),
            sum(cell == "ok" for cell in own.values()), "all" if len(own) == len(names) else ", ".join(own)] for document in documents.CONFORMING])
    return paths


def control(signing, folder, failures):
    """veraPDF notices what it is for: a page with a font that is not embedded, in a colour of the device."""
    names = ("1b", "2b", "3b", "4", "ua1")
    page = {"pdf": {"data": {"file": str(folder / "not-embedded.pdf")}}}
    paths = [signing.signed(f"control/{document}", folder / f"{document}.pdf", {"appearance": page}) for document in names]
    for path, verdicts in judged(filter(None, paths), ["verapdf"]).items():
        failures.expect(f"control, {path.stem}", not verdicts["verapdf"]["ok"], "veraPDF accepts a font that is not embedded")


def check(failures, where, document, verdict):
    """Whether veraPDF finds exactly what the document claims."""
    found = verdict["details"].get("claims")
    holds = failures.expect(where, found == claims(document), f"veraPDF sees the claims {found}")
    return failures.expect(where, verdict["ok"], f"veraPDF: {verdict['reason']}") and holds


def refused(signing, folder, pictures, failures):
    """Images that break PDF/A, or cannot be read, are refused; in other documents a soft mask is permitted."""
    cases = [(document, "png-alpha", {"alpha": "soft"}, None if document == "ua1" else "ERR_IMAGE") for document in ("1b", "2b", "4", "ua1")]
    cases += [("2b", "png-rgb", {"alpha": "soft"}, "ERR_IMAGE"), ("2b", "jpeg-cmyk", {}, "ERR_IMAGE"), ("2b", "gif", {}, "ERR_IMAGE"),
              ("2b", "png-cut-short", {}, "ERR_IMAGE")]
    for document, name, more, code in cases:
        image = {"data": {"file": str(pictures / name)}, **more}
        answer, _ = signing.sign(f"refused/{document}-{name}", folder / f"{document}.pdf", {"appearance": {"image": image}})
        failures.expect(f"{document}, {name} {more}", answer.get("error") == code, f"it ends with {answer.get('error')} instead of {code}")
