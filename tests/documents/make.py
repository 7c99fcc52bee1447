#!/usr/bin/env python3
"""Makes the documents that the tests sign, in tests/vectors/documents: make.py [--check]

plain.py makes most of them, byte by byte the same each time. qpdf encrypts and pyHanko signs others, and pyHanko encrypts those that
qpdf cannot; their keys are random, so a document that exists stays as it is. Of those in `encrypted` the user's password is `user` and
the owner's `owner`, unless FILES says otherwise. With --check nothing is written: every document must exist, none besides, and those of
plain.py must have the bytes that it makes.

    ../judges/venv/bin/python make.py
"""
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import pdfmac
from pyhanko.pdf_utils.crypt import (
    STD_CF, CryptFilterConfiguration, PubKeySecurityHandler, StandardAESCryptFilter, StandardSecurityHandler, StandardSecuritySettingsRevision,
)
from pyhanko.pdf_utils.crypt.pubkey import RecipientEncryptionPolicy
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

HERE = Path(__file__).resolve().parent
VECTORS = HERE.parent / "vectors"
DOCUMENTS = VECTORS / "documents"
sys.path.append(str(HERE.parent / "judges"))

import plain  # noqa: E402
import reference  # noqa: E402

# The signers of the vectors, whose bytes are promised, and not those of tests/pki.
reference.PKI = VECTORS / "certificates"

FORBIDDEN = ["--modify=none", "--annotate=n", "--form=n", "--assemble=n"]
STATIC = ["--static-id", "--static-aes-iv"]

FILES = plain.FILES | {
    "signed": lambda: reference.sign(read("classic"), 1, "p256", {}),
    "broken-revision-cut-short": lambda: read("signed")[:len(read("signed")) - 600],
    "certified-1": lambda: reference.sign(read("classic"), 1, "p256", {"certify": 1}),
    "certified-2": lambda: reference.sign(read("field"), 1, "p256", {"certify": 2}),
    "certified-2-approvals": lambda: reference.sign(read("approvals"), 1, "p256", {"certify": 2}),
    "signed-lock": lambda: reference.sign(read("field"), 1, "p256", {"lock": {"action": "include", "fields": ["approval.director"]}}),
    "encrypted": lambda: qpdf("256", document="classic", user="", first=STATIC),
    "encrypted-user-aes-128": lambda: qpdf("128", "--use-aes=y", document="classic", first=STATIC),
    "encrypted-user-rc4": lambda: qpdf("128", "--use-aes=n", document="classic"),
    "encrypted-object-streams": lambda: qpdf("256", document="classic", first=[*STATIC, "--object-streams=generate"]),
    "encrypted/rc4-40": lambda: qpdf("40"),
    "encrypted/rc4-128": lambda: qpdf("128", "--use-aes=n"),
    "encrypted/rc4-128-crypt-filter": lambda: qpdf("128", "--use-aes=n", "--force-V4"),
    "encrypted/aes-128": lambda: qpdf("128", "--use-aes=y"),
    "encrypted/aes-128-metadata-plain": lambda: qpdf("128", "--use-aes=y", "--cleartext-metadata", document="pdfa-2b"),
    "encrypted/aes-256-r5": lambda: qpdf("256", "--force-R5"),
    "encrypted/aes-256": lambda: qpdf("256"),
    "encrypted/empty-user": lambda: qpdf("256", user=""),
    "encrypted/forbidden": lambda: qpdf("256", *FORBIDDEN, user=""),
    "encrypted/forbidden-rc4-40": lambda: qpdf("40", "--modify=n", "--annotate=n", user=""),
    "encrypted/latin": lambda: qpdf("128", "--use-aes=y", user="hôtel", owner="propriétaire"),
    "encrypted/object-streams": lambda: qpdf("256", first=["--object-streams=generate"]),
    "encrypted/object-streams-aes-128": lambda: qpdf("128", "--use-aes=y", first=["--object-streams=generate"]),
    "encrypted/no-identifier": lambda: without_identifier(),
    "encrypted/plain-strings": lambda: filters(default_stream_filter=STD_CF),
    "encrypted/plain-streams": lambda: filters(default_string_filter=STD_CF),
    "encrypted/plain-but-attachments": lambda: filters(default_file_filter=STD_CF),
    "encrypted/mac": lambda: pyhanko(lambda _: StandardSecurityHandler.build_from_pw("owner", "user")),
    "encrypted/mac-signed": lambda: reference.sign(read("encrypted/mac"), 1, "p256", {}, "user"),
    "encrypted/mac-sha3": lambda: protected(md_algorithm="sha3_512"),  # as iText makes it
    "encrypted/mac-xref-stream": lambda: protected(md_algorithm="sha384", stream_xrefs=True),
    "encrypted/gcm": lambda: pyhanko(lambda _: StandardSecurityHandler.build_from_pw("owner", "user", pdf_mac=False, use_gcm=True)),
    "encrypted/certificate": lambda: pyhanko(certificate),
}


def qpdf(bits, *options, document="field", user="user", owner="owner", first=()):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(read(document))
        file.flush()
        command = ["qpdf", "--allow-weak-crypto", "--static-id", *first, file.name, "--encrypt", user, owner, bits, *options, "--", "-"]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def pyhanko(handler):
    writer = copy_into_new_writer(PdfFileReader(BytesIO(read("field"))))
    writer.stream_xrefs = False
    writer._assign_security_handler(handler(writer))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def protected(md_algorithm, stream_xrefs=False):
    """An integrity code (ISO/TS 32004) that covers a digest of this algorithm."""
    writer = copy_into_new_writer(PdfFileReader(BytesIO(read("field"))))
    writer.stream_xrefs = stream_xrefs
    writer._assign_security_handler(StandardSecurityHandler.build_from_pw("owner", "user"))
    writer.register_extension(pdfmac.ISO32004)
    writer._prep_dom_for_writing()
    out = BytesIO()
    pdfmac.add_standalone_mac(writer, md_algorithm, output=out)
    return out.getvalue()


def without_identifier():
    """RC4-128 in a document that has no /ID, whose entry is renamed."""
    writer = copy_into_new_writer(PdfFileReader(BytesIO(read("field"))))
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
    recipient = load_cert_from_pemder(VECTORS / "certificates/rsa.pem")
    policy = RecipientEncryptionPolicy(ignore_key_usage=True)
    return PubKeySecurityHandler.build_from_certs([recipient], policy=policy, pdf_mac=False)


def path(name):
    return DOCUMENTS / f"{name}.pdf"


def read(name):
    return path(name).read_bytes()


def check():
    """Differences between the committed documents and FILES."""
    committed = {str(file.relative_to(DOCUMENTS).with_suffix("")) for file in DOCUMENTS.rglob("*") if file.is_file()}
    yield from (f"{name}: not committed" for name in FILES.keys() - committed)
    yield from (f"{name}: not made by make.py" for name in committed - FILES.keys())
    yield from (f"{name}: other bytes than plain.py makes" for name in plain.FILES.keys() & committed if plain.FILES[name]() != read(name))


def main():
    if sys.argv[1:] == ["--check"]:
        if differences := sorted(check()):
            sys.exit("\n".join(differences))
        return
    for name, document in FILES.items():
        if not path(name).exists():
            path(name).write_bytes(document())


if __name__ == "__main__":
    main()
