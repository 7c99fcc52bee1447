"""Facts of a document. Generated from the core by scripts/generate.sh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._generated import Level, Warning


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateSummary:
    """Facts of a certificate."""

    subject: str
    """Subject (RFC 4514)."""
    issuer: str
    """Issuer (RFC 4514)."""
    serial_number: str
    """Serial number, in hexadecimal."""
    not_before: str
    """Start of its validity (RFC 3339)."""
    not_after: str
    """End of its validity (RFC 3339)."""
    sha256: str
    """SHA-256 of the certificate, in hexadecimal."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> CertificateSummary:
        return cls(
            subject=wire["subject"],
            issuer=wire["issuer"],
            serial_number=wire["serialNumber"],
            not_before=wire["notBefore"],
            not_after=wire["notAfter"],
            sha256=wire["sha256"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LockInfo:
    """Fields that a signature locks."""

    action: str
    """`all`, `include` or `exclude`."""
    fields: tuple[str, ...]
    """Full names of fields."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> LockInfo:
        return cls(
            action=wire["action"],
            fields=tuple(wire["fields"]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldInfo:
    """A field of the form."""

    name: str
    """Full name."""
    type: str
    """`Sig`, `Tx`, `Btn` or `Ch`; empty if the file does not say."""
    signed: bool
    """Whether it is a signature field with a signature."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> FieldInfo:
        return cls(
            name=wire["name"],
            type=wire["type"],
            signed=wire["signed"],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SignatureInfo:
    """Facts of a signature, from its dictionary and its container."""

    field: str
    """Full name of its field."""
    sub_filter: str | None = None
    """`/SubFilter`."""
    name: str | None = None
    """`/Name`."""
    reason: str | None = None
    """`/Reason`."""
    location: str | None = None
    """`/Location`."""
    contact_info: str | None = None
    """`/ContactInfo`."""
    signing_time: str | None = None
    """`/M`, as it is in the file."""
    byte_range: tuple[int, ...]
    """`/ByteRange`, as it is in the file."""
    covers_whole_file: bool
    """Whether it covers all of the document except its own container."""
    revision: int
    """Revision that it signed, from 1."""
    doc_mdp: int | None = None
    """`/P` of its DocMDP reference."""
    lock: LockInfo | None = None
    """Lock of its FieldMDP reference."""
    level: Level | None = None
    """Level that a PAdES signature shows (EN 319 142-1, 6.3). Nothing is judged."""
    renew_before: str | None = None
    """Time by which its evidence must be renewed, in RFC 3339: the end of the certificate of its last timestamp."""
    signer: CertificateSummary | None = None
    """Certificate of the signer, if the container has it."""
    certificates: tuple[CertificateSummary, ...]
    """Certificates of the container."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> SignatureInfo:
        return cls(
            field=wire["field"],
            sub_filter=wire.get("subFilter"),
            name=wire.get("name"),
            reason=wire.get("reason"),
            location=wire.get("location"),
            contact_info=wire.get("contactInfo"),
            signing_time=wire.get("signingTime"),
            byte_range=tuple(wire["byteRange"]),
            covers_whole_file=wire["coversWholeFile"],
            revision=wire["revision"],
            doc_mdp=wire.get("docMdp"),
            lock=None if wire.get("lock") is None else LockInfo._from_wire(wire["lock"]),
            level=wire.get("level"),
            renew_before=wire.get("renewBefore"),
            signer=None if wire.get("signer") is None else CertificateSummary._from_wire(wire["signer"]),
            certificates=tuple(map(CertificateSummary._from_wire, wire["certificates"])),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentInfo:
    """Facts of a document."""

    version: str
    """Version of PDF, such as `1.7`."""
    length: int
    """Length in bytes."""
    pages: int | None = None
    """Number of pages, as the page tree counts them."""
    revisions: int
    """Number of revisions: the first, and one for each incremental update."""
    xref: str
    """Kind of the newest cross-reference section: `table` or `stream`."""
    certified: int | None = None
    """Level of the certification, 1 to 3."""
    fields: tuple[FieldInfo, ...]
    """Terminal fields of the form."""
    signatures: tuple[SignatureInfo, ...]
    """Signatures, in the order of their ends in the file."""
    renew_before: str | None = None
    """Time by which the evidence of a signature must be renewed, in RFC 3339: the earliest of all."""
    warnings: tuple[Warning, ...]
    """Warnings."""

    @classmethod
    def _from_wire(cls, wire: Mapping[str, Any]) -> DocumentInfo:
        return cls(
            version=wire["version"],
            length=wire["length"],
            pages=wire.get("pages"),
            revisions=wire["revisions"],
            xref=wire["xref"],
            certified=wire.get("certified"),
            fields=tuple(map(FieldInfo._from_wire, wire["fields"])),
            signatures=tuple(map(SignatureInfo._from_wire, wire["signatures"])),
            renew_before=wire.get("renewBefore"),
            warnings=tuple(map(Warning._from_wire, wire["warnings"])),
        )
