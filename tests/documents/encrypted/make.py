#!/usr/bin/env python3
"""Makes the encrypted documents of this folder from those of tests/documents/make.py: with qpdf, which is believed, and with pyHanko what
qpdf does not make. The user's password is `user`, the owner's `owner`, unless FILES says otherwise. What is there stays as it is, for most
keys are random.

    ../../judges/venv/bin/python make.py
"""
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import (
    STD_CF, CryptFilterConfiguration, PubKeySecurityHandler, StandardAESCryptFilter, StandardSecurityHandler, StandardSecuritySettingsRevision,
)
from pyhanko.pdf_utils.crypt.pubkey import RecipientEncryptionPolicy
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

HERE = Path(__file__).resolve().parent
sys.path[0] = str(HERE.parent)
import make  # noqa: E402

FORBIDDEN = ["--modify=none", "--annotate=n", "--form=n", "--assemble=n"]

FILES = {
    "rc4-40": lambda: qpdf("40"),
    "rc4-128": lambda: qpdf("128", "--use-aes=n"),
    "rc4-128-crypt-filter": lambda: qpdf("128", "--use-aes=n", "--force-V4"),
    "aes-128": lambda: qpdf("128", "--use-aes=y"),
    "aes-128-metadata-plain": lambda: qpdf("128", "--use-aes=y", "--cleartext-metadata", document="pdfa-2b"),
    "aes-256-r5": lambda: qpdf("256", "--force-R5"),
    "aes-256": lambda: qpdf("256"),
    "empty-user": lambda: qpdf("256", user=""),
    "forbidden": lambda: qpdf("256", *FORBIDDEN, user=""),
    "forbidden-rc4-40": lambda: qpdf("40", "--modify=n", "--annotate=n", user=""),
    "latin": lambda: qpdf("128", "--use-aes=y", user="hôtel", owner="propriétaire"),
    "object-streams": lambda: qpdf("256", first=["--object-streams=generate"]),
    "object-streams-aes-128": lambda: qpdf("128", "--use-aes=y", first=["--object-streams=generate"]),
    "no-identifier": lambda: without_identifier(),
    "plain-strings": lambda: filters(default_stream_filter=STD_CF),
    "plain-streams": lambda: filters(default_string_filter=STD_CF),
    "plain-but-attachments": lambda: filters(default_file_filter=STD_CF),
    "mac": lambda: pyhanko(lambda _: StandardSecurityHandler.build_from_pw("owner", "user")),
    "gcm": lambda: pyhanko(lambda _: StandardSecurityHandler.build_from_pw("owner", "user", pdf_mac=False, use_gcm=True)),
    "certificate": lambda: pyhanko(certificate),
}


def qpdf(bits, *options, document="field", user="user", owner="owner", first=()):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as plain:
        plain.write(make.FILES[document]())
        plain.flush()
        command = ["qpdf", "--allow-weak-crypto", "--static-id", *first, plain.name, "--encrypt", user, owner, bits, *options, "--", "-"]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def pyhanko(handler):
    writer = copy_into_new_writer(PdfFileReader(BytesIO(make.FILES["field"]())))
    writer.stream_xrefs = False
    writer._assign_security_handler(handler(writer))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def without_identifier():
    """RC4-128 in a document that has no /ID, whose entry is renamed."""
    writer = copy_into_new_writer(PdfFileReader(BytesIO(make.FILES["field"]())))
    writer.stream_xrefs = False
    writer._document_id[0] = generic.ByteStringObject(b"")
    writer._assign_security_handler(StandardSecurityHandler.build_from_pw_legacy(
        StandardSecuritySettingsRevision.RC4_EXTENDED, b"", "owner", "user"))
    out = BytesIO()
    writer.write(out)
    return out.getvalue().replace(b"/ID [", b"/XX [")


def filters(**names):
    """AES-128 of what is named, nothing of the rest."""
    configuration = CryptFilterConfiguration({STD_CF: StandardAESCryptFilter(keylen=16)}, **names)
    return pyhanko(lambda writer: StandardSecurityHandler.build_from_pw_legacy(
        StandardSecuritySettingsRevision.RC4_OR_AES128, writer._document_id[0].original_bytes, "owner", "user",
        crypt_filter_config=configuration))


def certificate(_):
    recipient = load_cert_from_pemder(HERE.parents[1] / "vectors/certificates/rsa.pem")
    policy = RecipientEncryptionPolicy(ignore_key_usage=True)
    return PubKeySecurityHandler.build_from_certs([recipient], policy=policy, pdf_mac=False)


for name, document in FILES.items():
    path = HERE / f"{name}.pdf"
    if not path.exists():
        path.write_bytes(document())
