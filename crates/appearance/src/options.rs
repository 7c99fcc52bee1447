//! Drawing options of a caller. Every option, its kind, its default and its bounds are here and in
//! `read`.

pub(crate) mod read;

use serde::{Serialize, Serializer};

use crate::bytes::Bytes;
use crate::color::Color;
#[cfg(feature = "schema")]
use crate::limits;

/// Template of the default appearance.
pub const DEFAULT_TEXT: &str = "{label}\n**{name}**\n{date}\n{reason}\n{location}";
/// Pattern of the default date.
pub const DEFAULT_DATE_FORMAT: &str = "yyyy-MM-dd HH:mm:ss xxx";
/// Colour of the default accent bar.
pub const DEFAULT_ACCENT: Color = Color::new(0x1b, 0x48, 0x88);
/// Colour of a border without one.
pub const DEFAULT_BORDER: Color = Color::new(0xb4, 0xb4, 0xb4);

/// Content of a visible signature.
///
/// The default is an accent bar, a label in grey, the name in bold, the date, the reason and the
/// location.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Appearance {
    /// Template of the text. `''` draws no text. Values: `{label}`, `{name}`, `{date}`, `{reason}`,
    /// `{location}`, `{contact}`, `{field}`, `{serial}`, and attributes of the certificate such as
    /// `{subject.O}` and `{issuer.CN}`. `{reason}` and `{location}` begin with their labels.
    /// `**…**` is bold, and a line that is bold as a whole is larger. A line that has an empty
    /// value is left out. Write `{{` and `}}` for braces.
    #[cfg_attr(feature = "schema", schemars(default = "default_text", extend("maxLength" = limits::TEXT)))]
    pub text: String,
    /// Language of the labels (BCP 47): one of the official languages of the European Union, or
    /// `ar`, `hi`, `ja`, `ko`, `no`, `tr`, `uk`, `zh-Hans`, `zh-Hant`. A region is permitted
    /// (`pt-BR`). Scripts other than Latin, Greek and Cyrillic require `font`.
    #[cfg_attr(feature = "schema", schemars(default = "default_language"))]
    pub language: String,
    /// Labels that replace those of the language.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub labels: Labels,
    /// Pattern of the date: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, and `xxx` for the offset from
    /// UTC, `+01:00` or `UTC`. Quote other letters: `dd.MM.yyyy 'um' HH:mm`.
    #[cfg_attr(feature = "schema", schemars(default = "default_date_format", extend("maxLength" = limits::LABEL)))]
    pub date_format: String,
    /// Fonts in the order of preference. A character is drawn with the first font that has it. The
    /// built-in font (Latin, Greek, Cyrillic) is the last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default, length(max = limits::FONTS)))]
    pub font: Vec<Font>,
    /// Size of the text in points, before it is shrunk to fit the box. The name is larger, the
    /// label smaller.
    #[cfg_attr(
        feature = "schema",
        schemars(default = "default_font_size", range(min = *limits::FONT_SIZE.start(), max = *limits::FONT_SIZE.end()))
    )]
    pub font_size: f64,
    /// Colour of text, strokes and QR code.
    #[cfg_attr(feature = "schema", schemars(default = "default_color"))]
    pub color: Color,
    /// Alignment of the lines. `start` is the right of the box if the name is written from right to
    /// left.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub align: Align,
    /// Image: a logo, or a signature by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// Handwriting: strokes, each a list x, y, x, y … with y down, as from a canvas. Scaled to the
    /// place of the image.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub strokes: Vec<Vec<f64>>,
    /// Template of the text of a QR code, drawn at the end of the box. Its values are those of
    /// `text`, without labels. At most 2,331 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = limits::TEXT)))]
    pub qr: Option<String>,
    /// Colour of the box. Default: transparent. A colour hides the content of the page below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Color>,
    /// Border of the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub border: Option<Border>,
    /// Colour of the bar at the start of the box, or `none`.
    #[serde(serialize_with = "accent")]
    #[cfg_attr(feature = "schema", schemars(with = "String", default = "default_accent", extend("pattern" = "^(#[0-9a-fA-F]{6}|none)$")))]
    pub accent: Option<Color>,
}

impl Default for Appearance {
    fn default() -> Self {
        Appearance {
            text: DEFAULT_TEXT.to_owned(),
            language: "en".to_owned(),
            labels: Labels::default(),
            date_format: DEFAULT_DATE_FORMAT.to_owned(),
            font: Vec::new(),
            font_size: 7.2,
            color: Color::BLACK,
            align: Align::Start,
            image: None,
            strokes: Vec::new(),
            qr: None,
            background: None,
            border: None,
            accent: Some(DEFAULT_ACCENT),
        }
    }
}

/// Labels of the text. Those that are absent are of the language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AppearanceLabels"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Labels {
    /// Text of `{label}`. Default: `Digitally signed by` in the language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = limits::LABEL)))]
    pub signed_by: Option<String>,
    /// Label of the reason, without colon. `''` leaves out the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = limits::LABEL)))]
    pub reason: Option<String>,
    /// Label of the location, without colon. `''` leaves out the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = limits::LABEL)))]
    pub location: Option<String>,
}

impl Labels {
    fn is_empty(&self) -> bool {
        *self == Labels::default()
    }
}

/// A font: TrueType or OpenType, alone or in a collection. A subset of it is embedded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AppearanceFont"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Font {
    /// Font file.
    pub regular: Bytes,
    /// Font file of bold text. Default: the regular one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bold: Option<Bytes>,
    /// Number of the font in a collection. The first is 0.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub index: u32,
}

impl Font {
    /// A font of one file.
    pub fn new(regular: impl Into<Bytes>) -> Self {
        Font { regular: regular.into(), bold: None, index: 0 }
    }
}

/// Alignment of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "TextAlign"))]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// Start of the box.
    #[default]
    Start,
    /// Middle of the box.
    Center,
    /// End of the box.
    End,
}

/// Image of an appearance. Its proportions are kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AppearanceImage"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Image {
    /// PNG or JPEG file.
    pub data: Bytes,
    /// Place in the box.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub place: Place,
    /// Share of the box that the image has: of its width, or of its height if it is at the top.
    /// Default: 0.4, at the top 0.5.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = *limits::SHARE.start(), max = *limits::SHARE.end())))]
    pub share: Option<f64>,
    /// Treatment of transparent pixels.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub alpha: Alpha,
}

impl Image {
    /// An image at the start of the box.
    pub fn new(data: impl Into<Bytes>) -> Self {
        Image { data: data.into(), place: Place::default(), share: None, alpha: Alpha::default() }
    }
}

/// Place of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ImagePlace"))]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Start of the box, before the text.
    #[default]
    Start,
    /// End of the box, after the text.
    End,
    /// Top of the box, above the text.
    Top,
    /// Background of the text.
    Behind,
    /// Whole box, instead of the text.
    Only,
}

/// Treatment of transparent pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ImageAlpha"))]
#[serde(rename_all = "lowercase")]
pub enum Alpha {
    /// Mask of the fully transparent pixels. Others are blended with white. Every kind of PDF/A
    /// permits it.
    #[default]
    Mask,
    /// Transparency of each pixel (`/SMask`). An error in PDF/A.
    Soft,
}

/// Border of the box, drawn inside.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AppearanceBorder"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Border {
    /// Width of the line in points.
    #[cfg_attr(
        feature = "schema",
        schemars(default = "default_border_width", range(min = *limits::BORDER.start(), max = *limits::BORDER.end()))
    )]
    pub width: f64,
    /// Colour of the line.
    #[cfg_attr(feature = "schema", schemars(default = "default_border_color"))]
    pub color: Color,
}

impl Default for Border {
    fn default() -> Self {
        Border { width: 0.5, color: DEFAULT_BORDER }
    }
}

fn accent<S: Serializer>(accent: &Option<Color>, serializer: S) -> Result<S::Ok, S::Error> {
    match accent {
        Some(color) => color.serialize(serializer),
        None => serializer.serialize_str("none"),
    }
}

#[cfg(feature = "schema")]
use schema::*;

/// Defaults as the schema shows them.
#[cfg(feature = "schema")]
mod schema {
    use super::*;

    pub(super) fn default_text() -> String {
        DEFAULT_TEXT.to_owned()
    }

    pub(super) fn default_language() -> String {
        "en".to_owned()
    }

    pub(super) fn default_date_format() -> String {
        DEFAULT_DATE_FORMAT.to_owned()
    }

    pub(super) fn default_font_size() -> f64 {
        Appearance::default().font_size
    }

    pub(super) fn default_color() -> Color {
        Color::BLACK
    }

    pub(super) fn default_accent() -> String {
        DEFAULT_ACCENT.to_string()
    }

    pub(super) fn default_border_width() -> f64 {
        Border::default().width
    }

    pub(super) fn default_border_color() -> Color {
        DEFAULT_BORDER
    }
}
