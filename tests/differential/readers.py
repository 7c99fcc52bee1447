"""The five readers, and the text of page 1 that each of them shows.

A reader that is a library runs as a worker: a line on its standard input is a path, a line on its standard output the result. A worker
that crashes or hangs gives an error for that document and is started again.

    readers.py mupdf|pdfium     the worker of a reader
    readers.py show FILE…       what each reader shows
"""
import json
import os
import select
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECONDS = 20
READERS = ["qpdf", "mupdf", "poppler", "pdfium", "pdfjs"]


class Worker:
    """A process that answers each line with a line of JSON."""

    def __init__(self, command):
        self.command, self.process = command, None

    def ask(self, line):
        """The answer, or None after a crash or after `SECONDS`."""
        if self.process is None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            self.process.stdin.write(f"{line}\n".encode())
            self.process.stdin.flush()
            if select.select([self.process.stdout], [], [], SECONDS)[0] and (answer := self.process.stdout.readline()):
                return json.loads(answer)
        except BrokenPipeError:
            pass
        self.close()
        return None

    def close(self):
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None


def worker(name):
    if name == "pdfjs":
        return Worker(["node", HERE / "pdfjs.mjs"])
    return Worker([sys.executable, HERE / "readers.py", name]) if name in ("mupdf", "pdfium") else None


def output(*command):
    """Standard output of a program, or None if it failed."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def qpdf(path):
    # Page 1 alone in a new file: qpdf takes along what the page refers to, and nothing else.
    page = output("qpdf", "--warning-exit-0", "--empty", "--pages", path, "1", "--", "--qdf", "--static-id", "-")
    return {"error": "qpdf"} if page is None else {"text": page.decode("latin-1"), "signatures": 0}


def poppler(path):
    text = output("pdftotext", "-l", "1", path, "-")
    return {"error": "pdftotext"} if text is None else {"text": text.decode("utf-8", "replace"), "signatures": 0}


def mupdf(path):
    import pymupdf
    with pymupdf.open(path, filetype="pdf") as document:
        page = document[0]
        widgets = list(page.widgets())
        return {"text": " ".join([page.get_text(), *(str(widget.field_value) for widget in widgets)]),
                "signatures": sum(1 for widget in widgets if widget.is_signed)}


def pdfium(path):
    import pypdfium2
    import pypdfium2.raw as raw
    document = pypdfium2.PdfDocument(path)
    try:
        document.init_forms()
        page = document[0]
        if raw.FPDFPage_GetAnnotCount(page):
            raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
            page = document[0]
        return {"text": page.get_textpage().get_text_bounded(), "signatures": raw.FPDF_GetSignatureCount(document)}
    finally:
        document.close()


def serve(read):
    answers = os.fdopen(os.dup(1), "w")  # the libraries print to standard output
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    for line in sys.stdin:
        try:
            answer = read(line.rstrip("\n"))
        except Exception as error:  # noqa: BLE001
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


def view(answer):
    """What a reader shows, as a word (`A`, `B`, `AB`, `none`, `error`), and the number of signatures."""
    if answer is None or "error" in answer:
        return "error", 0
    texts = "".join(letter for letter in "AB" if f"VIEW-{letter * 4}" in answer["text"])
    return texts or "none", answer["signatures"]


class Reader:
    """A reader by name; `read` gives its view of a file."""

    def __init__(self, name):
        self.name, self.worker = name, worker(name)

    def read(self, path):
        return view(self.worker.ask(path) if self.worker else {"qpdf": qpdf, "poppler": poppler}[self.name](path))

    def close(self):
        if self.worker:
            self.worker.close()


def show(paths):
    readers = [Reader(name) for name in READERS]
    for path in paths:
        print(path, *(f"{reader.name}={' +sig'.join([word, ''][:1 + bool(signatures)])}" for reader in readers
                      for word, signatures in [reader.read(path)]))
    for reader in readers:
        reader.close()


if __name__ == "__main__":
    if sys.argv[1] == "show":
        show(sys.argv[2:])
    else:
        serve({"mupdf": mupdf, "pdfium": pdfium}[sys.argv[1]])
