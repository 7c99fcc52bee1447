"""Appearances to draw, as options by name: CONTENTS, and FONTS for scripts that need fonts of Debian. LINES are the lines of their text."""
from pathlib import Path

import documents
import pictures
from tools import NAME, VALUES

NOTO = "/usr/share/fonts/truetype/noto"
DROID = "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"
DATE = "2026-11-29 14:05:07 UTC"
REASON, LOCATION = f"Reason: {VALUES['reason']}", f"Location: {VALUES['location']}"
QR = "https://example.org/verify?serial={serial}&name={name}"

STROKES = [[0, 60, 10, 20, 20, 60, 30, 25, 40, 60], [50, 40, 60, 30, 70, 45, 80, 35, 90, 50, 110, 30], [0, 75, 120, 68]]


def font(script):
    return [{"regular": {"file": f"{NOTO}/NotoSans{script}-Regular.ttf"}, "bold": {"file": f"{NOTO}/NotoSans{script}-Bold.ttf"}}]


def write(folder):
    """Writes the files that the options name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in pictures.PICTURES.items():
        (folder / name).write_bytes(data)
    for name, (data, _) in pictures.REFUSED.items():
        (folder / name).write_bytes(data)
    (folder / "page.pdf").write_bytes(documents.conforming(1, "b"))


def contents(folder):
    """Options by name. `folder` is that of `write`."""
    file = lambda name: {"file": str(folder / name)}  # noqa: E731
    image = lambda name, **more: {"image": {"data": file(name), **more}}  # noqa: E731
    found = {"default": {}}
    found |= {name: image(name) for name in pictures.PICTURES}
    found |= {f"image-{place}": image("png-alpha", place=place) for place in ("end", "top", "behind", "only")}
    found |= {
        "strokes": {"strokes": STROKES, "color": "#102060"},
        "qr": {"qr": QR, "text": "{name}\n{date}"},
        "border-background": {"border": {}, "background": "#fff4d6", "accent": "#c00020"},
        "border-thick": {"border": {"width": 3, "color": "#008040"}, "accent": "none"},
        "german": {"language": "de", "dateFormat": "dd.MM.yyyy 'um' HH:mm xxx"},
        "attributes": {"text": "**{subject.CN}**, {subject.O}, {subject.C}\n{issuer.CN}\n{serial}\n{field}"},
        "centred": {"align": "center", "color": "#606060", "fontSize": 9},
        "font": {"font": font("Devanagari"), "labels": {"signedBy": "डिजिटल हस्ताक्षर"}},
        "font-collection-of-scripts": {"font": [*font("Arabic"), *font("Hebrew"), {"regular": {"file": DROID}}], "text": "**{name}**\n王小明\nمحمد"},
        "page": {"pdf": {"data": file("page.pdf")}},
        "page-behind-text": {"pdf": {"data": file("page.pdf"), "page": -1}, "text": "{name}"},
        "all": {**image("png-16-bit-alpha", share=0.3), "strokes": STROKES, "qr": "{name}", "border": {}, "background": "#eef4ff"},
    }
    return found


# Text by script: the options, the name, the reason, and the lines to read.
TEXTS = {
    "latin": ({}, NAME, "Genehmigt: ß ÄÖÜ €", ["Digitally signed by", NAME, DATE, "Reason: Genehmigt: ß ÄÖÜ €", LOCATION]),
    "german": ({"language": "de"}, NAME, VALUES["reason"],
               ["Digital signiert von", NAME, DATE, f"Grund: {VALUES['reason']}", f"Ort: {VALUES['location']}"]),
    "polish": ({"language": "pl"}, "Grzegorz Brzęczyszczykiewicz", "Żółć gęślą jaźń", None),
    "vietnamese": ({}, "Nguyễn Thị Ánh Tuyết", "Đồng ý", ["Digitally signed by", "Nguyễn Thị Ánh Tuyết", DATE, "Reason: Đồng ý", LOCATION]),
    "greek": ({"language": "el"}, "Γεωργία Παπαδοπούλου", "Έγκριση", None),
    "cyrillic": ({"language": "uk"}, "Ґалаґан Їжак", "Погоджено", None),
    "devanagari": ({"font": font("Devanagari"), "language": "hi"}, "श्रीमती कृष्णा त्रिपाठी", "मैं इस दस्तावेज़ को स्वीकृति देती हूँ", None),
    "thai": ({"font": font("Thai")}, "นายสมชาย ใจดี", "อนุมัติ", None),
    "cjk": ({"font": [{"regular": {"file": DROID}}], "language": "zh-Hant"}, "王小明", "同意本文件的全部內容", None),
    "arabic": ({"font": font("Arabic"), "language": "ar"}, "محمد بن عبد الله", "موافق", None),
    "hebrew": ({"font": font("Hebrew")}, "דוד כהן", "אישור חוזה", None),
}


def available(options):
    """Whether the fonts that the options name are installed."""
    return all(Path(one["regular"]["file"]).exists() for one in options.get("font", ()))
