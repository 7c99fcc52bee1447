"""Images to draw, as bytes by name: PICTURES. Each shows the same scene; `seen` is the scene as it has to be drawn."""
import io
import struct
import zlib

import numpy
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 240, 120
# Offset and step of columns and rows of each pass of Adam7 (PNG, 8.2).
ADAM7 = [(0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2)]
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6


def scene():
    """Red, green and blue, alpha: a gradient, a disc that is half transparent, and a corner that is wholly so."""
    image = Image.new("RGBA", (WIDTH, HEIGHT))
    pixels = numpy.zeros((HEIGHT, WIDTH, 4), numpy.uint8)
    pixels[..., 0] = numpy.linspace(20, 240, WIDTH)[None, :]
    pixels[..., 1] = numpy.linspace(200, 40, HEIGHT)[:, None]
    pixels[..., 2], pixels[..., 3] = 90, 255
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    draw.ellipse((20, 20, 100, 100), fill=(10, 30, 160, 128))
    draw.polygon([(WIDTH, 0), (WIDTH, HEIGHT), (WIDTH - 90, 0)], fill=(255, 255, 255, 0))
    draw.line([(110, 90), (150, 30), (170, 100)], fill=(0, 0, 0, 255), width=6)
    return image


SCENE = scene()
OPAQUE = Image.alpha_composite(Image.new("RGBA", SCENE.size, "white"), SCENE).convert("RGB")


def png(samples, kind, depth, interlaced=False, extra=()):
    """A PNG of samples: an array of rows, columns and components."""
    height, width, _ = samples.shape
    passes = ADAM7 if interlaced else [(0, 1, 0, 1)]
    raw = b"".join(packed(samples[y::down, x::right], depth) for x, right, y, down in passes)
    chunks = [(b"IHDR", struct.pack(">2L5B", width, height, depth, kind, 0, 0, interlaced)), *extra, (b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + tag + data + struct.pack(">L", zlib.crc32(tag + data)) for tag, data in chunks)


def packed(samples, depth):
    """Rows with the filter Sub or none, in turn."""
    out = b""
    for number, row in enumerate(samples.reshape(samples.shape[0], -1)):
        if depth < 8:
            bits = numpy.unpackbits(row.astype(numpy.uint8)[:, None], axis=1)[:, 8 - depth:]
            out += b"\0" + numpy.packbits(bits.reshape(-1)).tobytes()
            continue
        data = numpy.frombuffer(row.astype(">u2" if depth == 16 else "u1").tobytes(), numpy.uint8)
        step = samples.shape[2] * depth // 8
        if number % 2:
            out += b"\x01" + (data - numpy.concatenate([numpy.zeros(step, numpy.uint8), data[:-step]])).astype(numpy.uint8).tobytes()
        else:
            out += b"\0" + data.tobytes()
    return out


def encoded(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def colours():
    """Numbers, colours and opacities of the scene with few colours; the last one is transparent."""
    few = OPAQUE.quantize(100, dither=Image.Dither.NONE)
    numbers = numpy.asarray(few).astype(int)
    numbers[numpy.asarray(SCENE)[..., 3] == 0] = 100
    palette = bytes(few.getpalette()[:300]).ljust(300, b"\0") + b"\xff\xff\xff"
    return numbers, palette


def wide(samples):
    """8 bits as 16."""
    return samples.astype(int) * 257


def turned(image):
    """A JPEG that is stored on its side, and says so."""
    exif = Image.Exif()
    exif[0x0112] = 6  # The first row is at the right.
    return encoded(image.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=exif)


def pictures():
    rgba, rgb, grey = numpy.asarray(SCENE), numpy.asarray(OPAQUE), numpy.asarray(OPAQUE.convert("L"))
    grey_alpha = numpy.stack([numpy.asarray(SCENE.convert("RGB").convert("L")), rgba[..., 3]], axis=2)
    numbers, palette = colours()
    grey_seen = OPAQUE.convert("L").convert("RGB")
    grey_alpha_seen = Image.composite(Image.fromarray(grey_alpha[..., 0]), Image.new("L", SCENE.size, 255), Image.fromarray(rgba[..., 3])).convert("RGB")
    sixteen = [(b"PLTE", palette), (b"tRNS", b"\xff" * 100 + b"\0")]
    palette_seen = Image.fromarray(numpy.frombuffer(palette, numpy.uint8).reshape(-1, 3)[numbers])
    level = lambda depth: grey.astype(int) >> (8 - depth)  # noqa: E731
    level_seen = lambda depth: Image.fromarray((level(depth) * 255 // ((1 << depth) - 1)).astype(numpy.uint8)).convert("RGB")  # noqa: E731
    key = (b"tRNS", struct.pack(">H", 0))  # of grey samples those that are 0
    keyed = numpy.where(rgba[..., 3] == 0, 0, numpy.maximum(grey, 1))
    keyed_seen = Image.fromarray(numpy.where(keyed == 0, 255, keyed).astype(numpy.uint8)).convert("RGB")
    return {
        "png-alpha": (png(rgba, RGBA, 8), OPAQUE),
        "png-rgb": (png(rgb, RGB, 8), OPAQUE),
        "png-grey": (png(grey[..., None], GREY, 8), grey_seen),
        "png-grey-1-bit": (png(level(1)[..., None], GREY, 1), level_seen(1)),
        "png-grey-4-bit": (png(level(4)[..., None], GREY, 4), level_seen(4)),
        "png-grey-key": (png(keyed[..., None], GREY, 8, extra=[key]), keyed_seen),
        "png-grey-alpha-16-bit": (png(wide(grey_alpha), GREY_ALPHA, 16), grey_alpha_seen),
        "png-palette": (png(numbers[..., None], PALETTE, 8, extra=sixteen), palette_seen),
        "png-16-bit": (png(wide(rgb), RGB, 16), OPAQUE),
        "png-16-bit-alpha": (png(wide(rgba), RGBA, 16), OPAQUE),
        "png-interlaced": (png(rgba, RGBA, 8, interlaced=True), OPAQUE),
        "png-interlaced-palette": (png(numbers[..., None], PALETTE, 8, interlaced=True, extra=sixteen), palette_seen),
        "jpeg-rgb": (encoded(OPAQUE, "JPEG", quality=95), OPAQUE),
        "jpeg-grey": (encoded(OPAQUE.convert("L"), "JPEG", quality=95), grey_seen),
        "jpeg-progressive": (encoded(OPAQUE, "JPEG", quality=95, progressive=True, subsampling=0), OPAQUE),
        "jpeg-turned": (turned(OPAQUE), OPAQUE),
    }


PICTURES = {name: data for name, (data, _) in pictures().items()}
SEEN = {name: seen for name, (_, seen) in pictures().items()}
# Refused, with the code.
REFUSED = {
    "jpeg-cmyk": (encoded(OPAQUE.convert("CMYK"), "JPEG"), "ERR_IMAGE"),
    "gif": (encoded(OPAQUE.convert("P"), "GIF"), "ERR_IMAGE"),
    "png-cut-short": (PICTURES["png-rgb"][:2000], "ERR_IMAGE"),
}
