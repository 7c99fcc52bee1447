//! What a caller is told beside the result.

use serde::{Deserialize, Serialize};

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
