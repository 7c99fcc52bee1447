//! Sizes and lines with which a text fits its place.
//!
//! The text shrinks first: the heading alone down to the size of the rest, then all of it down to 6
//! pt. A line that does not fit at that size is wrapped. A heading is wrapped rather than made
//! smaller than the rest. If there is still no room, label, location and reason are left out, in
//! this order.

use std::ops::Range;

use crate::error::{Code, Result};
use crate::limits::SMALLEST;
use crate::paragraph::Paragraph;
use crate::pdf::decimal;
use crate::template::{Kind, Role};

/// Size of a heading and of a label, in sizes of the rest: 11.5 and 6.3 pt beside 7.2 pt.
const HEADING: f64 = 11.5 / 7.2;
const LABEL: f64 = 6.3 / 7.2;
/// Height of a blank line, in sizes of the rest.
const BLANK: f64 = 0.65;
/// Rounding of sums of widths.
const TOLERANCE: f64 = 1e-6;

/// A line in its place.
#[derive(Debug, PartialEq)]
pub(crate) struct Placed {
    /// Index of the paragraph.
    pub(crate) paragraph: usize,
    /// Bytes of its text.
    pub(crate) range: Range<usize>,
    pub(crate) size: f64,
    /// Distance of the baseline from the top of the text.
    pub(crate) baseline: f64,
}

/// Lines of a text, and their height.
#[derive(Debug)]
pub(crate) struct Fitted {
    pub(crate) lines: Vec<Placed>,
    pub(crate) height: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Sizes {
    heading: f64,
    body: f64,
    label: f64,
}

/// Fits paragraphs into a place of some width and height, in points, from a size of the body on.
///
/// Errors: `ERR_APPEARANCE_FIT`.
pub(crate) fn fit(paragraphs: &[Paragraph<'_>], font_size: f64, width: f64, height: f64) -> Result<Fitted> {
    for left_out in [None, Some(Role::Label), Some(Role::Location), Some(Role::Reason)] {
        // Nothing changes where no line has this role.
        if left_out.is_some_and(|role| !paragraphs.iter().any(|paragraph| paragraph.role == role)) {
            continue;
        }
        let kept = |role: Role| left_out.is_none_or(|left_out| role > left_out);
        let kept: Vec<_> = paragraphs.iter().enumerate().filter(|(_, paragraph)| kept(paragraph.role)).collect();
        let mut next = Some(start(&kept, font_size, width));
        while let Some(sizes) = next {
            if let Some(fitted) = attempt(&kept, sizes, width, height) {
                return Ok(fitted);
            }
            next = smaller(sizes);
        }
    }
    let rounded = |points: f64| decimal((points * 10.0).max(0.0).round() / 10.0);
    Err(Code::AppearanceFit
        .because(format!(
            "the text does not fit {} × {} pt at {} pt, the smallest size",
            rounded(width),
            rounded(height),
            decimal(SMALLEST)
        ))
        .with_remedy("Enlarge the box, or shorten `text`."))
}

/// The largest sizes: those at which lines need not be wrapped, if they are not too small.
fn start(paragraphs: &[(usize, &Paragraph<'_>)], font_size: f64, width: f64) -> Sizes {
    let largest = |kind: Kind, nominal: f64, smallest: f64| {
        let widest = paragraphs.iter().filter(|(_, paragraph)| paragraph.kind == kind).map(|(_, paragraph)| paragraph.width());
        let widest = widest.fold(0.0, f64::max);
        match widest * smallest > width || widest <= 0.0 {
            true => nominal,
            false => nominal.min(floor(width / widest)).max(smallest),
        }
    };
    let body = largest(Kind::Body, font_size, SMALLEST);
    let heading = largest(Kind::Heading, font_size * HEADING, font_size);
    let label = largest(Kind::Label, (font_size * LABEL).max(SMALLEST), SMALLEST);
    Sizes { heading, body, label: label.min(body.max(SMALLEST)) }
}

/// The next smaller sizes. `None` after the smallest.
fn smaller(sizes: Sizes) -> Option<Sizes> {
    let step = |size: f64, least: f64| floor(size - (size / 100.0).max(0.05)).max(least);
    if sizes.heading > sizes.body {
        return Some(Sizes { heading: step(sizes.heading, sizes.body), ..sizes });
    }
    let body = step(sizes.body, SMALLEST);
    (sizes.body > SMALLEST).then(|| Sizes { heading: body, body, label: sizes.label.min(body) })
}

/// Rounds down to hundredths of a point.
fn floor(size: f64) -> f64 {
    (size * 100.0 + TOLERANCE).floor() / 100.0
}

fn attempt(paragraphs: &[(usize, &Paragraph<'_>)], sizes: Sizes, width: f64, height: f64) -> Option<Fitted> {
    let mut lines = Vec::new();
    let mut below = 0.0;
    for (index, paragraph) in paragraphs {
        let size = match paragraph.kind {
            Kind::Heading => sizes.heading,
            Kind::Body => sizes.body,
            Kind::Label => sizes.label,
        };
        if paragraph.is_blank() {
            below += sizes.body * BLANK;
            continue;
        }
        for range in paragraph.wrap((width + TOLERANCE) / size)? {
            let baseline = below + paragraph.ascent * size;
            below = baseline + paragraph.descent * size;
            lines.push(Placed { paragraph: *index, range, size, baseline });
        }
        if below > height + TOLERANCE {
            return None;
        }
    }
    (below <= height + TOLERANCE).then_some(Fitted { lines, height: below })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::font::Fonts;
    use crate::options::Appearance;
    use crate::template::{Line, Span};

    const NAME: &str = "Zoë Müller-Łukasiewicz";

    fn fitted(lines: &[(&str, Kind, Role)], width: f64, height: f64) -> Result<Vec<(String, f64)>> {
        let fonts = Fonts::open(&Appearance::default()).unwrap();
        let lines: Vec<_> = lines
            .iter()
            .map(|(text, kind, role)| Line {
                spans: vec![Span { text: (*text).into(), bold: *kind == Kind::Heading }],
                kind: *kind,
                role: *role,
            })
            .collect();
        let texts: Vec<_> = lines.iter().map(Line::text).collect();
        let mut missing = Vec::new();
        let paragraphs: Vec<_> =
            lines.iter().zip(&texts).map(|(line, text)| Paragraph::new(line, text, &fonts, None, &mut missing)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let fitted = fit(&paragraphs, 7.2, width, height)?;
        assert!(fitted.height <= height + TOLERANCE);
        Ok(fitted.lines.iter().map(|line| (texts[line.paragraph][line.range.clone()].to_owned(), line.size)).collect())
    }

    fn default<'a>() -> Vec<(&'a str, Kind, Role)> {
        vec![
            ("Digitally signed by", Kind::Label, Role::Label),
            (NAME, Kind::Heading, Role::Fixed),
            ("2026-11-29 14:05:07 UTC", Kind::Body, Role::Fixed),
            ("Reason: I approve this document", Kind::Body, Role::Reason),
            ("Location: Bremen", Kind::Body, Role::Location),
        ]
    }

    fn shown(lines: &[(String, f64)]) -> Vec<&str> {
        lines.iter().map(|(text, _)| text.as_str()).collect()
    }

    #[test]
    fn the_default_keeps_its_sizes() {
        let sizes: Vec<_> = fitted(&default(), 194.0, 58.0).unwrap().iter().map(|(_, size)| *size).collect();
        assert_eq!(sizes, [6.3, 11.5, 7.2, 7.2, 7.2]);
    }

    #[test]
    fn the_heading_shrinks_alone_first() {
        let lines = fitted(&default(), 111.0, 58.0).unwrap();
        assert_eq!(lines.len(), 5);
        assert!(lines[1].1 > 9.0 && lines[1].1 < 10.0 && lines[2].1 > 7.1, "{lines:?}");
    }

    #[test]
    fn long_names_are_wrapped() {
        let name = "Prof. Dr. Maximiliane von Hohenzollern-Sigmaringen und zu Guttenberg, Stadtwerke Musterstadt GmbH & Co. KG";
        let mut text = default();
        text.truncate(4);
        text[1].0 = name;
        let lines = fitted(&text, 194.0, 58.0).unwrap();
        assert_eq!(
            shown(&lines)[1..4],
            ["Prof. Dr. Maximiliane von", "Hohenzollern-Sigmaringen und zu Guttenberg,", "Stadtwerke Musterstadt GmbH & Co. KG"]
        );
        assert!(lines[1].1 > 7.2 && lines[4].1 >= 7.19, "{lines:?}");
    }

    #[test]
    fn lines_are_left_out_in_their_order() {
        let [label, name, date, reason, location] =
            ["Digitally signed by", NAME, "2026-11-29 14:05:07 UTC", "Reason: I approve this document", "Location: Bremen"];
        for (height, expected) in [
            (40.0, vec![label, name, date, reason, location]),
            (32.0, vec![name, date, reason, location]),
            (24.0, vec![name, date, reason]),
            (16.0, vec![name, date]),
        ] {
            assert_eq!(shown(&fitted(&default(), 194.0, height).unwrap()), expected);
        }
        assert_eq!(fitted(&default(), 194.0, 15.0).unwrap_err().code(), Code::AppearanceFit);
        assert_eq!(fitted(&default(), 20.0, 500.0).unwrap_err().code(), Code::AppearanceFit);
        assert_eq!(fitted(&default(), -5.0, 50.0).unwrap_err().code(), Code::AppearanceFit);
    }
}
