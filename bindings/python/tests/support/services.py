"""Timestamp, OCSP, revocation list and issuer services on loopback (tests/services), and the certificates that name them."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import rustpdf
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from rustpdf import HttpRequest, HttpResponse, Signer, SigningOptions, TimestampOptions, TimestampService, ValidationOptions
from rustpdf._http import Network
from rustpdf._http_client import Client, Transfer

from .pki import ROOT

LOCAL: Any = {"allow_private_networks": True}
"""The services are on loopback, at a port of their own."""

_LOADER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Services:
    """The services, which end with this process."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.base: str = facts["faults"]
        self._facts = facts

    def tsa(self, fault: str = "", name: str = "tsa") -> str:
        """The address of a timestamp service, whose answers a fault breaks."""
        url: str = self._facts["tsa"][name]
        return self.broken(url, fault)

    def broken(self, url: str, fault: str) -> str:
        """An address whose answers a fault breaks."""
        return url.replace(self.base, f"{self.base}/+{fault}", 1) if fault else url

    def path(self, name: str) -> Path:
        """The file of a certificate, PEM."""
        return Path(self._facts["certs"], f"{name}.cert.pem")

    def certificate(self, name: str) -> bytes:
        """A certificate, DER."""
        return Path(self._facts["certs"], f"{name}.cert.der").read_bytes()

    def signer(self, name: str = "rsa") -> Signer[bytes]:
        """A signer with its key in memory."""
        key = load_pem_private_key(
            Path(self._facts["keys"], f"{name if name in ('ec', 'p384', 'ed25519') else 'rsa'}.pem").read_bytes(), None
        )
        return Signer(self.certificate(name), key, [self.certificate("issuing"), self.certificate("root")])  # type: ignore[arg-type]

    def options(self, level: rustpdf.Level, *urls: str, **options: Any) -> SigningOptions:
        """Options of a level, with the trust that it needs."""
        services = [TimestampService(url=url) for url in urls or [self.tsa()]]
        return SigningOptions(level=level, timestamp=TimestampOptions(services=services), validation=self.validation(), **options)

    def validation(self, **options: Any) -> ValidationOptions:
        """Trust in the roots of signers and timestamp services."""
        return ValidationOptions(trust=[self.certificate("root"), self.certificate("tsaroot")], **options)

    @contextmanager
    def rules(self, *rules: dict[str, Any]) -> Iterator[Callable[[], list[dict[str, Any]]]]:
        """Rules for addresses in certificates. Gives the log of the requests since then."""
        self._ask("PUT", "/_faults", json.dumps(rules).encode())
        self._ask("DELETE", "/_log")
        try:
            yield lambda: json.loads(self._ask("GET", "/_log"))
        finally:
            self._ask("DELETE", "/_faults")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        with _LOADER.open(urllib.request.Request(self.base + path, body, method=method)) as response:
            content: bytes = response.read()
            return content


@cache
def services() -> Services:
    """The services of this process."""
    script = ROOT / "tests/services/start.sh"
    folder = tempfile.mkdtemp(prefix="rustpdf-services-")
    started = subprocess.run([script, folder, "--parent", str(os.getpid())], check=True, stdout=subprocess.PIPE, text=True)
    return Services(json.loads(started.stdout))


def sent(request: HttpRequest) -> HttpResponse:
    """The response of the package's own client, for a client of the caller."""
    network = Network(LOCAL)
    return Client(network.settings).send(request, Transfer(network.limits))
