"""What MuPDF sees of a file: the pages, the first of them as a small picture and as text, and what it complains of."""
import hashlib
import re
import subprocess
from dataclasses import dataclass

TIMEOUT_S = 60
PAGES = "1-3"
DPI = "24"
# MuPDF 1.21 says this once a run, whatever the file.
ALWAYS = "warning: ICC support is not available"


@dataclass
class View:
    pages: int
    picture: str
    text: str
    repaired: bool
    complaints: set


def view(path, password):
    """None where MuPDF cannot open the file or finds no page."""
    options = ["-p", password] if password else []
    status, told, complaints = run("info", *options, path)
    count = re.search(rb"^Pages: (\d+)$", told, flags=re.M)
    if status or not count or int(count[1]) == 0:
        return None
    _, picture, drawing = run("draw", "-q", *options, "-F", "pam", "-r", DPI, "-o", "-", path, PAGES)
    _, text, _ = run("draw", "-q", *options, "-F", "text", "-o", "-", path, PAGES)
    complaints |= drawing
    repaired = any("repair" in complaint for complaint in complaints)
    return View(int(count[1]), digest(picture), digest(text), repaired, complaints)


def changes(before, after):
    found = []
    if before.pages != after.pages:
        found.append(f"{after.pages} pages, {before.pages} before")
    if before.picture != after.picture:
        found.append("the first pages look otherwise")
    if before.text != after.text:
        found.append("the first pages read otherwise")
    if not before.repaired:
        found += [f"says anew: {complaint}" for complaint in sorted(after.complaints - before.complaints)]
    return found


def run(command, *words):
    done = subprocess.run(["mutool", command, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT_S)
    lines = {line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines()} - {ALWAYS, ""}
    return done.returncode, done.stdout, {re.sub(r"\d+", "#", line) for line in lines}


def digest(data):
    return hashlib.sha256(data).hexdigest()
