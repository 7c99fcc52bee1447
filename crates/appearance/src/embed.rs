//! Fonts in the document: a Type 0 font with an embedded subset (ISO 32000-2, 9.7).

use std::fmt::Write;

use sha2::{Digest, Sha256};
use subsetter::GlyphRemapper;

use crate::error::{Code, Result};
use crate::font::Face;
use crate::pdf::{Pdf, Ref};
use crate::sfnt::Sfnt;
use crate::sorted::Sorted;

/// A font of the document.
pub(crate) struct Embedded {
    pub(crate) font: Ref,
    /// Number in the subset, and width in thousandths of an em, of each glyph that is drawn.
    pub(crate) glyphs: Sorted<u16, (u16, i64)>,
}

/// Embeds the glyphs of a face that are drawn, each with its characters.
///
/// Errors: `ERR_FONT`.
pub(crate) fn embed<'t>(pdf: &mut Pdf, face: &Face, drawn: impl Iterator<Item = (u16, &'t str)>) -> Result<Embedded> {
    let damaged = || Code::Font.because("a font cannot be divided into a subset: it is damaged").with_remedy("Give another font.");
    let drawn: Vec<_> = drawn.collect();
    let mut remapper = GlyphRemapper::new();
    for (id, _) in &drawn {
        remapper.remap(*id);
    }
    let original = face.sfnt().ok_or_else(damaged)?;
    let subset = subsetter::subset(&original.program().ok_or_else(damaged)?, 0, &remapper).map_err(|_| damaged())?;
    let font = Sfnt::open(&subset, 0).ok_or_else(damaged)?;
    let cff = font.table(b"CFF ");
    let count = font.u16(b"maxp", 4).ok_or_else(damaged)?;

    let units = i64::from(face.units_per_em);
    let thousandths = |value: i64| (2000 * value + value.signum() * units) / (2 * units);
    let advances = advances(original);
    let mut glyphs = Sorted::default();
    for (id, _) in &drawn {
        let number = remapper.get(*id).ok_or_else(damaged)?;
        glyphs.add(*id, || (number, thousandths(i64::from(advances(*id)))));
    }

    let name = format!("{}+{}", tag(&subset), original.postscript_name().unwrap_or_else(|| "Font".to_owned()));
    let [program, cid_set, descriptor, descendant, to_unicode, font_object] = std::array::from_fn(|_| pdf.reserve());
    match cff {
        // OpenType as such needs PDF 1.6, the table alone 1.3 (9.9.1, table 124).
        Some(table) => pdf.stream(program, table, |stream| stream.name("Subtype", "CIDFontType0C")),
        None => pdf.stream(program, &subset, |stream| stream.integer("Length1", subset.len())),
    }
    pdf.stream(cid_set, &all(count), |_| ());
    let metric = |tag: &[u8; 4], at| original.i16(tag, at).map(|value| thousandths(i64::from(value)));
    let ascent = metric(b"hhea", 4).unwrap_or(1000);
    pdf.dictionary(descriptor, |descriptor| {
        descriptor.name("Type", "FontDescriptor");
        descriptor.name("FontName", &name);
        descriptor.integer("Flags", 4); // symbolic: no standard Latin character set
        descriptor.array("FontBBox", |array| {
            for at in [36, 38, 40, 42] {
                array.integer(metric(b"head", at).unwrap_or(0));
            }
        });
        descriptor.integer("ItalicAngle", original.i16(b"post", 4).unwrap_or(0));
        descriptor.integer("Ascent", ascent);
        descriptor.integer("Descent", metric(b"hhea", 6).unwrap_or(-200));
        // Since version 2 of the table.
        let cap_height = original.u16(b"OS/2", 0).filter(|version| *version >= 2).and_then(|_| metric(b"OS/2", 88));
        descriptor.integer("CapHeight", cap_height.filter(|height| *height > 0).unwrap_or(ascent * 7 / 10));
        // No font has the thickness of its stems; readers use it only to substitute one that is not
        // embedded.
        descriptor.integer("StemV", original.u16(b"OS/2", 4).map_or(80, |weight| 10 + i64::from(weight.min(1000)) * 220 / 1000));
        descriptor.reference(if cff.is_some() { "FontFile3" } else { "FontFile2" }, program);
        descriptor.reference("CIDSet", cid_set);
    });
    let mut widths: Vec<_> = glyphs.iter().map(|(_, glyph)| *glyph).collect();
    widths.sort_unstable();
    pdf.dictionary(descendant, |descendant| {
        descendant.name("Type", "Font");
        descendant.name("Subtype", if cff.is_some() { "CIDFontType0" } else { "CIDFontType2" });
        descendant.name("BaseFont", &name);
        descendant.dictionary("CIDSystemInfo", |info| {
            info.text("Registry", "Adobe");
            info.text("Ordering", "Identity");
            info.integer("Supplement", 0);
        });
        descendant.reference("FontDescriptor", descriptor);
        descendant.integer("DW", thousandths(i64::from(advances(0))));
        descendant.array("W", |array| {
            let mut next = None;
            let mut row: Vec<i64> = Vec::new();
            for (id, width) in &widths {
                if next != Some(*id) {
                    if !row.is_empty() {
                        let row = std::mem::take(&mut row);
                        array.array(|inner| row.into_iter().for_each(|width| inner.integer(width)));
                    }
                    array.integer(i64::from(*id));
                }
                row.push(*width);
                next = id.checked_add(1);
            }
            array.array(|inner| row.into_iter().for_each(|width| inner.integer(width)));
        });
        if cff.is_none() {
            descendant.name("CIDToGIDMap", "Identity");
        }
    });
    let characters = drawn.iter().filter_map(|(id, text)| Some((glyphs.get(*id)?.0, *text)));
    pdf.stream(to_unicode, to_unicode_map(characters).as_bytes(), |_| ());
    pdf.dictionary(font_object, |font| {
        font.name("Type", "Font");
        font.name("Subtype", "Type0");
        font.name("BaseFont", &if cff.is_some() { format!("{name}-Identity-H") } else { name.clone() });
        font.name("Encoding", "Identity-H");
        font.array("DescendantFonts", |array| array.reference(descendant));
        font.reference("ToUnicode", to_unicode);
    });
    Ok(Embedded { font: font_object, glyphs })
}

/// Advance of each glyph in units of the font, from `hmtx`.
fn advances(font: Sfnt<'_>) -> impl Fn(u16) -> u16 {
    let count = font.u16(b"hhea", 34).unwrap_or(0);
    move |id| match count {
        0 => 0,
        _ => font.u16(b"hmtx", 4 * usize::from(id.min(count - 1))).unwrap_or(0),
    }
}

/// Six letters of the digest of a subset: equal subsets have equal names (9.9.2).
fn tag(subset: &[u8]) -> String {
    Sha256::digest(subset).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}

/// A bit for each glyph, the highest first (9.8.3).
fn all(count: u16) -> Vec<u8> {
    let mut bits = vec![0xff; usize::from(count / 8)];
    if !count.is_multiple_of(8) {
        bits.push(!(0xff >> (count % 8)));
    }
    bits
}

/// A CMap from glyphs to characters (9.10.3).
fn to_unicode_map<'t>(glyphs: impl Iterator<Item = (u16, &'t str)>) -> String {
    let mut glyphs: Vec<_> = glyphs.collect();
    glyphs.sort_unstable();
    let mut text = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
         /CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def\n\
         /CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<0000><ffff>\nendcodespacerange\n",
    );
    // An operator has a hundred entries at most.
    for block in glyphs.chunks(100) {
        let _ = writeln!(text, "{} beginbfchar", block.len());
        for (id, characters) in block {
            let _ = write!(text, "<{id:04x}><");
            utf16(&mut text, characters);
            text += ">\n";
        }
        text += "endbfchar\n";
    }
    text + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
}

/// Writes characters as digits of UTF-16, the high byte first.
pub(crate) fn utf16(text: &mut String, characters: &str) {
    for unit in characters.encode_utf16() {
        let _ = write!(text, "{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_have_a_bit_for_each_glyph() {
        assert_eq!(all(1), [0x80]);
        assert_eq!(all(8), [0xff]);
        assert_eq!(all(11), [0xff, 0xe0]);
    }

    #[test]
    fn maps_are_written_in_blocks() {
        let glyphs: Vec<_> = (1..=101).map(|id| (id, "é😀")).collect();
        let map = to_unicode_map(glyphs.into_iter());
        assert!(map.contains("100 beginbfchar\n<0001><00e9d83dde00>\n"));
        assert!(map.contains("1 beginbfchar\n<0065><00e9d83dde00>\nendbfchar\n"));
    }
}
