//! Fonts: those of the caller in their order, and the built-in one last.

use harfrust::script;
use harfrust::{FontRef, GlyphBuffer, Script, ShapeOptions, ShaperData, UnicodeBuffer};
use read_fonts::TableProvider;
use read_fonts::tables::cmap::CmapSubtable;

use crate::bytes::Bytes;
use crate::error::{Code, DrawError, Result};
use crate::limits;
use crate::options::{Appearance, Font};
use crate::sfnt::{self, Sfnt};
use crate::shape;

const BUILT_IN: &[u8] = include_bytes!("../fonts/NotoSans-Regular.ttf");
const BUILT_IN_BOLD: &[u8] = include_bytes!("../fonts/NotoSans-Bold.ttf");

/// A face of a font file.
pub(crate) struct Face {
    pub(crate) data: Bytes,
    pub(crate) index: u32,
    pub(crate) units_per_em: u16,
    /// Number of glyphs.
    pub(crate) glyphs: u16,
    shaper: ShaperData,
}

impl Face {
    /// Opens a face. Errors: `ERR_FONT`, `ERR_FONT_LICENSE`.
    fn open(data: Bytes, index: u32, option: &str) -> Result<Face> {
        let wrong = |found: &str| Code::Font.because(format!("`{option}` {found}"));
        if data.len() > limits::FONT {
            return Err(wrong(&format!("has {} bytes, and at most {} are read", data.len(), limits::FONT)));
        }
        if data.starts_with(b"wOFF") || data.starts_with(b"wOF2") {
            return Err(wrong("is a compressed font (WOFF)").with_remedy("Give the font as TrueType or OpenType."));
        }
        let index = match sfnt::collection(&data) {
            Some(count) if index >= count => {
                return Err(wrong(&format!("is a collection of {count} fonts, and has none with index {index}")));
            }
            Some(_) => index,
            None => 0,
        };
        let unreadable = || wrong("is not a TrueType or OpenType font, or is damaged");
        let sfnt = Sfnt::open(&data, index).ok_or_else(unreadable)?;
        if sfnt.has(b"CFF2") {
            return Err(wrong("has outlines of the kind CFF2").with_remedy("Give a static instance of the variable font."));
        }
        if [b"COLR", b"CBDT", b"sbix", b"SVG "].into_iter().any(|tag| sfnt.has(tag)) {
            return Err(wrong("is a colour font").with_remedy("Give a font with plain outlines, and leave out emoji."));
        }
        if !(sfnt.has(b"glyf") && sfnt.has(b"loca") || sfnt.has(b"CFF ")) {
            return Err(wrong("has no outlines"));
        }
        // Restricted and not editable or printable besides, never subset, or bitmaps alone (ISO/IEC
        // 14496-22, 5.2.8.2.8).
        let license = sfnt.u16(b"OS/2", 8).unwrap_or(0);
        if license & 0xf == 2 || license & 0x300 != 0 {
            return Err(Code::FontLicense
                .because(format!("the licence bits of `{option}` forbid embedding it as a subset (fsType {license:#06x})"))
                .with_remedy("Give a font that may be embedded."));
        }
        let units_per_em = sfnt.u16(b"head", 18).filter(|units| (16..=16_384).contains(units)).ok_or_else(unreadable)?;
        let glyphs = sfnt.u16(b"maxp", 4).filter(|glyphs| *glyphs > 0).ok_or_else(unreadable)?;
        let shaper = ShaperData::new(&FontRef::from_index(&data, index).map_err(|_| unreadable())?);
        Ok(Face { index, units_per_em, glyphs, shaper, data })
    }

    /// Shapes characters. `None` if the font is damaged.
    pub(crate) fn shape(&self, buffer: UnicodeBuffer) -> Option<GlyphBuffer> {
        let font = FontRef::from_index(&self.data, self.index).ok()?;
        Some(self.shaper.shaper(&font).build().shape(buffer, ShapeOptions::new()))
    }

    /// Glyphs of single characters.
    pub(crate) fn characters(&self) -> Characters<'_> {
        let font = FontRef::from_index(&self.data, self.index).ok();
        Characters(font.and_then(|font| font.cmap().ok()?.best_subtable()).map(|(_, _, subtable)| subtable))
    }

    /// Tables of the face.
    pub(crate) fn sfnt(&self) -> Option<Sfnt<'_>> {
        Sfnt::open(&self.data, self.index)
    }
}

/// Glyphs of single characters.
pub(crate) struct Characters<'a>(Option<CmapSubtable<'a>>);

impl Characters<'_> {
    /// The glyph of a character, if the font has it.
    pub(crate) fn glyph(&self, c: char) -> Option<u16> {
        let glyph = self.0.as_ref()?.map_codepoint(c)?.to_u32();
        u16::try_from(glyph).ok().filter(|glyph| *glyph > 0)
    }
}

/// Faces in the order in which a character is looked for.
pub(crate) struct Fonts {
    pub(crate) faces: Vec<Face>,
    /// Indices of the regular and of the bold face of each font.
    pub(crate) fonts: Vec<[usize; 2]>,
}

impl Fonts {
    /// Opens the fonts of an appearance. Errors: `ERR_FONT`, `ERR_FONT_LICENSE`.
    pub(crate) fn open(appearance: &Appearance) -> Result<Fonts> {
        let files = appearance.font.iter().flat_map(|font| [Some(&font.regular), font.bold.as_ref()]).flatten();
        let bytes = files.map(|file| file.len()).fold(0, usize::saturating_add);
        if bytes > limits::ALL_FONTS {
            return Err(Code::Font
                .because(format!("the files of `appearance.font` have {bytes} bytes, and at most {} are read", limits::ALL_FONTS))
                .with_remedy("Leave out fonts that are not needed, or give subsets."));
        }
        let mut faces = Vec::new();
        let mut fonts = Vec::new();
        let built_in = Font { regular: BUILT_IN.into(), bold: Some(BUILT_IN_BOLD.into()), index: 0 };
        for (number, font) in appearance.font.iter().chain([&built_in]).enumerate() {
            let regular = faces.len();
            faces.push(Face::open(font.regular.clone(), font.index, &format!("appearance.font[{number}].regular"))?);
            if let Some(bold) = &font.bold {
                faces.push(Face::open(bold.clone(), font.index, &format!("appearance.font[{number}].bold"))?);
            }
            fonts.push([regular, faces.len() - 1]);
        }
        Ok(Fonts { faces, fonts })
    }
}

/// The error of characters that no font has. Errors: `ERR_FONT_GLYPH`.
pub(crate) fn missing(characters: &[char]) -> DrawError {
    let mut listed: Vec<_> = characters.iter().take(limits::LISTED).map(|c| format!("{c} (U+{:04X})", u32::from(*c))).collect();
    if let Some(more) = characters.len().checked_sub(limits::LISTED).filter(|more| *more > 0) {
        listed.push(format!("and {more} more"));
    }
    let family = characters.iter().find_map(|c| family(shape::script(*c)));
    let remedy = match family {
        Some(family) => format!("Give a font that has them in `appearance.font`, such as {family}."),
        None => "Give a font that has them in `appearance.font`, or leave them out.".to_owned(),
    };
    Code::FontGlyph.because(format!("no font has a glyph for {}", listed.join(", "))).with_remedy(remedy)
}

/// A family of fonts, free and widely packaged, that has a script.
fn family(of: Script) -> Option<&'static str> {
    Some(match of {
        script::ARABIC => "Noto Sans Arabic",
        script::ARMENIAN => "Noto Sans Armenian",
        script::BENGALI => "Noto Sans Bengali",
        script::DEVANAGARI => "Noto Sans Devanagari",
        script::ETHIOPIC => "Noto Sans Ethiopic",
        script::GEORGIAN => "Noto Sans Georgian",
        script::GUJARATI => "Noto Sans Gujarati",
        script::GURMUKHI => "Noto Sans Gurmukhi",
        script::HANGUL => "Noto Sans CJK KR",
        script::HAN | script::BOPOMOFO => "Noto Sans CJK SC",
        script::HEBREW => "Noto Sans Hebrew",
        script::HIRAGANA | script::KATAKANA => "Noto Sans CJK JP",
        script::KHMER => "Noto Sans Khmer",
        script::KANNADA => "Noto Sans Kannada",
        script::LAO => "Noto Sans Lao",
        script::MALAYALAM => "Noto Sans Malayalam",
        script::MYANMAR => "Noto Sans Myanmar",
        script::ORIYA => "Noto Sans Oriya",
        script::SINHALA => "Noto Sans Sinhala",
        script::TAMIL => "Noto Sans Tamil",
        script::TELUGU => "Noto Sans Telugu",
        script::THAI => "Noto Sans Thai",
        script::TIBETAN => "Noto Serif Tibetan",
        script::GREEK | script::CYRILLIC | script::LATIN => "Noto Sans",
        _ => return None,
    })
}
