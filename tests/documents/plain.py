"""Documents that the tests sign, as bytes by name: FILES below. Each shows one thing that a signer has to handle.

Uses only the standard library of Python, and gives the same bytes each time.
"""
import zlib

TEXT = ("The signer never sees the key. It reads the tail of the document, follows the cross-reference",
        "sections to the few objects that it has to change, and appends a revision with a hole in it.",
        "What lies around the hole is hashed, the hash goes to the key, and the answer fills the hole.")


def stream(data, entries=b""):
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(data), data)


def deflated(data, entries):
    return stream(zlib.compress(data, 9), entries + b"/Filter/FlateDecode")


def text(lines, tag=None):
    """A content stream; with `tag` each line is a marked content sequence of its own."""
    out = b"BT /F1 11 Tf 14 TL 72 770 Td\n"
    for number, line in enumerate(lines):
        shown = b"(%b) Tj T*\n" % line.encode()
        out += b"/%b <</MCID %d>> BDC\n%bEMC\n" % (tag, number, shown) if tag else shown
    return stream(out + b"ET")


class Document:
    """Numbered objects, written out with one kind of cross-reference or another."""

    def __init__(self, version=b"1.7"):
        self.header = b"%%PDF-%b\n%%\xe2\xe3\xcf\xd3\n" % version
        self.bodies = {}

    def add(self, body):
        number = len(self.bodies) + 1
        self.bodies[number] = body
        return number

    def file(self, numbers):
        """The header and the objects `numbers`, and where each of them starts."""
        out, offsets = self.header, {}
        for number in numbers:
            offsets[number] = len(out)
            out += b"%d 0 obj\n%b\nendobj\n" % (number, self.bodies[number])
        return out, offsets

    def table(self, root, hidden=()):
        """With a cross-reference table, in which the objects `hidden` are free."""
        out, offsets = self.file(number for number in self.bodies if number not in hidden)
        size = len(self.bodies) + 1
        lines = b"".join(b"%010d 00000 n \n" % offsets[n] if n in offsets else b"0000000000 65535 f \n" for n in range(size))
        return out + b"xref\n0 %d\n%b" % (size, lines) + trailer(size, root, len(out))

    def pack(self, numbers):
        """Adds an object stream that holds the objects `numbers`, and answers its number."""
        bodies = [self.bodies[number] + b"\n" for number in numbers]
        starts = [sum(map(len, bodies[:index])) for index in range(len(bodies))]
        head = b" ".join(b"%d %d" % pair for pair in zip(numbers, starts, strict=True)) + b"\n"
        return self.add(deflated(head + b"".join(bodies), b"/Type/ObjStm/N %d/First %d" % (len(numbers), len(head))))

    def streams(self, root):
        """With a cross-reference stream; all that may lie in an object stream does."""
        packed = [number for number, body in self.bodies.items() if b"stream\n" not in body]
        holder = self.pack(packed)
        out, offsets = self.file(number for number in self.bodies if number not in packed)
        own = len(self.bodies) + 1
        offsets[own] = len(out)
        rows = [bytes([0, 0, 0, 0, 255])]
        rows += [entry(2, holder, packed.index(n)) if n in packed else entry(1, offsets[n], 0) for n in range(1, own + 1)]
        section = b"/Type/XRef/Size %d/W[1 3 1]/Root %d 0 R/ID[%b%b]/DecodeParms<</Predictor 12/Columns 5>>" % (own + 1, root, ID, ID)
        return out + b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (own, deflated(predicted(rows), section), len(out))

    def hybrid(self, root, hidden):
        """As word processors write it: a table, and a second section that names the stream that alone knows the objects `hidden`."""
        holder = self.pack(hidden)
        rows = b"".join(entry(2, holder, index) for index in range(len(hidden)))
        index = b" ".join(b"%d 1" % number for number in hidden)
        own = self.add(deflated(rows, b"/Type/XRef/Size %d/W[1 3 1]/Index[%b]" % (len(self.bodies) + 2, index)))
        objects, offsets = self.file(number for number in self.bodies if number not in hidden)
        out = self.table(root, hidden)
        return out + b"xref\n0 0\n" + trailer(own + 1, root, len(out), b"/Prev %d/XRefStm %d" % (len(objects), offsets[own]))


ID = b"<00112233445566778899aabbccddeeff>"


def trailer(size, root, section, entries=b""):
    return b"trailer\n<</Size %d/Root %d 0 R/ID[%b%b]%b>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, ID, ID, entries, section)


def entry(kind, offset, index):
    return bytes([kind]) + offset.to_bytes(3, "big") + bytes([index])


def predicted(rows):
    """PNG's Up predictor: each row as its difference from the one above."""
    above = [bytes(len(rows[0])), *rows]
    return b"".join(b"\x02" + bytes((x - y) & 255 for x, y in zip(row, last, strict=True)) for row, last in zip(rows, above[:-1], strict=True))


def paged(pages=1, version=b"1.7", catalog=b"", page=b"", tag=None, contents=None):
    """A document of some pages of text, and the number of its catalog. Objects: 1 catalog, 2 page tree, 3 font, then the pages."""
    document = Document(version)
    kids = [4 + 2 * number for number in range(pages)]
    document.add(b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog)
    document.add(b"<</Type/Pages/Kids[%b]/Count %d>>" % (b" ".join(b"%d 0 R" % kid for kid in kids), pages))
    document.add(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    for number, kid in enumerate(kids, 1):
        document.add(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.276 841.89]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R%b>>" % (kid + 1, page))
        document.add(contents or text([f"Page {number} of {pages}", "", *TEXT], tag))
    return document


def xmp(claim):
    return stream(b"""<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 %b</rdf:RDF></x:xmpmeta>
<?xpacket end='w'?>""" % claim, b"/Type/Metadata/Subtype/XML")


def xref_stream():
    return paged(catalog=b"/Lang(en)").streams(1)


def hybrid():
    """The form, empty as yet, is what old readers are not to see."""
    document = paged(catalog=b"/AcroForm 6 0 R")
    document.add(b"<</Fields[]/DR<</Font<</F1 3 0 R>>>>/DA(/F1 0 Tf)>>")
    return document.hybrid(1, [6])


def form(lock=b""):
    """A text field `amount`, and a signature field whose full name is `approval.director`."""
    document = paged(catalog=b"/AcroForm 6 0 R", page=b"/Annots[7 0 R 9 0 R]")
    document.add(b"<</Fields[7 0 R 8 0 R]/DR<</Font<</F1 3 0 R>>>>/DA(/F1 11 Tf)>>")
    document.add(b"<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(1200)/F 4/P 4 0 R/Rect[72 600 272 620]/AP<</N 10 0 R>>>>")
    document.add(b"<</T(approval)/Kids[9 0 R]>>")
    document.add(b"<</Type/Annot/Subtype/Widget/FT/Sig/T(director)/Parent 8 0 R/F 4/P 4 0 R/Rect[0 0 0 0]%b>>" % lock)
    document.add(stream(b"/Tx BMC BT /F1 11 Tf 2 5 Td (1200) Tj ET EMC",
                        b"/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</F1 3 0 R>>>>"))
    return document.table(1)


def approvals():
    """Two text fields, and empty signature fields of every shape, by their full names: `buyer` is its own widget and can be seen, and so,
    unseen and in a group, is `approval.director`. The widgets of `seller` and, two groups deep, `approval.legal.head` are objects of
    their own, of which the second names no /Parent: an only widget need not."""
    document = paged(catalog=b"/AcroForm 6 0 R", page=b"/Annots[7 0 R 8 0 R 12 0 R 10 0 R 14 0 R 17 0 R]")
    widget = b"/Type/Annot/Subtype/Widget/F 4/P 4 0 R"
    document.add(b"<</Fields[7 0 R 8 0 R 9 0 R 10 0 R 13 0 R]/DR<</Font<</F1 3 0 R>>>>/DA(/F1 11 Tf)/SigFlags 1>>")
    document.add(b"<<%b/FT/Tx/T(amount)/V(1200)/Rect[72 600 272 620]/AP<</N 11 0 R>>>>" % widget)
    document.add(b"<<%b/FT/Tx/T(remark)/Rect[72 570 272 590]>>" % widget)
    document.add(b"<</FT/Sig/T(seller)/Kids[12 0 R]>>")
    document.add(b"<<%b/FT/Sig/T(buyer)/Rect[72 500 272 540]>>" % widget)
    document.add(stream(b"/Tx BMC BT /F1 11 Tf 2 5 Td (1200) Tj ET EMC",
                        b"/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</F1 3 0 R>>>>"))
    document.add(b"<<%b/Parent 9 0 R/Rect[0 0 0 0]>>" % widget)
    document.add(b"<</T(approval)/Kids[14 0 R 15 0 R]>>")
    document.add(b"<<%b/FT/Sig/T(director)/Parent 13 0 R/Rect[0 0 0 0]>>" % widget)
    document.add(b"<</T(legal)/Parent 13 0 R/Kids[16 0 R]>>")
    document.add(b"<</FT/Sig/T(head)/Parent 15 0 R/Kids[17 0 R]>>")
    document.add(b"<<%b/Rect[0 0 0 0]>>" % widget)
    return document


def pdfa_2b():
    """Squares in a colour space that needs no output intent."""
    squares = b"/C1 cs\n" + b"".join(b"%.1f sc %d 600 60 60 re f\n" % (grey / 10, 72 + 70 * grey) for grey in range(6))
    document = paged(catalog=b"/Metadata 6 0 R", contents=stream(squares))
    document.bodies[3] = b"[/CalGray<</WhitePoint[0.9505 1 1.089]/Gamma 2.2>>]"
    document.bodies[4] = document.bodies[4].replace(b"/Font<</F1 3 0 R>>", b"/ColorSpace<</C1 3 0 R>>")
    document.add(xmp(b'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="2" pdfaid:conformance="B"/>'))
    return document.table(1)


def tagged():
    catalog = b"/Lang(en)/MarkInfo<</Marked true>>/StructTreeRoot 6 0 R/ViewerPreferences<</DisplayDocTitle true>>/Metadata 9 0 R"
    document = paged(catalog=catalog, page=b"/StructParents 0/Tabs/S", tag=b"P")
    lines = range(2 + len(TEXT))
    document.add(b"<</Type/StructTreeRoot/K 7 0 R/ParentTree 8 0 R/ParentTreeNextKey 1>>")
    elements = [10 + line for line in lines]
    references = b" ".join(b"%d 0 R" % element for element in elements)
    document.add(b"<</Type/StructElem/S/Document/P 6 0 R/K[%b]>>" % references)
    document.add(b"<</Nums[0[%b]]>>" % references)
    document.add(xmp(b'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Tagged</rdf:li>'
                     b'</rdf:Alt></dc:title></rdf:Description>'))
    for line in lines:
        document.add(b"<</Type/StructElem/S/P/P 7 0 R/Pg 4 0 R/K %d>>" % line)
    return document.table(1)


def damaged(data, startxref=b"1"):
    """`data` with another `startxref`, as left by whoever edits a file by hand."""
    return data[:data.rindex(b"startxref")] + b"startxref\n%b\n%%%%EOF\n" % startxref


def before(data, mark):
    return data.partition(mark)[0]


LINES = [f"Line {number} of a document that is longer than what is read of it at first." for number in range(1500)]

FILES = {
    "classic": lambda: paged().table(1),
    "pages": lambda: paged(5).table(1),
    "rotated": lambda: paged(page=b"/Rotate 90").table(1),
    "long": lambda: paged(contents=text(LINES)).table(1),
    "xref-stream": xref_stream,
    "hybrid": hybrid,
    "field": form,
    "field-lock": lambda: form(b"/Lock<</Type/SigFieldLock/Action/Include/Fields[(amount)]>>"),
    "field-seed-value": lambda: form(b"/SV<</Type/SV/Ff 3/Filter/Adobe.PPKLite/SubFilter[/adbe.pkcs7.detached]>>"),
    "approvals": lambda: approvals().table(1),
    "approvals-streams": lambda: approvals().streams(1),
    "pdf-2.0": lambda: paged(version=b"2.0").table(1),
    "pdfa-2b": pdfa_2b,
    "tagged": tagged,
    "damaged": lambda: damaged(form()),
    "damaged-streams": lambda: damaged(xref_stream()),
    "cut-short": lambda: form()[:form().rindex(b"xref\n0 ")],
    "broken-empty": lambda: b"",
    "broken-no-header": lambda: paged().table(1).replace(b"%PDF-", b"%FDF-"),
    "broken-no-startxref": lambda: before(paged().table(1), b"startxref"),
    "broken-startxref": lambda: before(paged().table(1), b"startxref") + b"startxref\n15\n%%EOF\n",
}
