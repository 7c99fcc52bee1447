"""Documents and images that are made for a test."""

import struct
import zlib
from collections.abc import Sequence


def make_pdf(*, pages: int = 1, catalog: str = "", more: Sequence[str] = (), trailer: str = "") -> bytes:
    """A small document with a classic table: catalog 1, page tree 2, content 3, then the pages, then `more`."""
    numbers = range(4, 4 + pages)
    content = "10 20 m 30 40 l S"
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
        f"<</Length {len(content)}>>\nstream\n{content}\nendstream",
        *("<</Type/Page/Parent 2 0 R/MediaBox[0 0 200.125 200]/Resources<<>>/Contents 3 0 R>>" for _ in numbers),
        *more,
    ]
    out = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    table = "0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += f"{len(out):010} 00000 n \n"
        out += f"{number} 0 obj\n{body}\nendobj\n"
    size = len(objects) + 1
    rest = f"trailer\n<</Size {size}/Root 1 0 R/ID[<00112233><00112233>]{trailer}>>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 {size}\n{table}{rest}".encode("latin-1")


def make_large_pdf(size: int) -> bytes:
    """A document of about this size. No two of its pieces are alike."""
    content = "".join(f"{line:15}\n" for line in range(-(-size // 16)))
    return make_pdf(more=[f"<</Length {len(content)}>>\nstream\n{content}endstream"])


def make_png(width: int = 8, height: int = 4) -> bytes:
    """A red image."""
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0),
        b"IDAT": zlib.compress((b"\0" + b"\xff\0\0" * width) * height),
        b"IEND": b"",
    }
    chunked = (struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks.items())
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunked)
