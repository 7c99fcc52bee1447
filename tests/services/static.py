"""The files that certomancer cannot make: odd revocation lists, a large one, a bundle of certificates, issuers that form a loop, and
signers with odd addresses. `make` writes them anew at every start, because the lists are valid for a week.
"""
import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

KEYS = Path(__file__).resolve().parent / "keys"
DAY = datetime.timedelta(days=1)
SINCE, UNTIL = datetime.datetime(2024, 1, 1), datetime.datetime(2040, 1, 1)


def key(name):
    return serialization.load_pem_private_key((KEYS / f"{name}.pem").read_bytes(), password=None)


class Maker:
    """Writes to FOLDER/static; FOLDER/certs contains the PKI. `address` is that of the server."""

    def __init__(self, folder, address):
        self.folder, self.base = folder, f"{address}/static"
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.issuing = key("issuing")

    def certificate(self, name):
        return x509.load_der_x509_certificate((self.folder / f"certs/{name}.cert.der").read_bytes())

    def write(self, path, data):
        target = self.folder / "static" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def crl(self, name, issuer="issuing", signer=None, since=-1, until=7, revoked=(), extensions=()):
        """A list in the name of `issuer`; `since` and `until` are days from now."""
        signer = signer or self.issuing
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate(issuer).subject)
        builder = builder.last_update(self.now + since * DAY).next_update(self.now + until * DAY)
        for serial in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(self.now - DAY)
            builder = builder.add_revoked_certificate(entry.build())
        builder = builder.add_extension(x509.CRLNumber(7), False)
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False)
        for extension in extensions:
            builder = builder.add_extension(extension, True)
        made = builder.sign(signer, hashes.SHA256())
        self.write(f"crls/{name}.crl", made.public_bytes(Encoding.DER))
        return made

    def whole_lists(self):
        """A list of each authority without issuingDistributionPoint, for judges that fetch nothing: openssl, asked for the lists of
        all issuers, takes a list with a point for none of the root, whose certificate names no point."""
        for name, revoked in (("root", ()), ("issuing", ("revoked", "held")), ("tsaroot", ()), ("tsaca", ("tsa-revoked",))):
            self.crl(f"whole/{name}", name, key(name), revoked=[self.certificate(one).serial_number for one in revoked])

    def point(self, path, **flags):
        """issuingDistributionPoint of a list at that path."""
        fields = {"relative_name": None, "only_some_reasons": None, "indirect_crl": False, "only_contains_user_certs": False,
                  "only_contains_ca_certs": False, "only_contains_attribute_certs": False}
        address = x509.UniformResourceIdentifier(f"{self.base}/{path}")
        return [x509.IssuingDistributionPoint(full_name=[address], **{**fields, **flags})]

    def lists(self, megabytes):
        other = key("tsaca")
        plain = self.crl("plain")
        self.crl("expired", since=-30, until=-20)
        self.crl("future", since=1, until=8)
        self.crl("other-issuer", "tsaca", other)
        self.crl("wrong-key", signer=other)
        self.crl("other-point", extensions=self.point("crls/elsewhere.crl"))
        self.crl("ca-only", extensions=self.point("crls/ca-only.crl", only_contains_ca_certs=True))
        self.crl("attributes-only", extensions=self.point("crls/attributes-only.crl", only_contains_attribute_certs=True))
        self.crl("delta", extensions=[x509.DeltaCRLIndicator(6)])
        self.crl("unknown-critical", extensions=[x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0")])
        self.crl("revoked-rsa", revoked=[self.certificate("rsa").serial_number])
        self.write("crls/huge.crl", self.huge(megabytes << 20, plain))

    def huge(self, size, plain):
        """A list of about `size` bytes, 35 for each entry. A library would take minutes."""
        def moment(time):
            return tlv(0x17, time.strftime("%y%m%d%H%M%SZ").encode())

        algorithm = bytes.fromhex("300d06092a864886f70d01010b0500")
        since, until = moment(self.now - DAY), moment(self.now + 7 * DAY)
        entries = b"".join(b"\x30\x21\x02\x10\x40" + i.to_bytes(15, "big") + since for i in range(size // 35))
        oids = {"2.5.29.20": "0603551d14", "2.5.29.35": "0603551d23"}
        extensions = b"".join(tlv(0x30, bytes.fromhex(oids[one.oid.dotted_string]), tlv(4, one.value.public_bytes()))
                              for one in plain.extensions)
        name = self.certificate("issuing").subject.public_bytes()
        tbs = tlv(0x30, b"\2\1\1", algorithm, name, since, until, tlv(0x30, entries), tlv(0xA0, tlv(0x30, extensions)))
        signature = self.issuing.sign(tbs, padding.PKCS1v15(), hashes.SHA256())
        return tlv(0x30, tbs, algorithm, tlv(3, b"\0", signature))

    def issue(self, serial, subject, public, issuer, signer, extensions):
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public).serial_number(serial)
        builder = builder.not_valid_before(SINCE).not_valid_after(UNTIL)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.DER)

    def loop(self):
        """A and B issue each other: a client that follows caIssuers without a bound never ends."""
        for serial, (name, path, public, issuer, constraint) in enumerate((
                ("Loop A", "a", key("loop-a"), "b", True), ("Loop B", "b", key("loop-b"), "a", True),
                ("Leaf of a loop", "leaf", key("rsa"), "a", False)), 1):
            extensions = [(x509.BasicConstraints(constraint, None), True),
                          (access(AuthorityInformationAccessOID.CA_ISSUERS, f"{self.base}/certs/{issuer}.crt"), False)]
            self.write(f"certs/{path}.crt", self.issue(serial, common_name(name), public.public_key(),
                                                       common_name(f"Loop {issuer.upper()}"), key(f"loop-{issuer}"), extensions))

    def odd_addresses(self):
        """Signers of the issuing CA with addresses that a client must pass over. Their key is `rsa`."""
        port = self.base.removesuffix("/static").rpartition(":")[2]
        good = f"{self.base}/crls/plain.crl"
        for serial, (name, ocsp, lists) in enumerate((
                ("ldap-first", [], ["ldap://127.0.0.1/cn=list", good]),
                ("file-only", [], ["file:///etc/hostname"]),
                ("user-info", [], [good.replace("//", "//name:secret@", 1)]),
                ("link-local", ["http://169.254.169.254/latest/meta-data"], ["http://[fe80::1]/list.crl"]),
                ("mapped", [f"http://[::ffff:127.0.0.1]:{port}/ltv/ocsp/issuing"], [f"http://[::ffff:7f00:1]:{port}/static/crls/plain.crl"]),
        ), 900):
            usage = x509.KeyUsage(True, True, *[False] * 7)
            points = [x509.DistributionPoint([x509.UniformResourceIdentifier(one)], None, None, None) for one in lists]
            extensions = [(usage, True), (x509.AuthorityKeyIdentifier.from_issuer_public_key(self.issuing.public_key()), False),
                          (x509.CRLDistributionPoints(points), False)]
            extensions += [(access(AuthorityInformationAccessOID.OCSP, one), False) for one in ocsp]
            made = self.issue(serial, common_name(f"Signer {name}"), key("rsa").public_key(), self.certificate("issuing").subject,
                              self.issuing, extensions)
            (self.folder / f"certs/{name}.cert.der").write_bytes(made)
            pem = x509.load_der_x509_certificate(made).public_bytes(Encoding.PEM)
            (self.folder / f"certs/{name}.cert.pem").write_bytes(pem)


def make(folder, address, megabytes):
    maker = Maker(folder, address)
    maker.lists(megabytes)
    maker.whole_lists()
    maker.loop()
    maker.odd_addresses()
    bundle = [maker.certificate("issuing"), maker.certificate("root")]
    maker.write("certs/bundle.p7c", pkcs7.serialize_certificates(bundle, Encoding.DER))


def access(method, address):
    return x509.AuthorityInformationAccess([x509.AccessDescription(method, x509.UniformResourceIdentifier(address))])


def common_name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def tlv(tag, *parts):
    """A DER value."""
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    octets = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | octets]) + size.to_bytes(octets, "big") + body
