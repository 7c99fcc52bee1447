//! The drawing: from options and values to a page.

use unicode_bidi::{Direction, get_base_direction};

use crate::color::Color;
use crate::content::{Content, Line};
use crate::embed::{self, Embedded};
use crate::error::{Code, Result};
use crate::extract::Characters;
use crate::fit::{Fitted, fit};
use crate::font::{self, Fonts};
use crate::layout::{self, Rect};
use crate::options::{Align, Appearance, Place};
use crate::paragraph::Paragraph;
use crate::pdf::{Dictionary, Pdf, Ref, decimal};
use crate::sorted::Sorted;
use crate::template::{self, Kind, Text};
use crate::values::Values;
use crate::{image, labels, limits, qr, strokes};

/// A drawing that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Options.
    pub appearance: &'a Appearance,
    /// Width of the box in points, as seen.
    pub width: f64,
    /// Height of the box in points, as seen.
    pub height: f64,
    /// Values of the templates.
    pub values: &'a Values,
    /// Whether the document claims to be PDF/A. Then `alpha: soft` is an error.
    pub pdf_a: bool,
}

/// Draws an appearance as a one-page PDF.
///
/// The page has its resources itself, and `/MediaBox [0 0 w h]`. Equal requests give equal bytes.
///
/// Errors: `ERR_APPEARANCE_BOX`, `ERR_APPEARANCE_FIT`, `ERR_APPEARANCE_TEXT`, `ERR_FONT`,
/// `ERR_FONT_GLYPH`, `ERR_FONT_LICENSE`, `ERR_IMAGE`, `ERR_OPTION_VALUE`, `ERR_QR`.
pub fn draw(request: &Request<'_>) -> Result<Vec<u8>> {
    let Request { appearance, width, height, values, pdf_a } = *request;
    if !limits::BOX.contains(&width) || !limits::BOX.contains(&height) {
        return Err(Code::AppearanceBox.because(format!(
            "the box has {} × {} pt, and each side must lie between {} and {}",
            decimal(width),
            decimal(height),
            decimal(*limits::BOX.start()),
            decimal(*limits::BOX.end())
        )));
    }
    appearance.check()?;
    let language = labels::language(&appearance.language)?;
    let shaping = harfrust::Language::new(&appearance.language);
    let place = appearance.image.as_ref().map(|image| image.place);
    // Values of a text that is not drawn need not be known.
    let text = if place == Some(Place::Only) { Text::default() } else { template::text(appearance, language, values)? };
    let rtl = right_to_left(&text);

    let picture = appearance.image.as_ref().map(|image| image::read(image, pdf_a)).transpose()?;
    let qr = appearance.qr.as_ref().map(|template| template::qr(template, appearance, values)).transpose()?;
    let qr = qr.filter(|text| !text.is_empty()).map(|text| qr::encode(&text)).transpose()?;

    let parts =
        layout::Content { text: !text.lines.is_empty(), graphic: picture.is_some() || !appearance.strokes.is_empty(), qr: qr.is_some() };
    let layout = layout::divide(appearance, parts, width, height, rtl);
    let mut pdf = Pdf::new();
    let mut content = Content::default();
    let page = Rect { left: 0.0, bottom: 0.0, right: width, top: height };
    if let Some(color) = appearance.background {
        content.fill_rect(&page, color);
    }
    let mut resources = Resources::default();
    if let Some(graphic) = &layout.graphic {
        if let Some(picture) = &picture {
            resources.image = Some(picture.write(&mut pdf));
            content.paint(IMAGE, &graphic.contain(picture.width.into(), picture.height.into()), picture.orientation);
        }
        strokes::draw(&mut content, &appearance.strokes, graphic, appearance.color);
    }
    if let Some(border) = &appearance.border {
        content.stroke_rect(&page, border.width, border.color);
    }
    // The bar hides a part of the border, and not the other way round.
    if let Some((bar, color)) = layout.accent.zip(appearance.accent) {
        content.fill_rect(&bar, color);
    }
    if let Some((place, code)) = layout.qr.zip(qr) {
        // Readers of codes need a light margin, and dark modules on it: the text may be light on a dark ground.
        let is_over = layout.graphic.is_some_and(|graphic| graphic.right > place.left && graphic.left < place.right);
        let color = match appearance.background.is_some() || is_over {
            true => {
                content.fill_rect(&place, Color::WHITE);
                Color::BLACK
            }
            false => appearance.color,
        };
        qr::draw(&mut content, &code, &place, color);
    }
    if parts.text {
        resources.fonts = write_text(&mut pdf, &mut content, appearance, &text, shaping.as_ref(), &layout.text, rtl)?;
    }
    Ok(finish(pdf, content, width, height, &resources))
}

/// Name of the image in the resources.
const IMAGE: &str = "Im0";

/// Resources of the page.
#[derive(Default)]
struct Resources {
    fonts: Sorted<usize, Embedded>,
    image: Option<Ref>,
}

/// Whether the appearance is mirrored: if its name is written from right to left, or without a name
/// its first line with letters.
fn right_to_left(text: &Text) -> bool {
    let lines = text.lines.iter().map(template::Line::text);
    let texts = text.name.clone().into_iter().chain(lines);
    let directions = texts.map(|text| get_base_direction(text.as_str()));
    directions.into_iter().find(|direction| *direction != Direction::Mixed) == Some(Direction::Rtl)
}

/// Writes the lines, and embeds their fonts.
fn write_text(
    pdf: &mut Pdf,
    content: &mut Content,
    appearance: &Appearance,
    text: &Text,
    language: Option<&harfrust::Language>,
    place: &Rect,
    rtl: bool,
) -> Result<Sorted<usize, Embedded>> {
    let fonts = Fonts::open(appearance)?;
    let texts: Vec<String> = text.lines.iter().map(template::Line::text).collect();
    let mut missing = Vec::new();
    let lines = text.lines.iter().zip(&texts);
    let paragraphs: Vec<_> = lines.map(|(line, text)| Paragraph::new(line, text, &fonts, language, &mut missing)).collect();
    let Fitted { lines, height } = match missing.is_empty() {
        true => fit(&paragraphs, appearance.font_size, place.width(), place.height())?,
        false => Fitted { lines: Vec::new(), height: 0.0 },
    };
    let top = place.top - (place.height() - height) / 2.0;
    let ground = appearance.background.unwrap_or(Color::WHITE);
    let mut characters = Characters::default();
    let mut drawn = Vec::with_capacity(lines.len());
    for line in lines {
        let paragraph = &paragraphs[line.paragraph];
        let runs = paragraph.runs(line.range, &fonts, language, &mut missing);
        let mut width = 0.0;
        for run in &runs {
            characters.add(run, paragraph.text(), &fonts);
            width += run.glyphs.iter().map(|glyph| run.em(glyph.advance, &fonts)).sum::<f64>() * line.size;
        }
        let free = place.width() - width;
        let left = place.left
            + match (appearance.align, rtl) {
                (Align::Start, false) | (Align::End, true) => 0.0,
                (Align::Center, _) => free / 2.0,
                (Align::End, false) | (Align::Start, true) => free,
            };
        drawn.push(Line {
            text: paragraph.text(),
            runs: runs.into_iter().map(|run| (fonts.faces[run.face].units_per_em, run)).map(|(units, run)| (run, units)).collect(),
            size: line.size,
            left,
            baseline: top - line.baseline,
            color: if paragraph.kind == Kind::Label { appearance.color.subdued(ground) } else { appearance.color },
        });
    }
    if !missing.is_empty() {
        missing.sort_unstable();
        missing.dedup();
        return Err(font::missing(&missing));
    }
    let mut embedded = Sorted::default();
    for (number, face) in fonts.faces.iter().enumerate() {
        let mut glyphs = characters.of(number).peekable();
        if glyphs.peek().is_some() {
            let font = embed::embed(pdf, face, glyphs)?;
            embedded.add(number, || font);
        }
    }
    for line in &drawn {
        content.line(line, &embedded, &characters);
    }
    Ok(embedded)
}

/// Writes the page, its tree and the catalog.
fn finish(mut pdf: Pdf, content: Content, width: f64, height: f64, resources: &Resources) -> Vec<u8> {
    let [stream, page, pages, catalog]: [Ref; 4] = std::array::from_fn(|_| pdf.reserve());
    pdf.stream(stream, &content.into_bytes(), |_| ());
    pdf.dictionary(page, |page| {
        page.name("Type", "Page");
        page.reference("Parent", pages);
        page.array("MediaBox", |array| [0.0, 0.0, width, height].into_iter().for_each(|side| array.number(side)));
        page.dictionary("Resources", |entries| {
            entries.dictionary("ColorSpace", default_rgb);
            if let Some(image) = resources.image {
                entries.dictionary("XObject", |dictionary| dictionary.reference(IMAGE, image));
            }
            if resources.fonts.len() > 0 {
                entries.dictionary("Font", |dictionary| {
                    for (number, font) in resources.fonts.iter() {
                        dictionary.reference(&format!("F{number}"), font.font);
                    }
                });
            }
        });
        page.reference("Contents", stream);
    });
    pdf.dictionary(pages, |tree| {
        tree.name("Type", "Pages");
        tree.array("Kids", |kids| kids.reference(page));
        tree.integer("Count", 1);
    });
    pdf.dictionary(catalog, |catalog| {
        catalog.name("Type", "Catalog");
        catalog.reference("Pages", pages);
    });
    pdf.finish(catalog)
}

/// Device colours are those of sRGB, so that PDF/A permits them without an output intent (8.6.5.6;
/// 19005-1, 6.2.3.3).
fn default_rgb(spaces: &mut Dictionary<'_>) {
    spaces.array("DefaultRGB", |space| {
        space.name("CalRGB");
        space.dictionary(|calibrated| {
            for (key, values) in [
                ("WhitePoint", &[0.9505, 1.0, 1.089][..]),
                ("Gamma", &[2.2, 2.2, 2.2]),
                ("Matrix", &[0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505]),
            ] {
                calibrated.array(key, |array| values.iter().for_each(|value| array.number(*value)));
            }
        });
    });
}
