#!/usr/bin/env python3
"""Signs at every level with pyHanko, by the services of ../services: what another implementation makes of them.

    reference_levels.py SERVICES.json IN.pdf OUT_FOLDER [SIGNER…]

SERVICES.json is the line that ../services/start.sh prints. It writes SIGNER-b-t.pdf, SIGNER-b-lt.pdf and so on, and of the first signer
a renewed B-LTA and a B-T that was raised to B-LT.
"""
import asyncio
import json
import sys
from io import BytesIO
from pathlib import Path

import aiohttp
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps.aiohttp_client import AIOHttpTimeStamper
from pyhanko.sign.validation import async_add_validation_info
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
KEYS = {"ec": "ec", "p384": "p384", "ed25519": "ed25519"}  # of all other signers it is `rsa`


class ObedientPdfSigner(signers.PdfSigner):
    """Signs also what must not be signed again."""

    def _enforce_certification_constraints(self, reader):
        pass


class Levels:
    """pyHanko as a client of the services."""

    def __init__(self, services):
        self.services = services

    def certificate(self, name):
        return load_cert_from_pemder(f"{self.services['certs']}/{name}.cert.pem")

    def context(self, session):
        return ValidationContext(
            trust_roots=[self.certificate("root"), self.certificate("tsaroot")], allow_fetching=True, revocation_mode="require",
            fetcher_backend=AIOHttpFetcherBackend(session), other_certs=[self.certificate("issuing"), self.certificate("crlissuer")])

    def run(self, work):
        """The result of `work`, called with a stamper by address and a maker of contexts."""
        async def inside():
            async with aiohttp.ClientSession() as session:
                return await work(lambda url: AIOHttpTimeStamper(url, session=session), lambda: self.context(session))
        return asyncio.run(inside())

    def sign(self, data, name, level, tsa=None, field="Signature", password=None, certify=None, together=False):
        """`together`: with the DSS in the revision of the signature."""
        key = KEYS.get(name, "rsa")
        certs = self.services["certs"]
        signer = signers.SimpleSigner.load(f"{self.services['keys']}/{key}.pem", f"{certs}/{name}.cert.pem",
                                           ca_chain_files=[f"{certs}/issuing.cert.pem"])
        long_term = level in ("B-LT", "B-LTA")

        async def work(stamper, context):
            store = DSSContentSettings()
            if together:
                store = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
            meta = signers.PdfSignatureMetadata(
                field_name=field, md_algorithm="sha512" if key == "ed25519" else "sha256", subfilter=SigSeedSubFilter.PADES,
                embed_validation_info=long_term, use_pades_lta=level == "B-LTA", validation_context=context() if long_term else None,
                certify=certify is not None, docmdp_permissions=MDPPerm(certify or 2), dss_settings=store)
            writer = IncrementalPdfFileWriter(BytesIO(data))
            if password:
                writer.encrypt(password)
            timestamper = None if level == "B-B" else stamper(tsa or self.services["tsa"]["tsa"])
            done = await ObedientPdfSigner(meta, signer, timestamper=timestamper).async_sign_pdf(writer)
            return done.getvalue()

        return self.run(work)

    def timestamp(self, data, tsa=None):
        """With a document timestamp."""
        async def work(stamper, context):
            writer = IncrementalPdfFileWriter(BytesIO(data))
            done = await signers.PdfTimeStamper(stamper(tsa or self.services["tsa"]["tsa"])).async_timestamp_pdf(
                writer, "sha256", validation_context=None)
            return done.getvalue()

        return self.run(work)

    def renew(self, data, tsa=None):
        """With the data of the last document timestamp in the DSS, and another one."""
        async def work(stamper, context):
            done = await signers.PdfTimeStamper(stamper(tsa or self.services["tsa"]["tsa"])).async_update_archival_timestamp_chain(
                PdfFileReader(BytesIO(data)), context(), in_place=False, output=BytesIO())
            return done.getvalue()

        return self.run(work)

    def add_store(self, data):
        """A B-T raised to B-LT, without VRI."""
        async def work(_, context):
            signature = PdfFileReader(BytesIO(data)).embedded_regular_signatures[-1]
            done = await async_add_validation_info(signature, context(), add_vri_entry=False)
            return done.getvalue()

        return self.run(work)


def main():
    levels, data, out = Levels(json.loads(Path(sys.argv[1]).read_text())), Path(sys.argv[2]).read_bytes(), Path(sys.argv[3])
    names = sys.argv[4:] or ["rsa"]
    for name in names:
        made = {level: levels.sign(data, name, level) for level in LEVELS}
        if name == names[0]:
            made |= {"renewed": levels.renew(made["B-LTA"]), "raised": levels.add_store(made["B-T"])}
        for level, signed in made.items():
            (out / f"{name}-{level.lower()}.pdf").write_bytes(signed)


if __name__ == "__main__":
    main()
