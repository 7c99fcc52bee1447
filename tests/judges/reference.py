#!/usr/bin/env python3
"""Makes expected.json: what the judges say of each kind of signature when pyHanko made it.

    reference.py [KIND…]        all kinds when none is named; the others keep what the file says

It signs what kinds.json tells with pyHanko, lets every judge look, and writes down their words. Ours have to get the same: a judge
that refuses a kind whoever signs it proves nothing against us, and one that refuses ours alone does.
"""
import json
import sys
from dataclasses import replace
from importlib.metadata import version
from io import BytesIO

from asn1crypto.algos import RSASSAPSSParams, SignedDigestAlgorithm
from asn1crypto.cms import AttCertAttribute
from asn1crypto.x509 import GeneralName, Name
from pyhanko.keys import load_cert_from_pemder, load_certs_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSigner, PdfSignatureMetadata, SimpleSigner
from pyhanko.sign.ades.api import CAdESSignedAttrSpec, SignerAttrSpec
from pyhanko.sign.attributes import SigningCertificateV2Provider
from pyhanko.sign.ades.cades_asn1 import CommitmentTypeIndication, SignaturePolicyIdentifier
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from verdicts import BUILD, DOCUMENTS, EXPECTED, KINDS, PKI, judge_folder, table

DIGESTS = {"p384": "sha384", "p521": "sha512", "ed25519": "sha512"}  # what follows from the key; for all others it is SHA-256


class TimelessSigner(SimpleSigner):
    """Without the signing-time attribute, which pyHanko adds to all that is not PAdES."""

    def _signed_attr_provider_spec(self, attr_settings, **others):
        return super()._signed_attr_provider_spec(replace(attr_settings, signing_time=None), **others)


class IssuedSigner(TimelessSigner):
    """Without the signing-certificate attribute: the certificate is issued with the signature."""

    def _signed_attr_providers(self, *args, **others):
        providers = super()._signed_attr_providers(*args, **others)
        return [one for one in providers if not isinstance(one, SigningCertificateV2Provider)]


def signer(key, options, issued=False):
    """pyHanko's signer over a key of the test PKI. `issued`: its certificate comes with the signature."""
    digest = options.get("digestAlgorithm", DIGESTS.get(key, "sha256"))
    mechanism = None
    if key == "rsa-pss" or options.get("signatureAlgorithm") == "rsa-pss":
        mechanism = SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": RSASSAPSSParams({
            "hash_algorithm": {"algorithm": digest}, "salt_length": 32,
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": digest}}})})
    chain = SimpleCertificateStore()
    chain.register_multiple(load_certs_from_pemder([PKI / "chain.pem"]))
    private = load_private_key_from_pemder(PKI / f"{key}.key", None)
    kind = IssuedSigner if issued else SimpleSigner if options.get("signingTimeAttribute") else TimelessSigner
    return kind(load_cert_from_pemder(PKI / f"{key}.pem"), private, chain, signature_mechanism=mechanism), digest


def attributes(options):
    """What PAdES may add to the signed attributes; None where nothing is asked."""
    found = {}
    if policy := options.get("policy"):
        found["signature_policy_identifier"] = SignaturePolicyIdentifier({"signature_policy_id": {
            "sig_policy_id": policy["oid"],
            "sig_policy_hash": {"digest_algorithm": {"algorithm": policy["digestAlgorithm"]}, "digest": bytes.fromhex(policy["digest"])},
            "sig_policy_qualifiers": [{"sig_policy_qualifier_id": "sp_uri", "sig_qualifier": policy["uri"]}]}})
    if commitment := options.get("commitmentType"):
        found["commitment_type"] = CommitmentTypeIndication({"commitment_type_id": commitment.replace("-", "_")})
    if roles := options.get("signerRoles"):
        names = [GeneralName("directory_name", Name.build({"common_name": role})) for role in roles]
        claimed = AttCertAttribute({"type": "role", "values": [{"role_name": name} for name in names]})
        found["signer_attributes"] = SignerAttrSpec([claimed], [])
    return CAdESSignedAttrSpec(**found) if found else None


def sign(data, number, key, options, password=None, issued=False):
    """`data` with one more signature; `options` are those of rustpdf, and `password` opens an encrypted document."""
    certificate, digest = signer(key, options, issued)
    name = options.get("fieldName", f"Signature{number}")
    field = SigFieldSpec(name, on_page=options.get("page", 1) - 1)
    if lock := options.get("lock"):
        field = SigFieldSpec(name, field_mdp_spec=FieldMDPSpec(FieldMDPAction("/" + lock["action"].capitalize()), lock["fields"]))
    pades = options.get("pades", True)
    meta = PdfSignatureMetadata(
        name, digest, name=options.get("name"), reason=options.get("reason"), location=options.get("location"),
        contact_info=options.get("contactInfo"), certify="certify" in options, docmdp_permissions=MDPPerm(options.get("certify", 2)),
        subfilter=SigSeedSubFilter.PADES if pades else SigSeedSubFilter.ADOBE_PKCS7_DETACHED, cades_signed_attr_spec=attributes(options))
    writer = opened(data, password)
    return PdfSigner(meta, certificate, new_field_spec=None if "fieldName" in options else field).sign_pdf(writer).getvalue()


def signed(data, number, signature, password=None):
    """`data` with what an entry of `signatures` in kinds.json adds to it."""
    if values := signature.get("fill"):
        data = fill(data, values, password)
    return sign(data, number, signature["key"], signature.get("options", {}), password, signature.get("issued", False))


def fill(data, values, password=None):
    """`data` with the text fields of these names filled in, as whoever works on a form does it: a value, and a new appearance."""
    writer = opened(data, password)
    fields = writer.root["/AcroForm"]["/Fields"]
    for index in range(len(fields)):
        field = fields[index]
        if (value := values.get(field["/T"])) is None:
            continue
        left, bottom, right, top = map(float, field["/Rect"])
        shown = f"/Tx BMC BT /F1 11 Tf 2 5 Td ({value}) Tj ET EMC".encode()
        appearance = generic.StreamObject({
            generic.pdf_name("/Type"): generic.pdf_name("/XObject"), generic.pdf_name("/Subtype"): generic.pdf_name("/Form"),
            generic.pdf_name("/BBox"): generic.ArrayObject(map(generic.FloatObject, (0, 0, right - left, top - bottom))),
            generic.pdf_name("/Resources"): writer.root["/AcroForm"]["/DR"]}, stream_data=shown)
        field["/V"] = generic.pdf_string(value)
        field["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): writer.add_object(appearance)})
        writer.mark_update(fields.raw_get(index))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def opened(data, password):
    writer = IncrementalPdfFileWriter(BytesIO(data), strict=False)  # the strict reader takes no hybrid file
    if writer.prev.encrypted:
        writer.encrypt(password or "")
    return writer


def main():
    kinds = sys.argv[1:] or list(KINDS)
    folder = BUILD / "reference"
    folder.mkdir(exist_ok=True)
    for kind in kinds:
        # Of a damaged document what it was before: a judge should say the same of both.
        document = KINDS[kind].get("undamaged", KINDS[kind]["document"])
        data = (DOCUMENTS / f"{document}.pdf").read_bytes()
        for number, signature in enumerate(KINDS[kind]["signatures"], 1):
            data = signed(data, number, signature, KINDS[kind].get("password"))
        (folder / f"{kind}.pdf").write_bytes(data)
    said = judge_folder(folder, kinds)
    known = json.loads(EXPECTED.read_text())["kinds"] if EXPECTED.exists() else {}
    known |= said
    EXPECTED.write_text(json.dumps({
        "signedBy": f"pyHanko {version('pyhanko')}",
        "kinds": {kind: known[kind] for kind in KINDS if kind in known},
    }, indent=2, ensure_ascii=False) + "\n")
    print(table(said))


if __name__ == "__main__":
    main()
