"""The kinds of documents: shadows, targets, forms and damages, and the list of their products."""
import random
from dataclasses import dataclass
from functools import cache
from itertools import product

FORMS = ["table", "stream", "objstm", "hybrid", "table-stream", "stream-table", "objstm-table"]
TARGETS = ["catalog", "pages", "page", "contents", "widget"]


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
    def forms(self):
        """Form of the first revision, and of the newest."""
        return self.form.split("-")[0], self.form.split("-")[-1]

    @property
    def name(self):
        parts = [self.shadow, self.target, self.form, "+".join(self.damages) or "intact", self.signed]
        return ("honest." if self.honest else "") + ".".join(part for part in parts if part)

    @property
    def kinds(self):
        return [self.shadow, *self.damages] + ([f"signed:{self.signed}"] if self.signed else [])


# ── damage: of the newest section, or with `@old` of the first of two ──

def knobs(groups):
    """{name: (forms, {knob: value})} of {prefix: (forms, knob, {suffix: value})}."""
    return {f"{prefix}-{suffix}" if suffix else prefix: (forms, {knob: value})
            for prefix, (forms, knob, values) in groups.items() for suffix, value in values.items()}


TABLES, STREAMS, ALL = ["table", "hybrid"], ["stream", "objstm"], FORMS[:4]
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
    "size": (ALL, "size", {"small": "{third}", "target": "{target}", "one": "1", "zero": "0", "less1": "{less}", "more": "{more}",
                           "real": "{n}.0",
                           "negative": "-1", "none": None, "huge": "99999999", "indirect": "6 0 R"}),
    "root": (ALL, "root", {"generation": "2 1 R", "missing": "77 0 R", "none": None, "direct": "<</Type/Catalog/Pages 8 0 R>>",
                           "spaced": "2  0\nR"}),
    "prev": (ALL, "prev", {"real": "{prev}.0", "indirect": "21 0 R", "self": "{self}", "zero": "0", "negative": "-1",
                           "none": None, "huge": "99999999",
                           "off1": "{prev1}", "string": "({prev})", "before": "{before}", "null": "null", "twice": "{prev}/Prev 0"}),
    "sx": (ALL, "startxref", {
        "comment": "startxref %{prev}\n{o}\n%%EOF\n", "number-comment": "startxref\n{o} %{prev}\n%%EOF\n",
        "commented": "startxref\n{o}\n%startxref\n%{prev}\n%%EOF\n",
        "commented-after": "startxref\n{o}\n%%EOF\n%startxref\n{prev}\n%%EOF\n", "two": "startxref\n{prev}\nstartxref\n{o}\n%%EOF\n",
        "two-after": "startxref\n{o}\n%%EOF\nstartxref\n{prev}\n%%EOF\n",
        "two-before": "startxref\n{o}\n%%EOF\nstartxref %{o}\n{prev}\n%%EOF\n",
        "two-noeof": "startxref\n{o}\n%%EOF\nstartxref\n{prev}\n", "nonumber-after": "startxref\n{o}\n%%EOF\nstartxref\n%%EOF\n",
        "minus1": "startxref\n{o-1}\n%%EOF\n", "minus7": "startxref\n{o-7}\n%%EOF\n", "plus1": "startxref\n{o+1}\n%%EOF\n",
        "plus2": "startxref\n{o+2}\n%%EOF\n",
        "plus4": "startxref\n{o+4}\n%%EOF\n", "minus30": "startxref\n{o-30}\n%%EOF\n", "zero": "startxref\n0\n%%EOF\n",
        "huge": "startxref\n99999999\n%%EOF\n", "negative": "startxref\n-1\n%%EOF\n",
        "missing": "%%EOF\n", "nothing": "", "noeof": "startxref\n{o}\n", "real": "startxref\n{o}.0\n%%EOF\n",
        "plus": "startxref\n+{o}\n%%EOF\n",
        "zeros": "startxref\n000000{o}\n%%EOF\n", "glued": "startxref{o}\n%%EOF\n", "oneline": "startxref {o} %%EOF\n",
        "upper": "STARTXREF\n{o}\n%%EOF\n",
        "blank": "startxref\n\n\n   {o}\n%%EOF\n", "far-number": "startxref" + " " * 1100 + "{o}\n%%EOF\n",
        "word": "xstartxref\n{prev}\nstartxref\n{o}\n%%EOF\n",
        "indirect": "startxref\n6 0 R\n%%EOF\n", "cr": "startxref\r{o}\r%%EOF\r",
        "string": "startxref\n{o}\n%%EOF\n(startxref\n{prev}\n%%EOF)\n",
        "object": "startxref\n{o}\n%%EOF\n99 0 obj (startxref) {prev} endobj\n", "prev": "startxref\n{prev}\n%%EOF\n"}),
    "pad": (ALL, "pad", {"spaces": ("          \n", 5), "comment": ("% xref 0 1\n", 11), "newlines": ("\n\n\n\n", 2), "word": ("x", 1),
                         "keyword": ("xref\n", 5)}),
    "junk": (ALL, "junk", {f"{w}{s}": (w, s) for w in ("sp", "zero", "cmt", "nl", "text")
                           for s in (200, 900, 1000, 1025, 1100, 3000, 20000, 66000)}),
    "front": (ALL, "front", {f"{w}{s}-{f}": (w, s, f == "from-header") for w in ("nl", "text") for s in (1, 100, 1000, 1100)
                             for f in ("from-header", "from-start")}),
    "endobj": (ALL, "endobj", {"missing": b"\n", "glued": b"endobj ", "upper": b"\nENDOBJ\n"}),
})


# ── shadows: where the rival is ──

SPELLINGS = {"": "{n} {g} obj\n", "sp": "{n}  {g} obj\n", "nl": "{n}\n{g}\nobj\n", "zeros": "0{n} {g} obj\n",
             "zerogen": "{n} 0{g} obj\n", "tab": "{n}\t{g}\tobj ",
             "glued": "{n} {g} obj", "comment": "{n} {g} %c\nobj\n", "plus": "+{n} {g} obj\n", "gluedobj": "{n} {g}obj\n",
             "cr": "{n} {g} obj\r",
             "nul": "{n}\0{g}\0obj\n", "ff": "{n}\f{g}\fobj\f", "zeros10": "0000000000{n} {g} obj\n", "inline": "x {n} {g} obj\n",
             "line": "junk junk {n} {g} obj\n"}
PLACES = ["first", "last", "behindxref", "behindeof", "update", "behindstart"]
UNLISTED = {f"unlisted-{place}{'-' if s else ''}{s}": (place, s) for place in PLACES for s in SPELLINGS
            if place in ("first", "last", "update") or not s}
UNLISTED |= {f"unlisted-gen{g}-{place}": (place, g) for g in (1, 2, 65535) for place in PLACES[:5]}
WITHIN = {"attached": "listed stream", "attached-update": "listed stream of an update", "unlisted-stream": "unlisted stream",
          "comment": "comment",
          "string": "string", "hexlike": "string", "stream-lie": "listed stream with a short /Length", "string-open": "string"}
DOUBLED = ["doubled-late", "doubled-early"]
GENERATIONS = {f"gen-h{h}-x{x}-{where}": (h, x, where) for h in (0, 1, 2) for x in (0, 1, 2)
               for where in ("same", "update") if (h, x) != (0, 0)}
OBJSTM = {  # pairs of (number, body) in the object stream; index of the target's entry; change of /N and /First; see objstm()
    "os-twice-0": ("tA tB", 0, 0, 0), "os-twice-1": ("tA tB", 1, 0, 0), "os-twice-order-0": ("tB tA", 0, 0, 0),
    "os-twice-order-1": ("tB tA", 1, 0, 0),
    "os-twice-third": ("fF tA tB", 1, 0, 0), "os-twice-third-2": ("fF tA tB", 2, 0, 0), "os-twice-none": ("tA tB fF", 2, 0, 0),
    "os-index-wrong": ("fB tA", 0, 0, 0),
    "os-index-other": ("tA fB", 1, 0, 0), "os-index-range": ("fB tA", 5, 0, 0), "os-label": ("fA fB", 0, 0, 0),
    "os-label-rival": ("fB fA", 0, 0, 0),
    "os-n-less": ("tA tB", 1, -1, 0), "os-n-less0": ("tB tA", 0, -1, 0), "os-n-more": ("tA tB", 1, 1, 0),
    "os-n-more0": ("tB tA", 0, 1, 0), "os-n-zero": ("tA tB", 0, -2, 0),
    "os-n-big": ("tA fB", 0, 9, 0), "os-first-plus": ("tA tB", 0, 0, 2), "os-first-body": ("tA tB", 0, 0, 1000),
    "os-first-minus": ("tA tB", 0, 0, -1), "os-first-zero": ("tA tB", 0, 0, -1000),
    "os-swap": ("tA fB", 0, 0, "swap"), "os-swap-1": ("fB tA", 1, 0, "swap"), "os-same-offset": ("tA fB", 0, 0, "same"),
    "os-thrice": ("tA tB tA", 2, 0, 0), "os-thrice-1": ("tA tB tA", 1, 0, 0),
    "os-gap": ("tA tB", 0, 0, "gap"), "os-obj": ("tA tB", 0, 0, "obj"),
}
HOLDERS = ["holder-first", "holder-last", "holder-update", "holder-two", "holder-two-rival", "extends", "extends-rival",
           "extends-entry", "holder-plain", "holder-nested"]
HYBRIDS = ["hy-both", "hy-both-rival", "hy-free", "hy-marked", "hy-other-stream", "hy-real", "hy-indirect", "hy-off", "hy-root",
           "hy-size", "hy-update"]
ROOTS = ["root-trailers", "root-trailers-rival", "root-twice", "root-twice-rival", "root-sections", "root-sections-rival",
         "root-update", "root-gen", "root-trailer-comment",
         "root-trailer-behind", "root-trailer-front"]
KEYS = ["keys-twice", "keys-twice-rival", "keys-escaped", "keys-escaped-rival", "keys-nested", "keys-null"]
LENGTHS = ["length-short", "length-long", "length-twice", "length-indirect", "length-rival"]
LINEARIZED = ["lin-rival-first", "lin-rival-first-length", "lin-rival-main", "lin-root", "lin-root-main"]
ORIGINS = ["origins", "origins-spaces", "origins-swapped"]
OTHERS = ["mid-number", "wrong-number", "wrong-number-rival", "comment-before", "two-headers", "reference-gen", "beyond-size",
          "beyond-size-rival", "free-rival", "free-update"]
HONEST = ["none", "update", "attached", "attached-update", "removed", "reused-update", "three-update", "linearized"]


def damage_of(name):
    """The forms and the knobs of a damage."""
    return DAMAGES[name.removesuffix("@old")]


def updated(shadow):
    """Whether the document has two revisions."""
    return "update" in shadow or shadow in ("removed", "root-sections", "root-sections-rival")


def allowed(spec):
    """Whether the parts fit together."""
    shadow, target, form, (old, new) = spec.shadow, spec.target, spec.form, spec.forms
    two = updated(shadow)
    if target == "contents" and old in ("objstm", "hybrid"):
        return False  # a stream is never in an object stream
    if target == "form" and spec.signed != "approved" or spec.signed and target not in ("catalog", "form"):
        return False
    if old != new and (not two or shadow in (*HYBRIDS, *ROOTS)):
        return False
    places = set()
    for damage in spec.damages:
        first = damage.endswith("@old")
        forms, values = damage_of(damage)
        (knob,) = values
        if (old if first else new) not in forms or (first or knob == "prev") and not two:
            return False
        if first and knob in ("front", "junk", "endobj", "prev"):  # these belong to the whole file, or to a later section
            return False
        if (knob, first) in places:
            return False
        places.add((knob, first))
    if shadow in OBJSTM or shadow in HOLDERS:
        return old == "objstm"
    if shadow in HYBRIDS:
        return old == "hybrid"
    if shadow in ROOTS:
        return target == "catalog" and form in ("table", "stream") and (form == "table" or shadow not in ROOTS[-3:])
    if shadow in KEYS or shadow in LENGTHS:
        return form in ("table", "stream") and not spec.signed and (target == "contents") == (shadow in LENGTHS)
    if shadow in LINEARIZED or shadow == "linearized":
        return form == "table" and not spec.signed and (target == "catalog" or "root" not in shadow) and \
            all(damage.startswith("junk") for damage in spec.damages) and not (spec.honest and spec.damages)
    if shadow in ORIGINS:
        return form in ALL and not spec.signed
    return old in ("table", "stream") or shadow not in (*DOUBLED, *GENERATIONS, *OTHERS)


# ── the list ──

def specs():
    """All documents, controls first, then shadows alone, then products."""
    rng = random.Random(20261130)
    shadows = [*UNLISTED, *WITHIN, *DOUBLED, *GENERATIONS, *OBJSTM, *HOLDERS, *HYBRIDS, *ROOTS, *KEYS, *LENGTHS, *LINEARIZED,
               *ORIGINS, *OTHERS, "update"]
    basic = ["unlisted-first", "unlisted-last", "update", "unlisted-update"]
    everything = lambda names: product(names, TARGETS, FORMS)  # noqa: E731
    for shadow, target, form in everything(HONEST):
        for damage in ["", "x-filter-flate", "junk-sp200", "sx-cr", "x-w-wide", "front-nl1-from-header"]:
            yield Spec(shadow, target, form, (damage,) if damage else (), honest=True)
    for shadow, target, form in everything(shadows):
        yield Spec(shadow, target, form)
    for form, shadow in product(FORMS, basic):
        for damage in fitting(form, updated(shadow)):
            if form in ALL and "@" not in damage or rng.random() < 0.3:
                yield Spec(shadow, rng.choice(TARGETS), form, (damage,))
    for shadow in shadows:
        for _ in range(12):
            yield drawn(rng, shadow, rng.choice(TARGETS), 1)
    for _ in range(3000):
        yield drawn(rng, rng.choice([*basic, rng.choice(shadows)]), rng.choice(TARGETS), 2)
    for signed, shadow in product(("certified", "approved"), shadows):
        for count in (0, 0, 1, 1, 1, 2):
            yield drawn(rng, shadow, "catalog" if signed == "certified" else rng.choice(["catalog", "form"]), count, signed)


@cache
def fitting(form, two):
    """Damages that fit a form, of a document with one revision or two."""
    shadow = "update" if two else "unlisted-first"
    return [damage for name in DAMAGES for damage in (name, f"{name}@old") if allowed(Spec(shadow, "catalog", form, (damage,)))]


def drawn(rng, shadow, target, count, signed=""):
    """A document with random damages, in a random form that the shadow and the target allow if there is one."""
    forms = [form for form in FORMS if allowed(Spec(shadow, target, form, (), signed))] or ALL
    form = rng.choice(forms)
    return Spec(shadow, target, form, tuple(rng.sample(fitting(form, updated(shadow)), count)), signed)
