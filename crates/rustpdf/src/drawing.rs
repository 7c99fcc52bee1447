//! Content of a visible signature: text, fonts, images, handwriting, a QR code.
//!
//! ```
//! use rustpdf::drawing::{Border, Color, Content, Image, Place};
//! use rustpdf::{Appearance, BoxCorner, BoxPosition, SigningOptions, begin_signing};
//!
//! # let pdf: &[u8] = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
//! #     3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj trailer<</Root 1 0 R>>";
//! # let logo = std::fs::read("../../tests/vectors/files/logo-alpha.png")?;
//! let content = Content::new()
//!     .text("**{name}**\n{date}\n{reason}")
//!     .date_format("dd.MM.yyyy")
//!     .image(Image::new(logo).place(Place::End))
//!     .border(Border::new().color(Color::new(0x1b, 0x48, 0x88)));
//! let place = BoxPosition::new().corner(BoxCorner::BottomRight).width(180).height(50);
//! let appearance = Appearance::new().page(-1).position(place).drawing(content.into());
//!
//! let options = SigningOptions::new().appearance(appearance).name("Zoë Example").reason("Approved");
//! let session = begin_signing(pdf, None, &options)?;
//! assert_eq!(session.report().rect.map(|edges| edges.map(|edge| edge.as_f64())), Some([379.0, 36.0, 559.0, 86.0]));
//! # Ok::<(), rustpdf::Error>(())
//! ```
//!
//! The errors of a drawing come when a signature is begun, before the key is asked: `ERR_APPEARANCE_FIT`, `ERR_APPEARANCE_TEXT`, `ERR_FONT`,
//! `ERR_FONT_GLYPH`, `ERR_FONT_LICENSE`, `ERR_IMAGE`, `ERR_QR`, `ERR_OPTION_VALUE`.

use rustpdf_appearance::Bytes;
use rustpdf_core::{Appearance, Drawing};
use serde_json::{Map, Value, json};

pub use rustpdf_appearance::{Align, Alpha, Color, DEFAULT_ACCENT, DEFAULT_BORDER, DEFAULT_DATE_FORMAT, DEFAULT_TEXT, Place};

/// Makes setters for the fields of the type within.
macro_rules! setters {
    ($type:ident: $($(#[$doc:meta])* $name:ident($kind:ty) = $value:expr;)*) => {
        impl $type {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(mut self, $name: $kind) -> Self {
                self.0.$name = $value;
                self
            }
        )*}
    };
}

/// Content of a visible signature.
///
/// The default is an accent bar, a label in grey, the name in bold, the date, the reason and the location.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content(rustpdf_appearance::Appearance);

impl Content {
    /// The default content.
    pub fn new() -> Self {
        Content::default()
    }
}

setters! {
    Content:
    /// Sets the template of the text. An empty one draws no text. Default: [`DEFAULT_TEXT`].
    ///
    /// Values: `{label}`, `{name}`, `{date}`, `{reason}`, `{location}`, `{contact}`, `{field}`, `{serial}`, and attributes of the certificate
    /// such as `{subject.O}` and `{issuer.CN}`. `**…**` is bold. A line that has an empty value is left out. Write `{{` and `}}` for braces.
    text(impl Into<String>) = text.into();
    /// Sets the language of the labels (BCP 47). Default: `en`.
    language(impl Into<String>) = language.into();
    /// Sets labels that replace those of the language.
    labels(Labels) = labels.0;
    /// Sets the pattern of the date: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, `xxx`. Default: [`DEFAULT_DATE_FORMAT`].
    date_format(impl Into<String>) = date_format.into();
    /// Sets the size of the text in points, 6 to 144, before it is shrunk to fit the box. Default: 7.2.
    font_size(impl Into<f64>) = font_size.into();
    /// Sets the colour of text, strokes and QR code. Default: black.
    color(Color) = color;
    /// Sets the alignment of the lines.
    align(Align) = align;
    /// Sets the image: a logo, or a signature by hand.
    image(Image) = Some(image.0);
    /// Sets handwriting: strokes, each a list x, y, x, y … with y down. They are scaled to the place of the image.
    strokes(impl IntoIterator<Item: Into<Vec<f64>>>) = strokes.into_iter().map(Into::into).collect();
    /// Sets the template of the text of a QR code, drawn at the end of the box.
    qr(impl Into<String>) = Some(qr.into());
    /// Sets the colour of the box. Default: transparent. A colour hides the content of the page below.
    background(Color) = Some(background);
    /// Sets the border of the box.
    border(Border) = Some(border.0);
    /// Sets the colour of the bar at the start of the box; `None` for no bar. Default: [`DEFAULT_ACCENT`].
    accent(impl Into<Option<Color>>) = accent.into();
}

impl Content {
    /// Adds a font. A character is drawn with the first font that has it. The built-in font (Latin, Greek, Cyrillic) is the last.
    #[must_use]
    pub fn font(mut self, font: Font) -> Self {
        self.0.font.push(font.0);
        self
    }
}

/// Labels of the text. Those that are absent are of the language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(rustpdf_appearance::Labels);

impl Labels {
    /// The labels of the language.
    pub fn new() -> Self {
        Labels::default()
    }
}

setters! {
    Labels:
    /// Sets the text of `{label}`.
    signed_by(impl Into<String>) = Some(signed_by.into());
    /// Sets the label of the reason, without colon. An empty one is left out.
    reason(impl Into<String>) = Some(reason.into());
    /// Sets the label of the location, without colon. An empty one is left out.
    location(impl Into<String>) = Some(location.into());
}

/// A font: TrueType or OpenType, alone or in a collection. A subset of it is embedded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Font(rustpdf_appearance::Font);

impl Font {
    /// A font of one file. Text in bold uses the same one.
    pub fn new(regular: impl AsRef<[u8]>) -> Self {
        Font(rustpdf_appearance::Font::new(regular.as_ref()))
    }
}

setters! {
    Font:
    /// Sets the font file of bold text.
    bold(impl AsRef<[u8]>) = Some(bold.as_ref().into());
    /// Sets the number of the font in a collection. The first is 0.
    index(u32) = index;
}

/// Image of a visible signature. Its proportions are kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Image(rustpdf_appearance::Image);

impl Image {
    /// A PNG or a JPEG in grey or RGB, at the start of the box.
    pub fn new(data: impl AsRef<[u8]>) -> Self {
        Image(rustpdf_appearance::Image::new(data.as_ref()))
    }
}

setters! {
    Image:
    /// Sets the place in the box.
    place(Place) = place;
    /// Sets the share of the box that the image has, 0.05 to 0.95: of its width, or of its height if it is at the top.
    share(impl Into<f64>) = Some(share.into());
    /// Sets the treatment of transparent pixels.
    alpha(Alpha) = alpha;
}

/// Border of the box, drawn inside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Border(rustpdf_appearance::Border);

impl Border {
    /// A border of 0.5 points in grey.
    pub fn new() -> Self {
        Border::default()
    }
}

setters! {
    Border:
    /// Sets the width of the line in points, 0.1 to 10.
    width(impl Into<f64>) = width.into();
    /// Sets the colour of the line.
    color(Color) = color;
}

impl From<Content> for Drawing {
    fn from(content: Content) -> Drawing {
        let Content(mut content) = content;
        let mut parts = Vec::new();
        // Bytes are no digits of the JSON text: it has a bound, and a font may have 32 MiB.
        let mut part = |bytes: &mut Bytes| {
            parts.push(std::mem::replace(bytes, Bytes::from(Vec::new())).to_vec());
            json!({ "part": (parts.len() - 1).to_string() })
        };
        let image = content.image.as_mut().map(|image| part(&mut image.data));
        let fonts: Vec<_> = content.font.iter_mut().map(|font| (part(&mut font.regular), font.bold.as_mut().map(&mut part))).collect();
        // A type of texts, numbers and lists: its conversion cannot fail.
        let mut options = match serde_json::to_value(&content) {
            Ok(Value::Object(options)) => options,
            _ => Map::new(),
        };
        if let Some(image) = image {
            options["image"]["data"] = image;
        }
        for (place, (regular, bold)) in fonts.into_iter().enumerate() {
            options["font"][place]["regular"] = regular;
            if let Some(bold) = bold {
                options["font"][place]["bold"] = bold;
            }
        }
        Drawing::new(options, parts)
    }
}

/// The content at the lower right corner of the page.
impl From<Content> for Appearance {
    fn from(content: Content) -> Appearance {
        Appearance::new().drawing(content.into())
    }
}
