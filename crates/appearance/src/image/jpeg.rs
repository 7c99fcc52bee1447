//! Reading of the header of a JPEG, which a document contains as it is (ISO/IEC 10918-1, annex B).

use super::wrong;
use crate::error::Result;

/// A JPEG of one or three components.
pub(super) struct Jpeg {
    /// Size as it is stored.
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) grey: bool,
    /// Orientation of Exif, 1 to 8.
    pub(super) orientation: u8,
    /// The file without comments and metadata: those of a camera tell the place of the picture.
    pub(super) data: Vec<u8>,
}

/// Reads the segments of a file. Errors: `ERR_IMAGE`.
pub(super) fn read(file: &[u8]) -> Result<Jpeg> {
    let damaged = || wrong("is a damaged JPEG").with_remedy("Write the image again with another program.");
    let mut kept = file.get(..2).ok_or_else(damaged)?.to_vec();
    let mut rest = file.get(2..).ok_or_else(damaged)?;
    let mut frame = None;
    let mut orientation = 1;
    loop {
        // A marker may be preceded by fill bytes (B.1.1.2).
        let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
        let (marker, after) = rest.get(fill..).and_then(<[u8]>::split_first).filter(|_| fill > 0).ok_or_else(damaged)?;
        let (length, _) = after.split_first_chunk().ok_or_else(damaged)?;
        let (segment, next) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or_else(damaged)?;
        let body = segment.get(2..).ok_or_else(damaged)?;
        match marker {
            // Start of a frame: baseline, extended and progressive by Huffman codes (table B.1).
            0xc0..=0xc2 if frame.is_none() => frame = Some(start_of_frame(body).ok_or_else(damaged)??),
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Err(wrong("is a JPEG of a kind that documents cannot contain").with_remedy("Write the image as a baseline JPEG."));
            }
            0xe1 => orientation = exif(body).unwrap_or(orientation),
            0xd8 | 0xd9 => return Err(damaged()),
            _ => (),
        }
        // JFIF and Adobe say how components are colours. Other applications and comments are left
        // out.
        if !matches!(marker, 0xe1..=0xed | 0xef | 0xfe) {
            kept.extend_from_slice(&[0xff, *marker]);
            kept.extend_from_slice(segment);
        }
        rest = next;
        if *marker == 0xda {
            break;
        }
    }
    let (width, height, grey) = frame.ok_or_else(damaged)?;
    // Scans end with the end of the image. Bytes after it are left out.
    let end = rest.windows(2).rposition(|marker| marker == [0xff, 0xd9]).ok_or_else(damaged)?;
    kept.extend_from_slice(&rest[..end + 2]);
    Ok(Jpeg { width, height, grey, orientation, data: kept })
}

/// Width, height, and whether there is one component. `None` if the segment is too short.
fn start_of_frame(body: &[u8]) -> Option<Result<(u16, u16, bool)>> {
    let [precision, height @ .., _, _, components] = *body.first_chunk::<6>()?;
    let [high, low, ..] = height;
    let (height, width) = (u16::from_be_bytes([high, low]), u16::from_be_bytes([body[3], body[4]]));
    if precision != 8 {
        return Some(Err(
            wrong(format!("is a JPEG with {precision} bits a component")).with_remedy("Write the image with 8 bits a component.")
        ));
    }
    Some(match components {
        1 => Ok((width, height, true)),
        3 => Ok((width, height, false)),
        4 => Err(wrong("is a CMYK JPEG, and its colours depend on the device").with_remedy("Convert the image to RGB.")),
        _ => Err(wrong(format!("is a JPEG of {components} components")).with_remedy("Convert the image to RGB.")),
    })
}

/// Orientation of a segment APP1 with Exif: tag 0x112 of the first directory (TIFF 6.0, section 2).
fn exif(body: &[u8]) -> Option<u8> {
    let tiff = body.strip_prefix(b"Exif\0\0")?;
    let little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let offset = *tiff.get(4..)?.first_chunk()?;
    let directory = usize::try_from(if little { u32::from_le_bytes(offset) } else { u32::from_be_bytes(offset) }).ok()?;
    let count = usize::from(u16_at(directory)?);
    let entries = (0..count).map(|number| directory.saturating_add(2 + 12 * number));
    let entry = entries.into_iter().take_while(|at| *at < tiff.len()).find(|at| u16_at(*at) == Some(0x112))?;
    u16_at(entry + 8).and_then(|value| u8::try_from(value).ok()).filter(|value| (1..=8).contains(value))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::error::Code;

    /// A file with a frame of some precision and components, after segments of applications.
    pub(in crate::image) fn file(marker: u8, precision: u8, components: u8, orientation: u8) -> Vec<u8> {
        let mut file = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xfe, 0, 3, b'c'];
        let exif = [b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[orientation], b"\0\0\0\0\0\0"].concat();
        file.extend([0xff, 0xe1, 0, exif.len() as u8 + 2]);
        file.extend(exif);
        file.extend([0xff, 0xff, marker, 0, 8 + 3 * components, precision, 0, 20, 0, 30, components]);
        file.extend(vec![0; 3 * usize::from(components)]);
        file.extend([0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9, b'x']);
        file
    }

    #[test]
    fn headers_are_read_and_metadata_left_out() {
        let jpeg = read(&file(0xc2, 8, 3, 6)).unwrap();
        assert_eq!((jpeg.width, jpeg.height, jpeg.grey, jpeg.orientation), (30, 20, false, 6));
        assert!(!jpeg.data.windows(4).any(|window| window == b"Exif"));
        assert!(jpeg.data.starts_with(&[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc2]) && jpeg.data.ends_with(&[3, 0xff, 0xd9]));
        assert!(read(&file(0xc0, 8, 1, 9)).unwrap().grey);
        assert_eq!(read(&file(0xc0, 8, 1, 9)).unwrap().orientation, 1);
    }

    #[test]
    fn others_are_refused() {
        for (file, part) in [
            (file(0xc0, 8, 4, 1), "CMYK"),
            (file(0xc1, 12, 3, 1), "12 bits"),
            (file(0xc9, 8, 3, 1), "of a kind"),
            (file(0xc0, 8, 2, 1), "2 components"),
            (vec![0xff, 0xd8], "damaged"),
        ] {
            let error = read(&file).err().unwrap();
            assert_eq!(error.code(), Code::Image);
            assert!(error.found().contains(part), "{error}");
        }
        let whole = file(0xc0, 8, 3, 1);
        for length in 0..whole.len() - 2 {
            assert!(read(&whole[..length]).is_err());
        }
    }
}
