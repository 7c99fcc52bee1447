"""Whether pyHanko can read a document well enough to judge what a later revision changed: asked only where it objects.

It compares a document with itself. Where it finds fault with that, what it has against a signature after it is the file's affair: XMP
that is not as it expects, two fields of one name, streams that do not end, pages that stand in the page tree twice. Nor does it take
that a list of annotations gets longer that has one which is no object of its own, as ISO 32000-2, 12.5.2 permits.
"""
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY


def compares(original, signed, password):
    """A document without a form cannot be compared at all: there it is the signed one, which has one."""
    has_form = opened(original, password, lambda reader: "/AcroForm" in reader.root)
    return opened(original if has_form else signed, password, with_itself) and opened(signed, password, annotations_are_objects)


def reads_strictly(path, password):
    """Whether the strict reader takes every object that the trailer leads to."""
    return opened(path, password, every_object, strict=True)


def opened(path, password, ask, strict=False):
    try:
        with open(path, "rb") as file:
            reader = PdfFileReader(file, strict=strict)
            if reader.encrypted:
                reader.decrypt((password or "").encode())
            return ask(reader)
    except Exception:  # noqa: BLE001  any failure says that it cannot
        return False


def with_itself(reader):
    last = reader.get_historical_resolver(reader.total_revisions - 1)
    DEFAULT_DIFF_POLICY.apply(old=last, new=last)
    return True


def annotations_are_objects(reader):
    page = reader.find_page_for_modification(0)[0].get_object()
    annotations = page["/Annots"] if "/Annots" in page else []
    return all(isinstance(annotations.raw_get(index), generic.IndirectObject) for index in range(len(annotations)))


def every_object(reader):
    seen, left = set(), [reader.trailer.flatten()]
    while left:
        value = left.pop()
        if isinstance(value, generic.IndirectObject):
            if value.reference in seen:
                continue
            seen.add(value.reference)
            value = value.get_object()
        if isinstance(value, generic.DecryptedObjectProxy):
            value = value.decrypted
        if isinstance(value, dict):
            left += [value.raw_get(key) for key in value]
        elif isinstance(value, list):
            left += [value.raw_get(index) for index in range(len(value))]
    return True
