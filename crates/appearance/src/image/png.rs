//! Reading of PNG.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Limits, Transformations};

use super::pixels::{self, Pixels};
use super::{bounded, wrong};
use crate::error::Result;
use crate::limits;
use crate::options::Alpha;

/// Memory of the decoder beside the pixels, in bytes.
const MEMORY: usize = 8 * limits::PIXELS as usize + (1 << 20);

/// Decodes an image of any kind to eight bits a component. Errors: `ERR_IMAGE`.
pub(super) fn read(data: &[u8], alpha: Alpha) -> Result<Pixels> {
    let damaged = |_| wrong("is a damaged PNG").with_remedy("Write the image again with another program.");
    let mut decoder = Decoder::new_with_limits(Cursor::new(data), Limits { bytes: MEMORY });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let header = decoder.read_header_info().map_err(damaged)?;
    let (width, height) = (header.width, header.height);
    bounded(width.into(), height.into())?;
    let mut reader = decoder.read_info().map_err(damaged)?;
    // The decoder divides it by colours without a check (png 0.18.1: `palette-of-one-byte`).
    if reader.info().palette.as_ref().is_some_and(|palette| !palette.len().is_multiple_of(3) || palette.len() > 3 * 256) {
        return Err(wrong("is a damaged PNG"));
    }
    let pixels = width as usize * height as usize;
    let size = reader.output_buffer_size().filter(|size| *size <= 4 * pixels).ok_or_else(|| wrong("is a PNG of an unknown kind"))?;
    let mut samples = vec![0; size];
    let frame = reader.next_frame(&mut samples).map_err(damaged)?;
    if frame.bit_depth != BitDepth::Eight || (frame.width, frame.height) != (width, height) {
        return Err(wrong("is a PNG of an unknown kind"));
    }
    let components = match frame.color_type {
        ColorType::Grayscale => 1,
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
        ColorType::Indexed => return Err(wrong("is a PNG of an unknown kind")),
    };
    Ok(pixels::make(width, height, components, samples, alpha))
}
