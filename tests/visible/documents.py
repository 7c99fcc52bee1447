"""Documents to sign visibly, as bytes by name: CONFORMING and GEOMETRY below.

Made with the standard library of Python, the same bytes each time. Those of CONFORMING claim to be PDF/A or PDF/UA; their text is set in
the built-in font of the drawing, embedded whole.
"""
import struct
import sys
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "documents"))

import plain  # noqa: E402
from plain import Document, stream  # noqa: E402

FONT = (HERE.parent.parent / "crates/appearance/fonts/NotoSans-Regular.ttf").read_bytes()
TEXT = [("H1", "Contract of sale"), ("P", "The seller transfers the goods to the buyer."), ("H2", "Price"), ("P", "The buyer pays 1,200 euro.")]
PDF_2 = b"http://iso.org/pdf2/ssn"


# The font, by its tables (ISO/IEC 14496-22)

def tables(font):
    count, = struct.unpack(">H", font[4:6])
    rows = (struct.unpack(">4s3L", font[12 + 16 * row:28 + 16 * row]) for row in range(count))
    return {tag.decode(): font[start:start + length] for tag, _, start, length in rows}


def glyphs(cmap):
    """Glyphs by code point, from a subtable of format 4."""
    for row in range(struct.unpack(">H", cmap[2:4])[0]):
        platform, encoding, start = struct.unpack(">HHL", cmap[4 + 8 * row:12 + 8 * row])
        if (platform, encoding) == (3, 1):
            break
    table = cmap[start:]
    count = struct.unpack(">H", table[6:8])[0] // 2
    ends, starts, deltas, offsets = (struct.unpack(f">{count}H", table[at:at + 2 * count])
                                     for at in (14, 16 + 2 * count, 16 + 4 * count, 16 + 6 * count))
    found = {}
    for number, (end, first, delta, offset) in enumerate(zip(ends, starts, deltas, offsets, strict=True)):
        for code in range(first, end + 1):
            at = 16 + 6 * count + 2 * number + offset + 2 * (code - first)
            glyph = struct.unpack(">H", table[at:at + 2])[0] if offset else code
            found[code] = (glyph + delta) & 0xFFFF if glyph or not offset else 0
    return found


def font_objects(document):
    """Adds the font as a simple one in WinAnsi. Returns its number."""
    table = tables(FONT)
    units, = struct.unpack(">H", table["head"][18:20])
    box = [1000 * edge // units for edge in struct.unpack(">4h", table["head"][36:44])]
    ascent, descent = (1000 * edge // units for edge in struct.unpack(">2h", table["hhea"][4:8]))
    metrics, = struct.unpack(">H", table["hhea"][34:36])
    known = glyphs(table["cmap"])
    advance = lambda code: struct.unpack(">H", table["hmtx"][4 * min(known.get(code, 0), metrics - 1):][:2])[0]  # noqa: E731
    widths = b" ".join(b"%.3f" % (1000 * advance(code) / units) for code in range(32, 127))
    file = document.add(stream(zlib.compress(FONT, 9), b"/Filter/FlateDecode/Length1 %d" % len(FONT)))
    descriptor = document.add(b"<</Type/FontDescriptor/FontName/NotoSans/Flags 32/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d"
                              b"/CapHeight 714/StemV 80/FontFile2 %d 0 R>>" % (*box, ascent, descent, file))
    return document.add(b"<</Type/Font/Subtype/TrueType/BaseFont/NotoSans/Encoding/WinAnsiEncoding/FirstChar 32/LastChar 126/Widths[%b]"
                        b"/FontDescriptor %d 0 R>>" % (widths, descriptor))


# The output intent

def icc_profile():
    """sRGB's primaries with a gamma of 2.2, as version 2 of ICC.1."""
    number = lambda value: struct.pack(">l", round(value * 65536))  # noqa: E731
    xyz = lambda *values: b"XYZ \0\0\0\0" + b"".join(map(number, values))  # noqa: E731
    name = b"sRGB, gamma 2.2\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">L", len(name)) + name + bytes(78),
        b"cprt": b"text\0\0\0\0Public domain\0",
        b"wtpt": xyz(0.9505, 1, 1.0891),
        b"rXYZ": xyz(0.4361, 0.2225, 0.0139), b"gXYZ": xyz(0.3851, 0.7169, 0.0971), b"bXYZ": xyz(0.1431, 0.0606, 0.7141),
        b"rTRC": b"curv\0\0\0\0" + struct.pack(">LH", 1, 0x0233), b"gTRC": b"curv\0\0\0\0" + struct.pack(">LH", 1, 0x0233),
        b"bTRC": b"curv\0\0\0\0" + struct.pack(">LH", 1, 0x0233),
    }
    directory, data = struct.pack(">L", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, value in tags.items():
        directory += tag + struct.pack(">LL", start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    header = struct.pack(">L4sL4s4s4s6H4s4sL4s4sQL", start + len(data), b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ ",
                         2020, 1, 1, 0, 0, 0, b"acsp", b"none", 0, b"none", b"none", 0, 0)
    header += number(0.9642) + number(1) + number(0.8249)
    return header + bytes(128 - len(header)) + directory + data


# Conforming documents

# pdfuaid is none of the schemas that PDF/A-1 to 3 know, and is described in the document (ISO 19005-2, 6.6.2.3.3).
UA_SCHEMA = b"""<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of the standard</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>
</pdfaExtension:schemas></rdf:Description>
"""


def metadata(part_a, level, part_ua):
    claims = b""
    if part_a:
        revision = b"<pdfaid:rev>2020</pdfaid:rev>" if part_a == 4 else b""
        conformance = b"<pdfaid:conformance>%b</pdfaid:conformance>" % level.upper().encode() if level else b""
        claims += (b'<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>%d</pdfaid:part>%b%b'
                   b"</rdf:Description>\n" % (part_a, revision, conformance))
    if part_ua:
        revision = b"<pdfuaid:rev>2024</pdfuaid:rev>" if part_ua == 2 else b""
        claims += (b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>%d</pdfuaid:part>%b'
                   b"</rdf:Description>\n" % (part_ua, revision))
        claims += UA_SCHEMA if part_a in (1, 2, 3) else b""
    return stream(b"""<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Contract</rdf:li></rdf:Alt></dc:title></rdf:Description>
%b</rdf:RDF></x:xmpmeta>
<?xpacket end='w'?>""" % claims, b"/Type/Metadata/Subtype/XML")


def page_content(tagged, has_intent):
    """Text, black in the device's colour where an output intent says which that is, else in a calibrated one."""
    out = b"" if has_intent else b"/C0 cs 0 sc\n"
    for number, (kind, line) in enumerate(TEXT):
        size = 16 if kind == "H1" else 11
        shown = b"BT /F1 %d Tf 72 %d Td (%b) Tj ET\n" % (size, 760 - 24 * number, line.encode())
        out += b"/%b <</MCID %d>> BDC\n%bEMC\n" % (kind.encode(), number, shown) if tagged else shown
    return stream(out)


def conforming(part_a=None, level="", part_ua=None, intent=False, shape="direct", pages=2):
    """A document that claims part and level of PDF/A, part of PDF/UA, or both. `shape` is that of its structure: see `structure`."""
    tagged = level == "a" or part_ua is not None
    version = b"1.4" if part_a == 1 else b"2.0" if part_a == 4 or part_ua == 2 else b"1.7"
    document = Document(version)
    catalog, tree = document.add(b""), document.add(b"")
    font = font_objects(document)
    grey = document.add(b"[/CalGray<</WhitePoint[0.9505 1 1.089]/Gamma 2.2>>]")
    entries = b"/Metadata %d 0 R/Lang(en)" % document.add(metadata(part_a, level, part_ua))
    entries += b"/ViewerPreferences<</DisplayDocTitle true>>" if part_ua else b""
    if intent:
        profile = document.add(stream(zlib.compress(icc_profile(), 9), b"/N 3/Filter/FlateDecode"))
        entries += (b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB)/DestOutputProfile %d 0 R>>]"
                    % profile)
    kids = []
    for number in range(pages):
        content = document.add(page_content(tagged, intent))
        parents = b"/StructParents %d/Tabs/S" % number if tagged else b""
        kids.append(document.add(b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595.276 841.89]/Resources<</Font<</F1 %d 0 R>>/ColorSpace<</C0 %d 0 R>>>>"
                                 b"/Contents %d 0 R%b>>" % (tree, font, grey, content, parents)))
    if tagged:
        entries += b"/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R" % structure(document, kids, shape, part_ua == 2)
    document.bodies[catalog] = b"<</Type/Catalog/Pages %d 0 R%b>>" % (tree, entries)
    document.bodies[tree] = b"<</Type/Pages/Kids[%b]/Count %d>>" % (references(kids), pages)
    return document.table(catalog)


def references(numbers):
    return b" ".join(b"%d 0 R" % number for number in numbers)


def structure(document, pages, shape, namespaced):
    """Adds the structure of the pages. Returns the number of its root.

    direct      the arrays are within their dictionaries
    indirect    arrays of children and of the parent tree are objects of their own
    kids        the parent tree has a leaf for each page, and no `/ParentTreeNextKey` says how it goes on
    flat        headings and paragraphs are children of the root
    """
    root = document.add(b"")
    space = b"/NS %d 0 R" % document.add(b"<</Type/Namespace/NS(%b)>>" % PDF_2) if namespaced else b""
    top = root if shape == "flat" else document.add(b"")
    leaves, children = [], []
    for page in pages:
        elements = [document.add(b"<</Type/StructElem/S/%b/P %d 0 R/Pg %d 0 R/K %d%b>>" % (kind.encode(), top, page, number, space))
                    for number, (kind, _) in enumerate(TEXT)]
        children += elements
        leaves.append(references(elements))
    numbers = [b"%d[%b]" % leaf for leaf in enumerate(leaves)]
    next_key = b"/ParentTreeNextKey %d" % len(pages)
    kids = b"[%b]" % references(children)
    if shape == "indirect":
        kids = b"%d 0 R" % document.add(kids)
        tree = b"<</Nums %d 0 R>>" % document.add(b"[%b]" % b"".join(numbers))
    elif shape == "kids":
        nodes = [document.add(b"<</Limits[%d %d]/Nums[%b]>>" % (number, number, leaf)) for number, leaf in enumerate(numbers)]
        tree, next_key = b"<</Kids[%b]>>" % references(nodes), b""
    else:
        tree = b"<</Nums[%b]>>" % b"".join(numbers)
    tree = document.add(tree)
    if shape == "flat":
        below = kids
    else:
        document.bodies[top] = b"<</Type/StructElem/S/Document/P %d 0 R/K %b%b>>" % (root, kids, space)
        below = b"%d 0 R" % top if shape == "direct" else b"[%d 0 R]" % top
    spaces = b"/Namespaces[%b]" % space.removeprefix(b"/NS ") if namespaced else b""
    document.bodies[root] = b"<</Type/StructTreeRoot/K %b/ParentTree %d 0 R%b%b>>" % (below, tree, next_key, spaces)
    return root


CLAIMS = {
    "1a": {"part_a": 1, "level": "a"},
    "1b": {"part_a": 1, "level": "b"},
    "2a": {"part_a": 2, "level": "a", "shape": "kids"},
    "2b": {"part_a": 2, "level": "b"},
    "2u": {"part_a": 2, "level": "u"},
    "3a": {"part_a": 3, "level": "a", "shape": "flat"},
    "3b": {"part_a": 3, "level": "b"},
    "4": {"part_a": 4},
    "ua1": {"part_ua": 1, "shape": "indirect"},
    "ua2": {"part_ua": 2},
    "2a-ua1": {"part_a": 2, "level": "a", "part_ua": 1},
    "4-ua2": {"part_a": 4, "part_ua": 2, "shape": "kids"},
}

CONFORMING = {f"{name}{'-intent' if intent else ''}": (lambda claim=claim, intent=intent: conforming(**claim, intent=intent))
              for name, claim in CLAIMS.items() for intent in (False, True)}


# Pages of every shape

def shaped(page, tree=b""):
    """A page with these entries, and some of its own in the node above. Nothing is on it: what is seen is the signature."""
    document = Document()
    document.add(b"<</Type/Catalog/Pages 2 0 R>>")
    document.add(b"<</Type/Pages/Kids[3 0 R]/Count 1%b>>" % tree)
    document.add(b"<</Type/Page/Parent 2 0 R/Resources<<>>%b>>" % page)
    return document.table(1)


# The size of each page as it is seen is 400 by 300 points.
UPRIGHT, TURNED = b"/MediaBox[0 0 400 300]", b"/MediaBox[0 0 300 400]"
GEOMETRY = {
    "upright": lambda: shaped(UPRIGHT),
    "rotate-0": lambda: shaped(UPRIGHT + b"/Rotate 0"),
    "rotate-90": lambda: shaped(TURNED + b"/Rotate 90"),
    "rotate-180": lambda: shaped(UPRIGHT + b"/Rotate 180"),
    "rotate-270": lambda: shaped(TURNED + b"/Rotate 270"),
    "rotate-450": lambda: shaped(TURNED + b"/Rotate 450"),
    "rotate-negative-90": lambda: shaped(TURNED + b"/Rotate -90"),
    "rotate-negative-180": lambda: shaped(UPRIGHT + b"/Rotate -180"),
    "rotate-inherited": lambda: shaped(b"", TURNED + b"/Rotate 90"),
    "rotate-inherited-and-undone": lambda: shaped(UPRIGHT + b"/Rotate 0", TURNED + b"/Rotate 270"),
    "media-box-offset": lambda: shaped(b"/MediaBox[-100 50 300 350]"),
    "media-box-offset-rotate-90": lambda: shaped(b"/MediaBox[1000 -200 1300 200]/Rotate 90"),
    "media-box-reversed": lambda: shaped(b"/MediaBox[400 300 0 0]"),
    "crop-box-smaller": lambda: shaped(b"/MediaBox[0 0 595 842]/CropBox[50 100 450 400]"),
    "crop-box-smaller-rotate-270": lambda: shaped(b"/MediaBox[0 0 595 842]/CropBox[50 100 350 500]/Rotate 270"),
    "crop-box-larger": lambda: shaped(b"/MediaBox[0 0 400 300]/CropBox[-100 -100 700 700]"),
    "crop-box-overlapping": lambda: shaped(b"/MediaBox[0 0 500 500]/CropBox[100 200 600 600]"),
    "crop-box-inherited": lambda: shaped(b"/MediaBox[0 0 595 842]", b"/CropBox[50 100 450 400]"),
    "user-unit-2": lambda: shaped(b"/MediaBox[0 0 200 150]/UserUnit 2"),
    "user-unit-2-rotate-180": lambda: shaped(b"/MediaBox[0 0 200 150]/UserUnit 2/Rotate 180"),
    "fractions": lambda: shaped(b"/MediaBox[0.5 0.25 400.5 300.25]"),
}


def existing_field(page, rect):
    """A page with an empty signature field."""
    document = Document()
    document.add(b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 1>>>>")
    document.add(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    document.add(b"<</Type/Page/Parent 2 0 R/Resources<<>>/Annots[4 0 R]%b>>" % page)
    document.add(b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Director)/F 4/P 3 0 R/Rect[%b]>>" % rect)
    return document.table(1)


def widget_apart():
    """Two empty fields; the widget of `Director` is an object of its own."""
    document = Document()
    document.add(b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R 6 0 R]/SigFlags 1>>>>")
    document.add(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    document.add(b"<</Type/Page/Parent 2 0 R/Resources<<>>/Annots[5 0 R 6 0 R]%b>>" % UPRIGHT)
    document.add(b"<</FT/Sig/T(Director)/Kids[5 0 R]>>")
    document.add(b"<</Type/Annot/Subtype/Widget/Parent 4 0 R/F 4/P 3 0 R/Rect[40 30 250 90]>>")
    document.add(b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Seller)/F 4/P 3 0 R/Rect[40 130 250 190]>>")
    return document.table(1)


def coloured():
    """A page that is filled with one colour, without a calibration of it."""
    document = Document()
    document.add(b"<</Type/Catalog/Pages 2 0 R>>")
    document.add(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    document.add(b"<</Type/Page/Parent 2 0 R/Resources<<>>/Contents 4 0 R%b>>" % UPRIGHT)
    document.add(stream(b"1 .8 .6 rg 0 0 400 300 re f"))
    return document.table(1)


def optional_content():
    """A page with a part that is shown at times only."""
    document = Document()
    document.add(b"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[5 0 R]/D<<>>>>>>")
    document.add(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    document.add(b"<</Type/Page/Parent 2 0 R/Resources<</Properties<</L0 5 0 R>>>>/Contents 4 0 R%b>>" % UPRIGHT)
    document.add(stream(b"/OC /L0 BDC 0 0 100 100 re f EMC"))
    document.add(b"<</Type/OCG/Name(Layer)>>")
    return document.table(1)


# Of each the box as it is seen is 40, 30, 250, 90.
EXISTING = {
    "existing-upright": lambda: existing_field(UPRIGHT, b"40 30 250 90"),
    "existing-rect-reversed": lambda: existing_field(UPRIGHT, b"250 90 40 30"),
    "existing-rotate-90": lambda: existing_field(TURNED + b"/Rotate 90", b"210 40 270 250"),
    "existing-rotate-180": lambda: existing_field(UPRIGHT + b"/Rotate 180", b"150 210 360 270"),
    "existing-rotate-270": lambda: existing_field(TURNED + b"/Rotate 270", b"30 150 90 360"),
    "existing-crop-box": lambda: existing_field(b"/MediaBox[0 0 595 842]/CropBox[50 100 450 400]", b"90 130 300 190"),
    "existing-user-unit-2": lambda: existing_field(b"/MediaBox[0 0 200 150]/UserUnit 2", b"20 15 125 45"),
}

def source(page, tree=b"", parts=1, streams=False):
    """A page to draw: an arrow and squares, by its colours and a form in resources that it may inherit, in one content stream or several."""
    document = Document()
    resources = b"/Resources<</XObject<</Square 4 0 R>>/ExtGState<</Wide<</LW 8>>>>>>"
    document.add(b"<</Type/Catalog/Pages 2 0 R>>")
    document.add(b"<</Type/Pages/Kids[3 0 R]/Count 1%b%b>>" % (tree, resources if tree else b""))
    contents = [b"q 1 .9 .7 rg -500 -500 3000 3000 re f Q", b"q /Wide gs 0 .4 .2 RG 60 60 m 160 60 l 160 160 l S 160 160 m 130 130 l S Q",
                b"q .8 0 0 rg 80 90 40 20 re f Q q 1 0 0 1 100 120 cm /Square Do Q"]
    if parts == 1:
        contents = [b"\n".join(contents)]
    numbers = range(5, 5 + len(contents))
    streams_of_page = b"5 0 R" if parts == 1 else b"[%b]" % references(numbers)
    document.add(b"<</Type/Page/Parent 2 0 R%b%b/Contents %b>>" % (page, b"" if tree else resources, streams_of_page))
    document.add(stream(b"0 0 .7 rg 0 0 20 20 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 20 20]"))
    for number, content in enumerate(contents):
        document.add(plain.deflated(content, b"") if number % 2 == 0 else stream(content))
    return document.streams(1) if streams else document.table(1)


# Pages that become appearances.
PLAIN = b"/MediaBox[0 0 300 200]"
SOURCES = {
    "source": lambda: source(PLAIN),
    "source-size-of-the-box": lambda: source(b"/MediaBox[0 0 210 60]"),
    "source-rotate-90": lambda: source(PLAIN + b"/Rotate 90"),
    "source-rotate-180": lambda: source(PLAIN + b"/Rotate 180"),
    "source-rotate-270": lambda: source(PLAIN + b"/Rotate -90"),
    "source-inherits": lambda: source(b"", PLAIN + b"/Rotate 90"),
    "source-media-box-offset": lambda: source(b"/MediaBox[40 30 240 230]"),
    "source-crop-box": lambda: source(b"/MediaBox[0 0 300 200]/CropBox[50 50 170 170]"),
    "source-crop-box-rotate-270": lambda: source(b"/MediaBox[0 0 300 200]/CropBox[50 50 250 150]/Rotate 270"),
    "source-user-unit": lambda: source(PLAIN + b"/UserUnit 3"),
    "source-several-streams": lambda: source(PLAIN, parts=3),
    "source-object-streams": lambda: source(PLAIN, parts=3, streams=True),
}

OTHERS = {
    "widget-apart": widget_apart,
    "coloured": coloured,
    "optional-content": optional_content,
    "no-tabs": lambda: conforming(2, "a").replace(b"/Tabs/S", b"/Tabz/S"),
    "not-embedded": lambda: plain.paged().table(1),
}


def write(folder):
    """Writes all documents into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in {**CONFORMING, **GEOMETRY, **EXISTING, **SOURCES, **OTHERS}.items():
        (folder / f"{name}.pdf").write_bytes(make())
