//! Pixels as a document has them: colours by number where they are few, filtered rows elsewhere,
//! transparency beside them.

use crate::options::Alpha;
use crate::sorted::Sorted;

/// Decoded pixels.
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Numbers of colours, a byte each, or rows with filters of PNG.
    pub(super) samples: Vec<u8>,
    /// Red, green and blue of each colour, if there are 256 at most.
    pub(super) palette: Option<Vec<u8>>,
    pub(super) mask: Option<Mask>,
}

/// Transparency.
pub(super) enum Mask {
    /// A bit for each pixel, 1 where it is left out. Rows begin with a byte.
    Hard(Vec<u8>),
    /// A byte for each pixel.
    Soft(Vec<u8>),
}

/// Makes pixels of samples: grey, grey and alpha, RGB, or RGB and alpha.
pub(super) fn make(width: u32, height: u32, components: usize, mut samples: Vec<u8>, alpha: Alpha) -> Pixels {
    let has_alpha = components.is_multiple_of(2);
    let mask = if has_alpha { separate(width, components, &mut samples, alpha) } else { None };
    let colors = if has_alpha { components - 1 } else { components };
    if colors == 1 {
        return Pixels { width, height, samples, palette: Some(greys()), mask };
    }
    match numbered(&samples) {
        Some((numbers, palette)) => Pixels { width, height, samples: numbers, palette: Some(palette), mask },
        None => Pixels { width, height, samples: filtered(width, &samples), palette: None, mask },
    }
}

/// The greys from black to white.
pub(super) fn greys() -> Vec<u8> {
    (0..=255).flat_map(|grey| [grey; 3]).collect()
}

/// Takes alpha out of the samples. `Alpha::Mask` blends them with white. Pixels that are all opaque
/// have no mask.
fn separate(width: u32, components: usize, samples: &mut Vec<u8>, alpha: Alpha) -> Option<Mask> {
    let colors = components - 1;
    let count = samples.len() / components;
    let width = width as usize;
    let mut soft = Vec::new();
    let mut bits = Vec::new();
    match alpha {
        Alpha::Soft => soft.reserve_exact(count),
        Alpha::Mask => bits = vec![0; width.div_ceil(8) * (count / width)],
    }
    let mut transparent = false;
    for pixel in 0..count {
        let (from, to) = (pixel * components, pixel * colors);
        let opacity = samples[from + colors];
        for color in 0..colors {
            let value = samples[from + color];
            samples[to + color] = if alpha == Alpha::Soft { value } else { over_white(value, opacity) };
        }
        if alpha == Alpha::Soft {
            soft.push(opacity);
            transparent |= opacity < 0xff;
        } else if opacity == 0 {
            let (row, column) = (pixel / width, pixel % width);
            bits[row * width.div_ceil(8) + column / 8] |= 0x80 >> (column % 8);
            transparent = true;
        }
    }
    samples.truncate(count * colors);
    transparent.then_some(match alpha {
        Alpha::Soft => Mask::Soft(soft),
        Alpha::Mask => Mask::Hard(bits),
    })
}

fn over_white(value: u8, opacity: u8) -> u8 {
    let opacity = u32::from(opacity);
    ((u32::from(value) * opacity + 255 * (255 - opacity) + 127) / 255) as u8
}

/// Colours by number. `None` if there are more than 256.
fn numbered(samples: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut numbers = Vec::new();
    let mut palette = Vec::new();
    let mut known = Sorted::default();
    let mut last = None;
    for color in samples.as_chunks::<3>().0 {
        let number = match last {
            Some((same, number)) if same == color => number,
            _ => match known.get(*color) {
                Some(number) => *number,
                None => {
                    let number = u8::try_from(known.len()).ok()?;
                    known.add(*color, || number);
                    palette.extend(color);
                    number
                }
            },
        };
        last = Some((color, number));
        numbers.push(number);
    }
    Some((numbers, palette))
}

/// Rows of RGB, each with the filter of PNG that leaves the least (ISO/IEC 15948, 12.8).
fn filtered(width: u32, samples: &[u8]) -> Vec<u8> {
    let length = 3 * width as usize;
    let mut rows = Vec::with_capacity(samples.len() + samples.len() / length);
    let mut above = vec![0; length];
    let mut best = vec![0; length];
    let mut row = vec![0; length];
    for samples in samples.chunks_exact(length) {
        let mut least = u64::MAX;
        let mut filter = 0;
        for number in [0, 1, 2, 4] {
            let mut sum = 0;
            for (at, sample) in samples.iter().enumerate() {
                let left = if at >= 3 { samples[at - 3] } else { 0 };
                let predicted = match number {
                    0 => 0,
                    1 => left,
                    2 => above[at],
                    _ => paeth(left, above[at], if at >= 3 { above[at - 3] } else { 0 }),
                };
                row[at] = sample.wrapping_sub(predicted);
                sum += u64::from(row[at].cast_signed().unsigned_abs());
            }
            if sum < least {
                (least, filter) = (sum, number);
                std::mem::swap(&mut best, &mut row);
            }
        }
        rows.push(filter);
        rows.extend_from_slice(&best);
        above.copy_from_slice(samples);
    }
    rows
}

/// The predictor of Paeth (ISO/IEC 15948, 9.4).
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(above), i16::from(corner));
    let estimate = a + b - c;
    let (to_a, to_b, to_c) = ((estimate - a).abs(), (estimate - b).abs(), (estimate - c).abs());
    match () {
        () if to_a <= to_b && to_a <= to_c => left,
        () if to_b <= to_c => above,
        () => corner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transparent_pixels_are_masked_and_others_blended() {
        let samples = vec![0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 128, 10, 20, 30, 255];
        let pixels = make(2, 2, 4, samples.clone(), Alpha::Mask);
        assert!(matches!(pixels.mask, Some(Mask::Hard(bits)) if bits == [0x80, 0x00]));
        assert_eq!(pixels.palette.unwrap(), [255, 255, 255, 0, 0, 0, 127, 127, 127, 10, 20, 30]);
        assert_eq!(pixels.samples, [0, 1, 2, 3]);
        let pixels = make(2, 2, 4, samples, Alpha::Soft);
        assert!(matches!(pixels.mask, Some(Mask::Soft(alpha)) if alpha == [0, 255, 128, 255]));
        assert_eq!(pixels.samples, [0, 0, 0, 1]);
        assert!(make(1, 1, 2, vec![9, 255], Alpha::Mask).mask.is_none());
    }

    #[test]
    fn many_colours_are_filtered_rows() {
        let samples: Vec<u8> = (0..300u16).flat_map(|number| [number as u8, (number >> 8) as u8, (number / 3) as u8]).collect();
        let pixels = make(30, 10, 3, samples.clone(), Alpha::Mask);
        assert!(pixels.palette.is_none());
        // Undo the filters.
        let mut above = vec![0u8; 90];
        let mut decoded = Vec::new();
        for row in pixels.samples.chunks(91) {
            let mut line = vec![0u8; 90];
            for at in 0..90 {
                let (left, corner) = if at >= 3 { (line[at - 3], above[at - 3]) } else { (0, 0) };
                let predicted = match row[0] {
                    0 => 0,
                    1 => left,
                    2 => above[at],
                    _ => paeth(left, above[at], corner),
                };
                line[at] = row[at + 1].wrapping_add(predicted);
            }
            decoded.extend_from_slice(&line);
            above = line;
        }
        assert_eq!(decoded, samples);
    }
}
