//! A page as it is seen. ISO 32000-2, 7.7.3.3, 8.3.2.3 and 14.11.2.

use crate::error::Result;
use crate::file::{File, IndirectObject};
use crate::limits;
use crate::points::Points;
use crate::syntax::{Dictionary, Object, Value};

/// The visible part of a page, and how it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageGeometry {
    /// CropBox ∩ MediaBox: left, bottom, right and top in units of user space.
    visible: [Points; 4],
    /// Quarter turns clockwise by which the page is shown.
    turns: u8,
    /// `/UserUnit` in thousandths of a point.
    user_unit: i64,
}

impl Default for PageGeometry {
    /// A page in the letter format, which Acrobat shows where the boxes are missing.
    fn default() -> Self {
        PageGeometry { visible: [0, 0, 612, 792].map(Points::from), turns: 0, user_unit: 1000 }
    }
}

impl PageGeometry {
    /// Reads the boxes and the rotation of a page, which it inherits, and its unit.
    ///
    /// Errors: what loading an object gives.
    pub(crate) async fn read(file: &File, page: &IndirectObject) -> Result<PageGeometry> {
        let (mut media, mut crop, mut rotate) = (None, None, None);
        let mut node = Some(page.clone());
        for _ in 0..limits::TREE_DEPTH {
            let Some(held) = node.take() else { break };
            let Some(entries) = held.dictionary() else { break };
            if media.is_none() {
                media = rectangle(file, entries, "MediaBox", &held).await?;
            }
            if crop.is_none() {
                crop = rectangle(file, entries, "CropBox", &held).await?;
            }
            if rotate.is_none() {
                rotate = file.entry(entries, "Rotate", &held).await?.and_then(|held| number(&held.source, &held.object));
            }
            node = file.entry(entries, "Parent", &held).await?;
        }
        let user_unit = match page.dictionary() {
            Some(entries) => file.entry(entries, "UserUnit", page).await?.and_then(|held| number(&held.source, &held.object)),
            None => None,
        };
        let media = media.unwrap_or(PageGeometry::default().visible);
        let visible = crop.and_then(|crop| intersection(crop, media)).unwrap_or(media);
        let degrees = rotate.map_or(0, Points::thousandths);
        let turns = if degrees % 90_000 == 0 { (degrees / 90_000).rem_euclid(4) as u8 } else { 0 };
        let user_unit = user_unit.map_or(1000, Points::thousandths).clamp(1, 75_000_000);
        Ok(PageGeometry { visible, turns, user_unit })
    }

    /// Quarter turns clockwise by which the page is shown.
    pub(crate) fn turns(&self) -> u8 {
        self.turns
    }

    /// The visible part in units of user space.
    pub(crate) fn visible(&self) -> [Points; 4] {
        self.visible
    }

    /// Width and height of the page as it is seen, in points.
    pub(crate) fn size(&self) -> [Points; 2] {
        let [left, bottom, right, top] = self.visible;
        self.seen([right - left, top - bottom])
    }

    /// Width and height, in points as seen, of a rectangle of this width and height in user space.
    fn seen(&self, [width, height]: [Points; 2]) -> [Points; 2] {
        let [width, height] = [width, height].map(|length| length.scaled(self.user_unit, 1000));
        if self.turns.is_multiple_of(2) { [width, height] } else { [height, width] }
    }

    /// The rectangle in user space of a box on the page as it is seen.
    pub(crate) fn to_user_space(&self, [left, bottom, right, top]: [Points; 4]) -> [Points; 4] {
        let [x0, y0, x1, y1] = self.visible;
        let [left, bottom, right, top] = [left, bottom, right, top].map(|edge| edge.scaled(1000, self.user_unit));
        match self.turns {
            1 => [x1 - top, y0 + left, x1 - bottom, y0 + right],
            2 => [x1 - right, y1 - top, x1 - left, y1 - bottom],
            3 => [x0 + bottom, y1 - right, x0 + top, y1 - left],
            _ => [x0 + left, y0 + bottom, x0 + right, y0 + top],
        }
    }

    /// The box on the page as it is seen of a rectangle in user space.
    pub(crate) fn to_seen(&self, [left, bottom, right, top]: [Points; 4]) -> [Points; 4] {
        let [x0, y0, x1, y1] = self.visible;
        let seen = match self.turns {
            1 => [bottom - y0, x1 - right, top - y0, x1 - left],
            2 => [x1 - right, y1 - top, x1 - left, y1 - bottom],
            3 => [y1 - top, left - x0, y1 - bottom, right - x0],
            _ => [left - x0, bottom - y0, right - x0, top - y0],
        };
        seen.map(|edge| edge.scaled(self.user_unit, 1000))
    }
}

/// A rectangle (7.9.5), its lower left corner first; none for anything else, and for one without area.
pub(crate) async fn rectangle(file: &File, entries: &Dictionary, key: &str, holder: &IndirectObject) -> Result<Option<[Points; 4]>> {
    let Some(array) = file.entry(entries, key, holder).await? else { return Ok(None) };
    let items = array.object.value.as_array().unwrap_or_default();
    let mut edges = Vec::with_capacity(4);
    for item in items.iter().take(4) {
        let Some(held) = file.resolve(item, &array).await? else { return Ok(None) };
        edges.extend(number(&held.source, &held.object));
    }
    let Ok([a, b, c, d]) = <[Points; 4]>::try_from(edges) else { return Ok(None) };
    let rectangle = [a.min(c), b.min(d), a.max(c), b.max(d)];
    Ok(Some(rectangle).filter(|[left, bottom, right, top]| left < right && bottom < top))
}

/// The common part of two rectangles, if it has an area.
pub(crate) fn intersection(a: [Points; 4], b: [Points; 4]) -> Option<[Points; 4]> {
    let [left, bottom] = [a[0].max(b[0]), a[1].max(b[1])];
    let [right, top] = [a[2].min(b[2]), a[3].min(b[3])];
    (left < right && bottom < top).then_some([left, bottom, right, top])
}

/// A number (7.3.3); digits after the thousandth are cut off.
fn number(source: &[u8], object: &Object) -> Option<Points> {
    match object.value {
        Value::Integer(value) => Some(Points::of_thousandths(value.saturating_mul(1000))),
        Value::Real => {
            let text = source.get(object.span.clone())?;
            let (negative, digits) = match text {
                [b'-', rest @ ..] => (true, rest),
                [b'+', rest @ ..] => (false, rest),
                _ => (false, text),
            };
            let (mut thousandths, mut places) = (0_i64, None);
            for &byte in digits {
                match (byte, places) {
                    (b'.', None) => places = Some(0),
                    (b'0'..=b'9', Some(3..)) => {}
                    (b'0'..=b'9', _) => {
                        thousandths = thousandths.saturating_mul(10).saturating_add(i64::from(byte - b'0'));
                        places = places.map(|places| places + 1);
                    }
                    _ => return None,
                }
            }
            let missing = 3 - places.unwrap_or(0).min(3);
            let thousandths = (0..missing).fold(thousandths, |value, _| value.saturating_mul(10));
            Some(Points::of_thousandths(if negative { -thousandths } else { thousandths }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Lexer, parse_object};

    #[test]
    fn a_number_is_read_to_the_thousandth() {
        let read =
            |text: &str| number(text.as_bytes(), &parse_object(&mut Lexer::new(text.as_bytes(), 0, true)).unwrap()).map(Points::as_f64);
        assert_eq!(
            ["12", "-0.5", "+1.23456", ".25", "7.", "/N"].map(read),
            [Some(12.0), Some(-0.5), Some(1.234), Some(0.25), Some(7.0), None]
        );
        assert_eq!(read("99999999999999999999.0"), Some(1e6));
    }

    #[test]
    fn a_box_comes_back_from_user_space() {
        let seen = [30, 40, 130, 70].map(Points::from);
        for turns in 0..4 {
            let page = PageGeometry { visible: [10, 20, 210, 420].map(Points::from), turns, user_unit: 2000 };
            assert_eq!(page.to_seen(page.to_user_space(seen)), seen, "{turns}");
            let expected = if turns % 2 == 0 { [400, 800] } else { [800, 400] };
            assert_eq!(page.size(), expected.map(Points::from));
        }
    }

    #[test]
    fn the_lower_left_corner_is_that_of_the_page_as_it_is_seen() {
        // A box of 10 by 20 in the corner of a page of 200 by 400.
        let corner = |turns| {
            let page = PageGeometry { visible: [0, 0, 200, 400].map(Points::from), turns, user_unit: 1000 };
            page.to_user_space([0, 0, 10, 20].map(Points::from)).map(Points::as_f64)
        };
        assert_eq!(corner(0), [0.0, 0.0, 10.0, 20.0]);
        assert_eq!(corner(1), [180.0, 0.0, 200.0, 10.0]);
        assert_eq!(corner(2), [190.0, 380.0, 200.0, 400.0]);
        assert_eq!(corner(3), [0.0, 390.0, 20.0, 400.0]);
    }
}
