#!/usr/bin/env python3
"""pyHanko: every signature with its chain, revocation, difference analysis, DocMDP, FieldMDP and seed values,
and, of B-B, B-T and B-LTA, its ETSI EN 319 102-1 validation ("ades"), which uses the document's own DSS and timestamps. Of B-LT that
says NO_POE, whoever made the file: nothing proves since when the DSS is there. It also refuses a B-LTA without a timestamp in the
signature itself. Both are judged by the chains that their DSS allows.

The level is read from the document: B-B needs ETSI.CAdES.detached, a signing-certificate attribute, /M and no signing-time
attribute; B-T a timestamp in the signature or a document timestamp after it; B-LT a DSS too; B-LTA one more document timestamp.
"""
import asyncio
import logging

from asn1crypto import crl as asn1_crl
from common import Verdict, main
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.misc import PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.ades import ades_basic_validation, ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge, PdfSignatureValidationSpec, RevinfoOnlineFetchingRule, RevocationInfoGatheringSpec, SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

logging.disable(logging.ERROR)  # a chain that fails is told by the verdict, not by a trace on standard error


class Material:
    """Roots and revocation lists in the forms that pyHanko's two interfaces take. Nothing is fetched."""

    def __init__(self, trust):
        self.roots = [load_cert_from_pemder(str(path)) for path in trust.roots]
        self.crls = [asn1_crl.CertificateList.load(path.read_bytes()) for path in trust.crls]

    def context(self, reader, must_have_revocation=True):
        """With the data of the document's own DSS, where there is one."""
        known = {"trust_roots": self.roots, "crls": self.crls, "allow_fetching": False}
        has_store = "/DSS" in reader.root
        known["revocation_mode"] = "hard-fail" if must_have_revocation and (self.crls or has_store) else "soft-fail"
        if has_store:
            return DocumentSecurityStore.read_dss(reader).as_validation_context(known)
        return ValidationContext(**known)

    def specification(self, with_revocation):
        policy = CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(trust_roots=self.roots),
            revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO if with_revocation else NO_REVOCATION))
        return PdfSignatureValidationSpec(SignatureValidationSpec(
            cert_validation_policy=policy,
            revinfo_gathering_policy=RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY),
            local_knowledge=LocalKnowledge(known_crls=[CRLContainer(crl) for crl in self.crls])))


def level(reader, embedded):
    """The highest PAdES baseline level whose parts are all there."""
    signer = embedded.signer_info
    signed = {attribute["type"].native for attribute in signer["signed_attrs"]}
    unsigned = {attribute["type"].native for attribute in signer["unsigned_attrs"] or ()}
    if embedded.sig_object.get("/SubFilter") != "/ETSI.CAdES.detached" or "signing_time" in signed:
        return None
    if not signed & {"signing_certificate", "signing_certificate_v2"} or "/M" not in embedded.sig_object:
        return None
    times = [stamp for stamp in reader.embedded_timestamp_signatures if stamp.signed_revision > embedded.signed_revision]
    count = len(times) + ("signature_time_stamp_token" in unsigned)
    if not count:
        return "PAdES-B-B"
    if "/DSS" not in reader.root:
        return "PAdES-B-T"
    return "PAdES-B-LTA" if times and count > 1 else "PAdES-B-LT"


async def examine(embedded, reader, material):
    """Why pyHanko does not accept a signature (None if it does), its level and the rest of what pyHanko says."""
    status = await async_validate_pdf_signature(embedded, material.context(reader))
    reached, ades = level(reader, embedded), None
    if reached == "PAdES-B-LTA" and status.timestamp_validity:
        ades = await ades_lta_validation(embedded, material.specification(True))
    elif reached not in ("PAdES-B-LT", "PAdES-B-LTA"):
        ades = await ades_basic_validation(
            embedded.signed_data, material.specification(bool(material.crls)).signature_validation_spec,
            raw_digest=embedded.compute_digest())
    reason = None
    if ades and not isinstance(ades.ades_subindic, AdESPassed):
        reason = f"{ades.ades_subindic}: {ades.failure_msg or status.summary()}"
    elif not status.bottom_line:
        words = f"{status.summary()} {status.trust_problem_indic or ''}".strip()
        reason = f"{ades.ades_subindic}: {words}" if ades else words
    stamp = status.timestamp_validity
    return reason, reached, {
        "bottomLine": status.bottom_line,
        "summary": status.summary(),
        "level": reached,
        "ades": str(ades.ades_subindic) if ades else None,
        "adesFailure": ades.failure_msg if ades else None,
        "timestamp": stamp.summary() if stamp else None,
        "coverage": status.coverage.name,
        "modifications": getattr(status.modification_level, "name", None),
        "docMdpOk": status.docmdp_ok,
        "trusted": status.trusted,
        "seedValuesOk": status.seed_value_ok,
        "problem": str(status.trust_problem_indic or status.seed_value_constraint_error or "") or None,
    }


async def examine_all(path, trust, strict):
    material, details, reason, last, count = Material(trust), {}, None, None, 0
    with open(path, "rb") as file:
        reader = PdfFileReader(file, strict=strict)
        if strict and reader.xrefs.hybrid_xrefs_present:
            raise PdfStrictReadError("a hybrid-reference file")
        if reader.encrypted:
            opened = reader.decrypt((trust.password or "").encode())
            details["decrypt"] = str(opened)
            reason = opened.mac_failure_reason  # of an integrity code (ISO/TS 32004)
        for embedded in reader.embedded_regular_signatures:
            try:
                objection, last, said = await examine(embedded, reader, material)
            except PdfStrictReadError:
                raise
            except Exception as error:  # noqa: BLE001  one that breaks the judge is not accepted; the others are still judged
                objection, last = f"{type(error).__name__}: {error}", None
                said = {"failure": objection}
            details[str(embedded.field_name)] = said
            reason, count = reason or objection, count + 1
        for embedded in reader.embedded_timestamp_signatures:
            try:
                status = await async_validate_pdf_timestamp(embedded, material.context(reader, must_have_revocation=False))
            except PdfStrictReadError:
                raise
            except Exception as error:  # noqa: BLE001
                details[str(embedded.field_name)] = {"timestamp": True, "failure": f"{type(error).__name__}: {error}"}
                reason = reason or f"timestamp: {error}"
                continue
            details[str(embedded.field_name)] = {"timestamp": True, "summary": status.summary(), "coverage": status.coverage.name}
            if not (status.intact and status.valid and status.trusted):
                reason = reason or f"timestamp: {status.summary()}"
        if not count:
            reason = reason or "it finds no signature"
        return Verdict(last, count, reason, details)


def judge(path, trust):
    """The strict reader first. What it does not take is read leniently, and `strict` in the details tells why."""
    try:
        return asyncio.run(examine_all(path, trust, strict=True))
    except PdfStrictReadError as error:
        verdict = asyncio.run(examine_all(path, trust, strict=False))
        verdict.details["strict"] = str(error)
        return verdict


if __name__ == "__main__":
    main("pyhanko", judge)
