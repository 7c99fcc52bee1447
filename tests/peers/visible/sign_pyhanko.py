"""pyHanko with its default appearance: sign_pyhanko.py OUT DOCUMENT KEY CERTIFICATE NAME REASON TIME BOX."""
import sys
from dataclasses import replace
from datetime import datetime

from pyhanko.keys import load_cert_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.constants import DEFAULT_SIGNING_STAMP_STYLE
from pyhanko_certvalidator.registry import SimpleCertificateStore

out, document, key, certificate, name, reason, time, box = sys.argv[1:]
signer = SimpleSigner(load_cert_from_pemder(certificate), load_private_key_from_pemder(key, None), SimpleCertificateStore())
about = PdfSignatureMetadata("Signature", "sha256", name=name, reason=reason, subfilter=SigSeedSubFilter.PADES)
field = SigFieldSpec("Signature", on_page=0, box=tuple(map(int, box.split(","))))
# pyHanko has no option for the time. A format without placeholders shows the given one.
style = replace(DEFAULT_SIGNING_STAMP_STYLE, timestamp_format=datetime.fromisoformat(time).strftime("%Y-%m-%d %H:%M:%S UTC"))
with open(document, "rb") as source, open(out, "wb") as target:
    PdfSigner(about, signer, stamp_style=style, new_field_spec=field).sign_pdf(IncrementalPdfFileWriter(source), output=target)
