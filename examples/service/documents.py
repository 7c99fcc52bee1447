"""The side that has the documents, and never sees a key: an HTTP server that signs in two phases.

    SERVICE_SECRET=… SERVICE_SESSION_KEY=… python documents.py PORT FOLDER URL_OF_THE_KEY

    POST /documents               a PDF: its first half is done; 201 with its address and what is to be signed
    POST /documents/ID/signature  fetches the raw signature from the side of the key, and completes
    GET  /documents/ID            the signed document

Between the phases there are files alone, so that days may pass, and this server may end and begin again.
"""

import http.client
import http.server
import json
import os
import re
import secrets
import shutil
import sys
import urllib.request
from http import HTTPStatus
from pathlib import Path

import rustpdf

FOLDER = Path(sys.argv[2])
KEY = sys.argv[3]
SECRET = os.environ["SERVICE_SECRET"]
SESSION_KEY = bytes.fromhex(os.environ["SERVICE_SESSION_KEY"])  # seals the saved sessions: 32 random bytes that outlive this process
MOST = 1 << 30


def ask_key(path: str, body: bytes | None = None) -> bytes:
    """What the side of the key answers."""
    request = urllib.request.Request(KEY + path, body, {"authorization": f"Bearer {SECRET}"})
    with urllib.request.urlopen(request, timeout=60) as response:
        answer: bytes = response.read()
        return answer


def request_as_json(request: rustpdf.SigningRequest) -> bytes:
    """The request under its names of the other side, bytes in hexadecimal."""
    values = {
        "data": request.data.hex(),
        "digest": request.digest.hex(),
        "digestInfo": request.digest_info.hex() if request.digest_info is not None else None,
        "digestAlgorithm": request.digest_algorithm,
        "signatureAlgorithm": request.signature_algorithm,
        "saltLength": request.salt_length,
        "curve": request.curve,
    }
    return json.dumps({name: value for name, value in values.items() if value is not None}).encode()


class Documents(http.server.BaseHTTPRequestHandler):
    """One request."""

    timeout = 60  # seconds that a client may keep still

    def do_POST(self) -> None:
        """Takes a document, or completes one."""
        if self.path == "/documents":
            return self.guarded(self.begin)
        if match := re.fullmatch(r"/documents/([0-9a-f]{32})/signature", self.path):
            return self.guarded(self.complete, match[1])
        return self.answer(HTTPStatus.NOT_FOUND, b"there is no such thing")

    def do_GET(self) -> None:
        """Gives a signed document."""
        match = re.fullmatch(r"/documents/([0-9a-f]{32})", self.path)
        signed = FOLDER / f"{match[1]}.signed.pdf" if match else None
        if signed is None or not signed.exists():
            return self.answer(HTTPStatus.NOT_FOUND, b"there is no such signed document")
        with signed.open("rb") as file:
            self.send_response(HTTPStatus.OK)
            self.send_header("content-type", "application/pdf")
            self.send_header("content-length", str(signed.stat().st_size))
            self.end_headers()
            shutil.copyfileobj(file, self.wfile)

    def begin(self) -> None:
        """The first half: everything but the signature. What it leaves behind are the document and the session."""
        identifier = secrets.token_hex(16)
        document = FOLDER / f"{identifier}.pdf"
        try:
            self.receive(document)
            session = rustpdf.begin_signing_file(
                document,
                certificate=ask_key("/certificate"),
                chain=ask_key("/chain"),
                options=rustpdf.SigningOptions(pades=True, reason="Approved"),
            )
            unfinished = FOLDER / f"{identifier}.unfinished"
            unfinished.write_bytes(session.serialize(SESSION_KEY))
            unfinished.rename(FOLDER / f"{identifier}.session")  # there whole, or not at all
        except BaseException:
            document.unlink(missing_ok=True)
            raise
        told = {"document": f"/documents/{identifier}", "hash": session.hash.hex(), "hashAlgorithm": session.hash_algorithm}
        self.answer(HTTPStatus.CREATED, json.dumps(told).encode(), "application/json")

    def complete(self, identifier: str) -> None:
        """The second half. A refused signature changes nothing, and the call may be repeated."""
        document, saved = FOLDER / f"{identifier}.pdf", FOLDER / f"{identifier}.session"
        if not saved.exists():
            return self.answer(HTTPStatus.NOT_FOUND, b"there is no such document")
        session = rustpdf.resume_signing_file(saved.read_bytes(), document, SESSION_KEY)
        assert session.request is not None
        signature = ask_key("/sign", request_as_json(session.request))
        signed = session.complete_with_signature(signature, FOLDER / f"{identifier}.signed.pdf")
        told = {"field": signed.report.field, "warnings": [warning.code for warning in signed.report.warnings]}
        return self.answer(HTTPStatus.OK, json.dumps(told).encode(), "application/json")

    def receive(self, to: Path) -> None:
        """Puts the body into a file, piece by piece."""
        left = int(self.headers.get("content-length", 0))
        if not 0 < left <= MOST:
            raise ValueError(f"a document of 1 to {MOST} bytes is needed, with its content-length")
        with to.open("xb") as file:
            while left > 0:
                piece = self.rfile.read(min(left, 1 << 16))
                if not piece:
                    raise ValueError("the document ends early")
                file.write(piece)
                left -= len(piece)

    def guarded(self, work, *arguments: str) -> None:  # type: ignore[no-untyped-def]
        """An error of the caller's is 4xx, one of the other side 502; the code of rustpdf goes to the caller."""
        try:
            work(*arguments)
        except rustpdf.RustpdfError as error:
            status = HTTPStatus.BAD_GATEWAY if error.group == "answer" else HTTPStatus.UNPROCESSABLE_ENTITY
            self.answer(status, f"{error.code}: {error}".encode())
        except FileExistsError:
            self.answer(HTTPStatus.CONFLICT, b"it is signed already")
        except ValueError as error:
            self.answer(HTTPStatus.BAD_REQUEST, str(error).encode())
        except (OSError, http.client.HTTPException) as error:  # URLError is an OSError, and so is what takes too long
            self.answer(HTTPStatus.BAD_GATEWAY, f"the side of the key: {error}".encode())

    def answer(self, status: HTTPStatus, body: bytes, kind: str = "text/plain") -> None:
        """Answers in one piece."""
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keeps still."""


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    with http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Documents) as server:
        print(f"documents: http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()
