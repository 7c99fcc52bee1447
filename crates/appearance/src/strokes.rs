//! Handwriting: strokes as paths.

use crate::color::Color;
use crate::content::Content;
use crate::layout::Rect;

/// Width of a stroke in points, and its greatest share of the place's height.
const WIDTH: f64 = 1.0;
const SHARE: f64 = 0.05;

/// Draws strokes as large as their place permits, with round ends. y is down, as on a canvas.
pub(crate) fn draw(content: &mut Content, strokes: &[Vec<f64>], place: &Rect, color: Color) {
    let points = || strokes.iter().flat_map(|stroke| stroke.as_chunks::<2>().0);
    let (mut left, mut top, mut right, mut bottom) = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
    for [x, y] in points() {
        (left, right) = (left.min(*x), right.max(*x));
        (top, bottom) = (top.min(*y), bottom.max(*y));
    }
    if left > right {
        return;
    }
    let pen = WIDTH.min(place.height() * SHARE);
    let room = Rect { left: place.left + pen, bottom: place.bottom + pen, right: place.right - pen, top: place.top - pen };
    // A line that is straight, or a dot, has no extent on a side.
    let extent = |from: f64, to: f64| (to - from).max(1e-3);
    let drawn = room.contain(extent(left, right), extent(top, bottom));
    let scale = drawn.width() / extent(left, right);
    // Hundredths of a point are finer than any pen. Points that are the same then are one.
    let rounded = |value: f64| (value * 100.0).round() / 100.0;
    let place = |[x, y]: &[f64; 2]| [rounded(drawn.left + (x - left) * scale), rounded(drawn.top - (y - top) * scale)];

    content.operator(&[], "q");
    content.stroke_color(color);
    content.operator(&[pen], "w");
    content.operator(&[1.0], "J");
    content.operator(&[1.0], "j");
    for stroke in strokes {
        let mut points = stroke.as_chunks::<2>().0.iter();
        let Some(first) = points.next() else { continue };
        let mut last = place(first);
        content.operator(&last, "m");
        let mut points = points.map(place).filter(|point| std::mem::replace(&mut last, *point) != *point).peekable();
        if points.peek().is_none() {
            content.operator(&place(first), "l"); // a dot
        }
        for point in points {
            content.operator(&point, "l");
        }
        content.operator(&[], "S");
    }
    content.operator(&[], "Q");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(strokes: &[Vec<f64>]) -> String {
        let mut content = Content::default();
        draw(&mut content, strokes, &Rect { left: 0.0, bottom: 0.0, right: 102.0, top: 52.0 }, Color::BLACK);
        String::from_utf8(content.into_bytes()).unwrap()
    }

    #[test]
    fn strokes_are_scaled_and_dots_drawn() {
        let text = drawn(&[vec![0.0, 0.0, 10.0, 5.0], vec![5.0, 5.0]]);
        assert!(text.contains("1 51 m\n101 1 l\nS\n51 1 m\n51 1 l\nS\n"), "{text}");
        assert!(!drawn(&[vec![3.0, 3.0]]).contains("NaN"));
        assert_eq!(drawn(&[]), "");
    }
}
