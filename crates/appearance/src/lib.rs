//! Drawing of visible signatures: options and values in, a page of a PDF out.
//!
//! [`draw`] is a pure function. It has no clock, reads no file, and writes the same bytes on every
//! platform. The page has its own fonts and its own colour space, and conforms to every kind of
//! PDF/A if the document does: fonts are embedded subsets, colours are calibrated RGB, nothing is
//! transparent. `rustpdf-core` copies the page into the appearance of a signature field. [`answer`]
//! is the same function for frames.

#![forbid(unsafe_code)]

mod bytes;
mod color;
mod content;
mod date;
mod draw;
mod embed;
mod error;
mod extract;
mod fit;
mod font;
mod frame;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod image;
mod labels;
mod layout;
mod limits;
mod options;
mod paragraph;
mod pdf;
mod qr;
mod sfnt;
mod shape;
mod sorted;
mod strokes;
mod template;
mod values;

pub use bytes::Bytes;
pub use color::Color;
pub use draw::{Request, draw};
pub use error::{Code, DrawError};
pub use frame::answer;
pub use options::{
    Align, Alpha, Appearance, Border, DEFAULT_ACCENT, DEFAULT_BORDER, DEFAULT_DATE_FORMAT, DEFAULT_TEXT, Font, Image, Labels, Place,
};
pub use values::{CertificateNames, Values};
