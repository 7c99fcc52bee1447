//! Entry points of the fuzz targets (`fuzz/`): borders where foreign bytes come in.

use serde_json::Value;

use crate::font::{Face, Fonts};
use crate::options::{Alpha, Appearance, Font, Image, Place};
use crate::{Code, Request, Values, answer, draw};

/// Text in scripts that shapers treat differently.
const TEXT: &str = "AVßfi Zoë\na\u{301} ابت قّ لا\nकि र्क ক্ষ குஞ்\nนี้ ខ្មែរ ဗမာ བོད\n漢字 한글 אָב 1/2";

/// Draws text with a font: the characters that it has. Returns whether it was drawn.
///
/// # Panics
/// If the page is not a page, differs a second time, or if an error is a defect.
pub fn font(data: &[u8]) -> bool {
    let font = Font { bold: Some(data.into()), ..Font::new(data) };
    let mut appearance = Appearance { font: vec![font], ..Appearance::default() };
    let Ok(fonts) = Fonts::open(&appearance) else { return false };
    let characters: Vec<_> = fonts.faces.iter().map(Face::characters).collect();
    let has = |c: &char| *c == '\n' || characters.iter().any(|face| face.glyph(*c).is_some());
    appearance.text = TEXT.chars().filter(has).collect();
    drawn_alike(&appearance)
}

/// Draws an image. The first byte chooses place and transparency. Returns whether it was drawn.
///
/// # Panics
/// As `font`.
pub fn png(data: &[u8]) -> bool {
    let Some((choice, data)) = data.split_first() else { return false };
    let place = [Place::Start, Place::End, Place::Top, Place::Behind, Place::Only][usize::from(choice % 5)];
    let alpha = if choice & 0x80 == 0 { Alpha::Mask } else { Alpha::Soft };
    let image = Image { place, alpha, ..Image::new(data) };
    drawn_alike(&Appearance { image: Some(image), text: String::new(), ..Appearance::default() })
}

/// Answers a frame, and a step with options that are JSON. Returns whether a page was drawn.
///
/// # Panics
/// If an answer is not one, or as `font`.
pub fn frame(data: &[u8]) -> bool {
    let drawn = page(&answer(data));
    let Ok(Value::Object(options)) = serde_json::from_slice(data) else { return drawn };
    let header = serde_json::json!({"step": "draw", "request": {
        "appearance": options, "width": 210, "height": 60,
        "values": {"now": 1_795_961_107, "name": "Zoë", "reason": "Г 12", "certificate": {"subject": [["O", "Ж"]], "issuer": [], "serial": "01"}},
    }})
    .to_string();
    let length = u32::try_from(header.len()).unwrap_or(0).to_be_bytes();
    page(&answer(&[&length, header.as_bytes()].concat())) || drawn
}

fn page(answer: &[u8]) -> bool {
    let (length, rest) = answer.split_first_chunk().expect("an answer has a length");
    let (header, page) = rest.split_at(u32::from_be_bytes(*length) as usize);
    let header: Value = serde_json::from_slice(header).expect("an answer has a header");
    assert_eq!(header["answer"], "draw");
    assert_ne!(header["error"]["code"], "ERR_INTERNAL");
    assert_eq!(header["error"].is_null(), page.starts_with(b"%PDF-1.7\n") && page.ends_with(b"%%EOF\n"));
    !page.is_empty()
}

fn drawn_alike(appearance: &Appearance) -> bool {
    let values = Values { now: 1_795_961_107, name: Some("Zoë".into()), ..Values::default() };
    let request = Request { appearance, width: 210.0, height: 60.0, values: &values, pdf_a: false };
    let first = draw(&request);
    assert_eq!(first, draw(&request));
    match first {
        Ok(page) => page.starts_with(b"%PDF-1.7\n") && page.ends_with(b"%%EOF\n"),
        Err(error) => {
            assert_ne!(error.code(), Code::Internal);
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Runs a target on its seeds and its regressions. So many of them must be accepted, or they
    /// have become stale.
    fn replay(name: &str, target: fn(&[u8]) -> bool, accepted: usize) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
        let mut found = 0;
        for folder in ["seeds", "regressions"] {
            let Ok(entries) = fs::read_dir(root.join(folder).join(name)) else { continue };
            let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
            files.sort();
            for file in files {
                println!("{}", file.display()); // seen where it fails
                found += usize::from(target(&fs::read(file).expect("a seed")));
            }
        }
        assert!(found >= accepted, "{found} were accepted");
    }

    #[test]
    fn font_seeds() {
        replay("font", font, 3);
    }

    #[test]
    fn png_seeds() {
        replay("png", png, 9);
    }

    #[test]
    fn draw_seeds() {
        replay("draw", frame, 3);
    }
}
