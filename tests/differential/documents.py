"""Documents in which two texts compete: one reader shows VIEW-AAAA on page 1, another VIEW-BBBB.

An object on the way from the trailer to the text, the *target*, has two definitions: its own leads to text A, the *rival* to text B. A
*shadow* says where the rival is and what refers to it. A *damage* is an oddity of the cross-reference, of its trailer or of the end of
the file, which makes some readers search the file for objects. A *form* is the kind of cross-reference. `documents()` yields their
products, always the same ones in the same order; a name gives all parts: SHADOW.TARGET.FORM.DAMAGE+DAMAGE.
"""
import zlib
from dataclasses import dataclass, field, replace
from hashlib import sha256

from kinds import (DOUBLED, GENERATIONS, HYBRIDS, KEYS, LENGTHS, LINEARIZED, OBJSTM, ORIGINS, OTHERS, ROOTS, SPELLINGS, UNLISTED, WITHIN,
                   allowed, damage_of, specs, updated)

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
NUMBERS = {"catalog": 2, "pages": 3, "page": 4, "contents": 5, "widget": 11, "form": 10}
ROOT_B, FILLER, HOLDER, XREF, SIGNATURE, SIGNED_FIELD, INFO = 17, 16, 14, 15, 18, 19, 20


@dataclass
class Entry:
    """An entry of a cross-reference: `n` offset generation, `f`, or `c` object stream and index."""
    kind: str
    where: int
    extra: int = 0


@dataclass
class Section:
    entries: dict
    doubled: list = field(default_factory=list)  # further (number, Entry), in a subsection of their own
    doubled_first: bool = False
    left_out: int | None = None  # a number that the section does not list
    trailer: list = field(default_factory=list)  # (key, value) pairs; a key may occur twice


# ── objects ──

def stream(body, keys=""):
    return f"<<{keys}/Length {len(body)}>>stream\n".encode("latin-1") + body + b"\nendstream"


def shown(letter):
    return stream(f"BT /F1 24 Tf 72 700 Td (VIEW-{letter * 4}) Tj ET".encode())


def page(parent, contents, keys=""):
    return (f"<</Type/Page/Parent {parent} 0 R/MediaBox[0 0 612 792]/Contents {contents} 0 R"
            f"/Resources<</Font<</F1 7 0 R>>>>{keys}>>").encode()


def widget(letter, appearance):
    return (f"<</Type/Annot/Subtype/Widget/FT/Tx/T(Text)/F 4/V(VIEW-{letter * 4})/Rect[72 690 400 730]/P 4 0 R"
            f"/DA(/F1 24 Tf)/AP<</N {appearance} 0 R>>>>").encode()


def appearance(letter):
    return stream(f"BT /F1 24 Tf 5 5 Td (VIEW-{letter * 4}) Tj ET".encode(),
                  "/Type/XObject/Subtype/Form/BBox[0 0 328 40]/Resources<</Font<</F1 7 0 R>>>>")


def objects(spec, numbers):
    """The objects of the document, and the rival of the target."""
    n, target, signed = numbers, spec.target, spec.signed
    form = target in ("widget", "form")
    annots = f"/Annots[{n['widget']} 0 R]" if target == "widget" else ""
    catalog = lambda pages, keys="": f"<</Type/Catalog/Pages {pages} 0 R{keys}>>".encode()  # noqa: E731
    pages = lambda kid: f"<</Type/Pages/Kids[{kid} 0 R]/Count 1>>".encode()  # noqa: E731
    contents = stream(b"BT ET") if target == "widget" else shown("A")
    own = {
        n["catalog"]: catalog(n["pages"], f"/AcroForm {n['form']} 0 R" if form else ""), n["pages"]: pages(n["page"]),
        n["page"]: page(n["pages"], n["contents"], annots), n["contents"]: contents, 6: shown("B"),
        7: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", 8: pages(9), 9: page(8, 6),
    }
    fields = f"{n['widget']} 0 R" if target == "widget" else ""
    if form:
        own[n["form"]] = f"<</Fields[{fields}]/DA(/F1 12 Tf)/DR<</Font<</F1 7 0 R>>>>>>".encode()
    if target == "widget":
        own |= {n["widget"]: widget("A", 12), 12: appearance("A"), 13: appearance("B")}
    perms = ""
    if signed:
        reference = "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]"
        perms = f"/Perms<</DocMDP {SIGNATURE} 0 R>>" if signed == "certified" else ""
        own[SIGNATURE] = (f"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 10 20 30]/Contents<00>"
                          f"{reference if perms else ''}>>").encode()
        own[SIGNED_FIELD] = f"<</Type/Annot/Subtype/Widget/FT/Sig/T(S)/V {SIGNATURE} 0 R/Rect[0 0 0 0]/F 132/P {n['page']} 0 R>>".encode()
        perms += f"/AcroForm<</Fields[{SIGNED_FIELD} 0 R]/SigFlags 3>>"
    rival = {"catalog": catalog(8, perms), "pages": pages(9), "page": page(n["pages"], 6, annots), "contents": shown("B"),
             "widget": widget("B", 13), "form": f"<</Fields[{SIGNED_FIELD} 0 R]/SigFlags 3>>".encode()}[target]
    return own, rival


def definition(number, body, generation=0, spelling="{n} {g} obj\n"):
    return spelling.format(n=number, g=generation).encode() + body + b"\nendobj\n"


JUNK = {"sp": b" ", "zero": b"\0", "cmt": b"% a comment line\n", "nl": b"\n", "text": b"text "}


def junk(kind, size):
    return (JUNK[kind] * size)[:size - 1] + b"\n"



def twice(target, body, shadow):
    """The object with a key that leads to A and to B."""
    key, a, b = {"catalog": ("Pages", " 3 0 R", " 8 0 R"), "pages": ("Kids", "[4 0 R]", "[9 0 R]"),
                 "page": ("Contents", " 5 0 R", " 6 0 R"),
                 "widget": ("AP", "<</N 12 0 R>>", "<</N 13 0 R>>")}[target]
    pair = f"/{key}{a}"
    first, second = (b, a) if shadow.endswith("rival") else (a, b)
    spelled = f"#{ord(key[0]):02x}{key[1:]}" if "escaped" in shadow else key
    both = {"keys-nested": f"/Extra<</{key}{b}>>{pair}", "keys-null": f"{pair}/{key} null"}.get(shadow, f"/{key}{first}/{spelled}{second}")
    return body.replace(pair.encode(), both.encode(), 1)


def objstm(pairs, rows=0, first=0, keys=""):
    """An object stream of (number, body) pairs."""
    offsets, bodies = [], b""
    for _, body in pairs:
        offsets.append(len(bodies))
        bodies += body + b"\n"
    if first == "swap":
        offsets.reverse()
    if first == "same":
        offsets = [0] * len(offsets)
    if first == "gap":
        bodies, offsets = b"(gap) " + bodies, offsets
    if first == "obj":
        bodies = b" ".join(f"{number} 0 obj ".encode() + body for number, body in pairs)
        offsets = [bodies.find(body) for _, body in pairs]
    head = " ".join(f"{number} {offset}" for (number, _), offset in zip(pairs, offsets)).encode() + b" "
    change = first if isinstance(first, int) else 0
    if change == 1000:  # the second body
        change = offsets[1]
    return stream(head + bodies, f"/Type/ObjStm/N {max(0, len(pairs) + rows)}/First {max(0, len(head) + change)}{keys}")


def swapped(data):
    return data.replace(b"VIEW-AAAA", b"VIEW-CCCC").replace(b"VIEW-BBBB", b"VIEW-AAAA").replace(b"VIEW-CCCC", b"VIEW-BBBB")


class Writer:
    """Writes a document of a `Spec`."""

    def __init__(self, spec):
        self.spec, self.data, self.base = spec, bytearray(), 0
        self.knobs, self.old_knobs = ({knob: value for damage in spec.damages if damage.endswith("@old") == old
                                       for knob, value in damage_of(damage)[1].items()} for old in (False, True))
        self.numbers = dict(NUMBERS)
        if any(damage.startswith("size-target") for damage in spec.damages) or spec.shadow.startswith("beyond"):
            self.numbers[spec.target] = 30  # the last of all
        self.target = self.numbers[spec.target]
        self.root = f"{self.numbers['catalog']} 0 R"
        self.own, self.rival = objects(spec, self.numbers)
        self.sections = []  # offsets

    def put(self, data):
        offset = len(self.data) - self.base
        self.data += data
        return offset

    def define(self, number, body, generation=0, spelling=""):
        data = definition(number, body, generation, SPELLINGS.get(spelling, spelling))
        if "endobj" in self.knobs and number == self.target:
            data = data.removesuffix(b"\nendobj\n") + self.knobs["endobj"]
        offset = self.put(data)
        return offset + (2 if spelling == "inline" else 10 if spelling == "line" else 0)

    def write(self):
        shadow = self.spec.shadow
        if shadow in ORIGINS:
            return self.origins()
        if front := self.knobs.get("front"):
            self.data += junk(*front[:2])
            self.base = len(self.data) if front[2] else 0
        self.data += HEADER
        if shadow == "linearized" or shadow in LINEARIZED:
            return self.linearized()
        if shadow == "root-trailer-front":
            self.put(b"trailer\n<</Size 30/Root 17 0 R>>\n")
        place, spelling = UNLISTED.get(shadow, (None, None))
        section = Section({0: Entry("f", 0, 65535)})
        self.place, self.spelling = place, spelling
        self.unlisted("first")
        self.first_revision(section)
        self.unlisted("last")
        if shadow in WITHIN and "update" not in shadow:
            self.within(section)
        self.close(section)
        if updated(shadow):
            self.update(section)
        if shadow == "three-update":
            self.update(section, again=True)
        self.unlisted("behindeof")
        if size := self.knobs.get("junk"):
            self.put(junk(*size))
        return bytes(self.data)

    def origins(self):
        """Two documents with the same offsets, one from the start of the file, the other one from the header."""
        own = Writer(replace(self.spec, shadow="none", damages=())).write()
        if self.spec.shadow == "origins-swapped":
            own = swapped(own)
        head = b"        " if self.spec.shadow == "origins-spaces" else b"%PDX-1.7"
        self.data += swapped(own).replace(b"%PDF-1.7", head) + own
        if size := self.knobs.get("junk"):
            self.put(junk(*size))
        return bytes(self.data)

    def linearized(self):
        """A linearized document: the first section is at the start of the file, the main one at its end."""
        shadow, start = self.spec.shadow, len(self.data)
        offsets, values = {}, {"L": 0, "E": 0, "T": 0}
        for _ in range(2):  # the second time with the values of the first; all numbers have a fixed width
            del self.data[start:]
            self.define(1, "<</Linearized 1/L {L:010}/H[100 100]/O 4/E {E:010}/N 1/T {T:010}>>".format(**values).encode())
            rival = offsets.get("rival", 0)
            entries = {number: Entry("n", offsets.get(number, 0)) for number in self.own} | {1: Entry("n", start)}
            first, main = Section({n: replace(entry) for n, entry in entries.items()}), Section({0: Entry("f", 0, 65535), **entries})
            roots = {"lin-root": ("17 0 R", self.root), "lin-root-main": (self.root, "17 0 R")}.get(shadow, (self.root, self.root))
            for section, root in zip((first, main), roots):
                section.entries[ROOT_B] = Entry("n", rival)
                section.trailer = [("Size", "40"), ("Root", root)]
            if shadow.startswith("lin-rival"):
                (main if shadow == "lin-rival-main" else first).entries[self.target].where = rival
            first.trailer.append(("Prev", f"{values['T']:010}"))
            at = len(self.data)
            self.table(first, {})
            self.put(b"startxref\n0\n%%EOF\n")
            offsets = {number: self.define(number, body) for number, body in self.own.items()}
            values["E"] = len(self.data)
            offsets["rival"] = self.define(ROOT_B if "root" in shadow else self.target, self.rival) if shadow != "linearized" else 0
            values["T"] = len(self.data)
            self.table(main, {})
            self.end(at if shadow == "linearized" else values["T"], 0, {})
            if size := self.knobs.get("junk"):
                self.put(junk(*size))
            values["L"] = len(self.data) + (1 if shadow.endswith("length") else 0)
        return bytes(self.data)

    def unlisted(self, place):
        if self.place == place:
            generation, spelling = (self.spelling, "") if isinstance(self.spelling, int) else (0, self.spelling)
            self.define(self.target, self.rival, generation, spelling)

    def first_revision(self, section):
        spec, shadow, t = self.spec, self.spec.shadow, self.target
        if shadow == "reference-gen":
            self.own = {number: body.replace(f"{t} 0 R".encode(), f"{t} 1 R".encode()) for number, body in self.own.items()}
        for number in sorted(self.own):
            body = self.own[number]
            if number != t:
                section.entries[number] = Entry("n", self.define(number, body))
                continue
            if spec.forms[0] in ("objstm", "hybrid"):
                self.holder(section, body)
            elif shadow in KEYS:
                section.entries[t] = Entry("n", self.define(t, twice(spec.target, body, shadow)))
            elif shadow in LENGTHS:
                section.entries[t] = Entry("n", self.define(t, self.length(section, shadow)))
            elif shadow in OTHERS:
                self.other(section, body)
            elif shadow in GENERATIONS:
                self.generation(section, body)
            else:
                section.entries[t] = Entry("n", self.define(t, body))
        if shadow in DOUBLED:
            section.doubled = [(t, Entry("n", self.define(t, self.rival)))]
            section.doubled_first = shadow == "doubled-early"
        if shadow in ROOTS:
            section.entries[ROOT_B] = Entry("n", self.define(ROOT_B, self.rival))
        if "prev-indirect" in spec.damages:
            section.entries[21] = Entry("n", self.define(21, b"0"))

    def length(self, section, shadow):
        a, b = b"BT /F1 24 Tf 72 700 Td (VIEW-AAAA) Tj ET", b"BT /F1 24 Tf 72 700 Td (VIEW-BBBB) Tj ET"
        if shadow == "length-indirect":
            section.entries[FILLER] = Entry("n", self.define(FILLER, b"40"))
            self.define(FILLER, b"200")
            return f"<</Length {FILLER} 0 R>>stream\n".encode() + a + b"\nendstream\nendobj\n5 0 obj\n" + stream(b)
        if shadow == "length-rival":  # by its /Length the stream holds what another reader takes for an object
            inner = a + b"\nendstream\nendobj\n5 0 obj\n" + stream(b)
            return f"<</Length {len(inner)}>>stream\n".encode() + inner + b"\nendstream"
        length = {"length-short": "10", "length-long": "95", "length-twice": "40/Length 95"}[shadow]
        return f"<</Length {length}>>stream\n".encode() + a + b"\nendstream\n% " + b + b"\n"

    def other(self, section, body):
        t, shadow = self.target, self.spec.shadow
        if shadow == "mid-number":
            self.define(t, body)
            section.entries[t] = Entry("n", self.define(int(f"10{t}"), self.rival) + 2)
        elif shadow.startswith("wrong-number"):
            a, b = (self.rival, body) if shadow.endswith("rival") else (body, self.rival)
            self.define(t, a)
            section.entries[t] = Entry("n", self.define(FILLER, b))
        elif shadow == "comment-before":
            self.define(t, self.rival)
            section.entries[t] = Entry("n", self.put(b"%% %d 0 obj %s\n" % (t, self.rival.replace(b"\n", b" "))))
            self.define(t, body)
        elif shadow == "two-headers":
            header = b"" if self.spec.target == "contents" else b"%d 0 obj\n" % t
            section.entries[t] = Entry("n", self.put(header))
            self.put(f"{t} 0 obj\n".encode() + body + b"\n" + self.rival + b"\nendobj\n")
        elif shadow == "reference-gen":
            section.entries[t] = Entry("n", self.define(t, body))
            self.define(t, self.rival, 1)
            if self.spec.target == "catalog":
                self.root = f"{t} 1 R"
        elif shadow == "free-update":
            self.define(t, self.rival)
            section.entries[t] = Entry("n", self.define(t, body))
        elif shadow == "free-rival":
            section.entries[t] = Entry("f", 0, 1)
            self.define(t, body)
            self.define(t, self.rival, 1)
        else:
            a, b = (self.rival, body) if shadow.endswith("rival") else (body, self.rival)
            self.define(t, a)
            section.entries[t] = Entry("n", self.define(t, b))
            self.knobs.setdefault("size", "{target}")

    def generation(self, section, body):
        header, listed, where = GENERATIONS[self.spec.shadow]
        t = self.target
        section.entries[t] = Entry("n", self.define(t, body))
        if where == "same":
            section.entries[t] = Entry("n", self.define(t, self.rival, header), listed)

    def holder(self, section, body):
        shadow, t, rival = self.spec.shadow, self.target, self.rival
        bodies = {"A": body, "B": rival, "F": b"(filler)"}
        layout, index, rows, first = OBJSTM.get(shadow, ("tA fF", 0, 0, 0))
        pairs = [(t if n == "t" else FILLER + i * (n != "t") * 10, bodies[b]) for i, (n, b) in enumerate(layout.split())]
        held = objstm([(t, rival), (FILLER, b"(filler)")])
        number = HOLDER
        if shadow == "holder-first":
            self.define(HOLDER, held)
        keys = ""
        if shadow.startswith("extends") or shadow.startswith("holder-two"):
            section.entries[22] = Entry("n", self.define(22, objstm([(t, rival)])))
            keys = "/Extends 22 0 R" if shadow.startswith("extends") else ""
            if shadow == "extends-rival":
                pairs = [(FILLER, b"(filler)")]
            number = 22 if shadow in ("extends-entry", "holder-two-rival") else HOLDER
        if shadow == "holder-nested":
            pairs = [(t, body), (HOLDER, b"(nested)")]
        holder = objstm(pairs, rows, first, keys)
        if shadow == "holder-plain":
            holder = stream(b"2 0 16 40 " + body, "/N 2/First 10")
        section.entries[HOLDER] = Entry("n", self.define(HOLDER, holder))
        if shadow == "holder-last":
            self.define(HOLDER, held)
        section.entries[t] = Entry("c", number, index)
        self.held = held
        if shadow in HYBRIDS:
            self.hybrid = Section({}, [])
            if shadow in ("hy-both", "hy-both-rival"):
                section.plain = Entry("n", self.define(t, rival if shadow == "hy-both" else body))
                if shadow == "hy-both-rival":
                    section.entries[HOLDER] = Entry("n", self.define(HOLDER, held))

    def within(self, section):
        """The rival inside something else."""
        t, shadow = self.target, self.spec.shadow
        inner = definition(t, self.rival)
        attached = HEADER + b"".join(definition(n, self.rival if n == t else b) for n, b in self.own.items()) + \
            b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 20/Root 2 0 R>>\nstartxref\n%d\n%%%%EOF\n" % 700
        if shadow.startswith("attached"):
            section.entries[INFO] = Entry("n", self.define(INFO, stream(attached, "/Type/EmbeddedFile")))
        elif shadow == "unlisted-stream":
            self.define(INFO, stream(attached, "/Type/EmbeddedFile"))
        elif shadow == "stream-lie":
            section.entries[INFO] = Entry("n", self.define(INFO, b"<</Length 5>>stream\n" + attached + b"\nendstream"))
        elif shadow == "comment":
            self.put(b"% " + inner.replace(b"\n", b" ") + b"\n")
        elif shadow == "string-open":
            self.put(b"(" + inner + b")\n")
        else:
            escaped = inner.replace(b"(", b"\\(").replace(b")", b"\\)")
            begin = b"<\n" if shadow == "hexlike" else b"\n"
            section.entries[INFO] = Entry("n", self.define(INFO, b"<</Title(%s%s)>>" % (begin, escaped)))

    def update(self, old, again=False):
        """A later revision: one that lists the rival, one that only surrounds it, or one that has nothing to do with it."""
        shadow, t = self.spec.shadow, self.target
        section = Section({})
        if shadow in ("update", "hy-update"):
            section.entries[t] = Entry("n", self.define(t, self.rival))
        elif shadow == "holder-update":
            self.define(HOLDER, self.held)
            section.entries[INFO] = Entry("n", self.define(INFO, b"<</Title(x)>>"))
        elif shadow in GENERATIONS:
            header, listed, _ = GENERATIONS[shadow]
            section.entries[t] = Entry("n", self.define(t, self.rival, header), listed)
        elif shadow == "three-update":
            section.entries[t] = Entry("n", self.define(t, self.own[t] if again else self.rival))
        elif shadow == "reused-update":  # object 6 was free, and is used again with generation 1
            section.entries[6] = Entry("n", self.define(6, shown("B"), 1), 1)
            section.entries[9] = Entry("n", self.define(9, page(8, 6).replace(b"6 0 R", b"6 1 R")))
        elif shadow == "free-update":
            section.entries[t] = Entry("f", 0, 1)
        elif shadow == "removed":
            section.entries[INFO] = Entry("n", self.define(INFO, b"<</Title(x)>>"))
            section.entries[6] = Entry("f", 0, 1)
        else:
            section.entries[INFO] = Entry("n", self.define(INFO, b"<</Title(x)>>"))
            self.unlisted("update")
            if shadow == "attached-update":
                self.within(section)
        if shadow.startswith("root-sections"):
            section.entries = dict(old.entries)
        self.close(section, update=True, last=again or shadow != "three-update")

    # ── cross-reference ──

    def close(self, section, update=False, last=True):
        spec, shadow = self.spec, self.spec.shadow
        last = last and (update or not updated(shadow))
        k = self.knobs if last else self.old_knobs
        form = spec.forms[1 if update else 0]
        root = self.root
        if shadow in ("root-sections", "root-update"):
            root = "17 0 R" if last else root
        if shadow == "root-sections-rival":
            root = root if last else "17 0 R"
        if shadow == "root-gen":
            root = "17 1 R"
        highest = max([XREF, *section.entries, *(number for number, _ in section.doubled), *([self.highest] if update else [])])
        self.highest = highest
        prev = self.sections[-1] if self.sections else 0
        if (pad := k.get("pad")) and (form != "hybrid" or update):
            self.put(pad[0].encode())
        offset = len(self.data) - self.base
        words = {"n": highest + 1, "less": highest, "more": highest + 4, "target": self.target, "third": 6, "prev": prev,
                 "prev1": prev + 1, "before": prev - 1, "self": offset}
        trailer = []
        size = k.get("size", "{n}")
        if size is not None:
            trailer.append(("Size", size.format(**words)))
        if (given := k.get("root", root)) is not None:
            given = given if "root" not in k or not given.startswith("2") else given.replace("2", str(self.numbers["catalog"]), 1)
            pairs = [("Root", given)]
            if shadow.startswith("root-twice"):
                pairs.append(("Root", "17 0 R"))
            trailer += reversed(pairs) if shadow.endswith("rival") else pairs
        if update and not shadow.startswith("root-sections"):
            given = k.get("prev", "{prev}")
            if given is not None:
                trailer.append(("Prev", given.format(**words)))
        section.trailer = trailer
        if form in ("table", "hybrid"):
            if form == "hybrid" and not update:
                offset = self.hybrid_section(section, k)
            else:
                self.table(section, k)
        else:
            offset = self.stream_section(section, k, highest)
        self.sections.append(offset)
        if last:
            self.unlisted("behindxref")
        self.end(offset, prev, k)
        if last:
            self.unlisted("behindstart")

    def end(self, offset, prev, k):
        other = prev or max(0, bytes(self.data).rfind(b"trailer"))
        offset -= k["pad"][1] if "pad" in k else 0
        tail = k.get("startxref", "startxref\n{o}\n%%EOF\n").replace("{prev}", str(other))
        for change in (-30, -7, -1, 0, 1, 2, 4):
            tail = tail.replace("{o%s}" % (f"{change:+d}" if change else ""), str(offset + change))
        self.put(tail.encode())

    def victims(self, which, section, numbers):
        return {"unused": {1}, "target": {self.target}, "head": {0}, "last": {max(numbers)}, "all": set(numbers)}[which]

    def runs(self, section, fill):
        """Subsections: (first number, [(number, Entry)])."""
        entries = dict(section.entries)
        if fill:
            entries = {n: entries.get(n, Entry("f", 0, 0 if n == 1 else 65535)) for n in range(max(entries) + 1) if n != section.left_out}
        runs = []
        for number in sorted(entries):
            if runs and runs[-1][-1][0] == number - 1:
                runs[-1].append((number, entries[number]))
            else:
                runs.append([(number, entries[number])])
        doubled = [[pair] for pair in section.doubled]
        return doubled + runs if section.doubled_first else runs + doubled

    def table(self, section, k):
        lines = ""
        runs = self.runs(section, fill=0 in section.entries)
        for index, run in enumerate(runs):
            first, count = run[0][0], len(run)
            if len(run) > 1 or len(runs) == 1:
                first, count = first + k.get("first", 0), max(0, count + k.get("count", 0))
            intro = k.get("intro", "xref\n{first} {count}\n") if index == 0 else "{first} {count}\n"
            lines += intro.format(first=first, count=count)
            numbers = [number for number, _ in run]
            for number, entry in run:
                hit = lambda knob: k[knob][1] if knob in k and number in self.victims(k[knob][0], section, numbers) else None  # noqa: E731
                entry = replace(entry)
                if entry.kind == "n" and (shift := hit("shift")):
                    entry.where += shift
                if "free" in k and number in self.victims(k["free"], section, numbers):
                    entry.kind = "f"
                digits, generation, space = hit("digits") or 10, hit("gendigits") or 5, hit("space")
                space = " " if space is None else space
                letter = hit("letter") or ("f" if entry.kind == "c" else entry.kind)
                where, extra = (0, 0) if entry.kind == "c" else (max(0, entry.where), entry.extra)
                lines += f"{where:0{digits}}{space}{extra:0{generation}}{space}{letter}{hit('eol') or ' ' + chr(10)}"
        lines += k.get("between", "")
        pairs = lambda trailer: "".join(f"/{key} {value}" for key, value in trailer)  # noqa: E731
        rivals = pairs([(key, "17 0 R" if key == "Root" else value) for key, value in section.trailer])
        own = pairs(section.trailer)
        trailers = [f"trailer\n<<{own}>>\n"]
        shadow = self.spec.shadow
        if shadow in ("root-trailers", "root-trailers-rival", "root-trailer-comment", "root-trailer-behind"):
            other = f"trailer\n<<{rivals}>>\n" if shadow != "root-trailer-comment" else f"% trailer <<{rivals}>>\n"
            trailers = [other, *trailers] if shadow.endswith("rival") else [*trailers, other]
        self.put((lines + "".join(trailers)).encode("latin-1"))

    def hybrid_section(self, section, k):
        """A table, and the stream at its /XRefStm that lists the object stream's objects."""
        shadow, t = self.spec.shadow, self.target
        hidden = Section({t: section.entries.pop(t)})
        plain = getattr(section, "plain", None)
        if plain or shadow == "hy-marked":
            section.entries[t] = plain or Entry("f", 0, 0)
        else:
            section.left_out = t
        if shadow == "hy-other-stream":  # the stream lists another object stream, too
            section.entries[23] = Entry("n", self.define(23, self.held))
            hidden.entries[t] = Entry("c", 23, 0)
            section.entries[t] = Entry("n", self.define(t, self.own[t]))
        if shadow == "hy-free":
            hidden.entries[t] = Entry("f", 0, 0)
            section.entries[t] = Entry("n", self.define(t, self.own[t]))
            self.define(t, self.rival)
        root = "17 0 R" if shadow == "hy-root" else self.root
        if shadow == "hy-root":
            other = self.rival if self.spec.target == "catalog" else self.own[self.numbers["catalog"]]
            section.entries[ROOT_B] = Entry("n", self.define(ROOT_B, other))
        hidden.trailer = [("Size", "3" if shadow == "hy-size" else str(self.highest + 9)), ("Root", root)]
        self.highest += 8
        at = self.stream_section(hidden, {}, XREF, own_entry=False)
        value = {"hy-real": f"{at}.0", "hy-indirect": "24 0 R", "hy-off": str(at - 2)}.get(shadow, str(at))
        if shadow == "hy-indirect":
            section.entries[24] = Entry("n", self.define(24, str(at).encode()))
        if shadow in ("hy-real", "hy-indirect", "hy-off"):  # whether the stream is found decides
            section.entries[t] = Entry("n", self.define(t, self.rival))
        section.trailer = [*[pair for pair in section.trailer if pair[0] != "Size"], ("Size", str(self.highest + 1)), ("XRefStm", value)] \
            if "size" not in k else [*section.trailer, ("XRefStm", value)]
        if shadow in HYBRIDS or "size" in k:  # in one section
            if pad := k.get("pad"):
                self.put(pad[0].encode())
            offset = len(self.data) - self.base
            self.table(section, k)
            return offset
        # As word processors write it: a table without the hidden objects, and an empty one with /XRefStm.
        *trailer, stream_at = section.trailer
        section.trailer = trailer
        before = len(self.data) - self.base
        self.table(section, k)
        self.put(f"startxref\n{before}\n%%EOF\n".encode())
        if pad := k.get("pad"):
            self.put(pad[0].encode())
        offset = len(self.data) - self.base
        pairs = "".join(f"/{key} {value}" for key, value in [*trailer, ("Prev", str(before)), stream_at])
        self.put(f"xref\n0 0\ntrailer\n<<{pairs}>>\n".encode())
        return offset

    def stream_section(self, section, k, highest, own_entry=True):
        offset = len(self.data) - self.base
        if own_entry:
            number = XREF if 0 in section.entries else XREF + 9
            section.entries[number] = Entry("n", offset)
            if number > highest:
                self.highest = highest = number
                section.trailer = [(key, str(number + 1) if key == "Size" and "size" not in k else value) for key, value in section.trailer]
        else:
            number = XREF
        runs = self.runs(section, fill=own_entry and 0 in section.entries)
        rows, widths = [], k.get("w", (1, 4, 2))
        for run in runs:
            numbers = [n for n, _ in run]
            for n, entry in run:
                where, kind = entry.where, "fnc".index(entry.kind)
                if "shift" in k and kind == 1 and n in self.victims(k["shift"][0], section, numbers):
                    where = max(0, where + k["shift"][1])
                if "type" in k and n == self.target:
                    kind = k["type"]
                values = (kind, where, entry.extra, 0)
                rows.append(b"".join((value % 256 ** width).to_bytes(width, "big") for value, width in zip(values, widths)))
        total = len(rows)
        rows = rows[:max(1, total - k["cut"])] if "cut" in k else rows
        data = b"".join(rows) + b"\0" * (sum(widths) * k.get("more", 0))
        data = data[:k["bytes"]] if k.get("bytes", 0) < 0 else data + b"\0" * k.get("bytes", 0)
        keys = "".join(f"/{key} {value}" for key, value in section.trailer)
        pairs = [str(x) for run in runs for x in (run[0][0], len(run))]
        index = k.get("index", f"[{' '.join(pairs)}]" if pairs[0] != "0" or len(pairs) > 2 else None)
        if index:
            keys += "/Index" + index.format(n=total, less=total - 2, more=total + 3, rest=total - 2)
        if (wtext := k.get("wtext", f"[{' '.join(map(str, widths))}]")) is not None:
            keys += f"/W{wtext}"
        if k.get("flate"):
            data, keys = zlib.compress(data), keys + "/Filter/FlateDecode"
        body = stream(data, "/Type/XRef" + keys)
        if change := k.get("xreflength"):
            body = body.replace(f"/Length {len(data)}".encode(), f"/Length {max(0, len(data) + change)}".encode(), 1)
        header = k.get("xrefheader", "{n} {g} obj\n").replace("15", str(number))
        self.put(definition(number, body, 0, header))
        return offset


def documents():
    """(Spec, bytes) of every distinct document."""
    seen = set()
    for spec in specs():
        if not allowed(spec):
            continue
        data = Writer(spec).write()
        digest = sha256(data).digest()
        if digest not in seen:
            seen.add(digest)
            yield spec, data


if __name__ == "__main__":
    made = list(documents())
    print(len(made), sum(spec.honest for spec, _ in made), sum(len(data) for _, data in made))
    assert len({spec.name for spec, _ in made}) == len(made)
