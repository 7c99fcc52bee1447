#!/usr/bin/env python3
"""The services: certomancer with a PKI, behind a front that breaks answers on request. start.sh starts it.

    server.py FOLDER [--port N] [--parent PID] [--idle SECONDS] [--megabytes N]

Writes certs/, static/ and, when it listens, services.json to FOLDER. README.md describes the paths.
"""
import argparse
import base64
import fcntl
import functools
import gzip
import json
import os
import select
import socket
import struct
import sys
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml
from asn1crypto import pem
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography.hazmat.primitives import serialization
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

import faults as broken
import static
from openssl import OpenSsl

HERE = Path(__file__).resolve().parent
KEYS = HERE / "keys"
TSAS = ["tsa", "ec", "crl", "leaf", "expired", "revoked", "no-eku"]
AUTHORITIES = ["root", "issuing", "tsaroot", "tsaca"]
KINDS = {"crl": "application/pkix-crl", "crt": "application/pkix-cert", "p7c": "application/pkcs7-mime"}

# Certomancer loads the key for each signature, and each time 100 ms go into the validation of an RSA key. These keys are our own.
for loader in ("load_der_private_key", "load_pem_private_key"):
    trusting = functools.partial(getattr(serialization, loader), unsafe_skip_rsa_key_validation=True)
    setattr(serialization, loader, functools.cache(trusting))


class Services:
    """Certomancer within this process. It answers one request after the other: it is not made for threads."""

    def __init__(self, folder, address):
        config = yaml.safe_load((HERE / "pki.yml").read_text())
        config["external-url-prefix"] = address
        architectures = CertomancerConfig(config, key_search_dir=str(HERE)).pki_archs
        self.folder, self.names = folder, [label for label in config["pki-architectures"]["ltv"]["certs"]]
        self.pki = architectures[ArchLabel("ltv")]
        self.animator = Animator(AnimatorArchStore(architectures), with_web_ui=False)
        self.openssl, self.lock = OpenSsl(folder, KEYS), threading.Lock()

    def write(self):
        """The certificates."""
        (self.folder / "certs").mkdir(exist_ok=True)
        for name in self.names:
            der = self.pki.get_cert(CertLabel(name)).dump()
            (self.folder / f"certs/{name}.cert.der").write_bytes(der)
            (self.folder / f"certs/{name}.cert.pem").write_bytes(pem.armor("CERTIFICATE", der))

    def certomancer(self, method, path, body, headers):
        environ = EnvironBuilder(path=path, method=method, data=body, headers=headers).get_environ()
        with self.lock:
            response = self.animator.dispatch(Request(environ))
            if not hasattr(response, "get_data"):  # an HTTPException
                response = response.get_response(environ)
            return response.status_code, response.get_data(), response.content_type

    def answer(self, method, path, body, content_type, faults):
        """Status, body and content type."""
        if path == "/ltv/crls/huge/latest.crl":
            path = "/static/crls/huge.crl"
        if path.startswith("/static/"):
            file = (self.folder / path[1:]).resolve()
            if not file.is_file() or not file.is_relative_to(self.folder / "static"):
                return 404, b"", "text/plain"
            return 200, file.read_bytes(), KINDS.get(file.suffix[1:], "application/octet-stream")
        name = path.rpartition("/")[2]
        if "unknown" in faults:
            return 200, self.openssl.answer(name, body, known=False), "application/ocsp-response"
        if "openssl" in faults and path.startswith("/ltv/ocsp/"):
            options = [f"-{option}" for option in faults["openssl"].split("+") if option]
            return 200, self.openssl.answer(name, body, options), "application/ocsp-response"
        if "openssl" in faults and path.startswith("/ltv/tsa/"):
            return 200, self.openssl.timestamp(name, body), "application/timestamp-reply"
        headers = {"Content-Type": content_type}
        if "time" in faults:
            headers["X-Certomancer-Fake-Time"] = faults["time"]
        return self.certomancer(method, path, body, headers)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port):
        self.services, self.rules, self.log, self.last = None, broken.Rules(), deque(maxlen=10_000), time.monotonic()
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def control(self, body):
        """/_faults: the rules; /_log: the requests. GET reads, PUT replaces the rules, DELETE clears."""
        rules = self.server.rules
        if self.command == "DELETE":
            rules.replace([]) if self.path == "/_faults" else self.server.log.clear()
        elif self.command == "PUT":
            try:
                rules.replace(json.loads(body))
            except (ValueError, KeyError, TypeError) as error:
                return self.answer(400, f"{error}\n".encode())
        said = rules.rules if self.path == "/_faults" else list(self.server.log)
        return self.answer(200, json.dumps(said, indent=1).encode(), [("Content-Type", "application/json")])

    def serve(self):
        body, self.server.last = self.read_body(), time.monotonic()
        if self.path in ("/_faults", "/_log"):
            return self.control(body)
        try:
            path, faults = self.server.rules.of(self.path)
        except ValueError as error:
            return self.answer(400, f"{error}\n".encode())
        self.server.log.append({"method": self.command, "path": path, "faults": faults, "bytes": len(body), "headers": {
            name.lower(): value for name, value in self.headers.items() if name.lower() != "host"}})
        time.sleep(float(faults.get("delay") or 0))
        if "reset" in faults:
            return self.reset()
        credentials = None
        if "basic" in faults:
            credentials = f"Basic {base64.b64encode(faults['basic'].encode()).decode()}"
        elif "bearer" in faults:
            credentials = f"Bearer {faults['bearer']}"
        if credentials and self.headers.get("Authorization") != credentials:
            return self.answer(401, b"", [("WWW-Authenticate", f'{credentials.split()[0]} realm="test"')])
        if "status" in faults:
            retry = [("Retry-After", faults["retry-after"])] if "retry-after" in faults else []
            return self.answer(int(faults["status"]), b"broken by a test", retry)
        if "redirect-loop" in faults:
            return self.answer(302, b"", [("Location", self.path)])
        if "redirect" in faults:
            return self.answer(307, b"", [("Location", faults["redirect"])])
        try:
            kind = self.headers.get("Content-Type", "application/octet-stream")
            status, content, kind = self.server.services.answer(self.command, path, broken.edit_request(body, faults), kind, faults)
            content = broken.edit_answer(content, faults) if status == 200 else content
        except Exception as error:  # noqa: BLE001  a request that no service can read
            return self.answer(500, f"{type(error).__name__}: {error}\n".encode())
        return self.send(status, content, faults.get("type", kind), faults)

    def reset(self):
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def send(self, status, content, kind, faults):
        headers = [("Content-Type", kind)]
        if "gzip" in faults:
            content, headers = gzip.compress(content), [*headers, ("Content-Encoding", "gzip")]
        if not faults.keys() & {"chunked", "close", "cut", "drip", "endless"}:
            return self.answer(status, content, headers)
        self.send_response(status)
        self.close_connection = True
        if "chunked" in faults:
            headers.append(("Transfer-Encoding", "chunked"))
        elif "cut" in faults or "drip" in faults:
            headers.append(("Content-Length", str(len(content))))
        for name, value in [*headers, ("Connection", "close")]:
            self.send_header(name, value)
        self.end_headers()
        while "endless" in faults:
            self.wfile.write(bytes(65536))
        if "cut" in faults:
            self.wfile.write(content[:int(faults["cut"] or len(content) // 2)])
            return None
        step = int(faults.get("drip") or 0) or 1000
        for start in range(0, len(content), step):
            piece = content[start:start + step]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if "chunked" in faults else piece)
            if "drip" in faults:
                time.sleep(0.05)
        if "chunked" in faults:
            self.wfile.write(b"0\r\n\r\n")
        return None

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = serve


def end_with(parent, idle, server):
    """Ends this process when the process `parent` ends, or when no request came for `idle` seconds."""
    watched = []
    if parent:
        try:
            watched = [os.pidfd_open(parent)]
        except ProcessLookupError:
            os._exit(0)
    while time.monotonic() - server.last < idle:
        if select.select(watched, [], [], 1)[0]:
            break
    os._exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--parent", type=int, default=0)
    parser.add_argument("--idle", type=float, default=3600)
    parser.add_argument("--megabytes", type=int, default=1)
    options = parser.parse_args()
    folder = options.folder.resolve()
    lock = open(folder / "lock", "w")  # noqa: SIM115  held until this process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"services run in {folder} already")

    server = Server(options.port)
    address = f"http://127.0.0.1:{server.server_port}"
    server.services = Services(folder, address)
    server.services.write()
    static.make(folder, address, options.megabytes)
    threading.Thread(target=end_with, args=(options.parent, options.idle, server), daemon=True).start()
    said = {
        "faults": address,
        "tsa": {name: f"{address}/ltv/tsa/{name}" for name in TSAS} | {"openssl": f"{address}/+openssl/ltv/tsa/tsa"},
        "certs": str(folder / "certs"),
        "keys": str(KEYS),
        "static": str(folder / "static"),
        "crls": [str(folder / f"static/crls/whole/{name}.crl") for name in AUTHORITIES],
        "pids": [os.getpid()],
    }
    (folder / "services.json.new").write_text(json.dumps(said) + "\n")
    (folder / "services.json.new").rename(folder / "services.json")
    server.serve_forever()


if __name__ == "__main__":
    main()
