//! The appearance of a visible signature. ISO 32000-2, 12.5.5.
//!
//! The core knows one kind of appearance, a page of a PDF. Another module draws text and images, and hands them over as one.

mod import;

use crate::document::PageGeometry;
use crate::error::Result;
use crate::points::Points;
use crate::revision::UpdateBuilder;
use crate::syntax::write::{DictionaryWriter, Name, Source};
use crate::syntax::{ObjectId, write};
use import::ImportedPage;

/// Pages that make an appearance, the lowest first: each the bytes of a PDF and the number of a page.
pub(crate) type Layers<'a> = Vec<(&'a [u8], i32)>;

/// Adds an appearance stream of this size, in points as seen, for a page that is shown by `turns` quarter turns.
///
/// The box of the stream is that of the widget as it is seen. Its matrix turns it upright, and a viewer aligns both (12.5.5, algorithm
/// "appearance streams"). Errors: `ERR_APPEARANCE_PDF`, `ERR_PAGE_NUMBER`.
pub(crate) async fn put(update: &mut UpdateBuilder<'_>, layers: Layers<'_>, size: [Points; 2], turns: u8) -> Result<ObjectId> {
    let matrix = match turns {
        1 => Some("[0 1 -1 0 0 0]"),
        2 => Some("[-1 0 0 -1 0 0]"),
        3 => Some("[0 -1 1 0 0 0]"),
        _ => None,
    };
    let zero = Points::default();
    let bbox = [zero, zero, size[0], size[1]];
    let mut pages = Vec::with_capacity(layers.len());
    for (pdf, number) in layers {
        pages.push(ImportedPage::copy(pdf, number, update).await?);
    }
    // A page of the very size needs no stream around it.
    let fits = |page: &ImportedPage| page.geometry.visible() == bbox && page.geometry.turns() == 0 && page.geometry.size() == size;
    if pages.len() == 1
        && let Some(page) = pages.pop_if(|page| fits(page))
    {
        return Ok(page.put(update, bbox, matrix));
    }
    let (mut content, mut names) = (String::new(), DictionaryWriter::new());
    for (page, name) in pages.into_iter().zip([Name("P0"), Name("P1")]) {
        content.push_str(&format!("q {} cm /{} Do Q\n", placed(&page.geometry, size), name.0));
        let visible = page.geometry.visible();
        names.pair(name, page.put(update, visible, None));
    }
    let mut resources = DictionaryWriter::new();
    resources.pair(Name("XObject"), Source(&names.finish()));
    let mut form = DictionaryWriter::of_type(Name("XObject"));
    form.pair(Name("Subtype"), Name("Form")).pair(Name("BBox"), Source(&rectangle(bbox)));
    form.optional(Name("Matrix"), matrix.map(|matrix| Source(matrix.as_bytes())));
    form.pair(Name("Resources"), Source(&resources.finish()));
    let id = update.new_id();
    update.put_stream(id, form.finish(), content.into_bytes());
    Ok(id)
}

/// Adds an appearance stream without content, of this size in units of user space.
pub(crate) fn put_empty(update: &mut UpdateBuilder<'_>, bbox: &[u8]) -> ObjectId {
    let id = update.new_id();
    let mut form = DictionaryWriter::of_type(Name("XObject"));
    form.pair(Name("Subtype"), Name("Form")).pair(Name("BBox"), Source(bbox));
    update.put_stream(id, form.finish(), Vec::new());
    id
}

/// An array of four numbers.
pub(crate) fn rectangle(edges: [Points; 4]) -> Vec<u8> {
    write::array(&edges.map(|edge| edge.to_string().into_bytes()))
}

/// The matrix that puts the visible part of a page, upright and in its proportions, into the middle of a box.
fn placed(page: &PageGeometry, [width, height]: [Points; 2]) -> String {
    let [left, bottom, right, top] = page.visible();
    let [page_width, page_height] = page.size();
    let wide = i128::from(width.thousandths()) * i128::from(page_height.thousandths());
    let high = i128::from(height.thousandths()) * i128::from(page_width.thousandths());
    // The scale is a fraction of lengths in user space.
    let unit = (if page.turns().is_multiple_of(2) { right - left } else { top - bottom }, page_width);
    let (over, under) = if wide < high { (width, page_width) } else { (height, page_height) };
    let [drawn_width, drawn_height] = [page_width, page_height].map(|length| length.scaled(over.thousandths(), under.thousandths()));
    let scale = millionths(drawn_width, unit.0);
    let minus = |text: &str| if text == "0" { "0".to_owned() } else { format!("-{text}") };
    let [a, b, c, d] = match page.turns() {
        1 => ["0".to_owned(), minus(&scale), scale.clone(), "0".to_owned()],
        2 => [minus(&scale), "0".to_owned(), "0".to_owned(), minus(&scale)],
        3 => ["0".to_owned(), scale.clone(), minus(&scale), "0".to_owned()],
        _ => [scale.clone(), "0".to_owned(), "0".to_owned(), scale.clone()],
    };
    // The corner of the page that is at the lower left as it is seen goes to the lower left of the drawn box.
    let (x, y) = match page.turns() {
        1 => (right, bottom),
        2 => (right, top),
        3 => (left, top),
        _ => (left, bottom),
    };
    let half = |outer: Points, inner: Points| (outer - inner).scaled(1, 2);
    let scaled = |length: Points| length.scaled(drawn_width.thousandths(), unit.0.thousandths());
    let (x, y) = (scaled(x), scaled(y));
    let zero = Points::default();
    let (x, y) = match page.turns() {
        1 => (zero - y, x),
        2 => (x, y),
        3 => (y, zero - x),
        _ => (zero - x, zero - y),
    };
    format!("{a} {b} {c} {d} {} {}", half(width, drawn_width) + x, half(height, drawn_height) + y)
}

/// The quotient of two lengths, to a millionth.
fn millionths(numerator: Points, denominator: Points) -> String {
    let quotient = i128::from(numerator.thousandths()) * 1_000_000 / i128::from(denominator.thousandths().max(1));
    let quotient = u64::try_from(quotient).unwrap_or(0);
    match (quotient / 1_000_000, quotient % 1_000_000) {
        (whole, 0) => whole.to_string(),
        (whole, fraction) => format!("{whole}.{}", format!("{fraction:06}").trim_end_matches('0')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotient_has_six_places() {
        assert_eq!(millionths(Points::from(1), Points::from(3)), "0.333333");
        assert_eq!(millionths(Points::from(4), Points::from(2)), "2");
        assert_eq!(millionths(Points::from(4), Points::from(0)), "4000");
    }
}
