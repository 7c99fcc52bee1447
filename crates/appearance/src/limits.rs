//! Every bound that options and values can meet: its value, its unit and its reason.

use std::ops::RangeInclusive;

/// Header of a frame, in bytes, as in the core. Fonts and images belong into the payload.
pub(crate) const HEADER: usize = 16 << 20;
/// Parts of a frame: the fonts and the image of a drawing.
pub(crate) const PARTS: usize = 64;
/// Side of the box, in points: from a box that holds nothing but a mark to the largest page (ISO
/// 32000-1, annex C.2).
pub(crate) const BOX: RangeInclusive<f64> = 6.0..=14_400.0;
/// Characters of a template, and of the text that is drawn. A box of 210 × 60 pt holds some 500.
pub(crate) const TEXT: usize = 4096;
/// Characters of a value. The core permits fewer bytes.
pub(crate) const VALUE: usize = 1 << 16;
/// Characters of a label and of `dateFormat`.
pub(crate) const LABEL: usize = 256;
/// Attributes of a subject or issuer. Real names have 3 to 12.
pub(crate) const ATTRIBUTES: usize = 256;
/// Smallest size of text, in points. Smaller print is not legible on paper.
pub(crate) const SMALLEST: f64 = 6.0;
/// `fontSize`, in points.
pub(crate) const FONT_SIZE: RangeInclusive<f64> = 6.0..=144.0;
/// Fonts of the fallback list.
pub(crate) const FONTS: usize = 16;
/// A font file, in bytes. The largest collections for East Asia have 20 MB.
pub(crate) const FONT: usize = 32 << 20;
/// All font files of a drawing, in bytes: a regular and a bold one of the largest.
pub(crate) const ALL_FONTS: usize = 64 << 20;
/// Characters that an error lists.
pub(crate) const LISTED: usize = 20;
/// Glyphs that a text may be shaped into: twelve per character, and some. Hostile tables expand
/// characters without end.
pub(crate) const GLYPHS: usize = 64 << 10;
/// An image file, in bytes.
pub(crate) const IMAGE: usize = 16 << 20;
/// Pixels of an image. A phone takes pictures of 12 megapixels.
pub(crate) const PIXELS: u64 = 16_000_000;
/// `share` of the box that the image has.
pub(crate) const SHARE: RangeInclusive<f64> = 0.05..=0.95;
/// `border.width`, in points.
pub(crate) const BORDER: RangeInclusive<f64> = 0.1..=10.0;
/// Points of all strokes.
pub(crate) const POINTS: usize = 100_000;
/// Coordinates of strokes, on either side of zero.
pub(crate) const COORDINATE: f64 = 1e6;
/// Bytes of a QR code of level M, version 40 (ISO/IEC 18004, table 7).
pub(crate) const QR: usize = 2331;
/// Offset of the printed time from UTC, in minutes.
pub(crate) const UTC_OFFSET_MINUTES: i64 = 24 * 60 - 1;
