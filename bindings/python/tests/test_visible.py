"""Visible signatures: forms of the options, files, sessions, several signers, errors and warnings."""

from __future__ import annotations

import asyncio
import dataclasses
import struct
import subprocess
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import rustpdf
from rustpdf import Appearance, AppearanceFont, AppearanceImage, AppearancePdf, BoxPosition, EmptyField, SigningOptions

from .conftest import Folder
from .support.pdf import make_pdf, make_png
from .support.pki import CHAIN, KEY, MOMENT, ROOT, certificate, never, signer
from .support.verify import openssl_verify, pdfsig

PDF = make_pdf(pages=3)
RECT = [10, 20, 190, 80]
FONT = (ROOT / "crates/appearance/fonts/NotoSans-Regular.ttf").read_bytes()


def restricted() -> bytes:
    """A font whose licence forbids to embed it."""
    font = bytearray(FONT)
    entry = font.index(b"OS/2")
    (offset,) = struct.unpack_from(">I", font, entry + 8)
    struct.pack_into(">H", font, offset + 8, 2)
    return bytes(font)


def sign(pdf: Any = PDF, **more: Any) -> rustpdf.Signed:
    return rustpdf.sign(pdf, signer=signer(), certificate=certificate(), chain=CHAIN, **MOMENT, **more)


def text_of(pdf: bytes) -> str:
    """Text of a document, as Poppler reads it."""
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, check=True, capture_output=True).stdout.decode()


def code_of(appearance: Any, pdf: bytes = PDF, **options: Any) -> str:
    """The code of the error; the key is not asked."""
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.sign(pdf, signer=never, certificate=certificate(), chain=CHAIN, appearance=appearance, **options)
    return caught.value.code


def test_the_default_appearance() -> None:
    signed = sign(appearance={"rect": RECT, "page": -1}, reason="Approved", location="Graz")
    assert signed.report.rect == (10, 20, 190, 80)
    assert signed.report.page == 3
    text = text_of(signed.pdf)
    assert "Digitally signed by" in text
    assert "2026-11-27 12:00:00 UTC" in text
    assert "Reason: Approved" in text
    assert "Location: Graz" in text
    assert pdfsig(signed.pdf) == 1
    assert sign().report.rect is None


@pytest.mark.parametrize(
    ("mapping", "typed"),
    [
        ({"rect": RECT}, Appearance(rect=RECT)),
        ({"rect": tuple(RECT)}, Appearance(rect=(10.0, 20.0, 190.0, 80.0))),
        (
            {"page": 2, "unit": "mm", "position": {"corner": "top-left", "width": 50, "height": 20, "margin": 5}},
            Appearance(page=2, unit="mm", position=BoxPosition(corner="top-left", width=50, height=20, margin=5)),
        ),
        (
            {"rect": RECT, "image": {"data": make_png(), "place": "end", "share": 0.3}, "date_format": "dd.MM.yyyy", "font_size": 8},
            Appearance(rect=RECT, image=AppearanceImage(data=make_png(), place="end", share=0.3), date_format="dd.MM.yyyy", font_size=8),
        ),
        (
            {"rect": RECT, "labels": {"signed_by": "Seen by", "reason": ""}, "border": {"width": 1}, "accent": "none"},
            Appearance(
                rect=RECT,
                labels=rustpdf.AppearanceLabels(signed_by="Seen by", reason=""),
                border=rustpdf.AppearanceBorder(width=1),
                accent="none",
            ),
        ),
        (
            {"rect": RECT, "font": [{"regular": FONT, "index": 0}], "strokes": [[0, 0, 10, 10], (10, 0, 0, 10)], "qr": "{field}"},
            Appearance(rect=RECT, font=[AppearanceFont(regular=FONT)], strokes=[(0, 0, 10, 10), [10, 0, 0, 10]], qr="{field}"),
        ),
    ],
    ids=["rect", "tuple", "position", "image", "labels", "font"],
)
def test_a_mapping_and_the_types_are_the_same(mapping: Mapping[str, Any], typed: Appearance) -> None:
    nested = {name: value for name, value in ((field.name, getattr(typed, field.name)) for field in dataclasses.fields(typed)) if value}
    expected = sign(appearance=mapping, reason="Approved").pdf
    assert sign(appearance=typed, reason="Approved").pdf == expected
    assert sign(appearance=nested, reason="Approved").pdf == expected
    assert sign(options={"appearance": mapping}, reason="Approved").pdf == expected
    assert sign(options=SigningOptions(appearance=typed, reason="Approved")).pdf == expected
    openssl_verify(expected)


def test_the_literal_call() -> None:
    appearance = {"page": -1, "position": {"corner": "bottom-right", "width": 150, "margin": 10}, "image": {"data": make_png()}}
    signed = rustpdf.sign_with(PDF, certificate(), signer(), chain=CHAIN, options={"appearance": appearance}, **MOMENT)
    assert signed == sign(appearance=appearance).pdf


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, "path"])
def test_bytes_of_every_kind(kind: Any, folder: Folder) -> None:
    def given(name: str, content: bytes) -> Any:
        return Path(folder.write(name, content)) if kind == "path" else kind(content)

    image = {"image": {"data": given("logo.png", make_png())}, "font": [{"regular": given("a.ttf", FONT), "bold": given("b.ttf", FONT)}]}
    expected = {"image": {"data": make_png()}, "font": [{"regular": FONT, "bold": FONT}]}
    assert sign(appearance={"rect": RECT, **image}).pdf == sign(appearance={"rect": RECT, **expected}).pdf
    drawing = {"rect": RECT, "pdf": {"data": given("in.pdf", make_pdf())}}
    assert sign(appearance=drawing).pdf == sign(appearance={"rect": RECT, "pdf": {"data": make_pdf()}}).pdf


def test_bytes_are_those_of_the_call() -> None:
    """They are copied before the key is asked, and the caller's buffer is free again."""
    image = bytearray(make_png())
    session = rustpdf.begin_signing(
        PDF, certificate=certificate(), chain=CHAIN, appearance={"rect": RECT, "image": {"data": image}}, **MOMENT
    )
    image.clear()
    assert session.report.rect == (10, 20, 190, 80)


@pytest.mark.parametrize("data", ["logo.png", 7, None, object()], ids=repr)
def test_a_file_that_is_none(data: Any) -> None:
    """A text is no path: it may come from a stranger."""
    expected = "ERR_OPTION_VALUE" if data is None else "ERR_ARGUMENT"
    assert code_of({"rect": RECT, "image": {"data": data}}) == expected


def test_a_file_that_is_not_there(folder: Folder) -> None:
    with pytest.raises(FileNotFoundError):
        sign(appearance={"rect": RECT, "image": {"data": Path(folder.at("none.png"))}})


def test_a_font_is_larger_than_a_header() -> None:
    """Bytes are parts of the frame. As hexadecimal digits these would not fit its header."""
    large = FONT + bytes(12 << 20)
    signed = sign(appearance={"rect": RECT, "font": [{"regular": large}]})
    assert len(signed.pdf) < len(PDF) + 60_000
    assert "Digitally signed by" in text_of(signed.pdf)


def test_a_page_of_a_pdf_alone_and_behind_text() -> None:
    alone = sign(appearance=Appearance(rect=RECT, pdf=AppearancePdf(data=make_pdf())))
    assert "signed by" not in text_of(alone.pdf)
    assert alone.pdf == sign(appearance={"rect": RECT, "pdf": {"data": make_pdf(), "page": 1}}).pdf
    behind = sign(appearance=Appearance(rect=RECT, pdf=AppearancePdf(data=make_pdf(pages=2), page=-1), language="en"))
    assert "Digitally signed by" in text_of(behind.pdf)
    assert "Digitally signed by" in text_of(sign(appearance={"rect": RECT, "pdf": {"data": make_pdf()}, "font_size": 7.2}).pdf)


def test_a_file(folder: Folder) -> None:
    path = folder.write("in.pdf", PDF)
    signed = rustpdf.sign_file(
        path, folder.at("out.pdf"), signer=signer(), certificate=certificate(), chain=CHAIN, appearance={"rect": RECT}, **MOMENT
    )
    assert signed.report.rect == (10, 20, 190, 80)
    assert folder.read("out.pdf") == sign(appearance={"rect": RECT}).pdf


def test_empty_fields_are_filled_in_turn() -> None:
    """The first signer makes the field of the second, which keeps its box."""
    fields: list[EmptyField | Mapping[str, Any]] = [
        EmptyField(name="Buyer", rect=[10, 100, 190, 150], tooltip="Signature of the buyer"),
        {"name": "Witness", "page": 2, "position": {"corner": "top-left", "width": 100, "margin": 5}},
    ]
    first = rustpdf.Signer(certificate(), signer(), CHAIN)
    one = {"appearance": Appearance(rect=RECT), "empty_fields": fields}
    both = rustpdf.sign_in_turn(
        PDF,
        [
            CarryingSigner(first, one),
            CarryingSigner(first, {"field_name": "Buyer", "existing_field": True, "appearance": {"text": "**{name}**"}}),
        ],
        **MOMENT,
    )
    assert [report.rect for report in both.reports] == [(10, 20, 190, 80), (10, 100, 190, 150)]
    assert pdfsig(both.pdf) == 2
    assert [field.name for field in rustpdf.inspect(both.pdf).fields if not field.signed] == ["Witness"]


@dataclasses.dataclass
class CarryingSigner:
    """A signer with options."""

    signer: Any
    options: Any

    @property
    def certificate(self) -> Any:
        return self.signer.certificate

    @property
    def chain(self) -> Any:
        return self.signer.chain

    def sign(self, data: bytes, request: rustpdf.SigningRequest) -> bytes:
        signature: bytes = self.signer.sign(data, request)
        return signature


def test_a_session_is_saved_sealed_alone() -> None:
    options = SigningOptions(appearance=Appearance(rect=RECT, image=AppearanceImage(data=make_png())))
    session = rustpdf.begin_signing(PDF, certificate=certificate(), chain=CHAIN, options=options, **MOMENT)
    with pytest.raises(rustpdf.RustpdfError) as caught:
        session.serialize_unsealed()
    assert caught.value.code == "ERR_OPTION_VALUE"
    resumed = rustpdf.resume_signing(session.serialize(KEY), PDF, KEY)
    assert resumed.request is not None
    assert resumed.report.rect == (10, 20, 190, 80)
    assert resumed.complete_with_signature(signer()(resumed.request.data, resumed.request)) == sign(options=options).pdf


def test_a_session_without_a_certificate_requires_a_name() -> None:
    with pytest.raises(rustpdf.RustpdfError) as caught:
        rustpdf.begin_signing(PDF, appearance={"rect": RECT})
    assert caught.value.code == "ERR_APPEARANCE_TEXT"
    assert rustpdf.begin_signing(PDF, appearance={"rect": RECT}, name="Ada").report.rect == (10, 20, 190, 80)


def test_many(folder: Folder) -> None:
    jobs = []
    for name in ("a", "b", "c"):
        options = {"appearance": {"rect": RECT, "text": "C"}} if name == "c" else None
        jobs.append(rustpdf.Job(folder.write(f"{name}.pdf", PDF), folder.at(f"{name}.signed.pdf"), options=options))
    own = rustpdf.Signer(certificate(), signer(), CHAIN)
    outcomes = list(rustpdf.sign_many(jobs, signer=own, appearance={"rect": RECT, "image": {"data": make_png()}}, **MOMENT))
    assert [outcome.status for outcome in outcomes] == ["signed"] * 3
    image = sign(appearance={"rect": RECT, "image": {"data": make_png()}}).pdf
    assert [folder.read(f"{name}.signed.pdf") for name in "abc"] == [image, image, sign(appearance={"rect": RECT, "text": "C"}).pdf]


def test_beside_an_event_loop(folder: Folder) -> None:
    async def main() -> None:
        own: dict[str, Any] = {"signer": signer(), "certificate": certificate(), "chain": CHAIN, **MOMENT}
        appearance = {"rect": RECT, "image": {"data": make_png()}}
        assert (await rustpdf.sign_async(PDF, appearance=appearance, **own)).pdf == sign(appearance=appearance).pdf
        path = folder.write("in.pdf", PDF)
        signed = await rustpdf.sign_file_async(path, folder.at("out.pdf"), appearance=appearance, **own)
        assert signed.report.rect == (10, 20, 190, 80)
        with pytest.raises(rustpdf.RustpdfError) as caught:
            await rustpdf.sign_async(PDF, appearance={"rect": RECT, "image": {"data": b"none"}}, **own)
        assert caught.value.code == "ERR_IMAGE"

    asyncio.run(main())


@pytest.mark.parametrize(
    ("appearance", "code"),
    [
        ({}, "ERR_APPEARANCE_BOX"),  # 210 points are wider than the page
        ({"rect": [0, 0, 5, 5]}, "ERR_APPEARANCE_BOX"),
        ({"rect": [0, 0, 300, 50]}, "ERR_APPEARANCE_BOX"),
        ({"rect": [0, 0, 12, 6]}, "ERR_APPEARANCE_FIT"),
        ({"rect": RECT, "text": "{nmae}"}, "ERR_APPEARANCE_TEXT"),
        ({"rect": RECT, "pdf": {"data": b"none"}}, "ERR_APPEARANCE_PDF"),
        ({"rect": RECT, "font": [{"regular": b"none"}]}, "ERR_FONT"),
        ({"rect": RECT, "text": "سلام"}, "ERR_FONT_GLYPH"),
        ({"rect": RECT, "font": [{"regular": restricted()}]}, "ERR_FONT_LICENSE"),
        ({"rect": RECT, "image": {"data": make_png()[:50]}}, "ERR_IMAGE"),
        ({"rect": RECT, "qr": "x" * 2332}, "ERR_QR"),
        ({"rect": RECT, "position": {}}, "ERR_OPTION_VALUE"),
        ({"rect": RECT, "unit": "inch"}, "ERR_OPTION_VALUE"),
        ({"rect": [1, 2, 3]}, "ERR_OPTION_VALUE"),
        ({"rect": RECT, "font_size": 1}, "ERR_OPTION_VALUE"),
        ({"rect": RECT, "page": 0}, "ERR_PAGE_NUMBER"),
        ({"rect": RECT, "page": 4}, "ERR_PAGE_NUMBER"),
        ({"rect": RECT, "fontSize": 7}, "ERR_OPTION_UNKNOWN"),
        ({"rect": RECT, "image": {"date": make_png()}}, "ERR_OPTION_UNKNOWN"),
        ("visible", "ERR_OPTION_VALUE"),
        (True, "ERR_OPTION_VALUE"),
        ([RECT], "ERR_OPTION_VALUE"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value)[:60],
)
def test_each_error_has_its_code(appearance: Any, code: str) -> None:
    assert code_of(appearance) == code


def test_an_error_names_the_option_as_python_does() -> None:
    with pytest.raises(rustpdf.RustpdfError, match="did you mean `font_size`"):
        sign(appearance={"fontSize": 7})
    with pytest.raises(rustpdf.RustpdfError, match=r"`appearance\.font_size`"):
        sign(appearance={"rect": RECT, "font_size": 1})


@pytest.mark.parametrize("fields", [7, [{}], [{"name": "a.b"}], [{"name": "a", "colour": 1}], ["a"]], ids=repr)
def test_empty_fields_that_are_wrong(fields: Any) -> None:
    code = code_of(None, empty_fields=fields)
    assert code in ("ERR_OPTION_VALUE", "ERR_OPTION_UNKNOWN", "ERR_FIELD_NAME", "ERR_APPEARANCE_BOX")


def test_an_overlap_is_a_warning() -> None:
    first = sign(appearance={"rect": RECT}).pdf
    with pytest.warns(rustpdf.SigningWarning) as caught:
        sign(first, appearance={"rect": [50, 50, 195, 120]})
    assert [one.message.code for one in caught if isinstance(one.message, rustpdf.SigningWarning)] == ["WARN_WIDGETS_OVERLAP"]
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        apart = sign(first, appearance={"rect": [10, 90, 190, 150]})
    assert apart.report.warnings == ()


def test_a_broken_drawing_leaves_nothing_behind(folder: Folder) -> None:
    path = folder.write("in.pdf", PDF)
    for output in (folder.at("out.pdf"), path):
        with pytest.raises(rustpdf.RustpdfError):
            rustpdf.sign_file(path, output, signer=never, certificate=certificate(), chain=CHAIN, appearance={"rect": RECT, "text": "سلام"})
    assert folder.names() == ["in.pdf"]
    assert folder.read("in.pdf") == PDF


@pytest.mark.parametrize("place", ["start", "end", "top", "behind", "only"])
def test_places_of_an_image(place: Any) -> None:
    signed = sign(appearance=Appearance(rect=RECT, image=AppearanceImage(data=make_png(), place=place)))
    listed = subprocess.run(["pdfimages", "-list", "-"], input=signed.pdf, check=True, capture_output=True).stdout.decode()
    assert listed.count("\n") in (2, 3)  # Poppler lists images of pages alone in some versions
    assert ("Digitally signed by" in text_of(signed.pdf)) == (place != "only")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"utc_offset_minutes": 120}, "2026-11-27 14:00:00 +02:00"),
        ({"appearance": {"rect": RECT, "language": "de"}, "reason": "Freigegeben"}, "Grund: Freigegeben"),
    ],
    ids=["offset", "language"],
)
def test_the_text(options: Any, text: str) -> None:
    assert text in text_of(sign(**{"appearance": {"rect": RECT}, **options}).pdf)
