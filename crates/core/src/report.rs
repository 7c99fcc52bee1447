//! What a caller is told beside the result.

use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Report {
    /// The full name of the signature field.
    pub field: String,
    /// Whether the field was made by this signature.
    pub new_field: bool,
    /// The page of a new field's widget, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The number of this revision; the first of the document is 1.
    pub revision: usize,
    /// The kind of cross-reference of the update: `table` or `stream`.
    pub xref: String,
    /// The length of the document before it was signed, in bytes.
    pub document_length: u64,
    /// The length of what was appended, in bytes.
    pub update_length: u64,
    /// `/ByteRange`: what the signature covers, in bytes from the first of the file.
    pub byte_range: [u64; 4],
    /// The bytes reserved for the container.
    pub container_size: usize,
    /// The bytes of the container; absent while it is not made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_length: Option<usize>,
    /// `/SubFilter`.
    pub sub_filter: String,
    /// The digest algorithm.
    pub digest_algorithm: String,
    /// The signature algorithm; absent while the certificate is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature_algorithm: Option<String>,
    /// The level of the certification, where this signature is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certified: Option<u8>,
    /// How often the document was asked for.
    pub reads: u32,
    /// How many bytes of it came into the core.
    pub bytes_read: u64,
    /// What the caller should know.
    pub warnings: Vec<Warning>,
}

/// Something that the caller should know and that did not stop the signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The stable code, such as `WARN_CERTIFICATE_EXPIRED`.
    pub code: String,
    /// What was found and what it means.
    pub message: String,
}

impl Warning {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Warning { code: code.into(), message: message.into() }
    }
}
