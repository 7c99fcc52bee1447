"""What qpdf sees of a file: pages, objects, complaints; and whether a signature changed more of that than it may."""
import json
import re
import subprocess
from dataclasses import dataclass

TIMEOUT_S = 60
# Of the catalog, the page and the form a signature changes these entries (ISO 32000-2, 12.7, 12.8, 7.12).
CATALOG = {"/AcroForm", "/Extensions", "/Perms", "/Version"}
PAGE = {"/Annots", "/Tabs"}
FORM = {"/Fields", "/SigFlags"}
# What a reference to an object that does not exist stands for (7.3.10). qpdf lists it; its number is free to be used.
NOTHING = {"value": None}
REFERENCE = re.compile(r"\d+ \d+ R")


@dataclass
class View:
    pages: list
    objects: dict
    trailer: dict
    status: int
    complaints: set

    def value(self, reference):
        return self.objects.get(f"obj:{reference}", {}).get("value")


def view(path, password):
    """None where qpdf cannot open the file or finds no page."""
    options = [f"--password={password}"] if password else []
    # Apart, since qpdf repairs the page tree before it lists pages: a page that stands there twice becomes another object.
    paged, listed = (answer(path, [*options, "--json=2", f"--json-key={key}"]) for key in ("pages", "qpdf"))
    if not paged or not listed or not paged["pages"]:
        return None
    objects = listed["qpdf"][1]
    pages = [page if f"obj:{page['object']}" in objects else {**page, "object": "made up"} for page in paged["pages"]]
    checked = subprocess.run(["qpdf", *options, "--check", str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_S)
    said = checked.stdout.decode("utf-8", "replace").splitlines()
    complaints = {kind(line, str(path)) for line in said if "WARNING" in line or "ERROR" in line}
    return View(pages, {name: value for name, value in objects.items() if name != "trailer"},
                objects.get("trailer", {}).get("value", {}), checked.returncode, complaints)


def answer(path, options):
    seen = subprocess.run(["qpdf", *options, str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=TIMEOUT_S)
    try:
        return json.loads(seen.stdout.decode("utf-8", "replace"))
    except json.JSONDecodeError:
        return None


def kind(complaint, path):
    """A complaint without the place: files are longer after they are signed."""
    severity, _, said = re.sub(r"\([^()]*\)", "", complaint.replace(path, "")).partition(":")
    return re.sub(r"\d+", "#", f"{severity}: {said.partition(':')[2] or said}")


def changes(before, after):
    """What is different and must not be, in words."""
    found = []
    if before.pages != after.pages:
        found.append(f"the pages are others: {len(before.pages)} before, {len(after.pages)} after")
    for key in ("/Root", "/Info", "/Encrypt"):
        if before.trailer.get(key) != after.trailer.get(key):
            found.append(f"{key} of the trailer is {after.trailer.get(key)}, was {before.trailer.get(key)}")
    identifier = first(before.trailer.get("/ID"))
    if identifier not in (None, "u:", "b:") and identifier != first(after.trailer.get("/ID")):
        found.append(f"the first part of /ID is another than {identifier}")
    permitted = Permitted(before)
    for name, old in current(before).items():
        new = after.objects.get(name)
        if old != new and old != NOTHING and not permitted.change(name, old, new):
            found.append(f"{name} is another: {brief(old)} → {brief(new)}")
    order = {0: 0, 3: 1, 2: 2}
    if order.get(after.status, 3) > order.get(before.status, 3):
        found.append(f"qpdf --check ends with {after.status}, ended with {before.status}")
    found += [f"qpdf --check says anew: {complaint}" for complaint in sorted(after.complaints - before.complaints)]
    return found


def current(view):
    """The objects of the document. Where qpdf repairs a file it also lists what lies about in it: then those in use are meant, in use
    being what the trailer leads to."""
    if not any("reconstruct" in complaint for complaint in view.complaints):
        return view.objects
    used, left = {}, [view.trailer]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and REFERENCE.fullmatch(value):
            name = f"obj:{value}"
            if name in view.objects and name not in used:
                used[name] = view.objects[name]
                left.append(used[name])
    return used


class Permitted:
    """The objects of a document that a signature may change, and how."""

    def __init__(self, view):
        self.catalog = view.trailer.get("/Root")
        catalog = view.value(self.catalog) or {}
        self.form = catalog.get("/AcroForm")
        form = self.form if isinstance(self.form, dict) else view.value(self.form) or {}
        self.pages = {page["object"] for page in view.pages}
        pages = [view.value(page) or {} for page in self.pages]
        self.lists = {held for held in [form.get("/Fields"), *(page.get("/Annots") for page in pages)] if isinstance(held, str)}

    def change(self, name, old, new):
        if new is None or "value" not in old or "value" not in new:
            return False
        old, new, reference = old["value"], new["value"], name.removeprefix("obj:")
        if reference in self.lists:
            return longer(old, new)
        if not isinstance(old, dict) or not isinstance(new, dict):
            return False
        if reference == self.catalog:
            return same_but(CATALOG, old, new) and self.form_change(old.get("/AcroForm"), new.get("/AcroForm"))
        if reference == self.form:
            return self.form_change(old, new)
        if reference in self.pages:
            return same_but(PAGE, old, new) and list_change(old.get("/Annots"), new.get("/Annots"))
        return False

    def form_change(self, old, new):
        if not isinstance(old, dict) or not isinstance(new, dict):
            return old == new or old is None
        return same_but(FORM, old, new) and list_change(old.get("/Fields"), new.get("/Fields"))


def list_change(old, new):
    """A list stays where it is as an object of its own, or gets one element more."""
    return old == new or longer(old if isinstance(old, list) else [], new)


def longer(old, new):
    return isinstance(old, list) and isinstance(new, list) and len(new) == len(old) + 1 and new[:-1] == old


def same_but(keys, old, new):
    return all(old.get(key) == new.get(key) for key in (old.keys() | new.keys()) - keys)


def first(array):
    return array[0] if isinstance(array, list) and array else None


def brief(value):
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 300 else text[:300] + "…"
