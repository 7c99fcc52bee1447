"""pyHanko: appends in place, to a copy that is there before the clock starts; PAdES."""
import shutil

import peer

CHUNK = 1 << 16  # its default of 4 KiB costs half as much time again on a gigabyte


def load(key, certificate, chain):
    from pyhanko.keys import load_cert_from_pemder, load_certs_from_pemder, load_private_key_from_pemder
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    store = SimpleCertificateStore()
    store.register_multiple(load_certs_from_pemder([chain]))
    signer = SimpleSigner(load_cert_from_pemder(certificate), load_private_key_from_pemder(key, None), store)

    def sign(_, target, password=None, field=None):
        about = PdfSignatureMetadata(field or "Peer", "sha256", subfilter=SigSeedSubFilter.PADES)
        with open(target, "r+b") as file:
            writer = IncrementalPdfFileWriter(file)
            if writer.prev.encrypted:
                writer.encrypt(password or "")
            PdfSigner(about, signer).sign_pdf(writer, in_place=True, chunk_size=CHUNK)

    return sign


peer.run("pyHanko", "pyhanko", load, prepare=shutil.copyfile)
