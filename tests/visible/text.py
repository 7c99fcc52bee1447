"""Text: Poppler and MuPDF return each line of an appearance, and a QR code is read from each picture of the page."""
import subprocess
import unicodedata

import zxingcpp
from PIL import Image

from contents import DATE, TEXTS, available
from renderers import Renderers
from tools import NAME, VALUES, table

BOX = [40, 30, 300, 110]
SERIAL = "010b8bf502b8d2e588d58d624e0cba68"  # of tests/pki/certificates/rsa.pem
# Marks of directions are the reader's. Poppler writes the marks of Arabic letters one letter early.
DIRECTIONS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
ARABIC_MARKS = dict.fromkeys(range(0x64B, 0x653))


def lines(text):
    text = unicodedata.normalize("NFC", text).translate(DIRECTIONS).translate(ARABIC_MARKS)
    return [" ".join(line.split()) for line in text.replace("\f", "\n").splitlines() if line.strip()]


READERS = {
    "poppler": lambda path: ["pdftotext", path, "-"],
    "mupdf": lambda path: ["mutool", "draw", "-q", "-F", "txt", "-o", "-", path],
}
# MuPDF 1.21 returns letters in the order in which they are drawn: from the left, and an Indic vowel before its consonant.
AS_DRAWN = {("mupdf", "arabic"), ("mupdf", "hebrew"), ("mupdf", "devanagari")}


def read(reader, path):
    done = subprocess.run([str(word) for word in READERS[reader](path)], capture_output=True, check=True)
    return lines(done.stdout.decode())


def letters(line):
    """The characters of a line, in an order of their own."""
    return sorted(line.replace(" ", ""))


def texts(signing, folder, failures):
    rows = []
    for name, (options, signer, reason, all_of) in TEXTS.items():
        if not failures.expect(name, available(options), "its font is not installed"):
            continue
        appearance = {**options, "rect": BOX}
        path = signing.signed(f"text/{name}", folder / "upright.pdf", {"appearance": appearance, "name": signer, "reason": reason})
        row = [name]
        for reader in READERS if path else ():
            found = read(reader, path)
            where = f"{name}, {reader}"
            expected = [*lines(signer), *lines(DATE), *(all_of or ())]
            if (reader, name) in AS_DRAWN:
                missing = [line for line in expected if letters(line) not in map(letters, found)]
                missing += [] if any(set(letters(reason)) <= set(line) for line in found) else [reason]
            else:
                missing = [line for line in lines("\n".join(expected)) if line not in found]
                missing += [] if any(line.endswith(*lines(reason)) for line in found) else [reason]
            row.append(f"{len(found)} lines" if not missing else "✗")
            failures.expect(where, not missing and len(found) == 5, f"it does not return {missing}, but {found}")
        rows.append(row)
    table(["text", *READERS], rows)


# A template, and what is read.
CODES = {
    "address": ("https://example.org/verify?serial={serial}", "https://example.org/verify?serial={serial}"),
    "name": ("{name}; {reason}", f"{NAME}; {VALUES['reason']}"),
    "cyrillic": ("Підпис: Їжак", "Підпис: Їжак"),
    "long": ("0123456789" * 30, "0123456789" * 30),
    "on-a-background": ("https://example.org/{field}", "https://example.org/Signature1"),
}
CODE_OPTIONS = {"on-a-background": {"background": "#203060", "color": "#000000", "text": ""}, "long": {"text": ""}}


def zbar(path):
    done = subprocess.run(["zbarimg", "-q", "--raw", "--oneshot", "-Sdisable", "-Sqrcode.enable", str(path)], capture_output=True, check=False)
    return done.stdout.decode().rstrip("\n")


def zxing(path):
    with Image.open(path) as picture:
        return "".join(code.text for code in zxingcpp.read_barcodes(picture))


def codes(signing, folder, failures, full):
    rows, renderers = [], Renderers(signing.folder)
    names = renderers.names if full else ("poppler", "pdfjs")
    for number, (name, (template, expected)) in enumerate(CODES.items()):
        options = {"rect": [40, 30, 320, 170], "qr": template, "text": "{name}", **CODE_OPTIONS.get(name, {})}
        document = folder / ("rotate-90.pdf" if number % 2 else "upright.pdf")
        path = signing.signed(f"codes/{name}", document, {"appearance": options}, key="rsa")
        row = [name]
        for renderer in names if path else ():
            picture = signing.folder / f"code-{renderer}.png"
            renderers.render(renderer, path, scale=2).save(picture)
            for reader in (zbar, zxing):
                found = reader(picture)
                holds = failures.expect(f"QR code, {name}, {reader.__name__}", found == expected.replace("{serial}", SERIAL), f"{renderer}: it reads {found!r}")
                row.append("read" if holds else "✗")
        rows.append(row)
    renderers.close()
    table(["QR code", *(f"{renderer}, {reader}" for renderer in names for reader in ("zbar", "ZXing"))], rows)


def run(signing, folder, failures, full):
    texts(signing, folder, failures)
    codes(signing, folder, failures, full)
