//! The question for the drawing of a visible signature, and its answer.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::json::from_object;
use crate::points::Points;

/// Drawing of a visible signature: the options of the caller, the size of the box, and the values that its text can contain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DrawRequest {
    /// Drawing options as the caller gave them (options.md, `Appearance`). Bytes are parts of the payload.
    #[cfg_attr(feature = "schema", schemars(with = "Value"))]
    pub appearance: Map<String, Value>,
    /// Width of the box as it is seen, in points.
    pub width: Points,
    /// Height of the box as it is seen, in points.
    pub height: Points,
    /// Values for the text.
    pub values: DrawValues,
    /// Whether the document says that it is PDF/A.
    pub pdf_a: bool,
    /// Bytes that `{"part": NUMBER}` in the options stands for.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub parts: Vec<Vec<u8>>,
}

/// Values that the text of a visible signature can contain. A text that was not given is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DrawValues {
    /// Time of the signature, in seconds since 1970, UTC.
    pub now: i64,
    /// Offset of the time that is shown, in minutes.
    pub utc_offset_minutes: i32,
    /// Name of the signer: the option, else that of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Contact information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Full name of the field.
    pub field: String,
    /// Certificate. Absent if it is not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<DrawCertificate>,
}

/// Names of a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DrawCertificate {
    /// Attributes of the subject: type (RFC 4514) and value.
    pub subject: Vec<(String, String)>,
    /// Attributes of the issuer.
    pub issuer: Vec<(String, String)>,
    /// Serial number, in hexadecimal.
    #[serde(serialize_with = "digits")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::hex::Hex"))]
    pub serial: Vec<u8>,
}

/// The reason why nothing was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "test-panic", derive(Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DrawError {
    /// Code, such as `ERR_FONT_GLYPH`.
    pub code: String,
    /// First half of the message: what was found.
    pub found: String,
    /// Second half: what to do. Without it that of the code.
    pub remedy: Option<String>,
}

from_object!(DrawError { code "code", found "found", remedy "remedy" });

fn digits<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    crate::hex::serialize(bytes, serializer)
}
