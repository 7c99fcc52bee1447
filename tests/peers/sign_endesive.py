"""endesive: takes the document as bytes and answers what to append; its sub-filter is adbe.pkcs7.detached whatever the attributes."""
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import peer

# Its verifier, which signing does not need, loads oscrypto 1.3.0, and that cannot read the version of OpenSSL 3.0.10 and later.
sys.modules["endesive.pdf.verify"] = SimpleNamespace(PDFVerifier=None, verify=None)


def load(key, certificate, chain):
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificate, load_pem_x509_certificates
    from endesive.pdf import cms

    def bytes_of(path):
        with open(path, "rb") as file:
            return file.read()

    signer = load_pem_private_key(bytes_of(key), None)
    certificates = load_pem_x509_certificate(bytes_of(certificate)), load_pem_x509_certificates(bytes_of(chain))

    def sign(source, target):
        document = bytes_of(source)
        when = datetime.now(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")
        signature = cms.sign(document, {"signingdate": when}, signer, *certificates, "sha256")
        with open(target, "wb") as file:
            file.write(document)
            file.write(signature)

    return sign


peer.run("endesive", "endesive", load)
