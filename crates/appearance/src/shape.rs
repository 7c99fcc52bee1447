//! Shaping: characters to glyphs.

use std::ops::Range;

use harfrust::{Buffer, BufferFlags, Direction, Language, Script, ShapeOptions};

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
    let shaper = fonts.faces[face].shaper();
    let mut buffer = Buffer::new();
    buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
    buffer.set_script(Some(script));
    buffer.set_language(language.cloned());
    buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES);
    // Letters of another font or line may join.
    buffer.set_pre_context(&text[..range.start]);
    buffer.set_post_context(&text[range.end..]);
    for (at, c) in text[range.clone()].char_indices() {
        buffer.push(u32::from(c), u32::try_from(range.start + at).unwrap_or(u32::MAX));
    }
    let shaped = harfrust::shape(&shaper, &mut buffer, ShapeOptions::new()).is_ok();
    let most = limits::GLYPHS.min(64 + 12 * range.len());
    let count = fonts.faces[face].glyphs();
    let mut glyphs = Vec::with_capacity(buffer.len().min(most));
    let listed = missing.len();
    for (info, position) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()) {
        let cluster = (info.cluster as usize).clamp(range.start, range.end - 1);
        if info.glyph_id == 0 || info.glyph_id >= count {
            missing.extend(text[cluster..range.end].chars().find(|c| !ignorable(*c)));
            continue;
        }
        let extents = shaper.glyph_extents(harfrust::GlyphId::new(info.glyph_id));
        let (top, height) = extents.map_or((0, 0), |extents| (bounded(extents.y_bearing), bounded(extents.height)));
        let y = bounded(position.y_offset);
        glyphs.push(Glyph {
            id: info.glyph_id as u16, // below the number of glyphs, which has 16 bits
            cluster,
            advance: bounded(position.x_advance),
            x: bounded(position.x_offset),
            y,
            top: top + y,
            bottom: top + height + y,
        });
    }
    if !shaped || glyphs.len() > most {
        glyphs.clear();
        if missing.len() == listed {
            missing.extend(text[range.clone()].chars().find(|c| !ignorable(*c)));
        }
    }
    Run { face, rtl, range, glyphs }
}

/// A measure of a font without those that no font has: 64 ems of the largest grid.
fn bounded(units: i32) -> i32 {
    units.clamp(-(1 << 20), 1 << 20)
}
