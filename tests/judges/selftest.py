"""Checks the judges: signs documents with pyHanko, spoils some, and compares every verdict with README.md, "Checked against".

    selftest.py WORK SERVICES.json [levels]

SERVICES.json is the line that ../services/start.sh prints. `levels`: only the files with timestamps. Prints a line a verdict; the exit status
is 0 when all are as the table says.
"""
import json
import subprocess
import sys
from functools import partial
from io import BytesIO
from pathlib import Path

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from common import signatures, verdict_of
from judge import ALL, judges_of, of_level
from reference_levels import Levels

HERE = Path(__file__).resolve().parent
PKI = HERE.parent / "pki/certificates"
PASSWORD = "secret"
CLAIM = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="2" pdfaid:conformance="B"/></rdf:RDF></x:xmpmeta>"""


def document(content=b"10 20 m 30 40 l n", claim=b""):
    """A file of one page; `claim` is the middle of its XMP metadata."""
    objects = [b"<</Type/Catalog/Pages 2 0 R%b>>" % (b"/Metadata 5 0 R" if claim else b""), b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<<>>/Contents 4 0 R>>", stream(content)]
    if claim:
        objects.append(stream(b"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>%b<?xpacket end='w'?>" % claim, b"/Type/Metadata/Subtype/XML"))
    out, table = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", b"0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    return out + b"xref\n0 %d\n%btrailer\n<</Size %d/Root 1 0 R/ID[<00112233><00112233>]>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, len(out))


def stream(data, entries=b""):
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(data), data)


class CallbackSigner(signers.Signer):
    """The key is behind a function, as a remote one would be."""

    def __init__(self, name, chain=("issuing", "root")):
        self.key = serialization.load_pem_private_key((PKI / f"{name}.key").read_bytes(), None)
        store = SimpleCertificateStore()
        store.register_multiple(x509.Certificate.load((PKI / f"{issuer}.der").read_bytes()) for issuer in chain)
        super().__init__(signing_cert=x509.Certificate.load((PKI / f"{name}.der").read_bytes()), cert_registry=store)

    async def async_sign_raw(self, data, digest_algorithm, dry_run=False):
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return bytes(72) if dry_run else self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


class ObedientPdfSigner(signers.PdfSigner):
    """Signs also what must not be signed again."""

    def _enforce_certification_constraints(self, reader):
        pass


def sign(data, signer, field="Signature1", subfilter=SigSeedSubFilter.PADES, password=None, **options):
    writer = IncrementalPdfFileWriter(BytesIO(data))
    if password:
        writer.encrypt(password)
    meta = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=subfilter, **options)
    return ObedientPdfSigner(meta, signer).sign_pdf(writer).getvalue()


def again(data, signer, times):
    for number in range(times):
        data = sign(data, signer, f"Signature{number + 1}")
    return data


def with_other_page(data):
    """A revision after the signature that gives the page another content."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(StreamObject(stream_data=b"50 60 m 70 80 l n"))
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def flipped(data, offset):
    """Another digit, so that the syntax stays right."""
    return data[:offset] + (b"0" if data[offset:offset + 1] != b"0" else b"1") + data[offset + 1:]


def signature_flipped(data, path, number=0):
    """The signature value ends the container, or that of the token does."""
    path.write_bytes(data)
    found = signatures(path)[number]
    return flipped(data, found.gap_start + 2 * len(found.container))


def without_answers(data):
    """The DSS, which nothing covers in a B-LT, with its OCSP answers under another key. It has no VRI, where judges find them too."""
    before, _, after = data.rpartition(b"/OCSPs")
    assert before
    return before + b"/OCSPx" + after


def encrypted(data, work):
    clear, secret = work / "clear.pdf", work / "secret.pdf"
    clear.write_bytes(data)
    subprocess.run(["qpdf", "--encrypt", PASSWORD, PASSWORD, "256", "--", clear, secret], check=True)
    return secret.read_bytes()


def cases(work):
    """Name, bytes and how to judge them, for each row of the table."""
    rsa, ecdsa = CallbackSigner("rsa"), CallbackSigner("p256")
    plain, archival = document(), document(claim=CLAIM)
    signed = sign(archival, rsa)
    certified = {"certify": True, "docmdp_permissions": MDPPerm.FILL_FORMS}
    sealed = {"certify": True, "docmdp_permissions": MDPPerm.NO_CHANGES}
    return [
        ("signed, RSA-2048, PDF/A-2b", signed, {}),
        ("signed, ECDSA P-256", sign(plain, ecdsa), {}),
        ("signed twice", sign(signed, ecdsa, "Signature2"), {}),
        ("signed four times by one", again(plain, rsa, 4), {}),
        ("the same, another root trusted", again(plain, rsa, 4), {"root": "stranger"}),
        ("signed twice, containers with the leaf alone", again(plain, CallbackSigner("rsa", ()), 2), {}),
        ("certified, forms may be filled in", sign(plain, rsa, **certified), {}),
        ("the same, signed again", sign(sign(plain, rsa, **certified), ecdsa, "Signature2"), {}),
        ("certified, no changes allowed, signed again", sign(sign(plain, rsa, **sealed), ecdsa, "Signature2"), {}),
        ("encrypted (AES-256) and signed", sign(encrypted(plain, work), rsa, password=PASSWORD), {"password": PASSWORD}),
        ("plain CMS, not PAdES", sign(plain, rsa, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED), {}),
        ("signed, no revocation lists given", signed, {"crl": False}),
        ("signed, another root trusted", signed, {"root": "stranger"}),
        ("signed, signer revoked", sign(plain, CallbackSigner("revoked")), {}),
        ("signed, container with the leaf alone", sign(plain, CallbackSigner("rsa", ())), {}),
        ("a byte of the page changed", flipped(signed, signed.index(b"10 20 m")), {}),
        ("a bit of the signature value changed", signature_flipped(signed, work / "flip.pdf"), {}),
        ("not signed", archival, {}),
        ("bytes appended after the last revision", sign(plain, rsa) + b"more", {}),
        ("a later revision with another page", with_other_page(signed), {}),
        ("a PDF/A-2b file that breaks a rule of 2b", sign(document(b"0 0 m 9 9 l S", CLAIM), rsa), {}),
    ]


def level_cases(work, services):
    """The same for the table of levels. `level` is the one that the file has to be of."""
    levels, faults = Levels(services), services["faults"]
    plain, archival = document(), document(claim=CLAIM)
    # The signer without an OCSP address: pdfsig reaches for it.
    basic, stamped = levels.sign(plain, "crl-only", "B-B"), levels.sign(archival, "crl-only", "B-T")
    long_term, archived = levels.sign(archival, "rsa", "B-LT"), levels.sign(archival, "rsa", "B-LTA")

    def by(tsa):
        return levels.sign(plain, "crl-only", "B-T", tsa)

    at = {"B-T": {"level": "B-T"}} | {level: {"level": level, "long_term": True} for level in ("B-LT", "B-LTA")}
    return [
        ("B-T", stamped, at["B-T"]),
        ("B-T by openssl's TSA", by(services["tsa"]["openssl"]), at["B-T"]),
        ("B-T, asked for B-LTA", stamped, {"level": "B-LTA"}),
        ("B-T, token of another signature", by(f"{faults}/+wrong-imprint/ltv/tsa/tsa"), at["B-T"]),
        ("B-T, a bit of the token's signature changed", signature_flipped(by(None), work / "flip.pdf"), at["B-T"]),
        ("B-T, TSA expired", by(services["tsa"]["expired"]), at["B-T"]),
        ("B-T, TSA revoked", by(services["tsa"]["revoked"]), at["B-T"]),
        ("B-T, certificate of the TSA for other purposes", by(services["tsa"]["no-eku"]), at["B-T"]),
        ("B-T, its root not trusted", stamped, {"level": "B-T", "root": "root"}),
        ("B-T, signer revoked", levels.sign(plain, "revoked", "B-T"), at["B-T"]),
        ("B-B with a document timestamp", levels.timestamp(basic), at["B-T"]),
        ("B-LT", long_term, at["B-LT"]),
        ("B-T raised to B-LT", levels.add_store(stamped), at["B-LT"]),
        ("B-LT, Ed25519", levels.sign(plain, "ed25519", "B-LT"), at["B-LT"]),
        ("B-LT, DSS in the revision of the signature", levels.sign(plain, "rsa", "B-LT", together=True), at["B-LT"]),
        ("B-LT, a DSS without OCSP answers", without_answers(levels.add_store(levels.sign(archival, "rsa", "B-T"))), at["B-LT"]),
        ("B-LT, a byte of the page changed", flipped(long_term, long_term.index(b"10 20 m")), at["B-LT"]),
        ("B-LTA, PDF/A-2b", archived, at["B-LTA"]),
        ("B-LTA, EC", levels.sign(plain, "ec", "B-LTA", services["tsa"]["ec"]), at["B-LTA"]),
        ("B-LTA, renewed", levels.renew(archived), at["B-LTA"]),
        ("B-LTA, encrypted", levels.sign(encrypted(plain, work), "rsa", "B-LTA", password=PASSWORD), {**at["B-LTA"], "password": PASSWORD}),
        ("B-LTA, certified, forms may be filled in", levels.sign(plain, "rsa", "B-LTA", certify=2), at["B-LTA"]),
        ("B-LTA, certified, no changes allowed", levels.sign(plain, "rsa", "B-LTA", certify=1), at["B-LTA"]),
        ("B-LTA, signed again", levels.sign(archived, "ec", "B-LTA", field="Signature2"), at["B-LTA"]),
        ("B-LTA, a byte of the page changed", flipped(archived, archived.index(b"10 20 m")), at["B-LTA"]),
        ("B-LTA, a bit of the document timestamp changed", signature_flipped(archived, work / "flip.pdf", -1), at["B-LTA"]),
        ("B-LTA, a later revision with another page", with_other_page(archived), at["B-LTA"]),
    ]


def judged(paths, root="root", crl=True, password=None):
    """The verdicts of every judge, a dictionary a file."""
    lists = [PKI / "root.crl", PKI / "issuing.crl"] if crl else []
    return asked(paths, [PKI / f"{root}.pem"], lists, password)


def judged_at(services, paths, long_term=False, root=None, password=None):
    """The verdicts of the judges that can judge such a file. Lists are given to files that carry none themselves."""
    roots = [f"{services['certs']}/{name}.cert.pem" for name in ([root] if root else ["root", "tsaroot"])]
    names = ",".join(judges_of("B-LT" if long_term else "B-T"))
    return asked(paths, roots, [] if long_term else services["crls"], password, "--only", names)


def asked(paths, roots, lists, password, *options):
    command = [sys.executable, HERE / "judge.py", "--json", *options]
    for root in roots:
        command += ["--root", root]
    for one in lists:
        command += ["--crl", one]
    if password:
        command += ["--password", password]
    output = subprocess.run([*map(str, command), *map(str, paths)], stdout=subprocess.PIPE, check=False).stdout
    return [{name: verdict_of(said) for name, said in json.loads(line)["verdicts"].items()} for line in output.splitlines()]


def expectations(title):
    """A table of README.md: for each file what each judge says: "NO", "ok", or "ok" with the level it must name; "–" of one not asked."""
    text = (HERE / "README.md").read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {row[0]: dict(zip(rows[0][1:], row[1:], strict=True)) for row in rows[2:]}


def check(title, work, cases, judge):
    """How many verdicts there are on the files of a table, and how many of them are not as it says."""
    expected, groups, wrong, checks = expectations(title), {}, 0, 0
    work.mkdir()
    for number, (name, data, how) in enumerate(cases):
        path = work / f"{number:02}.pdf"
        path.write_bytes(data)
        level = how.get("level")
        trust = tuple((key, value) for key, value in how.items() if key != "level")
        groups.setdefault(trust, []).append((name, level, path))
    for trust, files in groups.items():
        for (name, level, _), verdicts in zip(files, judge([path for *_, path in files], **dict(trust)), strict=True):
            row = expected.pop(name, {})
            for judge_name in ALL:
                verdict, want = verdicts.get(judge_name), row.get(judge_name)
                if verdict and level:
                    verdict = of_level(verdict, judge_name, level)
                said = "–" if verdict is None else f"ok {verdict.level or ''}".strip() if verdict.ok else "NO"
                right = want == said or want == "ok" == said[:2]
                checks, wrong = checks + 1, wrong + (not right)
                print(f"{'right' if right else 'WRONG'}  {name}: {judge_name} says {said}",
                      "" if right else f"instead of {want}; {verdict and verdict.reason}", flush=True)
    for name in expected:
        print("WRONG  not tested:", name)
    return checks, wrong + len(expected)


def main():
    work, services = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    results = [check("Checked against: levels", work / "levels", level_cases(work, services), partial(judged_at, services))]
    if sys.argv[3:] != ["levels"]:
        results.append(check("Checked against", work / "files", cases(work), judged))
    checks, wrong = map(sum, zip(*results, strict=True))
    print(f"{checks - wrong} passed, {wrong} failed")
    raise SystemExit(wrong != 0)


if __name__ == "__main__":
    main()
