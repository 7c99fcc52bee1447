"""The second implementation: timestamps and OCSP answers by the command `openssl`, for the fault `openssl`.

Other than certomancer's, its tokens have signing-certificate-v2 and accuracy, no certificates unless the request asks for them, and
times of OCSP answers without fractions.
"""
import subprocess
import tempfile
import threading
from pathlib import Path

from cryptography import x509

# Name in the path: certificate of the TSA, key.
TSAS = {"tsa": ("tsa", "tsa"), "ec": ("tsaec", "tsaec"), "crl": ("tsa-crl", "tsa"), "leaf": ("tsa", "tsa"),
        "expired": ("tsa-expired", "tsa"), "revoked": ("tsa-revoked", "tsa"), "no-eku": ("tsa-no-eku", "tsa")}
# Name in the path: issuer, certificate of the responder, key.
RESPONDERS = {"root": ("root", "root", "root"), "issuing": ("issuing", "ocsp", "ocsp"), "direct": ("issuing", "issuing", "issuing"),
              "checked": ("issuing", "ocsp-checked", "ocsp"), "tsaca": ("tsaca", "tsaocsp", "tsaocsp")}
REVOKED = {"revoked": "keyCompromise", "held": "certificateHold", "tsa-revoked": "keyCompromise"}
SERIAL = threading.Lock()


class OpenSsl:
    def __init__(self, folder, keys):
        self.folder, self.keys = Path(folder), keys

    def certificate(self, name):
        return self.folder / f"certs/{name}.cert.pem"

    def timestamp(self, name, request):
        certificate, key = TSAS[name]
        with tempfile.TemporaryDirectory() as folder, SERIAL:
            Path(folder, "request").write_bytes(request)
            Path(folder, "config").write_text("\n".join([
                "[tsa]", f"serial = {self.folder}/openssl-serial", f"signer_cert = {self.certificate(certificate)}",
                f"certs = {self.certificate('tsaca')}", f"signer_key = {self.keys}/{key}.pem", "signer_digest = sha256",
                "default_policy = 1.2.3.4.1", "other_policies = 1.2.3.4.2", "digests = sha256,sha384,sha512",
                "accuracy = secs:1,millisecs:500", "clock_precision_digits = 3", "tsa_name = yes", "ess_cert_id_chain = no",
                "ess_cert_id_alg = sha256", ""]))
            return self.run(folder, "ts", "-reply", "-queryfile", f"{folder}/request", "-config", f"{folder}/config",
                            "-section", "tsa", "-out", f"{folder}/answer")

    def answer(self, name, request, options=(), known=True):
        """An OCSP answer. `options` of `openssl ocsp`, such as -resp_key_id. Without `known`, it knows no certificate."""
        issuer, certificate, key = RESPONDERS[name]
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "request").write_bytes(request)
            Path(folder, "index").write_text("".join(self.index(issuer)) if known else "")
            return self.run(folder, "ocsp", "-index", f"{folder}/index", "-CA", self.certificate(issuer), "-rsigner",
                            self.certificate(certificate), "-rkey", f"{self.keys}/{key}.pem", "-reqin", f"{folder}/request",
                            "-respout", f"{folder}/answer", "-ndays", "1", *options)

    def index(self, issuer):
        """A line for each certificate of the issuer, as of `openssl ca`."""
        subject = x509.load_pem_x509_certificate(self.certificate(issuer).read_bytes()).subject
        for path in sorted(self.folder.glob("certs/*.cert.pem")):
            one, name = x509.load_pem_x509_certificate(path.read_bytes()), path.name.removesuffix(".cert.pem")
            if one.issuer != subject:
                continue
            revoked = f"250601000000Z,{REVOKED[name]}" if name in REVOKED else ""
            serial = f"{one.serial_number:X}"
            yield "\t".join(["R" if revoked else "V", f"{one.not_valid_after_utc:%y%m%d%H%M%SZ}", revoked,
                             serial.zfill(len(serial) + len(serial) % 2), "unknown", f"/CN={name}"]) + "\n"

    def run(self, folder, *command):
        done = subprocess.run(["openssl", *map(str, command)], check=False, capture_output=True)
        if done.returncode:
            raise OSError(done.stderr.decode())
        return Path(folder, "answer").read_bytes()
