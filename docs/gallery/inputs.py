"""Documents and files of the gallery, as bytes by name: INPUTS. They are the same each time."""
import io
import json
import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/visible"))

import documents  # noqa: E402
from documents import Document, font_objects, stream  # noqa: E402

INK = (24, 48, 140)
CONTRACT = ["The seller transfers the goods that are listed in annex A to the buyer.", "The buyer pays 1,200 euro within 30 days of delivery.",
            "The goods remain the property of the seller until they are paid.", "This agreement is governed by the law of the Republic of Poland."]


def page(width, height, content, more=b""):
    """A page with the built-in font of the drawing as F1."""
    document = Document()
    document.add(b"<</Type/Catalog/Pages 2 0 R>>")
    document.add(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    document.add(b"")
    font = font_objects(document)
    contents = document.add(stream(content))
    document.bodies[3] = (b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Resources<</Font<</F1 %d 0 R>>>>/Contents %d 0 R%b>>"
                          % (width, height, font, contents, more))
    return document.table(1)


def text(x, y, size, line):
    return b"BT /F1 %d Tf %d %d Td (%b) Tj ET\n" % (size, x, y, line.encode())


def agreement():
    return text(56, 350, 20, "Contract of sale") + b"".join(text(56, 312 - 20 * number, 11, line) for number, line in enumerate(CONTRACT))


def two_parties():
    """The foot of a contract, with a line for each signature."""
    rules = b"0.6 G 0.5 w 36 40 m 246 40 l 290 40 m 500 40 l S\n"
    return rules + text(36, 28, 8, "Seller") + text(290, 28, 8, "Buyer") + text(36, 112, 11, CONTRACT[1])


def lines_below():
    return b"0.35 g\n" + b"".join(text(20, 112 - 13 * number, 9, CONTRACT[number % 4]) for number in range(8))


def waves(height, phase):
    points = [(x, height + 11 * math.sin(x / 16 + phase) * math.cos(x / 70)) for x in range(0, 211, 2)]
    return b"%.1f %.1f m " % points[0] + b" ".join(b"%.2f %.2f l" % point for point in points[1:]) + b" S\n"


def letterhead():
    """Guilloches in pale colours, of the size of the box."""
    out = b"0.7 w\n"
    for number in range(14):
        out += b"%.2f %.2f %.2f RG\n" % (0.86 - number * 0.008, 0.90 - number * 0.004, 0.96) + waves(30 + 14 * math.sin(number / 2), number * 0.45)
    return out


def circle(x, y, radius):
    bend = 0.5523 * radius
    curves = [(x + radius, y + bend, x + bend, y + radius, x, y + radius), (x - bend, y + radius, x - radius, y + bend, x - radius, y),
              (x - radius, y - bend, x - bend, y - radius, x, y - radius), (x + bend, y - radius, x + radius, y - bend, x + radius, y)]
    return b"%.2f %.2f m " % (x + radius, y) + b" ".join(b"%.2f %.2f %.2f %.2f %.2f %.2f c" % curve for curve in curves)


def stamp():
    """A stamp drawn elsewhere: a rosette and two lines."""
    out = b"0.72 0.1 0.12 RG 0.72 0.1 0.12 rg 1.6 w 2 2 206 56 re S 0.6 w 5 5 200 50 re S\n"
    for number in range(12):
        turn = number * math.pi / 6
        out += b"0.5 w " + circle(34 + 9 * math.cos(turn), 30 + 9 * math.sin(turn), 9) + b" S\n"
    return out + text(64, 29, 24, "APPROVED") + text(65, 14, 9, "Example GmbH, purchasing")


# Control points of a signature in pixels, y down, a list for each stroke.
PEN = [
    [(10, 26), (30, 19), (62, 17), (50, 36), (26, 66), (8, 86), (20, 87), (44, 80), (66, 74), (78, 62), (84, 52), (77, 47), (69, 54), (70, 68),
     (79, 71), (90, 62), (96, 59), (102, 62), (110, 57), (107, 48), (99, 53), (98, 68), (107, 72), (122, 60), (134, 44)],
    [(146, 84), (151, 50), (157, 14), (160, 30), (165, 64), (174, 46), (185, 13), (186, 40), (188, 76), (195, 72), (201, 56), (203, 70), (210, 71),
     (216, 55), (219, 70), (226, 68), (238, 24), (241, 13), (235, 42), (234, 70), (242, 68), (250, 56), (254, 68), (266, 62), (290, 54)],
    [(96, 40), (97, 41)], [(106, 38), (107, 39)],
    [(6, 104), (70, 98), (150, 95), (230, 92), (276, 94), (244, 100), (200, 106)],
]


def smooth(points, steps=6):
    """Points of a Catmull-Rom spline through the points."""
    ends = [points[0], *points, points[-1]]
    out = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:]):
        for step in range(steps):
            t = step / steps
            out.append(tuple(0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t**3)
                             for p, q, r, s in zip(a, b, c, d, strict=True)))
    return [*out, points[-1]]


def png(image):
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def seal():
    """A pale seal, for behind the text: rings of a guilloche on transparent paper."""
    scale, size = 4, 240
    mask = Image.new("L", (size * scale, size * scale))
    draw = ImageDraw.Draw(mask)
    for turn in range(24):
        x, y = (size / 2 + 58 * math.cos(turn * math.pi / 12), size / 2 + 58 * math.sin(turn * math.pi / 12))
        draw.ellipse([(x - 56) * scale, (y - 56) * scale, (x + 56) * scale, (y + 56) * scale], outline=255, width=scale * 3 // 2)
    mask = mask.resize((size, size), Image.Resampling.BOX)
    image = Image.new("RGBA", mask.size, (176, 200, 232))
    image.putalpha(mask)
    return png(image)


def signature():
    """The signature as a PNG with alpha: transparent paper, and ink with soft edges."""
    scale = 8
    mask = Image.new("L", (300 * scale, 120 * scale))
    draw = ImageDraw.Draw(mask)
    for stroke in PEN:
        for number, (x, y) in enumerate(smooth(stroke, 60)):
            radius = scale * (1.5 + 0.5 * math.sin(number / 19))
            draw.ellipse([x * scale - radius, y * scale - radius, x * scale + radius, y * scale + radius], fill=255)
    mask = mask.resize((600, 240), Image.Resampling.BOX)
    image = Image.new("RGBA", mask.size, INK)
    image.putalpha(mask)
    return png(image)


INPUTS = {
    # The default box, 210 by 60 points, in the middle.
    "blank.pdf": lambda: page(282, 132, b""),
    "paper.pdf": lambda: page(282, 132, b"0.98 0.93 0.8 rg 0 0 282 132 re f\n"),
    "lines.pdf": lambda: page(282, 132, lines_below()),
    "agreement.pdf": lambda: page(595, 420, agreement()),
    "rotated.pdf": lambda: page(420, 595, b"q 0 1 -1 0 420 0 cm\n" + agreement() + b"Q", b"/Rotate 90"),
    "parties.pdf": lambda: page(536, 130, two_parties()),
    "letterhead.pdf": lambda: page(210, 60, letterhead()),
    "stamp.pdf": lambda: page(210, 60, stamp()),
    "conforming.pdf": lambda: documents.conforming(2, "b", intent=True, pages=1),
    "not-claiming.pdf": lambda: documents.conforming(intent=True, pages=1),
    "signature.png": signature,
    "seal.png": seal,
    "handwriting.json": lambda: json.dumps([[round(v, 1) for point in smooth(stroke) for v in point] for stroke in PEN]).encode(),
}
