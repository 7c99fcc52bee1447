#!/usr/bin/env python3
"""Writes seeds/: oddities by hand, the containers and sessions of the vectors, and answers of OpenSSL. What a fuzzer found stands in regressions/."""

import base64
import hashlib
import json
import pathlib
import zlib

HERE = pathlib.Path(__file__).parent
VECTORS = HERE.parent / "tests/vectors/cases"


def write(target, seeds):
    folder = HERE / "seeds" / target
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    for name, data in seeds.items():
        (folder / name).write_bytes(data)


def write_more(target, seeds):
    for name, data in seeds.items():
        (HERE / "seeds" / target / name).write_bytes(data)


# Objects -----------------------------------------------------------------------------------------------------------------------

write("lexer", {
    "byte-order-mark": b"\xfe\xff\xd8\x00\x00",
    "comment-at-the-end": b"<</A 1%>>\n%>>\n>>",
    "comments": b"<</A 1%c\r/B%\n 2 % (\n>>",
    "delimiters": b"[)}{]",
    "escapes": rb"(a\n\r\t\b\f\(\)\\\101\7\78\400\8x\x)" + b"(\\\r\nz\\\rq\\\n)",
    "header": b"12 0 obj<</A 1>>endobj",
    "header-at-the-limit": b"4294967295 65535 obj 5",
    "key-last": b"<</A 1/B>>",
    "key-without-value": b"<</A/B>>",
    "mark-of-utf-8": b"\xef\xbb\xbf\xff(",
    "names": b"<</A#20b#/#41/##/#4/ /()/\xff/A#00 [/#]/>>",
    "nested": b"<</A<</B[<</C[[[]]]>>]>>/D<<>>>>",
    "nested-as-deep-as-may-be": b"[" * 100 + b"]" * 100,
    "nested-too-deep": b"<</A" * 101,
    "numbers": b"[0 -0 +1 00012 9223372036854775807 -9223372036854775808 99999999999999999999 1. .5 -.5 4.-2 --1 +-1 1e5 . - 0x1]",
    "percent-in-string": b"<</A(%)/B[(%)]>>",
    "reference-with-comments": b"[1%a\n0%b\rR]",
    "references": b"[1 0 R 4294967295 65535 R 4294967296 0 R 1 65536 R 1 2 3 R -1 0 R 1 0 Rx 1 0 R]",
    "strings": b"[(a(b(c)d)e)<48 65\n6>()<>(\\(\\))<xyz>(\r\n)]",
    "text": "Zoë 名 (x".encode(),
    "touching": b"[1[2]3<</A/B>>(x)<41>/C/D null true]",
    "twice": b"<</A 1/A 2/A null>>",
    "unended-dictionary": b"<</A 1 ",
    "unended-hexadecimal": b"<4",
    "unended-string": b"[(a(b)",
    "value-without-key": b"<<1(x)/A 2 3/B 4>>",
    "zeros": b"\0\0[\0]\0",
})

# Files -------------------------------------------------------------------------------------------------------------------------


def document(objects, trailer=b""):
    """A file with a table, and where that stands."""
    out, offsets, size = b"%PDF-1.7\n", {}, max(objects) + 1
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 00001 f \n"
    return out + b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, at), at


def stream(entries, data):
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def predicted(rows):
    out, above = b"", bytes(len(rows[0]))
    for row in rows:
        out += b"\2" + bytes((byte - other) & 255 for byte, other in zip(row, above))
        above = row
    return out


PAGE = {
    1: b"<</Type/Catalog/Pages 2 0 R>>",
    2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
}
INNER = {1: b"<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>", 2: PAGE[2], 3: PAGE[3], 5: b"<</Fields[]>>"}
OFFSETS = [sum(len(body) + 1 for body in list(INNER.values())[:index]) for index in range(len(INNER))]
INDEX = b" ".join(b"%d %d" % pair for pair in zip(INNER, OFFSETS)) + b" "
OBJECT_STREAM = INDEX + b" ".join(INNER.values()) + b" "
DEFLATED = zlib.compress(OBJECT_STREAM)


def compressed(entries, data, predictor=True):
    """A file whose objects stand in a stream."""
    out = b"%PDF-1.5\n"
    at = len(out)
    out += b"4 0 obj\n%s\nendobj\n" % stream(b"/Type/ObjStm/N 4/First %d%s" % (len(INDEX), entries), data)
    section = len(out)
    place = lambda at: b"\1" + at.to_bytes(2, "big") + b"\0"
    rows = [b"\0\0\0\0", b"\2\0\4\0", b"\2\0\4\1", b"\2\0\4\2", place(at), b"\2\0\4\3", place(section)]
    entries = b"/Type/XRef/Size 7/W[1 2 1]/Root 1 0 R/Filter/FlateDecode"
    if predictor:
        entries += b"/DecodeParms<</Predictor 12/Columns 4>>"
    data = zlib.compress(predicted(rows) if predictor else b"".join(rows))
    return out + b"6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(entries, data), section)


classic, table = document(PAGE)
startxref = b"startxref\n%d" % table
revision = b"3 0 obj\n<</Type/Page/Parent 2 0 R/Rotate 90>>\nendobj\n"
update = b"xref\n3 1\n%010d 00000 n \ntrailer\n<</Size 4/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
update %= (len(classic), table, len(classic) + len(revision))

write("xref", {
    "entries-of-19-bytes": classic.replace(b" n \n", b" n\n"),
    "junk-before": b"junk\n" + classic,
    "junk-before-and-counted": b"ju\n" + classic.replace(startxref, b"startxref\n%d" % (table + 3)),
    "object-stream": compressed(b"", OBJECT_STREAM, False),
    "object-stream-extends-itself": compressed(b"/Extends 4 0 R", OBJECT_STREAM),
    "object-stream-flate": compressed(b"/Filter/FlateDecode", DEFLATED),
    "object-stream-without-startxref": compressed(b"/Filter[/FlateDecode]", DEFLATED)[:-30],
    "prev-to-itself": document(PAGE, b"/Prev %d" % table)[0],
    "size-lies": classic.replace(b"/Size 4", b"/Size 8388608"),
    "startxref-at-the-limit": classic.replace(startxref, b"startxref\n18446744073709551615"),
    "startxref-far": classic.replace(startxref, b"startxref\n9223372036854775807"),
    "subsection-at-the-limit": classic.replace(b"xref\n0 4", b"xref\n4294967295 4"),
    "two-revisions": classic + revision + update,
    "xrefstm-to-itself": document(PAGE, b"/XRefStm %d" % table)[0],
})

TWO = b"2 0 3 2 5 [6]"


def two(entries, data=TWO):
    return b"<</N 2/First 8%s>> %s" % (entries, data)


write("object_stream", {
    "ascii-85": two(b"/Filter[/A85/AHx]", base64.a85encode(TWO.hex().encode() + b">") + b"~>"),
    "bomb": two(b"/Filter[/FlateDecode/FlateDecode]", zlib.compress(zlib.compress(TWO + bytes(3_000_000), 9), 9)),
    "first-at-the-limit": two(b"/First 9223372036854775807"),
    "flate": b"<</N 4/First %d/Filter/FlateDecode>> %s" % (len(INDEX), DEFLATED),
    "hexadecimal": two(b"/Filter/ASCIIHexDecode", TWO.hex().encode() + b">"),
    "huge-columns": two(b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 1048576/Colors 1048576>>", zlib.compress(TWO)),
    "huge-n": two(b"/N 1000000"),
    "lzw": two(b"/Filter/LZWDecode", bytes.fromhex("800c8401808080")),
    "negative": two(b"/N -1/First -8"),
    "offsets-beyond": two(b"", b"2 99 3 -2 5 [6]"),
    "plain": two(b""),
    "predictor-png": two(b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 4>>", zlib.compress(b"\0002 0 \0003 2 \0005 [6\0]   ")),
    "predictor-tiff": two(b"/Filter/FlateDecode/DecodeParms<</Predictor 2/Columns 1/Colors 1>>", zlib.compress(TWO)),
    "references": two(b"/N 2 0 R/First 3 0 R/Filter 4 0 R/DecodeParms[5 0 R]"),
    "runs": two(b"/Filter/RunLengthDecode", b"\x0c" + TWO + b"\x80"),
    "same-number": two(b"", b"2 0 2 2 5 [6]"),
})

# Documents; four bytes before one are choices (crates/core/src/fuzzing/documents.rs) ---------------------------------------------

FORM = PAGE | {
    1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields 5 0 R/SigFlags 3>>>>",
    3: b"<</Type/Page/Parent 2 0 R/Annots 6 0 R>>",
    4: b"<</FT/Sig/T(field)/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/P 3 0 R>>",
    5: b"[4 0 R 7 0 R]",
    6: b"[4 0 R]",
    7: b"<</T(a)/Kids[8 0 R<</T(b)/FT/Sig/Parent 7 0 R/Lock<</Type/SigFieldLock/Action/All>>>>]>>",
    8: b"<</Parent 7 0 R/T(c)/FT/Tx/V(x)>>",
}
form = document(FORM, b"/ID[<41><42>]")[0]
lock = document(FORM | {7: b"<</T(a)/Kids[8 0 R 9 0 R]>>", 9: b"<</T(b)/FT/Sig/Parent 7 0 R/Lock<</Action/Include/Fields[(a)]>>>>"})[0]

def encrypted(choice, names):
    """Documents that open by the password of the harness, which one bit of the choices gives."""
    folder = HERE.parent / "tests/vectors/documents/encrypted"
    return {f"encrypted-{name}": choice + (folder / f"{name}.pdf").read_bytes() for name in names}


write("sign", encrypted(b"\x20\0\0\0", ["aes-128", "aes-256", "object-streams-aes-128", "plain-strings", "rc4-128"]) | {
    "certify-1": b"\x01\x01\x08\x03" + classic,
    "certify-3": b"\x06\x03\x00\x02" + classic,
    "compressed": compressed(b"/Filter/FlateDecode", DEFLATED),
    "existing-field": b"\x02\x20\x00\x00" + form,
    "existing-field-with-lock": b"\x00\x30\x00\x00" + lock,
    "field-within-an-array": b"\x00\x30\x00\x00" + form,
    "fields-in-a-circle": document(FORM | {8: b"<</Parent 8 0 R/Kids[7 0 R 8 0 R]/T(c)>>"})[0],
    "indirect-form": form,
    "lock": b"\x00\x05\x10\x01" + form,
    "page-2-of-1": b"\x08\x00\x01\x01" + classic,
    "pages-in-a-circle": document(PAGE | {2: b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>"})[0],
    "plain-cms": b"\x51\x00\x18\x00" + classic,
    "references-in-a-circle": document(FORM | {5: b"9 0 R", 9: b"5 0 R"})[0],
    "without-an-end": classic[:-1],
    "without-startxref": classic[:table],
})
write("inspect", encrypted(b"\x01\0\0\0", ["aes-256-r5", "no-identifier", "rc4-40"]) | {
    "indirect-form": form,
    "password": b"\x01\0\0\x01" + classic,
})

TAGGED = FORM | {
    1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields 5 0 R>>/MarkInfo<</Marked true>>/StructTreeRoot 9 0 R>>",
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/CropBox[9.5 -1 600 700]/Rotate 270/UserUnit 1.5/Annots 6 0 R>>",
    4: b"<</FT/Sig/T(field)/Type/Annot/Subtype/Widget/Rect[10 10 90 60]/P 3 0 R>>",
    9: b"<</Type/StructTreeRoot/K 10 0 R/ParentTree 11 0 R/ParentTreeNextKey 3>>",
    10: b"<</Type/StructElem/S/Document/P 9 0 R/K 12 0 R>>",
    11: b"<</Kids[13 0 R]>>",
    12: b"[4 5]",
    13: b"<</Limits[0 2]/Nums[0 10 0 R 2 null]>>",
}
DRAWN = PAGE | {
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 60]/Resources 4 0 R/Contents[5 0 R 5 0 R]/Group<</S/Transparency/CS/DeviceRGB>>>>",
    4: b"<</Font<</F 6 0 R>>/XObject<</X 7 0 R>>/ColorSpace<</DefaultRGB[/CalRGB<</WhitePoint[.95 1 1.09]>>]>>>>",
    5: stream(b"/Filter/FlateDecode", zlib.compress(b"q 1 0 0 RG /X Do Q")),
    6: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Parent 3 0 R/Self 6 0 R>>",
    7: stream(b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/StructParent 3/Resources 4 0 R", b"0 0 9 9 re f"),
}
write("appearance", {
    "annotations-and-actions": document(DRAWN | {3: DRAWN[3].replace(b"/Group", b"/Annots[8 0 R]/AA<</O 8 0 R>>/Group"), 8: b"<</S/JavaScript>>"})[0],
    "external-stream": document(DRAWN | {7: stream(b"/F(a.bin)/Subtype/Form", b"x")})[0],
    "inherited": document(PAGE | {2: b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[5 5 90 50]/Rotate -90/Resources<</Font<<>>>>>>"})[0],
    "length-in-itself": document(DRAWN | {5: b"<</Length 5 0 R>>stream\nq\nendstream"})[0],
    "optional-content": document(DRAWN | {4: b"<</Properties<</O 8 0 R>>>>", 8: b"<</Type/OCG/Name(o)>>"})[0],
    "plain": document(DRAWN)[0],
    "without-content": classic,
})
write_more("sign", {
    "empty-fields": b"\0\0\x40\0" + classic,
    "visible": b"\0\0\x20\0" + classic,
    "visible-existing-field": b"\0\x20\x20\1" + document(TAGGED)[0],
    "visible-in-a-structure": b"\0\0\x60\0" + document(TAGGED)[0],
})

# Answers and sessions ----------------------------------------------------------------------------------------------------------


def hexadecimal(name, key):
    return bytes.fromhex(json.loads((VECTORS / f"{name}.json").read_text())[key])


write("cms", {name: hexadecimal(name, "container") for name in [
    "container-by-openssl",
    "container-by-pyhanko",
    "container-by-pyhanko-sha512",
    "container-in-ber",
    "container-is-a-raw-signature",
    "container-with-content-in-ber",
    "container-with-two-signers",
    "container-with-unordered-attributes",
    "container-without-signed-attributes",
    "container-without-signer",
]})
TIMESTAMPS = HERE.parent / "crates/core/tests/data/timestamps"
openssl = (TIMESTAMPS / "openssl-ec.tsr").read_bytes()
token = openssl[openssl.index(b"\x30\x82", 4):]
write("timestamp", {
    "rejected": (TIMESTAMPS / "openssl-rejected.tsr").read_bytes(),
    "base64": base64.b64encode(openssl),
    "granted": openssl,
    "in-ber": b"\x30\x80\x30\x03\x02\x01\x01" + token + b"\0\0",
    "token": token,
})
# Head and check sum are the harness's matter.
write("session", {name: hexadecimal(name, "session")[18:-32] for name in [
    "session-of-a-longer-document",
    "session-sealed-ecdsa",
    "session-sealed-rsa",
    "session-without-certificate",
]})

# OCSP responses and revocation lists ---------------------------------------------------------------------------------------------

EVIDENCE = HERE.parent / "crates/core/tests/data/evidence"


def element(tag, *contents):
    """DER of an element."""
    contents = b"".join(contents)
    length = len(contents).to_bytes((len(contents).bit_length() + 7) // 8 or 1)
    return bytes([tag]) + (length if len(contents) < 128 else bytes([0x80 | len(length)]) + length) + contents


def fields(der):
    """Elements in an element."""
    def header(at):
        first = der[at + 1]
        count = first & 0x7F if first > 127 else 0
        return at + 2 + count, int.from_bytes(der[at + 2 : at + 2 + count]) if count else first
    at, length = header(0)
    found, end = [], at + length
    while at < end:
        start, length = header(at)
        found.append(der[at : start + length])
        at = start + length
    return found


def extension(last, value, critical=True):
    """Extension of id-ce."""
    return element(0x30, bytes([6, 3, 0x55, 0x1D, last]), b"\x01\x01\xff" if critical else b"", element(4, value))


def revocation_list(entries, *extensions):
    """The list of OpenSSL with other entries and extensions; its signature does not verify."""
    tbs, algorithm, signature = fields(plain_list)
    version, _, issuer, this_update, next_update = fields(tbs)[:5]
    head = version + algorithm + issuer + this_update + next_update
    entries = element(0x30, *entries) if entries else b""
    return element(0x30, element(0x30, head, entries, element(0xA0, element(0x30, *extensions))), algorithm, signature)


def evidence(suffix):
    return {path.name.split(".")[0]: path.read_bytes() for path in sorted(EVIDENCE.glob(f"*.{suffix}"))}


plain_list = (EVIDENCE / "plain.crl.der").read_bytes()
issuer_name, revoked_entry = fields(fields(plain_list)[0])[2], fields(fields(fields(plain_list)[0])[5])[0]
serial, when = fields(revoked_entry)[:2]
issuer_of = lambda name: element(0x30, extension(29, element(0x30, element(0xA4, name))))
write("ocsp", evidence("ocsp.der") | {
    "try-later": bytes.fromhex("30030a0103"),
    "without-bytes": bytes.fromhex("30030a0100"),
})
write("crl", evidence("crl.der") | {
    "attributes-only": revocation_list([], extension(28, element(0x30, b"\x85\x01\xff"))),
    "delta": revocation_list([], extension(27, b"\x02\x01\x01")),
    "fractions": revocation_list([element(0x30, serial, element(0x18, b"20261101120000.25Z"))]),
    "indirect": revocation_list(
        [element(0x30, serial, when, issuer_of(element(0x30))), element(0x30, serial, when), element(0x30, serial, when, issuer_of(issuer_name))],
        extension(28, element(0x30, b"\x84\x01\xff"))),
    "indirect-for-others": revocation_list([element(0x30, serial, when, issuer_of(element(0x30)))], extension(28, element(0x30, b"\x84\x01\xff"))),
    "pem": (EVIDENCE / "plain.crl.pem").read_bytes(),
    "some-reasons": revocation_list([revoked_entry], extension(28, element(0x30, b"\x83\x02\x05\x60"))),
    "unknown-critical": revocation_list([revoked_entry], extension(99, b"\x05\x00")),
    "unknown-critical-entry": revocation_list([element(0x30, serial, when, element(0x30, extension(99, b"\x05\x00")))]),
    "without-entries": revocation_list([]),
})

# Batches of sessions; journals, ledgers and locks ------------------------------------------------------------------------------


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def sized(data):
    return varint(len(data)) + data


def batch(*sessions):
    return varint(len(sessions)) + b"".join(b"\0" if session is None else b"\1" + sized(session) for session in sessions)


def digest(data):
    return hashlib.sha256(data).digest()


rsa_session, bare_session = (hexadecimal(name, "session")[18:-32] for name in ["session-sealed-rsa", "session-without-certificate"])
write("batch", {
    "none": batch(),
    "one": batch(rsa_session),
    "one-of-two": batch(None, bare_session),
    "two": batch(rsa_session, bare_session),
    "many-that-are-empty": varint(1 << 28) + b"\0" * 64,
    "unsealed": batch(bare_session[:bare_session.rindex(b"{")]),
})


def journal(file, length, update, pid=8, place=(b"h", b"b", b"n"), choices=0, tail=bytes(32)):
    """A file and its journal; the harness makes the digest of the file right."""
    host, boot, namespace = place
    writer = sized(host) + sized(boot) + sized(namespace) + varint(pid) + sized(b"s")
    data = varint(length) + sized(tail) + writer + sized(update)
    return bytes([choices]) + len(file).to_bytes(2, "big") + file + data


ORIGINAL, UPDATE = b"%PDF-1.7 a document %%EOF", b"and its update"
LENGTH, UNDO, AS_IT_IS = len(ORIGINAL), 1, 2
write("journal", {
    "cut": journal(ORIGINAL + UPDATE[:5], LENGTH, UPDATE),
    "cut-and-undone": journal(ORIGINAL + UPDATE[:5], LENGTH, UPDATE, choices=UNDO),
    "followed": journal(ORIGINAL + UPDATE + b"a revision", LENGTH, UPDATE),
    "followed-and-undone": journal(ORIGINAL + UPDATE + b"a revision", LENGTH, UPDATE, choices=UNDO),
    "length-at-the-limit": journal(ORIGINAL, 2**64 - 1, UPDATE, choices=AS_IT_IS),
    "longer-than-the-file": journal(ORIGINAL, LENGTH + 1, UPDATE, choices=AS_IT_IS),
    "of-another-document": journal(ORIGINAL, LENGTH, UPDATE, choices=AS_IT_IS),
    "of-another-host": journal(ORIGINAL, LENGTH, UPDATE, 9, (b"H", b"b", b"n"), UNDO),
    "of-a-process-that-lives": journal(ORIGINAL, LENGTH, UPDATE, 9, choices=UNDO),
    "of-nothing": journal(b"", 0, UPDATE),
    "right-by-itself": journal(ORIGINAL, LENGTH, UPDATE, choices=AS_IT_IS, tail=digest(ORIGINAL)),
    "update-of-zeros": journal(ORIGINAL, LENGTH, bytes(9)),
    "whole": journal(ORIGINAL + UPDATE, LENGTH, UPDATE),
    "with-other-bytes-after-it": journal(ORIGINAL + b"AND", LENGTH, UPDATE),
    "with-zeros-after-it": journal(ORIGINAL + UPDATE[:4] + bytes(10), LENGTH, UPDATE),
    "without-anything-after-it": journal(ORIGINAL, LENGTH, UPDATE),
})


def ledger(lines, lock=None):
    return bytes([lock is not None]) + len(lines).to_bytes(2, "big") + lines + (lock or b"")


HEADER = b'{"rustpdf ledger":2}'
CLASSIC = (VECTORS.parent / "documents/classic.pdf").stat().st_size
BEGUN = b'\n{"id":"a","state":"signing","length":%d,"signedLength":%d,"update":"%s"}'
SIGNED = b'\n{"id":"a","state":"signed"}'
LOCK = b'{"host":"%s","boot":"b","namespace":"n","pid":%d,"start":"s"}'
write("ledger", {
    "begun": ledger(HEADER + BEGUN % (CLASSIC, CLASSIC + 20_000, b"0" * 64)),
    "begun-with-another-document": ledger(HEADER + BEGUN % (CLASSIC - 1, CLASSIC, b"0" * 64)),
    "cut-header": ledger(HEADER[:9]),
    "cut-line": ledger(HEADER + SIGNED + b'\n{"id":"b","st'),
    "cut-line-and-another": ledger(HEADER + b'\n{"id":"b","st' + SIGNED),
    "empty": ledger(b""),
    "header": ledger(HEADER),
    "header-of-zeros": ledger(bytes(len(HEADER))),
    "lock-of-a-process-that-is-gone": ledger(HEADER, LOCK % (b"h", 8)),
    "lock-of-a-process-that-lives": ledger(HEADER, LOCK % (b"h", 9)),
    "lock-of-another-host": ledger(HEADER, LOCK % (b"H", 8)),
    "lock-of-nobody": ledger(HEADER, b""),
    "no-ledger": ledger(b"Dear reader,\n"),
    "signed": ledger(HEADER + BEGUN % (CLASSIC, CLASSIC + 20_000, b"0" * 64) + SIGNED),
    "version": ledger(HEADER.replace(b"2", b"3") + SIGNED),
    "zeros-at-the-end": ledger(HEADER + SIGNED + bytes(40)),
    "zeros-before-the-end": ledger(HEADER + SIGNED + bytes(20) + b'signed"}' + SIGNED),
})

# Frames ------------------------------------------------------------------------------------------------------------------------


def parts(**named):
    """The parts of a payload, for the header; and the payload."""
    return {"parts": [{"name": name, "length": len(data)} for name, data in named.items()]}, b"".join(named.values())


def with_parts(frame, header, **named):
    listed, payload = parts(**named)
    return frame({**header, **listed}, payload)


def framed(header, payload=b""):
    text = json.dumps(header, separators=(",", ":")).encode()
    frame = len(text).to_bytes(4, "big") + text + payload
    return len(frame).to_bytes(3, "big") + frame


def small():
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"}
    return document(objects)[0]


def started(header, payload=b""):
    text = json.dumps(header, separators=(",", ":")).encode()
    return len(text).to_bytes(2, "big") + text + payload


pdf, moment = small(), {"now": 1767225600, "entropy": "07" * 32}
certificate = (VECTORS.parent / "certificates" / json.loads((VECTORS / "rsa-pkcs1-sha256.json").read_text())["certificate"]).read_bytes()
edwards = (VECTORS.parent / "certificates/ed25519.pem").read_bytes()
saved = json.loads((VECTORS / "session-sealed-rsa.json").read_text())
sealed, key, signature = (bytes.fromhex(saved[field]) for field in ["session", "sessionKey", "signature"])
session = b"rustpdf live \x01" + sealed[18:-32]
saved_length = (VECTORS.parent / "documents" / saved["document"]).stat().st_size
whole = framed({"answer": "read", "ranges": [[0, len(pdf)]]}, pdf)
hashed = framed({"answer": "digest", "digests": [32]}, bytes(32))
store = lambda *results: framed({"answer": "store", "results": results})
file = {"type": "file", "identity": "1:2", "size": len(pdf), "mode": 420, "owner": 0, "group": 0, "links": 1, "modified": "5", "changed": "6"}
process = {"pid": 7, "user": 0, "host": "h", "boot": "b", "namespace": "n", "start": "s", "lives": True}
path = b"/d/a.pdf".hex()
signatory = {"certificate": "certificate", "options": {"checkSignature": False}}
write("frame", {
    "answer-of-another-kind": framed({"operation": "inspect", "length": len(pdf)}) + hashed + whole,
    "call-complete": with_parts(framed, {"operation": "complete", "session": "session", "signature": "signature"}, session=session, signature=signature),
    "call-open": with_parts(framed, {"operation": "open", "saved": "saved", "key": "key"}, saved=sealed, key=key),
    "call-serialize": with_parts(framed, {"operation": "serialize", "sessions": ["session", None], "batch": True, "key": "key"}, session=session, key=key),
    "failed": framed({"operation": "inspect", "length": len(pdf)}) + framed({"answer": "failed", "kind": "denied"}),
    "file": framed({"operation": "inspect", "file": {"path": path}}) + store({"path": path}) + store({"stat": file}) + whole,
    "inspect": framed({"operation": "inspect", "length": len(pdf)}) + whole,
    "no-operation": framed({"operation": "x", "length": 1}),
    "prepare": framed({"operation": "prepare", "length": len(pdf), **moment, "options": {"reason": "r"}}) + whole + hashed,
    "ranges-that-lie": framed({"operation": "inspect", "length": len(pdf)}) + framed({"answer": "read", "ranges": [[2**64 - 1, 9], [0, 2**63]]}, pdf),
    "recover": framed({"operation": "recover", "file": {"path": path}, "undo": False, **moment}) + store({"process": process}) + store({"path": path}) + store({"stat": file})
    + store({"stat": {"type": "missing"}}) + store({"names": []}),
    "resume": with_parts(framed, {"operation": "resume", "length": saved_length, **moment, "session": "session", "skipDocumentCheck": True}, session=session),
    "sign": with_parts(framed, {"operation": "sign", "length": len(pdf), **moment, "signatories": [signatory]}, certificate=certificate)
    + whole + hashed + framed({"answer": "sign"}, bytes(256)),
})
in_memory, by_path = {"length": CLASSIC, **moment}, {"file": {"path": path}, **moment}
edwards_signatory = {"certificate": "certificate", "chain": [], "options": {}}
open_ledger = {"path": b"/d/ledger".hex(), "identity": "1", "lockIdentity": "1"}
write("start", {
    "close-ledger": started({"operation": "closeLedger", "ledger": open_ledger}),
    "complete": with_parts(started, {"operation": "complete", **in_memory, "session": "session", "signature": "signature"}, session=session, signature=signature),
    "complete-file": with_parts(started, {"operation": "complete", **by_path, "session": "session", "output": {"inPlace": True}}, session=session),
    "handle": with_parts(started, {"operation": "sign", "file": {"handle": 0, "path": path}, **moment, "signatories": [edwards_signatory], "output": {"handle": 1}}, certificate=edwards),
    "inspect": started({"operation": "inspect", **in_memory}),
    "inspect-file": started({"operation": "inspect", **by_path, "password": "user"}),
    "length-at-the-limit": started({"operation": "inspect", "length": 2**53}),
    "open-ledger": started({"operation": "openLedger", "path": b"/d/ledger".hex(), **moment}),
    "path-with-a-zero": started({"operation": "inspect", "file": {"path": "2f0061"}}),
    "prepare": with_parts(started, {"operation": "prepare", **in_memory, "certificate": "certificate", "options": {"certify": 2, "fieldName": "a.b"}}, certificate=edwards),
    "prepare-file": started({"operation": "prepare", **by_path}),
    "recover": started({"operation": "recover", **by_path, "undo": True, "journalOwner": "alice"}),
    "resume": with_parts(started, {"operation": "resume", **in_memory, "session": "session", "skipDocumentCheck": True}, session=session),
    "sign": with_parts(started, {"operation": "sign", **in_memory, "verifies": True, "signatories": [edwards_signatory, edwards_signatory]}, certificate=edwards),
    "sign-in-place": with_parts(started, {"operation": "sign", **by_path, "signatories": [edwards_signatory], "output": {"inPlace": True}}, certificate=edwards),
    "sign-into-a-file": with_parts(started, {"operation": "sign", **by_path, "signatories": [edwards_signatory], "output": {"path": b"/d/b.pdf".hex(), "replace": True, "orInPlace": True}}, certificate=edwards),
    "sign-with-a-ledger": with_parts(started, {"operation": "sign", **by_path, "signatories": [edwards_signatory], "output": {"inPlace": True},
        "ledger": {"ledger": open_ledger, "id": "a", "state": {"state": "signing", "length": CLASSIC, "signedLength": CLASSIC + 9, "update": "00" * 32}}}, certificate=edwards),
})

# Responses of servers ------------------------------------------------------------------------------------------------------------

RECORDED = HERE.parent / "tests/vectors/certificates/recorded"
RESPONSES = HERE.parent / "tests/vectors/responses"


def responses(choice, *bodies):
    """An input of the target `http`: options, then responses, each with status 200 or of the kind that a number names."""
    parts = [bytes([choice])]
    for body in bodies:
        kind, body = (body, b"") if isinstance(body, int) else (0, body)
        parts.append(bytes([kind]) + len(body).to_bytes(2, "big") + body)
    return b"".join(parts)


case = json.loads((VECTORS / "level-b-lt.json").read_text())
recorded = {entry["purpose"]: (RESPONSES / entry["body"]).read_bytes() for entry in case["http"]}
status, token = recorded["ocsp"], recorded["timestamp"]
of_root, of_issuing = ((RECORDED / f"{name}.crl").read_bytes() for name in ("root", "issuing"))
write("http", {
    "a-list-in-place-of-a-status": responses(0, b"0\x03\n\x01\x03", of_root, of_issuing, of_issuing, of_issuing),
    "a-portal": responses(0, *[b"<html><title>Sign in</title></html>"] * 6),
    "a-token-of-another-request": responses(1, status, of_root, of_issuing, token),
    "lists": responses(4, of_issuing, of_root, of_issuing, of_issuing),
    "lists-in-another-order": responses(4, of_root, of_issuing, of_issuing, of_root),
    "nothing": responses(0),
    "one-service-for-a-moment": responses(3, status, of_root, of_issuing, 5, 4, 6, token),
    "status-and-lists": responses(0, status, of_root, of_issuing, of_issuing),
    "status-and-lists-in-another-order": responses(0, status, of_issuing, of_root, of_issuing),
    "too-early": responses(8, status, of_root, of_issuing),
    "with-a-nonce": responses(16, status, of_root, of_issuing),
})
