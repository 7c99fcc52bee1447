//! Reports and warnings.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::printable;
use crate::json::{FromJson, field, from_object};
use crate::points::Points;

/// Level of a PAdES signature (EN 319 142-1, 6.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Level {
    /// The signature alone.
    #[default]
    #[serde(rename = "B-B")]
    BB,
    /// Signature with a timestamp.
    #[serde(rename = "B-T")]
    BT,
    /// Signature with a timestamp, certificates and revocation data.
    #[serde(rename = "B-LT")]
    BLt,
    /// Signature with all that, and a document timestamp over it.
    #[serde(rename = "B-LTA")]
    BLta,
}

impl Level {
    /// All levels, ascending.
    pub const ALL: [Level; 4] = [Level::BB, Level::BT, Level::BLt, Level::BLta];

    /// The name, such as `B-T`.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::BB => "B-B",
            Level::BT => "B-T",
            Level::BLt => "B-LT",
            Level::BLta => "B-LTA",
        }
    }
}

/// Report of a signature: field, sizes, algorithms, warnings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Report {
    /// Full name of the signature field.
    pub field: String,
    /// Whether this signature made the field.
    pub new_field: bool,
    /// Page of a new field's widget, from 1. Absent if the document has no pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Box of a visible signature on the page as it is seen: left, bottom, right and top in points. Absent if the signature is invisible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rect: Option<[Points; 4]>,
    /// Number of this revision. The first revision of a document is 1.
    pub revision: usize,
    /// Kind of the update's cross-reference: `table` or `stream`, as in the revision before.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::XrefKind"))]
    pub xref: String,
    /// Length of the document before the signature, in bytes.
    pub document_length: u64,
    /// Length of the update, in bytes.
    pub update_length: u64,
    /// `/ByteRange`: bytes that the signature covers, as offsets and lengths from the start of the file.
    pub byte_range: [u64; 4],
    /// Bytes reserved for the container.
    pub container_size: usize,
    /// Length of the container, in bytes. Absent before it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_length: Option<usize>,
    /// `/SubFilter`.
    pub sub_filter: String,
    /// Digest algorithm of the signature.
    #[cfg_attr(feature = "schema", schemars(with = "crate::DigestAlgorithm"))]
    pub digest_algorithm: String,
    /// Signature algorithm. Absent without a certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::SignatureAlgorithm>"))]
    pub signature_algorithm: Option<String>,
    /// Level of the certification. Absent if the signature does not certify.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::Certification>"))]
    pub certified: Option<u8>,
    /// Level that the signature has (EN 319 142-1, 6.3). Absent without PAdES, and before the container is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Timestamps of this call, in their order. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub timestamps: Vec<TimestampReport>,
    /// Certificates and revocation data in the document security store. Absent below B-LT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<ValidationReport>,
    /// Requests to servers, in their order. Absent if there were none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub requests: Vec<RequestReport>,
    /// Time by which the evidence must be renewed, in RFC 3339: the end of the last timestamp's certificate. Absent without a timestamp.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renew_before: Option<String>,
    /// Number of steps that read ranges of the document.
    pub reads: u32,
    /// Number of bytes that these steps read. The hashed bytes do not count.
    pub bytes_read: u64,
    /// Warnings.
    pub warnings: Vec<Warning>,
}

from_object!(Report {
    field "field",
    new_field "newField",
    page "page",
    rect "rect",
    revision "revision",
    xref "xref",
    document_length "documentLength",
    update_length "updateLength",
    byte_range "byteRange",
    container_size "containerSize",
    container_length "containerLength",
    sub_filter "subFilter",
    digest_algorithm "digestAlgorithm",
    signature_algorithm "signatureAlgorithm",
    certified "certified",
    level "level",
    timestamps "timestamps",
    validation "validation",
    requests "requests",
    renew_before "renewBefore",
    reads "reads",
    bytes_read "bytesRead",
    warnings "warnings",
});

/// A timestamp that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TimestampReport {
    /// Number of the service, from 0.
    pub service: u32,
    /// Time of the timestamp, in RFC 3339.
    pub time: String,
    /// Policy of the service, an object identifier.
    pub policy: String,
    /// Length of the token in bytes.
    pub token_length: usize,
    /// End of the validity of the service's certificate, in RFC 3339.
    pub not_after: String,
    /// Whether it covers the whole document. A timestamp of a signature covers that signature.
    pub of_document: bool,
}

from_object!(TimestampReport {
    service "service", time "time", policy "policy", token_length "tokenLength", not_after "notAfter", of_document "ofDocument",
});

/// Certificates and revocation data that a document contains for validation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ValidationReport {
    /// Number of certificates.
    pub certificates: usize,
    /// Number of OCSP responses.
    pub ocsps: usize,
    /// Number of revocation lists.
    pub crls: usize,
    /// Number of all these that this call added.
    pub added: usize,
    /// Bytes of the added ones, before compression.
    pub bytes: u64,
}

from_object!(ValidationReport { certificates "certificates", ocsps "ocsps", crls "crls", added "added", bytes "bytes" });

/// A request to a server, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RequestReport {
    /// Purpose: `timestamp`, `ocsp`, `crl` or `issuer`.
    pub purpose: String,
    /// Name of the server. Absent for a timestamp service, which has a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Number of the timestamp service, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<u32>,
    /// Status code of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Kind of the failure, if there is no response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// Length of the response's body in bytes.
    pub bytes: u64,
    /// Whether the response came from the cache.
    pub cached: bool,
}

from_object!(RequestReport {
    purpose "purpose", host "host", service "service", status "status", failed "failed", bytes "bytes", cached "cached",
});

/// Report of raising signatures to a level, or of a document timestamp.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ExtensionReport {
    /// Lowest level that a raised signature has now. Absent for a document timestamp alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Signatures that were raised.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub signatures: Vec<ExtendedSignature>,
    /// Number of revisions that were appended. 0 if nothing was to be done.
    pub revisions: usize,
    /// Length of the document before, in bytes.
    pub document_length: u64,
    /// Length of what was appended, in bytes.
    pub update_length: u64,
    /// Timestamps of this call, in their order. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub timestamps: Vec<TimestampReport>,
    /// Certificates and revocation data in the document security store. Absent below B-LT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<ValidationReport>,
    /// Requests to servers, in their order. Absent if there were none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub requests: Vec<RequestReport>,
    /// Time by which the evidence must be renewed, in RFC 3339: the end of the last timestamp's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renew_before: Option<String>,
    /// Warnings.
    pub warnings: Vec<Warning>,
}

/// A signature that was raised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ExtendedSignature {
    /// Full name of the signature field.
    pub field: String,
    /// Level before.
    pub before: Level,
    /// Level now.
    pub level: Level,
}

impl FromJson for Level {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        let text = value.as_str().ok_or("")?;
        Level::ALL.into_iter().find(|level| level.as_str() == text).ok_or("")
    }
}

impl FromJson for Warning {
    fn from_json(value: &Value) -> Result<Self, &'static str> {
        let object = value.as_object().ok_or("")?;
        // The message of an unsealed session can be by anybody.
        Ok(field::<WarningCode>(object, "code")?.because(field::<String>(object, "message")?))
    }
}

/// A fact that the caller should know, and that did not stop the signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Warning {
    /// The stable code, such as `WARN_CERTIFICATE_EXPIRED`.
    pub code: WarningCode,
    /// Message: the finding, and its meaning.
    pub message: String,
}

impl WarningCode {
    /// A warning of this code in its general words.
    pub(crate) fn plain(self) -> Warning {
        self.because(self.sentence())
    }

    /// A warning of this code that says what was found.
    pub(crate) fn because(self, found: impl Into<String>) -> Warning {
        Warning { code: self, message: printable(found.into()) }
    }
}

macro_rules! warnings {
    ($($name:ident $text:literal $sentence:literal;)*) => {
        /// The stable code of a warning. The same in every language; never an ordinal.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum WarningCode { $(#[doc = concat!($sentence, ".")] #[serde(rename = $text)] $name,)* }

        impl FromJson for WarningCode {
            fn from_json(value: &Value) -> Result<Self, &'static str> {
                let text = value.as_str().ok_or("")?;
                WarningCode::ALL.iter().copied().find(|code| code.as_str() == text).ok_or("")
            }
        }

        impl WarningCode {
            /// All codes, in the order of the table.
            pub const ALL: &'static [WarningCode] = &[$(WarningCode::$name,)*];

            /// The code as it crosses language boundaries, such as `WARN_CERTIFICATE_EXPIRED`.
            pub fn as_str(self) -> &'static str {
                match self { $(WarningCode::$name => $text,)* }
            }

            /// What was found and what it means, in general words.
            pub fn sentence(self) -> &'static str {
                match self { $(WarningCode::$name => $sentence,)* }
            }
        }
    };
}

warnings! {
    CertificateExpired "WARN_CERTIFICATE_EXPIRED" "the certificate has expired: validators will not accept a signature of now";
    CertificateNotYetValid "WARN_CERTIFICATE_NOT_YET_VALID" "the certificate is not valid yet: validators will not accept a signature of now";
    CertificateKeyUsage "WARN_CERTIFICATE_KEY_USAGE" "the key usage of the certificate has neither digitalSignature nor nonRepudiation";
    CertificateSerial "WARN_CERTIFICATE_SERIAL" "the serial number of the certificate is longer than 20 bytes (RFC 5280, 4.1.2.2): some readers reject it";
    CertificateRevokedLater "WARN_CERTIFICATE_REVOKED_LATER" "a certificate was revoked after the timestamp: the signature stays valid for validators that look at times";
    CertifiedLtv "WARN_CERTIFIED_LTV" "the document is certified and permits no changes (P=1): Acrobat and Foxit can call revocation data and timestamps after it a change. P=2 avoids that";
    ChainUnanchored "WARN_CHAIN_UNANCHORED" "no trusted certificates are given: nothing confirms where a chain ends";
    ChainIncomplete "WARN_CHAIN_INCOMPLETE" "the chain is empty: a validator must find the certificate of the issuer by itself";
    Converted "WARN_CONVERTED" "the document was converted as text, as its first comment or its offsets show: what was not text in it is lost";
    Ed25519Acrobat "WARN_ED25519_ACROBAT" "Acrobat and several other viewers do not verify Ed25519 signatures";
    Ed25519Version "WARN_ED25519_VERSION" "Ed25519 belongs to PDF 2.0 (ISO/TS 32002) and the document is older: a reader may not know it";
    EncryptedPayload "WARN_ENCRYPTED_PAYLOAD" "the document is the wrapper of an encrypted one (ISO 32000-2, 7.6.7): the signature covers its bytes, and readers show the document within";
    FieldName "WARN_FIELD_NAME" "a new field was made, and its name is nearly that of another field";
    FieldTwice "WARN_FIELD_TWICE" "several fields have the name of the signature field: a reader can take another one";
    FieldUnlisted "WARN_FIELD_UNLISTED" "the field was on a page and missing in the form: it was added to the form";
    FieldWidgets "WARN_FIELD_WIDGETS" "the widgets of the field are objects of their own: some readers (pdfsig 22.12, pdf.js before 6) show no signature";
    HeaderMissing "WARN_HEADER_MISSING" "there is no %PDF- header in the first 1,024 bytes: Acrobat does not open such a document";
    KeyIdentifier "WARN_KEY_IDENTIFIER" "the container names its signer by a key identifier: pdfsig, MuPDF and iText do not accept that";
    LevelLower "WARN_LEVEL_LOWER" "the signature has a lower level than was asked for";
    Lock "WARN_LOCK" "the lock stands in the signature only: behind an earlier signature the field itself cannot be given one";
    NeedAppearances "WARN_NEED_APPEARANCES" "the form has /NeedAppearances true: Acrobat then redraws it and may not show the signature as valid";
    NeedAppearancesCleared "WARN_NEED_APPEARANCES_CLEARED" "/NeedAppearances was set to false behind an earlier signature: some validators (iText) call that a change which it does not allow";
    OcspNonce "WARN_OCSP_NONCE" "the OCSP response does not repeat the nonce of the request: it can be an older one";
    PageStream "WARN_PAGE_STREAM" "the page of the new field is a stream, which ISO 32000-2, 7.7.3.3 does not allow: a reader may not show the page";
    Permissions "WARN_PERMISSIONS" "the permissions of the document forbid a user to change it and to fill in forms: a reader may object to the signature";
    RevocationEarlier "WARN_REVOCATION_EARLIER" "the revocation data is older than the timestamp: some validators want newer data";
    RevisionCut "WARN_REVISION_CUT" "objects stand behind the last startxref: a revision that was cut short, which readers do not show and the signature does not make valid";
    SeedValue "WARN_SEED_VALUE" "the seed values (/SV) of the field ask for something that was not kept";
    SignatureHidden "WARN_SIGNATURE_HIDDEN" "the document is damaged or ambiguous and contains a signature that is not a field's value: a reader can show it, and what it permits was not checked";
    SignedDamage "WARN_SIGNED_DAMAGE" "the document is damaged and was signed before: the new signature covers as a revision what follows the earlier one, which can be by anybody";
    Tabs "WARN_TABS" "the page of the new field has no /Tabs /S, which PDF/UA wants, and it cannot be added behind an earlier signature";
    TimestampClock "WARN_TIMESTAMP_CLOCK" "the time of the timestamp and the clock of this machine differ by more than five minutes";
    TimestampMods "WARN_TIMESTAMP_MODS" "the timestamp service granted the request with modifications";
    TimestampOld "WARN_TIMESTAMP_OLD" "an older timestamp of the document cannot be proven any more";
    UsageRights "WARN_USAGE_RIGHTS" "the document has usage rights (/Perms /UR3) for Acrobat Reader, which may end with the signature";
    NotTagged "WARN_NOT_TAGGED" "the new field is not in the structure of the tagged document: after a signature that would be a change that validators reject. Make the fields of later signers with the first signature (`emptyFields`)";
    VisibleAfterCertification "WARN_VISIBLE_AFTER_CERTIFICATION" "the document is certified, and some validators take a new visible field for a change that is not permitted. Sign an existing field instead";
    WidgetsOverlap "WARN_WIDGETS_OVERLAP" "the visible signature overlaps another form field: some validators report that, and one hides the other";
    Xfa "WARN_XFA" "the document has an XFA form, which a viewer may show in place of the pages signed";
    ObjectShadowed "WARN_OBJECT_SHADOWED" "the document contains a later definition of an object that the signature changes: a reader that repairs the document can show something else";
    XrefAmbiguous "WARN_XREF_AMBIGUOUS" "the document can be read in two ways: readers can show something else than what is signed";
    XrefRebuilt "WARN_XREF_REBUILT" "the cross-reference of the document was missing or damaged: it was rebuilt from the objects found, and the update carries a complete one";
    XrefStream "WARN_XREF_STREAM" "the update has a cross-reference stream after a table: its offsets are too large for a table";
}
