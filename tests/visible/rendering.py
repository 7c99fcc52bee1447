"""Rendering: four renderers draw one and the same appearance, upright and in its box on every page, and what the options ask for."""
from itertools import combinations, product

import numpy
from PIL import Image

import documents
import pictures as drawn
from contents import STROKES, contents
from renderers import EMPTY, Renderers, alike, blank, difference, printed, within, without
from tools import HERE, table

BOX = [40, 30, 250, 90]
SNAPSHOT = HERE / "default.png"
# A box near each corner of the page of 400 by 300 points.
CORNERS = {"bottom-left": [36, 36, 186, 86], "bottom-right": [214, 36, 364, 86], "top-left": [36, 214, 186, 264], "top-right": [214, 214, 364, 264]}
POINTS_PER_MM = 72 / 25.4
# Greatest difference of an even colour, of 255. Renderers convert calibrated colours each in its own way.
COLOUR = 8


class Part:
    def __init__(self, signing, folder, files, failures, full):
        self.signing, self.folder, self.files, self.failures, self.full = signing, folder, files, failures, full
        self.renderers = Renderers(signing.folder)
        self.upright = {}

    def document(self, name):
        return self.folder / f"{name}.pdf"

    def pages(self, path, name, names=None):
        """The page by each renderer."""
        unit = 2 if "user-unit" in name else 1
        return {renderer: self.renderers.render(renderer, path, unit) for renderer in names or self.renderers.names}

    def geometry(self):
        """Each page: the box is where that of the upright page is, looks like it, and nothing is drawn elsewhere."""
        rows = []
        for name in [*documents.GEOMETRY, *documents.EXISTING]:
            options = {"appearance": {}, "fieldName": "Director"} if name in documents.EXISTING else {"appearance": {"rect": BOX}}
            answer, path = self.signing.sign(f"geometry/{name}", self.document(name), options, key="rsa")
            if not self.failures.expect(name, "error" not in answer, answer.get("message")):
                continue
            self.failures.expect(name, answer["reports"][0]["rect"] == BOX, f"the report has the box {answer['reports'][0]['rect']}")
            row = [name]
            boxes = {}
            for renderer, page in self.pages(path, name).items():
                self.failures.expect(f"{name}, {renderer}", page.size == (600, 450), f"the page has {page.size} pixels")
                box = boxes[renderer] = within(page, BOX)
                reference = self.upright.setdefault(renderer, box)
                apart, ink = difference(box, reference), difference(box, blank(box))
                rest = without(page, BOX)
                self.failures.expect(f"{name}, {renderer}", alike(apart), f"it is not as on the upright page: {words(apart)}")
                self.failures.expect(f"{name}, {renderer}", ink[0] > EMPTY, f"the box is empty: {words(ink)}")
                self.failures.expect(f"{name}, {renderer}", difference(rest, blank(rest)) == (0, 0), "something is drawn beside the box")
                row.append(words(apart))
            row.append(self.between(name, boxes))
            rows.append(row)
        for renderer, box in self.upright.items():
            # The comparison notices what it is for.
            for what, other in (("half a line lower", box.transform(box.size, Image.Transform.AFFINE, (1, 0, 0, 0, 1, -5), fillcolor="white")),
                                ("upside down", box.transpose(Image.Transpose.ROTATE_180)), ("empty", blank(box))):
                self.failures.expect(f"control, {renderer}", not alike(difference(box, other)), f"a box that is {what} counts as the same")
        table(["page", *(f"{renderer}: mean, greatest" for renderer in self.renderers.names), "between renderers, at most"], rows)

    def between(self, where, boxes):
        """Compares each renderer with each other. Returns the greatest differences."""
        worst = (0, 0)
        for a, b in combinations(boxes, 2):
            apart = difference(boxes[a], boxes[b])
            self.failures.expect(f"{where}, {a} and {b}", alike(apart), f"they differ: {words(apart)}")
            worst = tuple(map(max, worst, apart))
        return words(worst)

    def corners(self):
        """Positions by corner, in points and in millimetres, on pages of every rotation."""
        for corner, rotation, unit in product(CORNERS, ("rotate-0", "rotate-90", "rotate-180", "rotate-270"), ("pt", "mm")):
            if unit == "mm" and not self.full and rotation != "rotate-90":
                continue
            expected = CORNERS[corner]
            lengths = {"width": 150, "height": 50, "margin": 36}
            lengths = {key: length / POINTS_PER_MM if unit == "mm" else length for key, length in lengths.items()}
            name = f"{corner}, {rotation}, {unit}"
            options = {"appearance": {"position": {"corner": corner, **lengths}, "unit": unit, "accent": "none", "background": "#204080", "text": ""}}
            answer, path = self.signing.sign(f"corners/{corner}-{rotation}-{unit}", self.document(rotation), options)
            if not self.failures.expect(name, "error" not in answer, answer.get("message")):
                continue
            box = answer["reports"][0]["rect"]
            self.failures.expect(name, all(abs(a - b) < 0.01 for a, b in zip(box, expected, strict=True)), f"the report has the box {box}")
            page = self.renderers.render("mupdf", path)
            rest = without(page, expected)
            self.failures.expect(name, difference(rest, blank(rest)) == (0, 0), "something is drawn beside the box")
            self.even(name, within(page, expected).crop((1, 1, 224, 74)), "#204080")

    def appearances(self):
        """What the options ask for, by each renderer, and on a rotated page."""
        rows = []
        images = [name for name in drawn.PICTURES if name != "png-alpha"]
        for number, (name, options) in enumerate(contents(self.files).items()):
            if not self.full and name in images and images.index(name) % 3:
                continue
            path = self.signing.signed(f"appearances/{name}", self.document("upright"), {"appearance": {**options, "rect": BOX}}, key="rsa")
            if path is None:
                continue
            boxes = {renderer: within(page, BOX) for renderer, page in self.pages(path, name).items()}
            ink = min(difference(box, blank(box))[0] for box in boxes.values())
            # A page of the format A4 becomes very small.
            self.failures.expect(name, ink > (0.05 if name.startswith("page") else EMPTY), f"the box is empty: {ink:.1f}")
            turned = "–"
            rotation = 90 * (1 + number % 3)
            if self.full or name not in drawn.PICTURES:
                path = self.signing.signed(f"appearances/{name}-turned", self.document(f"rotate-{rotation}"), {"appearance": {**options, "rect": BOX}}, key="rsa")
                if path:
                    turned = [difference(within(page, BOX), boxes[renderer]) for renderer, page in self.pages(path, name).items()]
                    turned = max(mean for mean, _ in turned), max(greatest for _, greatest in turned)
                    self.failures.expect(f"{name}, turned by {rotation}°", alike(turned), f"it is not as on the upright page: {words(turned)}")
                    turned = words(turned)
            rows.append([name, f"{ink:.1f}", self.between(name, boxes), turned])
        table(["appearance", "ink", "between renderers, at most", "on a rotated page"], rows)

    def image_alone(self):
        """Images alone in the box, beside the scene as Pillow reads it."""
        rows = []
        for number, name in enumerate(drawn.PICTURES):
            if not self.full and number % 2 and name != "jpeg-turned":
                continue
            image = {"data": {"file": str(self.files / name)}, "place": "only"}
            path = self.signing.signed(f"alone/{name}", self.document("upright"), {"appearance": {"image": image, "accent": "none", "rect": BOX}})
            row = [name]
            # White at the edge of a scene is not told from the page.
            scene = drawn.SEEN[name].crop(inked(drawn.SEEN[name]))
            for renderer, page in self.pages(path, name).items() if path else ():
                box = within(page, BOX)
                found = inked(box)
                width, height = found[2] - found[0], found[3] - found[1]
                where = f"{name} alone, {renderer}"
                self.failures.expect(where, abs(width / height / (scene.width / scene.height) - 1) < 0.03, f"its proportions are {width} : {height}")
                in_the_middle = abs(found[0] - (box.width - found[2])) <= 2
                self.failures.expect(where, scene.size != drawn.SEEN[name].size or in_the_middle, f"it is not in the middle: {found}")
                expected = blank(box)
                expected.paste(scene.resize((width, height), Image.Resampling.BOX), found[:2])
                apart = difference(box, expected)
                self.failures.expect(where, alike(apart), f"it is not as Pillow reads it: {words(apart)}")
                row.append(words(apart))
            rows.append(row)
        table(["image, beside Pillow's reading", *self.renderers.names], rows)

    def colours(self):
        """Colours of background, border and bar, the page below, and transparent pixels of images."""
        path = self.signed("coloured", "background", {"background": "#204080", "border": {"width": 4, "color": "#00a040"}, "accent": "none", "text": ""})
        for renderer, page in self.pages(path, "").items():
            box = within(page, BOX)
            self.even(f"background, {renderer}", box.crop((10, 10, 300, 80)), "#204080")
            self.even(f"border, {renderer}", box.crop((1, 10, 5, 80)), "#00a040")
            self.even(f"beside the box, {renderer}", page.crop((400, 10, 590, 440)), "#ffcc99")
        path = self.signed("coloured", "transparent", {"accent": "#c00020", "text": "{name}"})
        for renderer, page in self.pages(path, "").items():
            box = within(page, BOX)
            self.even(f"page below, {renderer}", box.crop((200, 2, 310, 20)), "#ffcc99")
            self.even(f"bar, {renderer}", box.crop((1, 2, 2, 88)), "#c00020")
        # Where the scene has a half transparent disc, on white and on the page, and where it is wholly transparent.
        for alpha, disc in (("mask", "#848ecf"), ("soft", "#84759c")):
            image = {"data": {"file": str(self.files / "png-alpha")}, "place": "only", "alpha": alpha}
            path = self.signed("coloured", f"alpha-{alpha}", {"image": image, "accent": "none"})
            for renderer, page in self.pages(path, "").items():
                box = within(page, BOX)
                # The scene is 53 points high and in the middle: a pixel of it is 0.663 of ours.
                at = lambda x, y: (round(157.5 + (x - 120) * 0.6625), round(45 + (y - 60) * 0.6625))  # noqa: E731
                left, top = at(50, 50)
                self.even(f"{alpha}, disc, {renderer}", box.crop((left, top, left + 8, top + 8)), disc)
                left, top = at(225, 8)
                self.even(f"{alpha}, transparent corner, {renderer}", box.crop((left, top, left + 6, top + 6)), "#ffcc99")

    def sources(self):
        """A page as appearance looks like that page, in the middle of the box, also on a page that is turned."""
        rows = []
        for number, name in enumerate(documents.SOURCES):
            row = [name]
            for rotation in (0, 90 * (1 + number % 3)):
                appearance = {"pdf": {"data": {"file": str(self.document(name))}}, "rect": BOX}
                path = self.signing.signed(f"sources/{name}-{rotation}", self.document(f"rotate-{rotation}"), {"appearance": appearance})
                worst = (0, 0)
                for renderer in self.renderers.names if path else ():
                    box = within(self.renderers.render(renderer, path), BOX)
                    page = self.renderers.render(renderer, self.document(name))
                    scale = min(box.width / page.width, box.height / page.height)
                    width, height = round(page.width * scale), round(page.height * scale)
                    expected = blank(box)
                    middle = round((box.width - width) / 2), round((box.height - height) / 2)
                    expected.paste(page.resize((width, height), Image.Resampling.BOX), middle)
                    apart = difference(box, expected)
                    self.failures.expect(f"{name} on a page turned by {rotation}°, {renderer}", alike(apart), f"it is not as the page: {words(apart)}")
                    worst = tuple(map(max, worst, apart))
                row.append(words(worst))
            rows.append(row)
        table(["page as appearance, beside the page", "at most", "on a rotated page"], rows)

    def vectors(self):
        """In encrypted documents, and those with cross-reference streams, the appearance is that of others."""
        for name in ("xref-stream", "hybrid", "encrypted", "damaged-streams"):
            document = documents.HERE.parent / f"vectors/documents/{name}.pdf"
            path = self.signing.signed(f"vectors/{name}", document, {"appearance": {"rect": BOX}}, key="rsa")
            for renderer, page in self.pages(path, name).items() if path else ():
                apart = difference(within(page, BOX), self.upright[renderer])
                self.failures.expect(f"{name}, {renderer}", alike(apart), f"it is not as on the upright page: {words(apart)}")

    def strokes(self):
        """Handwriting alone: its points are drawn where they are."""
        points = numpy.array([point for stroke in STROKES for point in zip(stroke[::2], stroke[1::2], strict=True)], float)
        low, high = points.min(axis=0), points.max(axis=0)
        path = self.signed("upright", "strokes", {"strokes": STROKES, "accent": "none", "text": ""})
        for renderer, page in self.pages(path, "").items():
            box = within(page, BOX)
            left, top, right, bottom = inked(box)
            grey = numpy.asarray(box.convert("L"))
            proportions = (right - left) / (bottom - top) / ((high[0] - low[0]) / (high[1] - low[1]))
            self.failures.expect(f"strokes, {renderer}", abs(proportions - 1) < 0.06, f"the proportions change by {proportions:.2f}")
            for point in points:
                x, y = (point - low) / (high - low) * [right - left - 3, bottom - top - 3] + [left + 1.5, top + 1.5]
                around = grey[max(0, round(y) - 2):round(y) + 3, max(0, round(x) - 2):round(x) + 3]
                self.failures.expect(f"strokes, {renderer}", around.min() < 120, f"nothing is drawn at the point {point}")

    def snapshot(self, update):
        """The default appearance by Poppler, to the pixel."""
        path = self.signing.signed("snapshot", self.document("upright"), {"appearance": {"rect": BOX}}, key="rsa")
        box = within(printed("pdftoppm", "-r", "108", path).convert("RGB"), BOX)
        if update:
            box.save(SNAPSHOT, optimize=True)
        with Image.open(SNAPSHOT) as committed:
            changed = numpy.any(numpy.asarray(committed.convert("RGB")) != numpy.asarray(box), axis=2)
        self.failures.expect("snapshot", not changed.any(), f"{changed.sum()} pixels differ from {SNAPSHOT.name}; look at {path}, then run.sh --snapshot")

    def signed(self, document, name, appearance):
        return self.signing.signed(f"colours/{name}", self.document(document), {"appearance": {**appearance, "rect": BOX}})

    def even(self, where, area, colour):
        """An area has one colour."""
        expected = numpy.array([int(colour[at:at + 2], 16) for at in (1, 3, 5)])
        apart = numpy.abs(numpy.asarray(area).astype(int) - expected)
        found = numpy.asarray(area).reshape(-1, 3).mean(axis=0).round().astype(int)
        self.failures.expect(where, apart.max() <= COLOUR, f"the colour is {found} instead of {expected}")


def inked(picture):
    """The part that is not white: left, top, right, bottom."""
    dark = (numpy.asarray(picture) < 250).any(axis=2)
    columns, rows = numpy.flatnonzero(dark.any(axis=0)), numpy.flatnonzero(dark.any(axis=1))
    return (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) if len(columns) else (0, 0, 1, 1)


def words(apart):
    return f"{apart[0]:.1f}, {apart[1]:.0f}"


def run(signing, folder, files, failures, full, update=False):
    part = Part(signing, folder, files, failures, full)
    part.geometry()
    part.corners()
    part.appearances()
    part.image_alone()
    part.sources()
    part.vectors()
    part.colours()
    part.strokes()
    part.snapshot(update)
    part.renderers.close()
