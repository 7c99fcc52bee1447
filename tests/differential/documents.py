"""Documents in which two texts compete: one reader shows VIEW-AAAA on page 1, another VIEW-BBBB.

An object on the way from the trailer to the text, the *target*, has two definitions: its own leads to text A, the *rival* to text B. A
*shadow* says where the rival is and what refers to it. A *damage* is an oddity of the cross-reference, of its trailer or of the end of
the file, which makes some readers search the file for objects. A *form* is the kind of cross-reference. `documents()` yields their
products, always the same ones in the same order; a name gives all parts: SHADOW.TARGET.FORM.DAMAGE+DAMAGE.
"""
import random
import zlib
from dataclasses import dataclass, field, replace
from hashlib import sha256

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
FORMS = ["table", "stream", "objstm", "hybrid"]
TARGETS = ["catalog", "pages", "page", "contents", "widget"]
NUMBERS = {"catalog": 2, "pages": 3, "page": 4, "contents": 5, "widget": 11, "form": 10}
ROOT_B, FILLER, HOLDER, XREF, SIGNATURE, SIGNED_FIELD, INFO = 17, 16, 14, 15, 18, 19, 20


@dataclass
class Spec:
    """A document: its parts, and `honest` if no reader has two readings of it."""
    shadow: str
    target: str = "catalog"
    form: str = "table"
    damages: tuple = ()
    signed: str = ""  # "certified" or "approved": text B belongs to a signed revision
    honest: bool = False

    @property
    def name(self):
        parts = [self.shadow, self.target, self.form, "+".join(self.damages) or "intact", self.signed]
        return ("honest." if self.honest else "") + ".".join(part for part in parts if part)

    @property
    def kinds(self):
        return [self.shadow, *self.damages] + ([f"signed:{self.signed}"] if self.signed else [])


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


# ── damage ──

def knobs(groups):
    """{name: (forms, {knob: value})} of {prefix: (forms, knob, {suffix: value})}."""
    return {f"{prefix}-{suffix}" if suffix else prefix: (forms, {knob: value})
            for prefix, (forms, knob, values) in groups.items() for suffix, value in values.items()}


TABLES, STREAMS, ALL = ["table", "hybrid"], ["stream", "objstm"], FORMS
DAMAGES = knobs({
    "t-letter": (TABLES, "letter", {f"{v}-{c}": (v, c) for v in ("unused", "target", "head", "last") for c in "xNe"}),
    "t-digits": (TABLES, "digits", {f"{v}-{d}": (v, d) for v in ("unused", "target", "head", "last") for d in (9, 11)}),
    "t-generation": (TABLES, "gendigits", {f"{v}-{d}": (v, d) for v in ("unused", "target", "head") for d in (4, 6)}),
    "t-space": (TABLES, "space", {f"{v}-{w}": (v, s) for v in ("unused", "target", "head")
                                  for w, s in {"none": "", "tab": "\t", "two": "  "}.items()}),
    "t-eol": (TABLES, "eol", {f"{v}-{w}": (v, e) for v in ("head", "all", "target", "last", "unused")
                              for w, e in {"19": "\n", "19cr": "\r", "21": " \r\n", "21sp": "  \n", "none": "  "}.items()}),
    "t-count": (TABLES, "count", {"less1": -1, "less3": -3, "more1": 1, "more5": 5, "none": -1000}),
    "t-first": (TABLES, "first", {"plus1": 1, "minus1": -1, "plus2": 2}),
    "t-shift": (TABLES, "shift", {f"{v}-{d:+d}": (v, d) for v in ("target", "all") for d in (-12, -3, -1, 1, 2)}),
    "t-free": (TABLES, "free", {"target": "target", "all": "all"}),
    "t-intro": (TABLES, "intro", {
        "oneline": "xref {first} {count}\n", "comment": "xref %c\n{first} {count}\n", "commentline": "xref\n% c\n{first} {count}\n",
        "cr": "xref\r{first} {count}\r", "trailing": "xref\n{first} {count} %c\n", "word": "xref\n{first} {count} x\n",
        "real": "xref\n{first}.0 {count}\n", "glued": "xref{first} {count}\n", "upper": "XREF\n{first} {count}\n",
        "empty": "xref\n0 0\n{first} {count}\n", "zeros": "xref\n000{first} 00{count}\n"}),
    "t-between": (TABLES, "between", {"word": "garbage\n", "comment": "%c\n", "line": "0000000000 00000 n \n", "blank": "\n\n   \n"}),
    "x-cut": (STREAMS, "cut", {"1": 1, "2": 2, "half": 8, "all": 1000}),
    "x-more": (STREAMS, "more", {"1": 1, "4": 4}),
    "x-bytes": (STREAMS, "bytes", {"less3": -3, "more3": 3}),
    "x-index": (STREAMS, "index", {
        "short": "[0 {less}]", "long": "[0 {more}]", "twice": "[0 {n} 0 {n}]", "negative": "[-1 {n}]", "one": "[1 {n}]", "single": "[0]",
        "odd": "[0 {n} 5]", "real": "[0.0 {n}]", "empty": "[]", "plain": "0", "zero": "[0 0 0 {n}]", "tail": "[0 {n} {n} 0]",
        "count-negative": "[0 -{n}]", "split": "[0 2 2 {rest}]", "overlap": "[0 4 2 {rest}]", "string": "[(0) {n}]"}),
    "x-w": (STREAMS, "w", {"type0": (0, 4, 2), "gen0": (1, 4, 0), "wide": (2, 8, 4), "four": (1, 4, 2, 0), "narrow": (1, 3, 1)}),
    "x-wtext": (STREAMS, "wtext", {"two": "[1 4]", "negative": "[1 4 -2]", "real": "[1.0 4 2]", "split": "[1 5 1]", "none": None,
                                   "zero": "[0 0 0]", "twice": "[1 4 2]/W[1 3 3]", "huge": "[1 4 4294967298]"}),
    "x-type": (STREAMS, "type", {"3": 3, "0": 0, "255": 255}),
    "x-header": (STREAMS, "xrefheader", {"number": "99 0 obj\n", "generation": "15 1 obj\n", "spaces": "15  0  obj ", "none": ""}),
    "x-length": (STREAMS, "xreflength", {"less": -9, "more": 9, "huge": 99999}),
    "x-filter": (STREAMS, "flate", {"flate": True}),
    "x-shift": (STREAMS, "shift", {f"{v}-{d:+d}": (v, d) for v in ("target", "all") for d in (-12, -1, 1)}),
    "size": (ALL, "size", {"small": "{third}", "target": "{target}", "one": "1", "zero": "0", "less1": "{less}", "more": "{more}", "real": "{n}.0",
                           "negative": "-1", "none": None, "huge": "99999999", "indirect": "6 0 R"}),
    "root": (ALL, "root", {"generation": "2 1 R", "missing": "77 0 R", "none": None, "direct": "<</Type/Catalog/Pages 8 0 R>>", "spaced": "2  0\nR"}),
    "prev": (ALL, "prev", {"real": "{prev}.0", "indirect": "21 0 R", "self": "{self}", "zero": "0", "negative": "-1", "none": None, "huge": "99999999",
                           "off1": "{prev1}", "string": "({prev})", "before": "{before}", "null": "null", "twice": "{prev}/Prev 0"}),
    "sx": (ALL, "startxref", {
        "comment": "startxref %{prev}\n{o}\n%%EOF\n", "number-comment": "startxref\n{o} %{prev}\n%%EOF\n", "commented": "startxref\n{o}\n%startxref\n%{prev}\n%%EOF\n",
        "commented-after": "startxref\n{o}\n%%EOF\n%startxref\n{prev}\n%%EOF\n", "two": "startxref\n{prev}\nstartxref\n{o}\n%%EOF\n",
        "two-after": "startxref\n{o}\n%%EOF\nstartxref\n{prev}\n%%EOF\n", "two-before": "startxref\n{o}\n%%EOF\nstartxref %{o}\n{prev}\n%%EOF\n",
        "two-noeof": "startxref\n{o}\n%%EOF\nstartxref\n{prev}\n", "nonumber-after": "startxref\n{o}\n%%EOF\nstartxref\n%%EOF\n",
        "minus1": "startxref\n{o-1}\n%%EOF\n", "minus7": "startxref\n{o-7}\n%%EOF\n", "plus1": "startxref\n{o+1}\n%%EOF\n", "plus2": "startxref\n{o+2}\n%%EOF\n",
        "plus4": "startxref\n{o+4}\n%%EOF\n", "minus30": "startxref\n{o-30}\n%%EOF\n", "zero": "startxref\n0\n%%EOF\n", "huge": "startxref\n99999999\n%%EOF\n", "negative": "startxref\n-1\n%%EOF\n",
        "missing": "%%EOF\n", "nothing": "", "noeof": "startxref\n{o}\n", "real": "startxref\n{o}.0\n%%EOF\n", "plus": "startxref\n+{o}\n%%EOF\n",
        "zeros": "startxref\n000000{o}\n%%EOF\n", "glued": "startxref{o}\n%%EOF\n", "oneline": "startxref {o} %%EOF\n", "upper": "STARTXREF\n{o}\n%%EOF\n",
        "blank": "startxref\n\n\n   {o}\n%%EOF\n", "far-number": "startxref" + " " * 1100 + "{o}\n%%EOF\n", "word": "xstartxref\n{prev}\nstartxref\n{o}\n%%EOF\n",
        "indirect": "startxref\n6 0 R\n%%EOF\n", "cr": "startxref\r{o}\r%%EOF\r", "string": "startxref\n{o}\n%%EOF\n(startxref\n{prev}\n%%EOF)\n",
        "object": "startxref\n{o}\n%%EOF\n99 0 obj (startxref) {prev} endobj\n", "prev": "startxref\n{prev}\n%%EOF\n"}),
    "pad": (ALL, "pad", {"spaces": ("          \n", 5), "comment": ("% xref 0 1\n", 11), "newlines": ("\n\n\n\n", 2), "word": ("x", 1), "keyword": ("xref\n", 5)}),
    "junk": (ALL, "junk", {f"{w}{s}": (w, s) for w in ("sp", "zero", "cmt", "nl", "text") for s in (200, 900, 1000, 1025, 1100, 3000, 20000, 66000)}),
    "front": (ALL, "front", {f"{w}{s}-{f}": (w, s, f == "from-header") for w in ("nl", "text") for s in (1, 100, 1000, 1100)
                             for f in ("from-header", "from-start")}),
    "endobj": (ALL, "endobj", {"missing": b"\n", "glued": b"endobj ", "upper": b"\nENDOBJ\n"}),
})
JUNK = {"sp": b" ", "zero": b"\0", "cmt": b"% a comment line\n", "nl": b"\n", "text": b"text "}


def junk(kind, size):
    return (JUNK[kind] * size)[:size - 1] + b"\n"


# ── shadows: where the rival is ──

SPELLINGS = {"": "{n} {g} obj\n", "sp": "{n}  {g} obj\n", "nl": "{n}\n{g}\nobj\n", "zeros": "0{n} {g} obj\n", "zerogen": "{n} 0{g} obj\n", "tab": "{n}\t{g}\tobj ",
             "glued": "{n} {g} obj", "comment": "{n} {g} %c\nobj\n", "plus": "+{n} {g} obj\n", "gluedobj": "{n} {g}obj\n", "cr": "{n} {g} obj\r",
             "nul": "{n}\0{g}\0obj\n", "ff": "{n}\f{g}\fobj\f", "zeros10": "0000000000{n} {g} obj\n", "inline": "x {n} {g} obj\n", "line": "junk junk {n} {g} obj\n"}
PLACES = ["first", "last", "behindxref", "behindeof", "update", "behindstart"]
UNLISTED = {f"unlisted-{place}{'-' if s else ''}{s}": (place, s) for place in PLACES for s in SPELLINGS if place in ("first", "last", "update") or not s}
UNLISTED |= {f"unlisted-gen{g}-{place}": (place, g) for g in (1, 2, 65535) for place in PLACES[:5]}
WITHIN = {"attached": "listed stream", "attached-update": "listed stream of an update", "unlisted-stream": "unlisted stream", "comment": "comment",
          "string": "string", "hexlike": "string", "stream-lie": "listed stream with a short /Length", "string-open": "string"}
DOUBLED = ["doubled-late", "doubled-early"]
GENERATIONS = {f"gen-h{h}-x{x}-{where}": (h, x, where) for h in (0, 1, 2) for x in (0, 1, 2) for where in ("same", "update") if (h, x) != (0, 0)}
OBJSTM = {  # pairs of (number, body) in the object stream; index of the target's entry; change of /N and /First; see objstm()
    "os-twice-0": ("tA tB", 0, 0, 0), "os-twice-1": ("tA tB", 1, 0, 0), "os-twice-order-0": ("tB tA", 0, 0, 0), "os-twice-order-1": ("tB tA", 1, 0, 0),
    "os-twice-third": ("fF tA tB", 1, 0, 0), "os-twice-third-2": ("fF tA tB", 2, 0, 0), "os-twice-none": ("tA tB fF", 2, 0, 0), "os-index-wrong": ("fB tA", 0, 0, 0),
    "os-index-other": ("tA fB", 1, 0, 0), "os-index-range": ("fB tA", 5, 0, 0), "os-label": ("fA fB", 0, 0, 0), "os-label-rival": ("fB fA", 0, 0, 0),
    "os-n-less": ("tA tB", 1, -1, 0), "os-n-less0": ("tB tA", 0, -1, 0), "os-n-more": ("tA tB", 1, 1, 0), "os-n-more0": ("tB tA", 0, 1, 0), "os-n-zero": ("tA tB", 0, -2, 0),
    "os-n-big": ("tA fB", 0, 9, 0), "os-first-plus": ("tA tB", 0, 0, 2), "os-first-body": ("tA tB", 0, 0, 1000), "os-first-minus": ("tA tB", 0, 0, -1), "os-first-zero": ("tA tB", 0, 0, -1000),
    "os-swap": ("tA fB", 0, 0, "swap"), "os-swap-1": ("fB tA", 1, 0, "swap"), "os-same-offset": ("tA fB", 0, 0, "same"), "os-thrice": ("tA tB tA", 2, 0, 0), "os-thrice-1": ("tA tB tA", 1, 0, 0),
    "os-gap": ("tA tB", 0, 0, "gap"), "os-obj": ("tA tB", 0, 0, "obj"),
}
HOLDERS = ["holder-first", "holder-last", "holder-update", "holder-two", "holder-two-rival", "extends", "extends-rival", "extends-entry", "holder-plain", "holder-nested"]
HYBRIDS = ["hy-both", "hy-both-rival", "hy-free", "hy-marked", "hy-other-stream", "hy-real", "hy-indirect", "hy-off", "hy-root", "hy-size", "hy-update"]
ROOTS = ["root-trailers", "root-trailers-rival", "root-twice", "root-twice-rival", "root-sections", "root-sections-rival", "root-update", "root-gen", "root-trailer-comment",
         "root-trailer-behind", "root-trailer-front"]
KEYS = ["keys-twice", "keys-twice-rival", "keys-escaped", "keys-escaped-rival", "keys-nested", "keys-null"]
LENGTHS = ["length-short", "length-long", "length-twice", "length-indirect", "length-rival"]
OTHERS = ["mid-number", "wrong-number", "wrong-number-rival", "comment-before", "two-headers", "reference-gen", "beyond-size", "beyond-size-rival", "free-rival"]
HONEST = ["none", "update", "attached", "attached-update", "removed"]


def allowed(spec):
    """Whether the parts fit together."""
    shadow, target, form = spec.shadow, spec.target, spec.form
    if target == "contents" and form in ("objstm", "hybrid"):
        return False  # a stream is never in an object stream
    if spec.signed and (target not in ("catalog", "form") or target == "form" and spec.signed == "certified"):
        return False
    if not spec.signed and target == "form":
        return False
    if any(form not in DAMAGES[damage][0] for damage in spec.damages):
        return False
    names = [next(iter(DAMAGES[damage][1])) for damage in spec.damages]
    if len(set(names)) < len(names) or "prev" in names and not updated(shadow):
        return False
    if shadow in OBJSTM or shadow in HOLDERS:
        return form == "objstm"
    if shadow in HYBRIDS:
        return form == "hybrid"
    if shadow in ROOTS:
        return target == "catalog" and form in ("table", "stream") and (form == "table" or shadow not in ROOTS[-3:])
    if shadow in KEYS or shadow in LENGTHS:
        return form in ("table", "stream") and target != "form" and (target == "contents") == (shadow in LENGTHS)
    return form in ("table", "stream") or shadow not in (*DOUBLED, *GENERATIONS, *OTHERS)


def updated(shadow):
    return "update" in shadow or shadow in ("removed", "root-sections", "root-sections-rival", "hy-update")


def twice(target, body, shadow):
    """The object with a key that leads to A and to B."""
    key, a, b = {"catalog": ("Pages", " 3 0 R", " 8 0 R"), "pages": ("Kids", "[4 0 R]", "[9 0 R]"), "page": ("Contents", " 5 0 R", " 6 0 R"),
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


class Writer:
    """Writes a document of a `Spec`."""

    def __init__(self, spec):
        self.spec, self.data, self.base = spec, bytearray(), 0
        self.knobs = {knob: value for damage in spec.damages for knob, value in DAMAGES[damage][1].items()}
        self.numbers = dict(NUMBERS)
        if "size-target" in spec.damages or spec.shadow.startswith("beyond"):
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
        spec, shadow, t = self.spec, self.spec.shadow, self.target
        if front := self.knobs.get("front"):
            self.data += junk(*front[:2])
            self.base = len(self.data) if front[2] else 0
        self.data += HEADER
        if shadow in ROOTS and shadow == "root-trailer-front":
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
        self.unlisted("behindeof")
        if size := self.knobs.get("junk"):
            self.put(junk(*size))
        return bytes(self.data)

    def unlisted(self, place):
        if self.place == place:
            generation, spelling = (self.spelling, "") if isinstance(self.spelling, int) else (0, self.spelling)
            self.define(self.target, self.rival, generation, spelling)

    def first_revision(self, section):
        spec, shadow, t = self.spec, self.spec.shadow, self.target
        for number in sorted(self.own):
            body = self.own[number]
            if number != t:
                section.entries[number] = Entry("n", self.define(number, body))
                continue
            if spec.form in ("objstm", "hybrid"):
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
            section.entries[t] = Entry("n", self.put(f"% {t} 0 obj {self.rival.decode('latin-1')}".replace("\n", " ").encode("latin-1") + b"\n"))
            self.define(t, body)
        elif shadow == "two-headers":
            section.entries[t] = Entry("n", self.put(f"{t} 0 obj\n".encode()) if self.spec.target != "contents" else len(self.data) - self.base)
            self.put(f"{t} 0 obj\n".encode() + body + b"\n" + self.rival + b"\nendobj\n")
        elif shadow == "reference-gen":
            section.entries[t] = Entry("n", self.define(t, body))
            self.define(t, self.rival, 1)
            if self.spec.target == "catalog":
                self.root = f"{t} 1 R"
            else:
                self.define(FILLER, b"null")
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
        spec, shadow, t, rival = self.spec, self.spec.shadow, self.target, self.rival
        bodies = {"A": body, "B": rival, "F": b"(filler)"}
        layout, index, rows, first = OBJSTM.get(shadow, ("tA fF", 0, 0, 0))
        pairs = [(t if n == "t" else FILLER + i * (n != "t") * 10, bodies[b]) for i, (n, b) in enumerate(layout.split())]
        plain = {"holder-first": rival, "holder-last": rival}
        held = objstm([(t, rival), (FILLER, b"(filler)")])
        number = HOLDER
        if shadow == "holder-first":
            self.define(HOLDER, held)
        keys, second = "", None
        if shadow.startswith("extends") or shadow.startswith("holder-two"):
            second = section.entries[22] = Entry("n", self.define(22, objstm([(t, rival)])))
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
                section.plain = Entry("n", self.define(t, rival if shadow == "hy-both" else rival))
                if shadow == "hy-both-rival":
                    section.plain = Entry("n", self.define(t, body))
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
            section.entries[INFO] = Entry("n", self.define(INFO, b"<</Title(" + (b"<" if shadow == "hexlike" else b"") + b"\n" + escaped + b")>>"))

    def update(self, old):
        """A second revision: one that lists the rival, one that only surrounds it, or one that has nothing to do with it."""
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
        self.close(section, update=True)

    # ── cross-reference ──

    def close(self, section, update=False):
        spec, shadow, k = self.spec, self.spec.shadow, self.knobs
        last = update or not updated(shadow)
        k = k if last else {}
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
        if (pad := k.get("pad")) and (spec.form != "hybrid" or update):
            self.put(pad[0].encode())
        offset = len(self.data) - self.base
        words = {"n": highest + 1, "less": highest, "more": highest + 4, "target": self.target, "third": 6, "prev": prev, "prev1": prev + 1, "before": prev - 1,
                 "self": offset}
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
        if spec.form in ("table", "hybrid"):
            if spec.form == "hybrid" and not update:
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
            section.entries[ROOT_B] = Entry("n", self.define(ROOT_B, self.rival if self.spec.target == "catalog" else self.own[self.numbers["catalog"]]))
        hidden.trailer = [("Size", "3" if shadow == "hy-size" else str(self.highest + 9)), ("Root", root)]
        self.highest += 8
        at = self.stream_section(hidden, {}, XREF, own_entry=False)
        value = {"hy-real": f"{at}.0", "hy-indirect": "24 0 R", "hy-off": str(at - 2)}.get(shadow, str(at))
        if shadow == "hy-indirect":
            section.entries[24] = Entry("n", self.define(24, str(at).encode()))
        if shadow in ("hy-real", "hy-indirect", "hy-off"):  # whether the stream is found decides
            section.entries[t] = Entry("n", self.define(t, self.rival))
        section.trailer = [*[pair for pair in section.trailer if pair[0] != "Size"], ("Size", str(self.highest + 1)), ("XRefStm", value)] \
            if "size" not in self.knobs else [*section.trailer, ("XRefStm", value)]
        if shadow in HYBRIDS or "size" in self.knobs:  # in one section
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


# ── the list ──

def specs():
    """All documents, controls first, then shadows alone, then products."""
    rng = random.Random(20261130)
    shadows = [*UNLISTED, *WITHIN, *DOUBLED, *GENERATIONS, *OBJSTM, *HOLDERS, *HYBRIDS, *ROOTS, *KEYS, *LENGTHS, *OTHERS, "update"]
    honest_damages = ["", "x-filter-flate", "junk-sp200", "sx-cr", "x-w-wide", "front-nl1-from-header"]
    for shadow in HONEST:
        for target in TARGETS:
            for form in FORMS:
                for damage in honest_damages:
                    yield Spec(shadow, target, form, (damage,) if damage else (), honest=True)
    for shadow in shadows:
        for target in TARGETS:
            for form in FORMS:
                if (shadow, form) != ("update", "table"):
                    yield Spec(shadow, target, form)
    basic = ["unlisted-first", "unlisted-last", "update", "unlisted-update"]
    for damage in DAMAGES:
        for form in FORMS:
            targets = rng.sample(TARGETS, 2)
            for shadow in basic:
                for target in targets:
                    yield Spec(shadow, target, form, (damage,))
    damages = list(DAMAGES)
    for shadow in shadows:
        for damage in rng.sample(damages, 40):
            yield Spec(shadow, rng.choice(TARGETS), rng.choice(FORMS), (damage,))
    for _ in range(4000):
        yield Spec(rng.choice([*basic, rng.choice(shadows)]), rng.choice(TARGETS), rng.choice(FORMS), tuple(rng.sample(damages, 2)))
    for signed in ("certified", "approved"):
        for shadow in shadows:
            for form in FORMS:
                for damage in ["", *rng.sample(damages, 4)]:
                    yield Spec(shadow, "catalog" if signed == "certified" else rng.choice(["catalog", "form"]), form,
                               (damage,) if damage else (), signed)


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
