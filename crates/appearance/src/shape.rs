//! Shaping: characters to glyphs.

use std::ops::Range;

use harfrust::{BufferFlags, Direction, Language, Script, UnicodeBuffer};

use crate::font::Fonts;
use crate::limits;
use crate::paragraph::ignorable;

/// Glyphs of one font and one direction, from left to right.
pub(crate) struct Run {
    pub(crate) face: usize,
    pub(crate) rtl: bool,
    /// Bytes of the text.
    pub(crate) range: Range<usize>,
    pub(crate) glyphs: Vec<Glyph>,
}

impl Run {
    /// Units of the font in ems.
    pub(crate) fn em(&self, units: i32, fonts: &Fonts) -> f64 {
        f64::from(units) / f64::from(fonts.faces[self.face].units_per_em)
    }
}

/// A glyph, measured in units of its font.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    pub(crate) id: u16,
    /// First byte of its characters in the text.
    pub(crate) cluster: usize,
    pub(crate) advance: i32,
    pub(crate) x: i32,
    pub(crate) y: i32,
    /// Extent of its outline above and below the baseline.
    pub(crate) top: i32,
    pub(crate) bottom: i32,
}

/// Shapes a part of a text. Characters without a glyph are added to `missing`.
#[allow(clippy::too_many_arguments)] // each a property of the run
pub(crate) fn run(
    text: &str,
    range: Range<usize>,
    face: usize,
    script: Script,
    rtl: bool,
    fonts: &Fonts,
    language: Option<&Language>,
    missing: &mut Vec<char>,
) -> Run {
    let face_number = face;
    let face = &fonts.faces[face];
    let mut buffer = UnicodeBuffer::new();
    buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
    buffer.set_script(script);
    if let Some(language) = language {
        buffer.set_language(language.clone());
    }
    buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES);
    // Letters of another font or line may join.
    buffer.set_pre_context(&text[..range.start]);
    buffer.set_post_context(&text[range.end..]);
    for (at, c) in text[range.clone()].char_indices() {
        buffer.add(c, u32::try_from(range.start + at).unwrap_or(u32::MAX));
    }
    let most = limits::GLYPHS.min(64 + 12 * range.len());
    let listed = missing.len();
    let mut glyphs = Vec::new();
    if let Some((shaped, sfnt)) = face.shape(buffer).filter(|shaped| shaped.len() <= most).zip(face.sfnt()) {
        glyphs.reserve_exact(shaped.len());
        for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let cluster = (info.cluster as usize).clamp(range.start, range.end - 1);
            let id = u16::try_from(info.glyph_id).ok().filter(|id| (1..face.glyphs).contains(id));
            let Some(id) = id else {
                missing.extend(text.get(cluster..range.end).and_then(|rest| rest.chars().find(|c| !ignorable(*c))));
                continue;
            };
            let (top, bottom) = sfnt.extent(id);
            let y = bounded(position.y_offset);
            glyphs.push(Glyph {
                id,
                cluster,
                advance: bounded(position.x_advance),
                x: bounded(position.x_offset),
                y,
                top: i32::from(top) + y,
                bottom: i32::from(bottom) + y,
            });
        }
    } else if missing.len() == listed {
        missing.extend(text[range.clone()].chars().find(|c| !ignorable(*c)));
    }
    Run { face: face_number, rtl, range, glyphs }
}

/// The script of a character, by the tables of the shaper. `UNKNOWN` if it belongs to several.
pub(crate) fn script(c: char) -> Script {
    let mut buffer = UnicodeBuffer::new();
    buffer.add(c, 0);
    buffer.guess_segment_properties();
    buffer.script()
}

/// A measure of a font without those that no font has: 64 ems of the largest grid.
fn bounded(units: i32) -> i32 {
    units.clamp(-(1 << 20), 1 << 20)
}
