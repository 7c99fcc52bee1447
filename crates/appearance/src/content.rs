//! The content stream of the page.

use std::fmt::Write;

use crate::color::Color;
use crate::embed::{Embedded, utf16};
use crate::extract::{Characters, clusters};
use crate::layout::Rect;
use crate::pdf::number;
use crate::shape::{Glyph, Run};
use crate::sorted::Sorted;

/// Operators and their operands.
#[derive(Default)]
pub(crate) struct Content {
    text: String,
}

impl Content {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// Writes numbers and an operator.
    pub(crate) fn operator(&mut self, operands: &[f64], operator: &str) {
        for operand in operands {
            number(&mut self.text, *operand);
            self.text.push(' ');
        }
        self.text.push_str(operator);
        self.text.push('\n');
    }

    /// Colour of filled areas.
    pub(crate) fn fill_color(&mut self, color: Color) {
        self.operator(&components(color), "rg");
    }

    /// Colour of lines.
    pub(crate) fn stroke_color(&mut self, color: Color) {
        self.operator(&components(color), "RG");
    }

    /// Fills a rectangle.
    pub(crate) fn fill_rect(&mut self, rect: &Rect, color: Color) {
        self.fill_color(color);
        self.rect(rect);
        self.operator(&[], "f");
    }

    /// Draws a line inside of the edges of a rectangle.
    pub(crate) fn stroke_rect(&mut self, rect: &Rect, width: f64, color: Color) {
        let half = width / 2.0;
        self.stroke_color(color);
        self.operator(&[width], "w");
        self.rect(&Rect { left: rect.left + half, bottom: rect.bottom + half, right: rect.right - half, top: rect.top - half });
        self.operator(&[], "S");
    }

    fn rect(&mut self, rect: &Rect) {
        self.operator(&[rect.left, rect.bottom, rect.width(), rect.height()], "re");
    }

    /// Paints an image into a rectangle, in an orientation of Exif: where its first row and its
    /// first column are seen.
    pub(crate) fn paint(&mut self, name: &str, rect: &Rect, orientation: u8) {
        let Rect { left, bottom, right, top } = *rect;
        let (width, height) = (rect.width(), rect.height());
        let matrix = match orientation {
            2 => [-width, 0.0, 0.0, height, right, bottom],
            3 => [-width, 0.0, 0.0, -height, right, top],
            4 => [width, 0.0, 0.0, -height, left, top],
            5 => [0.0, -height, -width, 0.0, right, top],
            6 => [0.0, -height, width, 0.0, left, top],
            7 => [0.0, height, width, 0.0, left, bottom],
            8 => [0.0, height, -width, 0.0, right, bottom],
            _ => [width, 0.0, 0.0, height, left, bottom],
        };
        self.operator(&[], "q");
        self.operator(&matrix, "cm");
        let _ = writeln!(self.text, "/{name} Do");
        self.operator(&[], "Q");
    }

    /// Shows the runs of a line, from a point on its baseline on.
    pub(crate) fn line(&mut self, line: &Line<'_>, fonts: &Sorted<usize, Embedded>, characters: &Characters) {
        let mut left = line.left;
        self.fill_color(line.color);
        self.operator(&[], "BT");
        for (run, units_per_em) in &line.runs {
            let Some(font) = fonts.get(run.face) else { continue };
            let _ = write!(self.text, "/F{} ", run.face);
            self.operator(&[line.size], "Tf");
            self.operator(&[1.0, 0.0, 0.0, 1.0, left, line.baseline], "Tm");
            self.run(run, *units_per_em, line, font, characters);
            let advance: i64 = run.glyphs.iter().map(|glyph| i64::from(glyph.advance)).sum();
            left += advance as f64 * line.size / f64::from(*units_per_em);
        }
        self.operator(&[], "ET");
    }

    fn run(&mut self, run: &Run, units_per_em: u16, line: &Line<'_>, font: &Embedded, characters: &Characters) {
        let units = i64::from(units_per_em);
        let thousandths = |value: i64| (2000 * value + value.signum() * units) / (2 * units);
        let mut show = Show { text: &mut self.text, open: false, digits: false, pen: 0, rise: 0 };
        let mut before = 0;
        for cluster in clusters(run, line.text) {
            let actual = characters.actual_text(run, &cluster);
            let [before_letters, letters, after_letters] = match actual {
                Some(_) => letters(&run.glyphs[cluster.glyphs]),
                None => [&[], &run.glyphs[cluster.glyphs], &[]],
            };
            let marks = || Some(String::new());
            for (glyphs, actual) in [(before_letters, marks()), (letters, actual), (after_letters, marks())] {
                if glyphs.is_empty() {
                    continue;
                }
                if let Some(actual) = &actual {
                    show.end();
                    show.text.push_str("/Span<</ActualText<feff");
                    utf16(show.text, actual);
                    show.text.push_str(">>>BDC\n");
                }
                for glyph in glyphs {
                    if let Some((id, width)) = font.glyphs.get(glyph.id) {
                        show.rise(thousandths(i64::from(glyph.y)), line.size);
                        show.glyph(*id, *width, thousandths(before + i64::from(glyph.x)));
                    }
                    before += i64::from(glyph.advance);
                }
                if actual.is_some() {
                    show.end();
                    show.text.push_str("EMC\n");
                }
            }
        }
        show.rise(0, line.size);
        show.end();
    }
}

/// Marks before the letters of a cluster, its letters, and marks after them. Marks have no width.
///
/// Poppler takes the ends of the first and the last glyph for those of a text that stands for them,
/// and a mark that is raised for a line of its own. So the text belongs to the letters, and none to
/// the marks.
fn letters(glyphs: &[Glyph]) -> [&[Glyph]; 3] {
    let wide = |glyph: &Glyph| glyph.advance != 0;
    match (glyphs.iter().position(wide), glyphs.iter().rposition(wide)) {
        (Some(first), Some(last)) => [&glyphs[..first], &glyphs[first..=last], &glyphs[last + 1..]],
        _ => [&[], glyphs, &[]],
    }
}

/// A line of text in its place.
pub(crate) struct Line<'t> {
    /// Text of its paragraph.
    pub(crate) text: &'t str,
    /// Runs from left to right, each with the units per em of its font.
    pub(crate) runs: Vec<(Run, u16)>,
    pub(crate) size: f64,
    pub(crate) left: f64,
    pub(crate) baseline: f64,
    pub(crate) color: Color,
}

/// Glyphs that are being shown by `TJ`. Places are thousandths of an em, as its numbers are.
struct Show<'t> {
    text: &'t mut String,
    /// Whether an array is open, and a string in it.
    open: bool,
    digits: bool,
    /// Place of the reader's pen.
    pen: i64,
    rise: i64,
}

impl Show<'_> {
    fn glyph(&mut self, id: u16, width: i64, at: i64) {
        if !self.open {
            self.text.push('[');
            self.open = true;
        }
        if at != self.pen {
            if std::mem::take(&mut self.digits) {
                self.text.push('>');
            }
            let _ = write!(self.text, "{}", self.pen - at);
        }
        if !std::mem::replace(&mut self.digits, true) {
            self.text.push('<');
        }
        let _ = write!(self.text, "{id:04x}");
        self.pen = at + width;
    }

    /// Raises the next glyphs above the baseline.
    fn rise(&mut self, rise: i64, size: f64) {
        if rise != self.rise {
            self.end();
            number(self.text, rise as f64 * size / 1000.0);
            self.text.push_str(" Ts\n");
            self.rise = rise;
        }
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.digits) {
            self.text.push('>');
        }
        if std::mem::take(&mut self.open) {
            self.text.push_str("]TJ\n");
        }
    }
}

fn components(color: Color) -> [f64; 3] {
    [color.red, color.green, color.blue].map(|component| f64::from(component) / 255.0)
}
