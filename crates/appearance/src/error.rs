//! Every way in which a drawing can fail.

use std::borrow::Cow;
use std::{error, fmt};

/// Result of every fallible call of this crate.
pub type Result<T> = std::result::Result<T, DrawError>;

/// Cause of a failed drawing. A code is stable; its text is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// The box is empty, below 6 × 6 pt, or larger than a page can be.
    AppearanceBox,
    /// The text does not fit the box at 6 pt.
    AppearanceFit,
    /// The template is malformed, names an unknown value, or a value that is not known yet.
    AppearanceText,
    /// A font is unreadable or of an unsupported kind.
    Font,
    /// Characters have no glyph in any font.
    FontGlyph,
    /// The licence bits of a font (`fsType`) forbid embedding it as a subset.
    FontLicense,
    /// A frame is malformed.
    Frame,
    /// An image is damaged, or of an unsupported kind.
    Image,
    /// A defect of this crate.
    Internal,
    /// An option does not exist.
    OptionUnknown,
    /// An option has a wrong kind or value.
    OptionValue,
    /// The text of the QR code is too long.
    Qr,
}

impl Code {
    /// The code as the hosts report it.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::AppearanceBox => "ERR_APPEARANCE_BOX",
            Code::AppearanceFit => "ERR_APPEARANCE_FIT",
            Code::AppearanceText => "ERR_APPEARANCE_TEXT",
            Code::Font => "ERR_FONT",
            Code::FontGlyph => "ERR_FONT_GLYPH",
            Code::FontLicense => "ERR_FONT_LICENSE",
            Code::Frame => "ERR_FRAME",
            Code::Image => "ERR_IMAGE",
            Code::Internal => "ERR_INTERNAL",
            Code::OptionUnknown => "ERR_OPTION_UNKNOWN",
            Code::OptionValue => "ERR_OPTION_VALUE",
            Code::Qr => "ERR_QR",
        }
    }

    pub(crate) fn because(self, found: impl Into<Cow<'static, str>>) -> DrawError {
        DrawError { code: self, found: found.into(), remedy: None }
    }
}

/// A failure: a code, the finding, and a remedy.
///
/// Neither text contains values of the caller, except characters that no font has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawError {
    code: Code,
    found: Cow<'static, str>,
    remedy: Option<Cow<'static, str>>,
}

impl DrawError {
    /// Stable code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Finding, with numbers.
    pub fn found(&self) -> &str {
        &self.found
    }

    /// Remedy, as an imperative, if there is one.
    pub fn remedy(&self) -> Option<&str> {
        self.remedy.as_deref()
    }

    pub(crate) fn with_remedy(mut self, remedy: impl Into<Cow<'static, str>>) -> DrawError {
        self.remedy = Some(remedy.into());
        self
    }
}

impl fmt::Display for DrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.found)?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

impl error::Error for DrawError {}
