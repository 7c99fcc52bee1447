"""Makes the pictures and the table of verdicts of README.md: see make.sh."""
import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import inputs

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "tests/.build/gallery"
PEERS = ROOT / "tests/peers/visible"
JUDGES = ROOT / "tests/judges"
JAVA = JUDGES / "java/target"
SCALE = 2  # pixels for a point: 144 dpi
FONTS = ROOT / "crates/appearance/fonts"
# Pages that are shown whole, at 108 dpi; of the others the default box with 8 points around it.
WHOLE = {"agreement": 1.5, "rotated": 1.5, "parties": 2}
BOX, AROUND = (36, 36, 246, 96), 8
# On the conforming document, left, bottom, right and top.
PEER_BOX = (72, 610, 282, 670)
# Title, program, and whether a font is given that the library embeds.
PEERS_SHOWN = {
    "rustpdf": ("rustpdf", "rustpdf", False),
    "pyhanko": ("pyHanko 0.38.0", "pyhanko", False),
    "dss": ("EU DSS 6.4", "dss", False),
    "dss-image": ("EU DSS 6.4, text as an image", "dss-image", False),
    "itext": ("iText 9.5.0", "itext", False),
    "itext-font": ("iText 9.5.0, with a font", "itext", True),
}
JAVA_ERROR = 'Exception in thread "main" java.lang.'
DEFAULTS = ["rustpdf", "pyhanko", "dss", "itext"]
NAME, REASON, TIME = "Zoë Müller-Łukasiewicz", "I approve this document", "2026-11-29T14:05:07Z"


def run(*command, **more):
    return subprocess.run([str(word) for word in command], **{"check": True, **more})


def rendered(path, scale):
    """The page as Poppler shows it, in RGB. Drawn at twice the scale, because Poppler puts glyphs on whole pixels."""
    out = path.with_suffix("")
    run("pdftoppm", "-cropbox", "-png", "-singlefile", "-r", 144 * scale, path, out)
    with Image.open(out.with_suffix(".png")) as picture:
        return picture.convert("RGB").reduce(2)


def cropped(picture, box, scale):
    """A part of a page: left, bottom, right, top in points."""
    left, bottom, right, top = (round(edge * scale) for edge in box)
    return picture.crop((left, picture.height - top, right, picture.height - bottom))


def framed(picture):
    """With the edge of the page."""
    draw = ImageDraw.Draw(picture)
    draw.rectangle([0, 0, picture.width - 1, picture.height - 1], outline="#c8c8c8")
    return picture


def stacked(pictures, gap, columns=1):
    width, height = max(one.width for one in pictures), max(one.height for one in pictures)
    rows = -(-len(pictures) // columns)
    out = Image.new("RGB", (columns * width + (columns - 1) * gap, rows * height + (rows - 1) * gap), "white")
    for number, one in enumerate(pictures):
        out.paste(one, (number % columns * (width + gap), number // columns * (height + gap)))
    return out


def save(picture, name):
    """Saves with a palette, which keeps the file small."""
    few = picture.quantize(192, method=Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE)
    few.save(HERE / f"{name}.png", optimize=True, bits=8)


def features(only):
    """A picture for each block of options."""
    signed = json.loads((BUILD / "signed.json").read_text())
    for name, made in signed.items():
        if only and name not in only:
            continue
        whole = WHOLE.get(made["page"])
        shown = [rendered(BUILD / file, whole or SCALE) for file in made["files"]]
        if whole:
            shown = [framed(one) for one in shown]
        else:
            left, bottom, right, top = BOX
            shown = [cropped(one, (left - AROUND, bottom - AROUND, right + AROUND, top + AROUND), SCALE) for one in shown]
        save(stacked(shown, 16), name)


def peer_command(program, classes):
    if program == "rustpdf":
        return ["node", PEERS / "sign_rustpdf.mjs"]
    if program == "pyhanko":
        return [JUDGES / "venv/bin/python", PEERS / "sign_pyhanko.py"]
    return ["java", "-cp", f"{classes}:{JAVA}/dependency/*", "VisiblePeers", program]


def peers():
    """Signs the conforming document with each library, and shows the boxes beside each other. Returns the verdicts of veraPDF."""
    classes = BUILD / "classes"
    run("javac", "-nowarn", "-d", classes, "-cp", JAVA / "dependency/*", PEERS / "VisiblePeers.java")
    rest = [BUILD / "signer.key", BUILD / "signer.pem", NAME, REASON, TIME, ",".join(map(str, PEER_BOX))]
    said, shown = {"before": BUILD / "conforming.pdf"}, {}
    for peer, (_, program, with_font) in PEERS_SHOWN.items():
        out = BUILD / f"peer-{peer}.pdf"
        font = [FONTS / "NotoSans-Regular.ttf"] if with_font else []
        command = [*peer_command(program, classes), out]
        done = run(*command, BUILD / "conforming.pdf", *rest, *font, check=False, stderr=subprocess.PIPE, text=True)
        if done.returncode == 0:
            said[peer] = out
        else:
            # The library refuses PDF/A: its appearance is shown on the same page without the claim.
            said[peer] = done.stderr.splitlines()[0]
            run(*command, BUILD / "not-claiming.pdf", *rest, *font)
        shown[peer] = out
    label = ImageFont.truetype(str(FONTS / "NotoSans-Regular.ttf"), 18)
    tiles = []
    for peer in DEFAULTS:
        left, bottom, right, top = PEER_BOX
        part = cropped(rendered(shown[peer], SCALE), (left - 12, bottom - 12, right + 12, top + 32), SCALE)
        tile = Image.new("RGB", (part.width, part.height + 30), "white")
        ImageDraw.Draw(tile).text((0, 0), PEERS_SHOWN[peer][0], fill="#804000", font=label)
        tile.paste(framed(part), (0, 30))
        tiles.append(tile)
    save(stacked(tiles, 24, columns=2), "peers")
    judged = verdicts({peer: path for peer, path in said.items() if isinstance(path, Path)})
    return {peer: judged.get(peer, result) for peer, result in said.items()}


def verdicts(paths):
    command = [JUDGES / "venv/bin/python", JUDGES / "judge.py", "--json", "--only", "verapdf", "--root", BUILD / "signer.pem", *paths.values()]
    output = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False).stdout
    said = {answer["file"]: answer["verdicts"]["verapdf"] for answer in map(json.loads, output.splitlines())}
    return {name: said[str(path)] for name, path in paths.items()}


def table(said):
    """The verdicts as a table of Markdown."""
    rows = ["| signed by | veraPDF, PDF/A-2b | rules that fail (ISO 19005-2) |", "|---|---|---|"]
    for peer, verdict in said.items():
        title = PEERS_SHOWN[peer][0] if peer in PEERS_SHOWN else "not signed"
        if isinstance(verdict, str):
            rows.append(f"| {title} | not signed | `{verdict.removeprefix(JAVA_ERROR)}` |")
            continue
        failed = verdict["details"].get("2b", {})
        rules = ", ".join(f"{rule.replace(' test ', ', test ')} ({count}×)" for rule, count in failed.items())
        rows.append(f"| {title} | {'passes' if verdict['ok'] else 'fails'} | {rules or '–'} |")
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", type=lambda names: names.split(","), help="names of pictures; `peers` is one")
    only = parser.parse_args().only
    BUILD.mkdir(parents=True, exist_ok=True)
    for name, make in inputs.INPUTS.items():
        (BUILD / name).write_bytes(make())
    run("node", HERE / "sign.mjs", BUILD)
    features(only)
    if not only or "peers" in only:
        readme = HERE / "README.md"
        begin, end = "<!-- verdicts -->\n", "\n?<!-- end of verdicts -->"
        made = table(peers())
        readme.write_text(re.sub(f"{begin}.*?{end}", lambda _: f"{begin}{made}\n<!-- end of verdicts -->", readme.read_text(), flags=re.DOTALL))
    total = sum(path.stat().st_size for path in HERE.glob("*.png"))
    print(f"{len(list(HERE.glob('*.png')))} pictures, {total:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
