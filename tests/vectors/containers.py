#!/usr/bin/env python3
"""Makes the CMS containers of the vectors by other hands than ours: pyHanko and OpenSSL the good ones, asn1crypto the wrong ones.

    containers.py RECIPE HASH_ALGORITHM [DIGEST] <CONTENT >CONTAINER

CONTENT is what /ByteRange covers; pyHanko makes its own of the DIGEST alone. RECIPES below says what each makes; all sign with the key
of certificates/p256.pem.
"""
import asyncio
import hashlib
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

from asn1crypto import cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pyhanko.keys import load_cert_from_pemder, load_certs_from_pemder, load_private_key_from_pemder
from pyhanko.sign import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

CERTIFICATES = Path(__file__).resolve().parent / "certificates"
HASHES = {"sha256": hashes.SHA256(), "sha512": hashes.SHA512()}


def certificate(name):
    return load_cert_from_pemder(CERTIFICATES / f"{name}.pem")


def pyhanko(content, algorithm, digest):
    chain = SimpleCertificateStore()
    chain.register_multiple(load_certs_from_pemder([CERTIFICATES / "chain.pem"]))
    signer = SimpleSigner(certificate("p256"), load_private_key_from_pemder(CERTIFICATES / "p256.key", None), chain)
    return asyncio.run(signer.async_sign(digest, algorithm, use_pades=True)).dump()


def openssl(*options):
    """OpenSSL has no option that leaves signing-time out, and with -stream attaches the content."""
    def make(content, algorithm, digest):
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            return subprocess.run(
                ["openssl", "cms", "-sign", "-binary", "-in", file.name, "-md", algorithm, "-outform", "DER", *options, "-certfile", "chain.pem",
                 "-signer", "p256.pem", "-inkey", "p256.key"], cwd=CERTIFICATES, check=True, stdout=subprocess.PIPE).stdout
    return make


def signing_certificate(name):
    """signing-certificate-v2, whose default digest is SHA-256 (RFC 5035, 3)."""
    named = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate(name).dump()).digest()})
    return attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [named]}))


def attribute(kind, value):
    return cms.CMSAttribute({"type": kind, "values": [value]})


def crafted(names="p256", more=(), without=(), order=sorted, attached=False, signers=1, holds=("p256", "issuing", "root"), spoil=False,
            parameters=None, twin=False, crls=None):
    """A PAdES container but for what the arguments say. `names`: the certificate in signing-certificate-v2; `more` and `without`:
    attributes; `order`: of the attributes; `holds`: its certificates; `spoil`: a bit of the signature is changed; `parameters`: of the
    signature algorithm; `twin`: a second certificate with the issuer and serial number of the signer's; `crls`: revocation information."""
    def make(content, algorithm, digest):
        attributes = [
            attribute("content_type", "data"),
            attribute("message_digest", digest),
            *([signing_certificate(names)] if names else []),
            *more,
        ]
        encoded = order(entry.dump() for entry in attributes if entry["type"].native not in without)
        inner = b"".join(encoded)
        # Concatenated by hand: asn1crypto would put a SET in order.
        signed = b"\x31" + length(inner) + inner
        key = load_pem_private_key((CERTIFICATES / "p256.key").read_bytes(), None)
        value = bytearray(key.sign(signed if encoded else content, ec.ECDSA(HASHES[algorithm])))
        value[-1] ^= spoil
        signer = certificate("p256")
        info = cms.SignerInfo({
            "version": "v1", "sid": {"issuer_and_serial_number": {"issuer": signer.issuer, "serial_number": signer.serial_number}},
            "digest_algorithm": {"algorithm": algorithm},
            "signature_algorithm": {"algorithm": f"{algorithm}_ecdsa"} | ({"parameters": parameters} if parameters else {}),
            "signature": bytes(value)} | ({"signed_attrs": cms.CMSAttributes.load(signed)} if encoded else {}))
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData({
            "version": "v1", "digest_algorithms": [{"algorithm": algorithm}],
            "encap_content_info": {"content_type": "data"} | ({"content": content} if attached else {}),
            "certificates": [certificate(name) for name in holds] + ([changed(signer)] if twin else []),
            "signer_infos": [info] * signers} | ({"crls": crls} if crls else {}))}).dump()
    return make


def changed(original):
    """Another certificate with the same issuer and serial number: one bit of its signature differs."""
    der = bytearray(original.dump())
    der[-1] ^= 1
    return x509.Certificate.load(bytes(der))


def protection(digest, signature):
    """cms-algorithm-protection (RFC 6211)."""
    return attribute("cms_algorithm_protection", cms.CMSAlgorithmProtection(
        {"digest_algorithm": {"algorithm": digest}, "signature_algorithm": {"algorithm": signature}}))


def length(data):
    size = len(data)
    return bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else b"\x82" + size.to_bytes(2, "big")


def ber(*given):
    """pyHanko's, its three outer layers of indefinite length, as streaming writers make them (X.690, 8.1.3.6)."""
    content = cms.ContentInfo.load(pyhanko(*given))
    inner = content["content"].untag().contents
    return b"\x30\x80" + content["content_type"].dump() + b"\xa0\x80\x30\x80" + inner + 6 * b"\0"


def another_document(content, algorithm, digest):
    return pyhanko(content, algorithm, hashlib.new(algorithm, b"another document").digest())


def cut_short(*given):
    return pyhanko(*given)[:-1]


def pem(*given):
    """Of the right container the PEM text."""
    return subprocess.run(["openssl", "cms", "-cmsout", "-inform", "DER", "-outform", "PEM"], input=pyhanko(*given), check=True,
                          stdout=subprocess.PIPE).stdout


RECIPES = {
    "pyhanko": pyhanko,
    "openssl": openssl("-cades"),
    "openssl-stream": openssl("-cades", "-stream"),
    "ber": ber,
    "crafted": crafted(),
    "signing-time": crafted(more=[attribute("signing_time", cms.Time({"utc_time": datetime(2026, 11, 25, 1, 20, tzinfo=timezone.utc)}))]),
    "no-signing-certificate": crafted(names=None),
    "signing-certificate-of-another": crafted(names="rsa"),
    "no-signed-attributes": crafted(names=None, without=("content_type", "message_digest")),
    "no-message-digest": crafted(without=("message_digest",)),
    "no-content-type": crafted(without=("content_type",)),
    "unordered-attributes": crafted(order=lambda entries: sorted(entries, reverse=True)),
    "attached-content": crafted(attached=True),
    "two-signers": crafted(signers=2),
    "no-signer": crafted(signers=0),
    "no-signer-certificate": crafted(holds=("issuing", "root")),
    "spoiled-signature": crafted(spoil=True),
    "algorithm-protection": crafted(more=[protection("sha256", "sha256_ecdsa")]),
    "algorithm-protection-of-another-digest": crafted(more=[protection("sha512", "sha256_ecdsa")]),
    "algorithm-protection-of-another-signature": crafted(more=[protection("sha256", "sha512_ecdsa")]),
    "ecdsa-with-parameters": crafted(parameters=core.Null()),
    "two-signer-certificates": crafted(twin=True),
    "unknown-revocation-information": crafted(
        crls=[cms.RevocationInfoChoice("other", {"other_rev_info_format": "1.2.3.4", "other_rev_info": core.Null()})]),
    "another-document": another_document,
    "cut-short": cut_short,
    "pem": pem,
}

if __name__ == "__main__":
    recipe, hash_algorithm, *known = sys.argv[1:]
    covered = sys.stdin.buffer.read()
    covered_digest = bytes.fromhex(known[0]) if known else hashlib.new(hash_algorithm, covered).digest()
    sys.stdout.buffer.write(RECIPES[recipe](covered, hash_algorithm, covered_digest))
