//! Tables of a TrueType or OpenType file, as far as a font descriptor and a subset need them
//! (ISO/IEC 14496-22, 4.5).

/// Directory of a font.
#[derive(Clone, Copy)]
pub(crate) struct Sfnt<'a> {
    data: &'a [u8],
    /// Offset of the directory.
    start: usize,
}

impl<'a> Sfnt<'a> {
    /// A font of a file: one of a collection by its number, or the only one.
    pub(crate) fn open(data: &'a [u8], index: u32) -> Option<Self> {
        let start = match data.get(..4)? {
            b"ttcf" => {
                let at = usize::try_from(index).ok()?.checked_mul(4)?.checked_add(12)?;
                (index < collection(data)?).then(|| u32_at(data, at))??.try_into().ok()?
            }
            _ => 0,
        };
        matches!(data.get(start..)?.get(..4)?, [0, 1, 0, 0] | b"true" | b"OTTO").then_some(Sfnt { data, start })
    }

    /// The bytes of a table.
    pub(crate) fn table(&self, tag: &[u8; 4]) -> Option<&'a [u8]> {
        let count = u16_at(self.data, self.start.checked_add(4)?)?;
        (0..usize::from(count)).find_map(|number| {
            let record = self.data.get(self.start + 12 + 16 * number..)?.get(..16)?;
            let (offset, length) = (u32_at(record, 8)?, u32_at(record, 12)?);
            (record.get(..4)? == tag).then(|| self.data.get(usize::try_from(offset).ok()?..)?.get(..usize::try_from(length).ok()?))?
        })
    }

    /// Whether the font has a table.
    pub(crate) fn has(&self, tag: &[u8; 4]) -> bool {
        self.table(tag).is_some()
    }

    /// A 16-bit number of a table.
    pub(crate) fn u16(&self, tag: &[u8; 4], at: usize) -> Option<u16> {
        u16_at(self.table(tag)?, at)
    }

    /// A signed 16-bit number of a table.
    pub(crate) fn i16(&self, tag: &[u8; 4], at: usize) -> Option<i16> {
        self.u16(tag, at).map(u16::cast_signed)
    }

    /// Extent of a glyph above and below the baseline, in units of the font. Fonts of PostScript
    /// outlines have that of the whole font.
    pub(crate) fn extent(&self, glyph: u16) -> (i16, i16) {
        let outline = || {
            let glyph = usize::from(glyph);
            let (loca, glyf) = (self.table(b"loca")?, self.table(b"glyf")?);
            let offset = |index: usize| match self.u16(b"head", 50)? {
                0 => u16_at(loca, 2 * index).map(|half| 2 * usize::from(half)),
                _ => u32_at(loca, 4 * index)?.try_into().ok(),
            };
            let (start, end) = (offset(glyph)?, offset(glyph + 1)?);
            if start == end {
                return Some((0, 0)); // a space
            }
            let outline = glyf.get(start..)?;
            Some((u16_at(outline, 8)?.cast_signed(), u16_at(outline, 4)?.cast_signed()))
        };
        let whole = || (self.i16(b"hhea", 4).unwrap_or(0), self.i16(b"hhea", 6).unwrap_or(0));
        if self.has(b"glyf") { outline().unwrap_or((0, 0)) } else { whole() }
    }

    /// The font with the tables alone that a document needs. Names are not among them: licences in
    /// them are longer than a subset.
    ///
    /// `None` if tables overlap, so that they have more bytes than the file.
    pub(crate) fn program(&self) -> Option<Vec<u8>> {
        const TABLES: [&[u8; 4]; 11] = [b"CFF ", b"cvt ", b"fpgm", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"post", b"prep"];
        let tables: Vec<_> = TABLES.into_iter().filter_map(|tag| Some((tag, self.table(tag)?))).collect();
        if tables.iter().map(|(_, table)| table.len()).fold(0, usize::saturating_add) > self.data.len() {
            return None;
        }
        let version = self.data.get(self.start..self.start + 4).unwrap_or_default();
        // Numbers for a binary search of the directory and checksums are not read by the subsetter.
        let mut program = [version, &(tables.len() as u16).to_be_bytes(), &[0; 6]].concat();
        let mut offset = program.len() + 16 * tables.len();
        for (tag, table) in &tables {
            program.extend_from_slice(*tag);
            program.extend_from_slice(&[0; 4]);
            program.extend_from_slice(&(offset as u32).to_be_bytes());
            program.extend_from_slice(&(table.len() as u32).to_be_bytes());
            offset += table.len();
        }
        tables.iter().for_each(|(_, table)| program.extend_from_slice(table));
        Some(program)
    }

    /// The PostScript name (name 6), as far as it has characters that a PDF name may have.
    pub(crate) fn postscript_name(&self) -> Option<String> {
        let name = self.table(b"name")?;
        let (count, storage) = (u16_at(name, 2)?, usize::from(u16_at(name, 4)?));
        (0..usize::from(count)).find_map(|number| {
            let record = name.get(6 + 12 * number..)?.get(..12)?;
            let (platform, id) = (u16_at(record, 0)?, u16_at(record, 6)?);
            let (length, offset) = (usize::from(u16_at(record, 8)?), usize::from(u16_at(record, 10)?));
            let text = name.get(storage + offset..)?.get(..length)?;
            // Characters of Windows have two bytes; the names are ASCII.
            let step = if platform == 3 { 2 } else { 1 };
            let text = text.iter().skip(step - 1).step_by(step).copied();
            let text: String = text.filter(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').map(char::from).take(63).collect();
            (id == 6 && !text.is_empty()).then_some(text)
        })
    }
}

/// Number of fonts of a collection.
pub(crate) fn collection(data: &[u8]) -> Option<u32> {
    data.starts_with(b"ttcf").then(|| u32_at(data, 8))?
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*data.get(at..)?.first_chunk()?))
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*data.get(at..)?.first_chunk()?))
}
