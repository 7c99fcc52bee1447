#!/usr/bin/env python3
"""Makes the images, the font and the page that the vectors of visible signatures use. Run once; a second run makes the same bytes.

Requires fonttools 4.60.1, Pillow 11.3.0, and Noto Sans Arabic of Debian's package fonts-noto-core (20201225-1, licence in OFL.txt).
"""
import io
import struct
import zlib
from pathlib import Path

from fontTools import subset
from PIL import Image

HERE = Path(__file__).resolve().parent
NAME = "زيد الأحمد"
# The passes of Adam7 (PNG, 8.2): first column and row, steps between columns and rows.
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def pixel(x, y):
    """A disc in blue with a white ring. Its border is half transparent, the corners are fully so."""
    distance = ((x - 23.5) ** 2 + (y - 15.5) ** 2) ** 0.5
    if distance > 15:
        return bytes(4)
    blue = (255, 255, 255) if 8 < distance < 10 else (27, 72, 136)
    return bytes([*blue, 128 if distance > 14 else 255])


def png(width, height, interlaced):
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    rows = b""
    for left, top, across, down in passes:
        if left < width:
            rows += b"".join(b"\0" + b"".join(pixel(x, y) for x in range(left, width, across)) for y in range(top, height, down))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, int(interlaced))),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    ]
    written = (struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def jpeg(mode):
    image = Image.new("RGB", (48, 32))
    image.putdata([(5 * x, 8 * y, 128) for y in range(32) for x in range(48)])
    made = io.BytesIO()
    image.convert(mode).save(made, "JPEG", quality=80)
    return made.getvalue()


def page():
    """A page of two pages: the second is turned, and has a stamp in red."""
    stamps = [b".8 0 0 RG 3 w 5 5 110 50 re S", b".8 0 0 RG 3 w 10 10 100 40 re S 20 30 m 100 30 l S"]
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 120 60]/Resources<<>>>>",
        b"<</Type/Page/Parent 2 0 R/Contents 5 0 R>>",
        b"<</Type/Page/Parent 2 0 R/Contents 6 0 R/Rotate 90>>",
        *(b"<</Length %d>>\nstream\n%s\nendstream" % (len(stamp), stamp) for stamp in stamps),
    ]
    made, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def font():
    options = subset.Options(layout_features=["*"], hinting=False, name_IDs=[0, 6], drop_tables=["DSIG", "gasp", "STAT", "MVAR"])
    loaded = subset.load_font("/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf", options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=NAME + " ")
    subsetter.subset(loaded)
    made = io.BytesIO()
    subset.save_font(loaded, made, options)
    return made.getvalue()


for name, content in {
    "logo-alpha.png": png(48, 32, False),
    "logo-interlaced.png": png(48, 32, True),
    "photo.jpg": jpeg("RGB"),
    "photo-cmyk.jpg": jpeg("CMYK"),
    "stamp.pdf": page(),
    "NotoSansArabic-subset.ttf": font(),
}.items():
    (HERE / name).write_bytes(content)
