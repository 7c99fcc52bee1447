//! Images in the document (ISO 32000-2, 8.9.5), without anything that a kind of PDF/A forbids.

mod jpeg;
mod pixels;
mod png;

use crate::error::{Code, DrawError, Result};
use crate::limits;
use crate::options::{Alpha, Image};
use crate::pdf::{Array, Dictionary, Pdf, Ref};

/// An image that has been read.
pub(crate) struct Picture {
    /// Width and height in pixels, as seen.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Turn and reflection with which it is seen (Exif 2.3, 4.6.4, orientation): 1 is neither.
    pub(crate) orientation: u8,
    samples: Samples,
}

enum Samples {
    Jpeg(jpeg::Jpeg),
    Pixels(pixels::Pixels),
}

/// Reads an image. Errors: `ERR_IMAGE`.
pub(crate) fn read(image: &Image, pdf_a: bool) -> Result<Picture> {
    let data = &image.data;
    if data.len() > limits::IMAGE {
        return Err(wrong(format!("has {} bytes, and at most {} are read", data.len(), limits::IMAGE)));
    }
    if pdf_a && image.alpha == Alpha::Soft {
        return Err(wrong("has `alpha` \"soft\", and PDF/A permits no transparency").with_remedy("Leave out `alpha`."));
    }
    if data.starts_with(&[0xff, 0xd8]) {
        let jpeg = jpeg::read(data)?;
        bounded(jpeg.width.into(), jpeg.height.into())?;
        let (width, height) = match jpeg.orientation {
            5..=8 => (jpeg.height, jpeg.width),
            _ => (jpeg.width, jpeg.height),
        };
        return Ok(Picture { width: width.into(), height: height.into(), orientation: jpeg.orientation, samples: Samples::Jpeg(jpeg) });
    }
    if data.starts_with(b"\x89PNG\r\n\x1a\n") {
        let pixels = png::read(data, image.alpha)?;
        return Ok(Picture { width: pixels.width, height: pixels.height, orientation: 1, samples: Samples::Pixels(pixels) });
    }
    Err(wrong("is neither PNG nor JPEG").with_remedy("Give the image as PNG or JPEG."))
}

impl Picture {
    /// Writes the image object, and its mask.
    pub(crate) fn write(&self, pdf: &mut Pdf) -> Ref {
        let image = pdf.reserve();
        match &self.samples {
            Samples::Jpeg(jpeg) => pdf.encoded(image, &jpeg.data, |dictionary| {
                header(dictionary, jpeg.width.into(), jpeg.height.into(), 8);
                dictionary.name("Filter", "DCTDecode");
                match jpeg.grey {
                    true => dictionary.array("ColorSpace", |space| indexed(space, &pixels::greys())),
                    false => dictionary.name("ColorSpace", "DeviceRGB"),
                }
            }),
            Samples::Pixels(pixels) => {
                let mask = pixels.mask.as_ref().map(|mask| (mask, pdf.reserve()));
                pdf.stream(image, &pixels.samples, |dictionary| {
                    header(dictionary, pixels.width, pixels.height, 8);
                    match &pixels.palette {
                        Some(palette) => dictionary.array("ColorSpace", |space| indexed(space, palette)),
                        None => {
                            dictionary.name("ColorSpace", "DeviceRGB");
                            dictionary.dictionary("DecodeParms", |parameters| {
                                parameters.integer("Predictor", 15);
                                parameters.integer("Colors", 3);
                                parameters.integer("Columns", pixels.width);
                            });
                        }
                    }
                    match mask {
                        Some((pixels::Mask::Hard(_), number)) => dictionary.reference("Mask", number),
                        Some((pixels::Mask::Soft(_), number)) => dictionary.reference("SMask", number),
                        None => (),
                    }
                });
                match mask {
                    Some((pixels::Mask::Hard(bits), number)) => pdf.stream(number, bits, |dictionary| {
                        header(dictionary, pixels.width, pixels.height, 1);
                        dictionary.boolean("ImageMask", true);
                    }),
                    Some((pixels::Mask::Soft(alpha), number)) => pdf.stream(number, alpha, |dictionary| {
                        header(dictionary, pixels.width, pixels.height, 8);
                        dictionary.name("ColorSpace", "DeviceGray"); // table 144 requires it
                    }),
                    None => (),
                }
            }
        }
        image
    }
}

fn header(dictionary: &mut Dictionary<'_>, width: u32, height: u32, bits: u8) {
    dictionary.name("Type", "XObject");
    dictionary.name("Subtype", "Image");
    dictionary.integer("Width", width);
    dictionary.integer("Height", height);
    dictionary.integer("BitsPerComponent", bits);
}

/// Colours by number, each of three bytes. Greys are written like this, too: Poppler tints those of
/// CalGray.
fn indexed(space: &mut Array<'_>, palette: &[u8]) {
    space.name("Indexed");
    space.name("DeviceRGB");
    space.integer((palette.len() / 3) as i64 - 1);
    space.bytes(palette);
}

/// Checks the number of pixels before any of them is decoded.
fn bounded(width: u64, height: u64) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(wrong("has no pixels"));
    }
    match width.saturating_mul(height) <= limits::PIXELS {
        true => Ok(()),
        false => Err(wrong(format!("has {width} × {height} pixels, and at most {} are drawn", limits::PIXELS))
            .with_remedy("Make the image smaller. 300 pixels an inch are enough for print.")),
    }
}

fn wrong(found: impl AsRef<str>) -> DrawError {
    Code::Image.because(format!("`appearance.image` {}", found.as_ref()))
}
