//! QR codes (ISO/IEC 18004), as rectangles.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use crate::color::Color;
use crate::content::Content;
use crate::error::{Code, Result};
use crate::layout::Rect;
use crate::limits;

/// Modules of the margin around a code (ISO/IEC 18004, 6.3.8).
const QUIET_ZONE: i32 = 4;

/// The number of UTF-8 among the extended channel interpretations (AIM ITS/04-023).
const UTF_8: u32 = 26;

/// The code of a text, at level M. Errors: `ERR_QR`.
pub(crate) fn encode(text: &str) -> Result<QrCode> {
    let too_long = || {
        Code::Qr
            .because(format!("the text of the QR code has {} bytes, and at most {} fit", text.len(), limits::QR))
            .with_remedy("Shorten `appearance.qr` or its values.")
    };
    if text.len() > limits::QR {
        return Err(too_long());
    }
    let mut segments = QrSegment::make_segments(text);
    let code =
        |segments: &[QrSegment]| QrCode::encode_segments_advanced(segments, QrCodeEcc::Medium, Version::MIN, Version::MAX, None, false);
    if text.is_ascii() {
        return code(&segments).map_err(|_| too_long());
    }
    // Without it some readers (zbar 0.23) take the bytes for Shift JIS. A text that fills the largest code has no room for it.
    segments.insert(0, QrSegment::make_eci(UTF_8));
    code(&segments).or_else(|_| code(&segments[1..])).map_err(|_| too_long())
}

/// Fills the dark modules of each row, runs at once.
pub(crate) fn draw(content: &mut Content, code: &QrCode, place: &Rect, color: Color) {
    let size = code.size();
    let module = place.width() / f64::from(size + 2 * QUIET_ZONE);
    let margin = f64::from(QUIET_ZONE) * module;
    // A unit is a module: whole numbers are short, and leave no gaps between rectangles.
    content.operator(&[], "q");
    content.operator(&[module, 0.0, 0.0, module, place.left + margin, place.bottom + margin], "cm");
    content.fill_color(color);
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let start = x;
            while x < size && code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                content.operator(&[start, size - 1 - y, x - start, 1].map(f64::from), "re");
            }
            x += 1;
        }
    }
    content.operator(&[], "f");
    content.operator(&[], "Q");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_refused() {
        assert_eq!(encode("https://example.org/").unwrap().size(), 25);
        assert_eq!(encode(&"é".repeat(1165)).unwrap().size(), 177);
        // 26 bytes are a code of version 2. With their encoding they need another one.
        assert_eq!((encode(&"x".repeat(26)).unwrap().size(), encode(&"é".repeat(13)).unwrap().size()), (25, 29));
        assert_eq!(encode(&"x".repeat(2332)).err().unwrap().code(), Code::Qr);
    }
}
