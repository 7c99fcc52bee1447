//! A line of the template as text to be broken: directions, fonts, widths.

use std::ops::Range;

use harfrust::Script;
use harfrust::script::UNKNOWN;
use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};
use unicode_linebreak::linebreaks;

use crate::font::{Face, Fonts};
use crate::limits;
use crate::shape::{self, Run};
use crate::template::{Kind, Line, Role};

/// Height of a line above and below its baseline, in ems. Letters with accents reach farther in
/// some scripts.
const ASCENT: f64 = 1.05;
const DESCENT: f64 = 0.25;

/// A line of the template.
pub(crate) struct Paragraph<'t> {
    pub(crate) kind: Kind,
    pub(crate) role: Role,
    text: &'t str,
    bidi: BidiInfo<'t>,
    /// Font of each byte of the text: an index into `Fonts::faces`.
    faces: Vec<usize>,
    /// Ends of the pieces between which the text may be broken.
    breaks: Vec<usize>,
    /// Width in ems of the text before each byte.
    widths: Vec<f64>,
    /// Height above and below the baseline, in ems.
    pub(crate) ascent: f64,
    pub(crate) descent: f64,
}

impl<'t> Paragraph<'t> {
    /// Finds fonts and measures. Characters without a font are added to `missing`.
    pub(crate) fn new(line: &Line, text: &'t str, fonts: &Fonts, language: Option<&harfrust::Language>, missing: &mut Vec<char>) -> Self {
        let mut bold = Vec::with_capacity(text.len());
        for span in &line.spans {
            bold.resize(bold.len() + span.text.len(), span.bold);
        }
        let mut paragraph = Paragraph {
            kind: line.kind,
            role: line.role,
            text,
            bidi: BidiInfo::new(text, Some(level(text))),
            faces: faces(text, &bold, fonts, missing),
            breaks: linebreaks(text).map(|(end, _)| end).collect(),
            widths: Vec::new(),
            ascent: ASCENT,
            descent: DESCENT,
        };
        if !missing.is_empty() {
            return paragraph;
        }
        let mut advances = vec![0.0; text.len() + 1];
        for run in paragraph.runs(0..text.len(), fonts, language, missing) {
            for glyph in &run.glyphs {
                advances[glyph.cluster] += run.em(glyph.advance, fonts);
                let (top, bottom) = (run.em(glyph.top, fonts), run.em(glyph.bottom, fonts));
                paragraph.ascent = paragraph.ascent.max(top);
                paragraph.descent = paragraph.descent.max(-bottom);
            }
        }
        let mut before = 0.0;
        for advance in &mut advances {
            let width = before;
            before += *advance;
            *advance = width;
        }
        paragraph.widths = advances;
        paragraph
    }

    /// Whether there is nothing to draw.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The text.
    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    /// Width of the whole text, in ems.
    pub(crate) fn width(&self) -> f64 {
        self.width_of(&(0..self.text.len()))
    }

    /// Width of a part of the text, in ems.
    pub(crate) fn width_of(&self, range: &Range<usize>) -> f64 {
        let at = |at: usize| self.widths.get(at).copied().unwrap_or(0.0);
        at(range.end) - at(range.start)
    }

    /// Lines that are at most so many ems wide. `None` if a word is wider.
    ///
    /// Lines end at spaces. Within words, after a hyphen say, they end only if a word is wider than
    /// a line.
    pub(crate) fn wrap(&self, width: f64) -> Option<Vec<Range<usize>>> {
        let fits = |range: Range<usize>| self.width_of(&self.trimmed(range)) <= width;
        let mut lines = Vec::new();
        let (mut start, mut end) = (0, 0);
        let mut pieces = &self.breaks[..];
        while !pieces.is_empty() {
            let spaced = |piece: &&usize| self.text[..**piece].ends_with(char::is_whitespace);
            let length = pieces.iter().position(|piece| spaced(&piece)).map_or(pieces.len(), |at| at + 1);
            let (word, after) = pieces.split_at(length);
            let last = *word.last()?;
            if fits(start..last) {
                end = last;
            } else if fits(end..last) {
                lines.push(self.trimmed(start..end));
                (start, end) = (end, last);
            } else {
                for &piece in word {
                    if !fits(start..piece) && end > start {
                        lines.push(self.trimmed(start..end));
                        start = end;
                    }
                    if !fits(start..piece) {
                        return None;
                    }
                    end = piece;
                }
            }
            pieces = after;
        }
        lines.push(self.trimmed(start..end));
        Some(lines)
    }

    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let kept = self.text[range.clone()].trim_end().len();
        range.start..range.start + kept
    }

    /// Shaped runs of a line, from left to right.
    pub(crate) fn runs(
        &self,
        range: Range<usize>,
        fonts: &Fonts,
        language: Option<&harfrust::Language>,
        missing: &mut Vec<char>,
    ) -> Vec<Run> {
        let Some(paragraph) = self.bidi.paragraphs.first() else { return Vec::new() };
        if range.is_empty() {
            return Vec::new();
        }
        let (levels, visual) = self.bidi.visual_runs(paragraph, range);
        let mut runs = Vec::new();
        for part in visual {
            let level = levels.get(part.start).copied().unwrap_or(Level::ltr());
            let first = runs.len();
            for (range, face, script) in self.segments(part) {
                runs.push(shape::run(self.text, range, face, script, level.is_rtl(), fonts, language, missing));
            }
            if level.is_rtl() {
                runs[first..].reverse();
            }
        }
        let glyphs: usize = runs.iter().map(|run| run.glyphs.len()).sum();
        debug_assert!(glyphs <= limits::GLYPHS * runs.len().max(1));
        runs
    }

    /// Parts of one font and one script, in the order of the text.
    fn segments(&self, range: Range<usize>) -> Vec<(Range<usize>, usize, Script)> {
        let mut segments: Vec<(Range<usize>, usize, Script)> = Vec::new();
        for (at, c) in self.text[range.clone()].char_indices() {
            let (start, face) = (range.start + at, self.faces[range.start + at]);
            let end = start + c.len_utf8();
            let script = shape::script(c);
            let neutral = |script| script == UNKNOWN;
            match segments.last_mut() {
                Some((segment, same, known)) if *same == face && (*known == script || neutral(script) || neutral(*known)) => {
                    segment.end = end;
                    if neutral(*known) {
                        *known = script;
                    }
                }
                _ => segments.push((start..end, face, script)),
            }
        }
        segments
    }
}

/// Direction of a line: that of its first letter, be it in an isolate or not. From left to right
/// without letters, as dates are.
fn level(text: &str) -> Level {
    let classes = text.chars().map(bidi_class);
    let mut strong = classes.filter(|class| matches!(class, BidiClass::L | BidiClass::R | BidiClass::AL));
    if strong.next().is_none_or(|class| class == BidiClass::L) { Level::ltr() } else { Level::rtl() }
}

/// The font of each byte: the first that has the character and its marks.
fn faces(text: &str, bold: &[bool], fonts: &Fonts, missing: &mut Vec<char>) -> Vec<usize> {
    let characters_of: Vec<_> = fonts.faces.iter().map(Face::characters).collect();
    let has = |face: usize, c: char| ignorable(c) || characters_of[face].glyph(c).is_some();
    let mut faces = vec![0; text.len()];
    let mut previous: Option<usize> = None; // index into `fonts.fonts`
    let mut characters = text.char_indices().peekable();
    while let Some((start, first)) = characters.next() {
        let mut cluster = vec![first];
        let mut end = start + first.len_utf8();
        while let Some((at, mark)) = characters.next_if(|(_, c)| ignorable(*c) || bidi_class(*c) == BidiClass::NSM) {
            cluster.push(mark);
            end = at + mark.len_utf8();
        }
        let weight = usize::from(bold.get(start).copied().unwrap_or(false));
        let fits = |font: &usize| cluster.iter().all(|c| has(fonts.fonts[*font][weight], *c));
        // Spaces and punctuation stay in the font of the preceding text.
        let neutral = shape::script(first) == UNKNOWN;
        let found = previous.filter(|_| neutral).filter(fits).or_else(|| (0..fonts.fonts.len()).find(fits));
        match found {
            Some(font) => {
                previous = Some(font);
                faces[start..end].fill(fonts.fonts[font][weight]);
            }
            None => {
                let nowhere = |c: &&char| !(0..fonts.fonts.len()).any(|font| has(fonts.fonts[font][weight], **c));
                let listed = missing.len();
                missing.extend(cluster.iter().filter(nowhere));
                if missing.len() == listed {
                    missing.extend(&cluster); // each is in some font, and no font has all
                }
            }
        }
    }
    faces
}

/// Whether a character is invisible, and needs no glyph (Default_Ignorable_Code_Point).
pub(crate) fn ignorable(c: char) -> bool {
    matches!(u32::from(c),
        0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f
        | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xe0000..=0xe0fff)
}
