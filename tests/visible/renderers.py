"""Four renderers, and how their pictures are compared."""
import io
import subprocess

import numpy
import pypdfium2
from PIL import Image, ImageFilter

from tools import HERE, Worker

# Pictures are compared at 108 dpi. They are drawn at twice that and reduced, since Poppler puts glyphs on whole pixels.
SCALE = 108 / 72
OVERSAMPLING = 2
BLUR = 2
# Difference of two pictures of one thing, of 255: mean, and greatest.
MEAN, GREATEST = 3, 60
# Mean difference that an appearance has at least from an empty box.
EMPTY = 10

# Poppler and PDFium do not know /UserUnit (table 31): the scale makes up for it.
IGNORES_USER_UNIT = {"poppler", "pdfium"}


class Renderers:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.pdfjs = Worker("node", HERE / "pdfjs.mjs")
        self.names = {"poppler": self.poppler, "mupdf": self.mupdf, "pdfium": self.pdfium, "pdfjs": self.by_pdfjs}

    def render(self, name, path, unit=1, scale=SCALE, page=1):
        """The page as it is seen, in RGB."""
        drawn = scale * OVERSAMPLING * (unit if name in IGNORES_USER_UNIT else 1)
        return self.names[name](path, drawn, page).convert("RGB").reduce(OVERSAMPLING)

    def poppler(self, path, scale, page):
        return printed("pdftoppm", "-cropbox", "-r", 72 * scale, "-f", page, "-l", page, path)

    def mupdf(self, path, scale, page):
        return printed("mutool", "draw", "-q", "-F", "ppm", "-o", "-", "-r", 72 * scale, path, page)

    def pdfium(self, path, scale, page):
        document = pypdfium2.PdfDocument(path)
        document.init_forms()
        picture = document[page - 1].render(scale=scale, may_draw_forms=True, draw_annots=True).to_pil()
        document.close()
        return picture

    def by_pdfjs(self, path, scale, page):
        out = self.folder / "pdfjs.png"
        answer = self.pdfjs.ask({"path": str(path), "page": page, "scale": scale, "out": str(out)})
        if "error" in answer:
            raise RuntimeError(f"pdf.js: {answer['error']}")
        return Image.open(io.BytesIO(out.read_bytes()))

    def close(self):
        self.pdfjs.close()


def printed(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, check=True)
    return Image.open(io.BytesIO(done.stdout))


def within(picture, box, scale=SCALE):
    """The part of a page in a box as it is seen, in points from the lower left corner."""
    left, bottom, right, top = (round(edge * scale) for edge in box)
    return picture.crop((left, picture.height - top, right, picture.height - bottom))


def without(picture, box, scale=SCALE):
    """The page with a white box."""
    left, bottom, right, top = (round(edge * scale) for edge in box)
    rest = picture.copy()
    rest.paste((255, 255, 255), (left - 1, picture.height - top - 1, right + 1, picture.height - bottom + 1))
    return rest


def blurred(picture):
    return numpy.asarray(picture.filter(ImageFilter.GaussianBlur(BLUR))).astype(float)


def difference(a, b):
    """Mean and greatest difference of two pictures, blurred."""
    if a.size != b.size:
        return 255, 255
    apart = numpy.abs(blurred(a) - blurred(b))
    return apart.mean(), apart.max()


def alike(apart):
    mean, greatest = apart
    return mean <= MEAN and greatest <= GREATEST


def blank(picture):
    return Image.new("RGB", picture.size, "white")
