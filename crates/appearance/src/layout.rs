//! Places in the box.

use crate::options::{Appearance, Place};

/// A rectangle, in points from the lower left corner of the box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) bottom: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
}

impl Rect {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.top - self.bottom
    }

    /// The rectangle with the other side of a box as its start.
    fn mirrored(self, width: f64) -> Rect {
        Rect { left: width - self.right, right: width - self.left, ..self }
    }

    /// The largest rectangle of these proportions in the middle.
    pub(crate) fn contain(&self, width: f64, height: f64) -> Rect {
        let scale = (self.width() / width).min(self.height() / height);
        let (x, y) = ((self.width() - width * scale) / 2.0, (self.height() - height * scale) / 2.0);
        Rect { left: self.left + x, bottom: self.bottom + y, right: self.right - x, top: self.top - y }
    }
}

/// Parts of an appearance.
#[derive(Clone, Copy)]
pub(crate) struct Content {
    pub(crate) text: bool,
    /// Image or strokes.
    pub(crate) graphic: bool,
    pub(crate) qr: bool,
}

/// Places of these parts.
#[derive(Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) accent: Option<Rect>,
    pub(crate) graphic: Option<Rect>,
    pub(crate) text: Rect,
    /// A square that includes the quiet zone.
    pub(crate) qr: Option<Rect>,
}

/// Share of the box that an image has: of the width, and of the height at the top.
const SHARE: f64 = 0.4;
const SHARE_TOP: f64 = 0.5;
/// The greatest share of the width that a QR code has.
const QR: f64 = 0.5;

/// Divides the box. `rtl` puts the start at the right.
pub(crate) fn divide(appearance: &Appearance, content: Content, width: f64, height: f64, rtl: bool) -> Layout {
    let border = appearance.border.as_ref().map_or(0.0, |border| border.width);
    let smaller = width.min(height);
    let bar = appearance.accent.map_or(0.0, |_| (smaller / 15.0).min(2.0));
    // 7 pt beside the text, and 1 pt above and below it, in the default box. Less in smaller ones.
    let pad = (smaller * 7.0 / 60.0).min(7.0).max(if border > 0.0 { border + smaller / 60.0 } else { 0.0 });
    let above = (smaller / 60.0).min(1.0) + border;
    let inner = Rect { left: bar, bottom: 0.0, right: width, top: height };
    let mut text = Rect { left: bar + pad, bottom: above, right: width - pad, top: height - above };

    let mut end = width;
    let qr = content.qr.then(|| {
        let share = if content.text || content.graphic { QR } else { 1.0 };
        let side = (height - 2.0 * border).min(share * (inner.width() - border)).max(0.0);
        let below = (height - side) / 2.0;
        let right = if share < 1.0 { width - border } else { (bar + width + side) / 2.0 };
        end = right - side;
        text.right = text.right.min(end);
        Rect { left: end, bottom: below, right, top: below + side }
    });

    let graphic = content.graphic.then(|| {
        let image = appearance.image.as_ref();
        let whole = Rect { left: text.left, bottom: pad / 2.0, right: end.min(width - pad), top: height - pad / 2.0 };
        let place = image.map_or(Place::Start, |image| image.place);
        let share = image.and_then(|image| image.share);
        let width = end - bar;
        match place {
            Place::Behind | Place::Only => whole,
            _ if !content.text => whole,
            Place::Start => {
                let edge = bar + share.unwrap_or(SHARE) * width;
                text.left = edge + pad;
                Rect { right: edge, ..whole }
            }
            Place::End => {
                let edge = end - share.unwrap_or(SHARE) * width;
                text.right = edge - pad;
                Rect { left: edge, ..whole }
            }
            Place::Top => {
                let edge = height - share.unwrap_or(SHARE_TOP) * height;
                text.top = edge;
                Rect { bottom: edge, ..whole }
            }
        }
    });

    let accent = appearance.accent.map(|_| Rect { right: bar, left: 0.0, ..inner });
    let side = |rect: Rect| if rtl { rect.mirrored(width) } else { rect };
    Layout { accent: accent.map(side), graphic: graphic.map(side), text: side(text), qr: qr.map(side) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Image;

    const ALL: Content = Content { text: true, graphic: true, qr: true };

    fn inside(rect: &Rect, width: f64, height: f64) -> bool {
        rect.left >= 0.0 && rect.bottom >= 0.0 && rect.right <= width + 1e-9 && rect.top <= height + 1e-9
    }

    #[test]
    fn the_default_box_is_divided_as_drawn() {
        let appearance = Appearance::default();
        let text = Content { text: true, graphic: false, qr: false };
        let layout = divide(&appearance, text, 210.0, 60.0, false);
        assert_eq!(layout.text, Rect { left: 9.0, bottom: 1.0, right: 203.0, top: 59.0 });
        assert_eq!(layout.accent, Some(Rect { left: 0.0, bottom: 0.0, right: 2.0, top: 60.0 }));
        let layout = divide(&appearance, text, 210.0, 60.0, true);
        assert_eq!((layout.text.left, layout.accent.unwrap().left), (7.0, 208.0));
        assert_eq!(divide(&appearance, text, 120.0, 30.0, false).text.left, 5.5);
    }

    #[test]
    fn every_part_is_inside() {
        for place in [Place::Start, Place::End, Place::Top, Place::Behind, Place::Only] {
            for (width, height) in [(210.0, 60.0), (6.0, 6.0), (40.0, 400.0), (14_400.0, 20.0)] {
                for rtl in [false, true] {
                    let image = Image { place, ..Image::new(Vec::new()) };
                    let appearance = Appearance { image: Some(image), border: Some(Default::default()), ..Appearance::default() };
                    let layout = divide(&appearance, ALL, width, height, rtl);
                    let graphic = layout.graphic.unwrap();
                    for rect in [&graphic, &layout.text, layout.qr.as_ref().unwrap(), layout.accent.as_ref().unwrap()] {
                        assert!(inside(rect, width, height), "{place:?} {width} × {height}: {rect:?}");
                    }
                    assert!(graphic.width() > 0.0 && graphic.height() > 0.0);
                }
            }
        }
    }

    #[test]
    fn proportions_are_kept() {
        let place = Rect { left: 10.0, bottom: 0.0, right: 110.0, top: 50.0 };
        assert_eq!(place.contain(100.0, 100.0), Rect { left: 35.0, bottom: 0.0, right: 85.0, top: 50.0 });
        assert_eq!(place.contain(400.0, 100.0), Rect { left: 10.0, bottom: 12.5, right: 110.0, top: 37.5 });
    }
}
